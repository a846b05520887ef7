/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of manifests: what is taken, what is refused and why. The text of a
 * row is a whole manifest. insmod-guard's reader and the kernel's are fed the
 * same rows.
 *
 * @verdict: the first bad one, or MANIFEST_END
 * @facts: of a good one "KIND SERIAL:", then "NAME;" for each entry, its escapes
 *	undone, and "MODULE{WORDS};" for each line of arguments
 */
#ifndef MANIFEST_TABLE_H
#define MANIFEST_TABLE_H

#include "manifest_text.h"

#define H32 "0123456789abcdef0123456789abcdef"
#define U32 "0123456789ABCDEF0123456789ABCDEF"
#define H40 H32 "01234567"
#define H64 H32 H32
#define H96 H64 H32
#define H128 H64 H64

/* An entry, and one whose digest begins with the 16 digits that are given. */
#define E H64 "  a\n"
#define D(sixteen) sixteen H32 "0123456789abcdef  a\n"

#define X2(x) x x
#define X16(x) X2(X2(X2(X2(x))))
#define X256(x) X16(X16(x))
#define N15 "nnnnnnnnnnnnnnn"
#define N16K X256(X16("nnnn"))

/* As long as a line may be, but for a digest and two spaces, or for a "#". */
#define N16128 X256(X16("nnn")) X256(N15)
#define N16318 N16128 X16("nnnnnnnnnnn") "nnnnnnnnnnnnnn"
#define N16383 N16128 X16(N15) N15

#define TEXT(text) text, sizeof(text) - 1
#define TAKEN(facts) MANIFEST_END, TEXT(facts)
#define REFUSED(verdict) MANIFEST_BAD_##verdict, NULL, 0

static const struct manifest_row {
	const char *what;
	const char *text;
	size_t len;
	enum manifest_verdict verdict;
	const char *facts;
	size_t facts_len;
} manifest_rows[] = {
	/* entries that are taken */
	{ "text mode", TEXT(H64 "  /a.ko\n"), TAKEN("modules 0:/a.ko;") },
	{ "binary mode", TEXT(H64 " */a.ko\n"), TAKEN("modules 0:/a.ko;") },
	{ "upper case", TEXT(U32 U32 "  a\n"), TAKEN("modules 0:a;") },
	{ "mixed case", TEXT(H32 U32 "  a\n"), TAKEN("modules 0:a;") },
	{ "last line without a newline", TEXT(E H64 "  b"),
	  TAKEN("modules 0:a;b;") },
	{ "the shortest manifest", TEXT(H64 "  b"), TAKEN("modules 0:b;") },
	{ "the same line again", TEXT(E E), TAKEN("modules 0:a;a;") },
	{ "escaped newline", TEXT("\\" H64 "  a\\nb\n"),
	  TAKEN("modules 0:a\nb;") },
	{ "escaped return", TEXT("\\" H64 "  a\\rb\n"),
	  TAKEN("modules 0:a\rb;") },
	{ "escaped backslash", TEXT("\\" H64 "  a\\\\nb\n"),
	  TAKEN("modules 0:a\\nb;") },
	{ "escapes at both ends", TEXT("\\" H64 " *\\na\\\\\n"),
	  TAKEN("modules 0:\na\\;") },
	{ "backslash without the mark", TEXT(H64 "  a\\nb\n"),
	  TAKEN("modules 0:a\\nb;") },
	{ "space first in the name", TEXT(H64 "   a\n"),
	  TAKEN("modules 0: a;") },
	{ "asterisk first in the name", TEXT(H64 " **\n"),
	  TAKEN("modules 0:*;") },
	{ "name of other bytes", TEXT(H64 "  \xc3\xa4\x01\xff\n"),
	  TAKEN("modules 0:\xc3\xa4\x01\xff;") },
	{ "return within the name", TEXT(H64 "  a\rb\n"),
	  TAKEN("modules 0:a\rb;") },
	{ "the longest line", TEXT(H64 "  " N16318 "\n"),
	  TAKEN("modules 0:" N16318 ";") },
	{ "the longest line, last and without a newline",
	  TEXT(H64 "  " N16318), TAKEN("modules 0:" N16318 ";") },

	/* nothing */
	{ "empty lines", TEXT("\n\n" E "\n"), TAKEN("modules 0:a;") },
	{ "spaces and tabs", TEXT(E " \t \n \t"), TAKEN("modules 0:a;") },
	{ "comments", TEXT("# " H64 "\n" E "#\n#a\n####\n# a: b\n#"),
	  TAKEN("modules 0:a;") },
	{ "comment with a return", TEXT(E "# dos\r\n"), TAKEN("modules 0:a;") },
	{ "the longest comment", TEXT("#" N16383 "\n" E),
	  TAKEN("modules 0:a;") },

	/* remarks that are taken */
	{ "serial", TEXT("# serial: 5\n" E), TAKEN("modules 5:a;") },
	{ "serial behind a comment", TEXT("# hand-made\n\n# serial: 5\n" E),
	  TAKEN("modules 5:a;") },
	{ "lowest serial", TEXT("# serial: 1\n" E), TAKEN("modules 1:a;") },
	{ "highest serial", TEXT("# serial: 18446744073709551615\n" E),
	  TAKEN("modules 18446744073709551615:a;") },
	{ "kind, said", TEXT("# kind: modules\n" E), TAKEN("modules 0:a;") },
	{ "kind of programs", TEXT("# kind: programs\n" E),
	  TAKEN("programs 0:a;") },
	{ "kind of what is revoked", TEXT("# kind: revoked\n# serial: 2\n" E),
	  TAKEN("revoked 2:a;") },
	{ "nothing revoked", TEXT("# kind: revoked\n"), TAKEN("revoked 0:") },
	{ "nothing revoked, no newline", TEXT("# serial: 9\n# kind: revoked"),
	  TAKEN("revoked 9:") },

	/* words that only resemble them */
	{ "a longer word", TEXT("# serials: 5\n# kinds: x\n# argsx: a\n" E),
	  TAKEN("modules 0:a;") },
	{ "a shorter word", TEXT("# serie: 5\n# kin: x\n# arg: a\n" E),
	  TAKEN("modules 0:a;") },
	{ "a word before it", TEXT("# the serial: 5\n# my kind: x\n" E),
	  TAKEN("modules 0:a;") },
	{ "no colon", TEXT("# serial 5\n# kind\n# args a b\n" E),
	  TAKEN("modules 0:a;") },

	/* arguments that are taken */
	{ "args NAME", TEXT("# args: m a\n" E), TAKEN("modules 0:m{ a};a;") },
	{ "args NAME=VALUE", TEXT("# args: m a=1\n" E),
	  TAKEN("modules 0:m{ a=1};a;") },
	{ "args NAME=*", TEXT("# args: m a=*\n" E),
	  TAKEN("modules 0:m{ a=*};a;") },
	{ "args NAME=", TEXT("# args: m a=\n" E),
	  TAKEN("modules 0:m{ a=};a;") },
	{ "args behind entries", TEXT(E "# args: m a=1"),
	  TAKEN("modules 0:a;m{ a=1};") },
	{ "args of several modules, and again",
	  TEXT("# args: m a=1\n# args: m-n b\n" E "# args: m c\n"),
	  TAKEN("modules 0:m{ a=1};m-n{ b};a;m{ c};") },
	{ "several args", TEXT("# args: m a b=2 c.d=3 e-f=4\n" E),
	  TAKEN("modules 0:m{ a b=2 c.d=3 e-f=4};a;") },
	{ "blanks between args", TEXT("# args: m  a   b=2 \n" E),
	  TAKEN("modules 0:m{  a   b=2 };a;") },
	{ "quoted args", TEXT("# args: m a=\"b c\" d\n" E),
	  TAKEN("modules 0:m{ a=\"b c\" d};a;") },
	{ "a quote without end", TEXT("# args: m a=\"b c\n" E),
	  TAKEN("modules 0:m{ a=\"b c};a;") },
	{ "a value that looks like a remark",
	  TEXT("# args: m a=#kind:revoked\n" E),
	  TAKEN("modules 0:m{ a=#kind:revoked};a;") },
	{ "args that say the kind was meant to be said",
	  TEXT("# kind: modules\n# serial: 3\n# args: m a\n" E),
	  TAKEN("modules 3:m{ a};a;") },

	/* nothing at all */
	{ "no byte", TEXT(""), REFUSED(EMPTY) },
	{ "a newline", TEXT("\n"), REFUSED(EMPTY) },
	{ "comments only", TEXT("# a\n# b"), REFUSED(EMPTY) },
	{ "kind modules only", TEXT("# kind: modules\n"), REFUSED(EMPTY) },
	{ "kind programs only", TEXT("# kind: programs\n"), REFUSED(EMPTY) },
	{ "serial only", TEXT("# serial: 5\n"), REFUSED(EMPTY) },
	{ "args only", TEXT("# args: m a\n"), REFUSED(EMPTY) },

	/* bytes that may not be */
	{ "NUL in the digest", TEXT(H32 "\0" H32 "  a\n"), REFUSED(NUL) },
	{ "NUL in the name", TEXT(H64 "  a\0b\n"), REFUSED(NUL) },
	{ "NUL at the end", TEXT(H64 "  a\0\n"), REFUSED(NUL) },
	{ "NUL at the very end", TEXT(E H64 "  a\0"), REFUSED(NUL) },
	{ "NUL alone", TEXT(E "\0\n"), REFUSED(NUL) },
	{ "NUL in a comment", TEXT(E "# a\0b\n"), REFUSED(NUL) },
	{ "NUL behind a serial", TEXT("# serial: 5\0\n" E), REFUSED(NUL) },
	{ "NUL in args", TEXT("# args: m a=\0\n" E), REFUSED(NUL) },
	{ "NULs behind the text", TEXT(E X16("\0")), REFUSED(NUL) },
	{ "DOS line end", TEXT(H64 "  a\r\n"), REFUSED(RETURN) },
	{ "DOS line end, second", TEXT(E H64 "  a\r\n"), REFUSED(RETURN) },
	{ "return at the very end", TEXT(E H64 "  a\r"), REFUSED(RETURN) },
	{ "DOS blank line", TEXT("\r\n" E), REFUSED(RETURN) },
	{ "DOS serial", TEXT("# serial: 5\r\n" E), REFUSED(RETURN) },
	{ "DOS kind", TEXT("# kind: revoked\r\n" E), REFUSED(RETURN) },
	{ "DOS args", TEXT("# args: m a=1\r\n" E), REFUSED(RETURN) },
	{ "Macintosh line ends", TEXT(H64 "  a\r" H64 "  a\r"),
	  REFUSED(RETURN) },

	/* lines that are too long */
	{ "one byte too long", TEXT(H64 "  " N16318 "n\n"), REFUSED(TOO_LONG) },
	{ "one byte too long, last and without a newline",
	  TEXT(E H64 "  " N16318 "n"), REFUSED(TOO_LONG) },
	{ "a comment one byte too long", TEXT("#" N16383 "n\n" E),
	  REFUSED(TOO_LONG) },
	{ "twice too long", TEXT(N16K N16K "\n" E), REFUSED(TOO_LONG) },
	{ "too long, of blanks", TEXT(E X256(X16("     ")) "\n"),
	  REFUSED(TOO_LONG) },
	{ "args too long", TEXT("# args: m a=" N16383 "\n" E),
	  REFUSED(TOO_LONG) },
	{ "too long, with a NUL", TEXT("\0" N16K "\n" E), REFUSED(TOO_LONG) },

	/* digests */
	{ "MD5", TEXT(H32 "  a\n"), REFUSED(MD5) },
	{ "SHA-1", TEXT(H40 "  a\n"), REFUSED(SHA1) },
	{ "SHA-384", TEXT(H96 "  a\n"), REFUSED(ALGORITHM) },
	{ "SHA-512", TEXT(H128 "  a\n"), REFUSED(ALGORITHM) },
	{ "SHA-512 behind good ones", TEXT(E E H128 "  a"),
	  REFUSED(ALGORITHM) },
	{ "SHA-512 alone", TEXT(H128), REFUSED(ALGORITHM) },
	{ "BSD style", TEXT("SHA256 (a) = " H64 "\n"), REFUSED(TAG) },
	{ "BSD style, cut", TEXT("MD5 ("), REFUSED(TAG) },
	{ "name first", TEXT("/a.ko " H64 "\n"), REFUSED(DIGEST) },
	{ "indented", TEXT(" " H64 "  a\n"), REFUSED(DIGEST) },
	{ "a comment after a space", TEXT(E " # a\n"), REFUSED(DIGEST) },
	{ "a remark after a space", TEXT(" # kind: revoked\n" E),
	  REFUSED(DIGEST) },
	{ "a byte order mark", TEXT("\xef\xbb\xbf# kind: revoked\n" E),
	  REFUSED(DIGEST) },
	{ "UTF-16", TEXT("\xff\xfe# "), REFUSED(DIGEST) },
	{ "0x", TEXT("0x" H64 "  a\n"), REFUSED(DIGEST) },
	{ "g", TEXT(D("0123456789abcdeg")), REFUSED(DIGEST) },
	{ "before 0", TEXT(D("/123456789abcdef")), REFUSED(DIGEST) },
	{ "after 9", TEXT(D(":123456789abcdef")), REFUSED(DIGEST) },
	{ "before A", TEXT(D("@123456789abcdef")), REFUSED(DIGEST) },
	{ "after F", TEXT(D("G123456789abcdef")), REFUSED(DIGEST) },
	{ "before a", TEXT(D("`123456789abcdef")), REFUSED(DIGEST) },
	{ "a control that differs from 1 in one bit",
	  TEXT(D("0\x11" "23456789abcdef")), REFUSED(DIGEST) },
	{ "top bit set", TEXT(D("\xb0" "123456789abcdef")), REFUSED(DIGEST) },
	{ "two marks", TEXT("\\\\" H64 "  a\n"), REFUSED(DIGEST) },
	{ "mark alone", TEXT("\\"), REFUSED(DIGEST) },
	{ "asterisk alone", TEXT("*"), REFUSED(DIGEST) },
	{ "one digit", TEXT("0  a\n"), REFUSED(LENGTH) },
	{ "63 digits", TEXT(H32 "0123456789abcdef0123456789abcde  a\n"),
	  REFUSED(LENGTH) },
	{ "65 digits", TEXT(H64 "0  a\n"), REFUSED(LENGTH) },
	{ "72 digits", TEXT(H64 "01234567  a\n"), REFUSED(LENGTH) },
	{ "56 digits, as SHA-224 has", TEXT(H40 "0123456789abcdef  a\n"),
	  REFUSED(LENGTH) },
	{ "136 digits", TEXT(H128 "01234567  a\n"), REFUSED(LENGTH) },
	{ "digits as long as a line", TEXT(E X256(H32) "  a\n"),
	  REFUSED(LENGTH) },

	/* what stands behind them */
	{ "digest alone", TEXT(H64), REFUSED(SEPARATOR) },
	{ "digest alone on its line", TEXT(H64 "\n" E), REFUSED(SEPARATOR) },
	{ "tab", TEXT(H64 "\ta\n"), REFUSED(SEPARATOR) },
	{ "one space", TEXT(H64 " a\n"), REFUSED(SEPARATOR) },
	{ "space and the end", TEXT(H64 " "), REFUSED(SEPARATOR) },
	{ "space, tab", TEXT(H64 " \ta\n"), REFUSED(SEPARATOR) },
	{ "no name", TEXT(H64 "  \n"), REFUSED(NAME) },
	{ "no name, binary", TEXT(H64 " *\n"), REFUSED(NAME) },
	{ "no name, at the very end", TEXT(E H64 "  "), REFUSED(NAME) },
	{ "unknown escape", TEXT("\\" H64 "  a\\tb\n"), REFUSED(ESCAPE) },
	{ "escape at the end", TEXT("\\" H64 "  a\\\n"), REFUSED(ESCAPE) },
	{ "escape at the very end", TEXT("\\" H64 "  a\\"), REFUSED(ESCAPE) },
	{ "odd backslashes at the end", TEXT("\\" H64 "  a\\\\\\\n"),
	  REFUSED(ESCAPE) },

	/* remarks that are nearly so */
	{ "#serial", TEXT("#serial: 5\n" E), REFUSED(REMARK) },
	{ "#serial, nothing between", TEXT("#serial:5\n" E), REFUSED(REMARK) },
	{ "no space behind the colon", TEXT("# serial:5\n" E),
	  REFUSED(REMARK) },
	{ "tab behind the colon", TEXT("# serial:\t5\n" E), REFUSED(REMARK) },
	{ "space before the colon", TEXT("# serial : 5\n" E),
	  REFUSED(REMARK) },
	{ "equals sign", TEXT("# serial=5\n" E), REFUSED(REMARK) },
	{ "two spaces", TEXT("#  serial: 5\n" E), REFUSED(REMARK) },
	{ "tab before it", TEXT("#\tserial: 5\n" E), REFUSED(REMARK) },
	{ "two marks before it", TEXT("## serial: 5\n" E), REFUSED(REMARK) },
	{ "capital", TEXT("# Serial: 5\n" E), REFUSED(REMARK) },
	{ "capitals", TEXT("# SERIAL: 5\n" E), REFUSED(REMARK) },
	{ "serial without a number", TEXT("# serial:\n" E), REFUSED(REMARK) },
	{ "serial of a blank", TEXT("# serial: \n" E), REFUSED(REMARK) },
	{ "Kind", TEXT("# Kind: revoked\n" E), REFUSED(REMARK) },
	{ "#kind", TEXT("#kind: revoked\n" E), REFUSED(REMARK) },
	{ "kind without a colon but an equals sign",
	  TEXT("# kind=revoked\n" E), REFUSED(REMARK) },
	{ "kind of a blank", TEXT("# kind: \n" E), REFUSED(REMARK) },
	{ "#args", TEXT("#args: m a\n" E), REFUSED(REMARK) },
	{ "ARGS", TEXT("# ARGS: m a\n" E), REFUSED(REMARK) },
	{ "args without anything", TEXT("# args:\n" E), REFUSED(REMARK) },
	{ "a lookalike behind entries", TEXT(E "#Kind:revoked"),
	  REFUSED(REMARK) },

	/* serials */
	{ "serial 0", TEXT("# serial: 0\n" E), REFUSED(SERIAL) },
	{ "leading zero", TEXT("# serial: 05\n" E), REFUSED(SERIAL) },
	{ "2^64", TEXT("# serial: 18446744073709551616\n" E),
	  REFUSED(SERIAL) },
	{ "2^64 + 4", TEXT("# serial: 18446744073709551620\n" E),
	  REFUSED(SERIAL) },
	{ "far beyond 2^64", TEXT("# serial: 99999999999999999999999\n" E),
	  REFUSED(SERIAL) },
	{ "negative", TEXT("# serial: -1\n" E), REFUSED(SERIAL) },
	{ "plus", TEXT("# serial: +1\n" E), REFUSED(SERIAL) },
	{ "hexadecimal", TEXT("# serial: 0x5\n" E), REFUSED(SERIAL) },
	{ "a blank behind it", TEXT("# serial: 5 \n" E), REFUSED(SERIAL) },
	{ "two blanks before it", TEXT("# serial:  5\n" E), REFUSED(SERIAL) },
	{ "two numbers", TEXT("# serial: 5 6\n" E), REFUSED(SERIAL) },
	{ "a fraction", TEXT("# serial: 5.5\n" E), REFUSED(SERIAL) },
	{ "a digit of another script", TEXT("# serial: \xd9\xa5\n" E),
	  REFUSED(SERIAL) },

	/* kinds */
	{ "unknown kind", TEXT("# kind: firmware\n" E), REFUSED(KIND) },
	{ "kind in capitals", TEXT("# kind: Revoked\n" E), REFUSED(KIND) },
	{ "a longer kind", TEXT("# kind: moduless\n" E), REFUSED(KIND) },
	{ "a shorter kind", TEXT("# kind: module\n" E), REFUSED(KIND) },
	{ "a blank behind the kind", TEXT("# kind: revoked \n" E),
	  REFUSED(KIND) },
	{ "two kinds", TEXT("# kind: modules revoked\n" E), REFUSED(KIND) },

	/* twice, late */
	{ "serial twice", TEXT("# serial: 5\n# serial: 6\n" E),
	  REFUSED(TWICE) },
	{ "the same serial twice", TEXT("# serial: 5\n# serial: 5\n" E),
	  REFUSED(TWICE) },
	{ "kind twice", TEXT("# kind: modules\n# kind: revoked\n" E),
	  REFUSED(TWICE) },
	{ "the same kind twice", TEXT("# kind: revoked\n# kind: revoked\n"),
	  REFUSED(TWICE) },
	{ "serial behind an entry", TEXT(E "# serial: 5\n"), REFUSED(LATE) },
	{ "kind behind an entry", TEXT(E "# kind: revoked\n"), REFUSED(LATE) },
	{ "serial behind args", TEXT("# args: m a\n# serial: 5\n" E),
	  REFUSED(LATE) },
	{ "kind behind args", TEXT("# args: m a\n# kind: modules\n" E),
	  REFUSED(LATE) },
	{ "serial again behind an entry",
	  TEXT("# serial: 5\n" E "# serial: 6\n"), REFUSED(LATE) },

	/* arguments */
	{ "args of a blank", TEXT("# args: \n" E), REFUSED(REMARK) },
	{ "args of a module only", TEXT("# args: m\n" E), REFUSED(ARGS) },
	{ "args of a module and a blank", TEXT("# args: m \n" E),
	  REFUSED(ARGS) },
	{ "args without a module", TEXT("# args: a=1\n" E), REFUSED(ARGS) },
	{ "two blanks before the module", TEXT("# args:  m a\n" E),
	  REFUSED(ARGS) },
	{ "a path for a module", TEXT("# args: /m.ko a\n" E), REFUSED(ARGS) },
	{ "tab between args", TEXT("# args: m\ta\n" E), REFUSED(ARGS) },
	{ "tab in args", TEXT("# args: m a\tb\n" E), REFUSED(ARGS) },
	{ "value without a name", TEXT("# args: m =1\n" E), REFUSED(ARGS) },
	{ "an asterisk for a name", TEXT("# args: m *\n" E), REFUSED(ARGS) },
	{ "a quoted name", TEXT("# args: m \"a\"=1\n" E), REFUSED(ARGS) },
	{ "a bad name in the middle", TEXT("# args: m a b! c\n" E),
	  REFUSED(ARGS) },
	{ "args that are not ASCII", TEXT("# args: m a=\xc3\xa4\n" E),
	  REFUSED(ARGS) },
	{ "args with a control", TEXT("# args: m a=\x1b[31m\n" E),
	  REFUSED(ARGS) },
	{ "args with DEL", TEXT("# args: m a=\x7f\n" E), REFUSED(ARGS) },
	{ "args of programs", TEXT("# kind: programs\n# args: m a\n" E),
	  REFUSED(ARGS) },
	{ "args of what is revoked", TEXT("# kind: revoked\n# args: m a\n" E),
	  REFUSED(ARGS) },
};

#define MANIFEST_ROWS (sizeof(manifest_rows) / sizeof(manifest_rows[0]))

#endif
