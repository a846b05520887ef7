// SPDX-License-Identifier: GPL-2.0
/*
 * The I/O port door: ioperm(2) and iopl(2), where they give a task access to
 * ports. The gates are the system calls' entries: the functions behind them
 * are inlined. What else gives ports is gate_lockdown.c's.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

#include "hook.h"
#include "policy.h"
#include "program.h"
#include "start.h"

#ifdef CONFIG_X86_IOPL_IOPERM

/*
 * The kernel gives ports by an ioctl of the console as well
 * (drivers/tty/vt/vt_ioctl.c: KDENABIO), and asks the same question there.
 */
bool gate_ioport_decides(void)
{
	int nr;

	if (current->flags & PF_KTHREAD)
		return false;
	nr = syscall_get_nr(current, task_pt_regs(current));
#ifdef CONFIG_IA32_EMULATION
	if (in_ia32_syscall())
		return nr == __NR_ia32_ioperm || nr == __NR_ia32_iopl;
#endif
#ifdef CONFIG_X86_X32_ABI
	nr &= ~__X32_SYSCALL_BIT;
#endif
	return nr == __NR_ioperm || nr == __NR_iopl;
}

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

/* Who has got ports must not change beneath them. */
static long taken(long ret)
{
	if (!ret && test_thread_flag(TIF_IO_BITMAP))
		start_holds_hardware(current->mm);
	return ret;
}

static long (*orig_ioperm)(const struct pt_regs *regs) __ro_after_init;
static long (*orig_iopl)(const struct pt_regs *regs) __ro_after_init;

static long gate_ioperm(const struct pt_regs *regs)
{
	int err = check_ioperm(syscall_arg(regs, 2));

	return err ?: taken(orig_ioperm(regs));
}

static long gate_iopl(const struct pt_regs *regs)
{
	int err = check_iopl(syscall_arg(regs, 0));

	return err ?: taken(orig_iopl(regs));
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

	return err ?: taken(orig_ioperm_32(regs));
}

static long gate_iopl_32(const struct pt_regs *regs)
{
	int err = check_iopl(syscall_arg_32(regs, 0));

	return err ?: taken(orig_iopl_32(regs));
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

/*
 * Ports are the program's that asked for them. The kernel hands them on, to a
 * fork (arch/x86/kernel/process.c:copy_thread) and through execve(2); a thread
 * shares its program's address space, a fork does not.
 */
static void (*orig_share)(struct task_struct *child) __ro_after_init;
static void (*io_bitmap_exit_here)(struct task_struct *task) __ro_after_init;

static void gate_share(struct task_struct *child)
{
	if (policy_proves())
		return;
	if (child->mm == current->mm || policy_audits())
		orig_share(child);
	else
		child->thread.iopl_emul = 0;
}

void gate_ioport_drop(void)
{
	if (!io_bitmap_exit_here || !test_thread_flag(TIF_IO_BITMAP) ||
	    policy_audits())
		return;
	current->thread.iopl_emul = 0;
	io_bitmap_exit_here(current);
}

/* To share with oneself leaves a mark, which is all there is to see. */
static long prove_share(void)
{
	const struct seal_event ev = { .door = DOOR_IOPORT, .text = "fork" };
	bool had = test_and_clear_thread_flag(TIF_IO_BITMAP);
	bool shared;

	orig_share(current);
	shared = test_thread_flag(TIF_IO_BITMAP);
	if (had != shared)
		change_bit(TIF_IO_BITMAP, &current_thread_info()->flags);
	return shared ? 0 : seal_check(&ev);
}

static const struct hook hole_hooks[] __initconst = {
	HOOK("io_bitmap_share", gate_share, &orig_share, prove_share),
	SYMBOL("io_bitmap_exit", &io_bitmap_exit_here),
};

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
	if (program_exists(HOLE_IOPORT))
		hook_add(hole_hooks, ARRAY_SIZE(hole_hooks));
}

#else

/* Nobody gets ports from this kernel. */
void __init gate_ioport_init(void)
{
}

bool gate_ioport_decides(void)
{
	return false;
}

void gate_ioport_drop(void)
{
}

#endif
