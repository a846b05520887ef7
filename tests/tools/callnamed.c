// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program under another argv[0] and without any environment, on
 * request without standard descriptors too: as the kernel calls its helpers,
 * and as somebody would who wants to be taken for another program.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char arguments[] = "[--closed-fds] PROGRAM ARGV0 [ARG...]";

int main(int argc, char **argv)
{
	bool closed = argc > 1 && !strcmp(argv[1], "--closed-fds");
	char *environment[] = { NULL };
	int error, saved;

	argc -= closed;
	argv += closed;
	if (argc < 3)
		usage(arguments);

	/* kept aside for our own complaint, gone once the exec succeeds */
	saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (closed) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
	}
	execve(argv[1], argv + 2, environment);
	error = errno;
	if (saved >= 0)
		dup2(saved, STDERR_FILENO);
	return refused("execve", error);
}
