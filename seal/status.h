/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_STATUS_H
#define _SEAL_STATUS_H

/**
 * status_init() - make /sys/kernel/security/seal
 *
 * Return: 0 or a negative errno, after a line in the log: -EEXIST where a
 * seal is on already.
 */
int status_init(void);

/**
 * status_publish() - make the status file in it
 *
 * Only once nothing but this can fail any more: who opens the file holds on to
 * code of this module, and a failed load frees that (kernel/module/main.c:
 * do_init_module() does not look at the reference count).
 *
 * Return: 0 or a negative errno, after a line in the log.
 */
int status_publish(void);

/* Take the files away again: the module goes. */
void status_withdraw(void);
void status_exit(void);

/* Log lines: the seal is on, how each door stands, whose the holes are. */
void status_announce(void);

#endif /* _SEAL_STATUS_H */
