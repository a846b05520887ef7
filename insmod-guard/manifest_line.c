// SPDX-License-Identifier: GPL-2.0
/* One line of a manifest; see manifest_line.h. */
#include "manifest_line.h"

#define REPEAT(byte) ((byte) * 0x0101010101010101ULL)

/*
 * Are these eight characters hexadecimal digits? If so copy them in lower
 * case. A manifest may have a million lines of 64 digits, so eight are tested
 * at a time: once no byte has its top bit, adding (0x80 - c) to all of them
 * sets the top bit of exactly those that are >= c, and nothing carries over.
 */
static bool copy_eight_digits(char *to, const char *from)
{
	uint64_t text, lower, decimal, letter;

	memcpy(&text, from, sizeof(text));
	if (text & REPEAT(0x80))
		return false;
	lower = text | REPEAT(0x20);
	decimal = (text + REPEAT(0x80 - '0')) & ~(text + REPEAT(0x7f - '9'));
	letter = (lower + REPEAT(0x80 - 'a')) & ~(lower + REPEAT(0x7f - 'f'));
	if (((decimal | letter) & REPEAT(0x80)) != REPEAT(0x80))
		return false;
	memcpy(to, &lower, sizeof(lower));
	return true;
}

/* Every digest we know has a multiple of eight digits. */
static size_t copy_digits(char *to, const char *from, size_t len)
{
	size_t n = 0;

	while (n < DIGEST_HEX_MAX && len - n >= 8 &&
	       copy_eight_digits(to + n, from + n))
		n += 8;
	return n;
}

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static bool algorithm_of(size_t digits, enum digest_algorithm *algorithm)
{
	switch (digits) {
	case 32:
		*algorithm = DIGEST_MD5;
		return true;
	case 40:
		*algorithm = DIGEST_SHA1;
		return true;
	case 64:
		*algorithm = DIGEST_SHA256;
		return true;
	case 96:
		*algorithm = DIGEST_SHA384;
		return true;
	case 128:
		*algorithm = DIGEST_SHA512;
		return true;
	}
	return false;
}

static bool is_blank(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\t')
			return false;
	return true;
}

static bool escapes_are_good(const char *name, size_t len)
{
	const char *end = name + len;

	while ((name = memchr(name, '\\', (size_t)(end - name)))) {
		if (++name == end)
			return false;
		if (*name != '\\' && *name != 'n' && *name != 'r')
			return false;
		name++;
	}
	return true;
}

/* Only reached for lines that are refused: which sentence helps most? */
static enum manifest_verdict diagnose_digest(const char *text, size_t len)
{
	static const char *const tags[] = {
		"MD5 (", "SHA1 (", "SHA256 (", "SHA384 (", "SHA512 ("
	};
	enum digest_algorithm algorithm;
	size_t i;

	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (len >= strlen(tags[i]) &&
		    !memcmp(text, tags[i], strlen(tags[i])))
			return MANIFEST_BAD_TAG;

	for (i = 0; i < len && is_digit(text[i]); i++)
		;
	if (algorithm_of(i, &algorithm))
		return MANIFEST_BAD_SEPARATOR;
	if (i && (i == len || text[i] == ' '))
		return MANIFEST_BAD_LENGTH;
	return MANIFEST_BAD_DIGEST;
}

enum manifest_verdict manifest_line_parse(const char *text, size_t len,
					  struct manifest_line *line)
{
	if (memchr(text, '\0', len))
		return MANIFEST_BAD_NUL;
	if (is_blank(text, len) || text[0] == '#')
		return MANIFEST_NOTHING;
	if (text[len - 1] == '\r')
		return MANIFEST_BAD_RETURN;

	line->escaped = text[0] == '\\';
	if (line->escaped) {
		text++;
		len--;
	}

	line->digits = copy_digits(line->hex, text, len);
	if (line->digits == len || text[line->digits] != ' ' ||
	    !algorithm_of(line->digits, &line->algorithm))
		return diagnose_digest(text, len);
	text += line->digits + 1;
	len -= line->digits + 1;

	if (!len || (text[0] != ' ' && text[0] != '*'))
		return MANIFEST_BAD_SEPARATOR;
	line->name = text + 1;
	line->name_len = len - 1;
	if (!line->name_len)
		return MANIFEST_BAD_NAME;
	if (line->escaped && !escapes_are_good(line->name, line->name_len))
		return MANIFEST_BAD_ESCAPE;
	return MANIFEST_ENTRY;
}

size_t manifest_line_name(const struct manifest_line *line, char *name)
{
	size_t from, to = 0;

	for (from = 0; from < line->name_len; from++) {
		char c = line->name[from];

		if (c == '\\' && line->escaped) {
			c = line->name[++from];
			if (c == 'n')
				c = '\n';
			else if (c == 'r')
				c = '\r';
		}
		name[to++] = c;
	}
	return to;
}

const char *manifest_line_problem(enum manifest_verdict verdict)
{
	static const char *const problems[MANIFEST_VERDICTS] = {
		[MANIFEST_BAD_NUL] = "it holds a NUL byte",
		[MANIFEST_BAD_RETURN] = "it ends in a carriage return (remove DOS line ends)",
		[MANIFEST_BAD_TAG] = "it is in the BSD style (write it without --tag)",
		[MANIFEST_BAD_DIGEST] = "it does not begin with a digest in hexadecimal",
		[MANIFEST_BAD_LENGTH] = "its digest has the length of no algorithm that is known",
		[MANIFEST_BAD_SEPARATOR] = "its digest is not followed by two spaces, or a space and an asterisk",
		[MANIFEST_BAD_NAME] = "it names no file",
		[MANIFEST_BAD_ESCAPE] = "its file name has a backslash that is not \\\\, \\n or \\r",
	};

	return problems[verdict] ? problems[verdict] : "it is well-formed";
}
