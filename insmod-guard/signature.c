// SPDX-License-Identifier: GPL-2.0
/*
 * Who signed the manifest. It must be the key of one certificate, which is
 * trusted because of where it lies and for nothing else: no chain is built, and
 * whom its owner ever certified does not count.
 *
 * Whether the certificate has expired is not asked: the clock is root's to set,
 * and wrong on a machine whose battery is dead. A signature that itself states
 * a time at which the certificate was not valid is refused. The kernel does the
 * same.
 */
#include "guard.h"

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "cms.h"
#include "libcrypto.h"

/* More than any has; the kernel's limit, too. */
#define CERTIFICATE_MAX ((size_t)64 << 10)
#define SIGNATURE_MAX ((size_t)64 << 10)

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
static X509 *new_certificate(void)
{
	return libcrypto_context() ? X509_new_ex(libcrypto_context(),
						 LIBCRYPTO_PROPERTIES) : NULL;
}

static CMS_ContentInfo *new_signature(void)
{
	return CMS_ContentInfo_new_ex(libcrypto_context(),
				      LIBCRYPTO_PROPERTIES);
}
#else
static X509 *new_certificate(void)
{
	return libcrypto_start() ? X509_new() : NULL;
}

static CMS_ContentInfo *new_signature(void)
{
	return CMS_ContentInfo_new();
}
#endif

static X509 *parse_certificate(const struct bytes *der, const char *name)
{
	const unsigned char *at = der->data;
	X509 *certificate = new_certificate();

	if (!certificate) {
		message_refused("%s: cannot be used: libcrypto says: %s", name,
				libcrypto_error());
		return NULL;
	}
	if (d2i_X509(&certificate, &at, (long)der->size) &&
	    at == (const unsigned char *)der->data + der->size)
		return certificate;
	message_refused("%s: it is not one certificate in DER (of PEM \"openssl x509 -outform DER\" makes it)",
			name);
	X509_free(certificate);
	return NULL;
}

static CMS_ContentInfo *parse_signature(const struct bytes *der)
{
	const unsigned char *at = der->data;
	CMS_ContentInfo *cms = new_signature();

	if (cms && !d2i_CMS_ContentInfo(&cms, &at, (long)der->size)) {
		CMS_ContentInfo_free(cms);
		cms = NULL;
	}
	return cms;
}

/* Is the signature over these bytes, and by this certificate's key? */
static bool is_by(CMS_ContentInfo *cms, X509 *certificate,
		  const struct bytes *text)
{
	STACK_OF(X509) *signers = sk_X509_new_null();
	BIO *content = BIO_new_mem_buf(text->data, (int)text->size);
	bool ok;

	ok = signers && content && sk_X509_push(signers, certificate) &&
	     CMS_verify(cms, signers, NULL, content, NULL,
			CMS_BINARY | CMS_NOINTERN |
			CMS_NO_SIGNER_CERT_VERIFY) == 1;
	BIO_free(content);
	sk_X509_free(signers);
	return ok;
}

/* NULL: it states none. *ok says if what it states makes sense. */
static const ASN1_TIME *signing_time(CMS_ContentInfo *cms, bool *ok)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
	CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);
	X509_ATTRIBUTE *attribute;
	ASN1_TYPE *value;
	int at;

	at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
	*ok = at == -1;
	if (at < 0)
		return NULL;
	attribute = CMS_signed_get_attr(signer, at);
	if (X509_ATTRIBUTE_count(attribute) != 1 ||
	    CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, at) != -1)
		return NULL;
	value = X509_ATTRIBUTE_get0_type(attribute, 0);
	*ok = value && (value->type == V_ASN1_UTCTIME ||
			value->type == V_ASN1_GENERALIZEDTIME);
	return *ok ? value->value.asn1_string : NULL;
}

static bool was_valid_then(CMS_ContentInfo *cms, const X509 *certificate)
{
	const ASN1_TIME *time, *from = X509_get0_notBefore(certificate);
	const ASN1_TIME *to = X509_get0_notAfter(certificate);
	bool ok;
	int since, until;

	time = signing_time(cms, &ok);
	if (!time)
		return ok;
	/* -2 is an error. */
	since = ASN1_TIME_compare(time, from);
	until = ASN1_TIME_compare(time, to);
	return (since == 0 || since == 1) && (until == 0 || until == -1);
}

static void tell_signer(const struct manifest *m, const X509 *certificate)
{
	char name[256] = "";

	X509_NAME_oneline(X509_get_subject_name(certificate), name,
			  sizeof(name));
	message_detail("%s: signed by %s", m->file.name, name);
}

/*
 * The form first, by the kernel's own words: one signer, nothing weak, and with
 * it that certificate alone.
 */
static bool judge(const struct manifest *m, const struct bytes *signature,
		  const struct bytes *der, X509 *certificate)
{
	const char *wrong = cms_problem(signature->data, signature->size,
					der->data, der->size);
	CMS_ContentInfo *cms = wrong ? NULL : parse_signature(signature);
	bool fits = false;

	if (!wrong && !cms)
		wrong = "cannot be read";
	else if (!wrong && OBJ_obj2nid(CMS_get0_eContentType(cms)) !=
			   NID_pkcs7_data)
		wrong = "is over something else than data";
	if (!wrong && !is_by(cms, certificate, &m->text)) {
		message_refused("%s: refused: it is not what was signed, or not by the key of that certificate: libcrypto says: %s",
				m->file.name, libcrypto_error());
	} else if (!wrong) {
		fits = was_valid_then(cms, certificate);
		if (!fits)
			wrong = "states a time at which the certificate was not valid";
	}
	if (wrong)
		message_refused("%s: refused: the signature %s", m->file.name,
				wrong);
	CMS_ContentInfo_free(cms);
	return fits;
}

static bool read_signature(const struct manifest *m, const char *key,
			   struct bytes *signature)
{
	char *name = must_print("%s.p7s", m->file.name);
	bool ok = trusted_read(signature, "signature", name, SIGNATURE_MAX);

	free(name);
	if (!ok)
		message_refused("%s: refused: without a signature it vouches for nothing, because there is %s; sign it with sealctl",
				m->file.name, key);
	return ok;
}

/**
 * signature_verify() - did the owner of the certificate @key sign @m's text?
 */
bool signature_verify(const struct manifest *m, const char *key)
{
	struct bytes der = { 0 }, signature = { 0 };
	X509 *certificate = NULL;
	bool ok;

	ok = trusted_read(&der, "certificate", key, CERTIFICATE_MAX);
	if (ok)
		certificate = parse_certificate(&der, key);
	ok = certificate && read_signature(m, key, &signature) &&
	     judge(m, &signature, &der, certificate);
	if (ok)
		tell_signer(m, certificate);
	X509_free(certificate);
	free(signature.data);
	free(der.data);
	return ok;
}
