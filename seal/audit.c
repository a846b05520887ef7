// SPDX-License-Identifier: GPL-2.0
/*
 * The one place that tells. Its words are an interface: people script on
 * them. Nothing a task chose, a name or its own comm, may end a line or
 * look like another field.
 */
#include "audit.h"

#include <linux/atomic.h>
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "allow.h"
#include "lockdown.h"

static const char * const door_names[DOOR_LOCKDOWN] = {
	[DOOR_MODULE_LOAD]	= "module-load",
	[DOOR_MODULE_REMOVE]	= "module-remove",
	[DOOR_MEM_WRITE]	= "mem-write",
	[DOOR_MEM_READ]		= "mem-read",
	[DOOR_IOPORT]		= "ioport",
	[DOOR_KCORE]		= "kcore",
	[DOOR_MANIFEST]		= "manifest-update",
	[DOOR_PROGRAM]		= "program-access",
	[DOOR_CODE]		= "program-code",
	[DOOR_FILE_CHANGE]	= "file-change",
	[DOOR_BLOCK_WRITE]	= "block-write",
	[DOOR_UIO]		= "uio",
	[DOOR_VFIO]		= "vfio",
	[DOOR_NVME_ADMIN]	= "nvme-admin",
	[DOOR_SEAL]		= "seal",
};

static const char * const reason_names[REASON_MAX] = {
	[REASON_SEALED]		= "sealed",
	[REASON_NOT_IN_HOLE]	= "not-in-hole",
	[REASON_KERNEL_THREAD]	= "kernel-thread",
	[REASON_TRACED]		= "traced",
	[REASON_FILTERED]	= "filtered",
	[REASON_FOREIGN_NAMESPACE] = "foreign-namespace",
	[REASON_SHARED]		= "shared",
	[REASON_SCRIPT]		= "script",
	[REASON_INSECURE]	= "insecure",
	[REASON_SWAPPABLE]	= "swappable",
	[REASON_UNWITNESSED]	= "unwitnessed",
	[REASON_FOREIGN_CODE]	= "foreign-code",
	[REASON_ALTERED_CODE]	= "altered-code",
	[REASON_PROBED]		= "probed",
	[REASON_BEFORE_SEAL]	= "before-seal",
	[REASON_RAM]		= "ram",
	[REASON_NOT_DEVICE]	= "not-device",
	[REASON_REGISTER]	= "register",
	[REASON_UNLISTED]	= "unlisted",
	[REASON_REVOKED]	= "revoked",
	[REASON_FORCED]		= "forced",
	[REASON_RAW_ACCESS]	= "raw-access",
	[REASON_ARGS]		= "args",
	[REASON_BAD_SIGNATURE]	= "bad-signature",
	[REASON_MALFORMED]	= "malformed",
	[REASON_REPLAYED]	= "replayed",
	[REASON_SERIAL_FILE]	= "serial-file",
	[REASON_NO_MEMORY]	= "no-memory",
	[REASON_PROTECTED]	= "protected",
	[REASON_IN_USE]		= "in-use",
};

static atomic64_t refused[DOOR_MAX];
static atomic64_t would[DOOR_MAX];

/*
 * Lines at most of one door in any five seconds: enough for a machine whose
 * device manager finds it shut, too few to push others out of the log. A flood
 * at one door hides nothing at the others.
 */
#define BURST 50

static struct ratelimit_state limits[DOOR_MAX];
static atomic_t unsaid[DOOR_MAX];

void __init audit_init(void)
{
	int door;

	for (door = 0; door < DOOR_MAX; door++) {
		ratelimit_state_init(&limits[door], DEFAULT_RATELIMIT_INTERVAL,
				     BURST);
		/* Its own remark would not say whose it is: see may_log(). */
		ratelimit_set_flags(&limits[door], RATELIMIT_MSG_ON_RELEASE);
	}
}

const char *audit_door_name(enum seal_door door)
{
	return door < DOOR_LOCKDOWN ? door_names[door] :
				      lockdown_door_name(door);
}

u64 audit_refused(enum seal_door door)
{
	return atomic64_read(&refused[door]);
}

u64 audit_would_refuse(enum seal_door door)
{
	return atomic64_read(&would[door]);
}

/* What is printable in ASCII stays, but for the two that quoting needs. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static char *escape(char *out, const char *text)
{
	for (; *text; text++) {
		if (is_plain(*text))
			*out++ = *text;
		else
			out += sprintf(out, "\\x%02x", (unsigned char)*text);
	}
	*out = '\0';
	return out;
}

static char *quoted(const char *text, gfp_t gfp)
{
	char *out, *end;

	out = kmalloc(4 * strlen(text) + 3, gfp);
	if (!out)
		return NULL;
	end = out;
	*end++ = '"';
	end = escape(end, text);
	strcpy(end, "\"");
	return out;
}

char *audit_quoted(const char *text)
{
	return quoted(text, GFP_KERNEL);
}

static char *quoted_path(const struct file *file, gfp_t gfp)
{
	char *buf, *path, *out = NULL;

	buf = kmalloc(PATH_MAX, gfp);
	if (!buf)
		return NULL;
	path = d_path(&file->f_path, buf, PATH_MAX);
	if (!IS_ERR(path))
		out = quoted(path, gfp);
	else if (PTR_ERR(path) == -ENAMETOOLONG)
		out = quoted("(path too long)", gfp);
	kfree(buf);
	return out;
}

char *audit_quoted_path(const struct file *file)
{
	return quoted_path(file, GFP_KERNEL);
}

static char *quoted_exe(gfp_t gfp)
{
	struct file *exe;
	char *out;

	exe = current->mm ? compat_exe_file(current->mm) : NULL;
	if (!exe)
		return quoted("", gfp);
	out = quoted_path(exe, gfp);
	fput(exe);
	return out;
}

/* What is acted on: a file or words for it, and the range within. */
static char *quoted_what(const struct seal_event *ev, gfp_t gfp)
{
	char *name, *what;

	name = ev->file ? quoted_path(ev->file, gfp) :
			  quoted(ev->text ?: "", gfp);
	if (!name || !ev->len)
		return name;
	name[strlen(name) - 1] = '\0';
	what = kasprintf(gfp, "%s:0x%llx+0x%zx\"", name,
			 (unsigned long long)ev->start, ev->len);
	kfree(name);
	return what;
}

/*
 * A comm stands bare in the line, so what could end it or look like the next
 * field is escaped too. get_task_comm() may take a lock that is held where
 * sleeping is not allowed; a name that is just changing is shown half changed.
 */
void audit_comm(char *out, const struct task_struct *task)
{
	char comm[TASK_COMM_LEN];
	const char *c;

	memcpy(comm, task->comm, sizeof(comm));
	comm[sizeof(comm) - 1] = '\0';
	for (c = comm; *c; c++) {
		if (is_plain(*c) && !strchr(" []=", *c))
			*out++ = *c;
		else
			out += sprintf(out, "\\x%02x", (unsigned char)*c);
	}
	*out = '\0';
}

/*
 * As audit_log_untrustedstring(), which is not exported, has it: ausearch
 * reads a value without quotes as hexadecimal.
 */
static void audit_record_field(struct audit_buffer *ab, const char *key,
			       const char *what)
{
	const char *c;

	if (!strpbrk(what, " \\")) {
		audit_log_format(ab, " %s=%s", key, what);
		return;
	}
	audit_log_format(ab, " %s=", key);
	for (c = what + 1; c[0] && c[1]; c++)
		audit_log_format(ab, "%02X", *c);
}

/* What a line in the log says. Texts are quoted, or NULL without memory. */
struct told {
	char comm[AUDIT_COMM_SIZE];
	char *what;
	char *exe;
	char *code;
	char *allow;
};

/*
 * Who it was, as audit_log_task_info() has it; that takes locks which are held
 * where sleeping is not allowed.
 */
static void audit_record_task(struct audit_buffer *ab,
			      const struct seal_event *ev,
			      const struct told *told)
{
	if (!ev->atomic) {
		audit_log_task_info(ab);
		return;
	}
	audit_log_format(ab, " pid=%d uid=%u", task_tgid_nr(current),
			 from_kuid(&init_user_ns, current_uid()));
	audit_record_field(ab, "exe", told->exe ?: "\"?\"");
}

/* The type is the one that uapi/linux/audit.h keeps for other modules. */
static void audit_record(const struct seal_event *ev, enum seal_reason reason,
			 const struct told *told)
{
	struct audit_buffer *ab;

	if (audit_enabled == AUDIT_OFF)
		return;
	/* GFP_ATOMIC: a full backlog loses a record, it holds nobody up. */
	ab = audit_log_start(audit_context(), GFP_ATOMIC, AUDIT_KERNEL_OTHER);
	if (!ab)
		return;
	audit_log_format(ab, "op=seal-%s", audit_door_name(ev->door));
	if (told->allow)
		audit_log_format(ab, " mode=audit");
	audit_record_task(ab, ev, told);
	audit_record_field(ab, "name", told->what ?: "\"?\"");
	if (told->code)
		audit_record_field(ab, "code", told->code);
	if (told->allow)
		audit_record_field(ab, "allow", told->allow);
	audit_log_format(ab, " reason=%s res=%d", reason_names[reason],
			 !!told->allow);
	audit_log_end(ab);
}

static bool may_log(enum seal_door door)
{
	int missed;

	if (!__ratelimit(&limits[door])) {
		atomic_inc(&unsaid[door]);
		return false;
	}
	missed = atomic_xchg(&unsaid[door], 0);
	if (missed)
		pr_warn("%d refusals of %s were too many to log, the status has counted them\n",
			missed, audit_door_name(door));
	return true;
}

static void log_line(const struct seal_event *ev, enum seal_reason reason,
		     const struct told *told)
{
	if (may_log(ev->door))
		pr_warn("%s %s what=%s by %s[%d] uid=%u exe=%s%s%s reason=%s%s%s\n",
			told->allow ? "would refuse" : "refused",
			audit_door_name(ev->door), told->what ?: "\"?\"",
			told->comm, task_tgid_nr(current),
			from_kuid(&init_user_ns, current_uid()),
			told->exe ?: "\"?\"", told->code ? " code=" : "",
			told->code ?: "", reason_names[reason],
			told->allow ? " allow=" : "", told->allow ?: "");
}

static char *quoted_code(const struct seal_refusal *no, gfp_t gfp)
{
	if (no->linked)
		return kstrdup(no->linked, gfp);
	return no->code ? quoted_path(no->code, gfp) : NULL;
}

/* The parameter and its value, which may be the program that asks. */
static char *quoted_allow(const struct seal_allow *allow, gfp_t gfp)
{
	char *text, *exe, *out;

	if (!allow->exe) {
		text = kasprintf(gfp, "%s%s", allow->param,
				 allow->value ?: "");
		out = text ? quoted(text, gfp) : NULL;
		kfree(text);
		return out;
	}
	exe = quoted_exe(gfp);
	if (exe)
		exe[strlen(exe) - 1] = '\0';
	out = exe ? kasprintf(gfp, "\"%s%s%s\"", allow->param, exe + 1,
			      allow->value ?: "") : NULL;
	kfree(exe);
	return out;
}

static void tell(const struct seal_event *ev, const struct seal_refusal *no,
		 const struct seal_allow *allow)
{
	gfp_t gfp = ev->atomic ? GFP_ATOMIC : GFP_KERNEL;
	struct told told = { };
	char *may;

	if (ev->looks)
		return;
	atomic64_inc(allow ? &would[ev->door] : &refused[ev->door]);
	if (ev->mute)
		return;

	may = allow ? quoted_allow(allow, gfp) : NULL;
	if (allow)
		told.allow = may ?: "\"?\"";
	told.what = quoted_what(ev, gfp);
	told.exe = quoted_exe(gfp);
	told.code = quoted_code(no, gfp);
	audit_comm(told.comm, current);
	log_line(ev, no->reason, &told);
	audit_record(ev, no->reason, &told);
	kfree(may);
	kfree(told.code);
	kfree(told.exe);
	kfree(told.what);
}

void audit_refusal(const struct seal_event *ev, const struct seal_refusal *no)
{
	tell(ev, no, NULL);
}

void audit_would(const struct seal_event *ev, const struct seal_refusal *no,
		 const struct seal_allow *allow)
{
	tell(ev, no, allow);
}
