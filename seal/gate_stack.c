// SPDX-License-Identifier: GPL-2.0
/*
 * The block door's part in what the kernel itself does with a device: it opens one,
 * by path or number, and writes to it, or makes another disk of it. Device mapper,
 * which does not ask for a device that it has open, has gate_dm.c.
 */
#include "gates.h"

#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>

#include "claims.h"
#include "hook.h"
#include "policy.h"
#include "rawdev.h"

/*
 * It may claim it first, to mount it, say, and cannot if somebody else has. Or it
 * does not, and nothing keeps it from what is mounted, be it by path
 * (drivers/nvme/target/io-cmd-bdev.c:nvmet_bdev_ns_enable) or by a number that it
 * was told (fs/nfs/blocklayout/dev.c:bl_parse_simple, fs/ocfs2/cluster/heartbeat.c:
 * o2hb_region_dev_store).
 */
static int check_opened(void *opened, blk_mode_t mode, void *holder)
{
	struct block_device *bdev = compat_bdev_opened(opened);
	char name[BDEVNAME_SIZE];
	struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.text = name,
	};

	if (!(mode & BLK_OPEN_WRITE) || claims_by_program(holder) ||
	    claims_by_mapper(holder))
		return 0;
	snprintf(name, sizeof(name), "%pg", bdev);
	if (!compat_bdev_claims(mode, holder))
		return gate_block_check(bdev, &ev);
	return rawdev_claimable(bdev) ? 0 : seal_check(&ev);
}

static void *pass(void *opened, blk_mode_t mode, void *holder)
{
	int err;

	if (IS_ERR(opened))
		return opened;
	err = check_opened(opened, mode, holder);
	if (!err)
		return opened;
	compat_bdev_drop(opened, mode, holder);
	return ERR_PTR(err);
}

/* A proof has no device. */
static int check_proof(void)
{
	const struct seal_event ev = { .door = DOOR_BLOCK_WRITE };

	return seal_check(&ev);
}

static void *(*orig_by_path)(const char *path, blk_mode_t mode, void *holder,
			     const void *ops) __ro_after_init;

static void *gate_by_path(const char *path, blk_mode_t mode, void *holder,
			  const void *ops)
{
	if (policy_proves())
		return ERR_PTR(check_proof());
	return pass(orig_by_path(path, mode, holder, ops), mode, holder);
}

/* No path: -EINVAL, or -ENOENT. */
static long prove_by_path(void)
{
	return PTR_ERR(orig_by_path("", BLK_OPEN_WRITE, NULL, NULL));
}

#ifdef COMPAT_BDEV_BY_DEV
static void *(*orig_by_dev)(dev_t dev, blk_mode_t mode, void *holder,
			    const void *ops) __ro_after_init;

static void *gate_by_dev(dev_t dev, blk_mode_t mode, void *holder,
			 const void *ops)
{
	if (policy_proves())
		return ERR_PTR(check_proof());
	return pass(orig_by_dev(dev, mode, holder, ops), mode, holder);
}

/* There is no device 0:0: -ENXIO. */
static long prove_by_dev(void)
{
	return PTR_ERR(orig_by_dev(0, BLK_OPEN_WRITE, NULL, NULL));
}
#endif

/* A disk is about to be made of a device, which may be one of ours. */
static int check_link(const struct block_device *bdev, const struct gendisk *disk)
{
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.text = disk->disk_name,
	};

	return rawdev_holds(disk) || rawdev_covers(bdev) ? seal_check(&ev) : 0;
}

static int (*orig_link)(struct block_device *bdev, struct gendisk *disk)
	__ro_after_init;

static int gate_link(struct block_device *bdev, struct gendisk *disk)
{
	int err = policy_proves() ? check_proof() : check_link(bdev, disk);

	return err ?: orig_link(bdev, disk);
}

/* Its own disk: -EINVAL, or it is undone. */
static long prove_link(void)
{
	struct block_device *bdev = gate_block_sample();
	int err = orig_link(bdev, bdev->bd_disk);

	if (!err)
		bd_unlink_disk_holder(bdev, bdev->bd_disk);
	return err == -ENOMEM ? HOOK_NOT_CALLED : err;
}

static const struct hook hooks[] __initconst = {
	HOOK(COMPAT_BDEV_BY_PATH, gate_by_path, &orig_by_path, prove_by_path),
#ifdef COMPAT_BDEV_BY_DEV
	HOOK(COMPAT_BDEV_BY_DEV, gate_by_dev, &orig_by_dev, prove_by_dev),
#endif
	HOOK("bd_link_disk_holder", gate_link, &orig_link, prove_link),
};

#if IS_ENABLED(CONFIG_BLK_DEV_MD)
/*
 * md makes a disk of what it is given whatever bd_link_disk_holder() says
 * (drivers/md/md.c:bind_rdev_to_array), and to one that it has it adds others, by
 * which the disk's blocks can be written. drivers/md/md.h: how these begin, the same
 * from 5.10 to 7.3.
 */
struct array {
	void *private;
	void *personality;
	dev_t unit;
	int minor;
	struct list_head members;
};

struct member {
	struct list_head siblings;
	sector_t sectors;
	struct array *array;
	int last_events;
	struct block_device *metadata;
	struct block_device *bdev;
};

static int (*orig_bind)(struct member *member, struct array *array)
	__read_mostly;

static int check_bind(const struct member *member, const struct array *array)
{
	char name[BDEVNAME_SIZE];
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.text = name,
	};

	snprintf(name, sizeof(name), "%pg", member->bdev);
	return rawdev_made(array->unit) || rawdev_covers(member->bdev) ?
	       seal_check(&ev) : 0;
}

static int gate_bind(struct member *member, struct array *array)
{
	int err = policy_proves() ? check_proof() : check_bind(member, array);

	return err ?: orig_bind(member, array);
}

/* It is one of the array's already: -EEXIST. */
static long prove_bind(void)
{
	static struct array array;
	static struct member member;

	INIT_LIST_HEAD(&array.members);
	member.bdev = gate_block_sample();
	list_add(&member.siblings, &array.members);
	return orig_bind(&member, &array);
}

#define MD (IS_BUILTIN(CONFIG_BLK_DEV_MD) ? NULL : "md_mod")

static const struct hook md_hooks[] __initconst = {
	HOOK_IN(MD, "bind_rdev_to_array", gate_bind, &orig_bind, prove_bind),
};

static void __init add_md(void)
{
	if (rawdev_any())
		hook_add(md_hooks, ARRAY_SIZE(md_hooks));
}
#else
static void __init add_md(void)
{
}
#endif

void __init gate_stack_init(void)
{
	if (rawdev_any() || claims_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
	add_md();
}
