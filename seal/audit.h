/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_AUDIT_H
#define _SEAL_AUDIT_H

#include <linux/sched.h>

#include "seal.h"

struct seal_allow;

/* Set the limits up, before anything is refused. */
void audit_init(void);

/* The words users see, in the log and in the status; NULL: no such door. */
const char *audit_door_name(enum seal_door door);

/**
 * audit_refusal() - tell that the current task was refused
 * @ev: what it attempted
 * @no: why
 *
 * One line in the kernel log (rate-limited), one record for the audit
 * subsystem if that is on, one count that no limit loses. May sleep, unless
 * the event says otherwise.
 */
void audit_refusal(const struct seal_event *ev, const struct seal_refusal *no);

/**
 * audit_would() - tell that the current task would have been refused
 * @ev: what it does
 * @no: why
 * @allow: which parameter would let it
 *
 * As audit_refusal(), in other words and with a count of its own.
 */
void audit_would(const struct seal_event *ev, const struct seal_refusal *no,
		 const struct seal_allow *allow);

/* How often a door refused since the seal came, or would have. */
u64 audit_refused(enum seal_door door);
u64 audit_would_refuse(enum seal_door door);

/* Room for what audit_comm() writes, bytes. */
#define AUDIT_COMM_SIZE (4 * TASK_COMM_LEN)

/* A task's name for a log line: whatever could end a field is \xHH. */
void audit_comm(char *out, const struct task_struct *task);

/**
 * audit_quoted() - text, fit for a log line
 * @text: any bytes
 *
 * Return: kmalloc'd text in double quotes, printable ASCII only, everything
 * else and the characters " and \ as \xHH; or NULL.
 */
char *audit_quoted(const char *text);

/* Likewise a file's path. May sleep. */
char *audit_quoted_path(const struct file *file);

#endif /* _SEAL_AUDIT_H */
