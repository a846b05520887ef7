// SPDX-License-Identifier: GPL-2.0
/*
 * What is asked of the running system. It is apart, and holds no decision, so
 * that unit tests can link a fake that takes down the bytes it was given.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long returned)
{
	return returned < 0 ? -errno : 0;
}

int sys_init_module(const void *image, size_t size, const char *parameters)
{
	return result(syscall(SYS_init_module, image, size, parameters));
}

int sys_finit_module(int fd, const char *parameters, int flags)
{
	return result(syscall(SYS_finit_module, fd, parameters, flags));
}

int sys_delete_module(const char *name)
{
	return result(syscall(SYS_delete_module, name, O_NONBLOCK));
}

/* Kernels with CONFIG_MODULE_DECOMPRESS name the one format they know. */
bool sys_can_decompress(const char *format)
{
	char known[16];
	ssize_t n;
	int fd;

	fd = open("/sys/module/compression", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read_full(fd, known, sizeof(known) - 1);
	close(fd);
	if (n <= 0)
		return false;
	known[n] = '\0';
	known[strcspn(known, "\n")] = '\0';
	return !strcmp(known, format);
}

/*
 * A mount of sysfs that is ours alone: /sys is what the caller's mount
 * namespace says it is, and a caller who wants us to believe that nothing is
 * sealed would hide /sys/module/seal under another mount.
 */
static int private_sysfs(void)
{
	int config, mount = -1;

	config = (int)syscall(SYS_fsopen, "sysfs", FSOPEN_CLOEXEC);
	if (config < 0)
		return -1;
	if (syscall(SYS_fsconfig, config, FSCONFIG_CMD_CREATE, NULL, NULL,
		    0) == 0)
		mount = (int)syscall(SYS_fsmount, config, FSMOUNT_CLOEXEC, 0);
	close(config);
	return mount;
}

/* True also when it cannot be told: whoever may load modules can mount. */
bool sys_may_be_sealed(void)
{
	int sysfs = private_sysfs();
	bool absent;

	if (sysfs < 0)
		return true;
	absent = faccessat(sysfs, "module/seal", F_OK, 0) < 0 &&
		 errno == ENOENT;
	close(sysfs);
	return !absent;
}

bool sys_live_manifest(char *text, size_t size)
{
	ssize_t n = -1;
	int fd;

	fd = open("/sys/kernel/security/seal/manifest", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		n = read_full(fd, text, size - 1);
	close_fd(&fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

uid_t sys_manifest_owner(void)
{
	return 0;
}
