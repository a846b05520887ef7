/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The block devices by which what is protected, or the running kernel's image,
 * could be changed past the file system.
 */
#ifndef _SEAL_RAWDEV_H
#define _SEAL_RAWDEV_H

#include <linux/types.h>

struct block_device;
struct gendisk;
struct seq_file;

#ifdef CONFIG_BLOCK
/**
 * rawdev_init() - find them, and shut their page caches to writable mappings
 *
 * Return: 0, or a negative errno after a line naming device and reason.
 */
int rawdev_init(void);
void rawdev_exit(void);

/*
 * With mode=audit they are not shut: the seal is to be raised, look again and
 * shut them. Return: as rawdev_init(); then they are as they were.
 */
int rawdev_harden(void);
void rawdev_soften(void);

/* Is there any? */
bool rawdev_any(void);

/* Is it one of them, or does it share its blocks with one? */
bool rawdev_covers(const struct block_device *bdev);

/*
 * May the kernel claim it to write to it? What is mounted to get at something that is
 * protected it may, and what only is made above that.
 */
bool rawdev_claimable(const struct block_device *bdev);

/* Is any part of its disk one of them? */
bool rawdev_on_disk(const struct block_device *bdev);

/* Is there one on a disk that @is says is @what? */
bool rawdev_finds(bool (*is)(const struct gendisk *disk, const void *what),
		  const void *what);

/* Does something that is protected lie on it? */
bool rawdev_holds(const struct gendisk *disk);
bool rawdev_made(dev_t dev);

/* One of them, for the proofs. */
struct block_device *rawdev_sample(void);

/* A line in the status. */
void rawdev_show(struct seq_file *m);

#else

static inline int rawdev_init(void)
{
	return 0;
}

static inline void rawdev_exit(void)
{
}

static inline bool rawdev_any(void)
{
	return false;
}

static inline void rawdev_show(struct seq_file *m)
{
}

#endif /* CONFIG_BLOCK */

#endif /* _SEAL_RAWDEV_H */
