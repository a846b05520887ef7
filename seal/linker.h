/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_LINKER_H
#define _SEAL_LINKER_H

#include <linux/types.h>

struct file;

/**
 * linker_takes() - is something linked that nothing vouches for?
 * @file: what the current task is about to map, or NULL
 * @prot: with these rights
 * @flags: in this way, as mmap(2) has them
 *
 * Asked of all that map; only hole's programs have something linked. May sleep.
 */
bool linker_takes(const struct file *file, unsigned long prot,
		  unsigned long flags);

#endif /* _SEAL_LINKER_H */
