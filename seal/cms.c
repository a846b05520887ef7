// SPDX-License-Identifier: GPL-2.0
/* The outside of a CMS signature; see cms.h. */
#include "cms.h"

enum {
	DER_INTEGER = 0x02,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,
	DER_CONTEXT_1 = 0xa1,
};

struct der {
	const uint8_t *at;
	size_t len;
};

/*
 * Cut the object at the beginning off: its tag and its value. A length has one
 * encoding only (X.690 10.1); four bytes of it are more than enough.
 */
static bool der_cut(struct der *from, uint8_t *tag, struct der *value)
{
	size_t len, octets, i;

	if (from->len < 2)
		return false;
	*tag = from->at[0];
	len = from->at[1];
	from->at += 2;
	from->len -= 2;
	if (len >= 0x80) {
		octets = len & 0x7f;
		if (!octets || octets > 4 || octets > from->len ||
		    !from->at[0])
			return false;
		for (i = 0, len = 0; i < octets; i++)
			len = len << 8 | from->at[i];
		if (len < 0x80)
			return false;
		from->at += octets;
		from->len -= octets;
	}
	if (len > from->len)
		return false;
	value->at = from->at;
	value->len = len;
	from->at += len;
	from->len -= len;
	return true;
}

/* The same for an object that must be there. */
static bool der_take(struct der *from, uint8_t wanted, struct der *value)
{
	uint8_t tag;

	return der_cut(from, &tag, value) && tag == wanted;
}

static bool der_next_is(const struct der *from, uint8_t tag)
{
	return from->len && from->at[0] == tag;
}

size_t cms_size(const uint8_t *data, size_t len)
{
	struct der from = { data, len }, value;

	if (!der_take(&from, DER_SEQUENCE, &value))
		return 0;
	return len - from.len;
}

/* 2.16.840.1.101.3.4.2.1, .2 and .3 */
static bool is_strong_digest(const struct der *oid)
{
	static const uint8_t sha2[] = {
		0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02
	};

	return oid->len == sizeof(sha2) + 1 &&
	       !memcmp(oid->at, sha2, sizeof(sha2)) &&
	       oid->at[sizeof(sha2)] >= 1 && oid->at[sizeof(sha2)] <= 3;
}

static const char *signer_problem(struct der signers)
{
	struct der signer, skipped, algorithm, oid;
	uint8_t tag;

	if (!der_take(&signers, DER_SEQUENCE, &signer))
		return "has no signer";
	if (signers.len)
		return "has more than one signer";
	if (!der_take(&signer, DER_INTEGER, &skipped) ||
	    !der_cut(&signer, &tag, &skipped) ||
	    !der_take(&signer, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm, DER_OID, &oid))
		return "has a signer that cannot be read";
	if (!is_strong_digest(&oid))
		return "rests on a digest that is none of SHA-256, SHA-384, SHA-512";
	return NULL;
}

/* SignedData, RFC 5652 section 5.1 */
static const char *signed_data_problem(struct der data, const uint8_t *cert,
				       size_t cert_len)
{
	struct der skipped, content, type, certs, signers;

	if (!der_take(&data, DER_INTEGER, &skipped) ||
	    !der_take(&data, DER_SET, &skipped) ||
	    !der_take(&data, DER_SEQUENCE, &content) ||
	    !der_take(&content, DER_OID, &type))
		return "cannot be read";
	if (content.len)
		return "holds what it signs, but must be detached";
	if (!der_take(&data, DER_CONTEXT_0, &certs))
		return "comes without the certificate";
	if (certs.len != cert_len || memcmp(certs.at, cert, cert_len))
		return "comes with another certificate than the key's";
	if (der_next_is(&data, DER_CONTEXT_1) &&
	    !der_take(&data, DER_CONTEXT_1, &skipped))
		return "cannot be read";
	if (!der_take(&data, DER_SET, &signers) || data.len)
		return "cannot be read";
	return signer_problem(signers);
}

const char *cms_problem(const uint8_t *data, size_t len, const uint8_t *cert,
			size_t cert_len)
{
	static const uint8_t signed_data[] = {	/* 1.2.840.113549.1.7.2 */
		0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02
	};
	struct der from = { data, len }, info, type, explicit, value;

	if (!der_take(&from, DER_SEQUENCE, &info) || from.len ||
	    !der_take(&info, DER_OID, &type) ||
	    type.len != sizeof(signed_data) ||
	    memcmp(type.at, signed_data, sizeof(signed_data)))
		return "is no CMS signature in DER";
	if (!der_take(&info, DER_CONTEXT_0, &explicit) || info.len ||
	    !der_take(&explicit, DER_SEQUENCE, &value) || explicit.len)
		return "cannot be read";
	return signed_data_problem(value, cert, cert_len);
}
