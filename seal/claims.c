// SPDX-License-Identifier: GPL-2.0
/*
 * Who uses a block device claims it (block/bdev.c: bd_finish_claiming; before
 * 5.12 fs/block_dev.c), and is its holder from then on: a file system's type or
 * superblock, a word of device mapper's, an area of swap; a program that opened it
 * with O_EXCL is one by its open file. While a partition is held the whole disk is
 * too, by a function, and cannot be by anybody else (bd_may_claim).
 */
#include "claims.h"

#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/dcache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "entries.h"
#include "hook.h"
#include "param.h"
#include "rawdev.h"
#include "seal.h"
#include "sysfs.h"

static const struct file_operations *block_fops __ro_after_init;

/*
 * One that was in use when the seal came, kept open; where rawdev.c has some there
 * is no need.
 */
static struct compat_bdev sample;
static bool any_shut;

/* Whoever shuts a page cache or opens it again. */
static DEFINE_MUTEX(lock);

/* Nothing else that holds a block device has these at their place. */
static bool is_file(const void *holder)
{
	const struct file *file = holder;
	const struct file_operations *fops;

	return !get_kernel_nofault(fops, &file->f_op) && fops == block_fops;
}

bool claims_by_program(const void *holder)
{
	return is_file(holder);
}

/* Do these words stand there? */
static bool reads(const void *at, const char *words)
{
	char read[32];
	size_t len = strlen(words) + 1;

	return len <= sizeof(read) &&
	       !copy_from_kernel_nofault(read, at, len) &&
	       !memcmp(read, words, len);
}

/* drivers/md/dm.c: _dm_claim_ptr, the same from 5.10 to 7.3. */
bool claims_by_mapper(const void *holder)
{
	return reads(holder, "I belong to device-mapper");
}

/* A file system whose server is a program, that writes to the device itself. */
static bool is_served(const void *holder)
{
	const struct file_system_type *type = compat_claim_type(holder);
	const char *name;

	return !get_kernel_nofault(name, &type->name) && reads(name, "fuseblk");
}

static bool is_held(const struct block_device *bdev, const void *unused)
{
	return READ_ONCE(bdev->bd_holder);
}

/* Newer kernels let the file hold it that they have opened for swapon(2). */
static bool is_swap(const struct block_device *bdev)
{
	return IS_SWAPFILE(compat_bdev_mapping(bdev)->host);
}

static bool is_used(const struct block_device *bdev, const void *unused)
{
	const void *holder;
	bool program;

	if (is_swap(bdev))
		return true;
	/* A file that is gone meanwhile says nothing. */
	do {
		holder = READ_ONCE(bdev->bd_holder);
		if (!holder)
			return false;
		program = is_file(holder) || is_served(holder);
	} while (holder != READ_ONCE(bdev->bd_holder));
	return !program && !compat_bdev_stacked(bdev);
}

/* Of a disk: not just one of its partitions. */
static bool is_used_whole(const struct block_device *whole)
{
	return is_held(whole, NULL) &&
	       !compat_any_partition(whole->bd_disk, is_held, NULL) &&
	       is_used(whole, NULL);
}

static bool is_used_across(const struct block_device *bdev, const void *other)
{
	return compat_bdev_overlap(bdev, other) && is_used(bdev, NULL);
}

bool claims_cover(struct block_device *bdev)
{
	struct block_device *whole = bdev_whole(bdev);

	if (is_used_whole(whole))
		return true;
	return is_held(whole, NULL) &&
	       compat_any_partition(whole->bd_disk, is_used_across, bdev);
}

/* --- their page caches --- */

static bool is_shut(struct block_device *bdev)
{
	return atomic_read(&compat_bdev_mapping(bdev)->i_mmap_writable) < 0;
}

static int shut(struct block_device *bdev)
{
	return is_shut(bdev) ? 0 :
	       mapping_deny_writable(compat_bdev_mapping(bdev));
}

static void open_again(struct block_device *bdev)
{
	if (is_shut(bdev) && !rawdev_covers(bdev))
		mapping_allow_writable(compat_bdev_mapping(bdev));
}

/* Who has opened it before it was in use can map it, or has: see seal.4. */
void claims_opened(struct block_device *bdev)
{
	if (!any_shut)
		return;
	mutex_lock(&lock);
	if (any_shut && claims_cover(bdev))
		shut(bdev);
	else
		open_again(bdev);
	mutex_unlock(&lock);
}

/* --- at seal time --- */

static void drop_sample(void)
{
	if (sample.bdev)
		compat_bdev_close(&sample);
	sample.bdev = NULL;
}

static void take_sample(dev_t dev)
{
	if (!compat_bdev_open(dev, &sample) && !claims_cover(sample.bdev))
		drop_sample();
}

static int act_find(struct block_device *bdev)
{
	if (!sample.bdev)
		take_sample(bdev->bd_dev);
	return 0;
}

/* Return: 0, or -EBUSY after a line. */
static int act_shut(struct block_device *bdev)
{
	int err = claims_cover(bdev) ? shut(bdev) : 0;

	if (err)
		pr_err("block device %u:%u, which is in use: somebody has it mapped for writing (error %d; raw=yes leaves it open)\n",
		       MAJOR(bdev->bd_dev), MINOR(bdev->bd_dev), err);
	return err;
}

static int act_open(struct block_device *bdev)
{
	open_again(bdev);
	return 0;
}

/* Entries are device numbers. What cannot be opened is not in use. */
static int visit(const struct path *dir, const char *name, unsigned int type,
		 void *data)
{
	int (**act)(struct block_device *bdev) = data;
	unsigned int major, minor;
	struct compat_bdev dev;
	int err;

	if (sscanf(name, "%u:%u", &major, &minor) != 2 ||
	    compat_bdev_open(MKDEV(major, minor), &dev))
		return 0;
	mutex_lock(&lock);
	err = (*act)(dev.bdev);
	mutex_unlock(&lock);
	compat_bdev_close(&dev);
	return err;
}

/* All block devices that there are. */
static int each(int (*act)(struct block_device *bdev))
{
	struct path dir;
	int err = sysfs_open();

	if (err)
		return err;
	err = sysfs_look_up("dev/block", &dir);
	if (!err) {
		err = entries_each(&dir, visit, &act);
		path_put(&dir);
	}
	sysfs_close();
	if (err && err != -EBUSY)
		pr_err("the block devices in sysfs cannot be read: error %d (raw=yes does without)\n",
		       err);
	return err;
}

bool claims_any(void)
{
	return sample.bdev;
}

struct block_device *claims_sample(void)
{
	return sample.bdev;
}

/*
 * What is kept open cannot be taken apart any more, which of the root file system's
 * device nobody wants.
 */
static int find_sample(void)
{
	struct path root;

	if (rawdev_any() || claims_any())
		return 0;
	if (!kern_path("/", 0, &root)) {
		if (root.mnt->mnt_sb->s_bdev)
			take_sample(root.mnt->mnt_sb->s_bdev->bd_dev);
		path_put(&root);
	}
	return claims_any() ? 0 : each(act_find);
}

static int shut_all(void)
{
	any_shut = true;
	return each(act_shut);
}

/* Who opens one from here on shuts none. */
static void open_all(void)
{
	bool had;

	mutex_lock(&lock);
	had = any_shut;
	any_shut = false;
	mutex_unlock(&lock);
	if (had)
		each(act_open);
}

int __init claims_init(void)
{
	static struct inode node __initdata;
	int err;

	if (param_raw())
		return 0;
	init_special_inode(&node, S_IFBLK, 0);
	block_fops = node.i_fop;
	err = find_sample();
	if (!err && !param_audit())
		err = shut_all();
	if (err)
		claims_exit();
	return err;
}

void claims_exit(void)
{
	open_all();
	drop_sample();
}

int claims_harden(void)
{
	bool had = rawdev_any() || claims_any();
	int err;

	if (param_raw())
		return 0;
	err = find_sample();
	if (!err && !had && claims_any()) {
		pr_err("block devices are in use now, and none was when it was loaded: load it again\n");
		drop_sample();
		err = -EAGAIN;
	}
	if (!err)
		err = shut_all();
	if (err)
		claims_soften();
	return err;
}

void claims_soften(void)
{
	open_all();
}
