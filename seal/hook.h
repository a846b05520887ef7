/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_HOOK_H
#define _SEAL_HOOK_H

#include <linux/compiler_attributes.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "counted.h"

struct module;
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
 * @module: the module that the function is in, and that need not be there: it is
 *	planted when that comes, and then what @original points to is written.
 *	NULL: the kernel itself
 * @seals: with mode=audit nobody is led to the gate
 */
struct hook {
	const char *name;
	void *replacement;
	void *original;
	long (*prove)(void);
	const char *instead;
	bool spare;
	bool compared;
	const char *module;
	bool seals;
};

/* What a proof returns that could not make its call, for want of memory. */
#define HOOK_NOT_CALLED LONG_MAX

#define HOOK(_name, _replacement, _original, _prove) \
	{ .name = _name, .replacement = _replacement, \
	  .original = _original, .prove = _prove }

#define SYMBOL(_name, _address) \
	{ .name = _name, .original = _address }

#define ADDRESS(_name, _address) \
	{ .name = _name, .original = _address, .compared = true }

/* The same in a module. */
#define HOOK_IN(_module, _name, _replacement, _original, _prove) \
	{ .name = _name, .replacement = _replacement, \
	  .original = _original, .prove = _prove, .module = _module }

#define SYMBOL_IN(_module, _name, _address) \
	{ .name = _name, .original = _address, .module = _module }

/**
 * hook_add() - announce a gate's table, before hook_plant()
 * @hooks: the table; it may be __initconst
 * @count: its rows
 */
void hook_add(const struct hook *hooks, unsigned int count);

/**
 * hook_asker() - who has called the hooked function, in its gate
 *
 * By the frame of the pad, if that lies between. Of a frame further up gcc knows
 * nothing on arm64.
 */
#define hook_asker() \
	(counted_calls_from(__builtin_return_address(0)) ? \
	 ((void ***)__builtin_frame_address(0))[0][1] : \
	 __builtin_return_address(0))

/**
 * hook_plant() - put all announced hooks into the kernel, or none
 * @counted: they can be taken out again later, by hook_leave()
 *
 * They divert nobody yet but hook_prove()'s own calls, so that until
 * hook_arm() they can be taken out again with nobody inside. Until then, too,
 * hook_lock() is held. A module that is there and has functions to be hooked
 * stays.
 *
 * Return: 0 or a negative errno, after a line naming the function.
 */
int hook_plant(bool counted);
void hook_remove(void);

/**
 * struct hook_proof - what came of calling a hooked function
 * @name: the function's
 * @spare: as in struct hook
 * @state: whether it was refused; or there is nothing to call, its module is
 *	not there
 * @how: what happened otherwise, to be followed by "returned @returned"
 * @returned: by the call
 */
struct hook_proof {
	const char *name;
	bool spare;
	enum { HOOK_GUARDED, HOOK_OPEN, HOOK_UNTRIED, HOOK_ABSENT } state;
	const char *how;
	long returned;
};

/**
 * hook_try() - call one hooked function and see it refused
 * @i: which, below hook_count()
 *
 * Under hook_lock(). The policy must refuse the task everything meanwhile. May
 * sleep.
 */
struct hook_proof hook_try(unsigned int i);
unsigned int hook_count(void);

/* Its function, NULL if that is not there; is it that module's? */
const char *hook_name(unsigned int i);
bool hook_is_of(unsigned int i, const struct module *mod);

/**
 * hook_prove() - try all of them, before they are armed
 *
 * The policy must refuse everything meanwhile.
 *
 * Return: 0, or -EPROTO or -ENOMEM after a line naming the function.
 */
int hook_prove(void);

/* From here on everybody is diverted. */
void hook_arm(void);

/**
 * hook_leave() - take counted hooks out while the module goes
 *
 * Nobody is inside a gate afterwards. Without hook_lock(); sleeps, if the
 * removal is forced, as long as anybody is inside.
 */
void hook_leave(void);

/**
 * hook_harden() - counted hooks are to stay
 *
 * Under hook_lock(). kernel.ftrace_enabled=0 is refused from here on, modules
 * with hooked functions stay, and those that could not be hooked before must be.
 *
 * Return: 0 or a negative errno after a line; then all is as before.
 */
int hook_harden(void);
void hook_soften(void);

/* Nobody is counted any more, there is no way back. */
void hook_stay(void);

/* Who holds it tries hooks, alone, and no module comes or goes meanwhile. */
void hook_lock(void);
void hook_unlock(void);

/* Is it one that has functions to be hooked? */
bool hook_wants(const struct module *mod);

/**
 * hook_move_in() - plant the hooks that are a module's
 * @mod: one that has just come; none of its code has run
 *
 * Under hook_lock(). The module stays, unless its own start fails. Nothing is
 * done, and no fault, if the seal is not on.
 *
 * Return: 0 or a negative errno, after a line naming the function; then none is
 * planted.
 */
int hook_move_in(struct module *mod);

/* Likewise: see these refused, as hook_prove() does. */
int hook_prove_in(const struct module *mod);

/* Takes them out again: the module goes. Under hook_lock(). */
void hook_move_out(const struct module *mod);

/* Status lines: how many functions are hooked, and which. */
void hook_show(struct seq_file *m);

#endif /* _SEAL_HOOK_H */
