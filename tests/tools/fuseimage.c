// SPDX-License-Identifier: GPL-2.0
/*
 * A file that is not the same each time it is read: one file system of one
 * file, mounted over MOUNTPOINT, whose reads this program answers.  It answers
 * from FIRST when the file is read for the first, the third, the fifth time
 * and from SECOND in between; with --tear from FIRST up to the middle and from
 * SECOND beyond, in one and the same reading.  Both must be of one length.
 *
 * With --stall it is a program that can be run, mapped and cached, on a file
 * system that is slow: told "hold" on CONTROL_FIFO it answers nothing any more,
 * told "hold-reads" no reads, told "go" all that has been asked meanwhile.
 * Prints "held N" for each question that waits, N being its FUSE_ opcode.
 *
 * Speaks the protocol of /dev/fuse itself.  Writes "mounted" into READY_FIFO
 * and serves until it is killed.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char arguments[] =
	"[--tear|--stall CONTROL_FIFO] MOUNTPOINT READY_FIFO FIRST SECOND";

static struct {
	int fd;
	bool tear;
	FILE *control;
	size_t length;
	const char *image[2];
	unsigned int readings;
} server;

/* What nobody has answered yet, in no order. */
static struct held {
	struct held *next;
	char request[];
} *held;

static enum { HOLD_NONE, HOLD_READS, HOLD_ALL } hold;

static void reply(uint64_t unique, int error, const void *data, size_t length)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + length,
		.error = error,
		.unique = unique,
	};
	const struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ (void *)data, length },
	};

	/* The caller may have been killed meanwhile. */
	if (writev(server.fd, parts, length ? 2 : 1) < 0 && errno != ENOENT)
		unusable("answer /dev/fuse: %s", strerror(errno));
}

static void do_init(uint64_t unique, const struct fuse_init_in *in)
{
	const struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = in->minor < FUSE_KERNEL_MINOR_VERSION ?
			 in->minor : FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.max_write = 4096,
	};

	reply(unique, 0, &out, sizeof(out));
}

static void do_getattr(uint64_t unique)
{
	const struct fuse_attr_out out = {
		.attr = {
			.ino = FUSE_ROOT_ID,
			.size = server.length,
			.mode = S_IFREG | (server.control ? 0755 : 0644),
			.nlink = 1,
			.blksize = 4096,
		},
	};

	reply(unique, 0, &out, sizeof(out));
}

/* Past the page cache every reading comes to us. */
static void do_open(uint64_t unique)
{
	const struct fuse_open_out out = {
		.open_flags = server.control ? FOPEN_KEEP_CACHE :
					       FOPEN_DIRECT_IO,
	};

	reply(unique, 0, &out, sizeof(out));
}

static void do_read(uint64_t unique, const struct fuse_read_in *in)
{
	size_t left = in->offset < server.length ?
		      server.length - in->offset : 0;
	size_t length = in->size < left ? in->size : left;
	unsigned int which;

	if (!in->offset)
		server.readings++;
	which = server.tear ? in->offset >= server.length / 2 :
		(server.readings - 1) % 2;
	reply(unique, 0, server.image[which] + in->offset, length);
}

static void answer(const char *request)
{
	const struct fuse_in_header *in = (const void *)request;
	const void *body = in + 1;

	switch (in->opcode) {
	case FUSE_INIT:
		return do_init(in->unique, body);
	case FUSE_GETATTR:
		return do_getattr(in->unique);
	case FUSE_OPEN:
		return do_open(in->unique);
	case FUSE_READ:
		return do_read(in->unique, body);
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		return reply(in->unique, 0, NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		return reply(in->unique, -ENOSYS, NULL, 0);
	}
}

/* Nobody waits for an answer to these. */
static bool has_answer(uint32_t opcode)
{
	return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET &&
	       opcode != FUSE_INTERRUPT;
}

static bool is_held(uint32_t opcode)
{
	return hold == HOLD_READS ? opcode == FUSE_READ :
	       hold == HOLD_ALL && has_answer(opcode);
}

static void keep(const char *request, size_t length)
{
	struct held *one = malloc(sizeof(*one) + length);

	if (!one)
		unusable("no memory");
	memcpy(one->request, request, length);
	one->next = held;
	held = one;
	printf("held %u\n", ((const struct fuse_in_header *)request)->opcode);
	fflush(stdout);
}

static void serve_one(void)
{
	static char request[FUSE_MIN_READ_BUFFER + 65536];
	ssize_t length = read(server.fd, request, sizeof(request));

	if (length < 0) {
		if (errno == EINTR || errno == ENOENT)
			return;
		unusable("read /dev/fuse: %s", strerror(errno));
	}
	if (is_held(((const struct fuse_in_header *)request)->opcode))
		keep(request, length);
	else
		answer(request);
}

static void obey(void)
{
	struct held *one;
	char word[32];

	if (!fgets(word, sizeof(word), server.control))
		unusable("nobody says what to do");
	if (!strcmp(word, "hold\n"))
		hold = HOLD_ALL;
	else if (!strcmp(word, "hold-reads\n"))
		hold = HOLD_READS;
	else
		hold = HOLD_NONE;
	while (hold == HOLD_NONE && held) {
		one = held;
		held = one->next;
		answer(one->request);
		free(one);
	}
}

/* A line of its own each time: nothing stays behind in the stream. */
static void serve_or_obey(void)
{
	struct pollfd both[] = {
		{ .fd = server.fd, .events = POLLIN },
		{ .fd = fileno(server.control), .events = POLLIN },
	};

	if (poll(both, ARRAY_SIZE(both), -1) < 0)
		unusable("poll: %s", strerror(errno));
	if (both[1].revents)
		obey();
	else if (both[0].revents)
		serve_one();
}

static const char *read_image(const char *path)
{
	int fd = open_file(path);
	size_t length = file_length(fd, path);
	char *image = low_alloc(length);

	if (server.length && length != server.length)
		unusable("%s is not as long as the other", path);
	server.length = length;
	read_exactly(fd, path, image, length);
	close(fd);
	return image;
}

static void mount_over(const char *path)
{
	char how[128];

	server.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (server.fd < 0)
		unusable("open /dev/fuse: %s", strerror(errno));
	snprintf(how, sizeof(how),
		 "fd=%d,rootmode=%o,user_id=0,group_id=0,max_read=4096",
		 server.fd, S_IFREG | 0644);
	if (mount("fuseimage", path, "fuse", MS_NOSUID | MS_NODEV, how))
		unusable("mount over %s: %s", path, strerror(errno));
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "--tear")) {
		server.tear = true;
		argv++;
		argc--;
	} else if (argc == 7 && !strcmp(argv[1], "--stall")) {
		server.control = fdopen(open_fifo(argv[2]), "r");
		argv += 2;
		argc -= 2;
	}
	if (argc != 5)
		usage(arguments);
	server.image[0] = read_image(argv[3]);
	server.image[1] = read_image(argv[4]);
	mount_over(argv[1]);
	tell(argv[2], "mounted");
	while (!server.control)
		serve_one();
	for (;;)
		serve_or_obey();
}
