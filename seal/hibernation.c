// SPDX-License-Identifier: GPL-2.0
/*
 * Hibernation writes all memory where root can change it, and takes it back.
 * Lockdown asks when somebody begins (kernel/power/hibernate.c:
 * hibernation_available()), not when /dev/snapshot, open since before, is read,
 * written, told to go on. There is one user at a time, so the seal becomes it and
 * stays it.
 */
#include "hibernation.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"

#ifdef CONFIG_HIBERNATION

static bool (*acquire)(void) __ro_after_init;
static void (*release)(void) __ro_after_init;
static bool held;

static const struct hook symbols[] __initconst = {
	SYMBOL("hibernate_acquire", &acquire),
	SYMBOL("hibernate_release", &release),
};

void __init hibernation_init(void)
{
	if (policy_door(DOOR_HIBERNATION) != DOOR_OPEN)
		hook_add(symbols, ARRAY_SIZE(symbols));
}

/* In audit it is only tried. */
int hibernation_shut(void)
{
	if (!acquire)
		return 0;
	if (acquire()) {
		held = policy_is_strict();
		if (!held)
			release();
		return 0;
	}
	pr_err("hibernation is in use (/dev/snapshot is open): end that, or say keep=hibernation\n");
	return policy_hindered(-EBUSY);
}

void hibernation_leave(void)
{
	if (held)
		release();
	held = false;
}

#else

/* This kernel does not. */
void __init hibernation_init(void) { }
int hibernation_shut(void) { return 0; }
void hibernation_leave(void) { }

#endif
