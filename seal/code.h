/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_CODE_H
#define _SEAL_CODE_H

#include "seal.h"

struct mm_struct;

/**
 * code_refused() - does an address space run only code that is vouched for?
 * @mm: the current task's
 * @locked: its mmap_lock is held
 * @code: set to a file for fput() if one is to blame, else to NULL
 *
 * Return: REASON_NONE if so, else REASON_FOREIGN_CODE, REASON_ALTERED_CODE or
 * REASON_PROBED. May sleep.
 */
enum seal_reason code_refused(struct mm_struct *mm, bool locked,
			      struct file **code);

/**
 * code_file_refused() - is a file code that is vouched for?
 * @file: the file, or NULL for none
 */
enum seal_reason code_file_refused(const struct file *file);

#endif /* _SEAL_CODE_H */
