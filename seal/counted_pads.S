/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ftrace returns to a pad as if the hooked function were there, with all its
 * arguments in place; a return is tracked by no processor, so that no pad has to
 * begin with a landing instruction. On the way to the gate nothing changes but a
 * register that is nobody's between two functions.
 */
#include <linux/linkage.h>

#include "counted.h"

#ifdef CONFIG_X86_64
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>

/* Not needed, but objtool wants one where an address is taken. */
#ifdef CONFIG_X86_KERNEL_IBT
#include <asm/ibt.h>
#else
#define ENDBR
#endif

	.text
	.balign	COUNTED_SIZE
SYM_CODE_START(counted_pads)
	.set	index, 0
	.rept	HOOKS_MAX
	.balign	COUNTED_SIZE
	UNWIND_HINT_FUNC
	ENDBR
	mov	counted_targets + 8 * index(%rip), %r11
	jmp	counted_call
	.set	index, index + 1
	.endr
SYM_CODE_END(counted_pads)

/*
 * Four arguments can be on the stack (nvme_submit_user_cmd() had ten); where
 * there are none, what is copied is the caller's and nobody looks at it.
 */
SYM_FUNC_START(counted_call)
	push	%rbp
	mov	%rsp, %rbp
	push	40(%rbp)
	push	32(%rbp)
	push	24(%rbp)
	push	16(%rbp)
	CALL_NOSPEC r11
	mov	%rax, (%rsp)
	call	counted_out
	mov	(%rsp), %rax
	leave
	RET
SYM_FUNC_END(counted_call)

SYM_CODE_START(counted_call_end)
	UNWIND_HINT_FUNC
	ENDBR
	RET
SYM_CODE_END(counted_call_end)
#endif

#ifdef CONFIG_ARM64
	.text
	.balign	COUNTED_SIZE
SYM_CODE_START(counted_pads)
	.set	index, 0
	.rept	HOOKS_MAX
	.balign	COUNTED_SIZE
	adrp	x16, counted_targets + 8 * index
	ldr	x16, [x16, #:lo12:counted_targets + 8 * index]
	b	counted_call
	.set	index, index + 1
	.endr
SYM_CODE_END(counted_pads)

/* Eight are in registers, two of these on the stack. */
SYM_FUNC_START(counted_call)
	sub	sp, sp, #48
	stp	x29, x30, [sp, #16]
	add	x29, sp, #16
	ldp	x9, x10, [sp, #48]
	stp	x9, x10, [sp]
	blr	x16
	str	x0, [sp, #32]
	bl	counted_out
	ldr	x0, [sp, #32]
	ldp	x29, x30, [sp, #16]
	add	sp, sp, #48
	ret
SYM_FUNC_END(counted_call)
SYM_INNER_LABEL(counted_call_end, SYM_L_GLOBAL)
#endif
