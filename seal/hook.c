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
 * A module that has functions to be hooked may come when the seal has long been
 * on. Their rows are there from the beginning; they only get their addresses,
 * from the module's own symbols, before any of its code runs. It then stays.
 *
 * IPMODIFY: a function has one owner; a second one is refused, also us.
 * PERMANENT: kernel.ftrace_enabled=0 is refused while we are here.
 */
#include "hook.h"

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "landing.h"
#include "seal.h"
#include "symbol.h"

/*
 * What remains of a gate's table when the seal is on. Of a module's function
 * @late is its place among these, @call where the gate has it from, and where it
 * is stands elsewhere. @replacement: 0: such a one is only found.
 */
struct planted {
	const char *name;
	unsigned long addr;
	const char *module;
	unsigned int late;
	unsigned long *call;
	unsigned long replacement;
	long (*prove)(void);
	bool spare;
	bool seals;
};

static struct planted planted[HOOKS_MAX] __ro_after_init;
static unsigned int planted_count __ro_after_init;

static struct {
	const struct hook *hooks;
	unsigned int count;
} tables[HOOKS_MAX] __initdata;
static unsigned int table_count __initdata;

/* Where the functions of modules are; 0: the module is not there. */
static unsigned long late_addr[LANDINGS_LATE];
static unsigned int late_count __initdata;

/* Modules that rows are of; @mod: it is there; @held: referenced, too. */
static struct guest {
	const char *name;
	struct module *mod;
	bool held;
} guests[12];

/* What comes and goes of that, and who tries the hooks. */
static DEFINE_MUTEX(lock);

/* Set once: everybody is diverted. */
static bool armed __ro_after_init;

/* With mode=audit: until they stay who is inside is counted. */
static bool counted __ro_after_init;
static bool staying;
static bool holding;	/* the modules that they are in, too */

/*
 * The task whose next call of that function is diverted although it comes from
 * here, or nothing is armed. Nobody but itself finds itself in it.
 */
static struct task_struct *prover;
static const struct planted *in_proof;

static unsigned long where(const struct planted *p)
{
	return p->module ? READ_ONCE(late_addr[p->late]) : p->addr;
}

static bool is_hooked(const struct planted *p)
{
	return p->replacement && where(p);
}

static const struct planted *find_planted(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < planted_count; i++)
		if (ip - where(&planted[i]) <= COMPAT_FTRACE_OFFSET_MAX)
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

/* Where everybody is led who calls it; 0: nowhere, the function itself runs. */
static unsigned long lead(const struct planted *p)
{
	if (!counted || READ_ONCE(staying))
		return p->replacement;
	return p->seals ? 0 : counted_in(p - planted);
}

static void notrace callback(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	bool all = diverts_all(parent_ip);
	const struct planted *p;
	unsigned long to;

	if (!all && READ_ONCE(prover) != current)
		return;
	p = find_planted(ip);
	if (!p)
		return;
	to = is_proof(p) ? p->replacement : all ? lead(p) : 0;
	if (to)
		ftrace_regs_set_instruction_pointer(fregs, to);
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

static int tell(const char *name, bool hooked, int err)
{
	pr_err("cannot %s %s: %s (error %d)\n", hooked ? "hook" : "find", name,
	       err == -ENOENT ? "this kernel has no such function" :
	       err == -ENOTUNIQ ? "several functions have that name" :
	       err == -ENOEXEC ? "its proof is init code" :
	       "it cannot be traced", err);
	return err;
}

static int __init remember(const struct hook *hook, unsigned long addr)
{
	struct planted *p = &planted[planted_count];

	if (planted_count == HOOKS_MAX)
		return -ENOSPC;
	/* The proofs outlive this function: see watch.c. */
	if (within_module_init((unsigned long)hook->prove, THIS_MODULE))
		return -ENOEXEC;
	p->name = hook->name;
	p->addr = addr;
	p->replacement = (unsigned long)hook->replacement;
	p->prove = hook->prove;
	p->spare = hook->spare;
	p->seals = hook->seals;
	counted_targets[planted_count] = p->replacement;
	planted_count++;
	return 0;
}

static struct guest *find_guest(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guests); i++)
		if (guests[i].name && !strcmp(guests[i].name, name))
			return &guests[i];
	return NULL;
}

/* The row of one that has no address yet. */
static int __init expect(const struct hook *hook)
{
	struct planted *p = &planted[planted_count];
	unsigned int i = 0;

	if (!find_guest(hook->module)) {
		while (i < ARRAY_SIZE(guests) && guests[i].name)
			i++;
		if (i == ARRAY_SIZE(guests))
			return -ENOSPC;
		guests[i].name = hook->module;
	}
	if (late_count == ARRAY_SIZE(late_addr) || planted_count == HOOKS_MAX)
		return -ENOSPC;
	p->module = hook->module;
	p->call = hook->original;
	p->late = late_count++;
	return remember(hook, 0);
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

	if (hook->module) {
		err = expect(hook);
		return err ? tell(hook->name, hook->replacement, err) : 0;
	}
	err = symbol_find(hook->name, &addr);
	if (err == -ENOENT && hook->instead &&
	    !symbol_find(hook->instead, &other))
		return 0;
	if (!err)
		err = let_call(hook, addr);
	if (!err && hook->replacement)
		err = ftrace_set_filter_ip(&ops, addr, 0, 0) ?:
		      remember(hook, addr);
	return err ? tell(hook->name, hook->replacement, err) : 0;
}

/* --- functions of modules --- */

static bool is_of(const struct planted *p, const struct module *mod)
{
	return p->module && !strcmp(p->module, mod->name);
}

static int move_in_one(const struct planted *p, const struct module *mod)
{
	unsigned long addr;
	int err;

	err = symbol_find_in(mod, p->name, &addr);
	if (!err && p->replacement)
		err = ftrace_set_filter_ip(&ops, addr, 0, 0);
	if (err)
		return tell(p->name, p->replacement, err);
	WRITE_ONCE(*p->call, landing_late(p->late, addr));
	WRITE_ONCE(late_addr[p->late], addr);
	return 0;
}

static void let_go(struct guest *guest)
{
	if (guest->held)
		module_put(guest->mod);
	guest->held = false;
}

/*
 * Without memory an address stays in the filter. What is there then meets the
 * callback, which knows nothing of it.
 */
static void move_out(struct guest *guest)
{
	unsigned int i;

	for (i = 0; i < planted_count; i++) {
		const struct planted *p = &planted[i];

		if (!is_of(p, guest->mod) || !where(p))
			continue;
		if (p->replacement)
			ftrace_set_filter_ip(&ops, where(p), 1, 0);
		WRITE_ONCE(late_addr[p->late], 0);
	}
	let_go(guest);
	guest->mod = NULL;
}

/* Takes over a reference to it. Where the hooks can leave, so can the module. */
static int move_in(struct guest *guest, struct module *mod)
{
	unsigned int i;
	int err = 0;

	guest->mod = mod;
	guest->held = true;
	for (i = 0; !err && i < planted_count; i++)
		if (is_of(&planted[i], mod))
			err = move_in_one(&planted[i], mod);
	if (err)
		move_out(guest);
	else if (counted && !holding)
		let_go(guest);
	return err;
}

static void move_out_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guests); i++)
		if (guests[i].mod)
			move_out(&guests[i]);
}

/* Those that are there already. */
static int __init move_in_all(void)
{
	struct module *mod;
	unsigned int i;
	int err = guests[0].name ? symbol_modules_init() : 0;

	for (i = 0; !err && i < ARRAY_SIZE(guests); i++) {
		mod = guests[i].name ? symbol_module(guests[i].name) : NULL;
		if (mod)
			err = move_in(&guests[i], mod);
	}
	if (err)
		move_out_all();
	return err;
}

void hook_lock(void)
{
	mutex_lock(&lock);
}

void hook_unlock(void)
{
	mutex_unlock(&lock);
}

bool hook_wants(const struct module *mod)
{
	return find_guest(mod->name);
}

int hook_move_in(struct module *mod)
{
	struct guest *guest = find_guest(mod->name);

	if (!armed || guest->mod)
		return 0;
	if (!try_module_get(mod))
		return -ENODEV;
	return move_in(guest, mod);
}

void hook_move_out(const struct module *mod)
{
	struct guest *guest = find_guest(mod->name);

	if (guest->mod == mod)
		move_out(guest);
}

/* --- all of them --- */

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
		if (!is_hooked(&planted[i]) || !try_alone(where(&planted[i])))
			continue;
		pr_err("cannot hook %s: another module or a livepatch holds it, or kernel.ftrace_enabled is 0 (error %d)\n",
		       planted[i].name, err);
		return;
	}
	pr_err("ftrace refuses the hooks: error %d\n", err);
}

int __init hook_plant(bool can_go)
{
	unsigned int i, j;
	int err;

	if (!COMPAT_FTRACE_REDIRECTS) {
		pr_err("this kernel's ftrace cannot redirect a call: it lacks CONFIG_DYNAMIC_FTRACE_WITH_ARGS\n");
		return -EOPNOTSUPP;
	}
	err = find_drop_filter();
	if (err)
		return err;
	counted = can_go;
	if (counted)
		ops.flags &= ~FTRACE_OPS_FL_PERMANENT;
	mutex_lock(&lock);
	for (i = 0; i < table_count; i++) {
		for (j = 0; j < tables[i].count; j++) {
			err = resolve(&tables[i].hooks[j]);
			if (err)
				goto err_filter;
		}
	}
	err = move_in_all();
	if (err)
		goto err_filter;
	err = register_ftrace_function(&ops);
	if (err) {
		name_the_culprit(err);
		goto err_moved_in;
	}
	return 0;

err_moved_in:
	move_out_all();
err_filter:
	drop_filter(&ops);
	mutex_unlock(&lock);
	return err;
}

void __init hook_remove(void)
{
	unregister_ftrace_function(&ops);
	move_out_all();
	drop_filter(&ops);
	mutex_unlock(&lock);
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

	if (!is_hooked(&planted[i])) {
		proof.state = HOOK_ABSENT;
		return proof;
	}
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

const char *hook_name(unsigned int i)
{
	return is_hooked(&planted[i]) ? planted[i].name : NULL;
}

bool hook_is_of(unsigned int i, const struct module *mod)
{
	return is_of(&planted[i], mod);
}

void __init hook_arm(void)
{
	/* Pairs with diverts_all(). */
	smp_store_release(&armed, true);
	mutex_unlock(&lock);
}

void hook_leave(void)
{
	unregister_ftrace_function(&ops);
	counted_wait();
	mutex_lock(&lock);
	move_out_all();
	drop_filter(&ops);
	mutex_unlock(&lock);
}

static int hold(struct guest *guest)
{
	struct module *mod;

	if (guest->held)
		return 0;
	if (guest->mod) {
		guest->held = try_module_get(guest->mod);
		if (guest->held)
			return 0;
		pr_err("module %s is just being removed\n", guest->name);
		return -EBUSY;
	}
	mod = symbol_module(guest->name);
	return mod ? move_in(guest, mod) : 0;
}

int hook_harden(void)
{
	static struct ftrace_ops none = { .flags = FTRACE_OPS_FL_DELETED };
	unsigned int i;
	int err = 0;

	ops.flags |= FTRACE_OPS_FL_PERMANENT;
	/* Registers none, but waits: who did not see the flag is done by then. */
	register_ftrace_function(&none);
	holding = true;
	for (i = 0; !err && i < ARRAY_SIZE(guests); i++)
		if (guests[i].name)
			err = hold(&guests[i]);
	if (err)
		hook_soften();
	return err;
}

void hook_soften(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guests); i++)
		if (guests[i].mod)
			let_go(&guests[i]);
	holding = false;
	ops.flags &= ~FTRACE_OPS_FL_PERMANENT;
}

void hook_stay(void)
{
	WRITE_ONCE(staying, true);
}
