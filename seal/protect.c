// SPDX-License-Identifier: GPL-2.0
/*
 * What must not change, and the way to it: questions. The set is filled once
 * and never changes: what is held cannot be reused, moved away or unmounted.
 */
#include "protect.h"

#include <linux/cache.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/mount.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "policy.h"
#include "protect_set.h"

/* Did anything have to be, when the gates were planted? */
static bool guarded __ro_after_init;

int __init protect_init(void)
{
	int err = protect_names_add();

	if (!err && protect_any()) {
		protect_set_settle();
		err = protect_names_check();
	}
	if (err)
		protect_set_release();
	guarded = protect_any();
	return err;
}

void protect_exit(void)
{
	protect_set_release();
}

bool protect_any(void)
{
	return protect_count;
}

bool protect_reached_by(const struct vfsmount *mnt)
{
	const struct reached *r;

	list_for_each_entry(r, &protect_mounts, list)
		if (r->mnt == mnt)
			return true;
	return false;
}

bool protect_reached_beyond(const struct vfsmount *mnt)
{
	const struct reached *r;

	list_for_each_entry(r, &protect_mounts, list)
		if (r->mnt != mnt)
			return true;
	return false;
}

void protect_lock_mounts(void)
{
	struct reached *r;

	list_for_each_entry(r, &protect_mounts, list) {
		r->locked = !(r->mnt->mnt_flags & MNT_LOCKED);
		r->mnt->mnt_flags |= MNT_LOCKED;
	}
}

void protect_unlock_mounts(void)
{
	struct reached *r;

	list_for_each_entry(r, &protect_mounts, list) {
		if (r->locked)
			r->mnt->mnt_flags &= ~MNT_LOCKED;
		r->locked = false;
	}
}

const struct protected *protect_sample(void)
{
	return list_first_entry(&protect_all, struct protected, list);
}

int protect_each_sb(int (*visit)(const struct super_block *sb))
{
	const struct protected *p;
	int err = 0;

	list_for_each_entry(p, &protect_all, list) {
		if (p->kind == PROTECT_ITSELF)
			err = visit(p->path.dentry->d_sb);
		if (err)
			break;
	}
	return err;
}

int protect_refused_cap(const struct protected *p, int cap)
{
	char *buf = policy_proves() ? NULL : kmalloc(PATH_MAX, GFP_KERNEL);
	char *text = buf ? d_path(&p->path, buf, PATH_MAX) : NULL;
	const struct seal_event ev = {
		.door = DOOR_FILE_CHANGE,
		.cap = cap,
		.text = IS_ERR_OR_NULL(text) ? "(path too long)" : text,
	};
	int err = seal_check(&ev);

	kfree(buf);
	return err;
}

int protect_refused(const struct protected *p)
{
	int err = protect_refused_cap(p, 0);

	if (err || policy_level() == LEVEL_SEALED)
		return err;
	/* While the seal is being put on, and raised. */
	return policy_is_strict() ? -EBUSY : 0;
}

void protect_show(struct seq_file *m)
{
	const struct named *n;

	seq_printf(m, "protected.files: %zu\n", protect_count);
	list_for_each_entry(n, &protect_named, list)
		seq_printf(m, "protected: %s\n", n->path);
}

int protect_harden(void)
{
	int err = protect_set_shut() ?: protect_names_add();

	if (!err && protect_any()) {
		protect_set_settle();
		err = protect_set_renew();
	}
	if (!err && protect_any()) {
		protect_set_settle();	/* nor by what has come */
		err = protect_names_check();
	}
	if (!err && protect_any() && !guarded) {
		pr_err("files to be protected have come since: load it again\n");
		err = -EAGAIN;
	}
	if (err)
		protect_soften();
	return err;
}

void protect_soften(void)
{
	protect_set_open();
}

void protect_announce(void)
{
	const struct named *n;

	list_for_each_entry(n, &protect_named, list)
		pr_notice("protected: %s\n", n->path);
}
