// SPDX-License-Identifier: GPL-2.0
/*
 * Names to addresses. No kernel since 5.7 exports a look-up, but a kprobe
 * takes a name and shows the address; one throw-away probe on the kernel's
 * own iterator is enough. The iterator and not kallsyms_lookup_name(): that
 * answers with the first of several functions of one name, and a gate on the
 * wrong one would guard nothing.
 */
#include "symbol.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/printk.h>

#include "seal.h"

static int (*on_each_match)(int (*fn)(void *data, unsigned long addr),
			    const char *name, void *data) __ro_after_init;

struct match {
	unsigned long addr;
	unsigned int count;
};

int symbol_init(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_on_each_match_symbol",
	};
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("cannot find the kernel's symbol look-up %s: error %d\n",
		       probe.symbol_name, err);
		return err;
	}
	on_each_match = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int note_match(void *data, unsigned long addr)
{
	struct match *match = data;

	match->addr = addr;
	match->count++;
	return 0;
}

int symbol_find(const char *name, unsigned long *addr)
{
	struct match match = { };

	on_each_match(note_match, name, &match);
	if (!match.count)
		return -ENOENT;
	if (match.count > 1)
		return -ENOTUNIQ;
	*addr = match.addr;
	return 0;
}
