/* SPDX-License-Identifier: GPL-2.0 */
/* System calls and their arguments; a part of compat.h. */
#ifndef _SEAL_COMPAT_SYSCALL_H
#define _SEAL_COMPAT_SYSCALL_H

/* The number of finit_module(2) in the ABI of the running system call. */
static inline int compat_finit_module_nr(void)
{
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
	if (in_ia32_syscall())
		return __NR_ia32_finit_module;
#elif defined(CONFIG_ARM64) && defined(CONFIG_COMPAT)
	if (is_compat_task())
		return 379;	/* arch/arm/tools/syscall.tbl */
#endif
	return __NR_finit_module;
}

/* Likewise that of delete_module(2). */
static inline int compat_delete_module_nr(void)
{
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
	if (in_ia32_syscall())
		return __NR_ia32_delete_module;
#elif defined(CONFIG_ARM64) && defined(CONFIG_COMPAT)
	if (is_compat_task())
		return 129;	/* arch/arm/tools/syscall.tbl */
#endif
	return __NR_delete_module;
}

/* And that of read(2). */
static inline int compat_read_nr(void)
{
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
	if (in_ia32_syscall())
		return __NR_ia32_read;
#elif defined(CONFIG_ARM64) && defined(CONFIG_COMPAT)
	if (is_compat_task())
		return 3;	/* arch/arm/tools/syscall.tbl */
#endif
	return __NR_read;
}

/* And that of mmap2(2), which on 64 bits is mmap(2). */
static inline int compat_mmap_nr(void)
{
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
	if (in_ia32_syscall())
		return __NR_ia32_mmap2;
#elif defined(CONFIG_ARM64) && defined(CONFIG_COMPAT)
	if (is_compat_task())
		return 192;	/* arch/arm/tools/syscall.tbl */
#endif
	return __NR_mmap;
}

/**
 * compat_mmap_flags() - how a mapping was asked for
 * @flags: what the kernel passes on of it
 *
 * That was without MAP_DENYWRITE once (ksys_mmap_pgoff() until 5.14). The oldest
 * call of 32 bits has its flags in memory: none is taken for not given.
 */
static inline unsigned long compat_mmap_flags(unsigned long flags)
{
	struct pt_regs *regs = task_pt_regs(current);
	int nr = syscall_get_nr(current, regs);
	unsigned long arg[6];

#ifdef __X32_SYSCALL_BIT
	nr &= ~__X32_SYSCALL_BIT;
#endif
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
	if (in_ia32_syscall() && nr == __NR_ia32_mmap)
		return flags | MAP_DENYWRITE;
#endif
	if (nr != compat_mmap_nr())
		return flags;
	syscall_get_arguments(current, regs, arg);
	return flags | (arg[3] & MAP_DENYWRITE);
}

/**
 * compat_module_args() - where the running task's module arguments lie
 *
 * To be called from a module's init function only: the current system call
 * is then init_module(image, len, args) or finit_module(fd, args, flags).
 *
 * Return: the user address of the argument string.
 */
static inline const char __user *compat_module_args(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long arg[6];
	bool finit;

	syscall_get_arguments(current, regs, arg);
	finit = syscall_get_nr(current, regs) == compat_finit_module_nr();
	return (const char __user *)arg[finit ? 1 : 2];
}

/* Likewise the descriptor the module came by, or -1. */
static inline int compat_module_fd(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long arg[6];

	if (syscall_get_nr(current, regs) != compat_finit_module_nr())
		return -1;
	syscall_get_arguments(current, regs, arg);
	return arg[0];
}

#endif /* _SEAL_COMPAT_SYSCALL_H */
