// SPDX-License-Identifier: GPL-2.0
/*
 * --check: without a path, are the files that the manifest names what it says;
 * with paths, does the manifest list every module there. Loads nothing.
 */
#include "guard.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const suffixes[] = { ".xz", ".zst", ".gz" };

struct tally {
	const struct options *o;
	unsigned long good, failed, missing, images;
};

static void progress(size_t done, size_t total)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (total && done == total)
		fputs("\r\033[K", stderr);
	else if (done % 32 == 0 && total)
		fprintf(stderr, "\r%zu of %zu ", done, total);
	else if (done % 32 == 0)
		fprintf(stderr, "\r%zu ", done);
}

/*
 * A compressed module has two lines; the second is for its image, under its
 * name without the suffix. That is a digest for the kernel; there is no file.
 */
static bool is_image_of_compressed(const char *name)
{
	size_t i;

	for (i = 0; i < array_size(suffixes); i++) {
		char *sibling = must_print("%s%s", name, suffixes[i]);
		bool exists = access(sibling, F_OK) == 0;

		free(sibling);
		if (exists)
			return true;
	}
	return false;
}

static bool has_digest(const char *name, const struct manifest_line *line,
		       bool *same)
{
	char hex[DIGEST_HEX_MAX + 1];
	struct image image;
	bool ok;

	*same = false;
	if (!image_read(&image, name)) {
		image_free(&image);
		return true;
	}
	ok = digest_bytes(digest_of(line), image.data, image.size, hex);
	*same = ok && !memcmp(hex, line->hex, line->digits);
	image_free(&image);
	return ok;
}

static bool check_name(struct tally *t, const char *name,
		       const struct manifest_line *line)
{
	bool same;

	if (access(name, F_OK) < 0 && errno == ENOENT) {
		if (is_image_of_compressed(name)) {
			t->images++;
		} else {
			t->missing++;
			if (!t->o->ignore_missing)
				print_line("%s: missing", name);
		}
		return true;
	}
	if (!has_digest(name, line, &same))
		return false;
	if (same) {
		t->good++;
		if (t->o->verbose)
			print_line("%s: OK", name);
	} else {
		t->failed++;
		print_line("%s: FAILED", name);
	}
	return true;
}

static bool check_line(const struct manifest_line *line, void *context)
{
	struct tally *t = context;
	char *name = must_alloc(line->name_len + 1, 1);
	bool ok;

	progress(t->good + t->failed + t->missing + t->images, 0);
	manifest_line_name(line, name);
	ok = check_name(t, name, line);
	free(name);
	return ok;
}

/**
 * check_manifest() - verify every file that the manifest names
 */
bool check_manifest(const struct options *o)
{
	struct manifest m = { 0 };
	struct tally t = { .o = o };
	bool ok;

	ok = manifest_open(&m, o) &&
	     manifest_scan(&m, check_line, &t);
	manifest_close(&m);
	progress(1, 1);
	if (!o->quiet)
		print_line("%s: %lu OK, %lu failed, %lu missing, %lu images of compressed modules (for the kernel to check)",
			   o->manifest, t.good, t.failed, t.missing, t.images);
	if (ok && !t.good && !t.failed) {
		message_error("%s: not one file was verified", o->manifest);
		return false;
	}
	return ok && !t.failed && (!t.missing || o->ignore_missing);
}

static bool ends_with(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && !memcmp(name + len - n, suffix, n);
}

static bool is_module_name(const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; i < array_size(suffixes); i++)
		if (ends_with(name, len, suffixes[i]))
			len -= strlen(suffixes[i]);
	return ends_with(name, len, ".ko");
}

static void add_subject(struct subjects *s, const char *path)
{
	s->list = must_resize(s->list, s->count + 1, sizeof(*s->list));
	s->list[s->count++] = (struct subject){ .name = must_copy(path) };
}

/* A file that was named is checked whatever it is called. */
static bool take_entry(struct subjects *s, const FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_F:
	case FTS_SL:
	case FTS_SLNONE:
	case FTS_DEFAULT:
		if (e->fts_level == FTS_ROOTLEVEL ||
		    is_module_name(e->fts_name))
			add_subject(s, e->fts_path);
		return true;
	case FTS_NS:
	case FTS_ERR:
	case FTS_DNR:
		message_refused("%s: cannot be searched: %s", e->fts_path,
				strerror(e->fts_errno));
		return false;
	default:
		return true;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool find_modules(struct subjects *s, char **paths)
{
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR,
			     by_name);
	FTSENT *e;
	bool ok = true;

	if (!walk) {
		message_refused("%s: cannot be searched: %s", paths[0],
				strerror(errno));
		return false;
	}
	while ((e = fts_read(walk)))
		ok &= take_entry(s, e);
	fts_close(walk);
	return ok;
}

static bool report(struct subjects *s, const struct manifest *m,
		   const struct options *o)
{
	unsigned long good = 0, failed = 0;
	char *reason;
	size_t i;

	for (i = 0; i < s->count; i++) {
		struct subject *subject = &s->list[i];

		if (subject->listed) {
			good++;
			if (o->verbose)
				print_line("%s: OK", subject->name);
			continue;
		}
		failed++;
		reason = listed_reason(subject, m, s->strict_path);
		print_line("%s: FAILED: %s", subject->name,
			   subject->unreadable ? "it cannot be read" : reason);
		free(reason);
	}
	if (!o->quiet)
		print_line("%s: %lu listed, %lu failed", o->manifest, good,
			   failed);
	return !failed;
}

static void free_subjects(struct subjects *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		free((char *)s->list[i].name);
	listed_free(s);
}

/**
 * check_paths() - is every module that is or is below a path listed?
 */
bool check_paths(const struct options *o)
{
	struct subjects s = { .strict_path = o->strict_path };
	struct manifest m = { 0 };
	bool ok;

	s.progress = progress;
	ok = find_modules(&s, o->operands);
	if (!s.count) {
		if (ok)
			message_error("%s: there is no module", o->operands[0]);
		return false;
	}
	ok &= manifest_open(&m, o) &&
	      listed_find(&s, &m) && report(&s, &m, o);
	manifest_close(&m);
	free_subjects(&s);
	return ok;
}
