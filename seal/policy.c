// SPDX-License-Identifier: GPL-2.0
/*
 * The one place that decides. Gates bring events, the parameters say which
 * doors have a hole, caller.c says who is asking, range.c what an address is.
 */
#include "policy.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "audit.h"
#include "caller.h"
#include "param.h"
#include "range.h"

/* Written by init only, then read-only memory: nothing lowers the seal. */
static enum seal_level level __ro_after_init;
static time64_t sealed_since __ro_after_init;

/* Which hole belongs to which door. */
static const enum seal_hole door_hole[DOOR_MAX] = {
	[DOOR_MODULE_LOAD]	= HOLE_LOADER,
	[DOOR_MODULE_REMOVE]	= HOLE_NONE,
	[DOOR_MEM_WRITE]	= HOLE_HARDWARE,
	[DOOR_MEM_READ]		= HOLE_HARDWARE,
	[DOOR_IOPORT]		= HOLE_HARDWARE,
	[DOOR_KCORE]		= HOLE_NONE,
};

int policy_init(void)
{
	int err;

	err = param_check();
	if (err)
		return err;

	err = caller_bind(HOLE_LOADER, "insmod", param_insmod());
	if (err)
		goto err_caller;
	err = caller_bind(HOLE_HARDWARE, "mem_allow", param_mem_allow());
	if (err)
		goto err_caller;
	return 0;

err_caller:
	caller_unbind();
	return err;
}

void policy_exit(void)
{
	caller_unbind();
}

void policy_raise(enum seal_level to)
{
	if (to <= level)
		return;
	if (to == LEVEL_SEALED)
		sealed_since = ktime_get_real_seconds();
	WRITE_ONCE(level, to);
}

enum seal_level policy_level(void)
{
	return READ_ONCE(level);
}

time64_t policy_sealed_since(void)
{
	return sealed_since;
}

enum seal_hole policy_hole(enum seal_door door)
{
	return door_hole[door];
}

enum door_state policy_door(enum seal_door door)
{
	switch (door) {
	case DOOR_MODULE_REMOVE:
		if (!param_no_remove())
			return DOOR_OPEN;
		break;
	case DOOR_MEM_READ:
	case DOOR_KCORE:
		if (param_read())
			return DOOR_OPEN;
		break;
	default:
		break;
	}
	return caller_hole_exists(door_hole[door]) ? DOOR_HOLE : DOOR_SHUT;
}

/* RAM is the kernel itself, whoever asks; what else is not a device's, too. */
static enum seal_reason decide_range(const struct seal_event *ev)
{
	switch (range_kind(ev->start, ev->len)) {
	case RANGE_DEVICE:
		return REASON_NONE;
	case RANGE_OTHER:
		if (ev->door == DOOR_MEM_READ)
			return REASON_NONE;
		return REASON_NOT_DEVICE;
	default:
		return REASON_RAM;
	}
}

static enum seal_reason decide(const struct seal_event *ev)
{
	enum seal_reason reason;

	if (policy_door(ev->door) == DOOR_OPEN)
		return REASON_NONE;
	if (ev->stalled)
		return REASON_BEFORE_SEAL;

	reason = caller_refused(door_hole[ev->door]);
	if (reason == REASON_NONE && ev->len)
		reason = decide_range(ev);
	return reason;
}

int seal_check(const struct seal_event *ev)
{
	enum seal_reason reason;

	switch (policy_level()) {
	case LEVEL_NONE:
		return 0;
	case LEVEL_PROVING:
		return -EPERM;
	case LEVEL_SEALED:
		break;
	}

	/* The kernel's own no needs no line that anybody could cause. */
	if (ev->cap && !ns_capable_noaudit(&init_user_ns, ev->cap))
		return 0;
	reason = decide(ev);
	if (reason == REASON_NONE)
		return 0;
	audit_refusal(ev, reason);
	return -EPERM;
}
