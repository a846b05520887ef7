/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_ENTRIES_H
#define _SEAL_ENTRIES_H

struct path;

/**
 * entries_each() - visit what a directory has, but for itself and its parent
 * @dir: the directory
 * @visit: called with each entry's name, its type (DT_DIR...) and @data, until
 *	one call does not return 0; the directory is not locked then
 * @data: for @visit
 *
 * Return: 0, what @visit returned, or a negative errno. May sleep.
 */
int entries_each(const struct path *dir,
		 int (*visit)(const struct path *dir, const char *name,
			      unsigned int type, void *data),
		 void *data);

#endif /* _SEAL_ENTRIES_H */
