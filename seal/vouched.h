/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_VOUCHED_H
#define _SEAL_VOUCHED_H

#include <linux/types.h>

#include "digests.h"

struct file;
struct inode;
struct page;

/**
 * struct vouched - a file whose content is known and stays as it is
 * @file: open for reading
 * @denied: it is closed to writers: they get ETXTBSY
 * @path: where it was found, as init sees it
 * @digest: its SHA-256
 * @pages: all of its content, as whoever maps the file sees it: as long as
 *	they are held the kernel does not read the file again, so that what
 *	is written to the disk beneath does not show
 * @page_count: how many pages that is
 */
struct vouched {
	struct file *file;
	bool denied;
	char *path;
	digest_t digest;
	struct page **pages;
	unsigned long page_count;
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

/*
 * Is the content held still what whoever maps the file sees? Memory that fails,
 * or is said to (madvise(2), MADV_HWPOISON), is replaced by what the disk has.
 */
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
