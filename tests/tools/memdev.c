// SPDX-License-Identifier: GPL-2.0
/*
 * Opens, reads, writes and maps /dev/mem, /dev/port and whatever else is a
 * memory device, in one go or (serve) on a descriptor opened long before.
 *
 * Nothing is changed in the guest: what is written was read there before.
 * Only write-blind does not read first (a descriptor may be write-only, or
 * reading refused); it is for ROM and for port 0x80. map-change does change a
 * byte, and tells whether another mapping sees that.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] =
	"ACT NODE [OFFSET [LEN]]\n"
	"       memdev serve NODE ro|rw|wo|excl COMMAND_FIFO RESULT_FIFO\n"
	"ACT is open-ro, open-rw, open-wo, open-excl, read, write, write-blind,\n"
	"map-ro, map-rw, map-ro-upgrade, map-private-rw, map-change or peek (prints a\n"
	"byte);\n"
	"a served descriptor also takes keep-map OFFSET LEN, use-map, fork-map and quit";

enum { PAGE = 4096, LONGEST = 1 << 20 };

static char buffer[LONGEST];

/* Memory mapped early and used late (keep-map, use-map). */
static volatile char *kept;
static size_t kept_length;

static sigjmp_buf fault;

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

static int use(volatile char *memory, size_t length, bool store)
{
	size_t i;
	char byte;

	/* A mapping that was taken away answers with SIGBUS or SIGSEGV. */
	if (sigsetjmp(fault, 1))
		return -EFAULT;
	signal(SIGBUS, on_fault);
	signal(SIGSEGV, on_fault);
	for (i = 0; i < length; i += PAGE) {
		byte = memory[i];
		if (store)
			memory[i] = byte;
	}
	return 0;
}

static int transferred(ssize_t n, size_t length)
{
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}

static int act_read(int fd, off_t offset, size_t length)
{
	return transferred(pread(fd, buffer, length, offset), length);
}

static int act_write(int fd, off_t offset, size_t length)
{
	int error = act_read(fd, offset, length);

	if (error)
		return error;
	return transferred(pwrite(fd, buffer, length, offset), length);
}

static int act_write_blind(int fd, off_t offset, size_t length)
{
	memset(buffer, 0, length);
	return transferred(pwrite(fd, buffer, length, offset), length);
}

static int map_and_use(int fd, off_t offset, size_t length, int prot,
		       int later, int flags)
{
	char *memory = mmap(NULL, length, prot, flags, fd, offset & -PAGE);
	int error = 0;

	if (memory == MAP_FAILED)
		return -errno;
	if (later && mprotect(memory, length, later))
		error = -errno;
	if (!error)
		error = use(memory, length, (prot | later) & PROT_WRITE);
	munmap(memory, length);
	return error;
}

static int act_map_ro(int fd, off_t offset, size_t length)
{
	return map_and_use(fd, offset, length, PROT_READ, 0, MAP_SHARED);
}

static int act_map_rw(int fd, off_t offset, size_t length)
{
	return map_and_use(fd, offset, length, PROT_READ | PROT_WRITE, 0,
			   MAP_SHARED);
}

/* By a mapping, since read() reaches no device on some architectures. */
static int act_peek(int fd, off_t offset, size_t length)
{
	const volatile unsigned char *memory;

	(void)length;
	memory = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, offset & -PAGE);
	if (memory == MAP_FAILED)
		return -errno;
	printf("%u\n", memory[offset & (PAGE - 1)]);
	return 0;
}

static int act_map_upgrade(int fd, off_t offset, size_t length)
{
	return map_and_use(fd, offset, length, PROT_READ,
			   PROT_READ | PROT_WRITE, MAP_SHARED);
}

static int act_map_private(int fd, off_t offset, size_t length)
{
	return map_and_use(fd, offset, length, PROT_READ | PROT_WRITE, 0,
			   MAP_PRIVATE);
}

/* Does a mapping of the page see what is written to another one? */
static int act_map_change(int fd, off_t offset, size_t length)
{
	volatile unsigned char *memory, *other;
	size_t at = offset & (PAGE - 1);
	unsigned char old;
	bool seen;

	(void)length;
	other = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, offset & -PAGE);
	memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		      offset & -PAGE);
	if (memory == MAP_FAILED || other == MAP_FAILED)
		return -errno;
	old = memory[at];
	memory[at] = ~old;
	if (memory[at] == old)
		return -EIO;
	seen = other[at] != old;
	memory[at] = old;
	puts(seen ? "changed" : "copied");
	return 0;
}

static int act_keep_map(int fd, off_t offset, size_t length)
{
	char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED,
			    fd, offset & -PAGE);

	if (memory == MAP_FAILED)
		return -errno;
	kept = memory;
	kept_length = length;
	return use(kept, kept_length, true);
}

static int act_use_map(int fd, off_t offset, size_t length)
{
	(void)fd;
	(void)offset;
	(void)length;
	return kept ? use(kept, kept_length, true) : -ENOENT;
}

/* A child that has what was mapped, and hands it on until it has lost it. */
static int act_fork_map(int fd, off_t offset, size_t length)
{
	pid_t child = fork();

	(void)fd;
	(void)offset;
	(void)length;
	if (child)
		return child < 0 ? -errno : 0;
	while (!use(kept, kept_length, true)) {
		child = fork();
		if (!child)
			_exit(DONE);
		waitpid(child, NULL, 0);
	}
	puts("lost");
	fflush(stdout);
	_exit(REFUSED);
}

static const struct act {
	const char *name;
	int flags;
	int (*run)(int fd, off_t offset, size_t length);
} acts[] = {
	{ "open-ro", O_RDONLY, NULL },
	{ "open-rw", O_RDWR, NULL },
	{ "open-wo", O_WRONLY, NULL },
	{ "open-excl", O_RDWR | O_EXCL, NULL },
	{ "read", O_RDONLY, act_read },
	{ "write", O_RDWR, act_write },
	{ "write-blind", O_WRONLY, act_write_blind },
	{ "map-ro", O_RDONLY, act_map_ro },
	{ "map-rw", O_RDWR, act_map_rw },
	{ "peek", O_RDONLY, act_peek },
	{ "map-ro-upgrade", O_RDWR, act_map_upgrade },
	{ "map-private-rw", O_RDONLY, act_map_private },
	{ "map-change", O_RDWR, act_map_change },
	{ "keep-map", O_RDWR, act_keep_map },
	{ "use-map", O_RDWR, act_use_map },
	{ "fork-map", O_RDWR, act_fork_map },
};

/* Port 0x80 is free for anyone to poke; 0xf0000 is the BIOS, not RAM. */
static void default_range(const char *node, unsigned long *offset,
			  unsigned long *length)
{
	struct stat st;
	bool port = !stat(node, &st) && S_ISCHR(st.st_mode) &&
		    st.st_rdev == makedev(1, 4);

	*offset = port ? 0x80 : 0xf0000;
	*length = port ? 1 : PAGE;
}

static int run_once(int argc, char **argv)
{
	const struct act *act = FIND(acts, argv[1]);
	unsigned long offset, length;
	int fd, error;

	if (!act || argc > 5)
		usage(arguments);
	default_range(argv[2], &offset, &length);
	if (argc > 3)
		offset = number(argv[3]);
	if (argc > 4)
		length = number(argv[4]);
	if (!length || length > LONGEST)
		unusable("a length of %lu", length);

	fd = open(argv[2], act->flags | O_CLOEXEC);
	if (fd < 0)
		return refused("open", errno);
	error = act->run ? act->run(fd, offset, length) : 0;
	return error ? refused(act->name, error) : DONE;
}

/* Context is the descriptor, or -errno where the open was refused. */
static int serve_act(void *context, char *line)
{
	int fd = *(int *)context;
	unsigned long length = PAGE;
	const struct act *act;
	char name[32];
	long offset = 0;

	if (fd < 0)
		return fd;
	if (sscanf(line, "%31s %li %li", name, &offset, &length) < 1)
		return -EINVAL;
	act = FIND(acts, name);
	if (!act || !act->run || !length || length > LONGEST)
		return -EINVAL;
	return act->run(fd, offset, length);
}

static int serve_node(int argc, char **argv)
{
	const struct act *opening;
	char name[16];
	int fd;

	if (argc != 6)
		usage(arguments);
	snprintf(name, sizeof(name), "open-%s", argv[3]);
	opening = FIND(acts, name);
	if (!opening)
		usage(arguments);
	fd = open(argv[2], opening->flags | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	serve(argv[4], argv[5], serve_act, &fd);
	return fd < 0 ? refused("open", fd) : DONE;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		usage(arguments);
	if (!strcmp(argv[1], "serve"))
		return serve_node(argc, argv);
	return run_once(argc, argv);
}
