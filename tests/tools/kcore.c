// SPDX-License-Identifier: GPL-2.0
/*
 * Reads kernel memory through /proc/kcore: its ELF header first, which is
 * made up on the fly, then sixteen bytes of a segment, which are not.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char arguments[] = "open|read|serve COMMAND_FIFO RESULT_FIFO";

static int pread_all(int fd, void *to, size_t length, off_t offset)
{
	ssize_t n = pread(fd, to, length, offset);

	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}

static int read_memory(int fd)
{
	char memory[16];
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	int error, i;

	error = pread_all(fd, &header, sizeof(header), 0);
	if (error)
		return error;
	if (memcmp(header.e_ident, ELFMAG, SELFMAG))
		return -ENOEXEC;
	for (i = 0; i < header.e_phnum; i++) {
		error = pread_all(fd, &segment, sizeof(segment),
				  header.e_phoff + i * sizeof(segment));
		if (error)
			return error;
		if (segment.p_type == PT_LOAD)
			return pread_all(fd, memory, sizeof(memory),
					 segment.p_offset);
	}
	return -ENOENT;
}

/* Context is the descriptor, or -errno where the open was refused. */
static int serve_act(void *context, char *line)
{
	int fd = *(int *)context;

	if (fd < 0)
		return fd;
	return strcmp(line, "read") ? -EINVAL : read_memory(fd);
}

int main(int argc, char **argv)
{
	bool serving = argc == 4 && !strcmp(argv[1], "serve");
	bool reading = argc == 2 && !strcmp(argv[1], "read");
	int fd, error = 0;

	if (!serving && !reading && (argc != 2 || strcmp(argv[1], "open")))
		usage(arguments);
	fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	if (serving)
		serve(argv[2], argv[3], serve_act, &fd);
	if (fd < 0)
		return refused("open", fd);
	if (reading)
		error = read_memory(fd);
	return error ? refused("read", error) : DONE;
}
