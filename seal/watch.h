/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_WATCH_H
#define _SEAL_WATCH_H

#include <linux/types.h>

struct seq_file;

/* Have the doors tried every param_watch() seconds, until reboot. */
void watch_start(void);

/* Has a door ever been found open? */
bool watch_broken(void);

/* Status lines: how often, what it took, and which were found open. */
void watch_show(struct seq_file *m);

#endif /* _SEAL_WATCH_H */
