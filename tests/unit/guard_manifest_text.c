// SPDX-License-Identifier: GPL-2.0
/*
 * The table of manifests, read whole and in every division into blocks of whole
 * lines. Each text is put into a block of memory of just its size, so that the
 * address sanitizer sees the reader look one byte too far.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "manifest_table.h"

/* What has been read is told here. */
static char facts[64 << 10];
static size_t facts_len;

static void tell(const char *text, size_t len)
{
	if (len > sizeof(facts) - facts_len)
		exit(1);
	memcpy(facts + facts_len, text, len);
	facts_len += len;
}

static void tell_text(const char *text)
{
	tell(text, strlen(text));
}

static bool digest_is_right(const struct manifest_line *line)
{
	static const uint8_t right[] = {
		0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef
	};
	uint8_t digest[MANIFEST_DIGEST_SIZE];
	size_t i;

	manifest_line_digest(line, digest);
	for (i = 0; i < line->digits; i++)
		if (line->hex[i] != "0123456789abcdef"[i % 16])
			return false;
	for (i = 0; i < sizeof(digest); i++)
		if (digest[i] != right[i % sizeof(right)])
			return false;
	return line->digits == MANIFEST_HEX_MAX;
}

static void tell_line(enum manifest_verdict verdict,
		      const struct manifest_line *line)
{
	char *name = malloc(line->name_len);

	if (!name)
		exit(1);
	if (verdict == MANIFEST_ENTRY) {
		tell(name, manifest_line_name(line, name));
		if (!digest_is_right(line))
			tell_text(" (other digits)");
	} else {
		tell(line->name, line->name_len);
		tell_text("{");
		tell(line->rest, line->rest_len);
		tell_text("}");
	}
	tell_text(";");
	free(name);
}

static void tell_head(const struct manifest_text *t)
{
	char head[64], rest[sizeof(facts)];
	size_t len = facts_len;

	memcpy(rest, facts, len);
	snprintf(head, sizeof(head), "%s %" PRIu64 ":",
		 manifest_kind_name(t->kind), t->serial);
	facts_len = 0;
	tell_text(head);
	tell(rest, len);
}

/* Reads on in one block of exactly its size; the first bad verdict. */
static enum manifest_verdict read_block(struct manifest_text *t,
					const char *text, size_t len)
{
	enum manifest_verdict verdict;
	struct manifest_line line;
	char *block = malloc(len ? len : 1);

	if (!block)
		exit(1);
	memcpy(block, text, len);
	t->at = block;
	t->end = block + len;
	while ((verdict = manifest_text_next(t, &line)) == MANIFEST_ENTRY ||
	       verdict == MANIFEST_ARGS)
		tell_line(verdict, &line);
	free(block);
	return verdict;
}

/* In two blocks, the first of @first bytes. */
static const char *check_row(const struct manifest_row *row, size_t first)
{
	struct manifest_text t = { .more = true };
	enum manifest_verdict verdict = MANIFEST_END;

	facts_len = 0;
	if (first)
		verdict = read_block(&t, row->text, first);
	t.more = false;
	if (verdict == MANIFEST_END)
		verdict = read_block(&t, row->text + first, row->len - first);
	if (verdict != row->verdict)
		return manifest_problem(verdict);
	if (verdict != MANIFEST_END)
		return NULL;
	tell_head(&t);
	if (facts_len != row->facts_len ||
	    memcmp(facts, row->facts, facts_len))
		return "other facts";
	return NULL;
}

static const char *check_divisions(const struct manifest_row *row)
{
	const char *wrong = check_row(row, 0);
	size_t i;

	for (i = 0; i < row->len && !wrong; i++)
		if (row->text[i] == '\n')
			wrong = check_row(row, i + 1);
	return wrong;
}

/* With allow_md5 an MD5 is an entry, and nothing else is any more than before. */
static const char *check_md5(const struct manifest_row *row)
{
	struct manifest_text t = { .allow_md5 = true };
	enum manifest_verdict verdict;
	struct manifest_line line;

	t.at = row->text;
	t.end = row->text + row->len;
	do
		verdict = manifest_text_next(&t, &line);
	while (verdict == MANIFEST_ENTRY || verdict == MANIFEST_ARGS);
	if (row->verdict == MANIFEST_BAD_MD5)
		return verdict == MANIFEST_END && t.entries == 1 &&
		       line.digits == 32 ? NULL : "the MD5 was not taken";
	return verdict == row->verdict ? NULL : "another verdict with MD5";
}

/* Each verdict that is bad has a sentence, and a row. */
static size_t check_verdicts(void)
{
	enum manifest_verdict verdict;
	size_t i, failed = 0;

	for (verdict = MANIFEST_BAD_NUL; verdict < MANIFEST_VERDICTS;
	     verdict++) {
		for (i = 0; i < MANIFEST_ROWS; i++)
			if (manifest_rows[i].verdict == verdict)
				break;
		if (i < MANIFEST_ROWS && manifest_problem(verdict) !=
					 manifest_problem(MANIFEST_END))
			continue;
		printf("verdict %d has no row or no sentence\n", verdict);
		failed++;
	}
	return failed;
}

int main(void)
{
	size_t i, failed = check_verdicts();

	for (i = 0; i < MANIFEST_ROWS; i++) {
		const struct manifest_row *row = &manifest_rows[i];
		const char *wrong = check_divisions(row);

		if (!wrong)
			wrong = check_md5(row);
		if (!wrong)
			continue;
		printf("row %zu, %s: %s\n", i, row->what, wrong);
		failed++;
	}
	printf("%zu rows, %zu failed\n", MANIFEST_ROWS, failed);
	return failed != 0;
}
