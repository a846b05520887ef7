// SPDX-License-Identifier: GPL-2.0
/*
 * The content of files that is known and stays.
 *
 * Writers are kept out the way a running program keeps them out. Who mapped the
 * file while it could be written may have lent its pages to the kernel, for a
 * read that waits for a slow server, say, and then have closed all: such a page
 * is written to later, and no count of writers tells. So what is in memory is
 * thrown out and read again: what was lent is then no page of the file. Where
 * memory is all there is, nobody else may have a page.
 *
 * What goes to the disk past the file system would show when the kernel reads
 * the file again; so it does not: every page that can be mapped is held, and
 * hashed where it is.
 */
#include "content.h"

#include <linux/cache.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "hash.h"
#include "landing.h"
#include "policy.h"
#include "symbol.h"

/* A second: for who has a page for a moment, and a journal to be written. */
#define TRIES	20
#define WAIT_MS	50

/* All that are held; and one at a time is taken hold of. */
static LIST_HEAD(contents);
static DEFINE_MUTEX(contents_mutex);

/* lru_add_drain_all(): pages on their way to the kernel's lists are held. */
static void (*drain)(void) __ro_after_init;

int __init content_init(void)
{
	unsigned long addr;
	int err;

	err = symbol_find("lru_add_drain_all", &addr);
	if (err)
		pr_err("cannot find lru_add_drain_all: error %d\n", err);
	else
		drain = (void *)landing_for(addr);
	return err ?: drain ? 0 : -ENOSPC;
}

static bool in_memory(const struct file *file)
{
	unsigned long magic = file_inode(file)->i_sb->s_magic;

	return magic == TMPFS_MAGIC || magic == RAMFS_MAGIC;
}

/* tmpfs has no way to read a page but its own. */
static struct page *get_page_of(struct file *file, pgoff_t index)
{
	struct address_space *mapping = file->f_mapping;

	if (file_inode(file)->i_sb->s_magic == TMPFS_MAGIC)
		return shmem_read_mapping_page(mapping, index);
	return read_mapping_page(mapping, index, file);
}

/* With mode=audit somebody may be looking at those that it replaces. */
static int hold_pages(struct content *c)
{
	struct page *page, *old;
	unsigned long i;

	for (i = 0; i < c->page_count; i++) {
		page = get_page_of(c->file, i);
		if (IS_ERR(page))
			return PTR_ERR(page);
		old = c->pages[i];
		WRITE_ONCE(c->pages[i], page);
		if (old)
			put_page(old);
		cond_resched();
	}
	return 0;
}

static void release_pages_of(struct content *c)
{
	unsigned long i;

	for (i = 0; i < c->page_count; i++)
		if (c->pages[i])
			put_page(c->pages[i]);
	kvfree(c->pages);
}

/* --- who began before --- */

/* What is in use is taken away nevertheless; what is dirty is not. */
static int evict(struct file *file)
{
	struct address_space *mapping = file->f_mapping;
	int i, err = 0;

	for (i = 0; i < TRIES; i++) {
		err = filemap_write_and_wait(mapping);
		if (!err)
			err = invalidate_inode_pages2(mapping);
		if (err != -EBUSY)
			break;
		vfs_fsync(file, 0);
		msleep(WAIT_MS);
	}
	return err;
}

/*
 * While it is locked nobody maps it: then it has a reference from the file for
 * each of its pages, and ours.
 */
static bool is_lone(struct address_space *mapping, struct folio *folio,
		    unsigned long ours)
{
	bool lone;

	folio_lock(folio);
	if (folio_mapped(folio))
		unmap_mapping_range(mapping, 0, 0, 0);
	lone = folio->mapping == mapping && !folio_mapped(folio) &&
	       folio_ref_count(folio) == folio_nr_pages(folio) + ours;
	folio_unlock(folio);
	return lone;
}

static bool are_lone(const struct content *c)
{
	unsigned long i, run;
	struct folio *folio;

	for (i = 0; i < c->page_count; i += run) {
		folio = page_folio(c->pages[i]);
		for (run = 1; i + run < c->page_count; run++)
			if (page_folio(c->pages[i + run]) != folio)
				break;
		if (!is_lone(c->file->f_mapping, folio, run))
			return false;
		cond_resched();
	}
	return true;
}

static int await_lone(const struct content *c)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		if (are_lone(c))
			return 0;
		drain();
		msleep(WAIT_MS);
	}
	return -EBUSY;
}

/* By another who has it: then nobody has begun to write since. */
static bool is_closed_by_other(const struct content *c)
{
	const struct content *other;

	list_for_each_entry(other, &contents, list)
		if (other != c && other->closed &&
		    file_inode(other->file) == file_inode(c->file))
			return true;
	return false;
}

/* --- one of them --- */

static int read_again(struct content *c, digest_t digest, const char **why)
{
	bool fresh = c->closed && !is_closed_by_other(c);
	int err = 0;

	if (fresh && !in_memory(c->file))
		err = evict(c->file);
	if (!err)
		err = hold_pages(c);
	if (!err && fresh && in_memory(c->file))
		err = await_lone(c);
	if (err == -EBUSY)
		*why = "its pages are in use by somebody who may write to them";
	return err ?: hash_pages(c->pages, c->size, digest);
}

static int deny(struct content *c, const char **why)
{
	int err = deny_write_access(c->file);

	c->closed = !err;
	if (err)
		*why = "somebody has it open for writing";
	return err;
}

static void allow(struct content *c)
{
	if (c->closed)
		allow_write_access(c->file);
	c->closed = false;
}

static int fill(struct content *c, const char **why)
{
	int err;

	err = policy_is_strict() ? deny(c, why) : 0;
	if (err)
		return err;
	c->size = i_size_read(file_inode(c->file));
	c->page_count = DIV_ROUND_UP(c->size, PAGE_SIZE);
	c->pages = kvcalloc(max(c->page_count, 1UL), sizeof(*c->pages),
			    GFP_KERNEL);
	if (!c->pages)
		err = -ENOMEM;
	if (!err)
		err = read_again(c, c->digest, why);
	if (!err)
		return 0;
	if (c->pages)
		release_pages_of(c);
	allow(c);
	return err;
}

static struct content *make(struct file *file, const char **why)
{
	struct content *c = kzalloc(sizeof(*c), GFP_KERNEL);
	int err;

	if (!c)
		return ERR_PTR(-ENOMEM);
	c->file = get_file(file);
	err = fill(c, why);
	if (err) {
		fput(c->file);
		kfree(c);
		return ERR_PTR(err);
	}
	c->users = 1;
	list_add(&c->list, &contents);
	return c;
}

static bool is_unchanged(const struct content *c)
{
	digest_t digest;

	return i_size_read(file_inode(c->file)) == c->size &&
	       content_intact(c) && !hash_pages(c->pages, c->size, digest) &&
	       !memcmp(digest, c->digest, sizeof(digest));
}

static bool is_current(const struct content *c)
{
	return c->closed ? content_intact(c) : is_unchanged(c);
}

static struct content *find(const struct file *file)
{
	struct content *c;

	list_for_each_entry(c, &contents, list)
		if (file_inode(c->file) == file_inode(file) && is_current(c))
			return c;
	return NULL;
}

static int close_locked(struct content *c, const char **why)
{
	digest_t digest;
	int err;

	if (c->closed)
		return 0;
	err = deny(c, why);
	if (err)
		return err;
	if (!is_unchanged(c))
		err = -ESTALE;
	if (!err)
		err = read_again(c, digest, why);
	if (!err && memcmp(digest, c->digest, sizeof(digest)))
		err = -ESTALE;
	if (err == -ESTALE)
		*why = "it has changed since: load the seal again";
	if (err)
		allow(c);
	return err;
}

/* --- all --- */

struct content *content_get(struct file *file, const char **why)
{
	struct content *c;
	int err;

	mutex_lock(&contents_mutex);
	c = find(file);
	if (!c) {
		c = make(file, why);
	} else {
		err = policy_is_strict() ? close_locked(c, why) : 0;
		if (err)
			c = ERR_PTR(err);
		else
			c->users++;
	}
	mutex_unlock(&contents_mutex);
	return c;
}

void content_put(struct content *c)
{
	bool last;

	mutex_lock(&contents_mutex);
	last = !--c->users;
	if (last) {
		list_del(&c->list);
		allow(c);
	}
	mutex_unlock(&contents_mutex);
	if (!last)
		return;
	release_pages_of(c);
	fput(c->file);
	kfree(c);
}

int content_close(struct content *c, const char **why)
{
	int err;

	mutex_lock(&contents_mutex);
	err = close_locked(c, why);
	mutex_unlock(&contents_mutex);
	return err;
}

void content_open(struct content *c)
{
	mutex_lock(&contents_mutex);
	allow(c);
	mutex_unlock(&contents_mutex);
}

bool content_intact(const struct content *c)
{
	struct xarray *cache = &c->file->f_mapping->i_pages;
	unsigned long i;

	for (i = 0; i < c->page_count; i++)
		if (xa_load(cache, i) != compound_head(READ_ONCE(c->pages[i])))
			return false;
	return true;
}
