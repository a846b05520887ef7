// SPDX-License-Identifier: GPL-2.0
/*
 * The file door, as far as shadow.c cannot stand in it: what is done to an
 * entry of a directory that is not protected, and to attributes that no inode
 * operation sets. None of these is asked to look up, open, read or write a
 * file. A BPF program can make functions of these names refuse, but not let
 * pass: whatever they return but 0 their callers take for a refusal
 * (fs/namei.c, fs/xattr.c).
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/dcache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mount.h>

#include "hook.h"
#include "protect.h"

/* Its name must stay what and where it is, also on the way to others. */
static int check_entry(const struct dentry *dentry)
{
	const struct protected *p = protect_find(d_inode(dentry));

	return p ? protect_refused(p) : 0;
}

/* Its content and attributes must. */
static int check_inode(const struct inode *inode)
{
	const struct protected *p = protect_find(inode);

	return p && p->kind == PROTECT_ITSELF ? protect_refused(p) : 0;
}

static int (*orig_unlink)(struct inode *dir, struct dentry *dentry)
	__ro_after_init;
static int (*orig_rmdir)(struct inode *dir, struct dentry *dentry)
	__ro_after_init;
static int (*orig_rename)(struct inode *old_dir, struct dentry *old_dentry,
			  struct inode *new_dir, struct dentry *new_dentry,
			  unsigned int flags) __ro_after_init;
static int (*orig_link)(struct dentry *old_dentry, struct inode *dir,
			struct dentry *new_dentry) __ro_after_init;
static int (*orig_setxattr)(COMPAT_IDMAP_PARAM struct dentry *dentry,
			    const char *name, const void *value, size_t size,
			    int flags) __ro_after_init;
static int (*orig_removexattr)(COMPAT_IDMAP_PARAM struct dentry *dentry,
			       const char *name) __ro_after_init;

static int gate_unlink(struct inode *dir, struct dentry *dentry)
{
	int err = check_entry(dentry);

	return err ?: orig_unlink(dir, dentry);
}

static int gate_rmdir(struct inode *dir, struct dentry *dentry)
{
	int err = check_entry(dentry);

	return err ?: orig_rmdir(dir, dentry);
}

static int gate_rename(struct inode *old_dir, struct dentry *old_dentry,
		       struct inode *new_dir, struct dentry *new_dentry,
		       unsigned int flags)
{
	int err = check_entry(old_dentry);

	if (!err)
		err = check_entry(new_dentry);
	return err ?: orig_rename(old_dir, old_dentry, new_dir, new_dentry,
				  flags);
}

static int gate_link(struct dentry *old_dentry, struct inode *dir,
		     struct dentry *new_dentry)
{
	int err = check_inode(d_inode(old_dentry));

	return err ?: orig_link(old_dentry, dir, new_dentry);
}

/* For some names it is the original that finds that one may not. */
static int gate_setxattr(COMPAT_IDMAP_PARAM struct dentry *dentry,
			 const char *name, const void *value, size_t size,
			 int flags)
{
	int err = orig_setxattr(COMPAT_IDMAP dentry, name, value, size, flags);

	return err ?: check_inode(d_inode(dentry));
}

static int gate_removexattr(COMPAT_IDMAP_PARAM struct dentry *dentry,
			    const char *name)
{
	int err = orig_removexattr(COMPAT_IDMAP dentry, name);

	return err ?: check_inode(d_inode(dentry));
}

/* The originals only ask for permission, and do nothing. */
static struct dentry *sample(void)
{
	return protect_sample()->path.dentry;
}

static long prove_unlink(void)
{
	return orig_unlink(d_inode(sample()), sample());
}

static long prove_rmdir(void)
{
	return orig_rmdir(d_inode(sample()), sample());
}

static long prove_rename(void)
{
	return orig_rename(d_inode(sample()), sample(), d_inode(sample()),
			   sample(), 0);
}

static long prove_link(void)
{
	return orig_link(sample(), d_inode(sample()), sample());
}

static long prove_setxattr(void)
{
	return orig_setxattr(COMPAT_IDMAP_OF(protect_sample()->path.mnt)
			     sample(), "user.seal", "", 0, 0);
}

static long prove_removexattr(void)
{
	return orig_removexattr(COMPAT_IDMAP_OF(protect_sample()->path.mnt)
				sample(), "user.seal");
}

#ifndef COMPAT_FILEATTR_SET
static int (*orig_setflags)(struct inode *inode, unsigned int oldflags,
			    unsigned int flags) __ro_after_init;
static int (*orig_fssetxattr)(struct inode *inode,
			      const struct fsxattr *old_fa,
			      struct fsxattr *fa) __ro_after_init;

static int gate_setflags(struct inode *inode, unsigned int oldflags,
			 unsigned int flags)
{
	int err = check_inode(inode);

	return err ?: orig_setflags(inode, oldflags, flags);
}

static int gate_fssetxattr(struct inode *inode, const struct fsxattr *old_fa,
			   struct fsxattr *fa)
{
	int err = check_inode(inode);

	return err ?: orig_fssetxattr(inode, old_fa, fa);
}

static long prove_setflags(void)
{
	return orig_setflags(d_inode(sample()), 0, 0);
}

static long prove_fssetxattr(void)
{
	struct fsxattr old = { }, new = { };

	return orig_fssetxattr(d_inode(sample()), &old, &new);
}
#endif

static const struct hook hooks[] __initconst = {
	HOOK("security_inode_unlink", gate_unlink, &orig_unlink, prove_unlink),
	HOOK("security_inode_rmdir", gate_rmdir, &orig_rmdir, prove_rmdir),
	HOOK("security_inode_rename", gate_rename, &orig_rename, prove_rename),
	HOOK("security_inode_link", gate_link, &orig_link, prove_link),
	HOOK("security_inode_setxattr", gate_setxattr, &orig_setxattr,
	     prove_setxattr),
	HOOK("security_inode_removexattr", gate_removexattr, &orig_removexattr,
	     prove_removexattr),
#ifndef COMPAT_FILEATTR_SET
	HOOK("vfs_ioc_setflags_prepare", gate_setflags, &orig_setflags,
	     prove_setflags),
	HOOK("vfs_ioc_fssetxattr_check", gate_fssetxattr, &orig_fssetxattr,
	     prove_fssetxattr),
#endif
};

void __init gate_change_init(void)
{
	if (protect_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
}
