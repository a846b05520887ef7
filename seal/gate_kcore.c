// SPDX-License-Identifier: GPL-2.0
/*
 * The kcore door: with read=no nobody reads /proc/kcore, which has all of
 * kernel memory as a core file. It has no hole and cannot be written.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "hook.h"
#include "policy.h"

#ifdef CONFIG_PROC_KCORE

static int (*orig_open_kcore)(struct inode *inode, struct file *file)
	__ro_after_init;
static ssize_t (*orig_read_kcore_iter)(struct kiocb *iocb,
				       struct iov_iter *iter) __ro_after_init;
static ssize_t (*orig_read_kcore)(struct file *file, char __user *buf,
				  size_t count, loff_t *ppos) __ro_after_init;

static int check_kcore(const struct file *file, int cap)
{
	const struct seal_event ev = {
		.door = DOOR_KCORE,
		.cap = cap,
		.file = file,
	};

	return seal_check(&ev);
}

static int gate_open_kcore(struct inode *inode, struct file *file)
{
	int err = check_kcore(file, CAP_SYS_RAWIO);

	return err ?: orig_open_kcore(inode, file);
}

static ssize_t gate_read_kcore_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	int err = check_kcore(iocb->ki_filp, 0);

	return err ?: orig_read_kcore_iter(iocb, iter);
}

static ssize_t gate_read_kcore(struct file *file, char __user *buf,
			       size_t count, loff_t *ppos)
{
	int err = check_kcore(file, 0);

	return err ?: orig_read_kcore(file, buf, count, ppos);
}

/* As far as a gate, or the original with nothing to read, looks at them. */
static struct file fake_file;
static struct inode fake_inode;

static long prove_open_kcore(void)
{
	long ret;

	init_rwsem(&fake_inode.i_rwsem);
	ret = orig_open_kcore(&fake_inode, &fake_file);
	kfree(fake_file.private_data);
	fake_file.private_data = NULL;
	return ret;
}

/* No bytes are asked for: 0 if nobody refuses. */
static long prove_read_kcore_iter(void)
{
	struct kiocb iocb = { .ki_filp = &fake_file };
	struct iov_iter iter = { };

	return orig_read_kcore_iter(&iocb, &iter);
}

static long prove_read_kcore(void)
{
	loff_t pos = 0;

	return orig_read_kcore(&fake_file, NULL, 0, &pos);
}

/* The read operation became an iterator's in 6.4 and in stable updates. */
static const struct hook hooks[] __initconst = {
	HOOK("open_kcore", gate_open_kcore, &orig_open_kcore,
	     prove_open_kcore),
	{
		.name = "read_kcore_iter",
		.instead = "read_kcore",
		.replacement = gate_read_kcore_iter,
		.original = &orig_read_kcore_iter,
		.prove = prove_read_kcore_iter,
	},
	{
		.name = "read_kcore",
		.instead = "read_kcore_iter",
		.replacement = gate_read_kcore,
		.original = &orig_read_kcore,
		.prove = prove_read_kcore,
	},
};

void __init gate_kcore_init(void)
{
	if (policy_door(DOOR_KCORE) != DOOR_OPEN)
		hook_add(hooks, ARRAY_SIZE(hooks));
}

#else

/* This kernel has no such file. */
void __init gate_kcore_init(void)
{
}

#endif
