/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_TRUSTED_FS_H
#define _SEAL_TRUSTED_FS_H

struct inode;

/**
 * trusted_fs_problem() - does a file stay what it is unless we write to it?
 * @inode: the file, of any type
 *
 * Return: NULL if it does, else why not, for a message.
 */
const char *trusted_fs_problem(const struct inode *inode);

#endif /* _SEAL_TRUSTED_FS_H */
