// SPDX-License-Identifier: GPL-2.0
/* How libcrypto is started, and what it says. */
#include "libcrypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/provider.h>
#endif

/*
 * No configuration is read: openssl.cnf and the OPENSSL_* variables can bring
 * in other implementations of an algorithm, in shared objects of anybody's. The
 * tables of names and texts that we do not need would cost more time than
 * hashing a small module. What CMS looks up by name is added by hand.
 */
bool libcrypto_start(void)
{
	static bool started;

	if (!started)
		started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
					      OPENSSL_INIT_NO_ATEXIT |
					      OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
					      OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
					      NULL) &&
			  EVP_add_digest(EVP_sha256()) &&
			  EVP_add_digest(EVP_sha384()) &&
			  EVP_add_digest(EVP_sha512());
	return started;
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
OSSL_LIB_CTX *libcrypto_context(void)
{
	static OSSL_LIB_CTX *context;

	if (context || !libcrypto_start())
		return context;
	context = OSSL_LIB_CTX_new();
	if (context && !OSSL_PROVIDER_load(context, "default")) {
		OSSL_LIB_CTX_free(context);
		context = NULL;
	}
	return context;
}
#endif

const char *libcrypto_error(void)
{
	static char reason[256];
	unsigned long code = ERR_peek_error();

	if (!code)
		return "no reason given";
	ERR_error_string_n(code, reason, sizeof(reason));
	ERR_clear_error();
	return reason;
}
