/* SPDX-License-Identifier: GPL-2.0 */
/*
 * With mode=audit: what parameter would let pass what the seal would refuse.
 */
#ifndef _SEAL_ALLOW_H
#define _SEAL_ALLOW_H

#include "seal.h"

/**
 * struct seal_allow - a parameter, as it would have to be given
 * @param: its name with "=", or "nothing"
 * @value: what to give, or to add to its list; NULL: nothing follows
 * @exe: what to give is the program that asks, with @value behind it
 */
struct seal_allow {
	const char *param;
	const char *value;
	bool exe;
};

/**
 * allow_find() - which parameter would have allowed it
 * @ev: what the current task attempts
 * @reason: why it is refused
 * @allow: filled in
 */
void allow_find(const struct seal_event *ev, enum seal_reason reason,
		struct seal_allow *allow);

#endif /* _SEAL_ALLOW_H */
