// SPDX-License-Identifier: GPL-2.0
/* Hashing: the only file that knows OpenSSL. */
#include "guard.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/provider.h>
#endif

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
 * No configuration is read: openssl.cnf and the OPENSSL_* variables can bring
 * in other implementations of a digest, in shared objects of anybody's. The
 * tables of names and texts that we do not need would cost more time than
 * hashing a small module.
 */
static bool start_library(void)
{
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
				   OPENSSL_INIT_NO_ATEXIT |
				   OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
				   OPENSSL_INIT_NO_ADD_ALL_DIGESTS, NULL);
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
/* A context of our own, with the provider that is built into libcrypto. */
static OSSL_LIB_CTX *library(void)
{
	static OSSL_LIB_CTX *context;

	if (context || !start_library())
		return context;
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
		[DIGEST_SHA1] = EVP_sha1,
		[DIGEST_SHA256] = EVP_sha256,
		[DIGEST_SHA384] = EVP_sha384,
		[DIGEST_SHA512] = EVP_sha512,
	};

	return start_library() ? methods[algorithm]() : NULL;
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
	    length * 2 > DIGEST_HEX_MAX)
		return openssl_failed(names[algorithm]);
	to_hex(digest, length, hex);
	return true;
}
