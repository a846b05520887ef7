// SPDX-License-Identifier: GPL-2.0
/*
 * The entries of a directory: read first, visited then, since who visits them
 * may want to look them up, for which the directory must not be locked.
 */
#include "entries.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>

struct entry {
	struct list_head list;
	unsigned int type;
	char name[];
};

struct reader {
	struct dir_context ctx;
	struct list_head entries;
	size_t count;
	int err;
};

static compat_filldir_ret note_entry(struct dir_context *ctx, const char *name,
				     int len, loff_t pos, u64 ino,
				     unsigned int type)
{
	struct reader *r = container_of(ctx, struct reader, ctx);
	struct entry *e;

	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return COMPAT_FILLDIR_MORE;
	e = kmalloc(sizeof(*e) + len + 1, GFP_KERNEL);
	if (!e) {
		r->err = -ENOMEM;
		return COMPAT_FILLDIR_ENOUGH;
	}
	e->type = type;
	memcpy(e->name, name, len);
	e->name[len] = '\0';
	list_add_tail(&e->list, &r->entries);
	r->count++;
	return COMPAT_FILLDIR_MORE;
}

/* A file system need not show all at once: as getdents(2) is called. */
static int read_all(struct file *file, struct reader *r)
{
	size_t before;
	int err;

	do {
		before = r->count;
		err = iterate_dir(file, &r->ctx) ?: r->err;
	} while (!err && r->count != before);
	return err;
}

static int read_entries(const struct path *dir, struct reader *r)
{
	struct file *file;
	int err;

	file = dentry_open(dir, O_RDONLY | O_DIRECTORY | O_LARGEFILE,
			   current_cred());
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = read_all(file, r);
	fput(file);
	return err;
}

int entries_each(const struct path *dir,
		 int (*visit)(const struct path *dir, const char *name,
			      unsigned int type, void *data),
		 void *data)
{
	struct reader r = { .ctx.actor = note_entry };
	struct entry *e, *next;
	int err;

	INIT_LIST_HEAD(&r.entries);
	err = read_entries(dir, &r);
	list_for_each_entry_safe(e, next, &r.entries, list) {
		if (!err)
			err = visit(dir, e->name, e->type, data);
		kfree(e);
	}
	return err;
}
