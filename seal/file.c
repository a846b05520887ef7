// SPDX-License-Identifier: GPL-2.0
/*
 * Files that the parameters name, read once, while the seal is put on.
 */
#include "file.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>

#include "seal.h"

static const char *distrust(const struct inode *inode, size_t max)
{
	if (!S_ISREG(inode->i_mode))
		return "it is not a regular file";
	if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID))
		return "it does not belong to root";
	if (inode->i_mode & 0022)
		return "others than its owner may write it";
	if (i_size_read(inode) == 0)
		return "it is empty";
	if (i_size_read(inode) > max)
		return "it is too large";
	return NULL;
}

/* kernel_read_file() keeps writers out meanwhile. */
static int read_all(struct file *file, size_t max, enum kernel_read_file_id id,
		    void **data, size_t *size)
{
	int err;

	*data = NULL;
	err = kernel_read_file(file, 0, data, max, size, id);
	if (err < 0)
		return err;
	return *size ? 0 : -ENODATA;
}

int __init file_read(const char *param, const char *path, size_t max,
		     enum kernel_read_file_id id, void **data, size_t *size)
{
	const char *why;
	struct file *file;
	int err;

	if (*path != '/') {
		pr_err("parameter %s=\"%*pE\": the path is not absolute\n",
		       param, (int)strlen(path), path);
		return -EINVAL;
	}
	/* O_NONBLOCK: to open a FIFO would wait for its writer. */
	file = filp_open(path, O_RDONLY | O_LARGEFILE | O_NONBLOCK, 0);
	if (IS_ERR(file)) {
		pr_err("parameter %s=\"%*pE\": cannot be opened: %pe\n", param,
		       (int)strlen(path), path, file);
		/* insmod takes -ENOENT for a missing symbol. */
		return -EINVAL;
	}
	why = distrust(file_inode(file), max);
	if (why) {
		pr_err("parameter %s=\"%*pE\": %s\n", param, (int)strlen(path),
		       path, why);
		err = -EINVAL;
		goto out;
	}
	err = read_all(file, max, id, data, size);
	if (err)
		pr_err("parameter %s=\"%*pE\": cannot be read: error %d\n",
		       param, (int)strlen(path), path, err);
out:
	fput(file);
	return err;
}
