// SPDX-License-Identifier: GPL-2.0
/*
 * The mode, which only rises: /sys/kernel/security/seal/mode. What was loaded
 * with mode=audit is raised by writing "enforce" there, all or nothing: what
 * would have kept the seal from going on keeps it in audit.
 */
#include "mode.h"

#include <linux/cache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "claims.h"
#include "gates.h"
#include "hibernation.h"
#include "hook.h"
#include "manifest.h"
#include "node.h"
#include "pin.h"
#include "policy.h"
#include "preopen.h"
#include "program.h"
#include "protect.h"
#include "rawdev.h"
#include "status.h"
#include "watch.h"

static struct dentry *node __ro_after_init;

/* Between those who raise it and who takes the module away. */
static DEFINE_MUTEX(lock);
static bool leaving;

const char *mode_name(void)
{
	return policy_audits() ? "audit" : "enforce";
}

/* A forced removal passes over our reference, and waits in mode_leave(). */
static int check_staying(void)
{
	if (THIS_MODULE->state == MODULE_STATE_LIVE)
		return 0;
	pr_err("the module is being removed\n");
	return -ENODEV;
}

/* As seal_init(), of what is let be with mode=audit. Under hook_lock(). */
static int prove(void)
{
	int err;

	policy_set_prover(current);
	err = hook_prove();
	policy_set_prover(NULL);
	if (!err)
		err = gate_bpf_check();
	if (!err)
		err = gate_kexec_check();
	return err;
}

/* Writers are kept out, and what has come since is taken in. */
static int harden(void)
{
	int err;

	policy_harden(true);
	err = program_harden();
	if (!err)
		err = manifest_harden();
	if (!err)
		err = protect_harden();
	if (!err)
		err = rawdev_harden();
	if (!err)
		err = claims_harden();
	return err;
}

/*
 * Of as much of that as was done. Who replaces a list of programs from here on
 * keeps no writers out; who is at it is waited for.
 */
static void soften(void)
{
	policy_harden(false);
	claims_soften();
	rawdev_soften();
	protect_soften();
	manifest_soften();
	program_soften();
}

/* What cannot be taken back comes last, and cannot fail. */
static int raise(void)
{
	int err;

	err = harden();
	if (err)
		goto err_harden;
	hook_lock();
	err = hook_harden();
	if (err)
		goto err_hook;
	err = prove();
	if (err)
		goto err_prove;
	err = hibernation_shut();
	if (err)
		goto err_prove;
	err = preopen_check();
	if (err)
		goto err_staying;
	err = check_staying();
	if (err)
		goto err_staying;

	pin_self();			/* nothing below can fail */
	policy_raise(LEVEL_SEALED);
	hook_stay();
	hook_unlock();
	status_announce();
	watch_start();
	preopen_revoke();
	return 0;

err_staying:
	hibernation_leave();
err_prove:
	hook_soften();
err_hook:
	hook_unlock();
err_harden:
	soften();
	pr_err("the mode stays audit\n");
	return err;
}

static int mode_raise(void)
{
	int err = 0;

	mutex_lock(&lock);
	if (leaving)
		err = -ENODEV;
	else if (policy_audits())
		err = raise();
	mutex_unlock(&lock);
	return err;
}

/*
 * A removal that was forced may have looked whether the module is in use just
 * before it was pinned. It goes no further than here.
 */
static void stay(void)
{
	THIS_MODULE->state = MODULE_STATE_LIVE;
	pr_warn("sealed before it was removed: it stays\n");
	for (;;)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

void mode_leave(void)
{
	mutex_lock(&lock);
	leaving = policy_audits();
	mutex_unlock(&lock);
	if (!leaving)
		stay();
}

/* --- the file --- */

static int lower(void)
{
	const struct seal_event ev = {
		.door = DOOR_SEAL,
		.text = "mode=audit",
	};
	const struct seal_refusal no = { REASON_SEALED };

	if (policy_audits())
		return 0;
	audit_refusal(&ev, &no);
	return -EPERM;
}

static int node_open(struct inode *inode, struct file *file)
{
	if (policy_level() != LEVEL_SEALED && !policy_audits())
		return -EAGAIN;
	return node_enter();
}

static int node_release(struct inode *inode, struct file *file)
{
	node_leave();
	return 0;
}

static ssize_t node_read(struct file *file, char __user *to, size_t count,
			 loff_t *pos)
{
	char text[16];
	int len = scnprintf(text, sizeof(text), "%s\n", mode_name());

	return simple_read_from_buffer(to, count, pos, text, len);
}

static ssize_t node_write(struct file *file, const char __user *from,
			  size_t count, loff_t *pos)
{
	char text[16] = "";
	const char *word;
	int err = -EINVAL;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, count))
		return -EFAULT;
	word = strim(text);
	if (!strcmp(word, "enforce"))
		err = mode_raise();
	else if (!strcmp(word, "audit"))
		err = lower();
	return err ?: count;
}

static const struct file_operations node_fops = {
	.owner = &node_owner,
	.open = node_open,
	.read = node_read,
	.write = node_write,
	.llseek = default_llseek,
	.release = node_release,
};

int __init mode_publish(struct dentry *dir)
{
	return node_create("mode", 0600, dir, &node_fops, &node);
}

void mode_withdraw(struct dentry *dir)
{
	node_remove(node, dir);
}
