// SPDX-License-Identifier: GPL-2.0
#include "init_root.h"

#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "program.h"

/* Changes once at most. */
static struct path held;
static DEFINE_SPINLOCK(held_lock);

void init_root_hold(void)
{
	if (program_exists_any())
		get_fs_root(compat_init_fs(), &held);
}

void init_root_release(void)
{
	path_put(&held);
	held = (struct path){};
}

void init_root_get(struct path *root)
{
	spin_lock(&held_lock);
	*root = held;
	path_get(root);
	spin_unlock(&held_lock);
	if (!root->mnt)
		get_fs_root(compat_init_fs(), root);
}

bool init_root_is_initramfs(const struct path *root)
{
	return !strcmp(root->mnt->mnt_sb->s_type->name, "rootfs");
}

void init_root_see_exec(void)
{
	struct path root, was;

	if (!is_global_init(current))
		return;
	init_root_get(&was);
	get_fs_root(current->fs, &root);
	if (init_root_is_initramfs(&was) && !init_root_is_initramfs(&root)) {
		spin_lock(&held_lock);
		swap(held, root);
		spin_unlock(&held_lock);
	}
	path_put(&root);
	path_put(&was);
}
