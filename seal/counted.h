/* SPDX-License-Identifier: GPL-2.0 */
/*
 * With mode=audit the module can be unloaded, and so nobody may be inside a gate
 * then. Who is led to a gate holds a reference to the module, and goes by way of
 * a pad that gives it back when the gate has returned. Behind that lie only a few
 * instructions, in which nobody sleeps: counted_wait() waits for them.
 */
#ifndef _SEAL_COUNTED_H
#define _SEAL_COUNTED_H

/* How many hooks there can be, and bytes for the pad of each. */
#define HOOKS_MAX	128
#define COUNTED_SIZE	16

#ifndef __ASSEMBLY__

#include <linux/types.h>

/* The pads, and the gate that each leads to. */
extern const char counted_pads[], counted_call_end[];
extern unsigned long counted_targets[HOOKS_MAX];

/* Is that address within what calls the gates from the pads? */
bool counted_calls_from(const void *addr);

/* Somebody is to be led to gate @i: where, or 0 when the module is going. */
unsigned long counted_in(unsigned int i);

/* The module is going, and nobody is led in any more: until all are out. */
void counted_wait(void);

/* For the pads alone: whoever held a reference is out of the gate. */
void counted_out(void);

#endif /* __ASSEMBLY__ */
#endif /* _SEAL_COUNTED_H */
