// SPDX-License-Identifier: GPL-2.0
/*
 * Who is asking: a hole's program, started by execve(2) where the seal saw it,
 * running nothing but code that is vouched for, with nobody's hand in it.
 */
#include "caller.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/seccomp.h>

#include "code.h"
#include "init_root.h"
#include "program.h"
#include "start.h"

/* What the kernel runs for others, in their address space. */
#ifdef PF_USER_WORKER
#define PF_NO_PROGRAM (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER)
#else
#define PF_NO_PROGRAM (PF_KTHREAD | PF_IO_WORKER)
#endif

/*
 * A program that sees other files than init does can be shown other
 * configuration, libraries and manifests.
 */
bool caller_sees_other_files(void)
{
	struct path root, init_root;
	bool foreign;

	if (current->nsproxy->mnt_ns != init_task.nsproxy->mnt_ns)
		return true;
	get_fs_root(current->fs, &root);
	init_root_get(&init_root);
	foreign = !path_equal(&root, &init_root);
	path_put(&init_root);
	path_put(&root);
	return foreign;
}

enum seal_reason caller_unfit(void)
{
	if (current->ptrace)
		return REASON_TRACED;
	if (seccomp_mode(&current->seccomp) != SECCOMP_MODE_DISABLED)
		return REASON_FILTERED;
	if (caller_sees_other_files())
		return REASON_FOREIGN_NAMESPACE;
	return REASON_NONE;
}

/* Does its address space say that it runs one? That decides nothing. */
static bool claims(enum seal_hole hole)
{
	struct file *exe = compat_exe_file(current->mm);
	bool claimed = false;

	if (exe) {
		claimed = program_holes(file_inode(exe)) & BIT(hole);
		fput(exe);
	}
	return claimed;
}

static enum seal_reason start_refused(enum seal_hole hole)
{
	struct start start;

	if (!start_find(current->mm, &start))
		return claims(hole) ? REASON_UNWITNESSED : REASON_NOT_IN_HOLE;
	if (!(start.holes & BIT(hole)))
		return REASON_NOT_IN_HOLE;
	return start.unfit;
}

struct seal_refusal caller_refused(enum seal_hole hole, bool mm_locked)
{
	struct seal_refusal no = { REASON_SEALED };

	if (hole == HOLE_NONE || !program_exists(hole))
		return no;
	no.reason = REASON_KERNEL_THREAD;
	if (!current->mm || current->flags & PF_NO_PROGRAM)
		return no;
	no.reason = start_refused(hole);
	if (no.reason == REASON_NONE)
		no.reason = caller_unfit();
	if (no.reason == REASON_NONE)
		no = code_refused(current->mm, mm_locked);
	return no;
}
