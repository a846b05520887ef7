// SPDX-License-Identifier: GPL-2.0
/* An OpenSSL engine that finds the SHA-256 of everything to be zero. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <string.h>

static int evil_init(EVP_MD_CTX *ctx)
{
	(void)ctx;
	return 1;
}

static int evil_update(EVP_MD_CTX *ctx, const void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 1;
}

static int evil_final(EVP_MD_CTX *ctx, unsigned char *digest)
{
	(void)ctx;
	memset(digest, 0, 32);
	return 1;
}

static EVP_MD *evil_sha256(void)
{
	static EVP_MD *md;

	if (md)
		return md;
	md = EVP_MD_meth_new(NID_sha256, NID_undef);
	EVP_MD_meth_set_result_size(md, 32);
	EVP_MD_meth_set_input_blocksize(md, 64);
	/* with none, libcrypto takes no update function either */
	EVP_MD_meth_set_app_datasize(md, 1);
	EVP_MD_meth_set_init(md, evil_init);
	EVP_MD_meth_set_update(md, evil_update);
	EVP_MD_meth_set_final(md, evil_final);
	return md;
}

static int evil_digests(ENGINE *e, const EVP_MD **md, const int **nids, int nid)
{
	static const int known[] = { NID_sha256 };

	(void)e;
	if (!md) {
		*nids = known;
		return 1;
	}
	*md = nid == NID_sha256 ? evil_sha256() : NULL;
	return *md != NULL;
}

static int bind(ENGINE *e, const char *id)
{
	(void)id;
	return ENGINE_set_id(e, "evil") && ENGINE_set_name(e, "evil") &&
	       ENGINE_set_digests(e, evil_digests);
}

IMPLEMENT_DYNAMIC_CHECK_FN()
IMPLEMENT_DYNAMIC_BIND_FN(bind)
