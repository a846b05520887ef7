// SPDX-License-Identifier: GPL-2.0
/*
 * The removal door: with no_remove=1 no module goes. No LSM hook covers
 * delete_module(2), so the gate is the system call's entry, of each ABI. That
 * the seal itself stays is pin.c's work and needs no parameter.
 *
 * With mode=audit the seal's own removal must not come through a gate of its. So
 * none is led there, and what goes is told of when it goes.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>

#include "hook.h"
#include "policy.h"

static int check_removal(unsigned long user_name)
{
	char name[MODULE_NAME_LEN] = "";
	const struct seal_event ev = {
		.door = DOOR_MODULE_REMOVE,
		.cap = CAP_SYS_MODULE,
		.text = name,
	};

	/* For the log line only: the verdict does not depend on it. */
	if (strncpy_from_user(name, (const char __user *)user_name,
			      sizeof(name) - 1) < 0)
		strscpy(name, "?", sizeof(name));
	return seal_check(&ev);
}

void gate_removal_sees(const struct module *mod)
{
	const struct seal_event ev = {
		.door = DOOR_MODULE_REMOVE,
		.text = mod->name,
	};

	if (policy_audits() && !gate_module_admits())
		seal_check(&ev);
}

static long (*orig_delete_module)(const struct pt_regs *regs) __ro_after_init;

static long gate_delete_module(const struct pt_regs *regs)
{
	int err = check_removal(syscall_arg(regs, 0));

	return err ?: orig_delete_module(regs);
}

static long prove_delete_module(void)
{
	const struct pt_regs regs = { };

	return orig_delete_module(&regs);
}

#ifdef SYSCALL_ENTRY_32
static long (*orig_delete_module_32)(const struct pt_regs *regs)
	__ro_after_init;

static long gate_delete_module_32(const struct pt_regs *regs)
{
	int err = check_removal(syscall_arg_32(regs, 0));

	return err ?: orig_delete_module_32(regs);
}

static long prove_delete_module_32(void)
{
	const struct pt_regs regs = { };

	return orig_delete_module_32(&regs);
}
#endif

static const struct hook hooks[] __initconst = {
	{
		.name = SYSCALL_ENTRY(delete_module),
		.replacement = gate_delete_module,
		.original = &orig_delete_module,
		.prove = prove_delete_module,
		.seals = true,
	},
#ifdef SYSCALL_ENTRY_32
	{
		.name = SYSCALL_ENTRY_32(delete_module),
		.replacement = gate_delete_module_32,
		.original = &orig_delete_module_32,
		.prove = prove_delete_module_32,
		.seals = true,
	},
#endif
};

void __init gate_removal_init(void)
{
	if (policy_door(DOOR_MODULE_REMOVE) != DOOR_OPEN)
		hook_add(hooks, ARRAY_SIZE(hooks));
}
