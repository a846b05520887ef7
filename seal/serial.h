/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_SERIAL_H
#define _SEAL_SERIAL_H

#include <linux/types.h>

#include "manifest_text.h"

struct inode;

/**
 * serial_init() - take in the file that parameter serial_file names, if any
 *
 * It is made if it is not there, and stays open.
 *
 * Return: 0, or a negative errno after a line in the log.
 */
int serial_init(void);
void serial_exit(void);

/* The file's, which the kernel has open for writing; NULL if there is none. */
const struct inode *serial_inode(void);

/* The highest serial that was ever taken of a kind; 0 if none. */
u64 serial_last(enum manifest_kind kind);

/**
 * serial_raise() - this one was taken, never again a lower one
 *
 * Written to the file, if there is one, before it counts. The caller keeps
 * others out. May sleep.
 *
 * Return: 0, or a negative errno after a line in the log; nothing has changed.
 */
int serial_raise(enum manifest_kind kind, u64 serial);

#endif /* _SEAL_SERIAL_H */
