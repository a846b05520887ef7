// SPDX-License-Identifier: GPL-2.0
/*
 * What an ordinary system call costs: prints nanoseconds per operation, the
 * median of eleven rounds of N operations each.  Meant for QEMU's
 * instruction clock, where the figure repeats from boot to boot.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char arguments[] =
	"getpid|open|pread|mmap|exec N [PATH]\n"
	"PATH is the file to open or read, the program to run; by default a\n"
	"new file in /tmp, and sysbench itself doing nothing";

enum { ROUNDS = 11, BLOCK = 4096 };

static char block[BLOCK];
/* always the same name: its hash is part of what is measured */
static const char made[] = "/tmp/sysbench.file";
static const char *path;
static int file = -1;

static void check(bool ok, const char *what)
{
	if (!ok)
		unusable("%s: %s", what, strerror(errno));
}

/* Opens PATH; makes a file of one block where none was given. */
static void prepare_file(void)
{
	if (path) {
		file = open_file(path);
		return;
	}
	file = open(made, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(file >= 0 && write(file, block, BLOCK) == BLOCK, made);
	path = made;
}

static void prepare_program(void)
{
	if (!path)
		path = "/proc/self/exe";
}

static void prepare_nothing(void)
{
}

static void do_getpid(void)
{
	syscall(SYS_getpid);
}

static void do_open(void)
{
	int fd = open(path, O_RDONLY);

	check(fd >= 0 && !close(fd), path);
}

static void do_pread(void)
{
	check(pread(file, block, BLOCK, 0) == BLOCK, path);
}

static void do_mmap(void)
{
	void *memory = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(memory != MAP_FAILED && !munmap(memory, BLOCK), "mmap");
}

static void do_exec(void)
{
	char *argv[] = { (char *)path, "nothing", NULL };
	char *environment[] = { NULL };
	pid_t child = fork();
	int status = 0;

	if (!child) {
		execve(path, argv, environment);
		_exit(127);
	}
	check(child > 0 && waitpid(child, &status, 0) == child, "fork");
	if (status)
		unusable("%s ended with status %#x", path, status);
}

static const struct bench {
	const char *name;
	void (*prepare)(void);
	void (*run)(void);
} benches[] = {
	{ "getpid", prepare_nothing, do_getpid },
	{ "open", prepare_file, do_open },
	{ "pread", prepare_file, do_pread },
	{ "mmap", prepare_nothing, do_mmap },
	{ "exec", prepare_program, do_exec },
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double measure(const struct bench *bench, unsigned long n)
{
	uint64_t rounds[ROUNDS], start;
	unsigned long i;
	int round;

	bench->prepare();
	bench->run();		/* caches warm, pages present */
	for (round = 0; round < ROUNDS; round++) {
		start = now();
		for (i = 0; i < n; i++)
			bench->run();
		rounds[round] = now() - start;
	}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
	return (double)rounds[ROUNDS / 2] / n;
}

/* Addresses drawn by lot make mmap and exec cost a few percent more or less. */
static void fix_addresses(char **argv)
{
	int now = personality(0xffffffff);

	if (now & ADDR_NO_RANDOMIZE)
		return;
	if (personality(now | ADDR_NO_RANDOMIZE) < 0 ||
	    execv("/proc/self/exe", argv))
		unusable("start again without address randomization: %s",
			 strerror(errno));
}

int main(int argc, char **argv)
{
	unsigned long n;
	size_t i;

	/* what do_exec() runs by default */
	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc < 3 || argc > 4)
		usage(arguments);
	fix_addresses(argv);
	n = number(argv[2]);
	path = argc > 3 ? argv[3] : NULL;
	for (i = 0; i < ARRAY_SIZE(benches); i++)
		if (n && !strcmp(argv[1], benches[i].name))
			break;
	if (i == ARRAY_SIZE(benches))
		usage(arguments);
	printf("%.1f\n", measure(&benches[i], n));
	if (path == made)
		unlink(made);
	return DONE;
}
