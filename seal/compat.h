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
#include <linux/module_signature.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
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

/* A held page's mapping: of its folio, since 5.16. */
static inline struct address_space *compat_page_mapping(struct page *page)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
	return page_mapping(page);
#else
	return folio_mapping(page_folio(page));
#endif
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
 * What inode operations say of the mount they came by: nothing before 5.12, a
 * user namespace before 6.3.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 12, 0)
#define COMPAT_IDMAP_PARAM
#define COMPAT_IDMAP
#define COMPAT_IDMAP_OF(mnt)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define COMPAT_IDMAP_PARAM struct user_namespace *idmap,
#define COMPAT_IDMAP idmap,
#define COMPAT_IDMAP_OF(mnt) mnt_user_ns(mnt),
#else
#define COMPAT_IDMAP_PARAM struct mnt_idmap *idmap,
#define COMPAT_IDMAP idmap,
#define COMPAT_IDMAP_OF(mnt) mnt_idmap(mnt),
#endif

/* ->set_acl() is told the dentry since 6.2, the inode before. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define COMPAT_ACL_ON struct inode *
#define compat_acl_inode(on) (on)
#else
#define COMPAT_ACL_ON struct dentry *
#define compat_acl_inode(on) d_inode(on)
#endif

/*
 * File attributes (chattr) are an inode operation since 5.13; before, each
 * file system has its ioctl, and all ask the same two functions.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
#define COMPAT_FILEATTR_SET
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define file_kattr fileattr
#endif
#endif

/* Exported all the time, but declared in fs/internal.h at first. */
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt,
		    const char *name, unsigned int flags, struct path *path);

/* What a reader of directories answers, to see more entries or no more. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#define compat_filldir_ret int
#define COMPAT_FILLDIR_MORE 0
#define COMPAT_FILLDIR_ENOUGH -EINTR
#else
#define compat_filldir_ret bool
#define COMPAT_FILLDIR_MORE true
#define COMPAT_FILLDIR_ENOUGH false
#endif

/*
 * fs/mount.h: the first members of struct mountpoint, the same from 5.10 to
 * 7.3.
 */
struct seal_mountpoint {
	struct hlist_node m_hash;
	struct dentry *m_dentry;
};

/* The beginning of struct mount (fs/mount.h): the same from 5.10 to 7.3. */
struct seal_mount {
	struct hlist_node mnt_hash;
	struct seal_mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

/**
 * compat_lone_mount() - a mount without peers and slaves
 * @mnt: one that is in nobody's namespace
 *
 * Since 6.17 that is good enough for fs/pnode.c:propagate_mnt(). Before, that
 * asks for the namespace (IS_MNT_NEW), and is given a mount whose every list is
 * empty and whose every pointer is its own.
 */
static inline struct seal_mount *compat_lone_mount(struct vfsmount *mnt)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	return container_of(mnt, struct seal_mount, mnt);
#else
	static unsigned long alone[512];
	int i;

	for (i = 0; i < ARRAY_SIZE(alone); i++)
		alone[i] = (unsigned long)&alone[i];
	return (struct seal_mount *)alone;
#endif
}

#ifdef CONFIG_BLOCK
/* A block device, held open for reading. */
struct compat_bdev {
	struct block_device *bdev;
	void *handle;
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
static inline int compat_bdev_open(dev_t dev, struct compat_bdev *held)
{
	struct file *file = bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL,
						  NULL);

	if (IS_ERR(file))
		return PTR_ERR(file);
	held->handle = file;
	held->bdev = file_bdev(file);
	return 0;
}

static inline void compat_bdev_close(struct compat_bdev *held)
{
	fput(held->handle);
}
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
static inline int compat_bdev_open(dev_t dev, struct compat_bdev *held)
{
	struct bdev_handle *handle = bdev_open_by_dev(dev, BLK_OPEN_READ, NULL,
						      NULL);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	held->handle = handle;
	held->bdev = handle->bdev;
	return 0;
}

static inline void compat_bdev_close(struct compat_bdev *held)
{
	bdev_release(held->handle);
}
#else
static inline int compat_bdev_open(dev_t dev, struct compat_bdev *held)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	held->bdev = blkdev_get_by_dev(dev, BLK_OPEN_READ, NULL, NULL);
#else
	held->bdev = blkdev_get_by_dev(dev, FMODE_READ, NULL);
#endif
	return PTR_ERR_OR_ZERO(held->bdev);
}

static inline void compat_bdev_close(struct compat_bdev *held)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	blkdev_put(held->bdev, NULL);
#else
	blkdev_put(held->bdev, FMODE_READ);
#endif
}
#endif

/* Its page cache. */
static inline struct address_space *compat_bdev_mapping(struct block_device *b)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	return b->bd_inode->i_mapping;
#else
	return b->bd_mapping;
#endif
}
#endif /* CONFIG_BLOCK */

/* How a block device is opened has a type of its own since 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define blk_mode_t fmode_t
#endif

/* A block device's ioctl: it was told the file by another name before 5.16. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
#define COMPAT_BLOCK_IOCTL "block_ioctl"
#else
#define COMPAT_BLOCK_IOCTL "blkdev_ioctl"
#endif

/* Block devices take commands from io_uring since 6.12. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define COMPAT_BLOCK_URING_CMD
#endif

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

/* What looks into the kernel by BPF got another name in 5.14. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
#define LOCKDOWN_BPF_READ_KERNEL LOCKDOWN_BPF_READ
#define BPF_PROG_TYPE_SYSCALL BPF_PROG_TYPE_UNSPEC
#endif
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

#endif /* __ASSEMBLY__ */
#endif /* _SEAL_COMPAT_H */
