// SPDX-License-Identifier: GPL-2.0
/*
 * Changes files and block devices in the ways that the guest's shell has no
 * command for. serve does so by a descriptor opened long before.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <sched.h>
#include <scsi/sg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 4
#endif

static const char arguments[] =
	"ACT PATH [ARGUMENT]\n"
	"       tamper serve PATH COMMAND_FIFO RESULT_FIFO\n"
	"ACT is append, punch, truncate, times, immutable, set-xattr NAME,\n"
	"remove-xattr NAME, set-caps, get-caps, set-acl, tmpfile, by-handle,\n"
	"exchange OTHER, link-fd OTHER, mount-over, bind-over FROM,\n"
	"move-old TO, mount-clone-over FROM, move-mount TO,\n"
	"mount-elsewhere, umount-elsewhere, access, zero-out, send-command\n"
	"or linear NAME; a served descriptor takes write, punch, zero-out\n"
	"and map";

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int open_and(const char *path, int flags, int (*act)(int fd))
{
	int fd = open(path, flags | O_CLOEXEC, 0600), error;

	if (fd < 0)
		return -errno;
	error = act ? act(fd) : 0;
	close(fd);
	return error;
}

static int write_byte(int fd)
{
	return result(write(fd, "x", 1));
}

static int append(const char *path, const char *arg)
{
	(void)arg;
	return open_and(path, O_WRONLY | O_APPEND, write_byte);
}

static int punch_fd(int fd)
{
	return result(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				0, 4096));
}

static int punch(const char *path, const char *arg)
{
	(void)arg;
	return open_and(path, O_RDWR, punch_fd);
}

static int do_truncate(const char *path, const char *arg)
{
	(void)arg;
	return result(truncate(path, 1));
}

static int times(const char *path, const char *arg)
{
	(void)arg;
	return result(utimensat(AT_FDCWD, path, NULL, 0));
}

static int make_immutable(int fd)
{
	int flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return -errno;
	flags |= FS_NODUMP_FL;
	return result(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static int immutable(const char *path, const char *arg)
{
	(void)arg;
	return open_and(path, O_RDONLY, make_immutable);
}

static int set_xattr(const char *path, const char *name)
{
	return result(setxattr(path, name, "x", 1, 0));
}

static int remove_xattr(const char *path, const char *name)
{
	return result(removexattr(path, name));
}

/* One that does no harm: CAP_NET_RAW, as ping has it. */
static int set_caps(const char *path, const char *arg)
{
	static const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2,
		.data = { { .permitted = 1 << CAP_NET_RAW } },
	};

	(void)arg;
	return result(setxattr(path, "security.capability", &caps,
			       sizeof(caps), 0));
}

/* Has it any? */
static int get_caps(const char *path, const char *arg)
{
	(void)arg;
	return result(getxattr(path, "security.capability", NULL, 0));
}

/* uapi/linux/posix_acl_xattr.h: owner, user 1, group, mask, others */
static int set_acl(const char *path, const char *arg)
{
	static const struct {
		unsigned int version;
		struct { unsigned short tag, perm; unsigned int id; } entry[5];
	} acl = { 2, { { 1, 6, -1 }, { 2, 6, 1 }, { 4, 4, -1 }, { 16, 6, -1 },
		       { 32, 4, -1 } } };

	(void)arg;
	return result(setxattr(path, "system.posix_acl_access", &acl,
			       sizeof(acl), 0));
}

static int tmpfile_in(const char *path, const char *arg)
{
	(void)arg;
	return open_and(path, O_TMPFILE | O_RDWR, NULL);
}

static int by_handle(const char *path, const char *arg)
{
	struct file_handle *handle = malloc(sizeof(*handle) + MAX_HANDLE_SZ);
	char *slash;
	int mount_id, dir, fd;

	(void)arg;
	if (!handle)
		unusable("out of memory");
	handle->handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, path, handle, &mount_id, 0))
		unusable("name_to_handle_at: %s", strerror(errno));
	slash = strrchr(path, '/');
	dir = open(slash && slash != path ? strndup(path, slash - path) : "/",
		   O_RDONLY | O_DIRECTORY);
	fd = open_by_handle_at(dir, handle, O_WRONLY);
	return fd < 0 ? -errno : write_byte(fd);
}

static int exchange(const char *path, const char *other)
{
	return result(syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other,
			      RENAME_EXCHANGE));
}

static int link_fd(const char *path, const char *other)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return -errno;
	return result(linkat(fd, "", AT_FDCWD, other, AT_EMPTY_PATH));
}

static int attach(int tree, const char *to)
{
	return result(syscall(SYS_move_mount, tree, "", AT_FDCWD, to,
			      MOVE_MOUNT_F_EMPTY_PATH));
}

static int mount_clone_over(const char *path, const char *from)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE);

	if (tree < 0)
		unusable("open_tree %s: %s", from, strerror(errno));
	return attach(tree, path);
}

static int move_mount_to(const char *path, const char *to)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, path, 0);

	if (tree < 0)
		unusable("open_tree %s: %s", path, strerror(errno));
	return attach(tree, to);
}

static int mount_over(const char *path, const char *arg)
{
	(void)arg;
	return result(mount("none", path, "tmpfs", 0, NULL));
}

static int bind_over(const char *path, const char *from)
{
	return result(mount(from, path, NULL, MS_BIND, NULL));
}

static int move_old(const char *path, const char *to)
{
	return result(mount(path, to, NULL, MS_MOVE, NULL));
}

/* In a namespace of its own that still shares mounts with the old one. */
static int mount_elsewhere(const char *path, const char *arg)
{
	if (unshare(CLONE_NEWNS))
		unusable("unshare: %s", strerror(errno));
	return mount_over(path, arg);
}

static int umount_elsewhere(const char *path, const char *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWNS))
		unusable("unshare: %s", strerror(errno));
	return result(umount2(path, MNT_DETACH));
}

static int ask(const char *path, const char *arg)
{
	(void)arg;
	return result(access(path, W_OK));
}

/* Somewhere behind what a file system of the suite uses. */
static int zero_out_fd(int fd)
{
	unsigned long long range[2] = { 1 << 20, 4096 };

	return result(ioctl(fd, BLKZEROOUT, range));
}

static int zero_out(const char *path, const char *arg)
{
	(void)arg;
	return open_and(path, O_RDWR, zero_out_fd);
}

/* TEST UNIT READY; a descriptor for reading is enough. */
static int send_command_fd(int fd)
{
	unsigned char command[6] = { 0 };
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_NONE,
		.cmd_len = sizeof(command),
		.cmdp = command,
		.timeout = 1000,
	};

	return result(ioctl(fd, SG_IO, &io));
}

static int send_command(const char *path, const char *arg)
{
	(void)arg;
	return open_and(path, O_RDONLY, send_command_fd);
}

/* --- a device of device mapper that shows another one --- */

struct dm_request {
	struct dm_ioctl io;
	struct dm_target_spec target;
	char params[64];
};

static int control(int fd, unsigned long command, struct dm_request *r,
		   const char *name)
{
	memset(&r->io, 0, sizeof(r->io));
	r->io.version[0] = DM_VERSION_MAJOR;
	r->io.data_size = sizeof(*r);
	r->io.data_start = sizeof(r->io);
	snprintf(r->io.name, sizeof(r->io.name), "%s", name);
	return command ? result(ioctl(fd, command, r)) : 0;
}

static int linear(const char *path, const char *name)
{
	struct dm_request r = { 0 };
	unsigned long long size;
	struct stat st;
	char node[64];
	int fd, error;

	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) || ioctl(fd, BLKGETSIZE64, &size))
		unusable("%s: %s", path, strerror(errno));
	close(fd);
	fd = open("/dev/mapper/control", O_RDWR);
	if (fd < 0)
		unusable("device mapper: %s", strerror(errno));
	error = control(fd, DM_DEV_CREATE, &r, name);
	if (error)
		return error;
	snprintf(node, sizeof(node), "/dev/%s", name);
	mknod(node, S_IFBLK | 0600, makedev(major(r.io.dev), minor(r.io.dev)));
	control(fd, 0, &r, name);
	r.io.target_count = 1;
	r.target.length = size / 512;
	snprintf(r.target.target_type, sizeof(r.target.target_type), "linear");
	snprintf(r.params, sizeof(r.params), "%u:%u 0", major(st.st_rdev),
		 minor(st.st_rdev));
	error = result(ioctl(fd, DM_TABLE_LOAD, &r));
	if (!error)
		error = control(fd, DM_DEV_SUSPEND, &r, name);
	if (error)
		control(fd, DM_DEV_REMOVE, &r, name);
	return error;
}

static const struct act {
	const char *name;
	int (*run)(const char *path, const char *arg);
	bool argument;
} acts[] = {
	{ "append", append, false },
	{ "punch", punch, false },
	{ "truncate", do_truncate, false },
	{ "times", times, false },
	{ "immutable", immutable, false },
	{ "set-xattr", set_xattr, true },
	{ "remove-xattr", remove_xattr, true },
	{ "set-caps", set_caps, false },
	{ "get-caps", get_caps, false },
	{ "set-acl", set_acl, false },
	{ "tmpfile", tmpfile_in, false },
	{ "by-handle", by_handle, false },
	{ "exchange", exchange, true },
	{ "link-fd", link_fd, true },
	{ "mount-clone-over", mount_clone_over, true },
	{ "move-mount", move_mount_to, true },
	{ "mount-over", mount_over, false },
	{ "bind-over", bind_over, true },
	{ "move-old", move_old, true },
	{ "mount-elsewhere", mount_elsewhere, false },
	{ "umount-elsewhere", umount_elsewhere, false },
	{ "access", ask, false },
	{ "zero-out", zero_out, false },
	{ "send-command", send_command, false },
	{ "linear", linear, true },
};

static int map(int fd)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	munmap(at, 4096);
	return 0;
}

static int serve_act(void *context, char *line)
{
	int fd = *(int *)context;

	line[strcspn(line, "\n")] = '\0';
	if (!strcmp(line, "write"))
		return result(pwrite(fd, "\0", 1, 1 << 20));
	if (!strcmp(line, "punch"))
		return punch_fd(fd);
	if (!strcmp(line, "zero-out"))
		return zero_out_fd(fd);
	if (!strcmp(line, "map"))
		return map(fd);
	return -EINVAL;
}

int main(int argc, char **argv)
{
	size_t i;
	int fd, error;

	if (argc == 5 && !strcmp(argv[1], "serve")) {
		fd = open(argv[2], O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return refused("open", errno);
		serve(argv[3], argv[4], serve_act, &fd);
		return DONE;
	}
	for (i = 0; argc > 2 && i < ARRAY_SIZE(acts); i++) {
		if (strcmp(argv[1], acts[i].name) ||
		    argc != 3 + acts[i].argument)
			continue;
		error = acts[i].run(argv[2], argv[3]);
		return error ? refused(argv[1], error) : DONE;
	}
	usage(arguments);
}
