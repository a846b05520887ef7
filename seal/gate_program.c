// SPDX-License-Identifier: GPL-2.0
/*
 * Into a hole's program: nobody attaches to it, writes its memory or takes its
 * descriptors. The kernel asks one question before all of these, ptrace(2),
 * /proc/PID/mem, process_vm_writev(2), pidfd_getfd(2): kernel/ptrace.c:
 * __ptrace_may_access(). Whoever only wants to see what there is to see of
 * it, asks for less.
 *
 * A BPF program that overrides this function can only refuse more: any answer
 * but 0 is a no.
 *
 * Breakpoints of uprobes are not asked about there. They belong to a file, and
 * go into every address space that maps it, when they are made or it is mapped:
 * kernel/events/uprobes.c:install_breakpoint(). It takes a refusal: whoever makes
 * one is told, and a program that is just starting runs without.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/ptrace.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/uprobes.h>

#include "hook.h"
#include "policy.h"
#include "program.h"
#include "start.h"

static int (*orig_access)(struct task_struct *child, unsigned int mode)
	__ro_after_init;

static int check_access(struct task_struct *child)
{
	char text[sizeof("process 2147483647")];
	const struct seal_event ev = {
		.door = DOOR_PROGRAM,
		.text = text,
		.atomic = true,
	};

	snprintf(text, sizeof(text), "process %d", task_tgid_nr(child));
	return seal_check(&ev);
}

/* Called with the child's task_lock held, so that its mm stays. */
static int gate_access(struct task_struct *child, unsigned int mode)
{
	struct start start;
	int err = 0;

	if (policy_proves() ||
	    (mode & PTRACE_MODE_ATTACH && start_find(child->mm, &start)))
		err = check_access(child);
	return err ?: orig_access(child, mode);
}

/* A task may attach to itself, as far as this function is asked. */
static long prove_access(void)
{
	return orig_access(current, PTRACE_MODE_ATTACH_REALCREDS);
}

#ifdef CONFIG_UPROBES
static int (*orig_breakpoint)(struct arch_uprobe *probe,
			      struct compat_probed *probed, unsigned long addr)
	__ro_after_init;

/* Called with the mmap_lock of the probed held, which may be the task's own. */
static int check_breakpoint(struct mm_struct *mm)
{
	struct file *exe = compat_exe_file(mm);
	const struct seal_event ev = {
		.door = DOOR_PROGRAM,
		.file = exe,
		.text = "breakpoint",
		.mm_locked = true,
	};
	int err = seal_check(&ev);

	if (exe)
		fput(exe);
	return err;
}

static int gate_breakpoint(struct arch_uprobe *probe,
			   struct compat_probed *probed, unsigned long addr)
{
	struct mm_struct *mm = compat_probed_mm(probed);
	struct start start;
	int err = 0;

	if (policy_proves() || start_find(mm, &start))
		err = check_breakpoint(mm);
	return err ?: orig_breakpoint(probe, probed, addr);
}

/*
 * An address space with nothing in it, and a breakpoint in the midst of what
 * the kernel takes for its struct uprobe: -EFAULT if nobody refuses.
 */
static struct mm_struct nobody;
static u8 no_uprobe[1024 + sizeof(struct arch_uprobe)] __aligned(8);

static long prove_breakpoint(void)
{
	struct vm_area_struct vma = { .vm_mm = &nobody };
	long ret;

	vm_flags_init(&vma, VM_READ | VM_EXEC | VM_MAYWRITE);
	mmap_read_lock(&nobody);
	ret = orig_breakpoint((void *)(no_uprobe + 512), compat_probed_of(&vma),
			      0);
	mmap_read_unlock(&nobody);
	return ret;
}
#endif

static const struct hook hooks[] __initconst = {
	HOOK("security_ptrace_access_check", gate_access, &orig_access,
	     prove_access),
#ifdef CONFIG_UPROBES
	HOOK("set_swbp", gate_breakpoint, &orig_breakpoint, prove_breakpoint),
#endif
};

void __init gate_program_init(void)
{
	if (!program_exists_any())
		return;
#ifdef CONFIG_UPROBES
	init_rwsem(&nobody.mmap_lock);
#endif
	hook_add(hooks, ARRAY_SIZE(hooks));
}
