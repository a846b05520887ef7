// SPDX-License-Identifier: GPL-2.0
/*
 * The file door's other side: the name of what is protected leads elsewhere,
 * because something is mounted over it or over a directory on its way, or
 * because the mount that it lies in goes away.
 *
 * Who sees the files as init does, mounts nothing there. Other mount namespaces
 * are others' business (systemd gives most services one, with mounts over /etc
 * or /usr), as long as what they mount does not come back by propagation: for
 * that propagate_mnt() is asked, which is called where the mount is shared
 * (fs/namespace.c:attach_recursive_mnt). What they unmount takes nothing along
 * that is reached by init.
 */
#include "gates.h"

#include <linux/anon_inodes.h>
#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <uapi/linux/mount.h>

#include "hook.h"
#include "init_root.h"
#include "policy.h"
#include "protect.h"

static int check_over(const struct dentry *dentry)
{
	const struct protected *p = protect_find(d_inode(dentry));

	return p ? protect_refused_cap(p, CAP_SYS_ADMIN) : 0;
}

/* Protected things that are reached by a mount stay reached by it. */
static int check_away(const struct vfsmount *mnt)
{
	const struct protected *p = protect_find(d_inode(mnt->mnt_root));

	if (!protect_reached_by(mnt))
		return 0;
	return protect_refused_cap(p ?: protect_sample(), CAP_SYS_ADMIN);
}

/*
 * Who sees the files as init does? A task that just ends has no namespaces any
 * more, and asks for nothing here; where the doors are tried, nobody else does.
 */
static bool same_view(void)
{
	return policy_proves() ||
	       (current->nsproxy &&
		current->nsproxy->mnt_ns == init_task.nsproxy->mnt_ns);
}

static bool is_current_root(const struct path *path)
{
	struct path root;
	bool same;

	get_fs_root(current->fs, &root);
	same = path_equal(path, &root);
	path_put(&root);
	return same;
}

/*
 * The initramfs is left by moving the system's root over its own, and files of
 * that may be protected already (switch_root).
 */
static bool leaves_initramfs(const struct path *to)
{
	return init_root_is_initramfs(to) && is_current_root(to);
}

static int (*orig_sb_mount)(const char *dev_name, const struct path *path,
			    const char *type, unsigned long flags, void *data)
	__ro_after_init;
static int (*orig_move_mount)(const struct path *from, const struct path *to)
	__ro_after_init;
static int (*orig_sb_umount)(struct vfsmount *mnt, int flags) __ro_after_init;
static int (*orig_pivotroot)(const struct path *old_path,
			     const struct path *new_path) __ro_after_init;

/* As path_mount() tells what is asked for (fs/namespace.c). */
static bool attaches(unsigned long flags)
{
	if (flags & MS_REMOUNT)
		return false;
	return flags & MS_BIND ||
	       !(flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE));
}

/*
 * The kernel looks the name up once more, when it may lead elsewhere. So where
 * any mount but the root is to stay, none is moved by its name; move_mount(2)
 * has what it moves already.
 */
static int check_moved(const char *name)
{
	struct path root, from;
	int err = 0;

	get_fs_root(current->fs, &root);
	if (protect_reached_beyond(root.mnt) && !init_root_is_initramfs(&root))
		err = protect_refused_cap(protect_sample(), CAP_SYS_ADMIN);
	path_put(&root);
	if (err || !name || kern_path(name, LOOKUP_FOLLOW, &from))
		return err;
	err = check_away(from.mnt);
	path_put(&from);
	return err;
}

static int check_mount(const char *dev_name, const struct path *path,
		       unsigned long flags)
{
	int err;

	if (!same_view() || !attaches(flags))
		return 0;
	err = check_over(path->dentry);
	if (!err && flags & MS_MOVE && !(flags & MS_BIND) &&
	    !leaves_initramfs(path))
		err = check_moved(dev_name);
	return err;
}

static int gate_sb_mount(const char *dev_name, const struct path *path,
			 const char *type, unsigned long flags, void *data)
{
	int err = check_mount(dev_name, path, flags);

	return err ?: orig_sb_mount(dev_name, path, type, flags, data);
}

static int gate_move_mount(const struct path *from, const struct path *to)
{
	int err = 0;

	if (same_view()) {
		err = check_over(to->dentry);
		if (!err && !leaves_initramfs(to))
			err = check_away(from->mnt);
	}
	return err ?: orig_move_mount(from, to);
}

/*
 * A copy of such a mount in another namespace, at the same place: to unmount it
 * may take the original along (fs/pnode.c:propagate_umount).
 */
static int check_copy(struct vfsmount *mnt)
{
	const struct protected *p = NULL;
	struct path at = { .mnt = mnt, .dentry = mnt->mnt_root };

	if (!protect_find(d_inode(mnt->mnt_root)))
		return 0;
	path_get(&at);
	if (follow_up(&at))
		p = protect_find(d_inode(at.dentry));
	path_put(&at);
	return p ? protect_refused_cap(p, CAP_SYS_ADMIN) : 0;
}

/* To unmount one's root is to make it read-only, unless it is lazy. */
static int gate_sb_umount(struct vfsmount *mnt, int flags)
{
	const struct path path = { .mnt = mnt, .dentry = mnt->mnt_root };
	int err = 0;

	if (flags & MNT_DETACH || !is_current_root(&path))
		err = check_away(mnt) ?: check_copy(mnt);
	return err ?: orig_sb_umount(mnt, flags);
}

static int gate_pivotroot(const struct path *old_path,
			  const struct path *new_path)
{
	struct path root;
	int err = 0;

	if (policy_proves())
		err = protect_refused(protect_sample());
	get_fs_root(current->fs, &root);
	if (!err && same_view())
		err = check_away(root.mnt);
	path_put(&root);
	return err ?: orig_pivotroot(old_path, new_path);
}

static int (*orig_propagate)(struct seal_mount *dest,
			     struct seal_mountpoint *mp,
			     struct seal_mount *source, struct hlist_head *tree)
	__ro_after_init;

static int gate_propagate(struct seal_mount *dest, struct seal_mountpoint *mp,
			  struct seal_mount *source, struct hlist_head *tree)
{
	int err = check_over(mp->m_dentry);

	return err ?: orig_propagate(dest, mp, source, tree);
}

static int (*orig_propagate_umount)(struct list_head *list) __ro_after_init;

/*
 * A tree of mounts goes, and copies of ours may be in it, however deep; with
 * each the originals would go, too. One that is locked to its place stays
 * (fs/pnode.c), and nobody else sees that, as the caller holds mount_lock for
 * writing. Since 6.17 the original returns nothing.
 */
static int gate_propagate_umount(struct list_head *list)
{
	int ret;

	if (policy_proves())
		return protect_refused(protect_sample());
	protect_lock_mounts();
	ret = orig_propagate_umount(list);
	protect_unlock_mounts();
	return ret;
}

/* The originals only ask for permission, and do nothing. */
static long prove_sb_mount(void)
{
	return orig_sb_mount("none", &protect_sample()->path, "tmpfs", 0, NULL);
}

static long prove_move_mount(void)
{
	return orig_move_mount(&protect_sample()->path,
			       &protect_sample()->path);
}

static long prove_sb_umount(void)
{
	return orig_sb_umount(protect_sample()->path.mnt, MNT_DETACH);
}

static long prove_pivotroot(void)
{
	return orig_pivotroot(&protect_sample()->path, &protect_sample()->path);
}

/*
 * The kernel's own mount of files that have no name is in nobody's namespace,
 * and has no peers and no slaves, so that nothing is propagated: 0.
 */
static long prove_propagate(void)
{
	struct seal_mountpoint mp = {
		.m_dentry = protect_sample()->path.dentry,
	};
	struct hlist_head tree = HLIST_HEAD_INIT;
	struct seal_mount *alone;
	struct file *file;
	long ret;

	file = anon_inode_getfile("[seal]", &generic_ro_fops, NULL, O_RDONLY);
	if (IS_ERR(file))
		return HOOK_NOT_CALLED;
	alone = compat_lone_mount(file->f_path.mnt);
	ret = orig_propagate(alone, &mp, alone, &tree);
	fput(file);
	return ret;
}

/* Of no mounts there is nothing to do. */
static long prove_propagate_umount(void)
{
	LIST_HEAD(none);

	return orig_propagate_umount(&none);
}

static const struct hook hooks[] __initconst = {
	HOOK("security_sb_mount", gate_sb_mount, &orig_sb_mount,
	     prove_sb_mount),
	HOOK("security_move_mount", gate_move_mount, &orig_move_mount,
	     prove_move_mount),
	HOOK("security_sb_umount", gate_sb_umount, &orig_sb_umount,
	     prove_sb_umount),
	HOOK("security_sb_pivotroot", gate_pivotroot, &orig_pivotroot,
	     prove_pivotroot),
	HOOK("propagate_mnt", gate_propagate, &orig_propagate,
	     prove_propagate),
	{
		.name = "propagate_umount",
		.replacement = gate_propagate_umount,
		.original = &orig_propagate_umount,
		.prove = prove_propagate_umount,
		.seals = true,
	},
};

void __init gate_mount_init(void)
{
	if (protect_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
}
