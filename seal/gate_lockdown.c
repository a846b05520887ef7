// SPDX-License-Identifier: GPL-2.0
/*
 * The doors that the kernel lists itself: wherever root could reach the kernel
 * it asks security_locked_down() first. What a BPF program answers in the place
 * of a function of such a name (kernel/bpf/verifier.c:
 * check_attach_modify_return()) does not count: gate_bpf.c lets none do so here.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/kgdb.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/security.h>
#include <linux/string.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"
#include "start.h"

static int (*orig_locked_down)(enum lockdown_reason what) __ro_after_init;

/* Room for a function's name. */
#define ASKER_SIZE 80

/*
 * What has gates of its own is decided there, where more is known; the same
 * reason may be asked about elsewhere.
 */
static bool is_decided(enum lockdown_reason what, const char *asker)
{
	switch (what) {
	case LOCKDOWN_MODULE_PARAMETERS:
		return gate_module_admits();
	case LOCKDOWN_IOPORT:
		return gate_ioport_decides();
	case LOCKDOWN_DEV_MEM:
		return !strcmp(asker, "open_port");
	default:
		return lockdown_door(what) < DOOR_LOCKDOWN;
	}
}

/*
 * What /sys/power/state and disk have to show depends on the answer, too
 * (kernel/power/main.c:state_show, hibernate.c:disk_show), and session managers
 * read them often: a question, and no attempt.
 */
static bool only_looks(enum lockdown_reason what)
{
	return what == LOCKDOWN_HIBERNATION && current->mm &&
	       syscall_get_nr(current, task_pt_regs(current)) ==
	       compat_read_nr();
}

static int check(enum lockdown_reason what, const void *asker)
{
	char text[ASKER_SIZE];
	const struct seal_event ev = {
		.door = lockdown_door(what),
		.text = text,
		.mm_locked = compat_writes_mm(),
		/* With xfrm_state_lock held (net/xfrm/xfrm_state.c:xfrm_state_walk). */
		.atomic = what == LOCKDOWN_XFRM_SECRET,
		/* All else stands still, and may hold any lock (kernel/debug). */
		.mute = in_dbg_master(),
		.looks = only_looks(what),
	};
	int err;

	snprintf(text, sizeof(text), "%ps", asker);
	if (!policy_proves() &&
	    (is_decided(what, text) || policy_door(ev.door) == DOOR_OPEN))
		return 0;
	err = seal_check(&ev);
	if (!err && what == LOCKDOWN_IOPORT)
		start_holds_hardware(current->mm);
	return err;
}

static int gate_locked_down(enum lockdown_reason what)
{
	int err = check(what, hook_asker());

	return err ?: orig_locked_down(what);
}

/* Nothing comes of the question itself: 0 if nobody refuses. */
static long prove_locked_down(void)
{
	return orig_locked_down(LOCKDOWN_KEXEC);
}

static const struct hook hooks[] __initconst = {
	HOOK("security_locked_down", gate_locked_down, &orig_locked_down,
	     prove_locked_down),
};

void __init gate_lockdown_init(void)
{
	hook_add(hooks, ARRAY_SIZE(hooks));
}
