// SPDX-License-Identifier: GPL-2.0
/*
 * Of the processor's registers, who has their hole writes those that set power,
 * frequency, temperature and prefetching. All others are refused: where the
 * kernel is entered, what the processor takes from memory or writes there by
 * itself, what memory is, debugging; and what a model has besides, since many are
 * in no manual, and each model brings new ones.
 *
 * Whether anybody writes registers is lockdown's question, asked before this
 * (arch/x86/kernel/msr.c: msr_write(), msr_ioctl()), without saying which is
 * meant, and once for any number of values: a write that was under way when the
 * seal came asks no more. The gates are what that driver calls then, for each
 * value. What else calls them, up to 7.3, writes registers that are open
 * (drivers/thermal/intel/intel_tcc.c, drivers/platform/x86/intel/speed_select_if,
 * drivers/cpufreq/amd-pstate.c, arch/x86/kernel/acpi/cppc.c). Reading is asked of
 * nobody.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"

#ifdef CONFIG_X86

static const struct {
	u32 first;
	u32 last;
} open_registers[] = {
	/* Intel SDM 4, table 2-2 (architectural) */
	{ 0x199, 0x19c },		/* PERF_CTL, CLOCK_MODULATION, THERM_* */
	{ 0x1b0, 0x1b2 },		/* ENERGY_PERF_BIAS, PACKAGE_THERM_* */
	{ 0x770, 0x777 },		/* PM_ENABLE, HWP_* */
	/* Intel SDM 4, tables of the models from Nehalem on; asm/msr-index.h */
	{ 0xe2, 0xe2 },			/* PKG_CST_CONFIG_CONTROL */
	{ 0x1a2, 0x1a2 },		/* TEMPERATURE_TARGET */
	{ 0x1a4, 0x1a4 },		/* PREFETCH_CONTROL */
	{ 0x1aa, 0x1aa },		/* MISC_PWR_MGMT */
	{ 0x1ac, 0x1af },		/* TURBO_RATIO_LIMIT* */
	{ 0x1fc, 0x1fc },		/* POWER_CTL */
	{ 0x601, 0x601 },		/* VR_CURRENT_CONFIG */
	{ 0x60a, 0x60c },		/* PKGC3_IRTL to PKGC7_IRTL */
	{ 0x610, 0x614 },		/* PKG_POWER_LIMIT... */
	{ 0x618, 0x61c },		/* DRAM_POWER_LIMIT... */
	{ 0x620, 0x620 },		/* UNCORE_RATIO_LIMIT */
	{ 0x633, 0x635 },		/* PKGC8_IRTL to PKGC10_IRTL */
	{ 0x638, 0x63b },		/* PP0_POWER_LIMIT... */
	{ 0x640, 0x642 },		/* PP1_POWER_LIMIT... */
	{ 0x648, 0x650 },		/* CONFIG_TDP_*, TURBO_ACTIVATION_RATIO... */
	{ 0x65c, 0x65c },		/* PLATFORM_POWER_LIMIT */
	/* In no manual: throttled, undervolt, intel-undervolt */
	{ 0x150, 0x150 },		/* OC_MAILBOX */
	/* AMD PPR of families 17h and 19h; asm/msr-index.h */
	{ 0xc0000108, 0xc0000108 },	/* Prefetch Control */
	{ 0xc0010062, 0xc001006b },	/* P-state Control... P-state 7 */
	{ 0xc0010292, 0xc0010292 },	/* PMGT_MISC */
	{ 0xc0010296, 0xc0010296 },	/* CSTATE_CONFIG */
	{ 0xc00102b0, 0xc00102b5 },	/* CPPC_* */
};

static bool is_open(u32 reg)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(open_registers); i++)
		if (reg >= open_registers[i].first &&
		    reg <= open_registers[i].last)
			return true;
	return false;
}

/* Where nobody has the hole, mode=audit has told of it when lockdown asked. */
static bool is_told(void)
{
	return policy_audits() && !policy_proves() &&
	       policy_door(DOOR_MSR) != DOOR_HOLE;
}

static int check(u32 reg)
{
	char text[sizeof("wrmsr 0x12345678")];
	const struct seal_event ev = {
		.door = DOOR_MSR,
		.text = text,
		.beyond = true,
	};

	if (is_open(reg) || is_told())
		return 0;
	snprintf(text, sizeof(text), "wrmsr %#x", reg);
	return seal_check(&ev);
}

static int (*orig_write)(unsigned int cpu, u32 reg, u32 low, u32 high)
	__ro_after_init;
static int (*orig_write_q)(unsigned int cpu, u32 reg, u64 value)
	__ro_after_init;
static int (*orig_write_regs)(unsigned int cpu, u32 regs[8]) __ro_after_init;

static int gate_write(unsigned int cpu, u32 reg, u32 low, u32 high)
{
	int err = check(reg);

	return err ?: orig_write(cpu, reg, low, high);
}

static int gate_write_q(unsigned int cpu, u32 reg, u64 value)
{
	int err = check(reg);

	return err ?: orig_write_q(cpu, reg, value);
}

/* The second is ECX (arch/x86/lib/msr-reg.S). */
static int gate_write_regs(unsigned int cpu, u32 regs[8])
{
	int err = check(regs[1]);

	return err ?: orig_write_regs(cpu, regs);
}

/* LSTAR, of no processor: -ENXIO if nobody refuses. */
#define LSTAR 0xc0000082

static long prove_wrmsr(void)
{
	return orig_write(nr_cpu_ids, LSTAR, 0, 0);
}

static long prove_wrmsrq(void)
{
	return orig_write_q(nr_cpu_ids, LSTAR, 0);
}

static long prove_wrmsr_regs(void)
{
	u32 regs[8] = { 0, LSTAR };

	return orig_write_regs(nr_cpu_ids, regs);
}

/* The first became the second; in between there are both. */
static const struct hook hooks[] __initconst = {
	{ .name = "wrmsr_safe_on_cpu", .replacement = gate_write,
	  .original = &orig_write, .prove = prove_wrmsr,
	  .instead = "wrmsrq_safe_on_cpu" },
	{ .name = "wrmsrq_safe_on_cpu", .replacement = gate_write_q,
	  .original = &orig_write_q, .prove = prove_wrmsrq,
	  .instead = "wrmsr_safe_on_cpu" },
	HOOK("wrmsr_safe_regs_on_cpu", gate_write_regs, &orig_write_regs,
	     prove_wrmsr_regs),
};

void __init gate_msr_init(void)
{
	if (policy_door(DOOR_MSR) != DOOR_OPEN)
		hook_add(hooks, ARRAY_SIZE(hooks));
}

#else

/* This kernel writes none. */
void __init gate_msr_init(void) { }

#endif
