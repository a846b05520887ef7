// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a kernel for crashes, or unloads it: what would run when this one
 * panics. It is none, but a page of nothing, which the kernel does not know.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char page[PAGE];

/* Where memory was kept for it (crashkernel= at boot). */
static unsigned long region(void)
{
	FILE *file = fopen("/proc/iomem", "r");
	unsigned long start = 0;
	char line[128];

	if (!file)
		unusable("/proc/iomem: %s", strerror(errno));
	while (!start && fgets(line, sizeof(line), file))
		if (strstr(line, " : Crash kernel"))
			sscanf(line, "%lx", &start);
	fclose(file);
	if (!start)
		unusable("no memory is kept for a kernel for crashes");
	return start;
}

static int load(unsigned long count)
{
	const unsigned long start = region();
	const struct kexec_segment segment = {
		.buf = page,
		.bufsz = sizeof(page),
		.mem = (void *)start,
		.memsz = sizeof(page),
	};

	return syscall(SYS_kexec_load, start, count, &segment,
		       KEXEC_ON_CRASH | KEXEC_ARCH_DEFAULT) ? -errno : 0;
}

int main(int argc, char **argv)
{
	int error;

	if (argc == 2 && !strcmp(argv[1], "load"))
		error = load(1);
	else if (argc == 2 && !strcmp(argv[1], "unload"))
		error = load(0);
	else
		usage("load | unload");
	return error ? refused(argv[1], error) : DONE;
}
