// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the kernel load a module by itself: a socket of a family it does not
 * know yet sends it to its helper for net-pf-FAMILY.  If no module came, the
 * answer is "Address family not supported by protocol"; any other errno is
 * the family's own and means that it came.  PF_KEY wants "15 3 2".
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <sys/socket.h>

static const char arguments[] = "FAMILY [TYPE [PROTOCOL]]";

int main(int argc, char **argv)
{
	static const int types[] = {
		SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET, SOCK_RAW
	};
	int family, protocol = 0;
	size_t i;

	if (argc < 2 || argc > 4)
		usage(arguments);
	family = number(argv[1]);
	if (argc > 3)
		protocol = number(argv[3]);
	if (argc > 2) {
		if (socket(family, number(argv[2]), protocol) < 0)
			return refused("socket", errno);
		return DONE;
	}
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (socket(family, types[i], 0) >= 0)
			return DONE;
		/* Asking again would call the helper again: one refusal each. */
		if (errno == EAFNOSUPPORT)
			break;
	}
	return refused("socket", errno);
}
