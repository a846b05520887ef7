/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's block devices as sysfs shows them, in a mount of our own. */
#ifndef _SEAL_SYSFS_H
#define _SEAL_SYSFS_H

#include <linux/types.h>

struct path;

/* Mounts it. Return: 0, or a negative errno after a line. Sleeps. */
int sysfs_open(void);
void sysfs_close(void);

/* Between these: looks up a path from its root, links are followed. */
int sysfs_look_up(const char *name, struct path *path);

/* The device whose directory this is. */
dev_t sysfs_dev(const struct path *path);

#endif /* _SEAL_SYSFS_H */
