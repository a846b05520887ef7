// SPDX-License-Identifier: GPL-2.0
/*
 * NVMe commands of the caller's, by whichever device: a controller's, a
 * namespace's, the disk itself. All that come by an ioctl go through one
 * function, all that come by io_uring through another; each has the command in
 * the kernel's own memory, where nobody changes it any more (drivers/nvme/host/
 * ioctl.c; 5.10: core.c).
 *
 *  to a namespace	the block door's, if it is one with what is protected
 *  to a controller	a door of its own, with nothing to protect as well: by such
 *			commands a device is told where in the host's memory to
 *			write (Set Features, Host Memory Buffer, which only the
 *			newest kernels refuse: nvme_admin_cmd_allowed), is given
 *			other firmware, or loses all its disks. Reading is let
 *			pass.
 *
 * The drivers are a module in some kernels, see gate_dm.c.
 */
#include "gates.h"

#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/nvme.h>
#include <linux/nvme_ioctl.h>
#include <linux/percpu-refcount.h>
#include <linux/string.h>

#include "hook.h"
#include "param.h"
#include "policy.h"
#include "rawdev.h"

/* What reads, and the test that a device makes of itself. */
static bool is_harmless(u8 opcode)
{
	switch (opcode) {
	case nvme_admin_get_log_page:
	case nvme_admin_identify:
	case nvme_admin_get_features:
	case nvme_admin_dev_self_test:
		return true;
	default:
		return false;
	}
}

static int check_admin(const struct nvme_command *cmd)
{
	char text[sizeof("(opcode 0x00)")];
	const struct seal_event ev = {
		.door = DOOR_NVME_ADMIN,
		.text = text,
	};
	u8 opcode = cmd->common.opcode;

	if (is_harmless(opcode))
		return 0;
	snprintf(text, sizeof(text), "(opcode 0x%02x)", opcode);
	return seal_check(&ev);
}

/* A proof has no device. */
static int check_proof(void)
{
	const struct seal_event ev = { .door = DOOR_NVME_ADMIN };

	return seal_check(&ev);
}

/*
 * One of the ways to a disk that has several is a disk that nobody sees: of
 * nvme0n1, nvme0c1n1 (drivers/nvme/host/core.c:nvme_alloc_ns).
 */
static bool is_way_to(const char *way, const char *disk)
{
	const char *c = strchr(way, 'c'), *n = strrchr(way, 'n');

	return c && n > c && !strncmp(disk, way, c - way) &&
	       !strcmp(disk + (c - way), n);
}

/* nvme0n1 and nvme0n2 */
static bool is_sibling(const char *disk, const char *other)
{
	size_t len = strspn(disk, "nvme");

	len += strspn(disk + len, "0123456789");
	return !strncmp(disk, "nvme", 4) && !strncmp(disk, other, len) &&
	       (other[len] == 'n' || other[len] == 'c');
}

static bool reaches(const struct gendisk *disk, const void *what)
{
	const struct gendisk *from = what;

	if (disk == from || is_way_to(from->disk_name, disk->disk_name))
		return true;
	return COMPAT_NVME_ANY_NAMESPACE &&
	       is_sibling(disk->disk_name, from->disk_name);
}

static int check_disk(struct request_queue *q)
{
	const struct gendisk *disk = compat_queue_disk(q);
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.text = disk ? disk->disk_name : "(no disk)",
	};

	if (!rawdev_any() || (disk && !rawdev_finds(reaches, disk)))
		return 0;
	return seal_check(&ev);
}

/*
 * A namespace's character device and its disk have one parent, and their names
 * end alike: ng0n1, nvme0n1.
 */
static bool is_beside(const struct gendisk *disk, const void *what)
{
	const struct device *dev = disk_to_dev((struct gendisk *)disk);
	const struct device *beside = what;
	const char *n = strrchr(dev_name(dev), 'n');
	const char *other = strrchr(dev_name(beside), 'n');

	return dev->parent == beside->parent && n && other && !strcmp(n, other);
}

static int __maybe_unused check_file(const struct file *file)
{
	const struct kobject *kobj = file_inode(file)->i_cdev->kobj.parent;
	const struct seal_event ev = {
		.door = DOOR_BLOCK_WRITE,
		.file = file,
	};

	if (!rawdev_finds(is_beside, container_of(kobj, struct device, kobj)))
		return 0;
	return seal_check(&ev);
}

/* --- by an ioctl --- */

/*
 * What follows the command differs, and is handed on as it came, those on the
 * stack included: ten from 5.10 to 6.1, nine later. No queue's data: it is a
 * controller's own queue (drivers/nvme/host/core.c:nvme_init_request).
 */
static int (*orig_submit)(struct request_queue *q, struct nvme_command *cmd,
			  long a, long b, long c, long d, long e, long f,
			  long g, long h) __read_mostly;

static int gate_submit(struct request_queue *q, struct nvme_command *cmd,
		       long a, long b, long c, long d, long e, long f,
		       long g, long h)
{
	int err;

	if (policy_proves())
		return check_proof();
	err = q->queuedata ? check_disk(q) : check_admin(cmd);
	return err ?: orig_submit(q, cmd, a, b, c, d, e, f, g, h);
}

/* To a queue that goes away: -ENODEV. */
static long prove_submit(void)
{
	static struct request_queue q;
	static struct nvme_command cmd;

	q.q_usage_counter.percpu_count_ptr = __PERCPU_REF_ATOMIC_DEAD;
	init_waitqueue_head(&q.mq_freeze_wq);
	blk_queue_flag_set(QUEUE_FLAG_DYING, &q);
	return orig_submit(&q, &cmd, 0, 0, 0, 0, 0, 0, 0, 0);
}

/* --- by io_uring --- */

#ifdef COMPAT_NVME_URING_CMD
/*
 * A command in the ring may change until the kernel has read it, so none to a
 * controller is let pass. Nobody needs them: nvme-cli takes the ioctl then.
 */
static int (*orig_uring)(void *ctrl, void *ns, struct io_uring_cmd *cmd,
			 unsigned int flags, unsigned int how) __read_mostly;

static int check_uring(const struct file *file, const void *ns)
{
	const struct seal_event ev = {
		.door = DOOR_NVME_ADMIN,
		.file = file,
	};

	return ns ? check_file(file) : seal_check(&ev);
}

static int gate_uring(void *ctrl, void *ns, struct io_uring_cmd *cmd,
		      unsigned int flags, unsigned int how)
{
	int err = policy_proves() ? check_proof() : check_uring(cmd->file, ns);

	return err ?: orig_uring(ctrl, ns, cmd, flags, how);
}

/* With flags that no command may have: -EINVAL. */
static long prove_uring(void)
{
	static unsigned long ctrl[1024];
	static struct {
		struct io_uring_sqe entry;
		u8 more[64];
	} sqe;
	static struct file file;
	static struct io_uring_cmd cmd = { .file = &file };
	struct nvme_uring_cmd *nvme = (struct nvme_uring_cmd *)sqe.entry.cmd;

	nvme->flags = 0xff;
	compat_uring_set_cmd(&cmd, &sqe.entry);
	return orig_uring(ctrl, NULL, &cmd, 0, 0);
}
#endif

/* --- by a target --- */

#ifdef CONFIG_NVME_TARGET_PASSTHRU
/*
 * Whoever is a target's guest sends the controller what he likes: it is not
 * found (drivers/nvme/target/passthru.c:nvmet_passthru_ctrl_enable).
 */
static void *(*orig_from_file)(struct file *file) __read_mostly;

static void *gate_from_file(struct file *file)
{
	const struct seal_event ev = {
		.door = DOOR_NVME_ADMIN,
		.file = file,
	};

	if (policy_proves())
		return ERR_PTR(check_proof());
	return seal_check(&ev) ? NULL : orig_from_file(file);
}

/* Another device's file: NULL. */
static long prove_from_file(void)
{
	static struct file file;

	return PTR_ERR(orig_from_file(&file));
}
#endif

#define CORE (IS_BUILTIN(CONFIG_NVME_CORE) ? NULL : "nvme_core")

static const struct hook hooks[] __initconst = {
	HOOK_IN(CORE, "nvme_submit_user_cmd", gate_submit, &orig_submit,
		prove_submit),
#ifdef COMPAT_NVME_URING_CMD
	HOOK_IN(CORE, "nvme_uring_cmd_io", gate_uring, &orig_uring,
		prove_uring),
#endif
#ifdef CONFIG_NVME_TARGET_PASSTHRU
	HOOK_IN(CORE, "nvme_ctrl_from_file", gate_from_file, &orig_from_file,
		prove_from_file),
#endif
};

void __init gate_nvme_init(void)
{
	if (!param_raw())
		hook_add(hooks, ARRAY_SIZE(hooks));
}
