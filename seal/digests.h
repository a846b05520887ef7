/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_DIGESTS_H
#define _SEAL_DIGESTS_H

#include <linux/types.h>

#include "manifest_text.h"

typedef u8 digest_t[MANIFEST_DIGEST_SIZE];

/**
 * digests_sort() - order digests for digests_have()
 * @from: the digests, in any order, any of them several times
 * @count: how many there are; set to how many differ
 *
 * May sleep.
 *
 * Return: a vmalloc'd array of those that differ, in order; or NULL without
 * memory.
 */
digest_t *digests_sort(const digest_t *from, size_t *count);

/* Is the digest one of an ordered array's? Needs no lock of its own. */
bool digests_have(const digest_t *sorted, size_t count, const u8 *digest);

#endif /* _SEAL_DIGESTS_H */
