/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_MANIFEST_MAKE_H
#define _SEAL_MANIFEST_MAKE_H

#include <linux/list.h>
#include <linux/types.h>

#include "digests.h"
#include "manifest.h"
#include "manifest_text.h"
#include "vouched.h"

/*
 * A manifest. Of @args: what "# args:" lines say, one after the other: module,
 * NUL, words, NUL. Of @files: what a list of programs lists, if it @holds that.
 * @retired: in retired.c's list.
 */
struct manifest {
	enum manifest_kind kind;
	u64 serial;
	bool is_signed;
	size_t count;
	digest_t *digests;
	char *args;
	size_t args_size;
	size_t args_room;
	struct vouched_set files;
	bool holds;
	struct list_head retired;
};

/**
 * manifest_make() - of a text
 * @data: the text
 * @size: its size in bytes
 * @holds: take hold of the files that a list of programs lists
 * @fault: filled in if it is not to be had
 *
 * May sleep. Return: the manifest, for manifest_free(), or NULL.
 */
struct manifest *manifest_make(const char *data, size_t size, bool holds,
			       struct manifest_fault *fault);
void manifest_free(struct manifest *m);

#endif /* _SEAL_MANIFEST_MAKE_H */
