// SPDX-License-Identifier: GPL-2.0
/*
 * Who has which of the landing pads.
 */
#include "landing.h"

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/string.h>

#include <asm/ibt.h>

unsigned long landing_targets[LANDINGS] __ro_after_init;
unsigned long landing_late_targets[LANDINGS_LATE];
static unsigned int used __initdata;

static bool begins_with_endbr(unsigned long addr)
{
	u32 first = gen_endbr();

	return !memcmp((const void *)addr, &first, sizeof(first));
}

unsigned long __init landing_for(unsigned long addr)
{
	if (begins_with_endbr(addr))
		return addr;
	if (used == LANDINGS)
		return 0;
	landing_targets[used] = addr;
	return (unsigned long)landing_pads + used++ * LANDING_SIZE;
}

unsigned long landing_late(unsigned int i, unsigned long addr)
{
	if (begins_with_endbr(addr))
		return addr;
	WRITE_ONCE(landing_late_targets[i], addr);
	return (unsigned long)landing_pads + (LANDINGS + i) * LANDING_SIZE;
}
