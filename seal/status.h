/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_STATUS_H
#define _SEAL_STATUS_H

/**
 * status_init() - make /sys/kernel/security/seal/status
 *
 * Return: 0 or a negative errno, after a line in the log: -EEXIST where a
 * seal is on already.
 */
int status_init(void);
void status_exit(void);

/* Log lines: the seal is on, how each door stands, whose the holes are. */
void status_announce(void);

#endif /* _SEAL_STATUS_H */
