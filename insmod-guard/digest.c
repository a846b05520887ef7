// SPDX-License-Identifier: GPL-2.0
/* Hashing: the only file that knows OpenSSL. */
#include "guard.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

static const char *const names[DIGEST_ALGORITHMS] = {
	[DIGEST_MD5] = "MD5",
	[DIGEST_SHA1] = "SHA1",
	[DIGEST_SHA256] = "SHA256",
	[DIGEST_SHA384] = "SHA384",
	[DIGEST_SHA512] = "SHA512",
};

const char *digest_name(enum digest_algorithm algorithm)
{
	return names[algorithm];
}

static bool openssl_failed(const char *what)
{
	unsigned long code = ERR_get_error();
	char reason[256] = "no reason given";

	if (code)
		ERR_error_string_n(code, reason, sizeof(reason));
	ERR_clear_error();
	message_refused("cannot compute %s digests: libcrypto says: %s", what,
			reason);
	return false;
}

/*
 * A context of our own, with the provider that is built into libcrypto, and
 * with no configuration read: openssl.cnf and the OPENSSL_* variables can
 * bring in other implementations of a digest, in shared objects of anybody's.
 * The tables of names and texts that we do not need would cost more time than
 * hashing a small module.
 */
static OSSL_LIB_CTX *library(void)
{
	static OSSL_LIB_CTX *context;

	if (context)
		return context;
	if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
				 OPENSSL_INIT_NO_ATEXIT |
				 OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
				 OPENSSL_INIT_NO_ADD_ALL_DIGESTS, NULL))
		return NULL;
	context = OSSL_LIB_CTX_new();
	if (context && !OSSL_PROVIDER_load(context, "default")) {
		OSSL_LIB_CTX_free(context);
		context = NULL;
	}
	return context;
}

static const EVP_MD *method(enum digest_algorithm algorithm)
{
	static EVP_MD *methods[DIGEST_ALGORITHMS];

	if (!methods[algorithm] && library())
		methods[algorithm] = EVP_MD_fetch(library(), names[algorithm],
						  "provider=default");
	return methods[algorithm];
}

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
	    length * 2 > DIGEST_HEX_MAX)
		return openssl_failed(names[algorithm]);
	to_hex(digest, length, hex);
	return true;
}
