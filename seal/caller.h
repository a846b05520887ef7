/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_CALLER_H
#define _SEAL_CALLER_H

#include "seal.h"

struct seq_file;

/**
 * caller_bind() - find a hole's programs and hold on to the files
 * @hole: the hole they get
 * @param: the parameter's name, for messages
 * @list: "/path[,/path...]"; for HOLE_HARDWARE also bare names; or NULL
 *
 * Each file is kept open and closed to writers (ETXTBSY), so that neither its
 * inode number is reused nor its content changed through the file system.
 *
 * Return: 0 or a negative errno, after a line naming path and reason; what
 * was bound so far is then left to caller_unbind().
 */
int caller_bind(enum seal_hole hole, const char *param, const char *list);
void caller_unbind(void);

/* Has the hole any program? False for HOLE_NONE. */
bool caller_hole_exists(enum seal_hole hole);

/**
 * caller_refused() - is the current task one of a hole's programs?
 * @hole: the hole
 *
 * Return: REASON_NONE if it is, else why it is not. May sleep.
 */
enum seal_reason caller_refused(enum seal_hole hole);

/* One line for each bound program: in the status, in the log. */
void caller_show(struct seq_file *m);
void caller_announce(void);

#endif /* _SEAL_CALLER_H */
