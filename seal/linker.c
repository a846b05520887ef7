// SPDX-License-Identifier: GPL-2.0
/*
 * What the dynamic linker takes into a hole's program. That needs no code of its
 * own: its symbols come before those of libraries that are vouched for, and what
 * it wants to have relocated is written for it.
 *
 * glibc's linker maps what it links with MAP_DENYWRITE, a flag that does nothing
 * any more, and nothing else does (elf/dl-load.h: MAP_COPY). Other linkers do
 * not: of a program of theirs whatever it maps for itself may be linked.
 */
#include "linker.h"

#include <linux/auxvec.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>

#include "code.h"
#include "interp.h"
#include "start.h"

/* What execve(2) has mapped there. */
static struct file *find_linker(struct mm_struct *mm, unsigned long base)
{
	struct vm_area_struct *vma;
	struct file *file = NULL;

	mmap_read_lock(mm);
	vma = find_vma(mm, base);
	if (vma && vma->vm_start <= base && vma->vm_file)
		file = get_file(vma->vm_file);
	mmap_read_unlock(mm);
	return file;
}

static bool is_glibc(struct mm_struct *mm, unsigned long base)
{
	struct file *file = find_linker(mm, base);
	bool is = file && code_knows(file) && interp_is_glibc(file);

	if (file)
		fput(file);
	return is;
}

/*
 * Found when it is first asked for, when only what is vouched for can have run.
 * Until execve(2) is over nobody has a linker. Without one only glibc's
 * dlopen(3) links.
 */
static bool marks(struct mm_struct *mm)
{
	enum linker linker = start_linker(mm);
	unsigned long base;

	if (linker == LINKER_UNKNOWN) {
		if (!start_aux(mm, AT_BASE, &base))
			return false;
		linker = !base || is_glibc(mm, base) ? LINKER_MARKS :
						       LINKER_SILENT;
		start_set_linker(mm, linker);
	}
	return linker == LINKER_MARKS;
}

static bool is_shared(unsigned long flags)
{
	unsigned long type = flags & MAP_TYPE;

	return type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
}

/*
 * What is shared is mapped with the mmap_lock held by some (mm/mmap.c:
 * remap_file_pages), so that of the linker nothing is asked.
 */
bool linker_takes(const struct file *file, unsigned long prot,
		  unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	bool marked;

	if (!file || !mm || !start_exists(mm))
		return false;
	marked = compat_mmap_flags(flags) & MAP_DENYWRITE;
	/* A glibc that marks no more: its libraries tell. */
	if (code_knows(file))
		return prot & PROT_EXEC && !marked && !is_shared(flags) &&
		       marks(mm);
	if (marked || prot & PROT_EXEC)
		return true;
	return !is_shared(flags) && !marks(mm);
}
