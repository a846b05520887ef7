// SPDX-License-Identifier: GPL-2.0
/*
 * The one place that decides. Gates bring events, the parameters say which
 * doors have a hole, caller.c says who is asking, range.c what an address is.
 */
#include "policy.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/compiler.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "allow.h"
#include "args.h"
#include "audit.h"
#include "caller.h"
#include "claims.h"
#include "code.h"
#include "content.h"
#include "hash.h"
#include "image.h"
#include "lockdown.h"
#include "manifest.h"
#include "param.h"
#include "program.h"
#include "protect.h"
#include "range.h"
#include "raw_access.h"
#include "rawdev.h"
#include "serial.h"
#include "signature.h"
#include "symbol.h"

/*
 * Written by init only, then read-only memory: nothing lowers the seal. What was
 * loaded with mode=audit rises later, and has its level where that can be
 * written.
 */
static enum seal_level level __ro_after_init;
static enum seal_level audit_level;
static time64_t sealed_since __ro_after_init;
static time64_t audit_since;

/* It is about to be sealed: what can still be refused, then, is. */
static bool hardens;

/* Who may nothing, and is not told of: the task that tries the doors. */
static struct task_struct *prover;

int __init policy_init(void)
{
	int err;

	err = param_check();
	if (!err)
		err = lockdown_init();
	if (err)
		return err;
	err = symbol_init() ?: content_init();
	if (err)
		return err;
	err = hasher_init();
	if (err)
		return err;

	err = program_bind_loaders(param_insmod());
	if (!err)
		err = program_bind_drivers(param_mem_allow());
	if (err)
		goto err_program;
	err = signature_init();
	if (err)
		goto err_program;
	err = serial_init();
	if (err)
		goto err_serial;
	err = manifest_init();
	if (err)
		goto err_manifest;
	err = program_check();
	if (err)
		goto err_check;
	return 0;

err_check:
	manifest_exit();
err_manifest:
	serial_exit();
err_serial:
	signature_exit();
err_program:
	program_unbind();
	hasher_exit();
	return err;
}

void policy_exit(void)
{
	manifest_exit();
	serial_exit();
	signature_exit();
	program_unbind();
	hasher_exit();
}

/* With mode=audit that is no reason to refuse anything to others. */
void __init policy_prove(void)
{
	if (param_audit())
		policy_set_prover(current);
	else
		policy_raise(LEVEL_PROVING);
}

void policy_raise(enum seal_level to)
{
	if (to <= policy_level())
		return;
	if (param_audit()) {
		audit_since = ktime_get_real_seconds();
		WRITE_ONCE(audit_level, to);
		return;
	}
	if (to == LEVEL_SEALED)
		sealed_since = ktime_get_real_seconds();
	WRITE_ONCE(level, to);
}

enum seal_level policy_level(void)
{
	return param_audit() ? READ_ONCE(audit_level) : READ_ONCE(level);
}

bool policy_audits(void)
{
	return policy_level() == LEVEL_AUDIT;
}

void policy_harden(bool on)
{
	WRITE_ONCE(hardens, on);
}

bool policy_is_strict(void)
{
	return !param_audit() || READ_ONCE(hardens);
}

int policy_hindered(int err)
{
	if (!err || policy_is_strict())
		return err;
	pr_warn("mode=audit goes on; the seal would not\n");
	return 0;
}

void policy_set_prover(struct task_struct *task)
{
	WRITE_ONCE(prover, task);
}

bool policy_proves(void)
{
	return policy_level() == LEVEL_PROVING || READ_ONCE(prover) == current;
}

time64_t policy_sealed_since(void)
{
	return param_audit() ? audit_since : sealed_since;
}

/* Which hole belongs to which door; the others have none. */
static const struct {
	enum seal_door door;
	enum seal_hole hole;
} door_holes[] = {
	{ DOOR_MODULE_LOAD,	HOLE_LOADER },
	{ DOOR_MEM_WRITE,	HOLE_MEM },
	{ DOOR_MEM_READ,	HOLE_MEM },
	{ DOOR_IOPORT,		HOLE_IOPORT },
	{ DOOR_PCI_ACCESS,	HOLE_PCI },
	{ DOOR_MSR,		HOLE_MSR },
};

enum seal_hole policy_hole(enum seal_door door)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(door_holes); i++)
		if (door_holes[i].door == door)
			return door_holes[i].hole;
	return HOLE_NONE;
}

/* The doors of /dev/mem are those of /dev/port. */
static enum seal_hole hole_of(const struct seal_event *ev)
{
	return ev->ports ? HOLE_IOPORT : policy_hole(ev->door);
}

static bool has_hole(enum seal_door door)
{
	if ((door == DOOR_MEM_WRITE || door == DOOR_MEM_READ) &&
	    IS_ENABLED(CONFIG_DEVPORT) && program_exists(HOLE_IOPORT))
		return true;
	return program_exists(policy_hole(door));
}

bool policy_judges_images(void)
{
	return manifest_vouches() || param_trust_signed();
}

enum door_state policy_door(enum seal_door door)
{
	if (lockdown_leaves_open(door))
		return DOOR_OPEN;
	switch (door) {
	case DOOR_MODULE_LOAD:
		if (policy_judges_images())
			return DOOR_HOLE;
		break;
	case DOOR_MANIFEST:
		return signature_wanted() ? DOOR_HOLE : DOOR_SHUT;
	case DOOR_FILE_CHANGE:
		return protect_any() ? DOOR_SHUT : DOOR_OPEN;
	case DOOR_BLOCK_WRITE:
		return rawdev_any() || claims_any() ? DOOR_SHUT : DOOR_OPEN;
	case DOOR_NVME_ADMIN:
		if (param_raw())
			return DOOR_OPEN;
		break;
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
	return has_hole(door) ? DOOR_HOLE : DOOR_SHUT;
}

/* RAM is the kernel itself, whoever asks; what else is not a device's, too. */
static enum seal_reason decide_range(const struct seal_event *ev)
{
	switch (range_kind(ev->start, ev->len)) {
	case RANGE_DEVICE:
		return REASON_NONE;
	case RANGE_FIRMWARE:
	case RANGE_OTHER:
		if (ev->door == DOOR_MEM_READ || ev->copied)
			return REASON_NONE;
		return REASON_NOT_DEVICE;
	default:
		return REASON_RAM;
	}
}

/* Before anything of an image is parsed. */
static enum seal_reason decide_image(const struct seal_event *ev)
{
	if (ev->image->revoked)
		return REASON_REVOKED;
	if (!policy_judges_images())
		return REASON_NONE;
	if (ev->forced)
		return REASON_FORCED;
	if (ev->image->listed || ev->image->trusted)
		return REASON_NONE;
	return REASON_UNLISTED;
}

/*
 * Before anything of a module runs, of whose image we know by now that it is
 * what somebody made who is trusted: its name and parameters can be believed.
 */
static enum seal_reason decide_module(const struct seal_event *ev)
{
	if (ev->args)
		return args_refused(ev->module, ev->args, param_args()) ?
		       REASON_ARGS : REASON_NONE;
	if (ev->image->trusted && !ev->image->listed &&
	    raw_access_module(ev->module->name))
		return REASON_RAW_ACCESS;
	return REASON_NONE;
}

static struct seal_refusal decide_load(const struct seal_event *ev)
{
	struct seal_refusal no = { REASON_NONE };

	if (ev->module) {
		no.reason = decide_module(ev);
		return no;
	}
	/*
	 * Where images are judged, any loader will do if none is named. In audit
	 * what is to be said of the loader was said at the entrance.
	 */
	if (policy_audits() && ev->image)
		no.reason = decide_image(ev);
	else if (!policy_judges_images() || program_exists(HOLE_LOADER))
		no = caller_refused(HOLE_LOADER, ev->mm_locked);
	if (no.reason == REASON_NONE && ev->image)
		no.reason = decide_image(ev);
	return no;
}

/* Of a module's parameter in sysfs; built-in ones are modules, too. */
static enum seal_reason decide_write(const struct seal_event *ev)
{
	return args_write_refused(ev->owner, ev->args, param_args()) ?
	       REASON_ARGS : REASON_NONE;
}

bool policy_range_opens(const struct seal_event *ev)
{
	return !ev->len || decide_range(ev) == REASON_NONE;
}

/* Of a program that holds hardware: it must stay what its start vouched for. */
static enum seal_reason decide_code(const struct seal_event *ev)
{
	return ev->writable ? REASON_ALTERED_CODE : code_file_refused(ev->file);
}

static struct seal_refusal decide(const struct seal_event *ev)
{
	struct seal_refusal no = { REASON_NONE };

	/* The door may be open, but not to force. */
	if (ev->door == DOOR_MODULE_REMOVE && ev->forced) {
		no.reason = REASON_FORCED;
		return no;
	}
	if (policy_door(ev->door) == DOOR_OPEN)
		return no;
	if (ev->stalled) {
		no.reason = REASON_BEFORE_SEAL;
		return no;
	}
	if (ev->door == DOOR_MODULE_LOAD)
		return decide_load(ev);
	if (ev->door == DOOR_CODE) {
		no.reason = decide_code(ev);
		return no;
	}
	if (ev->owner) {
		no.reason = decide_write(ev);
		return no;
	}
	/* The gates ask of what is kept only, and nobody is excepted. */
	if (ev->door == DOOR_FILE_CHANGE || ev->door == DOOR_BLOCK_WRITE) {
		no.reason = ev->in_use ? REASON_IN_USE : REASON_PROTECTED;
		return no;
	}

	no = caller_refused(hole_of(ev), ev->mm_locked);
	if (no.reason == REASON_NONE && ev->len)
		no.reason = decide_range(ev);
	if (no.reason == REASON_NONE && ev->beyond)
		no.reason = REASON_REGISTER;
	return no;
}

/*
 * Without it the kernel refuses (security/commoncap.c:cap_capable). It is not
 * asked: a BPF program can answer for security_capable(), "no" to us and
 * nothing to the kernel, which asks in other words.
 */
static bool holds(int cap)
{
	const struct cred *cred = current_cred();

	return cred->user_ns == &init_user_ns &&
	       cap_raised(cred->cap_effective, cap);
}

static void tell_audited(const struct seal_event *ev,
			 const struct seal_refusal *no)
{
	struct seal_allow allow;

	allow_find(ev, no->reason, &allow);
	audit_would(ev, no, &allow);
}

int seal_check(const struct seal_event *ev)
{
	enum seal_level now = policy_level();
	struct seal_refusal no;

	if (now == LEVEL_PROVING || READ_ONCE(prover) == current)
		return -EPERM;
	if (now == LEVEL_NONE)
		return 0;

	/* The kernel's own no needs no line that anybody could cause. */
	if (ev->cap && !holds(ev->cap))
		return 0;
	no = decide(ev);
	if (no.reason == REASON_NONE)
		return 0;
	if (now == LEVEL_AUDIT)
		tell_audited(ev, &no);
	else
		audit_refusal(ev, &no);
	if (no.code)
		fput(no.code);
	return now == LEVEL_AUDIT ? 0 : -EPERM;
}
