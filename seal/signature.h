/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_SIGNATURE_H
#define _SEAL_SIGNATURE_H

#include <linux/types.h>

/**
 * signature_init() - take in the certificate that parameter key names, if any
 *
 * Return: 0, or a negative errno after a line in the log.
 */
int signature_init(void);
void signature_exit(void);

/* Is there a key, and whose is it? */
bool signature_wanted(void);
const char *signature_signer(void);

/**
 * signature_problem() - did the key make this signature of this text?
 * @data: the text
 * @len: its size in bytes
 * @sig: the signature, CMS in DER, detached
 * @sig_len: its size in bytes
 * @err: set to a negative errno if it did not
 *
 * May sleep.
 *
 * Return: NULL, or what is wrong, to be put after "the signature ".
 */
const char *signature_problem(const void *data, size_t len, const void *sig,
			      size_t sig_len, int *err);

/**
 * signature_strip() - has an image a signature, and what does that sign?
 * @image: the image
 * @len: its size in bytes; set to that of its beginning which is signed, by
 *	whomever
 */
bool signature_strip(const void *image, size_t *len);

/**
 * signature_on_module() - is an image signed by whom the kernel trusts?
 * @image: the image with its signature, in memory nobody else writes
 * @len: its size in bytes
 *
 * May sleep.
 */
bool signature_on_module(const void *image, size_t len);

#endif /* _SEAL_SIGNATURE_H */
