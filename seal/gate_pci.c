// SPDX-License-Identifier: GPL-2.0
/*
 * Of PCI devices, who has the hole of raw hardware may map what he may map of
 * /dev/mem: the registers of a display that no driver has. The question itself is
 * lockdown's, asked before this (drivers/pci/pci-sysfs.c:pci_mmap_resource(),
 * proc.c:proc_bus_pci_mmap()), without saying which device is meant.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sched.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"
#include "program.h"
#include "start.h"

/* As pci_create_resource_files() has it. */
#if defined(HAVE_PCI_MMAP) || defined(ARCH_GENERIC_PCI_MMAP_RESOURCE)

static int (*orig_mmap)(struct pci_dev *dev, int bar,
			struct vm_area_struct *vma,
			enum pci_mmap_state state, int write_combine)
	__ro_after_init;

static int check(struct pci_dev *dev, int bar,
		 const struct vm_area_struct *vma)
{
	const struct seal_event ev = {
		.door = DOOR_PCI_ACCESS,
		.text = pci_name(dev),
		.start = pci_resource_start(dev, bar) +
			 ((phys_addr_t)vma->vm_pgoff << PAGE_SHIFT),
		.len = vma->vm_end - vma->vm_start,
		.mm_locked = true,
	};

	return seal_check(&ev);
}

/* It stays with who asked for it, as a mapping of /dev/mem: gate_memory.c. */
static int gate_mmap(struct pci_dev *dev, int bar, struct vm_area_struct *vma,
		     enum pci_mmap_state state, int write_combine)
{
	int err = policy_proves() ? -EPERM : check(dev, bar, vma);

	if (err)
		return err;
	if (!policy_audits())
		vm_flags_set(vma, VM_DONTCOPY);
	err = orig_mmap(dev, bar, vma, state, write_combine);
	if (!err)
		start_holds_hardware(current->mm);
	return err;
}

/* Beyond the end of any: -EINVAL if nobody refuses. */
static long prove_mmap(void)
{
	static struct vm_area_struct vma = { .vm_pgoff = ULONG_MAX };
	static struct pci_dev dev;

	return orig_mmap(&dev, 0, &vma, pci_mmap_mem, 0);
}

static const struct hook hooks[] __initconst = {
	HOOK("pci_mmap_resource_range", gate_mmap, &orig_mmap, prove_mmap),
};

/* Without the hole nobody gets that far. */
void __init gate_pci_init(void)
{
	if (policy_door(DOOR_PCI_ACCESS) == DOOR_HOLE)
		hook_add(hooks, ARRAY_SIZE(hooks));
}

#else

/* This kernel maps none. */
void __init gate_pci_init(void) { }

#endif
