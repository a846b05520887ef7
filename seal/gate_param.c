// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of modules that are written in sysfs, those of built-in code
 * included. The kernel asks of those only that their author has marked as naming
 * hardware; others name files, programs, addresses all the same. What may be
 * written is what a module may be given when it is loaded: args.c.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "args.h"
#include "hook.h"
#include "lockdown.h"
#include "param.h"
#include "policy.h"

static ssize_t (*orig_store)(const struct module_attribute *mattr,
			     struct module_kobject *mk, const char *buf,
			     size_t len) __ro_after_init;

/* sysfs ends it with a NUL, and most who write it with a line's end. */
static size_t value_length(const char *buf)
{
	size_t len = strlen(buf);

	return len && buf[len - 1] == '\n' ? len - 1 : len;
}

static int check(const char *owner, const char *name, const char *buf)
{
	char *text = kasprintf(GFP_KERNEL, "%s.%s", owner, name);
	char *args = kasprintf(GFP_KERNEL, "%s=%.*s", name,
			       (int)value_length(buf), buf);
	const struct seal_event ev = {
		.door = DOOR_MODULE_PARAMETERS,
		.text = text,
		.args = args,
		.owner = owner,
	};
	int err = text && args ? seal_check(&ev) : -ENOMEM;

	kfree(args);
	kfree(text);
	return err;
}

static ssize_t gate_store(const struct module_attribute *mattr,
			  struct module_kobject *mk, const char *buf,
			  size_t len)
{
	int err = policy_proves() ? -EPERM :
		  check(kobject_name(&mk->kobj), mattr->attr.name, buf);

	return err ?: orig_store(mattr, mk, buf, len);
}

/* kernel/params.c: the same from 5.10 to 7.3. */
struct param_attribute {
	struct module_attribute mattr;
	const struct kernel_param *param;
};

static int set_nothing(const char *val, const struct kernel_param *kp)
{
	return -EINVAL;
}

static const struct kernel_param_ops no_ops = { .set = set_nothing };

/* One that takes no value: -EINVAL if nobody refuses. */
static long prove_store(void)
{
	static const struct kernel_param param = { .ops = &no_ops };
	static const struct param_attribute attr = { .param = &param };
	static struct module_kobject mk;

	return orig_store(&attr.mattr, &mk, "", 0);
}

static const struct hook hooks[] __initconst = {
	HOOK("param_attr_store", gate_store, &orig_store, prove_store),
};

void __init gate_param_init(void)
{
	if (policy_door(DOOR_MODULE_PARAMETERS) != DOOR_OPEN &&
	    param_args() != ARGS_ANY)
		hook_add(hooks, ARRAY_SIZE(hooks));
}
