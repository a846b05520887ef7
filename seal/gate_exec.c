// SPDX-License-Identifier: GPL-2.0
/*
 * Where a hole's program starts: not a door, but the place where the seal
 * sees what is started, and how. begin_new_exec() asks for the new credentials
 * first of all, when the task can no longer be attached to and the new address
 * space is nobody's yet (fs/exec.c).
 *
 * A BPF program that overrides this function fails the execve(2), or has the
 * start go unseen; then the hole stays shut.
 */
#include "gates.h"

#include <linux/anon_inodes.h>
#include <linux/binfmts.h>
#include <linux/cache.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/security.h>

#include "hook.h"
#include "init_root.h"
#include "policy.h"
#include "program.h"
#include "start.h"

static int (*orig_bprm_creds)(struct linux_binprm *bprm,
			      const struct file *file) __ro_after_init;

static int gate_bprm_creds(struct linux_binprm *bprm, const struct file *file)
{
	const struct seal_event ev = {
		.door = DOOR_PROGRAM,
		.text = "execve",
	};
	int err = policy_proves() ? seal_check(&ev) : 0;

	if (!err)
		err = orig_bprm_creds(bprm, file);
	if (err)
		return err;
	gate_ioport_drop();
	init_root_see_exec();
	start_see(bprm);
	return 0;
}

/*
 * A file in no directory, and credentials that nobody will have: 0 if nobody
 * refuses.
 */
static struct file *no_file;

static long prove_bprm_creds(void)
{
	struct linux_binprm bprm = {
		.filename = "", .interp = "", .file = no_file,
	};
	long ret;

	bprm.cred = prepare_creds();
	if (!bprm.cred)
		return HOOK_NOT_CALLED;
	ret = orig_bprm_creds(&bprm, no_file);
	abort_creds(bprm.cred);
	return ret;
}

static const struct hook hooks[] __initconst = {
	HOOK("security_bprm_creds_from_file", gate_bprm_creds,
	     &orig_bprm_creds, prove_bprm_creds),
};

int __init gate_exec_init(void)
{
	if (!program_exists_any())
		return 0;
	no_file = anon_inode_getfile("[seal]", &generic_ro_fops, NULL,
				     O_RDONLY);
	if (IS_ERR(no_file)) {
		pr_err("cannot make a file: error %ld\n", PTR_ERR(no_file));
		return PTR_ERR(no_file);
	}
	hook_add(hooks, ARRAY_SIZE(hooks));
	return 0;
}

void gate_exec_exit(void)
{
	if (no_file)
		fput(no_file);
}
