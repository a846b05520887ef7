// SPDX-License-Identifier: GPL-2.0
/*
 * What the seal rests on is worth what its file's identity is worth: the file
 * must stay what it is unless this kernel writes to it.
 */
#include "trusted_fs.h"

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

const char *trusted_fs_problem(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;
	const char *type = sb->s_type->name;

	if (IS_DAX(inode))
		return "it is mapped from its device, past the page cache (DAX)";
	if (sb->s_user_ns != &init_user_ns)
		return "its file system is mounted by a user namespace";
	if (!strncmp(type, "fuse", 4))
		return "its file system is served by a program (FUSE)";
	if (!strcmp(type, "overlay"))
		return "overlayfs may exchange the file beneath the name";
	if (!strcmp(type, "gfs2") || !strcmp(type, "ocfs2"))
		return "other machines write to its file system";
	if (sb->s_magic == TMPFS_MAGIC || sb->s_magic == RAMFS_MAGIC)
		return NULL;
	if (sb->s_type->fs_flags & FS_REQUIRES_DEV || !strcmp(type, "zfs"))
		return NULL;
	return "its file system is on no local disk: others may change it";
}
