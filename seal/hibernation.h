/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_HIBERNATION_H
#define _SEAL_HIBERNATION_H

/* Announce what is to be found, before hook_plant(). */
void hibernation_init(void);

/**
 * hibernation_shut() - let nobody hibernate, nor go on with what was begun
 *
 * Return: 0, or -EBUSY after a line that says who does.
 */
int hibernation_shut(void);
void hibernation_leave(void);

#endif /* _SEAL_HIBERNATION_H */
