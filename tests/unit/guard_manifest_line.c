// SPDX-License-Identifier: GPL-2.0
/*
 * The table of manifest lines: what is taken, what is refused and why. Each
 * line is put into a block of memory of just its size, so that the address
 * sanitizer sees the parser look one byte too far.
 */
#include <stdio.h>
#include <stdlib.h>

#include "manifest_line.h"

#define H32 "0123456789abcdef0123456789abcdef"
#define U32 "0123456789ABCDEF0123456789ABCDEF"
#define H40 H32 "01234567"
#define H64 H32 H32
#define H96 H64 H32
#define H128 H64 H64

#define LINE(text) text, sizeof(text) - 1
#define TAKEN(algorithm, name) MANIFEST_ENTRY, algorithm, LINE(name)
#define REFUSED(verdict) verdict, DIGEST_ALGORITHMS, NULL, 0

static const struct row {
	const char *what;
	const char *text;
	size_t len;
	enum manifest_verdict verdict;
	enum digest_algorithm algorithm;
	const char *name;
	size_t name_len;
} rows[] = {
	/* taken */
	{ "text mode", LINE(H64 "  /a.ko"), TAKEN(DIGEST_SHA256, "/a.ko") },
	{ "binary mode", LINE(H64 " */a.ko"), TAKEN(DIGEST_SHA256, "/a.ko") },
	{ "upper case", LINE(U32 U32 "  a"), TAKEN(DIGEST_SHA256, "a") },
	{ "mixed case", LINE(H32 U32 "  a"), TAKEN(DIGEST_SHA256, "a") },
	{ "sha384", LINE(H96 "  a"), TAKEN(DIGEST_SHA384, "a") },
	{ "sha512", LINE(H128 "  a"), TAKEN(DIGEST_SHA512, "a") },
	{ "md5", LINE(H32 "  a"), TAKEN(DIGEST_MD5, "a") },
	{ "sha1", LINE(H40 "  a"), TAKEN(DIGEST_SHA1, "a") },
	{ "escaped newline", LINE("\\" H64 "  a\\nb"),
	  TAKEN(DIGEST_SHA256, "a\nb") },
	{ "escaped return", LINE("\\" H64 "  a\\rb"),
	  TAKEN(DIGEST_SHA256, "a\rb") },
	{ "escaped backslash", LINE("\\" H64 "  a\\\\nb"),
	  TAKEN(DIGEST_SHA256, "a\\nb") },
	{ "escapes at both ends", LINE("\\" H64 " *\\na\\\\"),
	  TAKEN(DIGEST_SHA256, "\na\\") },
	{ "backslash without the mark", LINE(H64 "  a\\nb"),
	  TAKEN(DIGEST_SHA256, "a\\nb") },
	{ "space first in the name", LINE(H64 "   a"),
	  TAKEN(DIGEST_SHA256, " a") },
	{ "asterisk first in the name", LINE(H64 " **"),
	  TAKEN(DIGEST_SHA256, "*") },
	{ "name of other bytes", LINE(H64 "  \xc3\xa4\x01\xff"),
	  TAKEN(DIGEST_SHA256, "\xc3\xa4\x01\xff") },
	{ "return within the name", LINE(H64 "  a\rb"),
	  TAKEN(DIGEST_SHA256, "a\rb") },

	/* nothing */
	{ "empty", LINE(""), REFUSED(MANIFEST_NOTHING) },
	{ "spaces and tabs", LINE(" \t "), REFUSED(MANIFEST_NOTHING) },
	{ "comment", LINE("# " H64), REFUSED(MANIFEST_NOTHING) },
	{ "bare comment", LINE("#"), REFUSED(MANIFEST_NOTHING) },
	{ "comment with a return", LINE("# dos\r"),
	  REFUSED(MANIFEST_NOTHING) },

	/* refused */
	{ "NUL in the digest", LINE(H32 "\0" H32 "  a"),
	  REFUSED(MANIFEST_BAD_NUL) },
	{ "NUL in the name", LINE(H64 "  a\0b"), REFUSED(MANIFEST_BAD_NUL) },
	{ "NUL at the end", LINE(H64 "  a\0"), REFUSED(MANIFEST_BAD_NUL) },
	{ "NUL alone", LINE("\0"), REFUSED(MANIFEST_BAD_NUL) },
	{ "NUL in a comment", LINE("# a\0b"), REFUSED(MANIFEST_BAD_NUL) },
	{ "DOS line end", LINE(H64 "  a\r"), REFUSED(MANIFEST_BAD_RETURN) },
	{ "DOS blank line", LINE("\r"), REFUSED(MANIFEST_BAD_RETURN) },
	{ "BSD style", LINE("SHA256 (a) = " H64), REFUSED(MANIFEST_BAD_TAG) },
	{ "BSD style, cut", LINE("MD5 ("), REFUSED(MANIFEST_BAD_TAG) },
	{ "name first", LINE("/a.ko " H64), REFUSED(MANIFEST_BAD_DIGEST) },
	{ "indented", LINE(" " H64 "  a"), REFUSED(MANIFEST_BAD_DIGEST) },
	{ "a comment after a space", LINE(" # a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "0x", LINE("0x" H64 "  a"), REFUSED(MANIFEST_BAD_DIGEST) },
	{ "g", LINE(H32 "0123456789abcdeg" "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "before 0", LINE("/123456789abcdef" H32 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "after 9", LINE(":123456789abcdef" H32 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "before A", LINE("@123456789abcdef" H32 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "after F", LINE("G123456789abcdef" H32 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "before a", LINE("`123456789abcdef" H32 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "a control that differs from 1 in one bit",
	  LINE("0\x11" "23456789abcdef" H32 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "top bit set", LINE("\xb0" "123456789abcdef" H32
			      "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_DIGEST) },
	{ "two marks", LINE("\\\\" H64 "  a"), REFUSED(MANIFEST_BAD_DIGEST) },
	{ "mark alone", LINE("\\"), REFUSED(MANIFEST_BAD_DIGEST) },
	{ "asterisk alone", LINE("*"), REFUSED(MANIFEST_BAD_DIGEST) },
	{ "one digit", LINE("0  a"), REFUSED(MANIFEST_BAD_LENGTH) },
	{ "63 digits", LINE(H32 "0123456789abcdef0123456789abcde  a"),
	  REFUSED(MANIFEST_BAD_LENGTH) },
	{ "65 digits", LINE(H64 "0  a"), REFUSED(MANIFEST_BAD_LENGTH) },
	{ "72 digits", LINE(H64 "01234567  a"), REFUSED(MANIFEST_BAD_LENGTH) },
	{ "56 digits, as SHA-224 has", LINE(H40 "0123456789abcdef  a"),
	  REFUSED(MANIFEST_BAD_LENGTH) },
	{ "136 digits", LINE(H128 "01234567  a"),
	  REFUSED(MANIFEST_BAD_LENGTH) },
	{ "digest alone", LINE(H64), REFUSED(MANIFEST_BAD_SEPARATOR) },
	{ "longest digest alone", LINE(H128),
	  REFUSED(MANIFEST_BAD_SEPARATOR) },
	{ "tab", LINE(H64 "\ta"), REFUSED(MANIFEST_BAD_SEPARATOR) },
	{ "one space", LINE(H64 " a"), REFUSED(MANIFEST_BAD_SEPARATOR) },
	{ "space and the end", LINE(H64 " "),
	  REFUSED(MANIFEST_BAD_SEPARATOR) },
	{ "space, tab", LINE(H64 " \ta"), REFUSED(MANIFEST_BAD_SEPARATOR) },
	{ "no name", LINE(H64 "  "), REFUSED(MANIFEST_BAD_NAME) },
	{ "no name, binary", LINE(H64 " *"), REFUSED(MANIFEST_BAD_NAME) },
	{ "unknown escape", LINE("\\" H64 "  a\\tb"),
	  REFUSED(MANIFEST_BAD_ESCAPE) },
	{ "escape at the end", LINE("\\" H64 "  a\\"),
	  REFUSED(MANIFEST_BAD_ESCAPE) },
	{ "odd backslashes at the end", LINE("\\" H64 "  a\\\\\\"),
	  REFUSED(MANIFEST_BAD_ESCAPE) },
};

static const char *check_entry(const struct row *row,
			       const struct manifest_line *line)
{
	static const size_t digits[] = { 32, 40, 64, 96, 128 };
	char name[64];
	size_t i;

	if (line->algorithm != row->algorithm ||
	    line->digits != digits[row->algorithm])
		return "another algorithm";
	for (i = 0; i < line->digits; i++)
		if (line->hex[i] != "0123456789abcdef"[i % 16])
			return "other digits";
	if (manifest_line_name(line, name) != row->name_len ||
	    memcmp(name, row->name, row->name_len))
		return "another name";
	return NULL;
}

static const char *check_row(const struct row *row)
{
	char *text = malloc(row->len ? row->len : 1);
	enum manifest_verdict verdict;
	struct manifest_line line;
	const char *wrong = NULL;

	if (!text)
		return "no memory";
	memcpy(text, row->text, row->len);
	verdict = manifest_line_parse(text, row->len, &line);
	if (verdict != row->verdict)
		wrong = manifest_line_problem(verdict);
	else if (verdict == MANIFEST_ENTRY)
		wrong = check_entry(row, &line);
	free(text);
	return wrong;
}

/* Whatever the bytes, the parser stays within them and answers. */
static unsigned long check_mutations(void)
{
	static const char bytes[] = " *\\\r\n\t#0aAgGnr\x80\xff";
	unsigned long seed = 1, n, entries = 0;

	for (n = 0; n < 200000; n++) {
		const struct row *row;
		struct manifest_line line;
		char text[300];
		char *exact;
		size_t len;

		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		row = &rows[(seed >> 33) % (sizeof(rows) / sizeof(rows[0]))];
		len = row->len;
		memcpy(text, row->text, len);
		if (len && seed >> 60)
			text[(seed >> 20) % len] =
				bytes[(seed >> 50) % sizeof(bytes)];
		if (len && (seed >> 16) % 4 == 0)
			len = (seed >> 40) % len;
		exact = malloc(len ? len : 1);
		if (!exact)
			exit(1);
		memcpy(exact, text, len);
		if (manifest_line_parse(exact, len, &line) == MANIFEST_ENTRY) {
			entries++;
			if (manifest_line_name(&line, text) > line.name_len)
				exit(1);
		}
		free(exact);
	}
	return entries;
}

int main(void)
{
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	unsigned long entries;
	size_t i, failed = 0;

	for (i = 0; i < count; i++) {
		const char *wrong = check_row(&rows[i]);

		if (!wrong)
			continue;
		printf("row %zu, %s: %s\n", i, rows[i].what, wrong);
		failed++;
	}
	entries = check_mutations();
	printf("%zu rows, %zu failed; %lu of 200000 mutations were entries\n",
	       count, failed, entries);
	return failed || !entries;
}
