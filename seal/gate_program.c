// SPDX-License-Identifier: GPL-2.0
/*
 * Into a hole's program: nobody attaches to it, writes its memory or takes its
 * descriptors. The kernel asks one question before all of these, ptrace(2),
 * /proc/PID/mem, process_vm_writev(2), pidfd_getfd(2): kernel/ptrace.c:
 * __ptrace_may_access(). Whoever only wants to see what there is to see of
 * it, asks for less.
 *
 * A BPF program that overrides this function can only refuse more: any answer
 * but 0 is a no.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/security.h>

#include "hook.h"
#include "policy.h"
#include "program.h"
#include "start.h"

static int (*orig_access)(struct task_struct *child, unsigned int mode)
	__ro_after_init;

static int check_access(struct task_struct *child)
{
	char text[sizeof("process 2147483647")];
	const struct seal_event ev = {
		.door = DOOR_PROGRAM,
		.text = text,
		.atomic = true,
	};

	snprintf(text, sizeof(text), "process %d", task_tgid_nr(child));
	return seal_check(&ev);
}

/* Called with the child's task_lock held, so that its mm stays. */
static int gate_access(struct task_struct *child, unsigned int mode)
{
	struct start start;
	int err = 0;

	if (policy_proves() ||
	    (mode & PTRACE_MODE_ATTACH && start_find(child->mm, &start)))
		err = check_access(child);
	return err ?: orig_access(child, mode);
}

/* A task may attach to itself, as far as this function is asked. */
static long prove_access(void)
{
	return orig_access(current, PTRACE_MODE_ATTACH_REALCREDS);
}

static const struct hook hooks[] __initconst = {
	HOOK("security_ptrace_access_check", gate_access, &orig_access,
	     prove_access),
};

void __init gate_program_init(void)
{
	if (program_exists(HOLE_LOADER) || program_exists(HOLE_HARDWARE))
		hook_add(hooks, ARRAY_SIZE(hooks));
}
