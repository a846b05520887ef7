// SPDX-License-Identifier: GPL-2.0
/*
 * Sings when it runs in the kernel.  Its parameter is set by code of its
 * own, before init and by whoever may pass arguments: a load that is refused
 * must leave neither line in the log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

static int canary_set(const char *value, const struct kernel_param *kp)
{
	pr_info("param set %s\n", value);
	return 0;
}

static const struct kernel_param_ops canary_ops = { .set = canary_set };

module_param_cb(word, &canary_ops, NULL, 0200);
MODULE_PARM_DESC(word, "logged as soon as it is set");

static int __init canary_init(void)
{
	pr_info("init\n");
	return 0;
}

static void __exit canary_exit(void)
{
	pr_info("exit\n");
}

module_init(canary_init);
module_exit(canary_exit);
MODULE_DESCRIPTION("test module that says when it runs");
MODULE_LICENSE("GPL");
