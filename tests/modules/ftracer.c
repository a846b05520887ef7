// SPDX-License-Identifier: GPL-2.0
/*
 * Occupies a kernel function the way the seal wants to: as the one ftrace
 * user that may change where the call goes.  It changes nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/version.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function to occupy");

/* The callback gets struct ftrace_regs since 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define ftrace_regs pt_regs
#endif

static void notrace do_nothing(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ftracer_ops = {
	.func = do_nothing,
	.flags = FTRACE_OPS_FL_IPMODIFY
#ifndef CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS
		 | FTRACE_OPS_FL_SAVE_REGS
#endif
};

static int __init ftracer_init(void)
{
	int error;

	if (!function) {
		pr_err("function= is missing\n");
		return -EINVAL;
	}
	error = ftrace_set_filter(&ftracer_ops, function, strlen(function), 0);
	if (!error)
		error = register_ftrace_function(&ftracer_ops);
	if (error) {
		ftrace_set_filter(&ftracer_ops, NULL, 0, 1);
		pr_err("cannot occupy %s: %d\n", function, error);
		return error;
	}
	pr_info("occupies %s\n", function);
	return 0;
}

static void __exit ftracer_exit(void)
{
	unregister_ftrace_function(&ftracer_ops);
	ftrace_set_filter(&ftracer_ops, NULL, 0, 1);
}

module_init(ftracer_init);
module_exit(ftracer_exit);
MODULE_DESCRIPTION("test module that hooks a function and lets it pass");
MODULE_LICENSE("GPL");
