// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a module through each entrance the kernel has: by descriptor, as a
 * compressed file, from memory; from the 64-bit and from the 32-bit table.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <linux/module.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

static const char arguments[] =
	"[--init|--finit|--compressed] [--int80] [--args ARGS] [--flags N] FILE";

enum { INIT = 1, FINIT, COMPRESSED, INT80, ARGS, FLAGS };

static const struct option options[] = {
	{ "init", no_argument, NULL, INIT },
	{ "finit", no_argument, NULL, FINIT },
	{ "compressed", no_argument, NULL, COMPRESSED },
	{ "int80", no_argument, NULL, INT80 },
	{ "args", required_argument, NULL, ARGS },
	{ "flags", required_argument, NULL, FLAGS },
	{ }
};

static long load_memory(const char *path, bool int80, const char *args)
{
	int fd = open_file(path);
	size_t length = file_length(fd, path);
	void *image;

	if (!length)
		return enter(&enter_init_module, int80,
			     (unsigned long)low_alloc(1), 0,
			     (unsigned long)args);
	/* Mapped, not read: the file may be larger than the memory. */
	image = mmap(NULL, length, PROT_READ,
		     MAP_PRIVATE | (int80 ? MAP_32BIT : 0), fd, 0);
	if (image == MAP_FAILED)
		unusable("map %s: %s", path, strerror(errno));
	return enter(&enter_init_module, int80, (unsigned long)image, length,
		     (unsigned long)args);
}

int main(int argc, char **argv)
{
	const char *args = low_string("");
	bool int80 = false;
	unsigned long flags = 0;
	int how = FINIT, option;
	long result;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case INIT:
		case FINIT:
		case COMPRESSED:
			how = option;
			break;
		case INT80:
			int80 = true;
			break;
		case ARGS:
			args = low_string(optarg);
			break;
		case FLAGS:
			flags = number(optarg);
			break;
		default:
			usage(arguments);
		}
	}
	if (argc - optind != 1)
		usage(arguments);
	if (how == COMPRESSED)
		flags |= MODULE_INIT_COMPRESSED_FILE;

	if (how == INIT)
		result = load_memory(argv[optind], int80, args);
	else
		result = enter(&enter_finit_module, int80,
			       open_file(argv[optind]), (unsigned long)args,
			       flags);
	if (result < 0)
		return refused(how == INIT ? "init_module" : "finit_module",
			       result);
	/* A BPF program that forges an answer can make it this. */
	if (result)
		unusable("the kernel answered %ld: neither loaded nor refused",
			 result);
	return DONE;
}
