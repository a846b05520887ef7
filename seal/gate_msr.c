// SPDX-License-Identifier: GPL-2.0
/*
 * Of the processor's registers, who has their hole does not write those that
 * ring 0 rests on. Whether anybody writes registers is lockdown's question, asked
 * before this (arch/x86/kernel/msr.c: msr_write(), msr_ioctl()), without saying
 * which is meant. The gates are what that driver calls then, and what little else
 * does writes other registers (drivers/thermal/intel/intel_tcc.c,
 * arch/x86/kernel/acpi/cppc.c). Reading is asked of nobody.
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

/*
 * Where the kernel is entered, how, and with which data; what the processor, its
 * microcode or a hypervisor writes to memory by itself, or has memory be; what
 * starts other processors. As the manuals of Intel and AMD have them; what a
 * model has besides, and no manual, is not here.
 */
static const struct {
	u32 first;
	u32 last;
} vital[] = {
	{ 0x11, 0x12 },			/* KVM's clocks, first kind */
	{ 0x1b, 0x1b },			/* APIC_BASE */
	{ 0x79, 0x79 },			/* BIOS_UPDT_TRIG: microcode */
	{ 0x9b, 0x9b },			/* SMM_MONITOR_CTL */
	{ 0x9e, 0x9e },			/* SMBASE */
	{ 0x174, 0x176 },		/* SYSENTER_CS, _ESP, _EIP */
	{ 0x1cc, 0x1d4 },		/* FRED: stacks, CONFIG */
	{ 0x1f2, 0x1f5 },		/* SMRR, PRMRR */
	{ 0x200, 0x277 },		/* MTRRs, PAT */
	{ 0x2ff, 0x2ff },		/* MTRR_DEF_TYPE */
	{ 0x3f4, 0x3f5 },		/* PEBS_BASE, PEBS_INDEX */
	{ 0x560, 0x561 },		/* RTIT_OUTPUT_BASE, _MASK_PTRS */
	{ 0x570, 0x570 },		/* RTIT_CTL */
	{ 0x600, 0x600 },		/* DS_AREA */
	{ 0x6a2, 0x6a2 },		/* S_CET */
	{ 0x6a4, 0x6a8 },		/* PL0_SSP to INT_SSP_TAB */
	{ 0x800, 0x8ff },		/* x2APIC: interrupts, start-up */
	{ 0x982, 0x984 },		/* TME */
	{ 0x985, 0x98a },		/* UINTR */
	{ 0x17d0, 0x17d4 },		/* HW_FEEDBACK_PTR... */
	{ 0x40000000, 0x4fffffff },	/* a hypervisor's */
	{ 0xc0000080, 0xc0000084 },	/* EFER, STAR, LSTAR, CSTAR, FMASK */
	{ 0xc0000100, 0xc0000102 },	/* FS_BASE, GS_BASE, KERNEL_GS_BASE */
	{ 0xc0000105, 0xc0000106 },	/* LWP_CFG, LWP_CBADDR */
	{ 0xc0010010, 0xc0010010 },	/* SYSCFG */
	{ 0xc0010016, 0xc001001a },	/* IORRs, TOP_MEM */
	{ 0xc001001d, 0xc001001d },	/* TOP_MEM2 */
	{ 0xc0010020, 0xc0010020 },	/* PATCH_LOADER: microcode */
	{ 0xc0010058, 0xc0010058 },	/* MMIO_CFG_BASE */
	{ 0xc0010111, 0xc0010113 },	/* SMM_BASE, SMM_ADDR, SMM_MASK */
	{ 0xc0010114, 0xc0010114 },	/* VM_CR */
	{ 0xc0010117, 0xc0010117 },	/* VM_HSAVE_PA */
	{ 0xc0010130, 0xc001013f },	/* SEV: GHCB, RMP */
};

static bool is_vital(u32 reg)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vital); i++)
		if (reg >= vital[i].first && reg <= vital[i].last)
			return true;
	return false;
}

static int check(u32 reg)
{
	char text[sizeof("wrmsr 0x12345678")];
	const struct seal_event ev = {
		.door = DOOR_MSR,
		.text = text,
		.vital = true,
	};

	if (!is_vital(reg))
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

/* Without the hole nobody gets that far. */
void __init gate_msr_init(void)
{
	if (policy_door(DOOR_MSR) == DOOR_HOLE)
		hook_add(hooks, ARRAY_SIZE(hooks));
}

#else

/* This kernel writes none. */
void __init gate_msr_init(void) { }

#endif
