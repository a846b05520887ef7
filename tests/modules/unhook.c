// SPDX-License-Identifier: GPL-2.0
/*
 * What may happen to the seal from within the kernel. Each act is a parameter
 * that is written to, with the name of a function that the seal has hooked
 * where it wants one:
 *
 *	lose=FUNCTION	the function goes from the filter of the seal's ops
 *	find=FUNCTION	and is put back
 *	kill=1		ftrace ends itself, as it does after a fault of its own
 *	starve=1	the seal's proof gets no memory; 0: it does again
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

static unsigned long (*lookup)(const char *name);

static int find_lookup(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err)
		return err;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int change_filter(const char *function, int remove)
{
	struct ftrace_ops *ops = (void *)lookup("seal:ops");
	char name[KSYM_NAME_LEN];
	unsigned long addr;

	strscpy(name, function, sizeof(name));
	addr = lookup(strim(name));
	if (!ops || !addr)
		return -ENOENT;
	return ftrace_set_filter_ip(ops, addr, remove, 0);
}

static int lose_set(const char *value, const struct kernel_param *kp)
{
	return change_filter(value, 1);
}

static int find_set(const char *value, const struct kernel_param *kp)
{
	return change_filter(value, 0);
}

static int kill_set(const char *value, const struct kernel_param *kp)
{
	unsigned long addr = lookup("ftrace_kill");

	if (!addr)
		return -ENOENT;
	((void (*)(void))addr)();
	return 0;
}

#if defined(CONFIG_X86_64)
static noinline notrace void just_return(void)
{
	asm volatile("");
}

static unsigned long caller(const struct pt_regs *regs)
{
	return *(const unsigned long *)regs->sp;
}

static void answer_null(struct pt_regs *regs)
{
	regs->ax = 0;
	regs->ip = (unsigned long)just_return;
}
#elif defined(CONFIG_ARM64)
static unsigned long caller(const struct pt_regs *regs)
{
	return regs->regs[30];
}

static void answer_null(struct pt_regs *regs)
{
	regs->regs[0] = 0;
	regs->pc = regs->regs[30];
}
#else
#error "unhook does not know how this architecture's functions return"
#endif

static int before(struct kprobe *p, struct pt_regs *regs)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol(name, caller(regs));
	if (!strstr(name, "[seal]"))
		return 0;
	answer_null(regs);
	return 1;
}

/* A probe with one is never turned into a jump, which cannot be diverted. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe;
static bool starving;

static void feed(void)
{
	if (starving)
		unregister_kprobe(&probe);
	starving = false;
}

static int starve_set(const char *value, const struct kernel_param *kp)
{
	int err;

	feed();
	if (*value == '0')
		return 0;
	probe = (struct kprobe) {
		.symbol_name = lookup("vzalloc") ? "vzalloc" : "vzalloc_noprof",
		.pre_handler = before,
		.post_handler = after,
	};
	err = register_kprobe(&probe);
	starving = !err;
	return err;
}

static const struct kernel_param_ops lose_ops = { .set = lose_set };
static const struct kernel_param_ops find_ops = { .set = find_set };
static const struct kernel_param_ops kill_ops = { .set = kill_set };
static const struct kernel_param_ops starve_ops = { .set = starve_set };

module_param_cb(lose, &lose_ops, NULL, 0200);
MODULE_PARM_DESC(lose, "take this function out of the seal's filter");
module_param_cb(find, &find_ops, NULL, 0200);
MODULE_PARM_DESC(find, "put it back");
module_param_cb(kill, &kill_ops, NULL, 0200);
MODULE_PARM_DESC(kill, "end ftrace");
module_param_cb(starve, &starve_ops, NULL, 0200);
MODULE_PARM_DESC(starve, "leave the seal's proof without memory");

static int __init unhook_init(void)
{
	return find_lookup();
}

static void __exit unhook_exit(void)
{
	feed();
}

module_init(unhook_init);
module_exit(unhook_exit);
MODULE_DESCRIPTION("test module that takes the seal's hooks away");
MODULE_LICENSE("GPL");
