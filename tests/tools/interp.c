// SPDX-License-Identifier: GPL-2.0
/*
 * A dynamic linker of an attacker's: the kernel maps and starts it for whatever
 * program asks for one, and it links nothing.
 */
#include "payload.h"

#ifdef __x86_64__
asm(".globl _start\n_start:	jmp payload");
#else
asm(".globl _start\n_start:	b payload");
#endif
