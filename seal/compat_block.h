/* SPDX-License-Identifier: GPL-2.0 */
/* Block devices; a part of compat.h. */
#ifndef _SEAL_COMPAT_BLOCK_H
#define _SEAL_COMPAT_BLOCK_H

/* How a block device is opened has a type of its own since 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define blk_mode_t fmode_t
#define BLK_OPEN_READ FMODE_READ
#define BLK_OPEN_NDELAY FMODE_NDELAY
#define BLK_OPEN_WRITE FMODE_WRITE
#endif

#ifdef CONFIG_BLOCK
/*
 * The kernel's own users open a block device by its number or by its path, with the
 * functions of these names. What either returns is what closes it again. From 6.5 to
 * 6.8 programs come by the number, too, and do not say so.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#define COMPAT_BDEV_BY_PATH "bdev_file_open_by_path"
#define COMPAT_BDEV_BY_DEV "bdev_file_open_by_dev"

static inline void *compat_bdev_by_dev(dev_t dev, blk_mode_t mode)
{
	return bdev_file_open_by_dev(dev, mode, NULL, NULL);
}

static inline struct block_device *compat_bdev_opened(void *opened)
{
	return file_bdev(opened);
}

static inline void compat_bdev_drop(void *opened, blk_mode_t mode,
				    void *holder)
{
	fput(opened);
}
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define COMPAT_BDEV_BY_PATH "bdev_open_by_path"

static inline void *compat_bdev_by_dev(dev_t dev, blk_mode_t mode)
{
	return bdev_open_by_dev(dev, mode, NULL, NULL);
}

static inline struct block_device *compat_bdev_opened(void *opened)
{
	return ((struct bdev_handle *)opened)->bdev;
}

static inline void compat_bdev_drop(void *opened, blk_mode_t mode,
				    void *holder)
{
	bdev_release(opened);
}
#else
#define COMPAT_BDEV_BY_PATH "blkdev_get_by_path"
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define COMPAT_BDEV_BY_DEV "blkdev_get_by_dev"
#endif

static inline void *compat_bdev_by_dev(dev_t dev, blk_mode_t mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return blkdev_get_by_dev(dev, mode, NULL, NULL);
#else
	return blkdev_get_by_dev(dev, mode, NULL);
#endif
}

static inline struct block_device *compat_bdev_opened(void *opened)
{
	return opened;
}

static inline void compat_bdev_drop(void *opened, blk_mode_t mode,
				    void *holder)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	blkdev_put(opened, holder);
#else
	blkdev_put(opened, mode);
#endif
}
#endif

/* A block device, held open for reading, without a medium, too. */
struct compat_bdev {
	struct block_device *bdev;
	void *handle;
};

#define COMPAT_BDEV_HELD (BLK_OPEN_READ | BLK_OPEN_NDELAY)

static inline int compat_bdev_open(dev_t dev, struct compat_bdev *held)
{
	void *opened = compat_bdev_by_dev(dev, COMPAT_BDEV_HELD);

	if (IS_ERR(opened))
		return PTR_ERR(opened);
	held->handle = opened;
	held->bdev = compat_bdev_opened(opened);
	return 0;
}

static inline void compat_bdev_close(struct compat_bdev *held)
{
	compat_bdev_drop(held->handle, COMPAT_BDEV_HELD, NULL);
}

/* Who claims the device has a holder since 6.5, and said so by the mode before. */
static inline bool compat_bdev_claims(blk_mode_t mode, void *holder)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return holder;
#else
	return mode & FMODE_EXCL;
#endif
}

/* A file system claims it by its type before 6.5, and by its superblock since. */
static inline const struct file_system_type *
compat_claim_type(const void *holder)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	const struct super_block *sb = holder;
	struct file_system_type *type;

	return get_kernel_nofault(type, &sb->s_type) ? NULL : type;
#else
	return holder;
#endif
}

/* Its page cache. */
static inline struct address_space *
compat_bdev_mapping(const struct block_device *b)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	return b->bd_inode->i_mapping;
#else
	return b->bd_mapping;
#endif
}

/* The whole disk; each device knows its own since 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define bdev_whole(bdev) ((bdev)->bd_contains)
#endif

/* Its first block on the disk, and how many it has, in sectors; it is open. */
static inline sector_t compat_bdev_start(const struct block_device *bdev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	return bdev->bd_part ? bdev->bd_part->start_sect : 0;
#else
	return bdev->bd_start_sect;
#endif
}

static inline sector_t compat_bdev_sectors(const struct block_device *bdev)
{
	return i_size_read(compat_bdev_mapping(bdev)->host) >> SECTOR_SHIFT;
}

/*
 * Have two of one disk any block in common? Partitions may (block/partitions/core.c:
 * blk_add_partition).
 */
static inline bool compat_bdev_overlap(const struct block_device *a,
				       const struct block_device *b)
{
	sector_t start_a = compat_bdev_start(a), start_b = compat_bdev_start(b);

	return start_a < start_b + compat_bdev_sectors(b) &&
	       start_b < start_a + compat_bdev_sectors(a);
}

/*
 * Is any partition of the disk what @is says, of it and @arg? It must not sleep.
 */
static inline bool compat_any_partition(struct gendisk *disk,
					bool (*is)(const struct block_device *,
						   const void *),
					const void *arg)
{
	bool found = false;
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	struct disk_part_iter iter;
	struct hd_struct *part;
	struct block_device *bdev;

	disk_part_iter_init(&iter, disk, 0);
	while (!found && (part = disk_part_iter_next(&iter))) {
		bdev = bdget_disk(disk, part->partno);
		if (!bdev)
			continue;
		found = is(bdev, arg);
		bdput(bdev);
	}
	disk_part_iter_exit(&iter);
#else
	struct block_device *part;
	unsigned long i;

	rcu_read_lock();
	xa_for_each_start(&disk->part_tbl, i, part, 1) {
		found = is(part, arg);
		if (found)
			break;
	}
	rcu_read_unlock();
#endif
	return found;
}

/*
 * Is another device made of it, by bd_link_disk_holder()? A disk that was pulled
 * out has lost its directory, but not the pointer to it.
 */
static inline bool compat_bdev_stacked(const struct block_device *bdev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	const struct kobject *dir = bdev->bd_part ? bdev->bd_part->holder_dir :
						    NULL;
#else
	const struct kobject *dir = bdev->bd_holder_dir;
#endif
	struct kernfs_node *kn;
	struct rb_node *link;

	return dir && !get_kernel_nofault(kn, &dir->sd) && kn &&
	       !get_kernel_nofault(link, &kn->dir.children.rb_node) && link;
}

/*
 * Whose queue it is. Before 5.15 only sysfs knows (block/blk-sysfs.c:
 * blk_register_queue).
 */
static inline struct gendisk *compat_queue_disk(struct request_queue *q)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
	return q->disk;
#else
	struct kobject *parent = q->kobj.parent;

	return parent ? dev_to_disk(kobj_to_dev(parent)) : NULL;
#endif
}
#endif /* CONFIG_BLOCK */

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

/* SCSI generic had an ioctl of its own for 32-bit programs before 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define COMPAT_SG_COMPAT_IOCTL
#endif

/* What SCSI's other generic device takes by io_uring came with 7.1. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0)
#define COMPAT_BSG_URING_CMD
#endif

/*
 * NVMe takes commands from io_uring since 5.19. Before 6.7 where they lie was
 * said by themselves, not by their entry in the ring.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0) && defined(CONFIG_IO_URING)
#define COMPAT_NVME_URING_CMD
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#include <linux/io_uring.h>
#else
#include <linux/io_uring/cmd.h>
#endif
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define compat_uring_set_cmd(ioucmd, entry) ((ioucmd)->cmd = (entry)->cmd)
#else
#define compat_uring_set_cmd(ioucmd, entry) ((ioucmd)->sqe = (entry))
#endif

/*
 * Whom an NVMe command is for was up to the caller before 5.13, whichever of its
 * controller's namespaces was open.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 13, 0)
#define COMPAT_NVME_ANY_NAMESPACE true
#else
#define COMPAT_NVME_ANY_NAMESPACE false
#endif

#endif /* _SEAL_COMPAT_BLOCK_H */
