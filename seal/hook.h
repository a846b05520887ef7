/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_HOOK_H
#define _SEAL_HOOK_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

struct seq_file;

/**
 * struct hook - one kernel function that a gate stands in for
 * @name: the function's name
 * @replacement: what runs in its place; same signature
 * @original: where hook_plant() puts the address to call for the original
 * @prove: calls the function at @original with arguments that are forbidden
 *	once sealed and harmless if nobody refuses; returns what it returned
 * @instead: the name that stands for the same thing in other kernels: one of
 *	the two must exist, the other is passed over
 */
struct hook {
	const char *name;
	void *replacement;
	void *original;
	long (*prove)(void);
	const char *instead;
};

#define HOOK(_name, _replacement, _original, _prove) \
	{ .name = _name, .replacement = _replacement, \
	  .original = _original, .prove = _prove }

/**
 * hook_add() - announce a gate's table, before hook_plant()
 * @hooks: the table; it and what proves may be __initdata
 * @count: its rows
 */
void hook_add(const struct hook *hooks, unsigned int count);

/**
 * hook_plant() - put all announced hooks into the kernel, or none
 *
 * They divert nobody yet but hook_prove()'s own calls, so that until
 * hook_arm() they can be taken out again with nobody inside.
 *
 * Return: 0 or a negative errno, after a line naming the function.
 */
int hook_plant(void);
void hook_remove(void);

/**
 * hook_prove() - call each hooked function and see it refused
 *
 * The policy must refuse everything meanwhile.
 *
 * Return: 0, or -EPROTO after a line naming the function.
 */
int hook_prove(void);

/* From here on everybody is diverted. There is no way back. */
void hook_arm(void);

/* Status lines: how many functions are hooked, and which. */
void hook_show(struct seq_file *m);

#endif /* _SEAL_HOOK_H */
