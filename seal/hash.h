/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_HASH_H
#define _SEAL_HASH_H

#include <linux/types.h>

#include "digests.h"

struct page;

/**
 * hasher_init() - get ready to hash, with the fastest SHA-256 the kernel has
 *
 * Return: 0, or a negative errno after a line in the log.
 */
int hasher_init(void);
void hasher_exit(void);

/**
 * hash_bytes() - the SHA-256 of some memory
 *
 * These all may sleep and return 0 or a negative errno.
 */
int hash_bytes(const void *data, size_t len, digest_t digest);

/* That of the first @len bytes in these pages. */
int hash_pages(struct page *const *pages, size_t len, digest_t digest);

/*
 * That of the hexadecimal digits of digests, in lower case, a line each, as
 * "sort -u | sha256sum" makes it of the first column of a manifest.
 */
int hash_digests(const digest_t *list, size_t count, digest_t digest);

#endif /* _SEAL_HASH_H */
