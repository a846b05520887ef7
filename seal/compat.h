/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernels, and the only file that tests a version.
 * Forced in front of each source file by Kbuild. The sources are written
 * under the newest kernel's names; what an older one lacks is supplied here.
 */
#ifndef _SEAL_COMPAT_H
#define _SEAL_COMPAT_H

#include <linux/version.h>
#include <linux/kconfig.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "seal needs Linux 6.1 or newer"
#endif

#ifndef CONFIG_X86_64
#error "seal needs an x86-64 kernel (CONFIG_X86_64)"
#endif
#ifndef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#error "seal needs CONFIG_DYNAMIC_FTRACE_WITH_REGS: its gates are ftrace hooks"
#endif
#ifndef CONFIG_LIVEPATCH
#error "seal needs CONFIG_LIVEPATCH: its symbol look-up comes with it"
#endif
#ifndef CONFIG_SECURITYFS
#error "seal needs CONFIG_SECURITYFS: its status lives there"
#endif
#ifndef CONFIG_KPROBES
#error "seal needs CONFIG_KPROBES: it finds functions by them"
#endif
#ifndef CONFIG_KALLSYMS
#error "seal needs CONFIG_KALLSYMS: it finds functions by them"
#endif
#ifndef CONFIG_MODULE_SIG
#error "seal needs CONFIG_MODULE_SIG: a refused image is dropped by its check"
#endif

#ifndef __ASSEMBLY__

#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

/* ftrace_regs accessors took their final names in 6.2 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_set_instruction_pointer(fregs, ip) \
	ftrace_instruction_pointer_set(fregs, ip)
#endif

/* vma flags are written through helpers since 6.3 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}

static inline void vm_flags_init(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags = flags;
}
#endif

/**
 * compat_exe_file() - the file an address space was started from
 * @mm: a live address space
 *
 * get_mm_exe_file() is not exported. Since 6.7 a struct file may be reused
 * under RCU, so get_file_rcu() takes the pointer's address and looks again.
 *
 * Return: a referenced file for fput(), or NULL.
 */
static inline struct file *compat_exe_file(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#else
	file = get_file_rcu(&mm->exe_file);
#endif
	rcu_read_unlock();
	return file;
}

/*
 * The first members of struct load_info (kernel/module/internal.h), which no
 * header shows: the same from 5.10 to 7.2.
 */
struct load_info {
	const char *name;
	struct module *mod;
	void *hdr;
	unsigned long len;
};

/*
 * A system call's entry function, named after the ABI. Such a function takes
 * the caller's registers; compat_syscall_args() reads the arguments of the
 * ABI the name stands for.
 */
#define SYSCALL_ENTRY(name)		"__x64_sys_" #name
#ifdef CONFIG_IA32_EMULATION
#define SYSCALL_ENTRY_32(name)		"__ia32_sys_" #name
#endif

static inline unsigned long syscall_arg(const struct pt_regs *regs, int n)
{
	const unsigned long arg[] = { regs->di, regs->si, regs->dx };

	return arg[n];
}

static inline unsigned long syscall_arg_32(const struct pt_regs *regs, int n)
{
	const unsigned long arg[] = { regs->bx, regs->cx, regs->dx };

	return (u32)arg[n];
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
	int nr = syscall_get_nr(current, regs);
	unsigned long arg[6];

	syscall_get_arguments(current, regs, arg);
#ifdef CONFIG_IA32_EMULATION
	if (in_ia32_syscall())
		return (const char __user *)
			arg[nr == __NR_ia32_finit_module ? 1 : 2];
#endif
	return (const char __user *)arg[nr == __NR_finit_module ? 1 : 2];
}

#endif /* __ASSEMBLY__ */
#endif /* _SEAL_COMPAT_H */
