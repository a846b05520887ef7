/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_CONTENT_H
#define _SEAL_CONTENT_H

#include <linux/types.h>

#include "digests.h"

struct file;
struct inode;
struct page;

/**
 * struct content - what is in a file, held in memory
 * @list: among all; @users: how many have it
 * @file: open for reading
 * @closed: to writers, who get ETXTBSY; and nobody writes to @pages any more
 *	who began before
 * @size: how much it is; @digest: its SHA-256
 * @pages: all of it, as whoever maps the file sees it: as long as they are held
 *	the kernel does not read the file again, so that what is written to the
 *	disk beneath does not show
 * @page_count: how many pages that is
 */
struct content {
	struct list_head list;
	unsigned int users;
	struct file *file;
	bool closed;
	size_t size;
	digest_t digest;
	struct page **pages;
	unsigned long page_count;
};

/* Before all others, once. Return: 0, or a negative errno after a line. */
int content_init(void);

/**
 * content_get() - take hold of what is in a file, until content_put()
 * @file: a regular file, open for reading
 * @why: set to words where the error number does not say enough
 *
 * It is closed, too, where policy_is_strict(). May sleep.
 *
 * Return: what is held, or an error pointer.
 */
struct content *content_get(struct file *file, const char **why);
void content_put(struct content *c);

/*
 * Close what is not yet, as it still must be what it was. May sleep; 0 or a
 * negative errno with words for it, and nothing has changed. And the reverse.
 */
int content_close(struct content *c, const char **why);
void content_open(struct content *c);

/*
 * Is it still what whoever maps the file sees? Memory that fails, or is said to
 * (madvise(2), MADV_HWPOISON), is replaced by what the disk has.
 */
bool content_intact(const struct content *c);

#endif /* _SEAL_CONTENT_H */
