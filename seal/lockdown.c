// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own list of ways in, as the headers have it that the seal is
 * built with: no version of it is written down here, and a reason that a newer
 * kernel adds is a door that is shut.
 */
#include "lockdown.h"

#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "audit.h"
#include "param.h"

/* Doors of ours that keep= knows, too, behind the kernel's reasons. */
enum {
	REASONS = LOCKDOWN_CONFIDENTIALITY_MAX,
	KEEP_UIO = REASONS,
	KEEP_VFIO,
	NAMES
};

/* Made by Kbuild: the enumerators without LOCKDOWN_, in lower case. */
static const char * const names[NAMES] = {
#include "lockdown_names.h"
	[KEEP_UIO] = "uio",
	[KEEP_VFIO] = "vfio",
};

/* Those that keep= names. */
static DECLARE_BITMAP(kept, NAMES) __ro_after_init;

enum seal_door lockdown_door(enum lockdown_reason what)
{
	switch (what) {
	case LOCKDOWN_MODULE_SIGNATURE:
		return DOOR_MODULE_LOAD;
	case LOCKDOWN_DEV_MEM:
		return DOOR_MEM_WRITE;
	case LOCKDOWN_IOPORT:
		return DOOR_IOPORT;
	case LOCKDOWN_KCORE:
		return DOOR_KCORE;
	default:
		return DOOR_LOCKDOWN + what;
	}
}

/* A place in names[]. */
static unsigned int name_of(enum seal_door door)
{
	switch (door) {
	case DOOR_UIO:
		return KEEP_UIO;
	case DOOR_VFIO:
		return KEEP_VFIO;
	case DOOR_MODULE_LOAD:
		return LOCKDOWN_MODULE_SIGNATURE;
	case DOOR_MEM_WRITE:
	case DOOR_MEM_READ:
		return LOCKDOWN_DEV_MEM;
	case DOOR_IOPORT:
		return LOCKDOWN_IOPORT;
	case DOOR_KCORE:
		return LOCKDOWN_KCORE;
	default:
		return door < DOOR_LOCKDOWN ? LOCKDOWN_NONE :
					      door - DOOR_LOCKDOWN;
	}
}

const char *lockdown_door_name(enum seal_door door)
{
	enum lockdown_reason what = door - DOOR_LOCKDOWN;

	return lockdown_door(what) == door ? names[what] : NULL;
}

const char *lockdown_keep_name(enum seal_door door)
{
	unsigned int what = name_of(door);

	return what == LOCKDOWN_MODULE_SIGNATURE ? NULL : names[what];
}

bool lockdown_leaves_open(enum seal_door door)
{
	unsigned int what = name_of(door);

	if (test_bit(what, kept))
		return true;
	return door >= DOOR_LOCKDOWN && what > LOCKDOWN_INTEGRITY_MAX &&
	       !param_confidential();
}

/* All of them, or those that are kept. */
static char *list(bool all)
{
	char *text, *end;
	size_t len = 1;
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && (all || test_bit(i, kept)))
			len += strlen(names[i]) + 2;
	text = kzalloc(len, GFP_KERNEL);
	if (!text)
		return NULL;
	end = text;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && (all || test_bit(i, kept)))
			end += sprintf(end, "%s%s", end == text ? "" : ", ",
				       names[i]);
	return text;
}

static int __init refuse_name(const char *name)
{
	char *known = list(true);

	pr_err("parameter keep=\"%*pE\": this kernel has no door of that name (it has %s)\n",
	       (int)strlen(name), name, known ?: "no memory to list them");
	kfree(known);
	return -EINVAL;
}

static int __init keep_open(const char *name)
{
	int what;

	for (what = 0; what < ARRAY_SIZE(names); what++)
		if (names[what] && !strcmp(names[what], name))
			break;
	if (what == ARRAY_SIZE(names))
		return refuse_name(name);
	if (what == LOCKDOWN_MODULE_SIGNATURE) {
		pr_err("parameter keep=\"%s\": modules are what the seal is about; say which with insmod, manifest, trust_signed\n",
		       name);
		return -EINVAL;
	}
	__set_bit(what, kept);
	return 0;
}

int __init lockdown_init(void)
{
	char *copy, *rest, *name;
	int err = 0;

	if (!param_keep())
		return 0;
	copy = kstrdup(param_keep(), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	while (!err && (name = strsep(&rest, ",")))
		err = keep_open(name);
	kfree(copy);
	return err;
}

static const char *level(void)
{
	return param_confidential() ? "confidentiality" : "integrity";
}

void lockdown_show(struct seq_file *m)
{
	int i;

	seq_printf(m, "level: %s\nkeep:", level());
	for_each_set_bit(i, kept, ARRAY_SIZE(names))
		seq_printf(m, " %s", names[i]);
	seq_puts(m, bitmap_empty(kept, ARRAY_SIZE(names)) ? " none\n" : "\n");
	for (i = 0; i < REASONS; i++)
		if (names[i])
			seq_printf(m, "lockdown.%s: %s\n", names[i],
				   audit_door_name(lockdown_door(i)));
}

void lockdown_announce(void)
{
	char *open = list(false);

	pr_notice("level=%s, kept open: %s\n", level(),
		  open && *open ? open : "none");
	kfree(open);
}
