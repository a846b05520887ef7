// SPDX-License-Identifier: GPL-2.0
/*
 * BPF programs. Most only look on, but some act: one kind writes the memory of
 * whatever process it runs in (bpf_probe_write_user()), a hole's program say;
 * another answers in the place of a function, a system call's (the kernels that
 * allow it: kernel/bpf/verifier.c:check_attach_modify_return()), so that a
 * program opens one file and gets another, or of what the seal goes by. And all
 * that look into the kernel read its memory, which they need no helper for.
 *
 * They are looked at when the verifier has done with them, and helpers stand
 * in them by their addresses, just before they are made ready to run:
 * kernel/bpf/core.c:bpf_prog_select_runtime(). It may fail, and no BPF program
 * can override it.
 */
#include "gates.h"

#include <linux/bpf.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/filter.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"
#include "program.h"

#ifdef CONFIG_BPF_EVENTS

struct bpf_verifier_env;

static struct bpf_prog *(*orig_select)(struct bpf_prog *prog, int *err)
	__ro_after_init;
static struct bpf_prog *(*orig_select_env)(struct bpf_verifier_env *env,
					   struct bpf_prog *prog, int *err)
	__ro_after_init;
static struct bpf_prog *(*get_curr_or_next)(u32 *id) __ro_after_init;
static void *probe_write_user __ro_after_init;

/* Its subprograms' instructions are among its own. */
static bool writes_memory(const struct bpf_prog *prog)
{
	const s32 write = (unsigned long)probe_write_user -
			  (unsigned long)__bpf_call_base;
	const struct bpf_insn *insn = prog->insnsi;
	u32 i;

	for (i = 0; i < prog->len; i++, insn++)
		if (insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg &&
		    insn->imm == write)
			return true;
	return false;
}

/* By a typed pointer (convert_ctx_accesses()); it may well be a wrong one. */
static bool follows_pointers(const struct bpf_prog *prog)
{
	const struct bpf_insn *insn = prog->insnsi;
	u32 i;

	for (i = 0; i < prog->len; i++, insn++)
		if (BPF_CLASS(insn->code) == BPF_LDX &&
		    (BPF_MODE(insn->code) == BPF_PROBE_MEM ||
		     BPF_MODE(insn->code) == BPF_PROBE_MEMSX))
			return true;
	return false;
}

static bool reads_kernel(const struct bpf_prog *prog)
{
	switch (prog->type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_EXT:
	case BPF_PROG_TYPE_STRUCT_OPS:
		return true;
	default:
		return compat_bpf_calls(prog) || follows_pointers(prog);
	}
}

static const char *answers_for(const struct bpf_prog *prog)
{
	if (prog->type != BPF_PROG_TYPE_TRACING ||
	    prog->expected_attach_type != BPF_MODIFY_RETURN)
		return NULL;
	return prog->aux->attach_func_name ?: "modify return";
}

/* What a program does besides looking on, and the door that is for it. */
struct act {
	enum seal_door door;
	const char *what;
};

static bool is_shut(enum seal_door door)
{
	return policy_door(door) != DOOR_OPEN;
}

/* What else is named security_ has gates of its own, where it matters. */
static struct act act_of_answer(const char *function)
{
	const struct act none = { };

	if (!strcmp(function, "security_locked_down"))
		return (struct act){ DOOR_SEAL, function };
	if (program_exists_any() && !str_has_prefix(function, "security_"))
		return (struct act){ DOOR_PROGRAM, function };
	return none;
}

/* Nothing stands for what nobody minds. */
static struct act act_of(const struct bpf_prog *prog)
{
	const char *function = answers_for(prog);
	struct act act = { };

	if (function)
		act = act_of_answer(function);
	if (act.what || !writes_memory(prog))
		return act;
	act.what = "bpf_probe_write_user";
	if (program_exists_any())
		act.door = DOOR_PROGRAM;
	else if (is_shut(DOOR_BPF_WRITE_USER))
		act.door = DOOR_BPF_WRITE_USER;
	else
		act.what = NULL;
	return act;
}

/* To read is not to act: who does so already is let go on. */
static struct act offence_of(const struct bpf_prog *prog)
{
	struct act act = act_of(prog);

	if (!act.what && is_shut(DOOR_BPF_READ_KERNEL) && reads_kernel(prog))
		act = (struct act){ DOOR_BPF_READ_KERNEL, "reads the kernel" };
	return act;
}

static void describe(char *text, const struct bpf_prog *prog, const char *act)
{
	snprintf(text, BPF_TEXT_SIZE, "BPF program %u (%s): %s", prog->aux->id,
		 prog->aux->name, act);
}

static int check(const struct bpf_prog *prog)
{
	struct act act = { DOOR_SEAL, "" };
	char text[BPF_TEXT_SIZE];
	struct seal_event ev = { .text = text };

	if (!policy_proves())
		act = offence_of(prog);
	if (!act.what)
		return 0;
	describe(text, prog, act.what);
	ev.door = act.door;
	return seal_check(&ev);
}

static struct bpf_prog *gate_select(struct bpf_prog *prog, int *err)
{
	*err = check(prog);
	return *err ? prog : orig_select(prog, err);
}

static struct bpf_prog *gate_select_env(struct bpf_verifier_env *env,
					struct bpf_prog *prog, int *err)
{
	*err = check(prog);
	return *err ? prog : orig_select_env(env, prog, err);
}

/* Nothing is left to be done for it: 0 if nobody refuses. */
static struct bpf_prog_aux no_aux;
static struct bpf_prog no_prog = { .aux = &no_aux };

static unsigned int run_nothing(const void *ctx, const struct bpf_insn *insn)
{
	return 0;
}

static long prove_select(void)
{
	int err = 0;

	orig_select(&no_prog, &err);
	return err;
}

static long prove_select_env(void)
{
	int err = 0;

	orig_select_env(NULL, &no_prog, &err);
	return err;
}

/* The verifier calls the second one where there is one. */
static const struct hook hooks[] __initconst = {
	ADDRESS("bpf_probe_write_user", &probe_write_user),
	SYMBOL("bpf_prog_get_curr_or_next", &get_curr_or_next),
	HOOK("bpf_prog_select_runtime", gate_select, &orig_select,
	     prove_select),
	{ .name = "__bpf_prog_select_runtime", .replacement = gate_select_env,
	  .original = &orig_select_env, .prove = prove_select_env,
	  .instead = "bpf_prog_select_runtime" },
};

void __init gate_bpf_init(void)
{
	mutex_init(&no_aux.used_maps_mutex);
	no_prog.jited = 1;
	no_prog.bpf_func = run_nothing;
	hook_add(hooks, ARRAY_SIZE(hooks));
}

/* Its kind is looked at as long as nobody can take it away. */
bool gate_bpf_finds(char *text)
{
	struct act act = { };
	struct bpf_prog *prog;
	u32 id = 0;

	for (; !act.what && (prog = get_curr_or_next(&id)); id++) {
		act = act_of(prog);
		if (act.what)
			describe(text, prog, act.what);
		bpf_prog_put(prog);
		cond_resched();
	}
	return act.what;
}

int gate_bpf_check(void)
{
	char text[BPF_TEXT_SIZE];

	if (!gate_bpf_finds(text))
		return 0;
	pr_err("%s: it can act in the place of what the seal goes by; unload it first\n",
	       text);
	return policy_hindered(-EBUSY);
}

#else

void __init gate_bpf_init(void) { }
int gate_bpf_check(void) { return 0; }
bool gate_bpf_finds(char *text) { return false; }

#endif
