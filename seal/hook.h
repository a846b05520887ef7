/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_HOOK_H
#define _SEAL_HOOK_H

#include <linux/compiler_attributes.h>
#include <linux/limits.h>
#include <linux/types.h>

struct seq_file;

/**
 * struct hook - one kernel function that a gate stands in for
 * @name: the function's name
 * @replacement: what runs in its place; same signature. NULL: the function is
 *	only found, because the kernel does not export it
 * @original: where hook_plant() puts the address to call for the original
 * @prove: calls the function at @original with arguments that are forbidden
 *	once sealed and harmless if nobody refuses; returns what it returned,
 *	or HOOK_NOT_CALLED. It is called again and again, by a thread of the
 *	kernel, so it is not __init and leaves nothing behind
 * @instead: the name that stands for the same thing in other kernels: one of
 *	the two must exist, the other is passed over
 * @spare: nothing rests on it, another gate decides further in
 * @compared: nobody calls it, what is at @original is compared with
 */
struct hook {
	const char *name;
	void *replacement;
	void *original;
	long (*prove)(void);
	const char *instead;
	bool spare;
	bool compared;
};

#define HOOKS_MAX 96

/* What a proof returns that could not make its call, for want of memory. */
#define HOOK_NOT_CALLED LONG_MAX

#define HOOK(_name, _replacement, _original, _prove) \
	{ .name = _name, .replacement = _replacement, \
	  .original = _original, .prove = _prove }

#define SYMBOL(_name, _address) \
	{ .name = _name, .original = _address }

#define ADDRESS(_name, _address) \
	{ .name = _name, .original = _address, .compared = true }

/**
 * hook_add() - announce a gate's table, before hook_plant()
 * @hooks: the table; it may be __initconst
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
 * struct hook_proof - what came of calling a hooked function
 * @name: the function's
 * @spare: as in struct hook
 * @state: whether it was refused
 * @how: what happened otherwise, to be followed by "returned @returned"
 * @returned: by the call
 */
struct hook_proof {
	const char *name;
	bool spare;
	enum { HOOK_GUARDED, HOOK_OPEN, HOOK_UNTRIED } state;
	const char *how;
	long returned;
};

/**
 * hook_try() - call one hooked function and see it refused
 * @i: which, below hook_count()
 *
 * One task at a time. The policy must refuse it everything meanwhile. May
 * sleep.
 */
struct hook_proof hook_try(unsigned int i);
unsigned int hook_count(void);

/**
 * hook_prove() - try all of them, before they are armed
 *
 * The policy must refuse everything meanwhile.
 *
 * Return: 0, or -EPROTO or -ENOMEM after a line naming the function.
 */
int hook_prove(void);

/* From here on everybody is diverted. There is no way back. */
void hook_arm(void);

/* Status lines: how many functions are hooked, and which. */
void hook_show(struct seq_file *m);

#endif /* _SEAL_HOOK_H */
