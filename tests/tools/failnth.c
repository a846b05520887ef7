// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a module while the kernel's fault injection makes the Nth of the
 * things fail that may: allocations, copies from user space, as its attributes
 * in debugfs choose them (Documentation/fault-injection/fault-injection.rst).
 *
 * Prints "injected" if that many were asked for, else "spared".
 */
#include "tool.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char arguments[] = "N FILE [ARGS]";
static const char path[] = "/proc/thread-self/fail-nth";

int main(int argc, char **argv)
{
	int module, nth;
	char left[16] = "";
	long ret;

	if (argc < 3 || argc > 4)
		usage(arguments);
	module = open_file(argv[2]);
	nth = open(path, O_RDWR);
	if (nth < 0)
		unusable("%s: the kernel has no fault injection", path);
	number(argv[1]);
	if (write(nth, argv[1], strlen(argv[1])) < 0)
		unusable("%s cannot be written", path);
	ret = enter(&enter_finit_module, false, module,
		    (uintptr_t)(argc == 4 ? argv[3] : ""), 0);
	/* what is left to count; 0: it has failed */
	if (pread(nth, left, sizeof(left) - 1, 0) <= 0 ||
	    pwrite(nth, "0", 1, 0) != 1)
		unusable("%s does not say what is left", path);
	puts(atoi(left) ? "spared" : "injected");
	return ret ? refused("load", ret) : DONE;
}
