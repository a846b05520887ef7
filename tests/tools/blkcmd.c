// SPDX-License-Identifier: GPL-2.0
/*
 * Asks a block device for what no command of the guest's shell does, most of it by
 * a descriptor that is open for reading only.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/loop.h>
#include <linux/sed-opal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

static const char arguments[] =
	"ACT DEVICE [ARGUMENT...]\n"
	"ACT is resize NUMBER START LENGTH, a partition, in sectors; loop-direct;\n"
	"opal, which erases a drive that encrypts itself; served DIRECTORY: write\n"
	"to what is mounted there by a program";

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int resize(int fd, char **args)
{
	struct blkpg_partition part = {
		.pno = number(args[0]),
		.start = number(args[1]) * 512,
		.length = number(args[2]) * 512,
	};
	struct blkpg_ioctl_arg arg = {
		.op = BLKPG_RESIZE_PARTITION,
		.datalen = sizeof(part),
		.data = &part,
	};

	return result(ioctl(fd, BLKPG, &arg));
}

static int loop_direct(int fd, char **args)
{
	(void)args;
	return result(ioctl(fd, LOOP_SET_DIRECT_IO, 0));
}

static int opal(int fd, char **args)
{
	struct opal_key key = { .key_len = 1 };

	(void)args;
	return result(ioctl(fd, IOC_OPAL_REVERT_TPR, &key));
}

/* The server never answers; the device is claimed all the same. */
static int served(int fd, char **args)
{
	char options[128], path[64] = "", node[32];
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC), out, error;

	if (fuse < 0)
		return -errno;
	snprintf(node, sizeof(node), "/proc/self/fd/%d", fd);
	if (readlink(node, path, sizeof(path) - 1) < 0)
		return -errno;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,blksize=512", fuse);
	if (mount(path, args[0], "fuseblk", 0, options))
		unusable("mount: %s", strerror(errno));
	out = open(path, O_RDWR | O_CLOEXEC);
	error = out < 0 ? -errno : result(pwrite(out, "served", 6, 4096));
	if (!error)
		error = result(fsync(out));
	umount2(args[0], MNT_FORCE | MNT_DETACH);
	return error;
}

static const struct {
	const char *name;
	int (*run)(int fd, char **args);
	int args;
} acts[] = {
	{ "resize", resize, 3 },
	{ "loop-direct", loop_direct, 0 },
	{ "opal", opal, 0 },
	{ "served", served, 1 },
};

int main(int argc, char **argv)
{
	size_t i;
	int error;

	for (i = 0; argc > 2 && i < ARRAY_SIZE(acts); i++) {
		if (strcmp(argv[1], acts[i].name) || argc != 3 + acts[i].args)
			continue;
		error = acts[i].run(open_file(argv[2]), argv + 3);
		return error ? refused(argv[1], error) : DONE;
	}
	usage(arguments);
}
