// SPDX-License-Identifier: GPL-2.0
/* Removes a module: 64-bit or 32-bit entry, politely or by force. */
#define _GNU_SOURCE
#include "tool.h"

#include <fcntl.h>
#include <getopt.h>

static const char arguments[] = "[--int80] [--force] NAME";

enum { INT80 = 1, FORCE };

static const struct option options[] = {
	{ "int80", no_argument, NULL, INT80 },
	{ "force", no_argument, NULL, FORCE },
	{ }
};

int main(int argc, char **argv)
{
	unsigned long flags = O_NONBLOCK;
	bool int80 = false;
	int option;
	long result;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == INT80)
			int80 = true;
		else if (option == FORCE)
			flags |= O_TRUNC;
		else
			usage(arguments);
	}
	if (argc - optind != 1)
		usage(arguments);

	result = enter(&enter_delete_module, int80,
		       (unsigned long)low_string(argv[optind]), flags, 0);
	if (result < 0)
		return refused("delete_module", result);
	return DONE;
}
