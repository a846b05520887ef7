/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_PARAM_H
#define _SEAL_PARAM_H

#include <linux/types.h>

#include "args.h"

/**
 * param_check() - judge the whole argument string
 *
 * Unknown names, a parameter given twice with two values, empty values and
 * booleans that are none fail. To be called from module init only.
 *
 * Return: 0, or -EINVAL after one line that names parameter, value, reason.
 */
int param_check(void);

/* The values, valid after param_check(). A text is NULL if not given. */
const char *param_insmod(void);
const char *param_mem_allow(void);
bool param_no_remove(void);
bool param_read(void);
const char *param_manifest(void);
const char *param_revoked(void);
bool param_trust_signed(void);
enum args_policy param_args(void);
const char *param_args_name(void);
const char *param_key(void);
const char *param_serial_file(void);
unsigned int param_watch(void);	/* seconds */
bool param_panics(void);	/* on_broken=panic */

/* Has a default where there are holes, and is NULL where there are none. */
const char *param_programs(void);
bool param_programs_given(void);
const char *param_protect(void);
bool param_raw(void);
bool param_confidential(void);	/* level=confidentiality */
const char *param_keep(void);
bool param_audit(void);		/* mode=audit */

/* What to do about what was opened before the seal. */
enum preopened { PREOPENED_REVOKE, PREOPENED_REFUSE, PREOPENED_REPORT };

enum preopened param_preopened(void);

#endif /* _SEAL_PARAM_H */
