// SPDX-License-Identifier: GPL-2.0
/*
 * Which block devices are not to be written. It begins with those that file
 * systems with protected files, and the one with the running kernel's image,
 * are mounted from. Below them lies what they are made of (device mapper, md:
 * "slaves" in sysfs), above each of these what else is made of it ("holders");
 * a partition shares its blocks with its whole disk and with no other.
 *
 * It is sysfs that tells, in a mount of our own, when the seal comes. From then
 * on nothing more is made of these: bd_link_disk_holder() is asked, which every
 * driver that stacks calls before the first block can be written; and device
 * mapper's own functions, since it does not for a device that it has open.
 */
#include "rawdev.h"

#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "entries.h"
#include "param.h"
#include "protect.h"
#include "seal.h"

#define DEVICES_MAX 256

/* How a device gets at what is protected. */
enum how {
	HOW_HOLDS,	/* it lies in it, or in what that is made of */
	HOW_ABOVE,	/* it is made of a device that gets at it */
	HOW_AROUND	/* its whole disk, or a partition of it */
};

/* @held: it is kept open and its page cache takes no writable mapping. */
struct device_of {
	dev_t dev;
	dev_t disk;
	enum how how;
	struct compat_bdev held;
};

static struct device_of devices[DEVICES_MAX] __ro_after_init;
static unsigned int devices_count __ro_after_init;

static struct vfsmount *sysfs __initdata;

static bool shares_blocks(const struct device_of *d, dev_t dev, dev_t disk)
{
	if (d->dev == dev)
		return true;
	return d->how != HOW_AROUND && d->disk == disk &&
	       (d->dev == disk || dev == disk);
}

static bool covers(dev_t dev, dev_t disk)
{
	unsigned int i;

	for (i = 0; i < devices_count; i++)
		if (shares_blocks(&devices[i], dev, disk))
			return true;
	return false;
}

static bool holds(dev_t dev)
{
	unsigned int i;

	for (i = 0; i < devices_count; i++)
		if (devices[i].how == HOW_HOLDS && devices[i].dev == dev)
			return true;
	return false;
}

bool rawdev_any(void)
{
	return devices_count;
}

bool rawdev_covers(const struct block_device *bdev)
{
	return covers(bdev->bd_dev, disk_devt(bdev->bd_disk));
}

bool rawdev_on_disk(const struct block_device *bdev)
{
	unsigned int i;

	for (i = 0; i < devices_count; i++)
		if (devices[i].disk == disk_devt(bdev->bd_disk))
			return true;
	return false;
}

bool rawdev_finds(bool (*is)(const struct gendisk *disk, const void *what),
		  const void *what)
{
	unsigned int i;

	for (i = 0; i < devices_count; i++)
		if (is(devices[i].held.bdev->bd_disk, what))
			return true;
	return false;
}

bool rawdev_holds(const struct gendisk *disk)
{
	return holds(disk_devt((struct gendisk *)disk));
}

bool rawdev_binds(const struct block_device *bdev, const struct gendisk *disk)
{
	/* A disk that comes back to its array. */
	if (rawdev_holds(disk))
		return !holds(bdev->bd_dev);
	return rawdev_covers(bdev);
}

struct block_device *rawdev_sample(void)
{
	return devices[0].held.bdev;
}

/* --- at seal time --- */

/* The innermost reason is the one that counts. */
static int __init failed(dev_t dev, int err, const char *why)
{
	static bool told __initdata;

	if (told)
		return err;
	told = true;
	pr_err("block device %u:%u, which holds what is protected: %s (error %d; raw=yes leaves it open)\n",
	       MAJOR(dev), MINOR(dev), why, err);
	return err == -ENOENT ? -EINVAL : err;
}

static int __init hold(dev_t dev, enum how how)
{
	struct device_of *d = &devices[devices_count];
	struct compat_bdev held;
	int err;

	if (devices_count == DEVICES_MAX)
		return failed(dev, -ENOSPC, "there are too many like it");
	err = compat_bdev_open(dev, &held);
	if (err)
		return failed(dev, err, "it cannot be opened");
	err = mapping_deny_writable(compat_bdev_mapping(held.bdev));
	if (err) {
		compat_bdev_close(&held);
		return failed(dev, err, "somebody has it mapped for writing");
	}
	d->dev = dev;
	d->disk = disk_devt(held.bdev->bd_disk);
	d->how = how;
	d->held = held;
	devices_count++;
	return 0;
}

static bool __init has(dev_t dev)
{
	unsigned int i;

	for (i = 0; i < devices_count; i++)
		if (devices[i].dev == dev)
			return true;
	return false;
}

static int __init add(dev_t dev, enum how how)
{
	return has(dev) ? 0 : hold(dev, how);
}

static int __init add_sb(const struct super_block *sb)
{
	return sb->s_bdev ? add(sb->s_bdev->bd_dev, HOW_HOLDS) : 0;
}

/* The device whose directory in sysfs this is (fs/sysfs/dir.c). */
static dev_t __init dev_of(const struct path *path)
{
	const struct kernfs_node *kn = d_inode(path->dentry)->i_private;
	const struct kobject *kobj = kn->priv;

	return container_of(kobj, struct device, kobj)->devt;
}

static int __init look_up(const char *name, struct path *path)
{
	/* Links in sysfs lead up and down again: they need its root. */
	return vfs_path_lookup(sysfs->mnt_root, sysfs, name, LOOKUP_FOLLOW,
			       path);
}

/* A directory of links to devices, and what to add these as. */
struct relation {
	const char *dir;
	enum how how;
};

static int __init add_link(const struct path *dir, const char *name,
			   unsigned int type, void *data)
{
	const struct relation *rel = data;
	struct path path;
	char *full;
	int err;

	if (type != DT_LNK)
		return 0;
	full = kasprintf(GFP_KERNEL, "%s/%s", rel->dir, name);
	if (!full)
		return -ENOMEM;
	err = look_up(full, &path);
	kfree(full);
	if (err)
		return err;
	err = add(dev_of(&path), rel->how);
	path_put(&path);
	return err;
}

static int __init add_related(dev_t dev, const char *relation, enum how how)
{
	struct relation rel = { .how = how };
	struct path dir;
	char name[64];
	int err;

	snprintf(name, sizeof(name), "dev/block/%u:%u/%s", MAJOR(dev),
		 MINOR(dev), relation);
	rel.dir = name;
	err = look_up(name, &dir);
	/* A partition is made of its disk, and says nothing else. */
	if (err == -ENOENT)
		return 0;
	if (!err) {
		err = entries_each(&dir, add_link, &rel);
		path_put(&dir);
	}
	return err ? failed(dev, err, "its relations cannot be read") : 0;
}

/*
 * A directory below a disk's is a partition's if it has a file that says so. A
 * link is none: it may lead up, as a virtual disk's does that says "bdi".
 */
static int __init add_partition(const struct path *dir, const char *name,
				unsigned int type, void *data)
{
	struct path path;
	char *file;
	int err;

	if (type != DT_DIR)
		return 0;
	file = kasprintf(GFP_KERNEL, "%s/partition", name);
	if (!file)
		return -ENOMEM;
	err = vfs_path_lookup(dir->dentry, dir->mnt, file, 0, &path);
	kfree(file);
	if (err)
		return err == -ENOENT || err == -ENOTDIR ? 0 : err;
	path_put(&path);
	err = vfs_path_lookup(dir->dentry, dir->mnt, name, 0, &path);
	if (err)
		return err;
	err = add(dev_of(&path), HOW_AROUND);
	path_put(&path);
	return err;
}

/* They share the disk's blocks. */
static int __init add_partitions(dev_t disk)
{
	struct path dir;
	char name[32];
	int err;

	snprintf(name, sizeof(name), "dev/block/%u:%u", MAJOR(disk),
		 MINOR(disk));
	err = look_up(name, &dir);
	if (err)
		return failed(disk, err, "sysfs does not show it");
	err = entries_each(&dir, add_partition, NULL);
	path_put(&dir);
	return err ? failed(disk, err, "its partitions cannot be read") : 0;
}

/* What those that hold something are made of; the list grows at its end. */
static int __init add_below(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < devices_count; i++)
		err = add_related(devices[i].disk, "slaves", HOW_HOLDS);
	return err;
}

/* What shares blocks with these, and what is made of all that. */
static int __init add_above(void)
{
	unsigned int i, below = devices_count;
	int err = 0;

	for (i = 0; !err && i < below; i++) {
		if (devices[i].dev == devices[i].disk)
			err = add_partitions(devices[i].disk);
		else
			err = add(devices[i].disk, HOW_AROUND);
	}
	for (i = 0; !err && i < devices_count; i++)
		err = add_related(devices[i].dev, "holders", HOW_ABOVE);
	return err;
}

/* Where a distribution puts it, as far as that is there. */
static int __init add_kernel_image(void)
{
	static const char * const places[] __initconst = {
		"/boot/vmlinuz-%s", "/boot/vmlinux-%s", "/boot/Image-%s",
	};
	struct path path;
	char *name;
	int i, err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(places); i++) {
		name = kasprintf(GFP_KERNEL, places[i],
				 init_utsname()->release);
		if (!name)
			return -ENOMEM;
		if (!kern_path(name, LOOKUP_FOLLOW, &path)) {
			err = add_sb(path.mnt->mnt_sb);
			path_put(&path);
		}
		kfree(name);
	}
	return err;
}

static int __init find_relations(void)
{
	struct file_system_type *type = get_fs_type("sysfs");
	int err;

	if (!type) {
		pr_err("this kernel has no sysfs, which shows what block devices are made of (raw=yes does without)\n");
		return -ENODEV;
	}
	sysfs = kern_mount(type);
	module_put(type->owner);
	if (IS_ERR(sysfs)) {
		pr_err("cannot mount sysfs, which shows what block devices are made of: error %ld (raw=yes does without)\n",
		       PTR_ERR(sysfs));
		return PTR_ERR(sysfs);
	}
	err = add_below() ?: add_above();
	kern_unmount(sysfs);
	return err;
}

int __init rawdev_init(void)
{
	int err;

	if (param_raw() || !protect_any())
		return 0;
	err = protect_each_sb(add_sb) ?: add_kernel_image();
	if (!err && devices_count)
		err = find_relations();
	if (err)
		rawdev_exit();
	return err;
}

void __init rawdev_exit(void)
{
	while (devices_count) {
		struct compat_bdev *held = &devices[--devices_count].held;

		mapping_allow_writable(compat_bdev_mapping(held->bdev));
		compat_bdev_close(held);
	}
}

void rawdev_show(struct seq_file *m)
{
	unsigned int i;

	if (!devices_count)
		return;
	seq_puts(m, "protected.devices:");
	for (i = 0; i < devices_count; i++)
		seq_printf(m, " %u:%u", MAJOR(devices[i].dev),
			   MINOR(devices[i].dev));
	seq_putc(m, '\n');
}
