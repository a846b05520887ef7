// SPDX-License-Identifier: GPL-2.0
/*
 * Tells device mapper what to make of what, in the steps that a program of its
 * own does in one: a table is loaded, and put to use by resume. The device's
 * node is /dev/NAME.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char arguments[] =
	"create|remove|suspend|resume NAME\n"
	"       dmset load|load-ro NAME \"START LENGTH TARGET [ARGUMENT...]\"...\n"
	"       dmset message NAME TEXT";

static struct {
	struct dm_ioctl io;
	char data[4096];
} request;

static void begin(const char *name, unsigned int flags)
{
	memset(&request, 0, sizeof(request));
	request.io.version[0] = DM_VERSION_MAJOR;
	request.io.data_size = sizeof(request);
	request.io.data_start = offsetof(typeof(request), data);
	request.io.flags = flags;
	snprintf(request.io.name, sizeof(request.io.name), "%s", name);
}

static int command(unsigned long nr)
{
	int fd = open("/dev/mapper/control", O_RDWR), error;

	if (fd < 0)
		unusable("device mapper: %s", strerror(errno));
	error = ioctl(fd, nr, &request) ? -errno : 0;
	close(fd);
	return error;
}

static int create(const char *name)
{
	char node[64];
	int error;

	begin(name, 0);
	error = command(DM_DEV_CREATE);
	if (error)
		return error;
	snprintf(node, sizeof(node), "/dev/%s", name);
	unlink(node);
	if (mknod(node, S_IFBLK | 0600, makedev(major(request.io.dev),
						minor(request.io.dev))))
		unusable("%s: %s", node, strerror(errno));
	return 0;
}

/* Returns where the next one begins. */
static size_t add_target(size_t at, const char *line)
{
	struct dm_target_spec *spec = (void *)(request.data + at);
	unsigned long long start, length;
	size_t room = sizeof(request.data) - at;
	int rest = 0;

	if (room < sizeof(*spec) + strlen(line) + 8)
		unusable("the table is too long");
	if (sscanf(line, "%llu %llu %15s %n", &start, &length,
		   spec->target_type, &rest) != 3 || !rest)
		unusable("\"%s\" is no line of a table", line);
	spec->sector_start = start;
	spec->length = length;
	strcpy((char *)(spec + 1), line + rest);
	spec->next = (sizeof(*spec) + strlen(line + rest) + 8) & ~7UL;
	request.io.target_count++;
	return at + spec->next;
}

static int load(const char *name, unsigned int flags, char **lines)
{
	size_t at = 0;

	begin(name, flags);
	for (; *lines; lines++)
		at = add_target(at, *lines);
	return command(DM_TABLE_LOAD);
}

static int message(const char *name, const char *text)
{
	struct dm_target_msg *msg = (void *)request.data;

	begin(name, 0);
	snprintf(msg->message, sizeof(request.data) - sizeof(*msg), "%s", text);
	return command(DM_TARGET_MSG);
}

static int simple(const char *name, unsigned int flags, unsigned long nr)
{
	begin(name, flags);
	return command(nr);
}

static int run(int argc, char **argv)
{
	const char *act = argv[1], *name = argv[2];

	if (argc == 3 && !strcmp(act, "create"))
		return create(name);
	if (argc == 3 && !strcmp(act, "remove"))
		return simple(name, 0, DM_DEV_REMOVE);
	if (argc == 3 && !strcmp(act, "suspend"))
		return simple(name, DM_SUSPEND_FLAG, DM_DEV_SUSPEND);
	if (argc == 3 && !strcmp(act, "resume"))
		return simple(name, 0, DM_DEV_SUSPEND);
	if (argc > 3 && !strcmp(act, "load"))
		return load(name, 0, argv + 3);
	if (argc > 3 && !strcmp(act, "load-ro"))
		return load(name, DM_READONLY_FLAG, argv + 3);
	if (argc == 4 && !strcmp(act, "message"))
		return message(name, argv[3]);
	usage(arguments);
}

int main(int argc, char **argv)
{
	int error;

	if (argc < 3)
		usage(arguments);
	error = run(argc, argv);
	return error ? refused(argv[1], error) : DONE;
}
