/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_VOUCHED_H
#define _SEAL_VOUCHED_H

#include <linux/types.h>

#include "digests.h"

struct content;
struct file;
struct inode;

/**
 * struct vouched - a file whose content is known and stays as it is
 * @file: open for reading
 * @path: where it was found, as init sees it
 * @digest: its SHA-256
 * @content: what is in it; of all that name the same file the same
 */
struct vouched {
	struct file *file;
	char *path;
	digest_t digest;
	struct content *content;
};

/**
 * vouched_hold() - take hold of a file until vouched_release()
 * @v: filled in
 * @name: its absolute path
 * @executable: it must be a program, not only some file
 * @why: set to words where the error number does not say enough, else to NULL
 *
 * May sleep. Return: 0 or a negative errno.
 */
int vouched_hold(struct vouched *v, const char *name, bool executable,
		 const char **why);
void vouched_release(struct vouched *v);

/**
 * vouched_harden() - with mode=audit: the seal is to be raised
 * @v: held; it is closed to writers from here on
 *
 * Return: 0, or a negative errno after a line: it has writers, or has had some.
 */
int vouched_harden(struct vouched *v);
void vouched_soften(struct vouched *v);

/* Is it still what whoever maps the file sees? See content_intact(). */
bool vouched_intact(const struct vouched *v);

/* Files that are in a list together. */
struct vouched_set {
	struct vouched *files;
	size_t count;
	size_t room;
};

/**
 * vouched_set_add() - take hold of a file that must have this content
 * @set: the set, all zero at first
 * @name: its absolute path
 * @digest: what its SHA-256 must be
 * @why: as for vouched_hold()
 *
 * May sleep. Return: 0 or a negative errno.
 */
int vouched_set_add(struct vouched_set *set, const char *name,
		    const u8 *digest, const char **why);

/* The set is whole: it can be asked from now on. */
void vouched_set_sort(struct vouched_set *set);
void vouched_set_release(struct vouched_set *set);

/* The file with that inode, or NULL. Needs no lock of its own. */
const struct vouched *vouched_set_find(const struct vouched_set *set,
				       const struct inode *inode);

/* The file that was found at that path, or NULL. */
const struct vouched *vouched_set_at(const struct vouched_set *set,
				     const char *path);

#endif /* _SEAL_VOUCHED_H */
