// SPDX-License-Identifier: GPL-2.0
/*
 * What parameter would let pass what the seal would refuse: the narrowest one
 * that does. What no parameter allows is allowed by "nothing".
 */
#include "allow.h"

#include <linux/sched.h>

#include "image.h"
#include "lockdown.h"
#include "param.h"
#include "policy.h"

static void give(struct seal_allow *allow, const char *param,
		 const char *value)
{
	allow->param = param;
	allow->value = value;
}

/* To leave a door of the kernel's own list open to all. */
static void keep_open(struct seal_allow *allow, enum seal_door door)
{
	const char *name = lockdown_keep_name(door);

	if (name)
		give(allow, "keep=", name);
}

/* The program is not in the hole: it could be. */
static bool is_no_member(enum seal_reason reason)
{
	return current->mm &&
	       (reason == REASON_SEALED || reason == REASON_NOT_IN_HOLE);
}

static void list_module(struct seal_allow *allow)
{
	give(allow, "manifest=", param_manifest() ?: "/path");
}

/*
 * Who loads modules is named, or what may be loaded is listed. A program that
 * has the hole and cannot use it is not helped by a parameter.
 */
static void allow_load(struct seal_allow *allow, const struct seal_event *ev,
		       enum seal_reason reason)
{
	if (is_no_member(reason)) {
		allow->param = "insmod=";
		allow->exe = true;
		return;
	}
	switch (reason) {
	case REASON_UNLISTED:
		if (ev->image && ev->image->is_signed)
			give(allow, "trust_signed=", "1");
		else
			list_module(allow);
		break;
	case REASON_RAW_ACCESS:
		list_module(allow);
		break;
	case REASON_ARGS:
		give(allow, "args=", "any");
		break;
	case REASON_FOREIGN_CODE:
		give(allow, "programs=", param_programs());
		break;
	default:
		if (!policy_judges_images())
			list_module(allow);
		break;
	}
}

/* What the hole of raw hardware opens, which is not RAM. */
static void allow_hardware(struct seal_allow *allow,
			   const struct seal_event *ev, enum seal_reason reason)
{
	if (is_no_member(reason) && policy_range_opens(ev)) {
		give(allow, "mem_allow=", ev->door == DOOR_MSR ? ":msr" : NULL);
		allow->exe = true;
	} else if (reason == REASON_FOREIGN_CODE) {
		give(allow, "programs=", param_programs());
	} else {
		keep_open(allow, ev->door);
	}
}

static void allow_read(struct seal_allow *allow, enum seal_door door)
{
	if (param_confidential())
		keep_open(allow, door);
	else
		give(allow, "read=", "yes");
}

void allow_find(const struct seal_event *ev, enum seal_reason reason,
		struct seal_allow *allow)
{
	*allow = (struct seal_allow){ .param = "nothing" };
	if (ev->stalled)
		return;
	switch (ev->door) {
	case DOOR_MODULE_LOAD:
		allow_load(allow, ev, reason);
		break;
	case DOOR_MODULE_REMOVE:
		if (reason != REASON_FORCED)
			give(allow, "no_remove=", "0");
		break;
	case DOOR_MEM_WRITE:
	case DOOR_IOPORT:
		allow_hardware(allow, ev, reason);
		break;
	case DOOR_MEM_READ:
	case DOOR_KCORE:
		allow_read(allow, ev->door);
		break;
	case DOOR_CODE:
		if (reason == REASON_FOREIGN_CODE)
			give(allow, "programs=", param_programs());
		break;
	case DOOR_FILE_CHANGE:
		if (param_protect())
			give(allow, "protect=", " without it");
		break;
	case DOOR_BLOCK_WRITE:
	case DOOR_NVME_ADMIN:
		give(allow, "raw=", "yes");
		break;
	case DOOR_UIO:
	case DOOR_VFIO:
		keep_open(allow, ev->door);
		break;
	default:
		if (BIT(policy_hole(ev->door)) & HOLES_HARDWARE)
			allow_hardware(allow, ev, reason);
		else if (reason == REASON_ARGS)
			give(allow, "args=", "any");
		else if (ev->door >= DOOR_LOCKDOWN)
			keep_open(allow, ev->door);
		break;
	}
}
