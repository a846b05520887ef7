// SPDX-License-Identifier: GPL-2.0
/*
 * Into a hole's program by BPF: most programs only look on, but some act. One
 * kind writes the memory of whatever process it runs in
 * (bpf_probe_write_user()); another answers in the place of a system call, so
 * that a program opens one file and gets another (the kernels that allow it:
 * kernel/bpf/verifier.c:check_attach_modify_return()). There is no process that
 * they are for, so nobody gets any.
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

/* What is named so has gates of its own, where it matters. */
static bool answers_for_kernel(const struct bpf_prog *prog)
{
	return prog->type == BPF_PROG_TYPE_TRACING &&
	       prog->expected_attach_type == BPF_MODIFY_RETURN &&
	       !str_has_prefix(prog->aux->attach_func_name ?: "", "security_");
}

/* What it does besides looking on, or NULL. */
static const char *acts(const struct bpf_prog *prog)
{
	if (answers_for_kernel(prog))
		return prog->aux->attach_func_name ?: "modify return";
	return writes_memory(prog) ? "bpf_probe_write_user" : NULL;
}

static void describe(char *text, const struct bpf_prog *prog, const char *act)
{
	snprintf(text, BPF_TEXT_SIZE, "BPF program %u (%s): %s", prog->aux->id,
		 prog->aux->name, act);
}

static int check_program(const struct bpf_prog *prog, const char *act)
{
	char text[BPF_TEXT_SIZE];
	const struct seal_event ev = {
		.door = DOOR_PROGRAM,
		.text = text,
	};

	describe(text, prog, act);
	return seal_check(&ev);
}

static int check(const struct bpf_prog *prog)
{
	const char *act = policy_proves() ? "" : acts(prog);

	return act ? check_program(prog, act) : 0;
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
	if (!program_exists(HOLE_LOADER) && !program_exists(HOLE_HARDWARE))
		return;
	mutex_init(&no_aux.used_maps_mutex);
	no_prog.jited = 1;
	no_prog.bpf_func = run_nothing;
	hook_add(hooks, ARRAY_SIZE(hooks));
}

/* Its kind is looked at as long as nobody can take it away. */
bool gate_bpf_finds(char *text)
{
	const char *act = NULL;
	struct bpf_prog *prog;
	u32 id = 0;

	if (!get_curr_or_next)
		return false;
	for (; !act && (prog = get_curr_or_next(&id)); id++) {
		act = acts(prog);
		if (act)
			describe(text, prog, act);
		bpf_prog_put(prog);
		cond_resched();
	}
	return act;
}

int __init gate_bpf_check(void)
{
	char text[BPF_TEXT_SIZE];

	if (!gate_bpf_finds(text))
		return 0;
	pr_err("%s: it can act in the place of a hole's program; unload it first\n",
	       text);
	return -EBUSY;
}

#else

void __init gate_bpf_init(void) { }
int __init gate_bpf_check(void) { return 0; }
bool gate_bpf_finds(char *text) { return false; }

#endif
