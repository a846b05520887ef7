// SPDX-License-Identifier: GPL-2.0
/*
 * Files whose content is known and stays: what a hole's program consists of.
 */
#include "vouched.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "content.h"
#include "policy.h"
#include "trusted_fs.h"

/* More than any program or library that a hole may need: held in memory. */
#define SIZE_LIMIT SZ_1G

static const char *unfit_inode(const struct inode *inode, bool executable)
{
	if (S_ISDIR(inode->i_mode))
		return "it is a directory";
	if (!S_ISREG(inode->i_mode))
		return "it is not a regular file";
	if (executable && !(inode->i_mode & 0111))
		return "it is not executable";
	if (i_size_read(inode) > SIZE_LIMIT)
		return "it is too large";
	return trusted_fs_problem(inode);
}

static struct file *open_fit(const char *name, bool executable,
			     const char **why)
{
	struct file *file;
	struct path path;
	int err;

	err = kern_path(name, LOOKUP_FOLLOW, &path);
	if (err)
		return ERR_PTR(err);
	*why = unfit_inode(d_inode(path.dentry), executable);
	if (*why)
		file = ERR_PTR(-EINVAL);
	else
		file = dentry_open(&path, O_RDONLY | O_LARGEFILE, current_cred());
	path_put(&path);
	return file;
}

static int name_path(struct vouched *v)
{
	char *buf, *path;

	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	path = d_path(&v->file->f_path, buf, PATH_MAX);
	v->path = IS_ERR(path) ? NULL : kstrdup(path, GFP_KERNEL);
	kfree(buf);
	if (IS_ERR(path))
		return PTR_ERR(path);
	return v->path ? 0 : -ENOMEM;
}

/* Who has it open for writing keeps the seal off, but with mode=audit. */
static int check_writers(const struct vouched *v, const char *name)
{
	if (policy_is_strict() ||
	    atomic_read(&file_inode(v->file)->i_writecount) <= 0)
		return 0;
	pr_warn("\"%*pE\": somebody has it open for writing\n",
		(int)strlen(name), name);
	return policy_hindered(-ETXTBSY);
}

static int take_content(struct vouched *v, const char *name, const char **why)
{
	int err = check_writers(v, name);

	if (err)
		return err;
	v->content = content_get(v->file, why);
	if (IS_ERR(v->content))
		return PTR_ERR(v->content);
	memcpy(v->digest, v->content->digest, sizeof(v->digest));
	return 0;
}

int vouched_harden(struct vouched *v)
{
	const char *why = "it cannot be read";
	int err = content_close(v->content, &why);

	if (err)
		pr_err("\"%*pE\": %s\n", (int)strlen(v->path), v->path, why);
	return err;
}

void vouched_soften(struct vouched *v)
{
	content_open(v->content);
}

int vouched_hold(struct vouched *v, const char *name, bool executable,
		 const char **why)
{
	int err;

	*why = NULL;
	v->file = open_fit(name, executable, why);
	if (IS_ERR(v->file))
		return PTR_ERR(v->file);
	err = name_path(v);
	if (err)
		goto err_file;
	err = take_content(v, name, why);
	if (err)
		goto err_path;
	return 0;

err_path:
	kfree(v->path);
err_file:
	fput(v->file);
	return err;
}

void vouched_release(struct vouched *v)
{
	content_put(v->content);
	kfree(v->path);
	fput(v->file);
}

bool vouched_intact(const struct vouched *v)
{
	return content_intact(v->content);
}

static int make_room(struct vouched_set *set)
{
	size_t room = max_t(size_t, 2 * set->room, 16);
	struct vouched *files;

	if (set->count < set->room)
		return 0;
	files = kvcalloc(room, sizeof(*files), GFP_KERNEL);
	if (!files)
		return -ENOMEM;
	if (set->count)
		memcpy(files, set->files, set->count * sizeof(*files));
	kvfree(set->files);
	set->files = files;
	set->room = room;
	return 0;
}

int vouched_set_add(struct vouched_set *set, const char *name,
		    const u8 *digest, const char **why)
{
	struct vouched *v;
	int err;

	*why = NULL;
	if (*name != '/') {
		*why = "the path is not absolute";
		return -EINVAL;
	}
	err = make_room(set);
	if (err)
		return err;
	v = &set->files[set->count];
	err = vouched_hold(v, name, false, why);
	if (err)
		return err;
	if (memcmp(v->digest, digest, sizeof(v->digest))) {
		vouched_release(v);
		*why = "its content is not what is listed";
		return -EKEYREJECTED;
	}
	set->count++;
	return 0;
}

static const struct inode *inode_of(const struct vouched *v)
{
	return file_inode(v->file);
}

static int compare(const void *a, const void *b)
{
	const struct inode *left = inode_of(a), *right = inode_of(b);

	return left < right ? -1 : left > right;
}

void vouched_set_sort(struct vouched_set *set)
{
	if (set->count)
		sort(set->files, set->count, sizeof(*set->files), compare,
		     NULL);
}

void vouched_set_release(struct vouched_set *set)
{
	while (set->count)
		vouched_release(&set->files[--set->count]);
	kvfree(set->files);
}

const struct vouched *vouched_set_find(const struct vouched_set *set,
				       const struct inode *inode)
{
	size_t low = 0, high = set->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (inode_of(&set->files[mid]) == inode)
			return &set->files[mid];
		if (inode_of(&set->files[mid]) < inode)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct vouched *vouched_set_at(const struct vouched_set *set,
				     const char *path)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!strcmp(set->files[i].path, path))
			return &set->files[i];
	return NULL;
}
