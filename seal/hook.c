// SPDX-License-Identifier: GPL-2.0
/*
 * The hook engine, the only file that knows ftrace. The technique is the
 * kernel's own livepatching (kernel/livepatch/patch.c): an ftrace_ops that
 * changes the instruction pointer sends callers to the replacement. One ops
 * serves all functions, since every registration patches kernel text once.
 *
 * A replacement calls the original at its own address and so meets the hook
 * again; the callback lets a call from this module's text through.
 *
 * IPMODIFY: a function has one owner; a second one is refused, also us.
 * PERMANENT: kernel.ftrace_enabled=0 is refused while we are here.
 */
#include "hook.h"

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "landing.h"
#include "seal.h"
#include "symbol.h"

/* What remains of a gate's table when the seal is on. */
struct planted {
	const char *name;
	unsigned long addr;
	unsigned long replacement;
	long (*prove)(void);
	bool spare;
};

static struct planted planted[HOOKS_MAX] __ro_after_init;
static unsigned int planted_count __ro_after_init;

static struct {
	const struct hook *hooks;
	unsigned int count;
} tables[HOOKS_MAX] __initdata;
static unsigned int table_count __initdata;

/* Set once: everybody is diverted. */
static bool armed __ro_after_init;

/*
 * The task whose next call of that function is diverted although it comes from
 * here, or nothing is armed. Nobody but itself finds itself in it.
 */
static struct task_struct *prover;
static const struct planted *in_proof;

static const struct planted *find_planted(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < planted_count; i++)
		if (ip - planted[i].addr <= COMPAT_FTRACE_OFFSET_MAX)
			return &planted[i];
	return NULL;
}

static bool diverts_all(unsigned long parent_ip)
{
	/* Pairs with hook_arm(): who sees it set sees planted[] whole. */
	return smp_load_acquire(&armed) &&
	       !within_module(parent_ip, THIS_MODULE);
}

static bool is_proof(const struct planted *p)
{
	if (READ_ONCE(prover) != current || in_proof != p)
		return false;
	/* Once: a replacement that calls the original must get there. */
	WRITE_ONCE(prover, NULL);
	return true;
}

static void notrace callback(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	bool all = diverts_all(parent_ip);
	const struct planted *p;

	if (!all && READ_ONCE(prover) != current)
		return;
	p = find_planted(ip);
	if (p && (is_proof(p) || all))
		ftrace_regs_set_instruction_pointer(fregs, p->replacement);
}

/*
 * No guard against recursion: the callback must not be dropped when it nests,
 * and it touches nothing that could make it recurse.
 */
#define HOOK_FLAGS (FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT | \
		    COMPAT_FTRACE_UNGUARDED | COMPAT_FTRACE_REGS)

static struct ftrace_ops ops = { .func = callback, .flags = HOOK_FLAGS };

void __init hook_add(const struct hook *hooks, unsigned int count)
{
	tables[table_count].hooks = hooks;
	tables[table_count].count = count;
	table_count++;
}

static int __init plant_here(const struct hook *hook, unsigned long addr)
{
	if (planted_count == HOOKS_MAX)
		return -ENOSPC;
	/* The proofs outlive this function: see watch.c. */
	if (within_module_init((unsigned long)hook->prove, THIS_MODULE))
		return -ENOEXEC;
	return ftrace_set_filter_ip(&ops, addr, 0, 0);
}

/* Where the gate calls what it stands in for. */
static int __init let_call(const struct hook *hook, unsigned long addr)
{
	if (!hook->compared)
		addr = landing_for(addr);
	*(unsigned long *)hook->original = addr;
	return addr ? 0 : -ENOSPC;
}

static int __init resolve(const struct hook *hook)
{
	unsigned long addr, other;
	int err;

	err = symbol_find(hook->name, &addr);
	if (err == -ENOENT && hook->instead &&
	    !symbol_find(hook->instead, &other))
		return 0;
	if (!err)
		err = let_call(hook, addr);
	if (!err && hook->replacement)
		err = plant_here(hook, addr);
	if (err) {
		pr_err("cannot %s %s: %s (error %d)\n",
		       hook->replacement ? "hook" : "find", hook->name,
		       err == -ENOENT ? "this kernel has no such function" :
		       err == -ENOTUNIQ ? "several functions have that name" :
		       err == -ENOEXEC ? "its proof is init code" :
		       "it cannot be traced", err);
		return err;
	}
	if (!hook->replacement)
		return 0;
	planted[planted_count].name = hook->name;
	planted[planted_count].addr = addr;
	planted[planted_count].replacement = (unsigned long)hook->replacement;
	planted[planted_count].prove = hook->prove;
	planted[planted_count].spare = hook->spare;
	planted_count++;
	return 0;
}

/*
 * ftrace_free_filter(), which older kernels do not export. To set an empty
 * filter takes memory instead of giving it back, and fails without.
 */
static void (*drop_filter)(struct ftrace_ops *o) __ro_after_init;

static int __init find_drop_filter(void)
{
	unsigned long addr;
	int err;

	err = symbol_find("ftrace_free_filter", &addr);
	if (err)
		pr_err("cannot find ftrace_free_filter: error %d\n", err);
	else
		drop_filter = (void *)landing_for(addr);
	return err;
}

static int __init try_alone(unsigned long addr)
{
	static struct ftrace_ops one __initdata;
	int err;

	memset(&one, 0, sizeof(one));
	one.func = callback;
	one.flags = HOOK_FLAGS;
	err = ftrace_set_filter_ip(&one, addr, 0, 0);
	if (!err)
		err = register_ftrace_function(&one);
	if (!err)
		unregister_ftrace_function(&one);
	drop_filter(&one);
	return err;
}

/* register_ftrace_function() says no to all at once: ask for each. */
static void __init name_the_culprit(int err)
{
	unsigned int i;

	for (i = 0; i < planted_count; i++) {
		if (!try_alone(planted[i].addr))
			continue;
		pr_err("cannot hook %s: another module or a livepatch holds it, or kernel.ftrace_enabled is 0 (error %d)\n",
		       planted[i].name, err);
		return;
	}
	pr_err("ftrace refuses the hooks: error %d\n", err);
}

int __init hook_plant(void)
{
	unsigned int i, j;
	int err;

	if (!COMPAT_FTRACE_REDIRECTS) {
		pr_err("this kernel's ftrace cannot redirect a call: it lacks CONFIG_DYNAMIC_FTRACE_WITH_ARGS\n");
		return -EOPNOTSUPP;
	}
	err = symbol_init();
	if (!err)
		err = find_drop_filter();
	if (err)
		return err;
	for (i = 0; i < table_count; i++) {
		for (j = 0; j < tables[i].count; j++) {
			err = resolve(&tables[i].hooks[j]);
			if (err)
				goto err_filter;
		}
	}
	err = register_ftrace_function(&ops);
	if (err) {
		name_the_culprit(err);
		goto err_filter;
	}
	return 0;

err_filter:
	drop_filter(&ops);
	return err;
}

void __init hook_remove(void)
{
	unregister_ftrace_function(&ops);
	drop_filter(&ops);
}

unsigned int hook_count(void)
{
	return planted_count;
}

struct hook_proof hook_try(unsigned int i)
{
	struct hook_proof proof = {
		.name = planted[i].name,
		.spare = planted[i].spare,
	};
	bool reached;

	in_proof = &planted[i];
	WRITE_ONCE(prover, current);
	proof.returned = planted[i].prove();
	reached = !READ_ONCE(prover);
	WRITE_ONCE(prover, NULL);

	proof.how = reached ? "what is forbidden" :
		    "a call of it did not reach the gate, but";
	if (proof.returned == HOOK_NOT_CALLED)
		proof.state = HOOK_UNTRIED;
	else if (!reached || proof.returned != -EPERM)
		proof.state = HOOK_OPEN;
	return proof;
}

int __init hook_prove(void)
{
	struct hook_proof proof;
	unsigned int i;

	for (i = 0; i < planted_count; i++) {
		proof = hook_try(i);
		switch (proof.state) {
		case HOOK_GUARDED:
			break;
		case HOOK_OPEN:
			pr_err("%s is not guarded: %s returned %ld\n",
			       proof.name, proof.how, proof.returned);
			return -EPROTO;
		case HOOK_UNTRIED:
			pr_err("%s could not be tried: out of memory\n",
			       proof.name);
			return -ENOMEM;
		}
	}
	return 0;
}

void __init hook_arm(void)
{
	/* Pairs with divert(). */
	smp_store_release(&armed, true);
}

void hook_show(struct seq_file *m)
{
	unsigned int i;

	seq_printf(m, "hooks: %u\nhooked:", planted_count);
	for (i = 0; i < planted_count; i++)
		seq_printf(m, " %s", planted[i].name);
	seq_putc(m, '\n');
}
