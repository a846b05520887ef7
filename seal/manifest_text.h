/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of a manifest, the one there is: the kernel and insmod-guard
 * read with it. Lines as sha256sum(1) writes them, and remarks it passes over:
 *
 *	[\]DIGEST, two spaces or " *", FILE
 *	# serial: N			it replaces those with a lower one
 *	# kind: modules|programs|revoked
 *	# args: MODULE NAME|NAME=VALUE...
 *	# a comment, or nothing
 *
 * Pure: text in, facts out. It allocates nothing, keeps nothing and knows no
 * file.
 */
#ifndef MANIFEST_TEXT_H
#define MANIFEST_TEXT_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

#define MANIFEST_DIGEST_SIZE 32
#define MANIFEST_HEX_MAX 64

/* Beyond these no manifest is read. A name of 4096 escaped bytes fits. */
#define MANIFEST_LINE_MAX ((size_t)16 << 10)
#define MANIFEST_TEXT_MAX ((size_t)256 << 20)

enum manifest_kind {
	MANIFEST_MODULES,
	MANIFEST_PROGRAMS,
	MANIFEST_REVOKED,
	MANIFEST_KINDS
};

enum manifest_verdict {
	MANIFEST_END,
	MANIFEST_ENTRY,
	MANIFEST_ARGS,
	/* What is wrong with the line before the reader. */
	MANIFEST_BAD_NUL,
	MANIFEST_BAD_RETURN,
	MANIFEST_BAD_TOO_LONG,
	MANIFEST_BAD_TAG,
	MANIFEST_BAD_DIGEST,
	MANIFEST_BAD_LENGTH,
	MANIFEST_BAD_MD5,
	MANIFEST_BAD_SHA1,
	MANIFEST_BAD_ALGORITHM,
	MANIFEST_BAD_SEPARATOR,
	MANIFEST_BAD_NAME,
	MANIFEST_BAD_ESCAPE,
	MANIFEST_BAD_REMARK,
	MANIFEST_BAD_SERIAL,
	MANIFEST_BAD_KIND,
	MANIFEST_BAD_ARGS,
	MANIFEST_BAD_TWICE,
	MANIFEST_BAD_LATE,
	MANIFEST_BAD_EMPTY,	/* of the whole, at its end */
	MANIFEST_VERDICTS
};

/*
 * The reader. Set up as { .at = text, .end = text + size }. Where the text
 * comes in blocks of whole lines, @at and @end are set to each, and @more is
 * true but for the last.
 *
 * @line: the number of the line that was read last, from 1
 * @kind: as the remark says, or MANIFEST_MODULES
 * @serial: as the remark says, or 0
 * @entries: how many there were
 * @allow_md5: take MD5 digests for entries (insmod-guard --allow-md5)
 */
struct manifest_text {
	const char *at, *end;
	bool more;
	bool allow_md5;
	bool has_kind;
	enum manifest_kind kind;
	uint64_t serial;
	unsigned long line;
	unsigned long entries;
	unsigned long args;
};

/*
 * An entry, or what may be handed to a module. All point into the text.
 *
 * @hex: @digits in lower case, not terminated: 64, or 32 of an MD5
 * @name: the file, or the module whose arguments are @rest
 * @escaped: a file's @name holds \\ \n \r
 */
struct manifest_line {
	char hex[MANIFEST_HEX_MAX];
	size_t digits;
	const char *name;
	size_t name_len;
	bool escaped;
	const char *rest;
	size_t rest_len;
};

/**
 * manifest_text_next() - read on to what is worth telling
 * @t: the reader
 * @line: filled in for MANIFEST_ENTRY and MANIFEST_ARGS, else undefined
 *
 * After a bad line the reader can go on behind it.
 *
 * Return: what was met. The rest of a manifest with a bad line is worth nothing.
 */
enum manifest_verdict manifest_text_next(struct manifest_text *t,
					 struct manifest_line *line);

/* The bytes of an entry's SHA-256. */
void manifest_line_digest(const struct manifest_line *line,
			  uint8_t digest[MANIFEST_DIGEST_SIZE]);

/**
 * manifest_line_name() - the file name with its escapes undone
 * @line: an entry
 * @name: room for @line->name_len bytes
 *
 * Return: how many bytes were written; no NUL is added.
 */
size_t manifest_line_name(const struct manifest_line *line, char *name);

/**
 * manifest_next_arg() - cut the next word off module arguments
 * @rest: where they begin; moved behind the word
 * @end: where they end
 * @len: the word's length
 *
 * Words end at a blank outside of double quotes, as for the kernel
 * (lib/cmdline.c:next_arg()).
 *
 * Return: the word, or NULL if there is none.
 */
const char *manifest_next_arg(const char **rest, const char *end, size_t *len);

/* How much of NAME or NAME=VALUE is the name? */
size_t manifest_arg_name(const char *arg, size_t len);

/*
 * Are these one name of a module or of its parameter? Dash and underscore are
 * the same letter to the kernel (kernel/params.c:parameqn).
 */
bool manifest_same_name(const char *a, size_t a_len, const char *b,
			size_t b_len);

/* What is wrong, to be put after "line N: ". */
const char *manifest_problem(enum manifest_verdict verdict);

/* The word for a kind. */
const char *manifest_kind_name(enum manifest_kind kind);

#endif
