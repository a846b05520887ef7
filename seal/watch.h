/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_WATCH_H
#define _SEAL_WATCH_H

#include <linux/types.h>

struct module;
struct seq_file;

/* Have the doors tried every param_watch() seconds, until reboot. */
void watch_start(void);

/**
 * watch_arrival() - see to it that a module that comes is guarded, too
 * @mod: before any of its code has run
 *
 * Return: 0, or a negative errno after a line in the log: it must not come.
 */
int watch_arrival(struct module *mod);
void watch_departure(const struct module *mod);

/**
 * watch_slipped_in() - what came in while the seal was being put on stays
 * @what: for the line in the log, which there is once
 */
void watch_slipped_in(const char *what);

/* Has a door ever been found open? */
bool watch_broken(void);

/* Status lines: how often, what it took, and which were found open. */
void watch_show(struct seq_file *m);

#endif /* _SEAL_WATCH_H */
