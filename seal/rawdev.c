// SPDX-License-Identifier: GPL-2.0
/*
 * Which block devices are not to be written. It begins with those that file
 * systems with protected files, and the one with the running kernel's image,
 * are mounted from. Below them lies what they are made of (device mapper, md:
 * "slaves" in sysfs), above each of these what else is made of it ("holders");
 * a partition shares its blocks with its whole disk, and with another that a
 * partition table has lie across it.
 *
 * It is sysfs that tells, in a mount of our own, when the seal comes. From then
 * on nothing more is made of these: bd_link_disk_holder() is asked, which every
 * driver that stacks calls before the first block can be written (gate_stack.c);
 * and device mapper's own functions, since it does not for a device that it has
 * open (gate_dm.c).
 */
#include "rawdev.h"

#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
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
#include "policy.h"
#include "protect.h"
#include "seal.h"
#include "sysfs.h"

#define DEVICES_MAX 256

/* How a device gets at what is protected. */
enum how {
	HOW_HOLDS,	/* it lies in its file system */
	HOW_BELOW,	/* what it lies in is made of it */
	HOW_ABOVE,	/* it is made of a device that gets at it */
	HOW_AROUND	/* its whole disk, or a partition of it */
};

/* @held: it is kept open; @denied: its page cache takes no writable mapping. */
struct device_of {
	dev_t dev;
	dev_t disk;
	enum how how;
	struct compat_bdev held;
	bool denied;
};

/* With mode=audit more may come while the seal is raised. */
static struct device_set {
	unsigned int count;
	struct device_of of[DEVICES_MAX];
} sealed_devices __ro_after_init, audited_devices;
static struct device_set *devices __ro_after_init = &sealed_devices;

/* Were there any, when the gates were planted? */
static bool guarded __ro_after_init;

static bool shares_blocks(const struct device_of *d,
			  const struct block_device *bdev)
{
	dev_t disk = disk_devt(bdev->bd_disk);

	if (d->dev == bdev->bd_dev)
		return true;
	return d->how != HOW_AROUND && d->disk == disk &&
	       (d->dev == disk || bdev->bd_dev == disk ||
		compat_bdev_overlap(d->held.bdev, bdev));
}

bool rawdev_any(void)
{
	return devices->count;
}

bool rawdev_covers(const struct block_device *bdev)
{
	unsigned int i;

	for (i = 0; i < devices->count; i++)
		if (shares_blocks(&devices->of[i], bdev))
			return true;
	return false;
}

bool rawdev_claimable(const struct block_device *bdev)
{
	const struct device_of *d;
	unsigned int i;

	for (i = 0; i < devices->count; i++) {
		d = &devices->of[i];
		if (d->dev == bdev->bd_dev ?
		    d->how == HOW_BELOW || d->how == HOW_AROUND :
		    shares_blocks(d, bdev))
			return false;
	}
	return true;
}

/* An eMMC's boot areas are disks beside its own, and take its commands. */
static bool is_of_disk(const struct gendisk *disk, const struct gendisk *whole)
{
	return disk == whole || disk_to_dev((struct gendisk *)disk)->parent ==
				disk_to_dev((struct gendisk *)whole);
}

bool rawdev_on_disk(const struct block_device *bdev)
{
	unsigned int i;

	for (i = 0; i < devices->count; i++)
		if (is_of_disk(bdev->bd_disk, devices->of[i].held.bdev->bd_disk))
			return true;
	return false;
}

bool rawdev_finds(bool (*is)(const struct gendisk *disk, const void *what),
		  const void *what)
{
	unsigned int i;

	for (i = 0; i < devices->count; i++)
		if (is(devices->of[i].held.bdev->bd_disk, what))
			return true;
	return false;
}

bool rawdev_made(dev_t dev)
{
	const struct device_of *d;
	unsigned int i;

	for (i = 0; i < devices->count; i++) {
		d = &devices->of[i];
		if (d->dev == dev && (d->how == HOW_HOLDS || d->how == HOW_BELOW))
			return true;
	}
	return false;
}

bool rawdev_holds(const struct gendisk *disk)
{
	return rawdev_made(disk_devt((struct gendisk *)disk));
}

struct block_device *rawdev_sample(void)
{
	return devices->of[0].held.bdev;
}

/* --- at seal time --- */

/* The innermost reason is the one that counts. */
static bool told;

static int failed(dev_t dev, int err, const char *why)
{
	if (told)
		return err;
	told = true;
	pr_err("block device %u:%u, which holds what is protected: %s (error %d; raw=yes leaves it open)\n",
	       MAJOR(dev), MINOR(dev), why, err);
	return err == -ENOENT ? -EINVAL : err;
}

/* In audit it is not; would it go? */
static int deny(struct device_of *d)
{
	struct address_space *mapping = compat_bdev_mapping(d->held.bdev);
	static const char why[] = "somebody has it mapped for writing";
	int err;

	if (d->denied)
		return 0;
	if (!policy_is_strict()) {
		if (!mapping_writably_mapped(mapping))
			return 0;
		failed(d->dev, -EBUSY, why);
		told = false;
		return policy_hindered(-EBUSY);
	}
	err = mapping_deny_writable(mapping);
	if (err)
		return failed(d->dev, err, why);
	d->denied = true;
	return 0;
}

static void release(struct device_of *d)
{
	if (d->denied)
		mapping_allow_writable(compat_bdev_mapping(d->held.bdev));
	d->denied = false;
}

static int hold(dev_t dev, enum how how)
{
	struct device_of *d = &devices->of[devices->count];
	int err;

	if (devices->count == DEVICES_MAX)
		return failed(dev, -ENOSPC, "there are too many like it");
	err = compat_bdev_open(dev, &d->held);
	if (err)
		return failed(dev, err, "it cannot be opened");
	d->dev = dev;
	err = deny(d);
	if (err) {
		compat_bdev_close(&d->held);
		return err;
	}
	d->disk = disk_devt(d->held.bdev->bd_disk);
	d->how = how;
	/* Others look already while one is added. */
	smp_store_release(&devices->count, devices->count + 1);
	return 0;
}

static bool has(dev_t dev)
{
	unsigned int i;

	for (i = 0; i < devices->count; i++)
		if (devices->of[i].dev == dev)
			return true;
	return false;
}

static int add(dev_t dev, enum how how)
{
	return has(dev) ? 0 : hold(dev, how);
}

static int add_sb(const struct super_block *sb)
{
	return sb->s_bdev ? add(sb->s_bdev->bd_dev, HOW_HOLDS) : 0;
}

/* A directory of links to devices, and what to add these as. */
struct relation {
	const char *dir;
	enum how how;
};

static int add_link(const struct path *dir, const char *name,
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
	err = sysfs_look_up(full, &path);
	kfree(full);
	if (err)
		return err;
	err = add(sysfs_dev(&path), rel->how);
	path_put(&path);
	return err;
}

static int add_related(dev_t dev, const char *relation, enum how how)
{
	struct relation rel = { .how = how };
	struct path dir;
	char name[64];
	int err;

	snprintf(name, sizeof(name), "dev/block/%u:%u/%s", MAJOR(dev),
		 MINOR(dev), relation);
	rel.dir = name;
	err = sysfs_look_up(name, &dir);
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
static int add_partition(const struct path *dir, const char *name,
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
	err = add(sysfs_dev(&path), HOW_AROUND);
	path_put(&path);
	return err;
}

/* They share the disk's blocks. */
static int add_partitions(dev_t disk)
{
	struct path dir;
	char name[32];
	int err;

	snprintf(name, sizeof(name), "dev/block/%u:%u", MAJOR(disk),
		 MINOR(disk));
	err = sysfs_look_up(name, &dir);
	if (err)
		return failed(disk, err, "sysfs does not show it");
	err = entries_each(&dir, add_partition, NULL);
	path_put(&dir);
	return err ? failed(disk, err, "its partitions cannot be read") : 0;
}

/* What those that hold something are made of; the list grows at its end. */
static int add_below(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < devices->count; i++)
		err = add_related(devices->of[i].disk, "slaves", HOW_BELOW);
	return err;
}

/* What shares blocks with these, and what is made of all that. */
static int add_above(void)
{
	unsigned int i, below = devices->count;
	int err = 0;

	for (i = 0; !err && i < below; i++) {
		if (devices->of[i].dev == devices->of[i].disk)
			err = add_partitions(devices->of[i].disk);
		else
			err = add(devices->of[i].disk, HOW_AROUND);
	}
	for (i = 0; !err && i < devices->count; i++)
		err = add_related(devices->of[i].dev, "holders", HOW_ABOVE);
	return err;
}

/* Where a distribution puts it, as far as that is there. */
static int add_kernel_image(void)
{
	static const char * const places[] = {
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

static int find_relations(void)
{
	int err = sysfs_open();

	if (err)
		return err;
	err = add_below() ?: add_above();
	sysfs_close();
	return err;
}

static int find_all(void)
{
	int err;

	if (param_raw() || !protect_any())
		return 0;
	err = protect_each_sb(add_sb) ?: add_kernel_image();
	if (!err && devices->count)
		err = find_relations();
	return err;
}

int __init rawdev_init(void)
{
	int err;

	if (param_audit())
		devices = &audited_devices;
	err = find_all();
	if (err)
		rawdev_exit();
	guarded = rawdev_any();
	return err;
}

void rawdev_exit(void)
{
	while (devices->count) {
		struct device_of *d = &devices->of[--devices->count];

		release(d);
		compat_bdev_close(&d->held);
	}
}

int rawdev_harden(void)
{
	unsigned int i;
	int err = 0;

	told = false;
	for (i = 0; !err && i < devices->count; i++)
		err = deny(&devices->of[i]);
	if (!err)
		err = find_all();
	if (!err && rawdev_any() && !guarded) {
		pr_err("block devices that hold what is protected have come since: load it again\n");
		err = -EAGAIN;
	}
	if (err)
		rawdev_soften();
	return err;
}

void rawdev_soften(void)
{
	unsigned int i;

	for (i = 0; i < devices->count; i++)
		release(&devices->of[i]);
}

void rawdev_show(struct seq_file *m)
{
	unsigned int i;

	if (!devices->count)
		return;
	seq_puts(m, "protected.devices:");
	for (i = 0; i < devices->count; i++)
		seq_printf(m, " %u:%u", MAJOR(devices->of[i].dev),
			   MINOR(devices->of[i].dev));
	seq_putc(m, '\n');
}
