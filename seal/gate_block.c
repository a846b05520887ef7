// SPDX-License-Identifier: GPL-2.0
/*
 * The block door: no write past the file system to what holds protected files
 * or the running kernel's image, nor to what is mounted or is swap, whatever it
 * holds. The gates are the block devices' own file operations (block/fops.c; 5.10:
 * fs/block_dev.c): the kernel's own users (see gate_stack.c, gate_dm.c) do not come
 * by them. To open is refused, if anything there is protected, and each use of a
 * descriptor; a writable mapping cannot be made since rawdev.c or claims.c shut the
 * page cache to it.
 */
#include "gates.h"

#include <linux/blkdev.h>
#include <linux/blkpg.h>
#include <linux/cache.h>
#include <linux/cdrom.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/kernel.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/sed-opal.h>
#include <linux/uio.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>

#include "claims.h"
#include "hook.h"
#include "policy.h"
#include "rawdev.h"

#ifdef COMPAT_BLOCK_URING_CMD
#include <linux/io_uring/cmd.h>
#endif

static int check_file(const struct file *file)
{
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.file = file,
	};

	return seal_check(&ev);
}

int gate_block_check(struct block_device *bdev, struct seal_event *ev)
{
	if (policy_proves() || rawdev_covers(bdev))
		return seal_check(ev);
	ev->in_use = claims_cover(bdev);
	return ev->in_use ? seal_check(ev) : 0;
}

static struct block_device *device(const struct file *file)
{
	return I_BDEV(file->f_mapping->host);
}

static int check_use(const struct file *file, struct block_device *bdev)
{
	struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.file = file,
	};

	return gate_block_check(bdev, &ev);
}

static int check_write(const struct file *file)
{
	return check_use(file, device(file));
}

/*
 * To open what is only in use is no write yet: smartctl(8) does, to send commands.
 */
static int check_open(const struct file *file, struct block_device *bdev)
{
	if (rawdev_covers(bdev))
		return check_file(file);
	claims_opened(bdev);
	return 0;
}

static int (*orig_open)(struct inode *inode, struct file *file)
	__ro_after_init;
static ssize_t (*orig_write)(struct kiocb *iocb, struct iov_iter *from)
	__ro_after_init;
static long (*orig_fallocate)(struct file *file, int mode, loff_t start,
			      loff_t len) __ro_after_init;
static long (*orig_ioctl)(struct file *file, unsigned int cmd,
			  unsigned long arg) __ro_after_init;

/* Access mode 3 is for ioctls that write. */
static bool may_write(const struct file *file)
{
	return file->f_mode & FMODE_WRITE ||
	       (file->f_flags & O_ACCMODE) == O_ACCMODE;
}

/*
 * Only an open device says which disk it is of. Nobody else has the file yet,
 * so the device is closed as by its last user.
 */
static int gate_open(struct inode *inode, struct file *file)
{
	const struct seal_event ev = { .door = DOOR_BLOCK_WRITE };
	int err;

	if (policy_proves())
		return seal_check(&ev);
	err = orig_open(inode, file);
	if (err || !may_write(file))
		return err;
	err = check_open(file, device(file));
	if (err)
		file->f_op->release(inode, file);
	return err;
}

static ssize_t gate_write(struct kiocb *iocb, struct iov_iter *from)
{
	int err = check_write(iocb->ki_filp);

	return err ?: orig_write(iocb, from);
}

static long gate_fallocate(struct file *file, int mode, loff_t start,
			   loff_t len)
{
	int err = check_write(file);

	return err ?: orig_fallocate(file, mode, start, len);
}

/*
 * Within the device, or where it ends. None of them needs a descriptor open for
 * writing.
 */
static bool writes(unsigned int cmd)
{
	switch (cmd) {
	case BLKDISCARD:
	case BLKSECDISCARD:
	case BLKZEROOUT:
	case BLKRESETZONE:
	case BLKFINISHZONE:
	case BLKPG:
		return true;
	}
	return false;
}

/* What a loop or network disk is made of, all of it: linux/loop.h, nbd.h */
static bool makes(unsigned int cmd)
{
	switch (cmd) {
	case LOOP_GET_STATUS:
	case LOOP_GET_STATUS64:
		return false;
	}
	return _IOC_TYPE(cmd) == 'L' || _IOC_TYPE(cmd) == 0xab;
}

/* NVMe's own: see gate_nvme.c. MMC's: uapi/linux/mmc/ioctl.h. Opal's: sed-opal.h */
bool gate_block_commands(unsigned int cmd)
{
	switch (cmd) {
	case SG_IO:
	case SCSI_IOCTL_SEND_COMMAND:
	case CDROM_SEND_PACKET:
	case HDIO_DRIVE_TASKFILE:
	case HDIO_DRIVE_TASK:
	case HDIO_DRIVE_CMD:
		return true;
#ifdef IOC_OPAL_GET_STATUS
	case IOC_OPAL_GET_STATUS:
		return false;
#endif
	}
	return _IOC_TYPE(cmd) == 179 || _IOC_TYPE(cmd) == 'p';
}

/*
 * A disk that is no hardware has no commands of its own, but device mapper and
 * bcache hand them on, by the driver's function, to whichever disk they are made
 * of (drivers/md/dm.c:dm_blk_ioctl), and a partition's are its whole disk's.
 */
static bool hands_on(const struct gendisk *disk)
{
	return !disk_to_dev((struct gendisk *)disk)->parent;
}

static bool is_made(const struct gendisk *disk)
{
	return disk->major == LOOP_MAJOR || disk->major == NBD_MAJOR;
}

static int check_command(const struct file *file, struct block_device *bdev)
{
	if (!rawdev_on_disk(bdev) &&
	    !(rawdev_any() && hands_on(bdev->bd_disk)))
		return 0;
	return check_file(file);
}

static int check_ioctl(const struct file *file, unsigned int cmd)
{
	struct block_device *bdev = device(file);

	if (writes(cmd))
		return check_use(file, bdev);
	if (makes(cmd))
		return is_made(bdev->bd_disk) ?
		       check_use(file, bdev_whole(bdev)) : check_file(file);
	return gate_block_commands(cmd) ? check_command(file, bdev) : 0;
}

static long gate_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int err = check_ioctl(file, cmd);

	return err ?: orig_ioctl(file, cmd, arg);
}

struct block_device *gate_block_sample(void)
{
	return rawdev_any() ? rawdev_sample() : claims_sample();
}

/* An open file of one of the devices, as far as the originals look. */
static struct file *fake_file(fmode_t mode)
{
	static struct file file;
	struct block_device *bdev = gate_block_sample();

	file.f_mode = mode;
	file.f_mapping = compat_bdev_mapping(bdev);
	file.private_data = bdev;
	return &file;
}

/* There is no device 0:0: -ENXIO if nobody refuses. */
static long prove_block_open(void)
{
	static struct inode inode;

	return orig_open(&inode, fake_file(FMODE_READ | FMODE_WRITE));
}

/* No bytes: 0. */
static long prove_block_write(void)
{
	struct kiocb iocb = { .ki_filp = fake_file(FMODE_WRITE) };
	struct iov_iter from = { };

	return orig_write(&iocb, &from);
}

/* No such mode: -EOPNOTSUPP. */
static long prove_block_fallocate(void)
{
	return orig_fallocate(fake_file(FMODE_WRITE), 1 << 30, 0, 0);
}

/* Not open for writing: -EBADF. */
static long prove_block_ioctl(void)
{
	return orig_ioctl(fake_file(FMODE_READ), BLKDISCARD, 0);
}

#ifdef CONFIG_COMPAT
static long (*orig_compat_ioctl)(struct file *file, unsigned int cmd,
				 unsigned long arg) __ro_after_init;

static long gate_compat_ioctl(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	int err = check_ioctl(file, cmd);

	return err ?: orig_compat_ioctl(file, cmd, arg);
}

static long prove_block_compat_ioctl(void)
{
	return orig_compat_ioctl(fake_file(FMODE_READ), BLKDISCARD, 0);
}
#endif

#ifdef COMPAT_BLOCK_URING_CMD
static int (*orig_uring_cmd)(struct io_uring_cmd *cmd, unsigned int flags)
	__ro_after_init;

static int gate_uring_cmd(struct io_uring_cmd *cmd, unsigned int flags)
{
	int err = check_write(cmd->file);

	return err ?: orig_uring_cmd(cmd, flags);
}

/* No such command: -EINVAL. */
static long prove_block_uring_cmd(void)
{
	static struct io_uring_sqe sqe;
	static struct io_uring_cmd cmd;

	cmd.file = fake_file(FMODE_WRITE);
	cmd.sqe = &sqe;
	return orig_uring_cmd(&cmd, 0);
}
#endif

static const struct hook hooks[] __initconst = {
	HOOK("blkdev_open", gate_open, &orig_open, prove_block_open),
	HOOK("blkdev_write_iter", gate_write, &orig_write, prove_block_write),
	HOOK("blkdev_fallocate", gate_fallocate, &orig_fallocate,
	     prove_block_fallocate),
	HOOK(COMPAT_BLOCK_IOCTL, gate_ioctl, &orig_ioctl, prove_block_ioctl),
#ifdef CONFIG_COMPAT
	HOOK("compat_blkdev_ioctl", gate_compat_ioctl, &orig_compat_ioctl,
	     prove_block_compat_ioctl),
#endif
#ifdef COMPAT_BLOCK_URING_CMD
	HOOK("blkdev_uring_cmd", gate_uring_cmd, &orig_uring_cmd,
	     prove_block_uring_cmd),
#endif
};

void __init gate_block_init(void)
{
	if (rawdev_any() || claims_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
}
