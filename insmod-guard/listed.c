// SPDX-License-Identifier: GPL-2.0
/*
 * Does the manifest vouch for these? One pass over the manifest answers it for
 * any number of subjects: the memory goes with the subjects, not the manifest.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <stdlib.h>

static bool hash_subject(struct subject *subject,
			 enum digest_algorithm algorithm)
{
	char hex[DIGEST_HEX_MAX + 1];
	struct image own = { .fd = -1 };
	const struct image *image = subject->image;
	bool ok;

	if (subject->unreadable || subject->digest[algorithm])
		return true;
	if (!image) {
		subject->unreadable = !image_read(&own, subject->name);
		image = &own;
	}
	ok = subject->unreadable ||
	     digest_bytes(algorithm, image->data, image->size, hex);
	if (ok && !subject->unreadable)
		subject->digest[algorithm] = must_copy(hex);
	image_free(&own);
	return ok;
}

static int compare_digests(const void *a, const void *b, void *algorithm)
{
	const struct subject *const *x = a, *const *y = b;
	enum digest_algorithm which = *(enum digest_algorithm *)algorithm;

	return strcmp((*x)->digest[which], (*y)->digest[which]);
}

/* Called when the first line of an algorithm is met: most are never met. */
static bool hash_all(struct subjects *s, enum digest_algorithm algorithm)
{
	struct subject **sorted = must_alloc(s->count, sizeof(*sorted));
	size_t i, n = 0;

	for (i = 0; i < s->count; i++) {
		if (s->progress)
			s->progress(i, s->count);
		if (!hash_subject(&s->list[i], algorithm)) {
			free(sorted);
			return false;
		}
		if (s->list[i].digest[algorithm])
			sorted[n++] = &s->list[i];
	}
	if (s->progress)
		s->progress(s->count, s->count);
	qsort_r(sorted, n, sizeof(*sorted), compare_digests, &algorithm);
	s->index[algorithm].sorted = sorted;
	s->index[algorithm].count = n;
	return true;
}

/* With --strict-path: is it this file that the line names? */
static bool names_it(const struct subject *subject,
		     const struct manifest_line *line)
{
	char *name = must_alloc(line->name_len + 1, 1);
	char *named, *path;
	bool same;

	manifest_line_name(line, name);
	named = realpath(name, NULL);
	path = subject->image ? NULL : realpath(subject->name, NULL);
	if (subject->image && subject->image->path)
		path = must_copy(subject->image->path);
	same = path && (!strcmp(path, name) || (named && !strcmp(path, named)));
	free(path);
	free(named);
	free(name);
	return same;
}

static bool visit(const struct manifest_line *line, void *context)
{
	struct subjects *s = context;
	enum digest_algorithm which = digest_of(line);
	size_t low = 0, high;
	struct subject **sorted;

	if (!s->index[which].sorted && !hash_all(s, which))
		return false;
	sorted = s->index[which].sorted;

	/* The first of those that are not smaller: several can be equal. */
	high = s->index[which].count;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (memcmp(sorted[middle]->digest[which], line->hex,
			   line->digits) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->index[which].count; low++) {
		struct subject *subject = sorted[low];

		if (memcmp(subject->digest[which], line->hex,
			   line->digits) != 0)
			break;
		if (s->strict_path && !subject->listed)
			subject->listed = names_it(subject, line);
		else
			subject->listed = true;
	}
	return true;
}

/**
 * listed_find() - mark the subjects that the manifest lists
 *
 * Return: false when the manifest is bad or hashing failed; nothing that was
 * marked may then be relied on.
 */
bool listed_find(struct subjects *s, struct manifest *m)
{
	return manifest_scan(m, visit, s);
}

/* The one that was compared with the manifest's. */
static const char *digest_to_show(struct subject *subject, const char **name)
{
	*name = digest_name(DIGEST_MD5);
	if (subject->digest[DIGEST_MD5] && !subject->digest[DIGEST_SHA256])
		return subject->digest[DIGEST_MD5];
	*name = digest_name(DIGEST_SHA256);
	if (!hash_subject(subject, DIGEST_SHA256) ||
	    !subject->digest[DIGEST_SHA256])
		return "unknown";
	return subject->digest[DIGEST_SHA256];
}

/* Why it is not listed, as a sentence about its file. */
char *listed_reason(struct subject *subject, const struct manifest *m,
		    bool strict_path)
{
	const char *name, *digest = digest_to_show(subject, &name);

	return must_print("its %s digest %s is not listed in %s%s; if you trust the file, regenerate the manifest with seal-manifest",
			  name, digest, m->file.name,
			  strict_path ? " for this path" : "");
}

void listed_free(struct subjects *s)
{
	size_t i, k;

	for (i = 0; i < s->count; i++)
		for (k = 0; k < DIGEST_ALGORITHMS; k++)
			free(s->list[i].digest[k]);
	for (k = 0; k < DIGEST_ALGORITHMS; k++)
		free(s->index[k].sorted);
	free(s->list);
	*s = (struct subjects){ 0 };
}
