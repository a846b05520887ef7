// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a module, or writes a file to another in one piece, while the kernel's
 * fault injection makes the Nth of the things fail that may: allocations,
 * copies from user space, as its attributes in debugfs choose them
 * (Documentation/fault-injection/fault-injection.rst).
 *
 * Prints "injected" if that many were asked for, else "spared".
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char arguments[] = "N FILE [ARGS] | --write TO N FILE";
static const char path[] = "/proc/thread-self/fail-nth";

/* What fails, and how: made ready while nothing can. */
struct act {
	const char *to;		/* a module is loaded if there is none */
	const char *args;
	int module;
	size_t length;
	const char *data;
	const char *failed;
};

static long load(struct act *act)
{
	act->failed = "load";
	return enter(&enter_finit_module, false, act->module,
		     (uintptr_t)act->args, 0);
}

/* The first thing that goes wrong; close(2) all the same. */
static long write_to(struct act *act)
{
	int to = open(act->to, O_WRONLY | O_CLOEXEC);
	long error;

	act->failed = "open";
	if (to < 0)
		return -errno;
	act->failed = "write";
	error = write(to, act->data, act->length) < 0 ? -errno : 0;
	if (close(to) == 0 || error)
		return error;
	act->failed = "close";
	return -errno;
}

static void prepare(struct act *act, const char *file)
{
	char *data;

	act->module = open_file(file);
	if (!act->to)
		return;
	act->length = file_length(act->module, file);
	data = low_alloc(act->length);
	read_exactly(act->module, file, data, act->length);
	act->data = data;
}

static long do_failing(struct act *act, const char *n)
{
	int nth = open(path, O_RDWR);
	char left[16] = "";
	long ret;

	if (nth < 0)
		unusable("%s: the kernel has no fault injection", path);
	if (write(nth, n, strlen(n)) < 0)
		unusable("%s cannot be written", path);
	ret = act->to ? write_to(act) : load(act);
	/* what is left to count; 0: it has failed */
	if (pread(nth, left, sizeof(left) - 1, 0) <= 0 ||
	    pwrite(nth, "0", 1, 0) != 1)
		unusable("%s does not say what is left", path);
	puts(atoi(left) ? "spared" : "injected");
	return ret;
}

int main(int argc, char **argv)
{
	struct act act = { .args = "" };
	long ret;

	if (argc == 5 && !strcmp(argv[1], "--write")) {
		act.to = argv[2];
		argv += 2;
		argc -= 2;
	} else if (argc == 4) {
		act.args = argv[3];
		argc--;
	}
	if (argc != 3)
		usage(arguments);
	number(argv[1]);
	prepare(&act, argv[2]);
	ret = do_failing(&act, argv[1]);
	return ret ? refused(act.failed, ret) : DONE;
}
