// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program that shares its root and working directory with somebody
 * (CLONE_FS), who changes them on request: a line "DIRECTORY" on the FIFO
 * makes that the root of both, "/" the old one again.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] = "ROOT_FIFO DONE_FIFO PROGRAM [ARG...]";

static int old_root;

static int change(void *context, char *line)
{
	(void)context;
	if (fchdir(old_root) || chroot(".") || chroot(line) || chdir("/"))
		return -errno;
	return 0;
}

int main(int argc, char **argv)
{
	pid_t child;

	if (argc < 4)
		usage(arguments);
	old_root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* like fork, but for one thing */
	child = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (child < 0 || old_root < 0)
		unusable("clone: %s", strerror(errno));
	if (!child) {
		execv(argv[3], argv + 3);
		unusable("%s: %s", argv[3], strerror(errno));
	}
	serve(argv[1], argv[2], change, NULL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return DONE;
}
