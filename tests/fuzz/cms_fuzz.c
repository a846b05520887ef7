// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes at all as a signature, for libFuzzer, with the certificate that is
 * in the signatures of the corpus. What is taken must say how long it is, and
 * have the certificate in it.
 */
#include <stdlib.h>

#include "cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A certificate is compared as bytes, so this does as well as a real one. */
static const uint8_t certificate[] = { 0x30, 0x04, 'c', 'e', 'r', 't' };

static bool has(const uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i + sizeof(certificate) <= size; i++)
		if (!memcmp(data + i, certificate, sizeof(certificate)))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	const char *problem;
	size_t len;

	memcpy(exact, data, size);
	len = cms_size(exact, size);
	if (len > size)
		abort();
	problem = cms_problem(exact, size, certificate, sizeof(certificate));
	if (!problem && (len != size || !has(exact, size)))
		abort();
	if (problem && !*problem)
		abort();
	free(exact);
	return 0;
}
