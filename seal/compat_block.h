/* SPDX-License-Identifier: GPL-2.0 */
/* Block devices; a part of compat.h. */
#ifndef _SEAL_COMPAT_BLOCK_H
#define _SEAL_COMPAT_BLOCK_H

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

#endif /* _SEAL_COMPAT_BLOCK_H */
