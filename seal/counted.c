// SPDX-License-Identifier: GPL-2.0
/*
 * Who is inside the gates: what the pads need.
 */
#include "counted.h"

#include <linux/cache.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

unsigned long counted_targets[HOOKS_MAX] __ro_after_init;

/* It is shorter than that, and from the pads before it nothing is called. */
bool counted_calls_from(const void *addr)
{
	return (unsigned long)counted_call_end - (unsigned long)addr < 64;
}

unsigned long counted_in(unsigned int i)
{
	if (!try_module_get(THIS_MODULE))
		return 0;
	return (unsigned long)counted_pads + i * COUNTED_SIZE;
}

void counted_out(void)
{
	module_put(THIS_MODULE);
}

void counted_wait(void)
{
	/* A removal that is not forced finds nobody. */
	while (module_refcount(THIS_MODULE) > 0)
		msleep(20);
	/* Who has just been let out is still on his way. */
	synchronize_rcu_tasks();
	synchronize_rcu();
}
