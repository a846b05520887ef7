// SPDX-License-Identifier: GPL-2.0
/*
 * Takes a device by VFIO, as a virtual machine's monitor does, and uses each of
 * the descriptors that it then has: in one go, or when it is told to, so that
 * they are older than the seal.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static const char arguments[] =
	"GROUP DEVICE [COMMAND_FIFO RESULT_FIFO]\n"
	"An act is open, container, group, device, ioctl, read, write or map; and keep,\n"
	"which maps and stays";

static struct vfio {
	const char *name;
	int container, group, device;
} vfio;

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int device_fd(void)
{
	int fd = ioctl(vfio.group, VFIO_GROUP_GET_DEVICE_FD, vfio.name);

	return fd < 0 ? -errno : fd;
}

static int region(unsigned int index, struct vfio_region_info *info)
{
	*info = (struct vfio_region_info) {
		.argsz = sizeof(*info),
		.index = index,
	};
	return result(ioctl(vfio.device, VFIO_DEVICE_GET_REGION_INFO, info));
}

static int act_open(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int act_container(void)
{
	return result(ioctl(vfio.container, VFIO_GET_API_VERSION));
}

static int act_group(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	return result(ioctl(vfio.group, VFIO_GROUP_GET_STATUS, &status));
}

static int act_device(void)
{
	int fd = device_fd();

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int act_ioctl(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return result(ioctl(vfio.device, VFIO_DEVICE_GET_INFO, &info));
}

/* A vendor's name, and where an interrupt line is written down. */
static off_t config(off_t at)
{
	static off_t base = -1;
	struct vfio_region_info info;

	/* Asked while it may be. */
	if (base < 0 && !region(VFIO_PCI_CONFIG_REGION_INDEX, &info))
		base = info.offset;
	return base + at;
}

static int act_read(void)
{
	char bytes[4];

	return result(pread(vfio.device, bytes, sizeof(bytes), config(0)));
}

static int act_write(void)
{
	static const char line;

	return result(pwrite(vfio.device, &line, 1, config(0x3c)));
}

/* The registers: what is in the first region begins at 0 of the device. */
static int act_map(void)
{
	volatile unsigned int *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_SHARED, vfio.device, 0);

	if (at == MAP_FAILED)
		return -errno;
	(void)at[0];
	return result(munmap((void *)at, 4096));
}

static int act_keep(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		    vfio.device, 0) == MAP_FAILED ? -errno : 0;
}

static const struct {
	const char *name;
	int (*go)(void);
} acts[] = {
	{ "open", act_open },
	{ "container", act_container },
	{ "group", act_group },
	{ "device", act_device },
	{ "ioctl", act_ioctl },
	{ "read", act_read },
	{ "write", act_write },
	{ "map", act_map },
	{ "keep", act_keep },
};

static int act(void *context, char *line)
{
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(acts); i++)
		if (!strcmp(acts[i].name, line))
			return acts[i].go();
	return -EINVAL;
}

static int take(const char *group)
{
	vfio.container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (vfio.container < 0)
		return -errno;
	vfio.group = open(group, O_RDWR | O_CLOEXEC);
	if (vfio.group < 0)
		return -errno;
	if (ioctl(vfio.group, VFIO_GROUP_SET_CONTAINER, &vfio.container) ||
	    ioctl(vfio.container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU))
		return -errno;
	vfio.device = device_fd();
	if (vfio.device < 0)
		return vfio.device;
	config(0);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int i;
	int error;

	if (argc != 3 && argc != 5)
		usage(arguments);
	vfio.name = argv[2];
	error = take(argv[1]);
	if (error)
		return refused("take the device", error);
	if (argc == 5) {
		serve(argv[3], argv[4], act, NULL);
		return DONE;
	}
	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		error = acts[i].go();
		if (error)
			return refused(acts[i].name, error);
	}
	return DONE;
}
