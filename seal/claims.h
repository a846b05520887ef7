/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The block devices that the kernel itself uses, as a file system that is mounted
 * or as swap, whatever lies on them.
 */
#ifndef _SEAL_CLAIMS_H
#define _SEAL_CLAIMS_H

#include <linux/types.h>

struct block_device;

#ifdef CONFIG_BLOCK
/**
 * claims_init() - find those in use now, and shut their page caches to writable
 *	mappings, but with mode=audit
 *
 * Return: 0, or a negative errno after a line naming device and reason; then
 * they are as they were. Sleeps.
 */
int claims_init(void);
void claims_exit(void);

/* With mode=audit, when the seal is raised: shut those in use now. */
int claims_harden(void);
void claims_soften(void);

/* Was any in use? The hooks by which they are guarded rest on one to try. */
bool claims_any(void);
struct block_device *claims_sample(void);

/**
 * claims_cover() - does the kernel use a device, or what shares its blocks?
 *
 * That is: itself, its whole disk, or any of its partitions. Not if all that it
 * does is to make another device of it, by device mapper or md: these are
 * administered by writing them. Nor if a program holds it by O_EXCL, or serves the
 * file system on it. May sleep (before 5.11).
 */
bool claims_cover(struct block_device *bdev);

/* Who claims a device, or would: a program by its open file? Device mapper? */
bool claims_by_program(const void *holder);
bool claims_by_mapper(const void *holder);

/* It has been opened for writing, and can be mapped so if it is not in use now. */
void claims_opened(struct block_device *bdev);

#else

static inline int claims_init(void)
{
	return 0;
}

static inline void claims_exit(void)
{
}

static inline int claims_harden(void)
{
	return 0;
}

static inline void claims_soften(void)
{
}

static inline bool claims_any(void)
{
	return false;
}

#endif /* CONFIG_BLOCK */

#endif /* _SEAL_CLAIMS_H */
