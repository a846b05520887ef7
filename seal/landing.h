/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of functions that are not meant to be called by pointer. A processor
 * with indirect branch tracking goes to an ENDBR only by one; a kernel that is
 * built for it (CONFIG_X86_KERNEL_IBT) has none where it calls by name alone:
 * the compiler leaves it out, or arch/x86/kernel/alternative.c:
 * apply_seal_endbr() takes it away.
 */
#ifndef _SEAL_LANDING_H
#define _SEAL_LANDING_H

/* How many functions, and bytes for each in landing_pads.S. */
#define LANDINGS	128
#define LANDINGS_LATE	40
#define LANDING_SIZE	32

#ifndef __ASSEMBLY__

#ifdef CONFIG_X86_KERNEL_IBT
/**
 * landing_for() - where to call a function by pointer
 * @addr: the function
 *
 * While the seal is put on only.
 *
 * Return: @addr if it can be called there, else where the call goes on to it;
 * 0 if there is no room for one more.
 */
unsigned long landing_for(unsigned long addr);

/**
 * landing_late() - the same for a function of a module, at any time
 * @i: whose it is, below LANDINGS_LATE; nobody calls what had it before
 * @addr: the function
 */
unsigned long landing_late(unsigned int i, unsigned long addr);

/* The pads, and where each goes on to; those for modules come last. */
extern const char landing_pads[];
extern unsigned long landing_targets[LANDINGS];
extern unsigned long landing_late_targets[LANDINGS_LATE];
#else
static inline unsigned long landing_for(unsigned long addr)
{
	return addr;
}

static inline unsigned long landing_late(unsigned int i, unsigned long addr)
{
	return addr;
}
#endif

#endif /* __ASSEMBLY__ */
#endif /* _SEAL_LANDING_H */
