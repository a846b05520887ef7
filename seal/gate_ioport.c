// SPDX-License-Identifier: GPL-2.0
/*
 * The I/O port door: ioperm(2) and iopl(2), where they give a task access to
 * ports. The gates are the system calls' entries: the functions behind them
 * are inlined, and security_locked_down() can be overridden by BPF.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "hook.h"
#include "policy.h"

#ifdef CONFIG_X86_IOPL_IOPERM

/* Taking ports back is always allowed. */
static int check_ioperm(unsigned long turn_on)
{
	const struct seal_event ev = {
		.door = DOOR_IOPORT,
		.cap = CAP_SYS_RAWIO,
		.text = "ioperm",
	};

	return (int)turn_on ? seal_check(&ev) : 0;
}

static int check_iopl(unsigned long to)
{
	const struct seal_event ev = {
		.door = DOOR_IOPORT,
		.cap = CAP_SYS_RAWIO,
		.text = "iopl",
	};

	return (unsigned int)to > current->thread.iopl_emul ?
	       seal_check(&ev) : 0;
}

static long (*orig_ioperm)(const struct pt_regs *regs) __ro_after_init;
static long (*orig_iopl)(const struct pt_regs *regs) __ro_after_init;

static long gate_ioperm(const struct pt_regs *regs)
{
	int err = check_ioperm(syscall_arg(regs, 2));

	return err ?: orig_ioperm(regs);
}

static long gate_iopl(const struct pt_regs *regs)
{
	int err = check_iopl(syscall_arg(regs, 0));

	return err ?: orig_iopl(regs);
}

/* No ports, a level there is not: -EINVAL if nobody refuses. */
static long prove_ioperm(void)
{
	const struct pt_regs regs = { .dx = 1 };

	return orig_ioperm(&regs);
}

static long prove_iopl(void)
{
	const struct pt_regs regs = { .di = 4 };

	return orig_iopl(&regs);
}

#ifdef SYSCALL_ENTRY_32
static long (*orig_ioperm_32)(const struct pt_regs *regs) __ro_after_init;
static long (*orig_iopl_32)(const struct pt_regs *regs) __ro_after_init;

static long gate_ioperm_32(const struct pt_regs *regs)
{
	int err = check_ioperm(syscall_arg_32(regs, 2));

	return err ?: orig_ioperm_32(regs);
}

static long gate_iopl_32(const struct pt_regs *regs)
{
	int err = check_iopl(syscall_arg_32(regs, 0));

	return err ?: orig_iopl_32(regs);
}

static long prove_ioperm_32(void)
{
	const struct pt_regs regs = { .dx = 1 };

	return orig_ioperm_32(&regs);
}

static long prove_iopl_32(void)
{
	const struct pt_regs regs = { .bx = 4 };

	return orig_iopl_32(&regs);
}
#endif

static const struct hook hooks[] __initconst = {
	HOOK(SYSCALL_ENTRY(ioperm), gate_ioperm, &orig_ioperm, prove_ioperm),
	HOOK(SYSCALL_ENTRY(iopl), gate_iopl, &orig_iopl, prove_iopl),
#ifdef SYSCALL_ENTRY_32
	HOOK(SYSCALL_ENTRY_32(ioperm), gate_ioperm_32, &orig_ioperm_32,
	     prove_ioperm_32),
	HOOK(SYSCALL_ENTRY_32(iopl), gate_iopl_32, &orig_iopl_32,
	     prove_iopl_32),
#endif
};

void __init gate_ioport_init(void)
{
	hook_add(hooks, ARRAY_SIZE(hooks));
}

#else

/* Nobody gets ports from this kernel. */
void __init gate_ioport_init(void)
{
}

#endif
