/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernels: with the compat_*.h at its end the only
 * place that tests a version. Forced in front of each source file by Kbuild.
 * The sources are written under the newest kernel's names; what an older one
 * lacks is supplied here.
 */
#ifndef _SEAL_COMPAT_H
#define _SEAL_COMPAT_H

#include <linux/version.h>
#include <linux/kconfig.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "seal needs Linux 5.10 or newer"
#endif

#if !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "seal needs CONFIG_X86_64 or CONFIG_ARM64: its gates know their system calls"
#endif
#if !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && \
	!defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#error "seal needs CONFIG_DYNAMIC_FTRACE_WITH_ARGS or _WITH_REGS: its gates are ftrace hooks"
#endif
/* kallsyms_on_each_symbol() came with livepatching from 5.12 to 5.18 only. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(5, 19, 0) && \
	!defined(CONFIG_LIVEPATCH)
#error "seal needs CONFIG_LIVEPATCH: this kernel's symbol look-up comes with it"
#endif
#if defined(CONFIG_CFI_CLANG) || defined(CONFIG_CFI)
#error "seal cannot do with CONFIG_CFI: what it calls by pointer has no type to be checked"
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

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/ftrace.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mman.h>
#include <linux/module_signature.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#include <uapi/linux/module.h>

/*
 * An ftrace callback gets struct ftrace_regs since 5.11; its accessors took
 * their final names in 6.2. The recursion flag turned its meaning with 5.11:
 * before, whoever does not set it is guarded, and a call that nests is
 * dropped (kernel/trace/ftrace.c:ftrace_ops_get_func).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define ftrace_regs pt_regs
#define ftrace_regs_set_instruction_pointer(regs, to) \
	instruction_pointer_set(regs, to)
#define COMPAT_FTRACE_UNGUARDED FTRACE_OPS_FL_RECURSION_SAFE
#else
#define COMPAT_FTRACE_UNGUARDED 0
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_set_instruction_pointer(fregs, ip) \
	ftrace_instruction_pointer_set(fregs, ip)
#endif
#endif

/*
 * With DYNAMIC_FTRACE_WITH_ARGS a callback may redirect the call without all
 * registers being saved. arm64 has no other way: before 6.2 its struct
 * ftrace_regs offers no instruction pointer to set.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define COMPAT_FTRACE_REGS 0
#define COMPAT_FTRACE_REDIRECTS true
#else
#define COMPAT_FTRACE_REGS FTRACE_OPS_FL_SAVE_REGS
#define COMPAT_FTRACE_REDIRECTS IS_ENABLED(CONFIG_X86_64)
#endif

/*
 * How far behind a function's first byte its call of ftrace lies: behind an
 * ENDBR (x86), or a BTI and the saving of the link register (arm64).
 */
#ifdef CONFIG_ARM64
#define COMPAT_FTRACE_OFFSET_MAX 8
#else
#define COMPAT_FTRACE_OFFSET_MAX 4
#endif

/*
 * kallsyms_on_each_match_symbol() came with 6.2 and went into stable updates;
 * a kernel without it is walked by kallsyms_on_each_symbol(), whose visitor
 * lost its module argument in 6.4.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define COMPAT_KALLSYMS_WALK
#endif

/*
 * To look at the list of modules: kernel/module.c:find_module() wants RCU, which
 * was sched's own kind until 6.14; what 5.10 was before its updates asked for a
 * mutex, and needed it no more than they do.
 */
static inline void compat_modules_lock(void)
{
	rcu_read_lock();
	rcu_read_lock_sched();
}

static inline void compat_modules_unlock(void)
{
	rcu_read_unlock_sched();
	rcu_read_unlock();
}

/* The memory device is mapped by a description of the mapping since 7.2. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define COMPAT_MMAP_PREPARE
#endif

/* vma flags are written through helpers since 6.3 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}

static inline void vm_flags_init(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags = flags;
}
#endif

/* An address space's flags are a bitmap of their own since 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define mm_flags_test(flag, mm) test_bit(flag, &(mm)->flags)
#endif

/*
 * Where uprobes put a breakpoint: into a mapping since 6.16, before that into
 * an address space.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define compat_probed vm_area_struct

static inline struct compat_probed *
compat_probed_of(struct vm_area_struct *vma)
{
	return vma;
}

static inline struct mm_struct *
compat_probed_mm(struct compat_probed *probed)
{
	return probed->vm_mm;
}
#else
#define compat_probed mm_struct

static inline struct compat_probed *
compat_probed_of(struct vm_area_struct *vma)
{
	return vma->vm_mm;
}

static inline struct mm_struct *
compat_probed_mm(struct compat_probed *probed)
{
	return probed;
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
 * Is it no hardware that says so? Since 6.0 what software makes up is marked.
 * Before, a machine check is, where the task reports it that ran into it, and
 * else it comes from a work queue (arch/x86/kernel/cpu/mce/core.c:
 * kill_me_maybe, drivers/acpi/apei/ghes.c).
 */
static inline bool compat_failure_simulated(int flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	return flags & MF_SW_SIMULATED;
#else
	return !(flags & MF_ACTION_REQUIRED || current->flags & PF_KTHREAD);
#endif
}

/* What is cached together is a folio since 5.16: of its pages the first. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
#define folio page
#define page_folio(page) compound_head(page)
#define folio_lock(folio) lock_page(folio)
#define folio_unlock(folio) unlock_page(folio)
#define folio_mapped(folio) page_mapped(folio)
#define folio_ref_count(folio) page_ref_count(folio)
#define folio_nr_pages(folio) compound_nr(folio)
#define folio_mapping(folio) page_mapping(folio)
#endif

/* A held page's mapping. */
static inline struct address_space *compat_page_mapping(struct page *page)
{
	return folio_mapping(page_folio(page));
}

/*
 * What files init sees. Until 7.2 init_task shares them (init/main.c:rest_init,
 * CLONE_FS); since 7.3 kernel threads see none, and the kernel keeps init's for
 * the helpers it starts (fs/fs_struct.c:init_userspace_fs).
 */
static inline struct fs_struct *compat_init_fs(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	return userspace_init_fs;
#else
	return init_task.fs;
#endif
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
 * kernel/module/internal.h has it since 7.2, include/linux/module.h before;
 * the same from 5.10 on.
 */
struct seal_module_use {
	struct list_head source_list;
	struct list_head target_list;
	struct module *source, *target;
};

/*
 * Does the current task hold its mmap_lock, as within an mmap operation? Of a
 * semaphore that is held for writing the owner is known (kernel/locking/rwsem.c:
 * the lowest bits are flags, the lowest of them a reader's; rwbase_rt.c).
 */
static inline bool compat_writes_mm(void)
{
	unsigned long owner;

	if (!current->mm)
		return false;
#ifdef CONFIG_PREEMPT_RT
	owner = (unsigned long)
		READ_ONCE(current->mm->mmap_lock.rwbase.rtmutex.owner);
	return (owner & ~1UL) == (unsigned long)current;
#else
	owner = atomic_long_read(&current->mm->mmap_lock.owner);
	return !(owner & 1) && (owner & ~7UL) == (unsigned long)current;
#endif
}

/* How pages that are not the kernel's own are taken out of a mapping. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#define zap_special_vma_range zap_vma_ptes
#endif

/* What looks into the kernel by BPF got another name in 5.14. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
#define LOCKDOWN_BPF_READ_KERNEL LOCKDOWN_BPF_READ
#endif

/* Keys of IPsec are shown only if that is asked for, since 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define LOCKDOWN_XFRM_SECRET LOCKDOWN_NONE
#endif

/* A BPF program that makes system calls, which is a kind since 5.14. */
static inline bool compat_bpf_calls(const struct bpf_prog *prog)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
	return false;
#else
	return prog->type == BPF_PROG_TYPE_SYSCALL;
#endif
}

#ifndef BPF_PROBE_MEMSX
#define BPF_PROBE_MEMSX BPF_PROBE_MEM
#endif

/* What ends a signed module got new names in 7.x. */
#ifndef MODULE_SIGNATURE_MARKER
#define MODULE_SIGNATURE_MARKER MODULE_SIG_STRING
#define MODULE_SIGNATURE_TYPE_PKCS7 PKEY_ID_PKCS7
#endif

/* finit_module(2) knows compressed files since 5.17. */
#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

/*
 * A system call's entry function, named after the ABI. Such a function takes
 * the caller's registers; syscall_arg() and syscall_arg_32() read the arguments
 * of the ABI the name stands for. On arm64 both ABIs share one entry.
 */
#ifdef CONFIG_X86_64
#define SYSCALL_ENTRY(name)		"__x64_sys_" #name
#ifdef CONFIG_IA32_EMULATION
#define SYSCALL_ENTRY_32(name)		"__ia32_sys_" #name
#endif

static inline unsigned long syscall_arg(const struct pt_regs *regs, int n)
{
	const unsigned long arg[] = { regs->di, regs->si, regs->dx };

	return arg[n];
}

static inline void syscall_set_arg(struct pt_regs *regs, int n,
				   unsigned long value)
{
	unsigned long *arg[] = { &regs->di, &regs->si, &regs->dx };

	*arg[n] = value;
}

static inline unsigned long syscall_arg_32(const struct pt_regs *regs, int n)
{
	const unsigned long arg[] = { regs->bx, regs->cx, regs->dx };

	return (u32)arg[n];
}
#else
#define SYSCALL_ENTRY(name)		"__arm64_sys_" #name

static inline unsigned long syscall_arg(const struct pt_regs *regs, int n)
{
	return regs->regs[n];
}

static inline void syscall_set_arg(struct pt_regs *regs, int n,
				   unsigned long value)
{
	regs->regs[n] = value;
}
#endif

#include "compat_fs.h"
#include "compat_block.h"
#include "compat_syscall.h"

#endif /* __ASSEMBLY__ */
#endif /* _SEAL_COMPAT_H */
