/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own list of ways in: enum lockdown_reason, of which
 * security_locked_down() is asked at each. A door for each, of this kernel's,
 * but for those that have gates of their own.
 */
#ifndef _SEAL_LOCKDOWN_H
#define _SEAL_LOCKDOWN_H

#include <linux/security.h>

#include "seal.h"

struct seq_file;

#define DOOR_BPF_WRITE_USER (DOOR_LOCKDOWN + LOCKDOWN_BPF_WRITE_USER)
#define DOOR_BPF_READ_KERNEL (DOOR_LOCKDOWN + LOCKDOWN_BPF_READ_KERNEL)
#define DOOR_DEBUGFS (DOOR_LOCKDOWN + LOCKDOWN_DEBUGFS)
#define DOOR_TRACEFS (DOOR_LOCKDOWN + LOCKDOWN_TRACEFS)
#define DOOR_MSR (DOOR_LOCKDOWN + LOCKDOWN_MSR)
#define DOOR_PCI_ACCESS (DOOR_LOCKDOWN + LOCKDOWN_PCI_ACCESS)
#define DOOR_KEXEC (DOOR_LOCKDOWN + LOCKDOWN_KEXEC)
#define DOOR_HIBERNATION (DOOR_LOCKDOWN + LOCKDOWN_HIBERNATION)
#define DOOR_MODULE_PARAMETERS (DOOR_LOCKDOWN + LOCKDOWN_MODULE_PARAMETERS)

/**
 * lockdown_init() - take in parameters level and keep
 *
 * Return: 0, or a negative errno after a line that names what is wrong, and
 * what this kernel has.
 */
int lockdown_init(void);

/* Which door is it? */
enum seal_door lockdown_door(enum lockdown_reason what);

/* What the kernel calls a door from DOOR_LOCKDOWN on; NULL: there is none. */
const char *lockdown_door_name(enum seal_door door);

/* What keep= calls it; NULL: it cannot be kept open. */
const char *lockdown_keep_name(enum seal_door door);

/* Do level or keep leave that door open? */
bool lockdown_leaves_open(enum seal_door door);

/* A line for level, for keep, and for each reason; one in the log. */
void lockdown_show(struct seq_file *m);
void lockdown_announce(void);

#endif /* _SEAL_LOCKDOWN_H */
