/* SPDX-License-Identifier: GPL-2.0 */
/*
 * init's root directory, with which that of others is compared. Process 1 can
 * be made to change its own (ptrace(2)), so what counts is the one that it had
 * when the seal came.
 */
#ifndef _SEAL_INIT_ROOT_H
#define _SEAL_INIT_ROOT_H

#include <linux/types.h>

struct path;

/*
 * Take hold of it, if there is a hole for a program, which rests on it; else it
 * stays the one that process 1 has.
 */
void init_root_hold(void);
void init_root_release(void);

/* @root: filled in, for path_put(). */
void init_root_get(struct path *root);

/* The initramfs, which process 1 leaves when it starts the system's init. */
bool init_root_is_initramfs(const struct path *root);

/* The current task starts a program. May sleep. */
void init_root_see_exec(void);

#endif /* _SEAL_INIT_ROOT_H */
