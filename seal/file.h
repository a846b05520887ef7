/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_FILE_H
#define _SEAL_FILE_H

#include <linux/kernel_read_file.h>
#include <linux/types.h>

/**
 * file_read() - take in a file that a parameter names
 * @param: the parameter's name, for messages
 * @path: its absolute path, as the task sees it
 * @max: the most bytes there may be
 * @id: what it is, for the kernel's other guards of such reads
 * @data: set to the bytes, for vfree()
 * @size: set to their number
 *
 * Only a regular file that root owns and nobody else may write is taken. May
 * sleep.
 *
 * Return: 0, or a negative errno after a line that names parameter and path.
 */
int file_read(const char *param, const char *path, size_t max,
	      enum kernel_read_file_id id, void **data, size_t *size);

#endif /* _SEAL_FILE_H */
