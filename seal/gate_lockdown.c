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
#include <linux/security.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"
#include "start.h"

static int (*orig_locked_down)(enum lockdown_reason what) __ro_after_init;

/* Room for a function's name. */
#define ASKER_SIZE 80

/* What has gates of its own is decided there, where more is known. */
static bool is_decided(enum lockdown_reason what)
{
	if (what == LOCKDOWN_MODULE_PARAMETERS && gate_module_admits())
		return true;
	if (what == LOCKDOWN_IOPORT)
		return gate_ioport_decides();
	return lockdown_door(what) < DOOR_LOCKDOWN;
}

static int check(enum lockdown_reason what, const void *asker)
{
	char text[ASKER_SIZE];
	const struct seal_event ev = {
		.door = lockdown_door(what),
		.text = text,
		.mm_locked = compat_writes_mm(),
	};
	int err;

	if (!policy_proves() &&
	    (is_decided(what) || policy_door(ev.door) == DOOR_OPEN))
		return 0;
	snprintf(text, sizeof(text), "%ps", asker);
	err = seal_check(&ev);
	if (!err && what == LOCKDOWN_IOPORT)
		start_holds_hardware(current->mm);
	return err;
}

static int gate_locked_down(enum lockdown_reason what)
{
	int err = check(what, __builtin_return_address(0));

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
