// SPDX-License-Identifier: GPL-2.0
/*
 * What an ELF program says of its interpreter, the dynamic linker. The kernel
 * reads no more of it than this (fs/binfmt_elf.c:load_elf_binary).
 */
#include "interp.h"

#include <linux/elf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vouched.h"

static bool get(const struct vouched *v, u64 from, void *to, size_t size)
{
	loff_t pos = from;

	return from <= S64_MAX - size &&
	       kernel_read(v->file, to, size, &pos) == size;
}

bool interp_is_elf(const struct vouched *v)
{
	char magic[SELFMAG];

	return get(v, 0, magic, SELFMAG) && !memcmp(magic, ELFMAG, SELFMAG);
}

static char *read_name(const struct vouched *v, u64 from, u64 size)
{
	char *name;

	if (size < 2 || size > PATH_MAX)
		return ERR_PTR(-EINVAL);
	name = kmalloc(size, GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	if (get(v, from, name, size) && name[size - 1] == '\0')
		return name;
	kfree(name);
	return ERR_PTR(-EINVAL);
}

static char *interp_64(const struct vouched *v)
{
	struct elf64_hdr hdr;
	struct elf64_phdr seg;
	unsigned int i;

	if (!get(v, 0, &hdr, sizeof(hdr)) || hdr.e_phentsize != sizeof(seg))
		return ERR_PTR(-EINVAL);
	for (i = 0; i < hdr.e_phnum; i++) {
		if (!get(v, hdr.e_phoff + i * sizeof(seg), &seg, sizeof(seg)))
			return ERR_PTR(-EINVAL);
		if (seg.p_type == PT_INTERP)
			return read_name(v, seg.p_offset, seg.p_filesz);
	}
	return NULL;
}

static char *interp_32(const struct vouched *v)
{
	struct elf32_hdr hdr;
	struct elf32_phdr seg;
	unsigned int i;

	if (!get(v, 0, &hdr, sizeof(hdr)) || hdr.e_phentsize != sizeof(seg))
		return ERR_PTR(-EINVAL);
	for (i = 0; i < hdr.e_phnum; i++) {
		if (!get(v, (u64)hdr.e_phoff + i * sizeof(seg), &seg,
			 sizeof(seg)))
			return ERR_PTR(-EINVAL);
		if (seg.p_type == PT_INTERP)
			return read_name(v, seg.p_offset, seg.p_filesz);
	}
	return NULL;
}

/* In glibc's own linker's list of versions. */
static const char own_version[] = "GLIBC_PRIVATE";

static bool has_version(const char *at, ssize_t size)
{
	const char *end = at + size - sizeof(own_version);

	for (; at <= end; at++)
		if (*at == *own_version &&
		    !memcmp(at, own_version, sizeof(own_version)))
			return true;
	return false;
}

/* Piece by piece; what a piece ends with begins the next. */
bool interp_is_glibc(struct file *file)
{
	char *piece = kmalloc(PAGE_SIZE, GFP_KERNEL);
	bool found = false;
	loff_t pos = 0;
	ssize_t size;

	while (piece && !found) {
		size = kernel_read(file, piece, PAGE_SIZE, &pos);
		if (size < (ssize_t)sizeof(own_version))
			break;
		found = has_version(piece, size);
		pos -= sizeof(own_version) - 1;
	}
	kfree(piece);
	return found;
}

char *interp_of(const struct vouched *v)
{
	unsigned char ident[EI_NIDENT];

	if (!get(v, 0, ident, sizeof(ident)))
		return ERR_PTR(-EINVAL);
	return ident[EI_CLASS] == ELFCLASS64 ? interp_64(v) : interp_32(v);
}
