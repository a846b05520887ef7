/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outside of a CMS signature (RFC 5652), DER only. The kernel verifies it;
 * this says where it ends, and whether it is of the one form that we take.
 * Pure, as manifest_text.h is.
 */
#ifndef CMS_H
#define CMS_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

/**
 * cms_size() - how long is the DER object that data begins with?
 * @data: what begins with it
 * @len: bytes there are
 *
 * Return: its size with its header, never beyond @len; 0 if there is none.
 */
size_t cms_size(const uint8_t *data, size_t len);

/**
 * cms_problem() - is it a signature such as we take?
 * @data: the signature
 * @len: its size
 * @cert: the certificate that the key belongs to, DER
 * @cert_len: its size
 *
 * One signer; SHA-256, SHA-384 or SHA-512; no content of its own; with it this
 * very certificate and no other, since a chain of certificates would let
 * whomever the key's owner ever certified sign as well.
 *
 * Return: NULL, or what is wrong, to be put after "the signature ".
 */
const char *cms_problem(const uint8_t *data, size_t len, const uint8_t *cert,
			size_t cert_len);

#endif
