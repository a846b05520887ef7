// SPDX-License-Identifier: GPL-2.0
/*
 * What can run in an address space: each mapping that can be executed must be
 * of a file that is vouched for, unchanged, or the kernel's own.
 */
#include "code.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "manifest.h"
#include "program.h"
#include "start.h"

bool code_knows(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return manifest_has_file(inode) || program_has_file(inode);
}

static bool is_intact(const struct inode *inode)
{
	return manifest_file_intact(inode) || program_file_intact(inode);
}

enum seal_reason code_file_refused(const struct file *file)
{
	if (!file || !code_knows(file))
		return REASON_FOREIGN_CODE;
	return is_intact(file_inode(file)) ? REASON_NONE : REASON_ALTERED_CODE;
}

/*
 * Mappings that the kernel made have operations and no file
 * (mm/mmap.c:_install_special_mapping): the vDSO, and the page in which a task
 * steps over a breakpoint that uprobes have put into a file.
 */
static enum seal_reason special_refused(struct vm_area_struct *vma)
{
	const char *name = NULL;

	if (!vma->vm_ops)
		return REASON_FOREIGN_CODE;
	if (vma->vm_ops->name)
		name = vma->vm_ops->name(vma);
	return name && !strcmp(name, "[uprobes]") ? REASON_PROBED : REASON_NONE;
}

/*
 * A private page that was written to is an anonymous one, whoever wrote it and
 * by whatever right: a mapping without any has none such (mm/rmap.c:
 * __anon_vma_prepare, called before each copy).
 */
static enum seal_reason mapping_refused(struct vm_area_struct *vma)
{
	enum seal_reason reason;

	reason = vma->vm_file ? code_file_refused(vma->vm_file) :
				special_refused(vma);
	if (reason == REASON_NONE &&
	    (vma->vm_flags & VM_WRITE || vma->anon_vma))
		return REASON_ALTERED_CODE;
	return reason;
}

static struct seal_refusal find_fault(struct mm_struct *mm)
{
	struct seal_refusal no = { REASON_NONE };
	struct vm_area_struct *vma;
	unsigned long addr = 0;

	while (no.reason == REASON_NONE && (vma = find_vma(mm, addr))) {
		addr = vma->vm_end;
		if (!(vma->vm_flags & VM_EXEC))
			continue;
		no.reason = mapping_refused(vma);
		if (no.reason != REASON_NONE && vma->vm_file)
			no.code = get_file(vma->vm_file);
	}
	return no;
}

struct seal_refusal code_refused(struct mm_struct *mm, bool locked)
{
	struct seal_refusal no = { REASON_PROBED };

	if (mm_flags_test(MMF_HAS_UPROBES, mm))
		return no;
	if (!locked)
		mmap_read_lock(mm);
	no = find_fault(mm);
	if (!locked)
		mmap_read_unlock(mm);
	if (no.reason != REASON_NONE)
		return no;
	no.linked = start_linked(mm);
	if (no.linked)
		no.reason = REASON_FOREIGN_CODE;
	return no;
}

/* Of a file, its own copy, that it has written to or still may. */
static bool may_be_linked(const struct vm_area_struct *vma)
{
	return vma->vm_file && S_ISREG(file_inode(vma->vm_file)->i_mode) &&
	       !(vma->vm_flags & VM_SHARED) &&
	       (vma->vm_flags & VM_WRITE || vma->anon_vma) &&
	       !code_knows(vma->vm_file);
}

bool code_is_clean(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	unsigned long addr = 0;
	bool clean = true;

	mmap_read_lock(mm);
	while (clean && (vma = find_vma(mm, addr))) {
		addr = vma->vm_end;
		clean = !may_be_linked(vma);
	}
	mmap_read_unlock(mm);
	return clean;
}
