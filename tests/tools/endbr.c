// SPDX-License-Identifier: GPL-2.0
/*
 * Where do a module's function pointers lead? Of each variable of MODULE whose
 * name begins with one of PREFIX..., shows the eight bytes that it points to.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char arguments[] = "MODULE PREFIX...";

static int kcore;
static Elf64_Ehdr header;

/* Eight bytes of kernel memory; /proc/kcore's segments say where they are. */
static uint64_t word_at(uint64_t address)
{
	Elf64_Phdr s;
	uint64_t word;
	int i;

	for (i = 0; i < header.e_phnum; i++) {
		if (pread(kcore, &s, sizeof(s), header.e_phoff +
			  i * sizeof(s)) != sizeof(s))
			break;
		if (s.p_type != PT_LOAD || address < s.p_vaddr ||
		    address - s.p_vaddr > s.p_memsz - sizeof(word))
			continue;
		if (pread(kcore, &word, sizeof(word), s.p_offset + address -
			  s.p_vaddr) == sizeof(word))
			return word;
	}
	unusable("read at %#lx: %s", (unsigned long)address, strerror(errno));
}

static bool is_wanted(const char *name, char **prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(name, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

static void show(const char *name, uint64_t address)
{
	uint64_t pointer = word_at(address), word;
	unsigned int i;

	if (!pointer)
		return;
	word = word_at(pointer);
	printf("%s", name);
	for (i = 0; i < sizeof(word); i++)
		printf(" %02x", (unsigned int)(word >> (8 * i)) & 0xff);
	putchar('\n');
}

int main(int argc, char **argv)
{
	char line[512], name[256], owner[128], module[130];
	unsigned long address;
	FILE *symbols;

	if (argc < 3)
		usage(arguments);
	snprintf(module, sizeof(module), "[%.127s]", argv[1]);
	kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (kcore < 0 || pread(kcore, &header, sizeof(header), 0) !=
	    sizeof(header))
		unusable("read /proc/kcore: %s", strerror(errno));
	symbols = fopen("/proc/kallsyms", "re");
	if (!symbols)
		unusable("read /proc/kallsyms: %s", strerror(errno));
	while (fgets(line, sizeof(line), symbols))
		if (sscanf(line, "%lx %*c %255s %127s", &address, name,
			   owner) == 3 &&
		    !strcmp(owner, module) && is_wanted(name, argv + 2))
			show(name, address);
	return DONE;
}
