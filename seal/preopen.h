/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What somebody got through a door before it was shut, and would keep.
 */
#ifndef _SEAL_PREOPEN_H
#define _SEAL_PREOPEN_H

/**
 * preopen_check() - may the seal go on over what is open?
 *
 * To be called when the gates stand, before the seal goes on.
 *
 * Return: 0, or a negative errno after a line for each thing that parameter
 * preopened does not put up with: process, and what it has.
 */
int preopen_check(void);

/**
 * preopen_revoke() - take away what can be taken
 *
 * To be called when the seal is on: nothing more comes. A line for each.
 */
void preopen_revoke(void);

#endif /* _SEAL_PREOPEN_H */
