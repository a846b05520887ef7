// SPDX-License-Identifier: GPL-2.0
/*
 * Uses a descriptor that another program has opened: inherited, sent, or taken
 * from it; and puts a byte into the memory device that it is.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] =
	"fd N|pidfd PID N|socket PATH|open PATH paint|write ADDRESS BYTE";

enum { PAGE = 4096 };

static int take_from(pid_t pid, int fd)
{
	int target = syscall(SYS_pidfd_open, pid, 0);

	if (target < 0)
		unusable("pidfd_open: %s", strerror(errno));
	return syscall(SYS_pidfd_getfd, target, fd, 0);
}

static int take(int *argc, char ***argv)
{
	char **from = *argv + 1;
	int n = 2, fd = -1;

	if (*argc < 6)
		usage(arguments);
	if (!strcmp(from[0], "fd")) {
		fd = number(from[1]);
	} else if (!strcmp(from[0], "pidfd")) {
		fd = take_from(number(from[1]), number(from[2]));
		n = 3;
	} else if (!strcmp(from[0], "socket")) {
		fd = receive_fd(from[1]);
	} else if (!strcmp(from[0], "open")) {
		fd = open(from[1], O_RDWR | O_CLOEXEC);
	} else {
		usage(arguments);
	}
	*argc -= n + 1;
	*argv += n + 1;
	return fd;
}

static int paint(int fd, off_t address, char byte)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  address);

	if (page == MAP_FAILED)
		return refused("mmap", errno);
	*(volatile char *)page = byte;
	return DONE;
}

int main(int argc, char **argv)
{
	int fd = take(&argc, &argv);
	off_t address;
	char byte;

	if (fd < 0)
		return refused("take", errno);
	if (argc != 3)
		usage(arguments);
	address = number(argv[1]);
	byte = number(argv[2]);
	if (!strcmp(argv[0], "paint"))
		return paint(fd, address, byte);
	if (strcmp(argv[0], "write"))
		usage(arguments);
	return pwrite(fd, &byte, 1, address) == 1 ? DONE :
	       refused("write", errno);
}
