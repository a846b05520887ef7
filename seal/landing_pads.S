/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pointer may lead here, and a return, which no processor tracks, leads on to
 * what the pad is for. Its own call keeps the processor's guesses of where
 * returns go in step, as a retpoline does (arch/x86/lib/retpoline.S), and
 * changes no register but r11, which is nobody's between two functions.
 */
#include <linux/linkage.h>

#include <asm/ibt.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>

#include "landing.h"

	.macro	pads count:req, targets:req
	.set	index, 0
	.rept	\count
	.balign	LANDING_SIZE
	UNWIND_HINT_FUNC
	ENDBR
	ANNOTATE_INTRA_FUNCTION_CALL
	call	1f
	int3
1:	mov	\targets + 8 * index(%rip), %r11
	mov	%r11, (%rsp)
	UNWIND_HINT_FUNC
	RET
	.set	index, index + 1
	.endr
	.endm

	.text
	.balign	LANDING_SIZE
SYM_CODE_START(landing_pads)
	pads	LANDINGS, landing_targets
	pads	LANDINGS_LATE, landing_late_targets
SYM_CODE_END(landing_pads)
