// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel lose a page of a file that it holds in memory:
 *
 *	hwpoison	as if its memory were broken: the page is taken out of
 *			the cache, whoever holds it (madvise(2), MADV_HWPOISON)
 *	retire		the same, by its physical address, as a monitoring daemon
 *			does it (/sys/devices/system/memory/hard_offline_page)
 *	evict PID	out of the address space of a process, and of the cache
 *			if nobody else has it (process_madvise(2))
 *
 * so that whoever wants it reads the disk again; "where" prints at which byte
 * of its disk the page lies.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

static const char arguments[] =
	"where|hwpoison|retire FILE OFFSET\n"
	"       poison evict PID FILE OFFSET";

enum { PAGE = 4096 };

static int where(int fd, unsigned long offset)
{
	struct stat st;
	int block;

	if (fstat(fd, &st))
		unusable("stat: %s", strerror(errno));
	block = offset / st.st_blksize;
	if (ioctl(fd, FIBMAP, &block) || !block)
		unusable("FIBMAP: %s", strerror(errno));
	printf("%llu\n", (unsigned long long)block * st.st_blksize +
	       offset % st.st_blksize);
	return DONE;
}

/* A page of the file, in the cache and in the address space. */
static char *map_page(int fd, unsigned long offset)
{
	volatile char *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd,
				   offset & -PAGE);

	if (page == MAP_FAILED)
		unusable("mmap: %s", strerror(errno));
	(void)*page;
	return (char *)page;
}

/*
 * Somebody who holds the page can have the kernel say that it failed, when it
 * is out of the cache all the same.
 */
static int lose(int fd, unsigned long offset)
{
	if (madvise(map_page(fd, offset), PAGE, MADV_HWPOISON) &&
	    errno != EBUSY)
		return refused("madvise", errno);
	return DONE;
}

static uint64_t physical(const char *page)
{
	int fd = open_file("/proc/self/pagemap");
	uint64_t entry = 0;

	if (pread(fd, &entry, sizeof(entry), (uintptr_t)page / PAGE *
		  sizeof(entry)) != sizeof(entry) || !(entry >> 63))
		unusable("pagemap does not say");
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * PAGE;
}

static int retire(int fd, unsigned long offset)
{
	static const char node[] =
		"/sys/devices/system/memory/hard_offline_page";
	int out = open(node, O_WRONLY | O_CLOEXEC);

	if (out < 0)
		unusable("%s: %s", node, strerror(errno));
	if (dprintf(out, "%#llx\n",
		    (unsigned long long)physical(map_page(fd, offset))) < 0 &&
	    errno != EBUSY)
		return refused("write", errno);
	return DONE;
}

/* The address at which a process has that page of the file as code. */
static unsigned long find_mapping(pid_t pid, const char *file,
				  unsigned long offset)
{
	unsigned long start, end, at;
	char name[64], line[512], path[256], flags[8];
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %255s", &start, &end,
			   flags, &at, path) == 5 && !strcmp(path, file) &&
		    at <= offset && offset - at < end - start) {
			fclose(maps);
			return (start + offset - at) & -PAGE;
		}
	unusable("%d does not map %s", pid, file);
}

static int evict(pid_t pid, const char *file, unsigned long offset)
{
	struct iovec page = { .iov_len = PAGE };
	int fd = syscall(SYS_pidfd_open, pid, 0);

	page.iov_base = (void *)find_mapping(pid, file, offset);
	if (fd < 0)
		unusable("pidfd_open: %s", strerror(errno));
	if (syscall(SYS_process_madvise, fd, &page, 1, MADV_PAGEOUT, 0) < 0)
		return refused("process_madvise", errno);
	return DONE;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc == 5 && !strcmp(argv[1], "evict"))
		return evict(number(argv[2]), argv[3], number(argv[4]));
	if (argc != 4)
		usage(arguments);
	fd = open_file(argv[2]);
	if (!strcmp(argv[1], "where"))
		return where(fd, number(argv[3]));
	if (!strcmp(argv[1], "hwpoison"))
		return lose(fd, number(argv[3]));
	if (!strcmp(argv[1], "retire"))
		return retire(fd, number(argv[3]));
	usage(arguments);
}
