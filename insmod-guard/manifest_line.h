/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of a manifest line, as sha256sum(1) writes it:
 *
 *	[\]DIGEST, two spaces or " *", FILE
 *	# comment
 *	(nothing)
 *
 * Pure: text in, facts out. It allocates nothing, keeps nothing and knows no
 * file, so that user space and the kernel can read manifests with one parser.
 */
#ifndef MANIFEST_LINE_H
#define MANIFEST_LINE_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

/* In the order of strength; told apart by the length of the digest alone. */
enum digest_algorithm {
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_ALGORITHMS
};

#define DIGEST_HEX_MAX 128

enum manifest_verdict {
	MANIFEST_ENTRY,
	MANIFEST_NOTHING,	/* a blank line or a comment */
	MANIFEST_BAD_NUL,
	MANIFEST_BAD_RETURN,
	MANIFEST_BAD_TAG,
	MANIFEST_BAD_DIGEST,
	MANIFEST_BAD_LENGTH,
	MANIFEST_BAD_SEPARATOR,
	MANIFEST_BAD_NAME,
	MANIFEST_BAD_ESCAPE,
	MANIFEST_VERDICTS
};

struct manifest_line {
	enum digest_algorithm algorithm;
	size_t digits;			/* of hex that count */
	char hex[DIGEST_HEX_MAX];	/* lower case, not terminated */
	const char *name;		/* points into the text */
	size_t name_len;
	bool escaped;			/* name holds \\ \n \r */
};

/**
 * manifest_line_parse() - read one line
 * @text: the line, without its newline
 * @len: its length; any byte may occur in it
 * @line: filled in when MANIFEST_ENTRY is returned, else undefined
 */
enum manifest_verdict manifest_line_parse(const char *text, size_t len,
					  struct manifest_line *line);

/**
 * manifest_line_name() - the file name with its escapes undone
 * @line: as filled in by manifest_line_parse()
 * @name: room for @line->name_len bytes
 *
 * Return: how many bytes were written; no NUL is added.
 */
size_t manifest_line_name(const struct manifest_line *line, char *name);

/* What is wrong with a line, to be put after "line N: ". */
const char *manifest_line_problem(enum manifest_verdict verdict);

#endif
