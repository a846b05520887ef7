/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_MODE_H
#define _SEAL_MODE_H

struct dentry;

/*
 * /sys/kernel/security/seal/mode: make it, and take it away.
 * Return: 0 or a negative errno, after a line in the log.
 */
int mode_publish(struct dentry *dir);
void mode_withdraw(struct dentry *dir);

/* What it says. */
const char *mode_name(void);

/* The module goes, with mode=audit. Does not return if the seal came first. */
void mode_leave(void);

#endif /* _SEAL_MODE_H */
