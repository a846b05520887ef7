// SPDX-License-Identifier: GPL-2.0
/*
 * How long a program takes from exec to exit: prints nanoseconds, the median
 * of ROUNDS runs. UNDO is a shell command that makes the next round possible
 * and is not counted.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char arguments[] = "ROUNDS UNDO PROGRAM [ARG...]";

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long run(char **argv)
{
	long long start = now();
	int status, error;
	pid_t child;

	error = posix_spawn(&child, argv[0], NULL, NULL, argv, environ);
	if (error)
		unusable("%s: %s", argv[0], strerror(error));
	if (waitpid(child, &status, 0) != child || status)
		unusable("%s failed", argv[0]);
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	unsigned long i, rounds;
	long long *taken;

	if (argc < 4)
		usage(arguments);
	rounds = number(argv[1]);
	taken = calloc(rounds, sizeof(*taken));
	if (!rounds || !taken)
		usage(arguments);
	for (i = 0; i < rounds; i++) {
		taken[i] = run(argv + 3);
		if (*argv[2] && system(argv[2]))
			unusable("%s failed", argv[2]);
	}
	qsort(taken, rounds, sizeof(*taken), compare);
	printf("%lld\n", taken[rounds / 2]);
	return DONE;
}
