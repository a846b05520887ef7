// SPDX-License-Identifier: GPL-2.0
/*
 * How what must not change is taken in: a protected directory takes no new
 * entries from before it is read on, a file no writers from before it is in.
 */
#include "protect_set.h"

#include <linux/cache.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/limits.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "audit.h"
#include "entries.h"
#include "init_root.h"
#include "policy.h"
#include "seal.h"
#include "shadow.h"
#include "trusted_fs.h"

/* Others look already while the set is filled. */
static DEFINE_HASHTABLE(by_inode, 12);

LIST_HEAD(protect_all);
LIST_HEAD(protect_mounts);
LIST_HEAD(protect_named);
size_t protect_count;

static const char *doing_param;
static const char *doing_path;
static const struct inode *ours;

void protect_doing(const char *param, const char *path)
{
	doing_param = param;
	doing_path = path;
}

void protect_set_ours(const struct inode *inode)
{
	ours = inode;
}

/* The innermost reason is the one that counts. */
static bool told;

int protect_failed(int err, const char *why)
{
	if (told)
		goto out;
	told = true;
	if (why)
		pr_err("parameter %s=\"%*pE\": %s\n", doing_param,
		       (int)strlen(doing_path), doing_path, why);
	else
		pr_err("parameter %s=\"%*pE\": cannot be protected: %pe\n",
		       doing_param, (int)strlen(doing_path), doing_path,
		       ERR_PTR(err));
out:
	/* insmod takes -ENOENT for a missing symbol. */
	return err == -ENOENT ? -EINVAL : err;
}

static int failed_at(const struct path *path, const char *why)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	char *text = buf ? d_path(path, buf, PATH_MAX) : NULL;

	if (IS_ERR_OR_NULL(text))
		protect_failed(-EINVAL, why);
	else
		pr_err("parameter %s=\"%*pE\": \"%*pE\": %s\n", doing_param,
		       (int)strlen(doing_path), doing_path, (int)strlen(text),
		       text, why);
	told = true;
	kfree(buf);
	return -EINVAL;
}

/* Nothing is taken out while somebody may look: protect_set_release(). */
static struct protected *find(const struct inode *inode)
{
	struct protected *p;

	hash_for_each_possible_rcu(by_inode, p, hash, (unsigned long)inode,
				   true)
		if (d_inode(p->path.dentry) == inode)
			return p;
	return NULL;
}

const struct protected *protect_find(const struct inode *inode)
{
	return inode ? find(inode) : NULL;
}

static int note_mount(struct vfsmount *mnt)
{
	struct reached *r;

	if (protect_reached_by(mnt))
		return 0;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return protect_failed(-ENOMEM, NULL);
	r->mnt = mntget(mnt);
	list_add_rcu(&r->list, &protect_mounts);
	return 0;
}

static struct protected *add(const struct path *path)
{
	struct protected *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p) {
		protect_failed(-ENOMEM, NULL);
		return NULL;
	}
	p->path = *path;
	path_get(&p->path);
	hash_add_rcu(by_inode, &p->hash, (unsigned long)d_inode(path->dentry));
	list_add_tail(&p->list, &protect_all);
	return p;
}

int protect_add_way(const struct path *path)
{
	if (find(d_inode(path->dentry)))
		return 0;
	return add(path) ? 0 : -ENOMEM;
}

/* All directories and mounts that path lies in, but for init's root. */
static int add_ways(const struct path *path)
{
	struct path root, at = *path;
	struct dentry *parent;
	int err = 0;

	init_root_get(&root);
	path_get(&at);
	while (!err && !path_equal(&at, &root)) {
		err = protect_add_way(&at) ?: note_mount(at.mnt);
		if (err)
			break;
		if (at.dentry == at.mnt->mnt_root) {
			if (!follow_up(&at))
				break;
			continue;
		}
		parent = dget_parent(at.dentry);
		dput(at.dentry);
		at.dentry = parent;
	}
	if (!err)
		err = note_mount(at.mnt);
	path_put(&at);
	path_put(&root);
	return err;
}

/* In audit it is not; would it go? */
static int would_shut(const struct protected *p)
{
	const struct inode *inode = d_inode(p->path.dentry);

	if (!inode->i_nlink || inode == ours ||
	    atomic_read(&inode->i_writecount) <= 0)
		return 0;
	failed_at(&p->path, "somebody has it open for writing");
	told = false;
	return policy_hindered(-EINVAL);
}

/*
 * As deny_write_access(), which wants a file. Where the kernel itself is the one
 * writer it goes on (fs/read_write.c:kernel_write), and nobody joins it: an open
 * by the file system's own handle asks nothing else (fs/xfs/xfs_ioctl.c).
 */
static bool deny_writers(struct inode *inode)
{
	if (inode == ours)
		return atomic_cmpxchg(&inode->i_writecount, 1, -1) == 1;
	return atomic_dec_unless_positive(&inode->i_writecount);
}

static void allow_writers(struct protected *p)
{
	struct inode *inode = d_inode(p->path.dentry);

	if (p->denied)
		atomic_add(inode == ours ? 2 : 1, &inode->i_writecount);
	p->denied = false;
}

static int shut(struct protected *p)
{
	struct inode *inode = d_inode(p->path.dentry);

	if (!S_ISREG(inode->i_mode) || p->denied)
		return 0;
	/* What is gone is nobody's next boot. */
	if (!policy_is_strict() || !inode->i_nlink)
		return would_shut(p);
	if (!deny_writers(inode))
		return failed_at(&p->path, "somebody has it open for writing");
	p->denied = true;
	return 0;
}

/* A device, FIFO or socket leads elsewhere; its directory keeps the entry. */
static bool can_change(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) ||
	       S_ISLNK(inode->i_mode);
}

static int add_itself(const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);
	const char *why = trusted_fs_problem(inode);
	struct protected *p = find(inode);
	int err;

	if (why)
		return failed_at(path, why);
	err = note_mount(path->mnt);
	if (err || (p && p->kind == PROTECT_ITSELF))
		return err;
	if (!p)
		p = add(path);
	else	/* behind the one that is being read */
		list_move_tail(&p->list, &protect_all);
	if (!p)
		return -ENOMEM;
	/* Who could not be guarded is not in, and can be tried again. */
	if (can_change(inode) && shadow_cast(p))
		return protect_failed(-ENOMEM, NULL);
	p->kind = PROTECT_ITSELF;
	protect_count++;
	return shut(p);
}

static int add_entry(const struct path *dir, const char *name,
		     unsigned int type, void *data)
{
	struct path path;
	int err;

	err = vfs_path_lookup(dir->dentry, dir->mnt, name, 0, &path);
	if (err)
		return err == -ENOENT ? 0 : protect_failed(err, NULL);
	err = add_itself(&path);
	/* What is mounted there hides the entry, which may come to light. */
	if (!err && path.mnt != dir->mnt)
		err = add_ways(&path);
	path_put(&path);
	return err;
}

/*
 * Who was let into the directory before it was guarded still holds its lock,
 * for which its reader waits.
 */
static int add_below(const struct protected *dir)
{
	int err = entries_each(&dir->path, add_entry, NULL);

	if (!err && fatal_signal_pending(current))
		err = -EINTR;
	cond_resched();
	return err ? protect_failed(err, NULL) : 0;
}

/* All directories that came in, and come in meanwhile, at the list's end. */
static int add_all_below(void)
{
	struct protected *p;
	int err = 0;

	list_for_each_entry(p, &protect_all, list) {
		if (p->read || p->kind != PROTECT_ITSELF ||
		    !d_is_dir(p->path.dentry))
			continue;
		p->read = true;
		err = add_below(p);
		if (err)
			break;
	}
	return err;
}

static int note_name(const struct path *path)
{
	char *buf, *text;
	struct named *n;

	n = kzalloc(sizeof(*n), GFP_KERNEL);
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	text = buf ? d_path(path, buf, PATH_MAX) : NULL;
	if (n && !IS_ERR_OR_NULL(text))
		n->path = audit_quoted(text);
	kfree(buf);
	if (!n || !n->path) {
		kfree(n);
		return protect_failed(-ENOMEM, NULL);
	}
	list_add_tail_rcu(&n->list, &protect_named);
	return 0;
}

/* A name that leads to another file by now is told once. */
static bool is_named(const struct path *path)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	char *text = buf ? d_path(path, buf, PATH_MAX) : NULL;
	char *name = IS_ERR_OR_NULL(text) ? NULL : audit_quoted(text);
	const struct named *n;
	bool found = false;

	if (name)
		list_for_each_entry(n, &protect_named, list)
			found |= !strcmp(n->path, name);
	kfree(name);
	kfree(buf);
	return found;
}

int protect_add(const struct path *path)
{
	struct protected *p = find(d_inode(path->dentry));
	int err;

	if (p && p->kind == PROTECT_ITSELF)
		return add_ways(path);
	err = is_named(path) ? 0 : note_name(path);
	if (!err)
		err = add_itself(path);
	if (!err)
		err = add_ways(path);
	return err ?: add_all_below();
}

void protect_set_settle(void)
{
	shadow_settle(&protect_all);
}

int protect_set_shut(void)
{
	struct protected *p;
	int err = 0;

	told = false;
	protect_doing("mode", "enforce");
	list_for_each_entry(p, &protect_all, list) {
		if (p->kind == PROTECT_ITSELF)
			err = shut(p);
		if (err)
			break;
	}
	return err;
}

int protect_set_renew(void)
{
	struct protected *p;

	protect_doing("mode", "enforce");
	list_for_each_entry(p, &protect_all, list)
		p->read = false;
	return add_all_below();
}

void protect_set_open(void)
{
	struct protected *p;

	list_for_each_entry(p, &protect_all, list)
		allow_writers(p);
}

static void release_all(void)
{
	struct protected *p, *next;

	list_for_each_entry_safe(p, next, &protect_all, list) {
		allow_writers(p);
		path_put(&p->path);
		kfree(p);
	}
}

void protect_set_release(void)
{
	struct reached *r, *next_r;
	struct named *n, *next_n;
	struct protected *p;

	list_for_each_entry(p, &protect_all, list)
		shadow_lift(p);
	shadow_leave();
	release_all();
	list_for_each_entry_safe(r, next_r, &protect_mounts, list) {
		mntput(r->mnt);
		kfree(r);
	}
	list_for_each_entry_safe(n, next_n, &protect_named, list) {
		kfree(n->path);
		kfree(n);
	}
}
