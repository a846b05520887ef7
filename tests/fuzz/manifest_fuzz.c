// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes at all as a manifest, for libFuzzer. The sanitizers see the reader
 * leave its bounds, since each block lies in memory of just its size; here is
 * checked that
 *
 *  - it ends, and then says the same whenever it is asked again,
 *  - every division into blocks of whole lines reads like the whole,
 *  - what it points to lies within the text, and is what the header says,
 *  - entries are no more than the kernel makes room for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "manifest_text.h"

/* seal/manifest.c:take_text() counts on an entry being no shorter. */
#define ENTRY_MIN (MANIFEST_HEX_MAX + 4)

#define check(true_) \
	do { \
		if (!(true_)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #true_); \
			abort(); \
		} \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that a reading has told, in one number (FNV-1a). */
struct told {
	uint64_t hash;
	unsigned long entries, args;
};

static void tell(struct told *told, const void *data, size_t size)
{
	const uint8_t *at = data;

	for (; size; size--, at++)
		told->hash = (told->hash ^ *at) * 0x100000001b3ULL;
}

static void tell_number(struct told *told, uint64_t number)
{
	tell(told, &number, sizeof(number));
}

static bool is_within(const struct manifest_text *t, const char *begin,
		      const char *at, size_t len)
{
	return at >= begin && at <= t->at && len <= (size_t)(t->at - at) &&
	       !memchr(at, '\n', len) && !memchr(at, '\0', len);
}

static void check_entry(const struct manifest_text *t,
			const struct manifest_line *line)
{
	uint8_t digest[MANIFEST_DIGEST_SIZE];
	char hex[2 * MANIFEST_DIGEST_SIZE + 1], *name;
	size_t i, len;

	check(line->digits == MANIFEST_HEX_MAX ||
	      (line->digits == 32 && t->allow_md5));
	for (i = 0; i < line->digits; i++)
		check(strchr("0123456789abcdef", line->hex[i]) && line->hex[i]);
	if (line->digits == MANIFEST_HEX_MAX) {
		manifest_line_digest(line, digest);
		for (i = 0; i < sizeof(digest); i++)
			snprintf(hex + 2 * i, 3, "%02x", digest[i]);
		check(!memcmp(hex, line->hex, MANIFEST_HEX_MAX));
	}
	check(line->name_len > 0);
	name = malloc(line->name_len);
	len = manifest_line_name(line, name);
	check(len > 0 && len <= line->name_len);
	check(line->escaped || (len == line->name_len &&
				!memcmp(name, line->name, len)));
	free(name);
}

static bool is_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.",
			    name[i], 65))
			return false;
	return len > 0;
}

static void check_args(const struct manifest_text *t,
		       const struct manifest_line *line)
{
	const char *rest = line->rest, *end = line->rest + line->rest_len;
	const char *word, *behind = rest;
	size_t len, words = 0;

	check(t->kind == MANIFEST_MODULES);
	check(is_name(line->name, line->name_len));
	check(line->rest == line->name + line->name_len);
	while ((word = manifest_next_arg(&rest, end, &len))) {
		check(len > 0 && word >= behind && word + len == rest &&
		      rest <= end);
		check(word > line->rest && word[-1] == ' ');
		check(is_name(word, manifest_arg_name(word, len)));
		behind = rest;
		words++;
	}
	check(words > 0);
	check(manifest_same_name(line->name, line->name_len, line->name,
				 line->name_len));
}

static void take(struct manifest_text *t, struct told *told, const char *begin,
		 enum manifest_verdict verdict,
		 const struct manifest_line *line)
{
	tell_number(told, verdict);
	tell_number(told, t->line);
	if (verdict != MANIFEST_ENTRY && verdict != MANIFEST_ARGS) {
		check(strlen(manifest_problem(verdict)) > 0);
		return;
	}
	check(is_within(t, begin, line->name, line->name_len));
	tell(told, line->name, line->name_len);
	if (verdict == MANIFEST_ENTRY) {
		check_entry(t, line);
		tell_number(told, line->escaped);
		tell(told, line->hex, line->digits);
		told->entries++;
	} else {
		check(is_within(t, begin, line->rest, line->rest_len));
		check_args(t, line);
		tell(told, line->rest, line->rest_len);
		told->args++;
	}
}

/* Reads on through one block. */
static void read_block(struct manifest_text *t, struct told *told,
		       const uint8_t *data, size_t size, bool more)
{
	char *block = malloc(size ? size : 1);
	unsigned long before = t->line;
	enum manifest_verdict verdict;
	struct manifest_line line;
	size_t rounds = 0;

	memcpy(block, data, size);
	t->at = block;
	t->end = block + size;
	t->more = more;
	while ((verdict = manifest_text_next(t, &line)) != MANIFEST_END &&
	       verdict != MANIFEST_BAD_EMPTY) {
		check(rounds++ <= size);
		take(t, told, block, verdict, &line);
	}
	check(t->at == t->end);
	check(t->line - before <= size);
	check(manifest_text_next(t, &line) == verdict);
	check(verdict == MANIFEST_END ||
	      (!more && !t->entries && t->kind != MANIFEST_REVOKED));
	if (!more)
		tell_number(told, verdict);
	free(block);
}

static void finish(const struct manifest_text *t, struct told *told,
		   size_t size)
{
	check(t->entries == told->entries && t->args == told->args);
	check(t->allow_md5 || t->entries <= size / ENTRY_MIN + 1);
	check(t->kind < MANIFEST_KINDS && manifest_kind_name(t->kind));
	tell_number(told, t->kind);
	tell_number(told, t->serial);
	tell_number(told, t->line);
}

/* In blocks that end behind each line whose number has one of these bits. */
static uint64_t read_divided(const uint8_t *data, size_t size, bool allow_md5,
			     unsigned long ends)
{
	struct manifest_text t = { .allow_md5 = allow_md5 };
	struct told told = { .hash = 0xcbf29ce484222325ULL };
	unsigned long line = 0;
	size_t from = 0, i;

	for (i = 0; i < size; i++) {
		if (data[i] != '\n' || !(++line & ends))
			continue;
		read_block(&t, &told, data + from, i + 1 - from, true);
		from = i + 1;
	}
	read_block(&t, &told, data + from, size - from, false);
	finish(&t, &told, size);
	return told.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned long ends[] = { -1UL, 1, 2, 4, 8, 5, 32 };
	/* Long texts are for long lines: they would take most of the time. */
	size_t divisions = size > 4096 ? 1 : sizeof(ends) / sizeof(ends[0]);
	uint64_t whole;
	size_t i;
	int md5;

	for (md5 = 0; md5 < 2; md5++) {
		whole = read_divided(data, size, md5, 0);
		for (i = 0; i < divisions; i++)
			check(read_divided(data, size, md5, ends[i]) == whole);
	}
	return 0;
}
