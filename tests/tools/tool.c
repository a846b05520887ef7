// SPDX-License-Identifier: GPL-2.0
/* What the attack and probe programs share; see tool.h. */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int refused(const char *act, int error)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, act,
		strerror(abs(error)));
	return REFUSED;
}

void unusable(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: cannot try: ", program_invocation_short_name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(UNUSABLE);
}

void usage(const char *arguments)
{
	fprintf(stderr, "usage: %s %s\n", program_invocation_short_name,
		arguments);
	exit(UNUSABLE);
}

unsigned long number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end)
		unusable("\"%s\" is not a number", text);
	return value;
}

const struct entry enter_init_module = { SYS_init_module, 128 };
const struct entry enter_finit_module = { SYS_finit_module, 350 };
const struct entry enter_delete_module = { SYS_delete_module, 129 };
#ifdef __x86_64__
const struct entry enter_ioperm = { SYS_ioperm, 101 };
const struct entry enter_iopl = { SYS_iopl, 110 };

static long enter32(long nr, unsigned long a, unsigned long b,
		    unsigned long c)
{
	long result;

	/* The 32-bit entry does not promise to keep r8 to r11. */
	asm volatile("int $0x80"
		     : "=a" (result)
		     : "a" (nr), "b" (a), "c" (b), "d" (c)
		     : "r8", "r9", "r10", "r11", "memory", "cc");
	return result;
}
#else
static long enter32(long nr, unsigned long a, unsigned long b,
		    unsigned long c)
{
	(void)a, (void)b, (void)c;
	unusable("system call %ld by int $0x80: this is no x86-64 program", nr);
}
#endif

long enter(const struct entry *entry, bool int80,
	   unsigned long a, unsigned long b, unsigned long c)
{
	long result;

	if (int80) {
		if ((a | b | c) > UINT32_MAX)
			unusable("int $0x80 takes 32-bit arguments only");
		return (int)enter32(entry->nr32, a, b, c);
	}
	result = syscall(entry->nr, a, b, c);
	return result < 0 ? -errno : result;
}

void *low_alloc(size_t length)
{
	void *memory = mmap(NULL, length ? length : 1, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (memory == MAP_FAILED)
		unusable("no %zu bytes below 4 GiB: %s", length,
			 strerror(errno));
	return memory;
}

char *low_string(const char *text)
{
	return strcpy(low_alloc(strlen(text) + 1), text);
}

int open_file(const char *path)
{
	/* O_NONBLOCK: a FIFO is to be refused by the kernel, not waited for */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		unusable("open %s: %s", path, strerror(errno));
	return fd;
}

size_t file_length(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st))
		unusable("stat %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		unusable("%s is not a regular file", path);
	return st.st_size;
}

void read_exactly(int fd, const char *path, void *buffer, size_t length)
{
	size_t done = 0;
	ssize_t n;

	while (done < length) {
		n = pread(fd, (char *)buffer + done, length - done, done);
		if (n <= 0)
			unusable("read %s: %s", path,
				 n ? strerror(errno) : "too short");
		done += n;
	}
}

void copy_file(const char *from, const char *to, int mode)
{
	int in = open_file(from);
	size_t left = file_length(in, from);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	char buffer[65536];
	ssize_t n;

	if (out < 0)
		unusable("create a copy of %s: %s", from, strerror(errno));
	while (left) {
		n = read(in, buffer, sizeof(buffer));
		if (n <= 0 || write(out, buffer, n) != n)
			unusable("copy %s: %s", from, strerror(errno));
		left -= n;
	}
	close(in);
	close(out);
}

void tell(const char *fifo, const char *line)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int fd = -1, tries;

	/* Without O_NONBLOCK a missing reader would park us here for ever. */
	for (tries = 0; tries < 1000; tries++) {
		fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 || errno != ENXIO)
			break;
		nanosleep(&pause, NULL);
	}
	if (fd < 0)
		unusable("open %s: %s", fifo, strerror(errno));
	if (dprintf(fd, "%s\n", line) < 0)
		unusable("write %s: %s", fifo, strerror(errno));
	close(fd);
}

int open_fifo(const char *fifo)
{
	/* read-write, so that it never blocks in open and never sees EOF */
	int fd = open(fifo, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		unusable("open %s: %s", fifo, strerror(errno));
	return fd;
}

void await(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		unusable("wait for a FIFO: %s", strerror(errno));
}

int receive_fd(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd, peer;

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	unlink(path);
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(server, 1))
		unusable("%s: %s", path, strerror(errno));
	peer = accept(server, NULL, NULL);
	if (peer < 0 || recvmsg(peer, &message, 0) != 1 ||
	    !CMSG_FIRSTHDR(&message))
		unusable("nothing was sent to %s", path);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

void *map_ring(int ring, size_t length, off_t offset)
{
	void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED,
			    ring, offset);

	if (memory == MAP_FAILED)
		unusable("mmap: %s", strerror(errno));
	return memory;
}

const void *find_named(const void *table, size_t count, size_t size,
		       const char *name)
{
	const char *entry = table;

	for (; count; count--, entry += size)
		if (!strcmp(*(const char *const *)entry, name))
			return entry;
	return NULL;
}

void serve(const char *command_fifo, const char *result_fifo,
	   served_act *act, void *context)
{
	/* the results first: a client that got through can read the answer */
	int results = open_fifo(result_fifo);
	FILE *commands = fdopen(open_fifo(command_fifo), "r");
	char line[128];
	int error;

	if (!commands)
		unusable("no memory");
	while (fgets(line, sizeof(line), commands)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "quit"))
			break;
		error = act(context, line);
		if (error)
			dprintf(results, "error: %s\n", strerror(-error));
		else
			dprintf(results, "ok\n");
	}
	fclose(commands);
	close(results);
}
