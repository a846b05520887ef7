/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the set of what is protected is filled: protect_names.c knows what is
 * asked for, protect_set.c takes it in, protect.c answers questions ever after.
 */
#ifndef _SEAL_PROTECT_SET_H
#define _SEAL_PROTECT_SET_H

#include "protect.h"

/* A mount by which something is reached. @locked: see protect_lock_mounts(). */
struct reached {
	struct list_head list;
	struct vfsmount *mnt;
	bool locked;
};

/* A path that was asked for, quoted. */
struct named {
	struct list_head list;
	char *path;
};

/*
 * Written while the seal is put on, or raised, where others read two of them
 * already: mounts, names. Without a lock.
 */
extern struct list_head protect_all, protect_mounts, protect_named;
extern size_t protect_count;

/* What is being taken in, for messages: the parameter, and what it says. */
void protect_doing(const char *param, const char *path);

/**
 * protect_failed() - say why what is being taken in cannot be
 * @err: a negative errno
 * @why: words for it, or NULL
 *
 * Return: the error that the load is to fail with.
 */
int protect_failed(int err, const char *why);

/**
 * protect_add() - take in a file, or a directory with all below it
 * @path: where it was found; the way to it is taken in, too
 *
 * Return: 0, or a negative errno after a line in the log; what was taken in so
 * far is left to protect_set_release().
 */
int protect_add(const struct path *path);

/* What a name leads through: of a symbolic link only that it stays. */
int protect_add_way(const struct path *path);

/* Nobody passes by any more who looked before. */
void protect_set_settle(void);
void protect_set_release(void);

/*
 * To be raised: shut all that is in to writers, and look again for what is below
 * directories; 0, or a negative errno after a line. And open all of them.
 */
int protect_set_shut(void);
int protect_set_renew(void);
void protect_set_open(void);

/* The inode that the kernel itself writes to: it is shut to all other writers. */
void protect_set_ours(const struct inode *inode);

/*
 * protect_names.c: all that the parameters ask for, and what the holes rest on;
 * and, when nobody passes by, has anybody else the serial file open for
 * writing? Return: 0, or a negative errno after a line in the log.
 */
int protect_names_add(void);
int protect_names_check(void);

#endif /* _SEAL_PROTECT_SET_H */
