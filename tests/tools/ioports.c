// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for I/O ports, one (ioperm), all (iopl) or a display's (console), and then
 * really uses one: a grant that is no grant must not pass for success.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <signal.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char arguments[] = "[--int80|--hold] ioperm [PORT] | iopl [LEVEL] | console";

/* The POST port: the kernel itself writes there to pass the time. */
enum { SPARE_PORT = 0x80, RING_3 = 3 };

/* Read only: the miscellaneous output register. */
enum { DISPLAY_PORT = 0x3cc };

static long by_console(void)
{
	int fd = open("/dev/tty0", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		unusable("/dev/tty0: %s", strerror(errno));
	return ioctl(fd, KDENABIO, 0) ? -errno : 0;
}

static void on_fault(int signal)
{
	static const char text[] = "ioports: outb: Segmentation fault\n";

	(void)signal;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(UNUSABLE);
	_exit(REFUSED);
}

int main(int argc, char **argv)
{
	unsigned long port = SPARE_PORT, level = RING_3;
	bool int80 = argc > 1 && !strcmp(argv[1], "--int80");
	long result;

	bool hold = argc > 1 && !strcmp(argv[1], "--hold");

	argc -= int80 || hold;
	argv += int80 || hold;
	if (argc < 2 || argc > 3)
		usage(arguments);
	signal(SIGSEGV, on_fault);

	if (!strcmp(argv[1], "ioperm")) {
		if (argc > 2)
			port = number(argv[2]);
		result = enter(&enter_ioperm, int80, port, 1, 1);
	} else if (!strcmp(argv[1], "iopl")) {
		if (argc > 2)
			level = number(argv[2]);
		result = enter(&enter_iopl, int80, level, 0, 0);
	} else if (!strcmp(argv[1], "console")) {
		port = DISPLAY_PORT;
		result = by_console();
	} else {
		usage(arguments);
	}
	if (result < 0)
		return refused(argv[1], result);
	if (port == DISPLAY_PORT)
		inb(port);
	else if (level == RING_3)
		outb(inb(port), port);
	if (hold)
		pause();
	return DONE;
}
