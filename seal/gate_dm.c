// SPDX-License-Identifier: GPL-2.0
/*
 * The block door's part in device mapper. A device of its that has a disk open
 * in one table is given it in the next without anybody being asked, at any place
 * (drivers/md/dm.c:dm_get_table_device). So whoever puts a device into a table
 * is, and whoever puts a table that is older than the seal to use.
 *
 * Whether the table says that it only reads is all the same: a mounted file
 * system writes to a device that was made read-only
 * (block/blk-core.c:bio_check_ro), and BLKROSET makes it writable again.
 *
 * Device mapper is a module in most kernels and may come after the seal; so what
 * is found of it is not read-only. Its own structures are looked into by its own
 * functions.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/device-mapper.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>

#include "hook.h"
#include "policy.h"
#include "rawdev.h"

/* drivers/md/dm.h: a device of a table's, the same from 5.10 to 7.3. */
struct table_device {
	struct list_head list;
	refcount_t count;
	struct dm_dev *dm_dev;
};

static int (*orig_get_device)(struct dm_target *ti, const char *path,
			      blk_mode_t mode, struct dm_dev **result)
	__read_mostly;
static struct dm_table *(*orig_swap_table)(struct mapped_device *md,
					   struct dm_table *table)
	__read_mostly;
static int (*orig_crypt_message)(struct dm_target *ti, unsigned int argc,
				 char **argv, char *result,
				 unsigned int maxlen) __read_mostly;

static void (*put_dm_device)(struct dm_target *ti, struct dm_dev *dev)
	__read_mostly;
static struct mapped_device *(*device_of)(struct dm_table *table)
	__read_mostly;
static struct gendisk *(*disk_of)(struct mapped_device *md) __read_mostly;
static struct list_head *(*devices_of)(struct dm_table *table) __read_mostly;

static int check_disk(const struct gendisk *disk)
{
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.text = disk->disk_name,
	};

	return seal_check(&ev);
}

/* A proof has no device. */
static int check_proof(void)
{
	const struct seal_event ev = { .door = DOOR_BLOCK_WRITE };

	return seal_check(&ev);
}

/* Which device the name stands for is known when it has been found. */
static int gate_get_device(struct dm_target *ti, const char *path,
			   blk_mode_t mode, struct dm_dev **result)
{
	struct gendisk *disk;
	int err;

	if (policy_proves())
		return check_proof();
	err = orig_get_device(ti, path, mode, result);
	if (err)
		return err;
	disk = disk_of(device_of(ti->table));
	if (!rawdev_covers((*result)->bdev) && !rawdev_holds(disk))
		return 0;
	err = check_disk(disk);
	if (err)
		put_dm_device(ti, *result);
	return err;
}

static bool covered(struct dm_table *table)
{
	const struct table_device *dev;

	list_for_each_entry(dev, devices_of(table), list)
		if (rawdev_covers(dev->dm_dev->bdev))
			return true;
	return false;
}

/* Also one of no device at all: what is protected would read as zeros. */
static struct dm_table *gate_swap_table(struct mapped_device *md,
					struct dm_table *table)
{
	struct gendisk *disk;
	int err = 0;

	if (policy_proves())
		return ERR_PTR(check_proof());
	disk = disk_of(md);
	if (rawdev_holds(disk) || covered(table))
		err = check_disk(disk);
	return err ? ERR_PTR(err) : orig_swap_table(md, table);
}

/* The only ones are of its key, with which all that is read changes. */
static int gate_crypt_message(struct dm_target *ti, unsigned int argc,
			      char **argv, char *result, unsigned int maxlen)
{
	struct gendisk *disk;
	int err = 0;

	if (policy_proves())
		return check_proof();
	disk = disk_of(device_of(ti->table));
	if (rawdev_holds(disk))
		err = check_disk(disk);
	return err ?: orig_crypt_message(ti, argc, argv, result, maxlen);
}

/*
 * A table or a device as far as the originals look: the name of none is -EINVAL
 * or -ENODEV, a device that is not suspended -EINVAL.
 */
static unsigned long nothing[512];

static long prove_get_device(void)
{
	struct dm_target ti = { .table = (struct dm_table *)nothing };
	struct dm_dev *dev;

	return orig_get_device(&ti, "", 0, &dev);
}

/* drivers/md/dm-core.h, 5.10 to 7.3: it begins with a mutex, suspend_lock. */
static long prove_swap_table(void)
{
	mutex_init((struct mutex *)nothing);
	return PTR_ERR(orig_swap_table((struct mapped_device *)nothing,
				       (struct dm_table *)nothing));
}

/* No message: -EINVAL. */
static long prove_crypt_message(void)
{
	struct dm_target ti = { };

	return orig_crypt_message(&ti, 0, NULL, NULL, 0);
}

#define DM (IS_BUILTIN(CONFIG_BLK_DEV_DM) ? NULL : "dm_mod")
#define CRYPT (IS_BUILTIN(CONFIG_DM_CRYPT) ? NULL : "dm_crypt")

static const struct hook hooks[] __initconst = {
	HOOK_IN(DM, "dm_get_device", gate_get_device, &orig_get_device,
		prove_get_device),
	HOOK_IN(DM, "dm_swap_table", gate_swap_table, &orig_swap_table,
		prove_swap_table),
	SYMBOL_IN(DM, "dm_put_device", &put_dm_device),
	SYMBOL_IN(DM, "dm_table_get_md", &device_of),
	SYMBOL_IN(DM, "dm_disk", &disk_of),
	SYMBOL_IN(DM, "dm_table_get_devices", &devices_of),
#if IS_ENABLED(CONFIG_DM_CRYPT)
	HOOK_IN(CRYPT, "crypt_message", gate_crypt_message,
		&orig_crypt_message, prove_crypt_message),
#endif
};

void __init gate_dm_init(void)
{
	if (rawdev_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
}
