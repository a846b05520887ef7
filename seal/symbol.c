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
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "landing.h"
#include "seal.h"

static int (*on_each_match)(int (*fn)(void *data, unsigned long addr),
			    const char *name, void *data) __ro_after_init;

struct match {
	const char *name;
	unsigned long addr;
	unsigned int count;
};

/*
 * Registered disabled, since to disarm a probe takes memory: without, it stays
 * in the kernel's table and nobody is told (__unregister_kprobe_top()).
 */
static void *__init find_by_probe(const char *name)
{
	struct kprobe probe = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err;

	err = register_kprobe(&probe);
	if (err)
		return ERR_PTR(err);
	unregister_kprobe(&probe);
	return (void *)landing_for((unsigned long)probe.addr);
}

static int note_match(void *data, unsigned long addr)
{
	struct match *match = data;

	match->addr = addr;
	match->count++;
	return 0;
}

#ifdef COMPAT_KALLSYMS_WALK
static int (*on_each)(int (*fn)(void *data, const char *name,
				struct module *mod, unsigned long addr),
		      void *data) __ro_after_init;

static int note_symbol(void *data, const char *name, struct module *mod,
		       unsigned long addr)
{
	const struct match *match = data;

	/* The kernel's own come first. */
	if (mod)
		return 1;
	return strcmp(name, match->name) ? 0 : note_match(data, addr);
}

/* A kernel that cannot look for a name shows all it has. */
static int walk(int (*fn)(void *data, unsigned long addr), const char *name,
		void *data)
{
	return on_each(note_symbol, data);
}

static int __init find_walk(void)
{
	on_each = find_by_probe("kallsyms_on_each_symbol");
	if (IS_ERR(on_each))
		return PTR_ERR(on_each);
	on_each_match = walk;
	return 0;
}
#else
static int __init find_walk(void)
{
	return PTR_ERR(on_each_match);
}
#endif

int __init symbol_init(void)
{
	int err = 0;

	on_each_match = find_by_probe("kallsyms_on_each_match_symbol");
	if (IS_ERR(on_each_match))
		err = find_walk();
	if (err)
		pr_err("cannot find the kernel's symbol look-up, kallsyms_on_each_match_symbol or kallsyms_on_each_symbol: error %d\n",
		       err);
	return err;
}

static int take_match(const struct match *match, unsigned long *addr)
{
	if (!match->count)
		return -ENOENT;
	if (match->count > 1)
		return -ENOTUNIQ;
	*addr = match->addr;
	return 0;
}

int symbol_find(const char *name, unsigned long *addr)
{
	struct match match = { .name = name };

	on_each_match(note_match, name, &match);
	return take_match(&match, addr);
}

static struct module *(*find)(const char *name) __ro_after_init;

int __init symbol_modules_init(void)
{
	unsigned long addr;
	int err;

	if (find)
		return 0;
	err = symbol_find("find_module", &addr);
	if (err) {
		pr_err("cannot find find_module: error %d\n", err);
		return err;
	}
	find = (void *)landing_for(addr);
	return find ? 0 : -ENOSPC;
}

struct module *symbol_module(const char *name)
{
	struct module *mod;

	compat_modules_lock();
	mod = find(name);
	if (mod && !try_module_get(mod))
		mod = NULL;
	compat_modules_unlock();
	return mod;
}

/* Its symbols' table is another one after its start, and has all functions. */
int symbol_find_in(const struct module *mod, const char *name,
		   unsigned long *addr)
{
	struct match match = { .name = name };
	const struct mod_kallsyms *all;
	unsigned int i;

	rcu_read_lock_sched();
	all = rcu_dereference_raw(mod->kallsyms);
	for (i = 0; i < all->num_symtab; i++)
		if (all->symtab[i].st_shndx != SHN_UNDEF &&
		    !strcmp(all->strtab + all->symtab[i].st_name, name))
			note_match(&match, all->symtab[i].st_value);
	rcu_read_unlock_sched();
	return take_match(&match, addr);
}
