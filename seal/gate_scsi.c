// SPDX-License-Identifier: GPL-2.0
/*
 * The block door's part in SCSI: commands of the caller's for a disk, by its two
 * character devices, SCSI generic (drivers/scsi/sg.c, a module that may come
 * after the seal) and the block layer's (block/bsg.c). By the disk itself they
 * come to gate_block.c. What they do is not looked into: the bytes of a command
 * lie with the caller, who can change them while the kernel reads them.
 */
#include "gates.h"

#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/cdev.h>
#include <linux/cdrom.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <scsi/scsi_device.h>
#include <scsi/sg.h>

#ifdef COMPAT_BSG_URING_CMD
#include <linux/io_uring/cmd.h>
#endif

#include "hook.h"
#include "policy.h"
#include "rawdev.h"

/* drivers/scsi/sg.c: struct sg_fd, sg_device, the same from 5.10 to 7.3. */
struct sg_of_disk {
	struct scsi_device *device;
};

struct sg_descriptor {
	struct list_head siblings;
	struct sg_of_disk *sg;
};

/* block/bsg.c, since 5.15; before, the file itself had one of the same start. */
struct bsg_of_disk {
	struct request_queue *queue;
	struct device device;
	struct cdev cdev;
};

static bool has_queue(const struct gendisk *disk, const void *what)
{
	return disk->queue == what;
}

static int check(const struct file *file, const struct request_queue *queue)
{
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.file = file,
	};

	if (!policy_proves() && !(queue && rawdev_finds(has_queue, queue)))
		return 0;
	return seal_check(&ev);
}

static int check_sg(const struct file *file)
{
	const struct sg_descriptor *sfp = file->private_data;

	return check(file, sfp && sfp->sg ?
		     sfp->sg->device->request_queue : NULL);
}

#if IS_ENABLED(CONFIG_BLK_DEV_BSG)
static int check_bsg(const struct file *file)
{
	const struct bsg_of_disk *bsg = file->private_data;

	if (!bsg)
		bsg = container_of(file_inode(file)->i_cdev,
				   struct bsg_of_disk, cdev);
	return check(file, bsg->queue);
}
#endif

#if IS_ENABLED(CONFIG_CHR_DEV_SG)
static ssize_t (*orig_sg_write)(struct file *file, const char __user *buf,
				size_t count, loff_t *pos) __read_mostly;
static long (*orig_sg_ioctl)(struct file *file, unsigned int cmd,
			     unsigned long arg) __read_mostly;

/* A command, in the older of the two forms or in the newer one. */
static ssize_t gate_sg_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *pos)
{
	int err = check_sg(file);

	return err ?: orig_sg_write(file, buf, count, pos);
}

static long gate_sg_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	int err = gate_block_commands(cmd) ? check_sg(file) : 0;

	return err ?: orig_sg_ioctl(file, cmd, arg);
}

/* Of no device: -ENXIO. It also wants to be used by who opened it. */
static struct file *no_sg(void)
{
	static struct file file;

	file.f_cred = current_cred();
	return &file;
}

static long prove_sg_write(void)
{
	return orig_sg_write(no_sg(), NULL, 0, NULL);
}

static long prove_sg_ioctl(void)
{
	return orig_sg_ioctl(no_sg(), SG_IO, 0);
}

#ifdef COMPAT_SG_COMPAT_IOCTL
static long (*orig_sg_compat)(struct file *file, unsigned int cmd,
			      unsigned long arg) __read_mostly;

static long gate_sg_compat(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	int err = gate_block_commands(cmd) ? check_sg(file) : 0;

	return err ?: orig_sg_compat(file, cmd, arg);
}

static long prove_sg_compat(void)
{
	return orig_sg_compat(no_sg(), SG_IO, 0);
}
#endif

#define SG (IS_BUILTIN(CONFIG_CHR_DEV_SG) ? NULL : "sg")

static const struct hook sg_hooks[] __initconst = {
	HOOK_IN(SG, "sg_write", gate_sg_write, &orig_sg_write, prove_sg_write),
	HOOK_IN(SG, "sg_ioctl", gate_sg_ioctl, &orig_sg_ioctl, prove_sg_ioctl),
#if defined(COMPAT_SG_COMPAT_IOCTL) && defined(CONFIG_COMPAT)
	HOOK_IN(SG, "sg_compat_ioctl", gate_sg_compat, &orig_sg_compat,
		prove_sg_compat),
#endif
};
#endif

#if IS_ENABLED(CONFIG_BLK_DEV_BSG)
static long (*orig_bsg_ioctl)(struct file *file, unsigned int cmd,
			      unsigned long arg) __ro_after_init;

static long gate_bsg_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	int err = gate_block_commands(cmd) ? check_bsg(file) : 0;

	return err ?: orig_bsg_ioctl(file, cmd, arg);
}

/* One without a queue, as far as the originals look. */
static struct file *no_bsg(void)
{
	static struct bsg_of_disk bsg[2];
	static struct inode inode;
	static struct file file;

	inode.i_cdev = &bsg[0].cdev;
	file.f_inode = &inode;
	file.private_data = &bsg[0];
	return &file;
}

/* What it does not do: -ENOTTY. */
static long prove_bsg_ioctl(void)
{
	return orig_bsg_ioctl(no_bsg(), CDROM_SEND_PACKET, 0);
}

#ifdef COMPAT_BSG_URING_CMD
static int (*orig_bsg_uring)(struct io_uring_cmd *cmd, unsigned int flags)
	__ro_after_init;

static int gate_bsg_uring(struct io_uring_cmd *cmd, unsigned int flags)
{
	int err = check_bsg(cmd->file);

	return err ?: orig_bsg_uring(cmd, flags);
}

/* Not from a ring with room for it: -EOPNOTSUPP. */
static long prove_bsg_uring(void)
{
	static struct io_uring_cmd cmd;

	cmd.file = no_bsg();
	return orig_bsg_uring(&cmd, 0);
}
#endif

static const struct hook bsg_hooks[] __initconst = {
	HOOK("bsg_ioctl", gate_bsg_ioctl, &orig_bsg_ioctl, prove_bsg_ioctl),
#ifdef COMPAT_BSG_URING_CMD
	HOOK("bsg_uring_cmd", gate_bsg_uring, &orig_bsg_uring,
	     prove_bsg_uring),
#endif
};
#endif

void __init gate_scsi_init(void)
{
	if (!rawdev_any())
		return;
#if IS_ENABLED(CONFIG_CHR_DEV_SG)
	hook_add(sg_hooks, ARRAY_SIZE(sg_hooks));
#endif
#if IS_ENABLED(CONFIG_BLK_DEV_BSG)
	hook_add(bsg_hooks, ARRAY_SIZE(bsg_hooks));
#endif
}
