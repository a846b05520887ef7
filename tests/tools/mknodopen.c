// SPDX-License-Identifier: GPL-2.0
/* Opens a device by a node of our own making, under an innocent name. */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char arguments[] = "MAJOR MINOR ro|wo|rw";

static int open_flags(const char *mode)
{
	if (!strcmp(mode, "ro"))
		return O_RDONLY;
	if (!strcmp(mode, "wo"))
		return O_WRONLY;
	if (!strcmp(mode, "rw"))
		return O_RDWR;
	usage(arguments);
}

int main(int argc, char **argv)
{
	char directory[32];
	char node[sizeof(directory) + 16];
	int flags, fd, error;
	dev_t device;

	if (argc != 4)
		usage(arguments);
	device = makedev(number(argv[1]), number(argv[2]));
	flags = open_flags(argv[3]);

	snprintf(directory, sizeof(directory), "/tmp/mknodopen.%d", getpid());
	if (mkdir(directory, 0700))
		unusable("make %s: %s", directory, strerror(errno));
	snprintf(node, sizeof(node), "%s/teapot", directory);
	if (mknod(node, S_IFCHR | 0600, device)) {
		error = errno;
		rmdir(directory);
		unusable("mknod %s: %s", node, strerror(error));
	}
	fd = open(node, flags | O_CLOEXEC);
	error = errno;
	unlink(node);
	rmdir(directory);
	if (fd < 0)
		return refused("open", error);
	return DONE;
}
