// SPDX-License-Identifier: GPL-2.0
/* The grammar of a manifest; see manifest_text.h. */
#include "manifest_text.h"

#define REPEAT(byte) ((byte) * 0x0101010101010101ULL)

/* The line that is being read. */
struct text {
	const char *at;
	size_t len;
};

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

	while (n < MANIFEST_HEX_MAX && len - n >= 8 &&
	       copy_eight_digits(to + n, from + n))
		n += 8;
	return n;
}

/* The first byte is the lowest. */
static uint64_t load_eight(const char *from)
{
	uint64_t eight;

	memcpy(&eight, from, sizeof(eight));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	eight = __builtin_bswap64(eight);
#endif
	return eight;
}

/*
 * Is one of these eight bytes zero? The lowest bit that is set is the top one
 * of the first that is (Bit Twiddling Hacks, "haszero").
 */
static uint64_t zero_bytes(uint64_t eight)
{
	return (eight - REPEAT(0x01)) & ~eight & REPEAT(0x80);
}

/*
 * The first newline or NUL. The kernel's memchr() looks at one byte at a time
 * on most architectures.
 */
static const char *find_stop(const char *from, const char *end)
{
	uint64_t eight, stops;

	for (; end - from >= 8; from += 8) {
		eight = load_eight(from);
		stops = zero_bytes(eight) | zero_bytes(eight ^ REPEAT('\n'));
		if (stops)
			return from + (__builtin_ctzll(stops) >> 3);
	}
	while (from < end && *from != '\n' && *from)
		from++;
	return from;
}

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool begins_with(const struct text *text, const char *word)
{
	size_t len = strlen(word);

	return text->len >= len && !memcmp(text->at, word, len);
}

static bool is_word(const struct text *text, const char *word)
{
	return text->len == strlen(word) && begins_with(text, word);
}

static void skip(struct text *text, size_t n)
{
	text->at += n;
	text->len -= n;
}

static bool is_empty(const struct text *text)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		if (!is_blank(text->at[i]))
			return false;
	return true;
}

/* --- remarks --- */

static enum manifest_verdict take_serial(struct manifest_text *t,
					 const struct text *value)
{
	uint64_t serial = 0, digit;
	size_t i;

	if (t->entries || t->args)
		return MANIFEST_BAD_LATE;
	if (t->serial)
		return MANIFEST_BAD_TWICE;
	for (i = 0; i < value->len; i++) {
		digit = (unsigned char)value->at[i] - (uint64_t)'0';
		if (digit > 9 || (!serial && !digit) ||
		    serial > ((uint64_t)-1 - digit) / 10)
			return MANIFEST_BAD_SERIAL;
		serial = serial * 10 + digit;
	}
	t->serial = serial;
	return serial ? MANIFEST_END : MANIFEST_BAD_SERIAL;
}

static enum manifest_verdict take_kind(struct manifest_text *t,
				       const struct text *value)
{
	enum manifest_kind kind;

	if (t->entries || t->args)
		return MANIFEST_BAD_LATE;
	if (t->has_kind)
		return MANIFEST_BAD_TWICE;
	for (kind = 0; kind < MANIFEST_KINDS; kind++) {
		if (is_word(value, manifest_kind_name(kind))) {
			t->kind = kind;
			t->has_kind = true;
			return MANIFEST_END;
		}
	}
	return MANIFEST_BAD_KIND;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* NAME or NAME=VALUE, where what follows the name may be anything. */
static bool is_good_arg(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < len && is_name_char(word[i]); i++)
		;
	return i && (i == len || word[i] == '=');
}

static bool are_good_args(const char *rest, const char *end)
{
	const char *word, *c;
	size_t len, words = 0;

	for (c = rest; c < end; c++)
		if (*c < 0x20 || *c > 0x7e)
			return false;
	while ((word = manifest_next_arg(&rest, end, &len))) {
		if (!is_good_arg(word, len))
			return false;
		words++;
	}
	return words;
}

static enum manifest_verdict take_args(struct manifest_text *t,
				       const struct text *value,
				       struct manifest_line *line)
{
	struct text rest = *value;

	if (t->kind != MANIFEST_MODULES)
		return MANIFEST_BAD_ARGS;
	while (rest.len && is_name_char(*rest.at))
		skip(&rest, 1);
	line->name = value->at;
	line->name_len = value->len - rest.len;
	line->rest = rest.at;
	line->rest_len = rest.len;
	if (!line->name_len || !rest.len || *rest.at != ' ' ||
	    !are_good_args(rest.at, rest.at + rest.len))
		return MANIFEST_BAD_ARGS;
	t->args++;
	return MANIFEST_ARGS;
}

/*
 * What looks like one of our remarks but is not written like one must not pass
 * for a comment: "#Kind: revoked" would vouch for what it means to revoke.
 * Returns the length of the word, 0 if it is another.
 */
static size_t resembles(const struct text *text, const char *word)
{
	size_t len = strlen(word), i;

	if (text->len <= len)
		return 0;
	for (i = 0; i < len; i++)
		if ((text->at[i] | 0x20) != word[i])
			return 0;
	for (i = len; i < text->len && is_blank(text->at[i]); i++)
		;
	return i < text->len && (text->at[i] == ':' || text->at[i] == '=') ?
	       len : 0;
}

static enum manifest_verdict take_remark(struct manifest_text *t,
					 struct text text,
					 struct manifest_line *line)
{
	static const char *const words[] = { "serial", "kind", "args" };
	const char *mark = text.at;
	size_t i, len = 0;

	while (text.len && (*text.at == '#' || is_blank(*text.at)))
		skip(&text, 1);
	for (i = 0; i < 3 && !len; i++)
		len = resembles(&text, words[i]);
	if (!len)
		return MANIFEST_END;
	if (text.at != mark + 2 || mark[1] != ' ' ||
	    memcmp(text.at, words[i - 1], len) ||
	    text.len < len + 3 || memcmp(text.at + len, ": ", 2))
		return MANIFEST_BAD_REMARK;
	if (text.at[text.len - 1] == '\r')
		return MANIFEST_BAD_RETURN;
	skip(&text, len + 2);
	switch (i) {
	case 1:
		return take_serial(t, &text);
	case 2:
		return take_kind(t, &text);
	default:
		return take_args(t, &text, line);
	}
}

/* --- entries --- */

static bool escapes_are_good(const char *name, size_t len)
{
	const char *end = name + len;

	for (; name < end; name++) {
		if (*name != '\\')
			continue;
		if (++name == end)
			return false;
		if (*name != '\\' && *name != 'n' && *name != 'r')
			return false;
	}
	return true;
}

static enum manifest_verdict judge_algorithm(const struct manifest_text *t,
					     size_t digits)
{
	switch (digits) {
	case 32:
		return t->allow_md5 ? MANIFEST_ENTRY : MANIFEST_BAD_MD5;
	case 40:
		return MANIFEST_BAD_SHA1;
	case 64:
		return MANIFEST_ENTRY;
	case 96:
	case 128:
		return MANIFEST_BAD_ALGORITHM;
	default:
		return MANIFEST_BAD_LENGTH;
	}
}

/* Only reached for lines that are refused: which sentence helps most? */
static enum manifest_verdict diagnose_digest(const struct manifest_text *t,
					     const struct text *text)
{
	static const char *const tags[] = {
		"MD5 (", "SHA1 (", "SHA256 (", "SHA384 (", "SHA512 (", NULL
	};
	enum manifest_verdict verdict;
	size_t i;

	for (i = 0; tags[i]; i++)
		if (begins_with(text, tags[i]))
			return MANIFEST_BAD_TAG;

	for (i = 0; i < text->len && is_digit(text->at[i]); i++)
		;
	verdict = judge_algorithm(t, i);
	if (verdict == MANIFEST_ENTRY)
		return MANIFEST_BAD_SEPARATOR;
	if (verdict != MANIFEST_BAD_LENGTH)
		return verdict;
	if (i && (i == text->len || text->at[i] == ' '))
		return MANIFEST_BAD_LENGTH;
	return MANIFEST_BAD_DIGEST;
}

/* What digits there are at the beginning @line has already. */
static enum manifest_verdict take_entry(struct manifest_text *t,
					struct text text,
					struct manifest_line *line)
{
	line->escaped = *text.at == '\\';
	if (line->escaped) {
		skip(&text, 1);
		line->digits = copy_digits(line->hex, text.at, text.len);
	}
	if (line->digits == text.len || text.at[line->digits] != ' ' ||
	    judge_algorithm(t, line->digits) != MANIFEST_ENTRY)
		return diagnose_digest(t, &text);
	skip(&text, line->digits + 1);

	if (!text.len || (*text.at != ' ' && *text.at != '*'))
		return MANIFEST_BAD_SEPARATOR;
	line->name = text.at + 1;
	line->name_len = text.len - 1;
	if (!line->name_len)
		return MANIFEST_BAD_NAME;
	if (line->escaped && !escapes_are_good(line->name, line->name_len))
		return MANIFEST_BAD_ESCAPE;
	t->entries++;
	return MANIFEST_ENTRY;
}

/* --- the text --- */

/*
 * Cut the next line off, without its newline. Most begin with a digest: it is
 * copied now, because in its digits there is no newline to be looked for.
 */
static struct text next_line(struct manifest_text *t,
			     struct manifest_line *line, bool *has_nul)
{
	struct text text = { t->at, 0 };
	const char *end;

	line->digits = copy_digits(line->hex, t->at, (size_t)(t->end - t->at));
	end = find_stop(t->at + line->digits, t->end);
	*has_nul = end < t->end && !*end;
	while (end < t->end && !*end)
		end = find_stop(end + 1, t->end);
	text.len = (size_t)(end - t->at);
	t->at = end < t->end ? end + 1 : end;
	t->line++;
	return text;
}

/* MANIFEST_END: there is nothing in it to be told. */
static enum manifest_verdict take_line(struct manifest_text *t,
				       const struct text *text, bool has_nul,
				       struct manifest_line *line)
{
	if (text->len > MANIFEST_LINE_MAX)
		return MANIFEST_BAD_TOO_LONG;
	if (has_nul)
		return MANIFEST_BAD_NUL;
	if (is_empty(text))
		return MANIFEST_END;
	if (*text->at == '#')
		return take_remark(t, *text, line);
	if (text->at[text->len - 1] == '\r')
		return MANIFEST_BAD_RETURN;
	return take_entry(t, *text, line);
}

enum manifest_verdict manifest_text_next(struct manifest_text *t,
					 struct manifest_line *line)
{
	enum manifest_verdict verdict;
	bool has_nul;

	while (t->at < t->end) {
		struct text text = next_line(t, line, &has_nul);

		verdict = take_line(t, &text, has_nul, line);
		if (verdict != MANIFEST_END)
			return verdict;
	}
	/* To revoke nothing is something to say, to vouch for nothing is not. */
	if (!t->more && !t->entries && t->kind != MANIFEST_REVOKED)
		return MANIFEST_BAD_EMPTY;
	return MANIFEST_END;
}

/*
 * Eight digits at a time again: the low half of each character, plus nine for
 * a letter, is its value; then each even one is put in front of the next.
 */
void manifest_line_digest(const struct manifest_line *line,
			  uint8_t digest[MANIFEST_DIGEST_SIZE])
{
	uint64_t digits;
	size_t i;

	for (i = 0; i < MANIFEST_DIGEST_SIZE; i += 4) {
		digits = load_eight(line->hex + 2 * i);
		digits = (digits & REPEAT(0x0f)) +
			 9 * ((digits >> 6) & REPEAT(0x01));
		digits = digits << 4 | digits >> 8;
		digest[i] = digits & 0xff;
		digest[i + 1] = digits >> 16 & 0xff;
		digest[i + 2] = digits >> 32 & 0xff;
		digest[i + 3] = digits >> 48 & 0xff;
	}
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

const char *manifest_next_arg(const char **rest, const char *end, size_t *len)
{
	const char *word = *rest, *c;
	bool quoted = false;

	while (word < end && *word == ' ')
		word++;
	for (c = word; c < end && (quoted || *c != ' '); c++)
		if (*c == '"')
			quoted = !quoted;
	*rest = c;
	*len = (size_t)(c - word);
	return *len ? word : NULL;
}

size_t manifest_arg_name(const char *arg, size_t len)
{
	size_t i;

	for (i = 0; i < len && arg[i] != '='; i++)
		;
	return i;
}

static char folded(char c)
{
	return c == '-' ? '_' : c;
}

bool manifest_same_name(const char *a, size_t a_len, const char *b,
			size_t b_len)
{
	size_t i;

	if (a_len != b_len)
		return false;
	for (i = 0; i < a_len; i++)
		if (folded(a[i]) != folded(b[i]))
			return false;
	return true;
}

const char *manifest_kind_name(enum manifest_kind kind)
{
	static const char *const names[MANIFEST_KINDS] = {
		[MANIFEST_MODULES] = "modules",
		[MANIFEST_PROGRAMS] = "programs",
		[MANIFEST_REVOKED] = "revoked",
	};

	return names[kind];
}

const char *manifest_problem(enum manifest_verdict verdict)
{
	static const char *const problems[MANIFEST_VERDICTS] = {
		[MANIFEST_BAD_NUL] = "it holds a NUL byte",
		[MANIFEST_BAD_RETURN] = "it ends in a carriage return (remove DOS line ends)",
		[MANIFEST_BAD_TOO_LONG] = "it is too long",
		[MANIFEST_BAD_TAG] = "it is in the BSD style (write it without --tag)",
		[MANIFEST_BAD_DIGEST] = "it does not begin with a digest in hexadecimal",
		[MANIFEST_BAD_LENGTH] = "its digest has the length of no algorithm that is known",
		[MANIFEST_BAD_MD5] =
			"it is an MD5 digest, which proves nothing any more; regenerate the manifest with seal-manifest",
		[MANIFEST_BAD_SHA1] =
			"it is an SHA-1 digest, which proves nothing any more; regenerate the manifest with seal-manifest",
		[MANIFEST_BAD_ALGORITHM] =
			"it is no SHA-256 digest, and the kernel compares no others; regenerate the manifest with seal-manifest",
		[MANIFEST_BAD_SEPARATOR] =
			"its digest is not followed by two spaces, or a space and an asterisk",
		[MANIFEST_BAD_NAME] = "it names no file",
		[MANIFEST_BAD_ESCAPE] =
			"its file name has a backslash that is not \\\\, \\n or \\r",
		[MANIFEST_BAD_REMARK] =
			"it is nearly one of the remarks \"# serial: N\", \"# kind: KIND\", \"# args: MODULE ...\", which must be written exactly so",
		[MANIFEST_BAD_SERIAL] =
			"its serial is no number from 1 to 18446744073709551615 without leading zeros",
		[MANIFEST_BAD_KIND] = "its kind is none of modules, programs, revoked",
		[MANIFEST_BAD_ARGS] =
			"it is not \"# args: MODULE NAME|NAME=VALUE...\" in printable ASCII in a manifest of modules",
		[MANIFEST_BAD_TWICE] = "it says a second time what may be said once",
		[MANIFEST_BAD_LATE] =
			"it comes too late: serial and kind stand before all digests and arguments",
		[MANIFEST_BAD_EMPTY] = "the manifest lists nothing",
	};

	return problems[verdict] ? problems[verdict] : "it is well-formed";
}
