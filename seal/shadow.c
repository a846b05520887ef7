// SPDX-License-Identifier: GPL-2.0
/*
 * How a file is guarded without a hook that others would run through: the
 * protected inode, and no other, gets a copy of its file system's inode
 * operations in which those that lead to a change ask first. inode_permission()
 * comes by ->permission for every open for writing, truncation and entry made
 * or removed in a directory; notify_change() by ->setattr; chattr and ACLs by
 * theirs (fs/namei.c, fs/attr.c, fs/posix_acl.c, the same from 5.10 to 7.3).
 * All else of the copy is the file system's own.
 *
 * Second line: i_writecount below zero, with which every open for writing
 * fails in do_dentry_open() (ETXTBSY), also those that the kernel makes without
 * asking for permission.
 */
#include "shadow.h"

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "policy.h"

/* One for each set of operations that was met. */
struct shadow {
	struct list_head list;
	const struct inode_operations *was;
	struct inode_operations ops;
};

static LIST_HEAD(shadows);

/* How many tasks are in the functions below. */
static atomic_t inside;

/*
 * access(2) only wants to know, and so does a link's maker, who asks for
 * reading and writing without opening (fs/namei.c:safe_hardlink_source).
 */
static bool only_asks(int mask)
{
	return mask & MAY_ACCESS || (mask & MAY_READ && !(mask & MAY_OPEN));
}

/* The file system is asked first: whom it refuses causes no line. */
static int ask_permission(COMPAT_IDMAP_PARAM struct inode *inode, int mask)
{
	const struct protected *p;
	int err;

	/* Pairs with shadow_cast(): who got here finds @was. */
	smp_rmb();
	p = protect_find(inode);
	if (p->was->permission)
		err = p->was->permission(COMPAT_IDMAP inode, mask);
	else
		err = generic_permission(COMPAT_IDMAP inode, mask);
	if (err || !(mask & MAY_WRITE))
		return err;
	if (mask & MAY_NOT_BLOCK)
		return -ECHILD;
	if (only_asks(mask))
		return policy_audits() ? 0 : -EACCES;
	return protect_refused(p);
}

static int shadow_permission(COMPAT_IDMAP_PARAM struct inode *inode, int mask)
{
	int err;

	atomic_inc(&inside);
	err = ask_permission(COMPAT_IDMAP inode, mask);
	atomic_dec(&inside);
	return err;
}

static const struct inode_operations *was(const struct inode *inode)
{
	return protect_find(inode)->was;
}

static int refused(const struct inode *inode)
{
	return protect_refused(protect_find(inode));
}

/* What is not refused, in audit, is the file system's. As notify_change(). */
static int pass_setattr(COMPAT_IDMAP_PARAM struct dentry *dentry,
			struct iattr *attr)
{
	const struct inode_operations *op = was(d_inode(dentry));

	if (op->setattr)
		return op->setattr(COMPAT_IDMAP dentry, attr);
	return simple_setattr(COMPAT_IDMAP dentry, attr);
}

/*
 * Asked only, so as not to refuse what the file system does: with ATTR_KILL_PRIV
 * the answer would take the file's capabilities with it.
 */
static int ask_setattr(COMPAT_IDMAP_PARAM struct dentry *dentry,
		       const struct iattr *attr)
{
	struct iattr asked = *attr;

	asked.ia_valid &= ~ATTR_KILL_PRIV;
	return setattr_prepare(COMPAT_IDMAP dentry, &asked);
}

static int shadow_setattr(COMPAT_IDMAP_PARAM struct dentry *dentry,
			  struct iattr *attr)
{
	int err;

	atomic_inc(&inside);
	err = ask_setattr(COMPAT_IDMAP dentry, attr) ?:
	      refused(d_inode(dentry)) ?:
	      pass_setattr(COMPAT_IDMAP dentry, attr);
	atomic_dec(&inside);
	return err;
}

/* Both callers have asked whether the task owns the inode. */
static int shadow_set_acl(COMPAT_IDMAP_PARAM COMPAT_ACL_ON on,
			  struct posix_acl *acl, int type)
{
	const struct inode *inode = compat_acl_inode(on);
	int err;

	atomic_inc(&inside);
	err = refused(inode) ?:
	      was(inode)->set_acl(COMPAT_IDMAP on, acl, type);
	atomic_dec(&inside);
	return err;
}

#ifdef COMPAT_FILEATTR_SET
static int shadow_fileattr_set(COMPAT_IDMAP_PARAM struct dentry *dentry,
			       struct file_kattr *fa)
{
	int err;

	atomic_inc(&inside);
	err = refused(d_inode(dentry)) ?:
	      was(d_inode(dentry))->fileattr_set(COMPAT_IDMAP dentry, fa);
	atomic_dec(&inside);
	return err;
}
#endif

/* What the file system does not know need not be refused. */
static void fill(struct shadow *s)
{
	s->ops = *s->was;
	s->ops.permission = shadow_permission;
	s->ops.setattr = shadow_setattr;
	if (s->ops.set_acl)
		s->ops.set_acl = shadow_set_acl;
#ifdef COMPAT_FILEATTR_SET
	if (s->ops.fileattr_set)
		s->ops.fileattr_set = shadow_fileattr_set;
#endif
}

static struct shadow *find_shadow(const struct inode_operations *was)
{
	struct shadow *s;

	list_for_each_entry(s, &shadows, list)
		if (s->was == was)
			return s;
	/* The operations want to be aligned. */
	s = kzalloc(roundup_pow_of_two(sizeof(*s)), GFP_KERNEL);
	if (!s)
		return NULL;
	s->was = was;
	fill(s);
	list_add(&s->list, &shadows);
	return s;
}

/*
 * Pairs with do_inode_permission() (fs/namei.c), which does not ask an inode
 * again that was found to have no ->permission.
 */
static void ask_always(struct inode *inode)
{
	spin_lock(&inode->i_lock);
	inode->i_opflags &= ~IOP_FASTPERM;
	spin_unlock(&inode->i_lock);
}

int shadow_cast(struct protected *p)
{
	struct inode *inode = d_inode(p->path.dentry);
	struct shadow *s = find_shadow(inode->i_op);

	if (!s)
		return -ENOMEM;
	p->was = s->was;
	/* Who sees the operations sees where they lead on. */
	smp_store_release(&inode->i_op, &s->ops);
	ask_always(inode);
	return 0;
}

/*
 * Somebody may have read the old operations and then written the flag. Nobody
 * sleeps between the two.
 */
void shadow_settle(struct list_head *all)
{
	struct protected *p;

	synchronize_rcu_tasks();
	list_for_each_entry(p, all, list)
		if (p->was)
			ask_always(d_inode(p->path.dentry));
}

void shadow_lift(struct protected *p)
{
	if (p->was)
		WRITE_ONCE(d_inode(p->path.dentry)->i_op, p->was);
}

void shadow_leave(void)
{
	struct shadow *s, *next;

	if (list_empty(&shadows))
		return;
	/* Who read our operations is in our functions, or was. */
	synchronize_rcu_tasks();
	synchronize_rcu();
	while (atomic_read(&inside))
		msleep(20);
	/* Who said to be out has returned. */
	synchronize_rcu_tasks();
	list_for_each_entry_safe(s, next, &shadows, list)
		kfree(s);
	INIT_LIST_HEAD(&shadows);
}
