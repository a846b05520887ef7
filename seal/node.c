// SPDX-License-Identifier: GPL-2.0
/*
 * A file is opened by taking a reference to the module that owns its operations,
 * and the kernel warns if it gets none (fs/open.c: do_dentry_open()), which is so
 * from when a removal has begun until it has taken the file away. So they are
 * owned by what is no module, always gives a reference and only counts them; an
 * open file holds the module itself.
 */
#include "node.h"

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/security.h>

#include "seal.h"

struct module node_owner = {
	.state = MODULE_STATE_LIVE,
	.name = KBUILD_MODNAME,
	.refcnt = ATOMIC_INIT(1),
};

int __init node_create(const char *name, umode_t mode, struct dentry *dir,
		       const struct file_operations *fops, struct dentry **node)
{
	struct dentry *dentry = securityfs_create_file(name, mode, dir, NULL,
						       fops);

	if (IS_ERR(dentry)) {
		pr_err("cannot make the %s file in securityfs: error %ld\n",
		       name, PTR_ERR(dentry));
		return PTR_ERR(dentry);
	}
	*node = dentry;
	return 0;
}

/*
 * Who holds on to the file, by a path that is open, could open it later; so it
 * is left with operations that are not ours.
 */
void node_remove(struct dentry *node, struct dentry *dir)
{
	if (!node)
		return;
	WRITE_ONCE(d_inode(node)->i_fop, d_inode(dir)->i_fop);
	securityfs_remove(node);
}

int node_enter(void)
{
	return try_module_get(THIS_MODULE) ? 0 : -ENODEV;
}

void node_leave(void)
{
	module_put(THIS_MODULE);
}

/*
 * Between finding the operations and the reference nobody sleeps, nor in what
 * module_put() does after its count.
 */
void node_await(void)
{
	synchronize_rcu_tasks();
	while (atomic_read(&node_owner.refcnt) > 1)
		schedule_timeout_uninterruptible(1);
	synchronize_rcu_tasks();
}
