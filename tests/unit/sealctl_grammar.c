// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel's parser says of the manifest on standard input:
 * "KIND SERIAL ENTRIES", "line N" for the first bad line, or "empty".
 */
#include <inttypes.h>
#include <stdio.h>

#include "manifest_text.h"

static char text[1 << 20];

int main(void)
{
	struct manifest_text t = { .at = text };
	struct manifest_line line;
	enum manifest_verdict verdict;

	t.end = text + fread(text, 1, sizeof(text), stdin);
	do {
		verdict = manifest_text_next(&t, &line);
	} while (verdict == MANIFEST_ENTRY || verdict == MANIFEST_ARGS);

	if (verdict == MANIFEST_END)
		printf("%s %" PRIu64 " %lu\n", manifest_kind_name(t.kind),
		       t.serial, t.entries);
	else if (verdict == MANIFEST_BAD_EMPTY)
		puts("empty");
	else
		printf("line %lu\n", t.line);
	return 0;
}
