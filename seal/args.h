/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_ARGS_H
#define _SEAL_ARGS_H

#include <linux/types.h>

struct module;

/* What an image may be given as arguments: parameter args. */
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

#endif /* _SEAL_ARGS_H */
