// SPDX-License-Identifier: GPL-2.0
/*
 * Who signed it. A manifest is signed by the key of one certificate, given
 * when the seal is put on; a module by a key of the kernel's own keyrings.
 *
 * Whether the certificate has expired is not asked: the clock is root's to set,
 * and wrong on a machine whose battery is dead. The kernel does compare the
 * time that the signature itself states with the certificate's
 * (crypto/asymmetric_keys/pkcs7_verify.c:pkcs7_verify_one).
 */
#include "signature.h"

#include <linux/cache.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/verification.h>
#include <linux/vmalloc.h>

#include "cms.h"
#include "file.h"
#include "param.h"
#include "seal.h"

static struct key *ring __ro_after_init;
static struct key *key __ro_after_init;
static void *cert __ro_after_init;
static size_t cert_len __ro_after_init;

/* Nobody in user space possesses it, and root may only look. */
static int __init make_ring(void)
{
	ring = keyring_alloc("seal", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
			     current_cred(),
			     (KEY_POS_ALL & ~KEY_POS_SETATTR) | KEY_USR_VIEW,
			     KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (!IS_ERR(ring))
		return 0;
	pr_err("cannot make a keyring: error %ld\n", PTR_ERR(ring));
	return PTR_ERR(ring);
}

static const char * __init key_problem(long err)
{
	switch (err) {
	case -ENOENT:
	case -ENOPKG:
		return "this kernel has no cryptography for such a key (no module ecdsa_generic)";
	case -ENOMEM:
		return "out of memory";
	default:
		return "the kernel does not take it for a certificate in DER";
	}
}

static int __init add_key(const char *path)
{
	key_ref_t ref;

	ref = key_create_or_update(make_key_ref(ring, 1), "asymmetric", NULL,
				   cert, cert_len,
				   (KEY_POS_ALL & ~KEY_POS_SETATTR) |
				   KEY_USR_VIEW, KEY_ALLOC_NOT_IN_QUOTA);
	if (IS_ERR(ref)) {
		pr_err("parameter key=\"%*pE\": %s (error %ld)\n",
		       (int)strlen(path), path, key_problem(PTR_ERR(ref)),
		       PTR_ERR(ref));
		return -EINVAL;
	}
	key = key_ref_to_ptr(ref);
	return 0;
}

int __init signature_init(void)
{
	const char *path = param_key();
	int err;

	if (!path)
		return 0;
	err = file_read("key", path, SZ_64K, READING_X509_CERTIFICATE, &cert,
			&cert_len);
	if (err)
		return err;
	err = make_ring();
	if (err)
		goto err_ring;
	err = add_key(path);
	if (err)
		goto err_key;
	return 0;

err_key:
	key_put(ring);
err_ring:
	vfree(cert);
	cert = NULL;
	ring = NULL;
	return err;
}

void signature_exit(void)
{
	if (!key)
		return;
	key_put(key);
	key_put(ring);
	vfree(cert);
}

bool signature_wanted(void)
{
	return key;
}

const char *signature_signer(void)
{
	return key ? key->description : NULL;
}

static const char *verify_problem(int err)
{
	switch (err) {
	case -ENOKEY:
		return "was made by another key";
	case -EKEYREJECTED:
		return "does not fit the text, or was made while the certificate was not valid";
	case -EBADMSG:
		return "cannot be read by the kernel, or its digest is not the text's";
	case -ENOPKG:
		return "needs cryptography that this kernel lacks";
	case -ENOMEM:
		return "could not be verified for want of memory";
	default:
		return "is not good";
	}
}

const char *signature_problem(const void *data, size_t len, const void *sig,
			      size_t sig_len, int *err)
{
	const char *why;

	*err = -EBADMSG;
	why = cms_problem(sig, sig_len, cert, cert_len);
	if (why)
		return why;
	*err = verify_pkcs7_signature(data, len, sig, sig_len, ring,
				      VERIFYING_UNSPECIFIED_SIGNATURE, NULL,
				      NULL);
	return *err ? verify_problem(*err) : NULL;
}

/* What stands before the marker, see scripts/sign-file.c. */
static bool find_signature(const void *image, size_t *len, const void **sig,
			   size_t *sig_len)
{
	static const char marker[] = MODULE_SIGNATURE_MARKER;
	const size_t marker_len = sizeof(marker) - 1;
	struct module_signature ms;

	if (*len <= marker_len + sizeof(ms))
		return false;
	*len -= marker_len;
	if (memcmp(image + *len, marker, marker_len))
		return false;
	*len -= sizeof(ms);
	memcpy(&ms, image + *len, sizeof(ms));
	*sig_len = be32_to_cpu(ms.sig_len);
	if (*sig_len >= *len || ms.id_type != MODULE_SIGNATURE_TYPE_PKCS7)
		return false;
	*len -= *sig_len;
	*sig = image + *len;
	return true;
}

bool signature_strip(const void *image, size_t *len)
{
	size_t sig_len, text_len = *len;
	const void *sig;

	if (!find_signature(image, &text_len, &sig, &sig_len))
		return false;
	*len = text_len;
	return true;
}

static bool is_signed_by(struct key *keys, const void *image, size_t len,
			 const void *sig, size_t sig_len)
{
	return !verify_pkcs7_signature(image, len, sig, sig_len, keys,
				       VERIFYING_MODULE_SIGNATURE, NULL, NULL);
}

/*
 * By the keyrings that the kernel asks itself (kernel/module/signing.c:
 * mod_verify_sig(), with Debian's patch for the platform's keys).
 */
bool signature_on_module(const void *image, size_t len)
{
	size_t sig_len;
	const void *sig;

	if (!find_signature(image, &len, &sig, &sig_len))
		return false;
	return is_signed_by(VERIFY_USE_SECONDARY_KEYRING, image, len, sig,
			    sig_len) ||
	       is_signed_by(VERIFY_USE_PLATFORM_KEYRING, image, len, sig,
			    sig_len);
}
