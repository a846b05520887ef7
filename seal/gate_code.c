// SPDX-License-Identifier: GPL-2.0
/*
 * Code that a hole's program maps later. At each use of a hole all of its code
 * is looked at (code.c), and what was ever linked into it (linker.c) is known
 * from here. But a mapping of a device, or ports, are used without asking: so
 * whoever holds these gets nothing of the kind that nothing vouches for.
 *
 * The gates are asked by all that map memory, and let pass at once who is no
 * hole's program; that of mprotect(2) is there with mem_allow= only. A BPF
 * program that overrides these functions can only refuse more: any answer but 0
 * is a no.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/sched.h>
#include <linux/security.h>

#include "hook.h"
#include "linker.h"
#include "policy.h"
#include "program.h"
#include "start.h"

static int (*orig_mmap_file)(struct file *file, unsigned long prot,
			     unsigned long flags) __ro_after_init;
static int (*orig_mprotect)(struct vm_area_struct *vma, unsigned long reqprot,
			    unsigned long prot) __ro_after_init;

/* With this personality all that can be read can be executed. */
static bool makes_code(unsigned long prot)
{
	if (current->personality & READ_IMPLIES_EXEC && prot & PROT_READ)
		return true;
	return prot & PROT_EXEC;
}

static int check_code(const struct file *file, unsigned long prot, bool locked)
{
	const struct seal_event ev = {
		.door = DOOR_CODE,
		.file = file,
		.text = "(memory)",
		.writable = makes_code(prot) && prot & PROT_WRITE,
		.mm_locked = locked,
	};

	return seal_check(&ev);
}

static bool concerns(unsigned long prot, bool links)
{
	if (policy_proves())
		return true;
	return (links || makes_code(prot)) && start_has_hardware(current->mm);
}

static int gate_mmap_file(struct file *file, unsigned long prot,
			  unsigned long flags)
{
	bool links = linker_takes(file, prot, flags);
	int err = 0;

	if (concerns(prot, links))
		err = check_code(file, prot, false);
	if (!err)
		err = orig_mmap_file(file, prot, flags);
	if (!err && links)
		start_links(current->mm, file);
	return err;
}

static int gate_mprotect(struct vm_area_struct *vma, unsigned long reqprot,
			 unsigned long prot)
{
	int err = 0;

	if (concerns(prot, false))
		err = check_code(vma ? vma->vm_file : NULL, prot, true);
	return err ?: orig_mprotect(vma, reqprot, prot);
}

/* Nothing is mapped, nothing changed: 0 if nobody refuses. */
static long prove_mmap_file(void)
{
	return orig_mmap_file(NULL, PROT_NONE, MAP_PRIVATE);
}

static long prove_mprotect(void)
{
	static struct vm_area_struct vma;

	return orig_mprotect(&vma, PROT_NONE, PROT_NONE);
}

static const struct hook hooks[] __initconst = {
	HOOK("security_mmap_file", gate_mmap_file, &orig_mmap_file,
	     prove_mmap_file),
};

static const struct hook driver_hooks[] __initconst = {
	HOOK("security_file_mprotect", gate_mprotect, &orig_mprotect,
	     prove_mprotect),
};

void __init gate_code_init(void)
{
	if (program_exists_any())
		hook_add(hooks, ARRAY_SIZE(hooks));
	if (program_exists_driver())
		hook_add(driver_hooks, ARRAY_SIZE(driver_hooks));
}
