// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for the same load again and again, as fast as it goes, to see what
 * the log does and whether every refusal is counted.
 *
 * Prints "refused N other N loaded N".  Exit 1 if all were refused with
 * EPERM, 0 if none was (a second load of a loaded module is an "other"),
 * 2 if some were and some were not.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] = "[--procs P] FILE N";

enum { PROCS = 1 };

static const struct option options[] = {
	{ "procs", required_argument, NULL, PROCS },
	{ }
};

struct counts {
	unsigned long refused;
	unsigned long other;
	unsigned long loaded;
};

static void run(int fd, unsigned long n, struct counts *counts)
{
	long result;

	while (n--) {
		result = enter(&enter_finit_module, false, fd,
			       (unsigned long)"", 0);
		if (!result)
			__atomic_add_fetch(&counts->loaded, 1,
					   __ATOMIC_RELAXED);
		else if (result == -EPERM)
			__atomic_add_fetch(&counts->refused, 1,
					   __ATOMIC_RELAXED);
		else
			__atomic_add_fetch(&counts->other, 1,
					   __ATOMIC_RELAXED);
	}
}

int main(int argc, char **argv)
{
	unsigned long procs = 1, n, i;
	struct counts *counts;
	int option, fd;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option != PROCS)
			usage(arguments);
		procs = number(optarg);
	}
	if (argc - optind != 2)
		usage(arguments);
	fd = open_file(argv[optind]);
	n = number(argv[optind + 1]);
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		unusable("shared memory: %s", strerror(errno));

	for (i = 0; i < procs; i++) {
		pid_t child = fork();

		if (child < 0)
			unusable("fork: %s", strerror(errno));
		if (!child) {
			run(fd, n, counts);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	printf("refused %lu other %lu loaded %lu\n", counts->refused,
	       counts->other, counts->loaded);
	if (counts->refused + counts->other + counts->loaded != n * procs)
		unusable("a process was lost");
	if (!counts->refused)
		return DONE;
	if (counts->other || counts->loaded)
		unusable("only some calls were refused");
	return refused("finit_module", EPERM);
}
