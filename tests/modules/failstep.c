// SPDX-License-Identifier: GPL-2.0
/*
 * Makes one step of another module's init fail: when the module module=
 * (seal) comes, a kprobe on function= answers error= in the function's place,
 * at its call number nth=, or at each if that is 0. Of a function of the
 * kernel's own only calls from that module's text count. A step that the module
 * takes later (module:name) fails from now on if it is there already.
 *
 * A probe in a module's init text is allowed only while the module is coming
 * (kernel/kprobes.c:check_probed_mod), hence the notifier; it goes before
 * that text does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/string.h>

static char *module = "seal";
module_param(module, charp, 0444);
MODULE_PARM_DESC(module, "the module whose init is to fail");

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "the function that fails: module:name, or one of the kernel's");

static int error = -ENOMEM;
module_param(error, int, 0444);
MODULE_PARM_DESC(error, "what it answers: a negative errno, or 0 for NULL");

static int nth = 1;
module_param(nth, int, 0444);
MODULE_PARM_DESC(nth, "which of the calls fails; 0: each of them");

static atomic_t calls = ATOMIC_INIT(0);
module_param_named(calls, calls.counter, int, 0444);
MODULE_PARM_DESC(calls, "how often it was called in the last load");

static const struct module *victim;
static bool own;
static bool planted;

#if defined(CONFIG_X86_64)
/*
 * Where a probed function "returns" from: on x86 the return address stays on
 * the stack for it. It is empty, so that it leaves the result alone.
 */
static noinline notrace void just_return(void)
{
	asm volatile("");
}

static unsigned long caller(const struct pt_regs *regs)
{
	return *(const unsigned long *)regs->sp;
}

static void answer(struct pt_regs *regs, long value)
{
	regs->ax = value;
	regs->ip = (unsigned long)just_return;
}
#elif defined(CONFIG_ARM64)
static unsigned long caller(const struct pt_regs *regs)
{
	return regs->regs[30];
}

static void answer(struct pt_regs *regs, long value)
{
	regs->regs[0] = value;
	regs->pc = regs->regs[30];
}
#else
#error "failstep does not know how this architecture's functions return"
#endif

static int before(struct kprobe *p, struct pt_regs *regs)
{
	if (!own && !within_module(caller(regs), victim))
		return 0;
	if (atomic_inc_return(&calls) != nth && nth)
		return 0;
	answer(regs, error);
	return 1;
}

/* A probe with one is never turned into a jump, which cannot be diverted. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe;

static void plant(const struct module *mod)
{
	int err;

	victim = mod;
	own = strchr(function, ':');
	atomic_set(&calls, 0);
	probe = (struct kprobe) {
		.symbol_name = function,
		.pre_handler = before,
		.post_handler = after,
	};
	err = register_kprobe(&probe);
	planted = !err;
	if (err && mod)
		pr_err("cannot probe %s: %d\n", function, err);
}

static void pull(void)
{
	if (planted)
		unregister_kprobe(&probe);
	planted = false;
	victim = NULL;
}

static int module_changes(struct notifier_block *nb, unsigned long state,
			  void *data)
{
	const struct module *mod = data;

	if (strcmp(mod->name, module))
		return NOTIFY_DONE;
	if (state == MODULE_STATE_COMING && !planted)
		plant(mod);
	else if (state != MODULE_STATE_COMING)
		pull();
	return NOTIFY_DONE;
}

/* Before the kernel's own, which declares probes in the text for gone. */
static struct notifier_block changes_nb = {
	.notifier_call = module_changes,
	.priority = 1,
};

static int __init failstep_init(void)
{
	if (!function) {
		pr_err("function= is missing\n");
		return -EINVAL;
	}
	if (strchr(function, ':'))
		plant(NULL);
	return register_module_notifier(&changes_nb);
}

static void __exit failstep_exit(void)
{
	unregister_module_notifier(&changes_nb);
	pull();
}

module_init(failstep_init);
module_exit(failstep_exit);
MODULE_DESCRIPTION("test module that makes a step of another's init fail");
MODULE_LICENSE("GPL");
