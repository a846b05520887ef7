// SPDX-License-Identifier: GPL-2.0
/* Runs a program from a copy of it that has no name (memfd, execveat). */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] = "PROGRAM [ARG...]";

int main(int argc, char **argv)
{
	char *environment[] = { NULL };
	int from, to;
	size_t length;
	void *bytes;

	if (argc < 2)
		usage(arguments);
	from = open_file(argv[1]);
	length = file_length(from, argv[1]);
	bytes = malloc(length);
	to = memfd_create(argv[1], MFD_CLOEXEC);
	if (!bytes || to < 0)
		unusable("memfd_create: %s", strerror(errno));
	read_exactly(from, argv[1], bytes, length);
	if (write(to, bytes, length) != (ssize_t)length)
		unusable("write: %s", strerror(errno));
	syscall(SYS_execveat, to, "", argv + 1, environment, AT_EMPTY_PATH);
	return refused("execveat", errno);
}
