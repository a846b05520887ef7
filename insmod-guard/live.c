// SPDX-License-Identifier: GPL-2.0
/*
 * Does the kernel hold the manifest that is here? It tells the serial of its
 * own, and a digest over its digests: in hexadecimal, sorted, each once, a line
 * each.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define HEX DIGEST_HEX_MAX

void live_add(struct live *l, const struct manifest_line *line)
{
	if (line->digits != HEX)
		return;
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 1024;
		l->lines = must_resize(l->lines, l->room, HEX + 1);
	}
	memcpy(l->lines[l->count], line->hex, HEX);
	l->lines[l->count++][HEX] = '\n';
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, HEX);
}

static void drop_doubles(struct live *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->count; i++)
		if (!i || compare(l->lines[kept - 1], l->lines[i]))
			memmove(l->lines[kept++], l->lines[i], HEX + 1);
	l->count = kept;
}

/* The value of the line that begins with @word, up to its end. */
static bool find_value(const char *text, const char *word, char *value,
		       size_t size)
{
	const char *line = text;
	size_t len = strlen(word), n;

	while (strncmp(line, word, len)) {
		line = strchr(line, '\n');
		if (!line++)
			return false;
	}
	n = strcspn(line + len, "\n");
	if (n >= size)
		return false;
	memcpy(value, line + len, n);
	value[n] = '\0';
	return true;
}

bool live_is_same(struct live *l, uint64_t serial, bool *same)
{
	char text[4096], theirs[2][HEX + 1], ours[2][HEX + 1];

	if (!sys_live_manifest(text, sizeof(text)) ||
	    !find_value(text, "modules.serial: ", theirs[0], HEX + 1) ||
	    !find_value(text, "modules.digest: ", theirs[1], HEX + 1))
		return false;
	qsort(l->lines, l->count, HEX + 1, compare);
	drop_doubles(l);
	snprintf(ours[0], HEX + 1, "%" PRIu64, serial);
	if (!digest_bytes(DIGEST_SHA256, l->lines, l->count * (HEX + 1),
			  ours[1]))
		return false;
	*same = !strcmp(ours[0], theirs[0]) && !strcmp(ours[1], theirs[1]);
	return true;
}
