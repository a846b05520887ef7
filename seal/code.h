/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_CODE_H
#define _SEAL_CODE_H

#include "seal.h"

struct mm_struct;

/**
 * code_refused() - does an address space run only code that is vouched for?
 * @mm: the current task's
 * @locked: its mmap_lock is held
 *
 * Return: REASON_NONE if so, and nothing else was ever linked into it; else
 * REASON_FOREIGN_CODE, REASON_ALTERED_CODE or REASON_PROBED, and what is to
 * blame. May sleep.
 */
struct seal_refusal code_refused(struct mm_struct *mm, bool locked);

/**
 * code_is_clean() - was nothing linked into it before anybody saw?
 * @mm: any that is in use
 *
 * A linker writes to what it links. May sleep.
 */
bool code_is_clean(struct mm_struct *mm);

/**
 * code_file_refused() - is a file code that is vouched for?
 * @file: the file, or NULL for none
 */
enum seal_reason code_file_refused(const struct file *file);

/* Is it one of a hole's files at all, changed or not? */
bool code_knows(const struct file *file);

#endif /* _SEAL_CODE_H */
