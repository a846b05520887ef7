// SPDX-License-Identifier: GPL-2.0
/* The manifest as a file: what do its lines say. */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define BLOCK ((size_t)256 << 10)

/* So many bad lines are named; then they are only counted. */
#define PROBLEMS_TOLD 10

/* NULL: none is in force. Anything at that name is, be it but a bad link. */
static const char *key_of(const struct options *o)
{
	struct stat st;

	if (o->no_key)
		return NULL;
	if (o->key)
		return o->key;
	return lstat(KEY_DEFAULT, &st) < 0 && errno == ENOENT ? NULL :
	       KEY_DEFAULT;
}

/**
 * manifest_open() - open the manifest that the options name, and verify it
 *
 * Where it must be signed it is read here, into memory, and not again: what was
 * verified is what is scanned. @m must be closed in any case.
 */
bool manifest_open(struct manifest *m, const struct options *o)
{
	const char *key = key_of(o);

	m->allow_md5 = o->allow_md5;
	if (!trusted_open(&m->file, "manifest", o->manifest))
		return false;
	return !key || (read_whole(&m->text, &m->file, "manifest",
				   MANIFEST_TEXT_MAX) &&
			signature_verify(m, key));
}

void manifest_close(struct manifest *m)
{
	close_fd(&m->file.fd);
	free(m->text.data);
}

struct scan {
	const struct manifest *m;
	manifest_visit *visit;
	void *context;
	struct manifest_text text;
	unsigned long problems;
	unsigned long md5_lines;
	bool stopped;
};

static void bad_line(struct scan *s, enum manifest_verdict verdict)
{
	if (++s->problems > PROBLEMS_TOLD)
		return;
	message_refused("%s: line %lu: %s%s", s->m->file.name, s->text.line,
			manifest_problem(verdict),
			verdict == MANIFEST_BAD_MD5 ?
			" (--allow-md5 reads it all the same)" : "");
}

static void take_entry(struct scan *s, const struct manifest_line *line)
{
	if (digest_of(line) == DIGEST_MD5)
		s->md5_lines++;
	/* What is revoked is listed too. */
	if (s->text.kind == MANIFEST_MODULES && !s->problems && !s->stopped)
		s->stopped = !s->visit(line, s->context);
}

static void scan_text(struct scan *s, const char *text, size_t size, bool more)
{
	enum manifest_verdict verdict;
	struct manifest_line line;

	s->text.at = text;
	s->text.end = text + size;
	s->text.more = more;
	while ((verdict = manifest_text_next(&s->text, &line)) !=
	       MANIFEST_END) {
		if (verdict == MANIFEST_ENTRY)
			take_entry(s, &line);
		else if (verdict == MANIFEST_BAD_EMPTY)
			break;
		else if (verdict != MANIFEST_ARGS)
			bad_line(s, verdict);
	}
	if (verdict == MANIFEST_BAD_EMPTY && !s->problems) {
		s->problems++;
		message_refused("%s: %s", s->m->file.name,
				manifest_problem(verdict));
	}
}

/* How much of a block are whole lines? */
static size_t whole_lines(const char *block, size_t size)
{
	const char *newline = memrchr(block, '\n', size);

	return newline ? (size_t)(newline + 1 - block) : 0;
}

static bool cannot_read(const struct manifest *m, const char *why)
{
	message_refused("%s: cannot read the manifest: %s", m->file.name, why);
	return false;
}

/* A block is read behind what was left of the last one. */
static bool scan_blocks(struct scan *s, char *buffer)
{
	size_t left = 0, total = 0;

	for (;;) {
		size_t used;
		ssize_t n = read_full(s->m->file.fd, buffer + left, BLOCK);

		if (n < 0)
			return cannot_read(s->m, strerror(errno));
		if (n == 0)
			break;
		total += (size_t)n;
		if (total > MANIFEST_TEXT_MAX)
			return cannot_read(s->m, strerror(EFBIG));
		left += (size_t)n;
		used = whole_lines(buffer, left);
		scan_text(s, buffer, used, true);
		left -= used;
		memmove(buffer, buffer + used, left);
		/* Nobody has to wait for the end of a line that is too long. */
		if (left > MANIFEST_LINE_MAX)
			break;
	}
	scan_text(s, buffer, left, false);
	return true;
}

/* In constant memory. */
static bool scan_file(struct scan *s)
{
	char *buffer = must_alloc(MANIFEST_LINE_MAX + BLOCK, 1);
	bool complete = scan_blocks(s, buffer);

	free(buffer);
	return complete;
}

static bool is_of_modules(const struct scan *s)
{
	if (s->text.kind == MANIFEST_MODULES)
		return true;
	message_refused("%s: it is a manifest of another kind, %s: it vouches for no module",
			s->m->file.name, manifest_kind_name(s->text.kind));
	return false;
}

/**
 * manifest_scan() - visit every entry, judge every line
 *
 * Entries are visited as long as no line was bad. All lines are judged, also
 * those after the one that was looked for: a manifest is good or it is not.
 */
bool manifest_scan(struct manifest *m, manifest_visit *visit, void *context)
{
	struct scan s = { .m = m, .visit = visit, .context = context };
	bool complete = true;

	s.text.allow_md5 = m->allow_md5;
	if (m->text.data)
		scan_text(&s, m->text.data, m->text.size, false);
	else
		complete = scan_file(&s);
	m->serial = s.text.serial;
	if (s.problems > PROBLEMS_TOLD)
		message_refused("%s: %lu more lines are bad", m->file.name,
				s.problems - PROBLEMS_TOLD);
	if (s.md5_lines)
		message_warning("%s: %lu MD5 digests are taken at their word because of --allow-md5; anybody can make another file with the same MD5",
				m->file.name, s.md5_lines);
	return complete && !s.problems && !s.stopped && is_of_modules(&s);
}
