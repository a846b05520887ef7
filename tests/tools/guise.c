// SPDX-License-Identifier: GPL-2.0
/*
 * Runs as another program, by the kernel's own account: it moves itself out of
 * its file into anonymous memory and has /proc/self/exe point to the other file
 * (PR_SET_MM_EXE_FILE, or PR_SET_MM_MAP as checkpoint/restore uses it). Then it
 * loads a module.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] = "exe|map PROGRAM MODULE";

struct range {
	unsigned long start, end;
	int protection;
};

static struct range ranges[32];
static int count;
static struct prctl_mm_map layout;

/* The mappings of our own file, and where the kernel says that parts lie. */
static void read_maps(void)
{
	char line[512], self[256] = "", modes[8];
	FILE *maps = fopen("/proc/self/maps", "re");
	struct range range;

	if (!maps || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		unusable("/proc/self: %s", strerror(errno));
	while (fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strstr(line, self) || count == ARRAY_SIZE(ranges) ||
		    sscanf(line, "%lx-%lx %7s", &range.start, &range.end,
			   modes) != 3)
			continue;
		range.protection = (modes[0] == 'r' ? PROT_READ : 0) |
				   (modes[1] == 'w' ? PROT_WRITE : 0) |
				   (modes[2] == 'x' ? PROT_EXEC : 0);
		ranges[count++] = range;
	}
	fclose(maps);
}

/* Copies a range and puts the copy, the same to the byte, in its place. */
static void move(const struct range *range)
{
	size_t length = range->end - range->start;
	char *copy = mmap(NULL, length, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		unusable("no memory");
	if (range->protection & PROT_READ)
		memcpy(copy, (void *)range->start, length);
	if (mprotect(copy, length, range->protection) ||
	    mremap(copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
		   range->start) == MAP_FAILED)
		unusable("mremap: %s", strerror(errno));
}

static unsigned long stat_field(int field)
{
	char text[2048] = "", *at;
	FILE *file = fopen("/proc/self/stat", "re");

	if (!file || !fgets(text, sizeof(text), file))
		unusable("/proc/self/stat: %s", strerror(errno));
	fclose(file);
	/* the name, field 2, ends with the last parenthesis */
	at = strrchr(text, ')');
	for (field -= 2; at && field; field--)
		at = strchr(at + 1, ' ');
	return at ? strtoul(at + 1, NULL, 10) : 0;
}

/* proc(5): the fields of /proc/PID/stat; what is not told stays as it is. */
static int set_map(int exe)
{
	layout = (struct prctl_mm_map) {
		.start_code = stat_field(26), .end_code = stat_field(27),
		.start_stack = stat_field(28),
		.start_data = stat_field(45), .end_data = stat_field(46),
		.start_brk = stat_field(47), .brk = (uintptr_t)sbrk(0),
		.arg_start = stat_field(48), .arg_end = stat_field(49),
		.env_start = stat_field(50), .env_end = stat_field(51),
		.exe_fd = exe,
	};
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &layout, sizeof(layout), 0);
}

int main(int argc, char **argv)
{
	int exe, i, error;
	bool map;

	if (argc != 4)
		usage(arguments);
	map = !strcmp(argv[1], "map");
	exe = open_file(argv[2]);
	read_maps();
	for (i = 0; i < count; i++)
		move(&ranges[i]);
	error = map ? set_map(exe) :
		      prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, exe, 0, 0);
	if (error)
		return refused("prctl", errno);
	if (syscall(SYS_finit_module, open_file(argv[3]), "", 0))
		return refused("finit_module", errno);
	return DONE;
}
