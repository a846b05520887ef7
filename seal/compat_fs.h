/* SPDX-License-Identifier: GPL-2.0 */
/* File systems, inodes and mounts; a part of compat.h. */
#ifndef _SEAL_COMPAT_FS_H
#define _SEAL_COMPAT_FS_H

/*
 * What inode operations say of the mount they came by: nothing before 5.12, a
 * user namespace before 6.3.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 12, 0)
#define COMPAT_IDMAP_PARAM
#define COMPAT_IDMAP
#define COMPAT_IDMAP_OF(mnt)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define COMPAT_IDMAP_PARAM struct user_namespace *idmap,
#define COMPAT_IDMAP idmap,
#define COMPAT_IDMAP_OF(mnt) mnt_user_ns(mnt),
#else
#define COMPAT_IDMAP_PARAM struct mnt_idmap *idmap,
#define COMPAT_IDMAP idmap,
#define COMPAT_IDMAP_OF(mnt) mnt_idmap(mnt),
#endif

/* ->set_acl() is told the dentry since 6.2, the inode before. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define COMPAT_ACL_ON struct inode *
#define compat_acl_inode(on) (on)
#else
#define COMPAT_ACL_ON struct dentry *
#define compat_acl_inode(on) d_inode(on)
#endif

/*
 * File attributes (chattr) are an inode operation since 5.13; before, each
 * file system has its ioctl, and all ask the same two functions.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
#define COMPAT_FILEATTR_SET
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define file_kattr fileattr
#endif
#endif

/* Exported all the time, but declared in fs/internal.h at first. */
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt,
		    const char *name, unsigned int flags, struct path *path);

/* What a reader of directories answers, to see more entries or no more. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#define compat_filldir_ret int
#define COMPAT_FILLDIR_MORE 0
#define COMPAT_FILLDIR_ENOUGH -EINTR
#else
#define compat_filldir_ret bool
#define COMPAT_FILLDIR_MORE true
#define COMPAT_FILLDIR_ENOUGH false
#endif

/*
 * fs/mount.h: the first members of struct mountpoint, the same from 5.10 to
 * 7.3.
 */
struct seal_mountpoint {
	struct hlist_node m_hash;
	struct dentry *m_dentry;
};

/* The beginning of struct mount (fs/mount.h): the same from 5.10 to 7.3. */
struct seal_mount {
	struct hlist_node mnt_hash;
	struct seal_mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

/**
 * compat_lone_mount() - a mount without peers and slaves
 * @mnt: one that is in nobody's namespace
 *
 * Since 6.17 that is good enough for fs/pnode.c:propagate_mnt(). Before, that
 * asks for the namespace (IS_MNT_NEW), and is given a mount whose every list is
 * empty and whose every pointer is its own.
 */
static inline struct seal_mount *compat_lone_mount(struct vfsmount *mnt)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	return container_of(mnt, struct seal_mount, mnt);
#else
	static unsigned long alone[512];
	int i;

	for (i = 0; i < ARRAY_SIZE(alone); i++)
		alone[i] = (unsigned long)&alone[i];
	return (struct seal_mount *)alone;
#endif
}

#endif /* _SEAL_COMPAT_FS_H */
