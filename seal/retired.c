// SPDX-License-Identifier: GPL-2.0
/*
 * Files of lists of programs that newer ones have replaced. A program that has
 * hardware uses it without asking, and what it runs it has mapped already. So
 * these files stay closed to writers, and their pages held, until a list comes
 * when nobody has them mapped. Vouched for they are no more.
 */
#include "retired.h"

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "manifest_make.h"
#include "policy.h"
#include "program.h"
#include "vouched.h"

/* Under the lock of those who replace lists; a seal that is on stays. */
static LIST_HEAD(retired);

static bool is_needed(const struct vouched *v, const struct manifest *new,
		      bool fresh)
{
	/* The newer list holds it itself. */
	if (vouched_set_find(&new->files, file_inode(v->file)))
		return false;
	/* Who was let map it when it was vouched for may be about to. */
	return fresh || mapping_mapped(v->file->f_mapping);
}

/* Of a set that nobody looks anything up in. */
static void thin_out(struct vouched_set *set, const struct manifest *new,
		     bool fresh)
{
	size_t i = 0;

	while (i < set->count) {
		if (is_needed(&set->files[i], new, fresh)) {
			i++;
			continue;
		}
		vouched_release(&set->files[i]);
		set->files[i] = set->files[--set->count];
		cond_resched();
	}
}

void retired_take(struct manifest *old, const struct manifest *new)
{
	struct manifest *m, *next;

	list_for_each_entry_safe(m, next, &retired, retired) {
		thin_out(&m->files, new, false);
		if (m->files.count)
			continue;
		list_del(&m->retired);
		manifest_free(m);
	}
	if (policy_level() == LEVEL_SEALED && program_exists_driver()) {
		thin_out(&old->files, new, true);
		list_add(&old->retired, &retired);
	} else {
		manifest_free(old);
	}
}
