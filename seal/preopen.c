// SPDX-License-Identifier: GPL-2.0
/*
 * What somebody got through a door before it was shut. Most of it is dead by
 * itself, because the gates ask at each use. What is used without asking is
 * looked for here: mappings of physical memory, which are taken away; I/O ports
 * and descriptors of debugfs and tracefs, which only their owner can give back.
 *
 * A program of the hole of raw hardware keeps what it has of devices, if it runs
 * nothing but what is vouched for; so it must from then on.
 */
#include "preopen.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kdev_t.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "audit.h"
#include "code.h"
#include "lockdown.h"
#include "param.h"
#include "policy.h"
#include "program.h"
#include "range.h"
#include "seal.h"
#include "start.h"
#include "watch.h"

/*
 * Of looking around. @on: the seal is. @seen: address spaces that were looked at,
 * held, so that no other one gets their address. @again: one of them had what a
 * fork may have handed on meanwhile.
 */
struct look {
	bool on;
	bool again;
	int err;
	struct task_struct *task;
	struct xarray seen;
};

/* Somebody to be looked at, and the address space that he had when found. */
struct held {
	struct task_struct *task;
	struct mm_struct *mm;
};

static void tell(struct look *look, const char *what, bool revoked)
{
	char comm[AUDIT_COMM_SIZE];

	audit_comm(comm, look->task);
	pr_notice("preopened: %s[%d] has %s: it %s\n", comm,
		  task_pid_nr(look->task), what,
		  revoked ? "is taken away" : "stays");
}

static void refuse(struct look *look, const char *what)
{
	char comm[AUDIT_COMM_SIZE];

	audit_comm(comm, look->task);
	pr_err("preopened: %s[%d] has %s: end it, or say preopened=report\n",
	       comm, task_pid_nr(look->task), what);
	look->err = -EBUSY;
}

/* When the seal was about to go on nobody had it. */
static void slipped_in(const struct look *look, const char *what)
{
	char comm[AUDIT_COMM_SIZE], text[128];

	audit_comm(comm, look->task);
	snprintf(text, sizeof(text), "%s[%d] has %s", comm,
		 task_pid_nr(look->task), what);
	watch_slipped_in(text);
}

/* Only before the seal is on it can still stay off. */
static void found(struct look *look, const char *what, bool revocable)
{
	enum preopened policy = param_preopened();

	if (look->on) {
		tell(look, what, revocable && policy != PREOPENED_REPORT);
		if (!revocable && policy != PREOPENED_REPORT)
			slipped_in(look, what);
	} else if (policy == PREOPENED_REPORT) {
		return;
	} else if (policy == PREOPENED_REFUSE || !revocable) {
		refuse(look, what);
	}
}

/* --- mappings --- */

/* The drivers that give out devices, where they are modules. */
static bool is_by(const struct vm_area_struct *vma, const char *module)
{
	const struct module *owner = vma->vm_file->f_op->owner;

	return owner && !strcmp(owner->name, module);
}

static bool is_device(const struct vm_area_struct *vma)
{
	return is_by(vma, "uio") || is_by(vma, "vfio");
}

static bool is_physical(const struct vm_area_struct *vma)
{
	const struct inode *inode;

	if (!vma->vm_file || !(vma->vm_flags & VM_PFNMAP))
		return false;
	if (is_device(vma))
		return true;
	inode = file_inode(vma->vm_file);
	if (S_ISCHR(inode->i_mode))
		return inode->i_rdev == MKDEV(MEM_MAJOR, 1);
	return inode->i_sb->s_magic == SYSFS_MAGIC ||
	       inode->i_sb->s_magic == PROC_SUPER_MAGIC;
}

/* Which door would it have to come through now? */
static enum seal_door door_of(const struct vm_area_struct *vma)
{
	if (is_device(vma))
		return is_by(vma, "uio") ? DOOR_UIO : DOOR_VFIO;
	if (!S_ISCHR(file_inode(vma->vm_file)->i_mode))
		return DOOR_PCI_ACCESS;
	return vma->vm_flags & VM_SHARED && vma->vm_flags & VM_MAYWRITE ?
	       DOOR_MEM_WRITE : DOOR_MEM_READ;
}

/*
 * Would the hole have it? These drivers have put the page's number there
 * (drivers/char/mem.c:mmap_mem, drivers/pci/mmap.c:pci_mmap_resource_range). The
 * ROMs that its program maps to be written would be copies: these are not.
 */
static bool is_of_hole(const struct vm_area_struct *vma)
{
	if (is_device(vma))
		return false;
	switch (range_kind((phys_addr_t)vma->vm_pgoff << PAGE_SHIFT,
			   vma->vm_end - vma->vm_start)) {
	case RANGE_DEVICE:
	case RANGE_FIRMWARE:
		return true;
	case RANGE_OTHER:
		return door_of(vma) == DOOR_MEM_READ;
	default:
		return false;
	}
}

/* What a fork would give to a child that nobody adopts stays with its parent. */
static void leave(struct look *look, struct vm_area_struct *vma)
{
	if (!look->on)
		return;
	vm_flags_set(vma, VM_DONTCOPY);
	look->again = true;
}

/*
 * VFIO maps anew what is missing (drivers/vfio/pci/vfio_pci_core.c, its faults).
 * Nor is what is empty handed on: it would be found with each child.
 */
static void take(struct look *look, struct vm_area_struct *vma)
{
	bool comes_back = is_by(vma, "vfio");

	found(look, comes_back ? "a mapping of a device by VFIO" :
				 "a mapping of physical memory", !comes_back);
	if (!look->on || comes_back || param_preopened() == PREOPENED_REPORT)
		return;
	leave(look, vma);
	zap_special_vma_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
}

/* @keeps: a bit for each hole that its program has */
static void look_at_mm(struct look *look, struct mm_struct *mm,
		       unsigned int keeps)
{
	struct vm_area_struct *vma;
	unsigned long addr = 0;

	mmap_write_lock(mm);
	while ((vma = find_vma(mm, addr))) {
		addr = vma->vm_end;
		if (!is_physical(vma) || policy_door(door_of(vma)) == DOOR_OPEN)
			continue;
		if (keeps & BIT(policy_hole(door_of(vma))) && is_of_hole(vma))
			leave(look, vma);
		else
			take(look, vma);
	}
	mmap_write_unlock(mm);
}

/* --- descriptors --- */

static bool is_lasting(const struct file *file)
{
	switch (file_inode(file)->i_sb->s_magic) {
	case DEBUGFS_MAGIC:
		return policy_door(DOOR_DEBUGFS) != DOOR_OPEN &&
		       file->f_mode & FMODE_WRITE;
	case TRACEFS_MAGIC:
		return policy_door(DOOR_TRACEFS) != DOOR_OPEN;
	default:
		return false;
	}
}

static int note_file(const void *data, struct file *file, unsigned int fd)
{
	return is_lasting(file) ? fd + 1 : 0;
}

static void look_at_files(struct look *look, struct task_struct *task)
{
	bool has;

	task_lock(task);
	has = task->files && iterate_fd(task->files, 0, note_file, NULL);
	task_unlock(task);
	if (has)
		found(look, "a descriptor of debugfs or tracefs", false);
}

/* --- ports --- */

static void look_at_ports(struct look *look, struct task_struct *task)
{
#ifdef CONFIG_X86_IOPL_IOPERM
	if (policy_door(DOOR_IOPORT) != DOOR_OPEN &&
	    (READ_ONCE(task->thread.iopl_emul) ||
	     READ_ONCE(task->thread.io_bitmap)))
		found(look, "I/O ports", false);
#endif
}

/* --- processes --- */

/* As a keeper's at first, but not if any of its tasks is none. */
#define TAKEN XA_MARK_0

static bool is_new(struct look *look, struct mm_struct *mm)
{
	int err = xa_insert(&look->seen, (unsigned long)mm, mm, GFP_KERNEL);

	if (err == -EBUSY)
		return false;
	if (err) {
		look->err = err;
		return true;
	}
	mmgrab(mm);
	return true;
}

static bool is_to_be_looked_at(struct look *look, struct mm_struct *mm,
			       bool keeps)
{
	unsigned long at = (unsigned long)mm;
	bool fresh = is_new(look, mm);

	if (keeps)
		return fresh;
	if (xa_get_mark(&look->seen, at, TAKEN))
		return false;
	xa_set_mark(&look->seen, at, TAKEN);
	return true;
}

/* The holes of raw hardware that the program has. */
static unsigned int hardware_of(struct mm_struct *mm)
{
	struct file *exe = compat_exe_file(mm);
	unsigned int holes = 0;

	if (exe) {
		holes = program_holes(file_inode(exe)) & HOLES_HARDWARE;
		fput(exe);
	}
	return holes;
}

/*
 * Of which of them it keeps what it has. Adopted first: what it maps while its
 * code is looked at is judged, too.
 */
static unsigned int may_keep(struct look *look, struct mm_struct *mm)
{
	unsigned int holes = hardware_of(mm);
	struct seal_refusal no;

	if (!holes || READ_ONCE(look->task->ptrace))
		return 0;
	if (look->on && !start_adopt(mm, holes))
		return 0;
	no = code_refused(mm, false);
	if (no.code)
		fput(no.code);
	return no.reason == REASON_NONE && code_is_clean(mm) ? holes : 0;
}

/* Before the seal is on who puts it on can be ended. */
static bool is_ended(struct look *look)
{
	if (look->on || !fatal_signal_pending(current))
		return false;
	if (!look->err)
		pr_err("preopened: ended while looking around\n");
	look->err = -EINTR;
	return true;
}

static void look_at_task(struct look *look, struct task_struct *task,
			 struct mm_struct *mm)
{
	unsigned int keeps;

	if (is_ended(look))
		return;
	look->task = task;
	keeps = may_keep(look, mm);
	if (is_to_be_looked_at(look, mm, keeps))
		look_at_mm(look, mm, keeps);
	if (!(keeps & BIT(HOLE_IOPORT)))
		look_at_ports(look, task);
	look_at_files(look, task);
}

static unsigned int count_tasks(void)
{
	struct task_struct *process, *task;
	unsigned int count = 0;

	rcu_read_lock();
	for_each_process_thread(process, task)
		count++;
	rcu_read_unlock();
	return count;
}

/*
 * All of them that have an address space, or @room if there are more. It is held
 * from here on: who ends or becomes another program in time, and has handed on what
 * he had, is found to have had it.
 */
static unsigned int hold_tasks(struct held *held, unsigned int room)
{
	struct task_struct *process, *task;
	unsigned int count = 0;
	struct mm_struct *mm;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (count == room)
			goto out;
		mm = get_task_mm(task);
		if (!mm)
			continue;
		get_task_struct(task);
		held[count].task = task;
		held[count++].mm = mm;
	}
out:
	rcu_read_unlock();
	return count;
}

/* The last user of an address space waits for what it has under way: not here. */
static void look_at_tasks(struct look *look)
{
	unsigned int room, count, i;
	struct held *held;

	room = 2 * count_tasks() + 64;
	held = kvcalloc(room, sizeof(*held), GFP_KERNEL);
	if (!held) {
		look->err = -ENOMEM;
		return;
	}
	count = hold_tasks(held, room);
	for (i = 0; i < count; i++) {
		look_at_task(look, held[i].task, held[i].mm);
		mmput_async(held[i].mm);
		put_task_struct(held[i].task);
		cond_resched();
	}
	kvfree(held);
	look->again |= count == room;
}

/* Those that have no user left, or all of them. */
static void let_go(struct look *look, bool all)
{
	struct mm_struct *mm;
	unsigned long at;

	xa_for_each(&look->seen, at, mm) {
		if (!all && atomic_read(&mm->mm_users))
			continue;
		xa_erase(&look->seen, at);
		mmdrop(mm);
	}
}

/* Only who has what is looked for, and forks all the time, keeps us as long. */
#define ROUNDS_MAX 100

/*
 * Until nobody is found who had anything: a fork takes its parent's mappings along
 * and may have been missed. What has none any more hands none on.
 */
static int look_around(bool on)
{
	struct look look = { .on = on };
	unsigned int rounds = 0;

	xa_init(&look.seen);
	do {
		look.again = false;
		look_at_tasks(&look);
		let_go(&look, false);
	} while (look.again && !look.err && ++rounds < ROUNDS_MAX);
	let_go(&look, true);
	xa_destroy(&look.seen);
	return look.err ?: look.again ? -ELOOP : 0;
}

int preopen_check(void)
{
	int err = look_around(false);

	if (err == -ELOOP)
		pr_err("preopened: processes come faster than they can be looked at\n");
	return policy_hindered(err);
}

void preopen_revoke(void)
{
	int err = look_around(true);

	if (err == -ELOOP)
		watch_slipped_in("a mapping that is handed on and on");
	else if (err)
		pr_crit("preopened: not everybody could be looked at: out of memory\n");
}
