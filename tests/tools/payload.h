/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code that an attacker brings along: it loads /canary.ko. It is independent of
 * its place and needs nothing around it. Called at payload_load it returns the
 * kernel's answer; jumped to at payload it ends the process, whose exit status
 * is then 0 or the error's number.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

extern const char payload[], payload_load[], payload_end[];

#if defined(__x86_64__)
asm(".pushsection .rodata\n"
    "	.globl payload, payload_load, payload_end\n"
    "payload:\n"
    "	call payload_load\n"
    "	neg %eax\n"
    "	mov %eax, %edi\n"
    "	mov $231, %eax\n"		/* exit_group */
    "	syscall\n"
    "payload_load:\n"
    "	lea 1f(%rip), %rdi\n"
    "	xor %esi, %esi\n"
    "	mov $2, %eax\n"			/* open */
    "	syscall\n"
    "	mov %eax, %edi\n"
    "	lea 2f(%rip), %rsi\n"
    "	xor %edx, %edx\n"
    "	mov $313, %eax\n"		/* finit_module */
    "	syscall\n"
    "	ret\n"
    "1:	.ascii \"/canary.ko\"\n"
    "2:	.byte 0\n"
    "payload_end:\n"
    ".popsection");
#elif defined(__aarch64__)
asm(".pushsection .rodata\n"
    "	.balign 4\n"
    "	.globl payload, payload_load, payload_end\n"
    "payload:\n"
    "	bl payload_load\n"
    "	neg w0, w0\n"
    "	mov x8, #94\n"			/* exit_group */
    "	svc #0\n"
    "payload_load:\n"
    "	mov x0, #-100\n"		/* AT_FDCWD */
    "	adr x1, 1f\n"
    "	mov x2, #0\n"
    "	mov x8, #56\n"			/* openat */
    "	svc #0\n"
    "	adr x1, 2f\n"
    "	mov x2, #0\n"
    "	mov x8, #273\n"			/* finit_module */
    "	svc #0\n"
    "	ret\n"
    "1:	.ascii \"/canary.ko\"\n"
    "2:	.byte 0\n"
    "	.balign 4\n"
    "payload_end:\n"
    ".popsection");
#endif

#endif
