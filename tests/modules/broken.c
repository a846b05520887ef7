// SPDX-License-Identifier: GPL-2.0
/*
 * Does one thing that no kernel code may do, to see that a kernel which looks
 * for such things says so: what= names it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *what = "";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "freed, overrun, sleep, order, leak or shift");

/* The compiler must not know. */
static int amount = 40;
module_param(amount, int, 0444);

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void freed(void)
{
	char *p = kmalloc(amount, GFP_KERNEL);
	char *gone = p;

	OPTIMIZER_HIDE_VAR(gone);
	kfree(p);
	if (gone)
		pr_info("it held %d\n", *gone);
}

static void overrun(void)
{
	char *p = kzalloc(amount, GFP_KERNEL);

	if (p)
		pr_info("behind it is %d\n", p[amount]);
	kfree(p);
}

static void sleeps(void)
{
	spin_lock(&spin);
	msleep(20);
	spin_unlock(&spin);
}

static void order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

/* Several: a stale copy of one address may be left on a stack. */
static void leaks(void)
{
	int i;

	for (i = 0; i < 8; i++)
		if (!kmalloc(amount, GFP_KERNEL))
			pr_info("nothing to leak\n");
}

static void shift(void)
{
	pr_info("1 << %d is %d\n", amount, 1 << amount);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "freed", freed }, { "overrun", overrun }, { "sleep", sleeps },
	{ "order", order }, { "leak", leaks }, { "shift", shift },
};

static int __init broken_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		if (!strcmp(what, acts[i].name)) {
			acts[i].act();
			return 0;
		}
	}
	pr_err("what=\"%s\"?\n", what);
	return -EINVAL;
}

static void __exit broken_exit(void)
{
}

module_init(broken_init);
module_exit(broken_exit);
MODULE_DESCRIPTION("test module that breaks the kernel's rules");
MODULE_LICENSE("GPL");
