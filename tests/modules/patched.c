// SPDX-License-Identifier: GPL-2.0
/*
 * A live patch: /proc/cmdline reads otherwise. What the kernel has for those is
 * what the seal is made of too (kernel/livepatch/patch.c).
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int show_patched(struct seq_file *m, void *v)
{
	seq_puts(m, "patched\n");
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = show_patched,
	},
	{ }
};

static struct klp_object objects[] = {
	{
		.funcs = funcs,
	},
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init patched_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit patched_exit(void)
{
}

module_init(patched_init);
module_exit(patched_exit);
MODULE_DESCRIPTION("test module that patches the kernel");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
