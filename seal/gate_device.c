// SPDX-License-Identifier: GPL-2.0
/*
 * Devices in the hands of programs: UIO gives out their registers, VFIO those and
 * their DMA, which an IOMMU keeps to the program's own memory if it isolates
 * them. The kernel asks nobody (drivers/uio/uio.c:uio_mmap()). Opening is not
 * enough: a descriptor may be older than the seal.
 *
 * Of VFIO all that leads to a device is asked: the group that gives out its
 * descriptor, and what is done with one, whether it came from a group or has a
 * node of its own; the container, because to find that shut says more than what
 * follows.
 *
 * Both are modules in most kernels and may come after the seal; so what is found
 * of them is not read-only.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "hook.h"
#include "policy.h"

static int check(enum seal_door door, const struct file *file)
{
	const struct seal_event ev = { .door = door, .file = file };

	return seal_check(&ev);
}

static int check_mapped(enum seal_door door, const struct file *file)
{
	const struct seal_event ev = {
		.door = door,
		.file = file,
		.mm_locked = true,
	};

	return seal_check(&ev);
}

/*
 * What the proofs hand over. Each word of what a file stands for leads to a page
 * of zeros, which is no device with any operation; and each word's first byte is
 * zero, so that nothing has been granted (struct vfio_device_file).
 */
static char zeros[PAGE_SIZE] __aligned(PAGE_SIZE);
static void *nothing[64];

static struct file *no_file(struct file *file)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(nothing); i++)
		nothing[i] = zeros;
	file->private_data = nothing;
	return file;
}

/* As far as a gate, or the original with nothing to do, looks at it. */
static struct file fake_file;

#if IS_ENABLED(CONFIG_UIO)
static int (*orig_uio_open)(struct inode *inode, struct file *file)
	__read_mostly;
static int (*orig_uio_mmap)(struct file *file, struct vm_area_struct *vma)
	__read_mostly;
static ssize_t (*orig_uio_write)(struct file *file, const char __user *buf,
				 size_t count, loff_t *ppos) __read_mostly;

static int gate_uio_open(struct inode *inode, struct file *file)
{
	return check(DOOR_UIO, file) ?: orig_uio_open(inode, file);
}

static int gate_uio_mmap(struct file *file, struct vm_area_struct *vma)
{
	return check_mapped(DOOR_UIO, file) ?: orig_uio_mmap(file, vma);
}

/* It switches the device's interrupt, or what its driver makes of that. */
static ssize_t gate_uio_write(struct file *file, const char __user *buf,
			      size_t count, loff_t *ppos)
{
	return check(DOOR_UIO, file) ?: orig_uio_write(file, buf, count, ppos);
}

/* The last of a million: -ENODEV. */
static long prove_uio_open(void)
{
	static struct inode inode = { .i_rdev = MKDEV(0, MINORMASK) };

	return orig_uio_open(&inode, no_file(&fake_file));
}

/* It ends before it begins: -EINVAL. */
static long prove_uio_mmap(void)
{
	static struct vm_area_struct vma = { .vm_start = PAGE_SIZE };

	return orig_uio_mmap(no_file(&fake_file), &vma);
}

/* Not four bytes: -EINVAL. */
static long prove_uio_write(void)
{
	loff_t pos = 0;

	return orig_uio_write(no_file(&fake_file), NULL, 0, &pos);
}

#define UIO (IS_BUILTIN(CONFIG_UIO) ? NULL : "uio")

static const struct hook uio_hooks[] __initconst = {
	HOOK_IN(UIO, "uio_open", gate_uio_open, &orig_uio_open,
		prove_uio_open),
	HOOK_IN(UIO, "uio_mmap", gate_uio_mmap, &orig_uio_mmap,
		prove_uio_mmap),
	HOOK_IN(UIO, "uio_write", gate_uio_write, &orig_uio_write,
		prove_uio_write),
};

static void __init add_uio(void)
{
	if (policy_door(DOOR_UIO) != DOOR_OPEN)
		hook_add(uio_hooks, ARRAY_SIZE(uio_hooks));
}
#else
static void __init add_uio(void) { }
#endif

#if IS_ENABLED(CONFIG_VFIO)
typedef long (*ioctl_fn)(struct file *file, unsigned int cmd,
			 unsigned long arg);

static ioctl_fn orig_device_ioctl __read_mostly;
static ssize_t (*orig_device_read)(struct file *file, char __user *buf,
				   size_t count, loff_t *ppos) __read_mostly;
static ssize_t (*orig_device_write)(struct file *file, const char __user *buf,
				    size_t count, loff_t *ppos) __read_mostly;
static int (*orig_device_mmap)(struct file *file, struct vm_area_struct *vma)
	__read_mostly;

static long gate_device_ioctl(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	return check(DOOR_VFIO, file) ?: orig_device_ioctl(file, cmd, arg);
}

static ssize_t gate_device_read(struct file *file, char __user *buf,
				size_t count, loff_t *ppos)
{
	return check(DOOR_VFIO, file) ?:
	       orig_device_read(file, buf, count, ppos);
}

static ssize_t gate_device_write(struct file *file, const char __user *buf,
				 size_t count, loff_t *ppos)
{
	return check(DOOR_VFIO, file) ?:
	       orig_device_write(file, buf, count, ppos);
}

static int gate_device_mmap(struct file *file, struct vm_area_struct *vma)
{
	return check_mapped(DOOR_VFIO, file) ?: orig_device_mmap(file, vma);
}

/* A device that has none of these, or is not given out: -EINVAL. */
static long prove_vfio_device_ioctl(void)
{
	return orig_device_ioctl(no_file(&fake_file), 0, 0);
}

static long prove_vfio_device_read(void)
{
	loff_t pos = 0;

	return orig_device_read(no_file(&fake_file), NULL, 0, &pos);
}

static long prove_vfio_device_write(void)
{
	loff_t pos = 0;

	return orig_device_write(no_file(&fake_file), NULL, 0, &pos);
}

static long prove_vfio_device_mmap(void)
{
	static struct vm_area_struct vma;

	return orig_device_mmap(no_file(&fake_file), &vma);
}

#define VFIO (IS_BUILTIN(CONFIG_VFIO) ? NULL : "vfio")

static const struct hook vfio_hooks[] __initconst = {
	HOOK_IN(VFIO, "vfio_device_fops_unl_ioctl", gate_device_ioctl,
		&orig_device_ioctl, prove_vfio_device_ioctl),
	HOOK_IN(VFIO, "vfio_device_fops_read", gate_device_read,
		&orig_device_read, prove_vfio_device_read),
	HOOK_IN(VFIO, "vfio_device_fops_write", gate_device_write,
		&orig_device_write, prove_vfio_device_write),
	HOOK_IN(VFIO, "vfio_device_fops_mmap", gate_device_mmap,
		&orig_device_mmap, prove_vfio_device_mmap),
};

/*
 * What gives devices out: groups, unless they have nodes of their own
 * (drivers/vfio/Kconfig; older kernels have neither option).
 */
#if IS_ENABLED(CONFIG_VFIO_GROUP) || !IS_ENABLED(CONFIG_VFIO_DEVICE_CDEV)
static ioctl_fn orig_group_ioctl __read_mostly;

static long gate_group_ioctl(struct file *file, unsigned int cmd,
			     unsigned long arg)
{
	return check(DOOR_VFIO, file) ?: orig_group_ioctl(file, cmd, arg);
}

/* No command that a group knows: -ENOTTY. */
static long prove_vfio_group_ioctl(void)
{
	return orig_group_ioctl(no_file(&fake_file), 0, 0);
}

static const struct hook group_hooks[] __initconst = {
	HOOK_IN(VFIO, "vfio_group_fops_unl_ioctl", gate_group_ioctl,
		&orig_group_ioctl, prove_vfio_group_ioctl),
};

static void __init add_group(void)
{
	hook_add(group_hooks, ARRAY_SIZE(group_hooks));
}
#else
static void __init add_group(void) { }
#endif

/* Where the DMA of groups goes; without, that is iommufd's. */
#if IS_ENABLED(CONFIG_VFIO_CONTAINER) || !IS_ENABLED(CONFIG_IOMMUFD)
static int (*orig_container_open)(struct inode *inode, struct file *file)
	__read_mostly;
static int (*container_release)(struct inode *inode, struct file *file)
	__read_mostly;
static ioctl_fn orig_container_ioctl __read_mostly;

static int gate_container_open(struct inode *inode, struct file *file)
{
	return check(DOOR_VFIO, file) ?: orig_container_open(inode, file);
}

static long gate_container_ioctl(struct file *file, unsigned int cmd,
				 unsigned long arg)
{
	return check(DOOR_VFIO, file) ?: orig_container_ioctl(file, cmd, arg);
}

/* An empty one, which goes at once: 0 if nobody refuses. */
static long prove_vfio_container_open(void)
{
	int err = orig_container_open(NULL, &fake_file);

	if (!err)
		container_release(NULL, &fake_file);
	return err;
}

/* Of no container: -EINVAL. */
static long prove_vfio_container_ioctl(void)
{
	fake_file.private_data = NULL;
	return orig_container_ioctl(&fake_file, 0, 0);
}

static const struct hook container_hooks[] __initconst = {
	HOOK_IN(VFIO, "vfio_fops_open", gate_container_open,
		&orig_container_open, prove_vfio_container_open),
	HOOK_IN(VFIO, "vfio_fops_unl_ioctl", gate_container_ioctl,
		&orig_container_ioctl, prove_vfio_container_ioctl),
	SYMBOL_IN(VFIO, "vfio_fops_release", &container_release),
};

static void __init add_container(void)
{
	hook_add(container_hooks, ARRAY_SIZE(container_hooks));
}
#else
static void __init add_container(void) { }
#endif

static void __init add_vfio(void)
{
	if (policy_door(DOOR_VFIO) == DOOR_OPEN)
		return;
	hook_add(vfio_hooks, ARRAY_SIZE(vfio_hooks));
	add_group();
	add_container();
}
#else
static void __init add_vfio(void) { }
#endif

void __init gate_device_init(void)
{
	add_uio();
	add_vfio();
}
