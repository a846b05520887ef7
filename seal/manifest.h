/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_MANIFEST_H
#define _SEAL_MANIFEST_H

#include <linux/types.h>

#include "manifest_text.h"
#include "seal.h"

struct seq_file;

/* Why a manifest was not taken: the reason, and words for an administrator. */
struct manifest_fault {
	int err;
	enum seal_reason reason;
	const char *what;		/* what they are about */
	unsigned long line;		/* 0: of the whole */
	const char *why;
};

/**
 * manifest_init() - take in the manifests that the parameters name
 *
 * Return: 0, or a negative errno after a line in the log.
 */
int manifest_init(void);
void manifest_exit(void);

/* Is there a live manifest of that kind? */
bool manifest_lives(enum manifest_kind kind);

/* Do manifests have a say at all, by parameter manifest, revoked or key? */
bool manifest_wanted(void);

/* Do they have a say in which modules may be loaded, by manifest or key? */
bool manifest_vouches(void);

/**
 * manifest_has() - does the live manifest of a kind list this digest?
 *
 * Takes no lock; may be called from any context.
 */
bool manifest_has(enum manifest_kind kind, const u8 *digest);

/**
 * manifest_allows_arg() - does the live manifest of modules list an argument?
 * @module: the module's name, as the kernel has it
 * @arg: NAME or NAME=VALUE, not terminated
 * @len: its length in bytes
 */
bool manifest_allows_arg(const char *module, const char *arg, size_t len);

/**
 * manifest_update() - replace a live manifest, all at once or not at all
 * @data: the signature, directly followed by the text it signs
 * @size: the size of both in bytes
 * @fault: filled in if the update is refused
 *
 * May sleep. Return: 0 or a negative errno.
 */
int manifest_update(const void *data, size_t size,
		    struct manifest_fault *fault);

/* A log line for each live manifest. */
void manifest_announce(void);

/* Lines of "kind.key: value" on the live manifests, with that prefix. */
void manifest_show(struct seq_file *m, const char *prefix);

#endif /* _SEAL_MANIFEST_H */
