/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must not change while sealed: the files that the holes rest on, and
 * what parameter protect names.
 */
#ifndef _SEAL_PROTECT_H
#define _SEAL_PROTECT_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/path.h>
#include <linux/types.h>

struct seq_file;

/* Is a file itself protected, or does the way to one lead through it? */
enum protect_kind { PROTECT_WAY, PROTECT_ITSELF };

/*
 * An inode, found at @path and kept there. @was: its operations before
 * shadow.c got between, NULL if it did not. @denied: it is shut to writers.
 * @read: its entries are in.
 */
struct protected {
	struct hlist_node hash;
	struct list_head list;
	enum protect_kind kind;
	struct path path;
	const struct inode_operations *was;
	bool denied;
	bool read;
};

/**
 * protect_init() - find all that is to be protected and close it to writers
 *
 * Return: 0, or a negative errno after a line naming path and reason.
 */
int protect_init(void);
void protect_exit(void);

/**
 * protect_harden() - with mode=audit: the seal is to be raised
 *
 * What has come since is taken in, too, and writers are kept out.
 *
 * Return: 0, or a negative errno after a line; then writers are not.
 */
int protect_harden(void);
void protect_soften(void);

/* Is anything? */
bool protect_any(void);

/* What the set says of an inode; NULL: nothing. Never sleeps. */
const struct protected *protect_find(const struct inode *inode);

/* Is that a mount by which something protected is reached? */
bool protect_reached_by(const struct vfsmount *mnt);

/* Is anything reached by another mount than that one? */
bool protect_reached_beyond(const struct vfsmount *mnt);

/*
 * While copies of these mounts are unmounted: they are locked to where they are,
 * and are not any more. Under mount_lock.
 */
void protect_lock_mounts(void);
void protect_unlock_mounts(void);

/* Anything that is protected, for the proofs. */
const struct protected *protect_sample(void);

/* Visits all file systems that hold something, some of them repeatedly. */
int protect_each_sb(int (*visit)(const struct super_block *sb));

/**
 * protect_refused() - somebody is about to change this
 * @p: what
 *
 * Return: -EPERM, or -EBUSY as long as the seal is not on yet; with mode=audit
 * 0. May sleep.
 */
int protect_refused(const struct protected *p);

/* The same of who needs a capability for it: 0, if he is refused without us. */
int protect_refused_cap(const struct protected *p, int cap);

/* One line for each path that was named: in the status, in the log. */
void protect_show(struct seq_file *m);
void protect_announce(void);

#endif /* _SEAL_PROTECT_H */
