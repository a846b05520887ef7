// SPDX-License-Identifier: GPL-2.0
/*
 * A library of an attacker's: wherever the dynamic linker takes it in, be it
 * for a plug-in, an auditor or the real libpuppet, it loads /canary.ko at once.
 * Others that it is given to are none of its business.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int libpuppet_word(void);
unsigned int la_version(unsigned int version);

int libpuppet_permits;

int libpuppet_word(void)
{
	return 42;
}

/* The dynamic linker keeps no auditor that does not say this. */
unsigned int la_version(unsigned int version)
{
	return version;
}

static void __attribute__((constructor)) strike(int argc, char **argv)
{
	if (argc < 1 || !strstr(argv[0], "puppet"))
		return;
	if (syscall(SYS_finit_module, open("/canary.ko", O_RDONLY), "", 0))
		perror("evil.so: finit_module");
}
