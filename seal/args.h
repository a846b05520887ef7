/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_ARGS_H
#define _SEAL_ARGS_H

#include <linux/types.h>

struct module;

/* What a module may be given as arguments, at its load or later: parameter args. */
enum args_policy {
	ARGS_SAFE,		/* none that names hardware, but what is listed */
	ARGS_LISTED,		/* what the manifest lists */
	ARGS_NONE,		/* none at all */
	ARGS_ANY,
};

/**
 * args_refused() - must this module not be given these arguments?
 * @mod: a module that is formed but has not taken its arguments yet
 * @args: they, in memory that user space cannot write
 * @policy: what the administrator chose
 */
bool args_refused(const struct module *mod, const char *args,
		  enum args_policy policy);

/**
 * args_write_refused() - must this parameter not be set to that in sysfs?
 * @module: whose it is, as sysfs has it
 * @arg: NAME=VALUE
 * @policy: what the administrator chose
 *
 * Whether its author has marked it as naming hardware is the kernel's own
 * question.
 */
bool args_write_refused(const char *module, const char *arg,
			enum args_policy policy);

#endif /* _SEAL_ARGS_H */
