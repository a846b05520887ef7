// SPDX-License-Identifier: GPL-2.0
/*
 * What the seal says of itself: /sys/kernel/security/seal/status, lines of
 * "key: value" for root. The keys are an interface.
 */
#include "status.h"

#include <linux/cache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/time.h>

#include "audit.h"
#include "hook.h"
#include "lockdown.h"
#include "manifest.h"
#include "manifest_node.h"
#include "mode.h"
#include "node.h"
#include "param.h"
#include "policy.h"
#include "program.h"
#include "protect.h"
#include "raw_access.h"
#include "rawdev.h"
#include "signature.h"
#include "watch.h"

static struct dentry *dir __ro_after_init;
static struct dentry *status __ro_after_init;

static const char * const state_names[] = {
	[DOOR_SHUT] = "shut",
	[DOOR_HOLE] = "hole",
	[DOOR_OPEN] = "open",
};

static void show_since(struct seq_file *m)
{
	struct tm tm;

	time64_to_tm(policy_sealed_since(), 0, &tm);
	seq_printf(m, "since: %04ld-%02d-%02dT%02d:%02d:%02dZ\n",
		   tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		   tm.tm_min, tm.tm_sec);
}

static void show_doors(struct seq_file *m)
{
	int door;

	for (door = 0; door < DOOR_MAX; door++)
		if (audit_door_name(door))
			seq_printf(m, "door.%s: %s\n", audit_door_name(door),
				   state_names[policy_door(door)]);
}

static void show_refusals(struct seq_file *m)
{
	int door;

	for (door = 0; door < DOOR_MAX; door++)
		if (audit_door_name(door))
			seq_printf(m, "refused.%s: %llu\n",
				   audit_door_name(door), audit_refused(door));
}

/* They stand when the seal is raised. */
static void show_audit(struct seq_file *m)
{
	int door;

	for (door = 0; door < DOOR_MAX; door++)
		if (audit_door_name(door))
			seq_printf(m, "would_refuse.%s: %llu\n",
				   audit_door_name(door),
				   audit_would_refuse(door));
}

static const char *state(void)
{
	if (policy_audits())
		return "audit";
	if (policy_level() != LEVEL_SEALED)
		return "sealing";
	return watch_broken() ? "broken" : "sealed";
}

/* What speaks for a module's image. */
static void show_images(struct seq_file *m)
{
	seq_printf(m, "args: %s\n", param_args_name());
	seq_printf(m, "trust_signed: %s\n",
		   param_trust_signed() ? "yes" : "no");
	if (signature_wanted())
		seq_printf(m, "key: \"%*pE\"\n",
			   (int)strlen(signature_signer()), signature_signer());
	manifest_show(m, "manifest.");
	raw_access_show(m);
}

static int status_show(struct seq_file *m, void *v)
{
	seq_printf(m, "version: %s\nstate: %s\n", SEAL_VERSION, state());
	if (policy_level() != LEVEL_SEALED && !policy_audits())
		return 0;
	seq_printf(m, "mode: %s\n", mode_name());
	show_since(m);
	show_doors(m);
	lockdown_show(m);
	program_show(m);
	show_images(m);
	protect_show(m);
	rawdev_show(m);
	show_refusals(m);
	if (param_audit())
		show_audit(m);
	hook_show(m);
	watch_show(m);
	return 0;
}

static int status_open(struct inode *inode, struct file *f)
{
	int err = node_enter();

	if (err)
		return err;
	err = single_open(f, status_show, NULL);
	if (err)
		node_leave();
	return err;
}

static int status_release(struct inode *inode, struct file *f)
{
	int err = single_release(inode, f);

	node_leave();
	return err;
}

static const struct file_operations status_fops = {
	.owner = &node_owner,
	.open = status_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = status_release,
};

int __init status_init(void)
{
	int err;

	dir = securityfs_create_dir("seal", NULL);
	if (IS_ERR(dir)) {
		err = PTR_ERR(dir);
		if (err == -EEXIST)
			pr_err("this kernel is sealed already (securityfs has a seal directory)\n");
		else
			pr_err("cannot make the status directory in securityfs: error %d\n",
			       err);
		return err;
	}
	return 0;
}

int __init status_publish(void)
{
	int err = manifest_node_publish(dir);

	if (!err)
		err = mode_publish(dir);
	if (!err)
		err = node_create("status", 0400, dir, &status_fops, &status);
	if (err)
		status_withdraw();
	return err;
}

void status_withdraw(void)
{
	node_remove(status, dir);
	mode_withdraw(dir);
	manifest_node_withdraw(dir);
	node_await();
}

/* The files are never there when this is called. */
void status_exit(void)
{
	securityfs_remove(dir);
}

void status_announce(void)
{
	char doors[DOOR_LOCKDOWN * 24];
	int door, len = 0;

	for (door = 0; door < DOOR_LOCKDOWN; door++)
		len += scnprintf(doors + len, sizeof(doors) - len, " %s=%s",
				 audit_door_name(door),
				 state_names[policy_door(door)]);
	pr_notice("%s:%s\n", policy_audits() ?
		  "mode=audit, nothing is refused" : "sealed until reboot",
		  doors);
	lockdown_announce();
	program_announce();
	manifest_announce();
	protect_announce();
}
