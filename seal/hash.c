// SPDX-License-Identifier: GPL-2.0
/*
 * SHA-256, by the kernel's own crypto.
 */
#include "hash.h"

#include <crypto/hash.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "param.h"
#include "seal.h"

static struct crypto_shash *digester __ro_after_init;

int __init hasher_init(void)
{
	int err;

	if (!param_manifest() && !param_revoked() && !param_key() &&
	    !param_insmod() && !param_mem_allow())
		return 0;
	/* The fastest may be a module that nothing has asked for yet. */
	request_module("crypto-sha256");
	digester = crypto_alloc_shash("sha256", 0, 0);
	if (!IS_ERR(digester))
		return 0;
	err = PTR_ERR(digester);
	digester = NULL;
	pr_err("the kernel cannot hash with SHA-256: error %d\n", err);
	/* insmod takes -ENOENT for a missing symbol. */
	return err == -ENOENT ? -ENOPKG : err;
}

void hasher_exit(void)
{
	if (digester)
		crypto_free_shash(digester);
}

/* In pieces: what hashes fast does so with preemption off. */
int hash_bytes(const void *data, size_t len, digest_t digest)
{
	SHASH_DESC_ON_STACK(desc, digester);
	size_t piece;
	int err;

	desc->tfm = digester;
	err = crypto_shash_init(desc);
	while (!err && len) {
		piece = min_t(size_t, len, SZ_64K);
		err = crypto_shash_update(desc, data, piece);
		data += piece;
		len -= piece;
		cond_resched();
	}
	if (!err)
		err = crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
	return err;
}

/* There is no high memory where the seal runs (compat.h). */
int hash_pages(struct page *const *pages, size_t len, digest_t digest)
{
	SHASH_DESC_ON_STACK(desc, digester);
	size_t piece;
	int err;

	desc->tfm = digester;
	err = crypto_shash_init(desc);
	while (!err && len) {
		piece = min_t(size_t, len, PAGE_SIZE);
		err = crypto_shash_update(desc, page_address(*pages++), piece);
		len -= piece;
		cond_resched();
	}
	if (!err)
		err = crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
	return err;
}

int hash_digests(const digest_t *list, size_t count, digest_t digest)
{
	SHASH_DESC_ON_STACK(desc, digester);
	char line[2 * sizeof(digest_t) + sizeof("\n")];
	size_t i;
	int err;

	desc->tfm = digester;
	err = crypto_shash_init(desc);
	for (i = 0; !err && i < count; i++) {
		snprintf(line, sizeof(line), "%*phN\n",
			 (int)sizeof(list[i]), list[i]);
		err = crypto_shash_update(desc, line, strlen(line));
		if (i % 1024 == 0)
			cond_resched();
	}
	if (!err)
		err = crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
	return err;
}
