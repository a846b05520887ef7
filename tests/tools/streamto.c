// SPDX-License-Identifier: GPL-2.0
/*
 * Writes files, one after the other, to another, and says what write(2) and
 * close(2) say: some files of the kernel's give their verdict when closed, and
 * busybox's programs do not ask for it.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char arguments[] = "[--piece BYTES] TO FROM...";

static int copy(int to, const char *name, size_t piece)
{
	char *buffer = malloc(piece);
	int from = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0, done = 0;

	if (!buffer || from < 0)
		unusable("%s: %s", name, strerror(errno));
	while (done >= 0 && (n = read(from, buffer, piece)) > 0)
		done = write(to, buffer, n);
	if (n < 0)
		unusable("%s: %s", name, strerror(errno));
	close(from);
	free(buffer);
	return done < 0 ? -errno : 0;
}

int main(int argc, char **argv)
{
	size_t piece = 1 << 20;
	int to, i = 1, error;

	if (argc > 2 && !strcmp(argv[1], "--piece")) {
		piece = number(argv[2]);
		i = 3;
	}
	if (argc < i + 2 || !piece)
		usage(arguments);
	to = open(argv[i], O_WRONLY | O_CLOEXEC);
	if (to < 0)
		return refused("open", errno);
	while (++i < argc) {
		error = copy(to, argv[i], piece);
		if (error)
			return refused("write", error);
	}
	return close(to) < 0 ? refused("close", errno) : DONE;
}
