// SPDX-License-Identifier: GPL-2.0
/*
 * What speaks for a module's image: its digest in a manifest, or a signature
 * that the kernel itself trusts. The bytes are those that load_module() is
 * about to parse, decompressed, where nobody can change them any more.
 */
#include "image.h"

#include <crypto/hash.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "manifest.h"
#include "param.h"
#include "seal.h"
#include "signature.h"

static struct crypto_shash *sha256 __ro_after_init;

int __init image_init(void)
{
	int err;

	if (!manifest_wanted())
		return 0;
	/* The fastest may be a module that nothing has asked for yet. */
	request_module("crypto-sha256");
	sha256 = crypto_alloc_shash("sha256", 0, 0);
	if (!IS_ERR(sha256))
		return 0;
	err = PTR_ERR(sha256);
	sha256 = NULL;
	pr_err("the kernel cannot hash with SHA-256: error %d\n", err);
	/* insmod takes -ENOENT for a missing symbol. */
	return err == -ENOENT ? -ENOPKG : err;
}

void __init image_exit(void)
{
	if (sha256)
		crypto_free_shash(sha256);
}

/* In pieces: what hashes fast does so with preemption off. */
static int image_digest(const void *data, size_t len, digest_t digest)
{
	SHASH_DESC_ON_STACK(desc, sha256);
	size_t piece;
	int err;

	desc->tfm = sha256;
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

int image_digest_list(const digest_t *list, size_t count, digest_t digest)
{
	SHASH_DESC_ON_STACK(desc, sha256);
	char line[2 * sizeof(digest_t) + sizeof("\n")];
	size_t i;
	int err;

	desc->tfm = sha256;
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

/*
 * By what is signed, too: a signature can be written in more than one way that
 * the kernel takes (crypto/asymmetric_keys/pkcs7.asn1 passes over some of it),
 * and each makes another image.
 */
static bool is_revoked_text(const void *data, size_t len)
{
	digest_t digest;

	if (!manifest_lives(MANIFEST_REVOKED) || !signature_strip(data, &len))
		return false;
	return image_digest(data, len, digest) ||
	       manifest_has(MANIFEST_REVOKED, digest);
}

void image_examine(const void *data, size_t len, struct seal_image *image)
{
	memset(image, 0, sizeof(*image));
	if (!data)
		return;
	/* What cannot be hashed might be what is revoked. */
	if (sha256 && image_digest(data, len, image->digest))
		return;
	if (sha256) {
		image->hashed = true;
		image->revoked = manifest_has(MANIFEST_REVOKED,
					      image->digest) ||
				 is_revoked_text(data, len);
		image->listed = manifest_has(MANIFEST_MODULES, image->digest);
	}
	if (!image->listed && param_trust_signed())
		image->trusted = signature_on_module(data, len);
}
