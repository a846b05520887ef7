/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_START_H
#define _SEAL_START_H

#include "seal.h"

struct file;
struct linux_binprm;
struct mm_struct;

/**
 * struct start - the start of a hole's program, as the seal has seen it
 * @holes: a bit for each hole that the program belongs to
 * @unfit: why this start does not count, or REASON_NONE
 */
struct start {
	unsigned int holes;
	enum seal_reason unfit;
};

/**
 * start_see() - a program is about to start
 * @bprm: as begin_new_exec() has it; its address space is nobody's yet
 *
 * A hole's program is recorded, and starts clean. Without memory it is not
 * recorded, and the hole stays shut. May sleep.
 */
void start_see(struct linux_binprm *bprm);

/**
 * start_find() - has a hole's program been started in this address space?
 * @mm: one that is in use, or NULL
 * @start: filled in if so
 *
 * A fork has an address space of its own, in which nothing was started. May be
 * called from any context.
 */
bool start_find(const struct mm_struct *mm, struct start *start);

/**
 * start_adopt() - the seal found a hole's program running that holds hardware
 * @mm: its address space, in use
 * @holes: a bit for each that it has
 *
 * Its start does not count, so it gets no more than it has; but nobody reaches
 * into it, and it takes no code in that is not vouched for. May sleep.
 *
 * Return: false without memory.
 */
bool start_adopt(struct mm_struct *mm, unsigned int holes);

/* From here on it holds hardware: a mapping of it, or its ports. */
void start_holds_hardware(struct mm_struct *mm);
bool start_has_hardware(const struct mm_struct *mm);

/* Is it a hole's program at all, whether its start counts or not? */
bool start_exists(const struct mm_struct *mm);

/**
 * start_links() - something is linked into it that nothing vouches for
 * @mm: the current task's
 * @file: what
 *
 * Whatever it does there, it may have done by the time that it is gone again: so
 * that stays known. May sleep.
 */
void start_links(struct mm_struct *mm, const struct file *file);

/* The first of these, its path, quoted; or NULL. As long as @mm is in use. */
const char *start_linked(const struct mm_struct *mm);

/* Does its dynamic linker say what it links (linker.c)? */
enum linker { LINKER_UNKNOWN, LINKER_MARKS, LINKER_SILENT };

enum linker start_linker(const struct mm_struct *mm);
void start_set_linker(struct mm_struct *mm, enum linker linker);

/**
 * start_aux() - what the kernel has told the program
 * @mm: its address space, in use
 * @key: AT_... of linux/auxvec.h
 * @value: set, if it was told
 *
 * Return: false if it was not, as is nothing before execve(2) is over.
 */
bool start_aux(const struct mm_struct *mm, unsigned long key,
	       unsigned long *value);

/* Forget all of them: nobody asks any more. */
void start_exit(void);

#endif /* _SEAL_START_H */
