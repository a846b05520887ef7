// SPDX-License-Identifier: GPL-2.0
/*
 * The seal stays. A missing exit function or a raised reference count do not
 * keep a module where CONFIG_MODULE_FORCE_UNLOAD is set, as Debian has it:
 * `rmmod -f` passes over both. What it does not pass over is a module that
 * another one uses (kernel/module/main.c:delete_module looks at source_list
 * before it looks at the flags). So the seal uses itself.
 */
#include "pin.h"

#include <linux/init.h>
#include <linux/module.h>
#include <linux/rculist.h>

static struct seal_module_use self;

/* Of one that is not loaded yet; later nobody knows who is about to call it. */
void __init pin_no_exit(void)
{
	THIS_MODULE->exit = NULL;
}

/*
 * The list is the kernel's under module_mutex, which is not exported. Nobody
 * else adds to ours, since this module exports nothing; who reads it meanwhile
 * finds the entry complete or not at all.
 */
void pin_self(void)
{
	self.source = THIS_MODULE;
	self.target = THIS_MODULE;
	INIT_LIST_HEAD(&self.target_list);
	list_add_rcu(&self.source_list, &THIS_MODULE->source_list);
	__module_get(THIS_MODULE);
}
