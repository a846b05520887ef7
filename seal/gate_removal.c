// SPDX-License-Identifier: GPL-2.0
/*
 * The removal door: no module goes by force, and with no_remove=1 none at all.
 * What goes by force goes while others use it (CONFIG_MODULE_FORCE_UNLOAD, which
 * Debian has): they go on calling what lay there, and root says what lies there
 * next. No LSM hook covers delete_module(2), so the gate is the system call's
 * entry, of each ABI. That the seal itself stays is pin.c's work, too.
 *
 * With mode=audit the seal's own removal must not come through a gate of its. So
 * none is led there, and what goes is told of when it goes.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

#include "hook.h"
#include "policy.h"

/* As kernel/module/main.c:try_force_unload() has it, where it forces anything. */
static bool is_forced(unsigned long flags)
{
	return flags & O_TRUNC;
}

static int check_removal(unsigned long user_name, unsigned long flags)
{
	char name[MODULE_NAME_LEN] = "";
	const struct seal_event ev = {
		.door = DOOR_MODULE_REMOVE,
		.cap = CAP_SYS_MODULE,
		.text = name,
		.forced = is_forced(flags),
	};

	/* For the log line only: the verdict does not depend on it. */
	if (strncpy_from_user(name, (const char __user *)user_name,
			      sizeof(name) - 1) < 0)
		strscpy(name, "?", sizeof(name));
	return seal_check(&ev);
}

/* Does the current system call remove a module, by force? */
static bool forces(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long arg[6];

	if (!current->mm ||
	    syscall_get_nr(current, regs) != compat_delete_module_nr())
		return false;
	syscall_get_arguments(current, regs, arg);
	return is_forced(arg[1]);
}

void gate_removal_sees(const struct module *mod)
{
	const struct seal_event ev = {
		.door = DOOR_MODULE_REMOVE,
		.text = mod->name,
		.forced = forces(),
	};

	if (policy_audits() && !gate_module_admits())
		seal_check(&ev);
}

static long (*orig_delete_module)(const struct pt_regs *regs) __ro_after_init;

static long gate_delete_module(const struct pt_regs *regs)
{
	int err = check_removal(syscall_arg(regs, 0), syscall_arg(regs, 1));

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
	int err = check_removal(syscall_arg_32(regs, 0),
				syscall_arg_32(regs, 1));

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
	hook_add(hooks, ARRAY_SIZE(hooks));
}
