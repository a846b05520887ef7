/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_IMAGE_H
#define _SEAL_IMAGE_H

#include <linux/types.h>

#include "digests.h"

/*
 * What is known of a module's image before anything of it is parsed.
 *
 * @digest: its SHA-256, if @hashed
 * @listed, @revoked: a live manifest of that kind has the digest; of the
 *	revoked, that of the image without its signature does as well
 * @trusted: signed by a key that the kernel itself trusts, and parameter
 *	trust_signed asks for that; not looked at where @listed says enough
 * @is_signed: so, whether the parameter asks or not; with mode=audit only
 */
struct seal_image {
	digest_t digest;
	bool hashed;
	bool listed;
	bool revoked;
	bool trusted;
	bool is_signed;
};

/**
 * image_examine() - establish the facts; may sleep
 * @data: the image, in memory that user space cannot write
 * @len: its size in bytes
 * @image: filled in; what could not be established is false
 */
void image_examine(const void *data, size_t len, struct seal_image *image);

#endif /* _SEAL_IMAGE_H */
