// SPDX-License-Identifier: GPL-2.0
/*
 * The memory door: character devices 1:1 (mem) and 1:4 (port), whatever their
 * node is called. Opening is not enough: a descriptor may be older than the
 * seal or come from another task, so each use is asked about too. The gates
 * are the devices' own file operations (drivers/char/mem.c).
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "hook.h"
#include "policy.h"
#include "range.h"
#include "start.h"

static int (*orig_open_port)(struct inode *inode, struct file *file)
	__ro_after_init;

/* drivers/char/mem.c: DEVPORT_MINOR */
#define PORT_MINOR 4

/* Without a seal on reading the second question is answered at once. */
static int gate_open_port(struct inode *inode, struct file *file)
{
	const struct seal_event ev = {
		.door = file->f_mode & FMODE_WRITE ? DOOR_MEM_WRITE :
						     DOOR_MEM_READ,
		.cap = CAP_SYS_RAWIO,
		.file = file,
		.ports = iminor(inode) == PORT_MINOR,
	};
	int err = seal_check(&ev);

	return err ?: orig_open_port(inode, file);
}

/* Bytes at a place in the device. */
static int check_mem(enum seal_door door, const struct file *file,
		     phys_addr_t start, size_t len)
{
	const struct seal_event ev = {
		.door = door,
		.file = file,
		.start = start,
		.len = len,
	};

	return seal_check(&ev);
}

/* The same of what is about to be mapped, with the mmap_lock held. */
static int check_mapped(enum seal_door door, const struct file *file,
			phys_addr_t start, size_t len, bool copied)
{
	const struct seal_event ev = {
		.door = door,
		.file = file,
		.start = start,
		.len = len,
		.copied = copied,
		.mm_locked = true,
	};

	return seal_check(&ev);
}

static ssize_t (*orig_write_mem)(struct file *file, const char __user *buf,
				 size_t count, loff_t *ppos) __ro_after_init;
static ssize_t (*orig_read_mem)(struct file *file, char __user *buf,
				size_t count, loff_t *ppos) __ro_after_init;

static ssize_t gate_write_mem(struct file *file, const char __user *buf,
			      size_t count, loff_t *ppos)
{
	int err = check_mem(DOOR_MEM_WRITE, file, *ppos, count);

	return err ?: orig_write_mem(file, buf, count, ppos);
}

static ssize_t gate_read_mem(struct file *file, char __user *buf,
			     size_t count, loff_t *ppos)
{
	int err = check_mem(DOOR_MEM_READ, file, *ppos, count);

	return err ?: orig_read_mem(file, buf, count, ppos);
}

/*
 * A mapping is used without asking: it stays with who asked for it. A fork
 * does not get it (mm/madvise.c refuses MADV_DOFORK for device memory), and
 * code that nothing vouches for does not come to it (gate_code.c).
 *
 * A private mapping is copied on write and changes no device. A shared one
 * that is not writable must not become so later: mprotect(2) goes by
 * VM_MAYWRITE, which an old descriptor may still give, so the gate takes it
 * away.
 *
 * Whoever may write a display gets firmware's memory, too, as if to be written,
 * but privately: a driver that runs a ROM in an emulator needs no more, and
 * nothing is changed.
 */
static int check_map(const struct file *file, unsigned long pgoff, size_t len,
		     bool *shared, bool writable)
{
	phys_addr_t start = (phys_addr_t)pgoff << PAGE_SHIFT;
	int err = check_mapped(DOOR_MEM_READ, file, start, len, false);
	bool copied;

	if (err || !*shared || !writable)
		return err;
	copied = range_kind(start, len) == RANGE_FIRMWARE;
	*shared = !copied || policy_audits();
	return check_mapped(DOOR_MEM_WRITE, file, start, len, copied);
}

/* Is it not to become writable later? */
static bool stays_unwritable(bool shared, bool writable)
{
	return shared && !writable && !policy_audits();
}

/* Only what nobody else could have is kept from a fork. */
static bool is_hardware(bool shared, bool writable)
{
	return (shared && writable) ||
	       policy_door(DOOR_MEM_READ) != DOOR_OPEN;
}

static bool stays_with(bool shared, bool writable)
{
	return is_hardware(shared, writable) && !policy_audits();
}

/* As far as a gate, or the original with nothing to do, looks at them. */
static struct file fake_file = {
	.f_mode = FMODE_READ | FMODE_WRITE,
};

static struct inode fake_inode;

static long prove_open_port(void)
{
	return orig_open_port(&fake_inode, &fake_file);
}

/* No bytes are asked for: 0 if nobody refuses. */
static long prove_write_mem(void)
{
	loff_t pos = 0;

	return orig_write_mem(&fake_file, NULL, 0, &pos);
}

static long prove_read_mem(void)
{
	loff_t pos = 0;

	return orig_read_mem(&fake_file, NULL, 0, &pos);
}

/* Beyond all physical addresses: -EINVAL if nobody refuses. */
#ifdef COMPAT_MMAP_PREPARE
#define MMAP_MEM "mmap_mem_prepare"

static int (*orig_mmap_mem)(struct vm_area_desc *desc) __ro_after_init;

static void make_private(struct vm_area_desc *desc)
{
	vma_desc_clear_flags(desc, VMA_SHARED_BIT, VMA_MAYSHARE_BIT);
	desc->page_prot =
		vm_get_page_prot(vma_flags_to_legacy(desc->vma_flags));
}

static int gate_mmap_mem(struct vm_area_desc *desc)
{
	bool asked = vma_desc_test(desc, VMA_SHARED_BIT), shared = asked;
	bool writable = vma_desc_test(desc, VMA_WRITE_BIT);
	int err = check_map(desc->file, desc->pgoff, vma_desc_size(desc),
			    &shared, writable);

	if (err)
		return err;
	if (asked != shared)
		make_private(desc);
	if (stays_unwritable(shared, writable))
		vma_desc_clear_flags(desc, VMA_MAYWRITE_BIT);
	if (stays_with(shared, writable))
		vma_desc_set_flags(desc, VMA_DONTCOPY_BIT);
	err = orig_mmap_mem(desc);
	if (!err && is_hardware(shared, writable))
		start_holds_hardware(current->mm);
	return err;
}

static long prove_mmap_mem(void)
{
	struct vm_area_desc desc = {
		.file = &fake_file,
		.pgoff = ULONG_MAX,
	};

	vma_desc_set_flags(&desc, VMA_SHARED_BIT, VMA_WRITE_BIT);
	return orig_mmap_mem(&desc);
}
#else
#define MMAP_MEM "mmap_mem"

static int (*orig_mmap_mem)(struct file *file, struct vm_area_struct *vma)
	__ro_after_init;

/* As mm/mmap.c has set the protection before it asked the device. */
static void make_private(struct vm_area_struct *vma)
{
	vm_flags_clear(vma, VM_SHARED | VM_MAYSHARE);
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
}

static int gate_mmap_mem(struct file *file, struct vm_area_struct *vma)
{
	bool asked = vma->vm_flags & VM_SHARED, shared = asked;
	bool writable = vma->vm_flags & VM_WRITE;
	int err = check_map(file, vma->vm_pgoff, vma->vm_end - vma->vm_start,
			    &shared, writable);

	if (err)
		return err;
	if (asked != shared)
		make_private(vma);
	if (stays_unwritable(shared, writable))
		vm_flags_clear(vma, VM_MAYWRITE);
	if (stays_with(shared, writable))
		vm_flags_set(vma, VM_DONTCOPY);
	err = orig_mmap_mem(file, vma);
	if (!err && is_hardware(shared, writable))
		start_holds_hardware(current->mm);
	return err;
}

static long prove_mmap_mem(void)
{
	static struct vm_area_struct vma = {
		.vm_pgoff = ULONG_MAX,
	};

	vm_flags_init(&vma, VM_SHARED | VM_WRITE);
	return orig_mmap_mem(&fake_file, &vma);
}
#endif

#ifdef CONFIG_DEVPORT
static int check_port(enum seal_door door, const struct file *file)
{
	const struct seal_event ev = {
		.door = door,
		.file = file,
		.ports = true,
	};

	return seal_check(&ev);
}

static ssize_t (*orig_write_port)(struct file *file, const char __user *buf,
				  size_t count, loff_t *ppos) __ro_after_init;
static ssize_t (*orig_read_port)(struct file *file, char __user *buf,
				 size_t count, loff_t *ppos) __ro_after_init;

static ssize_t gate_write_port(struct file *file, const char __user *buf,
			       size_t count, loff_t *ppos)
{
	int err = check_port(DOOR_MEM_WRITE, file);

	return err ?: orig_write_port(file, buf, count, ppos);
}

static ssize_t gate_read_port(struct file *file, char __user *buf,
			      size_t count, loff_t *ppos)
{
	int err = check_port(DOOR_MEM_READ, file);

	return err ?: orig_read_port(file, buf, count, ppos);
}

static long prove_write_port(void)
{
	loff_t pos = 0;

	return orig_write_port(NULL, NULL, 0, &pos);
}

static long prove_read_port(void)
{
	loff_t pos = 0;

	return orig_read_port(NULL, NULL, 0, &pos);
}
#endif

static const struct hook hooks[] __initconst = {
	HOOK("open_port", gate_open_port, &orig_open_port, prove_open_port),
#ifdef CONFIG_DEVMEM
	HOOK("write_mem", gate_write_mem, &orig_write_mem, prove_write_mem),
	HOOK(MMAP_MEM, gate_mmap_mem, &orig_mmap_mem, prove_mmap_mem),
#endif
#ifdef CONFIG_DEVPORT
	HOOK("write_port", gate_write_port, &orig_write_port,
	     prove_write_port),
#endif
};

/* With read=no only. */
static const struct hook read_hooks[] __initconst = {
#ifdef CONFIG_DEVMEM
	HOOK("read_mem", gate_read_mem, &orig_read_mem, prove_read_mem),
#endif
#ifdef CONFIG_DEVPORT
	HOOK("read_port", gate_read_port, &orig_read_port, prove_read_port),
#endif
};

void __init gate_memory_init(void)
{
	hook_add(hooks, ARRAY_SIZE(hooks));
	if (policy_door(DOOR_MEM_READ) != DOOR_OPEN)
		hook_add(read_hooks, ARRAY_SIZE(read_hooks));
}
