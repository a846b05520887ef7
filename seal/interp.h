/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_INTERP_H
#define _SEAL_INTERP_H

#include <linux/types.h>

struct file;
struct vouched;

/* Does the file start as a program that the kernel runs itself? */
bool interp_is_elf(const struct vouched *v);

/**
 * interp_of() - the interpreter that a program names in its ELF header
 * @v: the program
 *
 * May sleep.
 *
 * Return: a string for kfree(), NULL for a statically linked program, or an
 * ERR_PTR(): -EINVAL if the header is malformed, -ENOMEM.
 */
char *interp_of(const struct vouched *v);

/* Is it glibc's dynamic linker? Read as it is now; may sleep. */
bool interp_is_glibc(struct file *file);

#endif /* _SEAL_INTERP_H */
