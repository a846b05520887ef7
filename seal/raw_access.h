/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_RAW_ACCESS_H
#define _SEAL_RAW_ACCESS_H

#include <linux/types.h>

struct seq_file;

/* Is it a module's purpose to give programs memory or hardware in the raw? */
bool raw_access_module(const char *name);

/* The names, a star for any ending, in one status line. */
void raw_access_show(struct seq_file *m);

#endif /* _SEAL_RAW_ACCESS_H */
