// SPDX-License-Identifier: GPL-2.0
/*
 * A file that is not the same each time it is read: one file system of one
 * file, mounted over MOUNTPOINT, whose reads this program answers.  It answers
 * from FIRST when the file is read for the first, the third, the fifth time
 * and from SECOND in between; with --tear from FIRST up to the middle and from
 * SECOND beyond, in one and the same reading.  Both must be of one length.
 *
 * Speaks the protocol of /dev/fuse itself.  Writes "mounted" into READY_FIFO
 * and serves until it is killed.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char arguments[] = "[--tear] MOUNTPOINT READY_FIFO FIRST SECOND";

static struct {
	int fd;
	bool tear;
	size_t length;
	const char *image[2];
	unsigned int readings;
} server;

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
			.mode = S_IFREG | 0644,
			.nlink = 1,
			.blksize = 4096,
		},
	};

	reply(unique, 0, &out, sizeof(out));
}

/* Past the page cache: every reading comes to us. */
static void do_open(uint64_t unique)
{
	const struct fuse_open_out out = { .open_flags = FOPEN_DIRECT_IO };

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

static void serve_one(void)
{
	static char request[FUSE_MIN_READ_BUFFER + 65536];
	const struct fuse_in_header *in = (const void *)request;
	const void *body = in + 1;

	if (read(server.fd, request, sizeof(request)) < 0) {
		if (errno == EINTR || errno == ENOENT)
			return;
		unusable("read /dev/fuse: %s", strerror(errno));
	}
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
	}
	if (argc != 5)
		usage(arguments);
	server.image[0] = read_image(argv[3]);
	server.image[1] = read_image(argv[4]);
	mount_over(argv[1]);
	tell(argv[2], "mounted");
	for (;;)
		serve_one();
}
