// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/security/seal/manifest: reading tells what is live, writing
 * replaces it. What is written is a signature followed by the text it signs:
 *
 *	cat modules.sha256.p7s modules.sha256 >manifest
 *
 * A signature in DER says itself how long it is. That the text is complete is
 * said by closing the file, and close(2) brings the verdict.
 */
#include "manifest_node.h"

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "audit.h"
#include "manifest.h"
#include "node.h"
#include "param.h"
#include "policy.h"
#include "signature.h"

#define UPDATE_MAX SZ_64M

/*
 * What is being written; only one at a time. @mutex: between those who share
 * the descriptor.
 */
struct update {
	struct mutex mutex;	/* see above */
	char *data;
	size_t size;
	size_t room;
	bool spoilt;
};

static atomic_t writers = ATOMIC_INIT(0);
static struct dentry *node __ro_after_init;

static void tell_refusal(const struct manifest_fault *fault)
{
	char text[256];
	const struct seal_event ev = {
		.door = DOOR_MANIFEST,
		.text = text,
	};
	const struct seal_refusal no = { fault->reason };

	if (fault->line)
		snprintf(text, sizeof(text), "line %lu: %s%s%s", fault->line,
			 fault->name ?: "", fault->name ? ": " : "",
			 fault->why);
	else
		snprintf(text, sizeof(text), "%s%s", fault->what ?: "",
			 fault->why);
	audit_refusal(&ev, &no);
}

static int refuse(int err, enum seal_reason reason, const char *why)
{
	const struct manifest_fault fault = { .reason = reason, .why = why };

	tell_refusal(&fault);
	return err;
}

static int open_update(struct file *file)
{
	struct update *u;

	if (file->f_mode & FMODE_READ)
		return -EINVAL;
	if (!signature_wanted())
		return refuse(-EPERM, REASON_SEALED,
			      "without key= no manifest is replaced");
	u = kzalloc(sizeof(*u), GFP_KERNEL);
	if (!u)
		return -ENOMEM;
	if (atomic_cmpxchg(&writers, 0, 1)) {
		kfree(u);
		return -EBUSY;
	}
	mutex_init(&u->mutex);
	file->private_data = u;
	return stream_open(file_inode(file), file);
}

static int node_show(struct seq_file *m, void *v)
{
	manifest_show(m, "");
	return 0;
}

static int node_open(struct inode *inode, struct file *file)
{
	int err;

	if (policy_level() != LEVEL_SEALED && !policy_audits())
		return -EAGAIN;
	err = node_enter();
	if (err)
		return err;
	if (file->f_mode & FMODE_WRITE)
		err = open_update(file);
	else
		err = single_open(file, node_show, NULL);
	if (err)
		node_leave();
	return err;
}

/* Doubled, so that a stream of small writes is not copied for each. */
static int make_room(struct update *u, size_t more)
{
	size_t room;
	char *data;

	if (more > UPDATE_MAX - u->size)
		return -EFBIG;
	if (u->size + more <= u->room)
		return 0;
	room = min_t(size_t, max_t(size_t, 2 * u->room, u->size + more),
		     UPDATE_MAX);
	data = vmalloc(room);
	if (!data)
		return -ENOMEM;
	if (u->size)
		memcpy(data, u->data, u->size);
	vfree(u->data);
	u->data = data;
	u->room = room;
	return 0;
}

static ssize_t node_write(struct file *file, const char __user *from,
			  size_t count, loff_t *pos)
{
	struct update *u = file->private_data;
	int err;

	mutex_lock(&u->mutex);
	err = u->spoilt ? -EIO : make_room(u, count);
	if (!err && copy_from_user(u->data + u->size, from, count))
		err = -EFAULT;
	if (err)
		u->spoilt = true;
	else
		u->size += count;
	mutex_unlock(&u->mutex);
	return err ?: count;
}

/* Whatever comes of it, the next write begins another. */
static int commit(struct update *u)
{
	struct manifest_fault fault;
	int err = 0;

	if (u->spoilt)
		err = refuse(-EIO, REASON_MALFORMED,
			     "it is beyond 64 MiB, or was not written whole");
	else if (u->size && manifest_update(u->data, u->size, &fault)) {
		tell_refusal(&fault);
		err = fault.err;
		manifest_fault_clear(&fault);
	}
	u->size = 0;
	u->spoilt = false;
	return err;
}

/* Called by each close(2) of a descriptor, with the verdict for its caller. */
static int node_flush(struct file *file, fl_owner_t id)
{
	struct update *u = file->private_data;
	int err;

	if (!(file->f_mode & FMODE_WRITE))
		return 0;
	mutex_lock(&u->mutex);
	err = commit(u);
	mutex_unlock(&u->mutex);
	return err;
}

static int node_release(struct inode *inode, struct file *file)
{
	struct update *u = file->private_data;

	if (file->f_mode & FMODE_WRITE) {
		vfree(u->data);
		kfree(u);
		atomic_set(&writers, 0);
	} else {
		single_release(inode, file);
	}
	node_leave();
	return 0;
}

static const struct file_operations node_fops = {
	.owner = &node_owner,
	.open = node_open,
	.read = seq_read,
	.write = node_write,
	.llseek = seq_lseek,
	.flush = node_flush,
	.release = node_release,
};

int __init manifest_node_publish(struct dentry *dir)
{
	if (!manifest_wanted() && !param_programs())
		return 0;
	return node_create("manifest", 0600, dir, &node_fops, &node);
}

void manifest_node_withdraw(struct dentry *dir)
{
	node_remove(node, dir);
}
