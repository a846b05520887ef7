// SPDX-License-Identifier: GPL-2.0
/* Hashing, by libcrypto. */
#include "guard.h"

#include <openssl/evp.h>

#include "libcrypto.h"

static const char *const names[DIGEST_ALGORITHMS] = {
	[DIGEST_MD5] = "MD5",
	[DIGEST_SHA256] = "SHA256",
};

const char *digest_name(enum digest_algorithm algorithm)
{
	return names[algorithm];
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
static const EVP_MD *method(enum digest_algorithm algorithm)
{
	static EVP_MD *methods[DIGEST_ALGORITHMS];

	if (!methods[algorithm] && libcrypto_context())
		methods[algorithm] = EVP_MD_fetch(libcrypto_context(),
						  names[algorithm],
						  LIBCRYPTO_PROPERTIES);
	return methods[algorithm];
}
#else
/*
 * OpenSSL 1.1 has no providers and no contexts. A digest named by its function
 * is the one built into libcrypto, unless an engine was registered for it
 * (crypto/evp/digest.c:EVP_DigestInit_ex), which only a configuration or the
 * program itself does.
 */
static const EVP_MD *method(enum digest_algorithm algorithm)
{
	static const EVP_MD *(*const methods[DIGEST_ALGORITHMS])(void) = {
		[DIGEST_MD5] = EVP_md5,
		[DIGEST_SHA256] = EVP_sha256,
	};

	return libcrypto_start() ? methods[algorithm]() : NULL;
}
#endif

static void to_hex(const unsigned char *from, size_t size, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (; size; size--, from++) {
		*to++ = digits[*from >> 4];
		*to++ = digits[*from & 15];
	}
	*to = '\0';
}

bool digest_bytes(enum digest_algorithm algorithm, const void *data,
		  size_t size, char hex[DIGEST_HEX_MAX + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const EVP_MD *md = method(algorithm);
	unsigned int length;

	if (!md || !EVP_Digest(data, size, digest, &length, md, NULL) ||
	    length * 2 > DIGEST_HEX_MAX) {
		message_refused("cannot compute %s digests: libcrypto says: %s",
				names[algorithm], libcrypto_error());
		return false;
	}
	to_hex(digest, length, hex);
	return true;
}
