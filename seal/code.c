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

static bool is_known(const struct inode *inode)
{
	return manifest_has_file(inode) || program_has_file(inode);
}

static bool is_intact(const struct inode *inode)
{
	return manifest_file_intact(inode) || program_file_intact(inode);
}

enum seal_reason code_file_refused(const struct file *file)
{
	if (!file || !is_known(file_inode(file)))
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

static enum seal_reason find_fault(struct mm_struct *mm, struct file **code)
{
	enum seal_reason reason = REASON_NONE;
	struct vm_area_struct *vma;
	unsigned long addr = 0;

	while (reason == REASON_NONE && (vma = find_vma(mm, addr))) {
		addr = vma->vm_end;
		if (!(vma->vm_flags & VM_EXEC))
			continue;
		reason = mapping_refused(vma);
		if (reason != REASON_NONE && vma->vm_file)
			*code = get_file(vma->vm_file);
	}
	return reason;
}

enum seal_reason code_refused(struct mm_struct *mm, bool locked,
			      struct file **code)
{
	enum seal_reason reason;

	*code = NULL;
	if (mm_flags_test(MMF_HAS_UPROBES, mm))
		return REASON_PROBED;
	if (!locked)
		mmap_read_lock(mm);
	reason = find_fault(mm, code);
	if (!locked)
		mmap_read_unlock(mm);
	return reason;
}
