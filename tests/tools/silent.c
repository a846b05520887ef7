// SPDX-License-Identifier: GPL-2.0
/*
 * A dynamic linker that is not glibc's: it maps what it links without a word on
 * that. Of the only object that it looks for it asks one thing, whether a module
 * may be loaded.
 */
#include "payload.h"

#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mman.h>

enum { PAGE = 4096 };

#ifdef __x86_64__
asm(".globl _start\n_start:	and $-16, %rsp\n	call begin");

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = e;
	register long r9 asm("r9") = 0;

	asm volatile("syscall" : "+a"(nr) : "D"(a), "S"(b), "d"(c), "r"(r10),
		     "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return nr;
}
#else
asm(".globl _start\n_start:	b begin");

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long x8 asm("x8") = nr;
	register long x0 asm("x0") = a;
	register long x1 asm("x1") = b;
	register long x2 asm("x2") = c;
	register long x3 asm("x3") = d;
	register long x4 asm("x4") = e;
	register long x5 asm("x5") = 0;

	asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3),
		     "r"(x4), "r"(x5) : "memory");
	return x0;
}
#endif

void begin(void);

void begin(void)
{
	long fd = call(__NR_openat, AT_FDCWD, (long)"/evil/linked", O_RDONLY,
		       0, 0);
	const char *object = (const char *)call(__NR_mmap, 0, PAGE, PROT_READ,
						MAP_PRIVATE, fd);

	if (fd >= 0 && *object == 'y')
		((void (*)(void))payload)();
	call(__NR_exit_group, 2, 0, 0, 0, 0);
}
