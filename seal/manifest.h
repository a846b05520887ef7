/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_MANIFEST_H
#define _SEAL_MANIFEST_H

#include <linux/types.h>

#include "manifest_text.h"
#include "seal.h"

struct inode;
struct path;
struct seq_file;

/*
 * Why a manifest was not taken: the reason, and words for an administrator.
 * manifest_fault_clear() gives back what it holds.
 */
struct manifest_fault {
	int err;
	enum seal_reason reason;
	const char *what;		/* what they are about */
	unsigned long line;		/* 0: of the whole */
	char *name;			/* the file it names, quoted; or NULL */
	const char *why;
};

void manifest_fault_clear(struct manifest_fault *fault);

/**
 * manifest_init() - take in the manifests that the parameters name
 *
 * Return: 0, or a negative errno after a line in the log.
 */
int manifest_init(void);
void manifest_exit(void);

/* With mode=audit: the files are closed to writers when the seal is raised. */
int manifest_harden(void);
void manifest_soften(void);

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

/*
 * The live list of programs: does it have the file with that inode, is that
 * still what was listed (vouched.h), was it found at that path, and was any?
 * They take no lock.
 */
bool manifest_has_file(const struct inode *inode);
bool manifest_file_intact(const struct inode *inode);
bool manifest_file_is_at(const struct inode *inode, const char *path);
bool manifest_lists_path(const char *path);

/* Visits them at seal time, until one visit does not return 0. */
int manifest_each_file(int (*visit)(const struct path *path,
				    const char *name));

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
