// SPDX-License-Identifier: GPL-2.0
/*
 * manifest_rows DIR - writes each row of the table of manifests to DIR:
 *
 *	NNN.good or NNN.bad	a manifest that is or is not well-formed
 *	NNN.what		what it shows; "KIND SERIAL ENTRIES", or what is
 *				wrong with it: "line N: ..."
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "manifest_table.h"

static FILE *create(const char *dir, size_t number, const char *suffix)
{
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s/%03zu.%s", dir, number, suffix);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		exit(1);
	}
	return file;
}

static void done(FILE *file)
{
	if (fclose(file) == 0)
		return;
	perror("fclose");
	exit(1);
}

/* To the first bad line, as the kernel reads. */
static enum manifest_verdict read_all(struct manifest_text *t)
{
	enum manifest_verdict verdict;
	struct manifest_line line;

	do
		verdict = manifest_text_next(t, &line);
	while (verdict == MANIFEST_ENTRY || verdict == MANIFEST_ARGS);
	return verdict;
}

static void write_row(const char *dir, size_t number,
		      const struct manifest_row *row)
{
	struct manifest_text t = {
		.at = row->text, .end = row->text + row->len
	};
	enum manifest_verdict verdict = read_all(&t);
	FILE *file;

	file = create(dir, number, verdict == MANIFEST_END ? "good" : "bad");
	fwrite(row->text, 1, row->len, file);
	done(file);

	file = create(dir, number, "what");
	fprintf(file, "%s\n", row->what);
	if (verdict == MANIFEST_END)
		fprintf(file, "%s %" PRIu64 " %lu\n",
			manifest_kind_name(t.kind), t.serial, t.entries);
	else if (verdict == MANIFEST_BAD_EMPTY)
		fprintf(file, "%s\n", manifest_problem(verdict));
	else
		fprintf(file, "line %lu: %s\n", t.line,
			manifest_problem(verdict));
	done(file);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 2) {
		fputs("usage: manifest_rows DIR\n", stderr);
		return 2;
	}
	for (i = 0; i < MANIFEST_ROWS; i++)
		write_row(argv[1], i, &manifest_rows[i]);
	return 0;
}
