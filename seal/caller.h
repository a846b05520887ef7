/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_CALLER_H
#define _SEAL_CALLER_H

#include "seal.h"

/**
 * caller_refused() - is the current task one of a hole's programs?
 * @hole: the hole
 * @mm_locked: the task holds its mmap_lock
 *
 * May sleep.
 *
 * Return: REASON_NONE if it is, else why it is not, and the code to blame if
 * it is that.
 */
struct seal_refusal caller_refused(enum seal_hole hole, bool mm_locked);

/**
 * caller_unfit() - can the current task be one of a hole's programs at all?
 *
 * Asked when it starts one, and again at each use.
 *
 * Return: REASON_NONE if it can, else why not. May sleep.
 */
enum seal_reason caller_unfit(void);

/* Does the current task see other files than init does? */
bool caller_sees_other_files(void);

#endif /* _SEAL_CALLER_H */
