// SPDX-License-Identifier: GPL-2.0
/*
 * What speaks for a module's image: its digest in a manifest, or a signature
 * that the kernel itself trusts. The bytes are those that load_module() is
 * about to parse, decompressed, where nobody can change them any more.
 */
#include "image.h"

#include <linux/string.h>

#include "hash.h"
#include "manifest.h"
#include "param.h"
#include "signature.h"

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
	return hash_bytes(data, len, digest) ||
	       manifest_has(MANIFEST_REVOKED, digest);
}

void image_examine(const void *data, size_t len, struct seal_image *image)
{
	memset(image, 0, sizeof(*image));
	if (!data)
		return;
	/* What cannot be hashed might be what is revoked. */
	if (manifest_wanted() && hash_bytes(data, len, image->digest))
		return;
	if (manifest_wanted()) {
		image->hashed = true;
		image->revoked = manifest_has(MANIFEST_REVOKED,
					      image->digest) ||
				 is_revoked_text(data, len);
		image->listed = manifest_has(MANIFEST_MODULES, image->digest);
	}
	if (!image->listed && (param_trust_signed() || param_audit()))
		image->is_signed = signature_on_module(data, len);
	image->trusted = image->is_signed && param_trust_signed();
}
