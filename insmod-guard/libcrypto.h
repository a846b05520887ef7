/* SPDX-License-Identifier: GPL-2.0 */
/* libcrypto, started with care, for the files that know it. */
#ifndef LIBCRYPTO_H
#define LIBCRYPTO_H

#include <stdbool.h>
#include <openssl/opensslv.h>
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/types.h>

/* A context of our own, with the provider that is built into libcrypto. */
OSSL_LIB_CTX *libcrypto_context(void);

#define LIBCRYPTO_PROPERTIES "provider=default"
#endif

bool libcrypto_start(void);

/* What went wrong first, as libcrypto says it; good until the next call. */
const char *libcrypto_error(void);

#endif
