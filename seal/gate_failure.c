// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that somebody says has failed. The kernel takes such a page out of the
 * page cache, whoever holds it, and reads the file anew when it is wanted
 * (mm/memory-failure.c:me_pagecache_clean): so another content on the disk
 * below the file would come to a hole's program while it runs. What hardware
 * says is believed; what madvise(2) or sysfs say of such a program's files is
 * not.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "hook.h"
#include "manifest.h"
#include "policy.h"
#include "program.h"

#ifdef CONFIG_MEMORY_FAILURE
static int (*orig_memory_failure)(unsigned long pfn, int flags)
	__ro_after_init;

/* The page is held; its inode is only compared with those that stay. */
static bool is_vouched(struct page *page)
{
	struct address_space *mapping;
	const struct inode *inode;
	bool vouched = false;

	rcu_read_lock();
	mapping = compat_page_mapping(page);
	inode = mapping ? READ_ONCE(mapping->host) : NULL;
	if (inode)
		vouched = program_has_file(inode) || manifest_has_file(inode);
	rcu_read_unlock();
	return vouched;
}

static bool concerns(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);
	bool vouched;

	if (!page)
		return false;
	/* that has the count, and the mapping, of all pages of a large one */
	page = compound_head(page);
	if (!get_page_unless_zero(page))
		return false;
	vouched = is_vouched(page);
	put_page(page);
	return vouched;
}

static int check_failure(void)
{
	const struct seal_event ev = {
		.door = DOOR_PROGRAM,
		.cap = CAP_SYS_ADMIN,
		.text = "(a page of its files)",
	};

	return seal_check(&ev);
}

static int gate_memory_failure(unsigned long pfn, int flags)
{
	int err = 0;

	if (policy_proves() || (compat_failure_simulated(flags) && concerns(pfn)))
		err = check_failure();
	if (!err)
		return orig_memory_failure(pfn, flags);
	/* as the original does when it does nothing */
	if (flags & MF_COUNT_INCREASED)
		put_page(pfn_to_page(pfn));
	return err;
}

/* No page at all: -ENXIO if nobody refuses. */
static long prove_memory_failure(void)
{
	return orig_memory_failure(ULONG_MAX >> PAGE_SHIFT, 0);
}

static const struct hook hooks[] __initconst = {
	HOOK("memory_failure", gate_memory_failure, &orig_memory_failure,
	     prove_memory_failure),
};

void __init gate_failure_init(void)
{
	if (program_exists_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
}
#else
void __init gate_failure_init(void)
{
}
#endif
