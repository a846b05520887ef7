// SPDX-License-Identifier: GPL-2.0
#include "sysfs.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/printk.h>

#include "seal.h"

static struct vfsmount *mounted;

int sysfs_open(void)
{
	struct file_system_type *type = get_fs_type("sysfs");

	if (!type) {
		pr_err("this kernel has no sysfs, which shows what block devices are made of (raw=yes does without)\n");
		return -ENODEV;
	}
	mounted = kern_mount(type);
	module_put(type->owner);
	if (IS_ERR(mounted)) {
		pr_err("cannot mount sysfs, which shows what block devices are made of: error %ld (raw=yes does without)\n",
		       PTR_ERR(mounted));
		return PTR_ERR(mounted);
	}
	return 0;
}

void sysfs_close(void)
{
	kern_unmount(mounted);
}

int sysfs_look_up(const char *name, struct path *path)
{
	/* Links in sysfs lead up and down again: they need its root. */
	return vfs_path_lookup(mounted->mnt_root, mounted, name, LOOKUP_FOLLOW,
			       path);
}

/* fs/sysfs/dir.c */
dev_t sysfs_dev(const struct path *path)
{
	const struct kernfs_node *kn = d_inode(path->dentry)->i_private;
	const struct kobject *kobj = kn->priv;

	return container_of(kobj, struct device, kobj)->devt;
}
