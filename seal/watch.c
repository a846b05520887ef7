// SPDX-License-Identifier: GPL-2.0
/*
 * Is the seal still on? After a fault of its own ftrace may have lost our
 * hooks, and nobody is told (kernel/trace/ftrace.c:ftrace_bug(),
 * ftrace_kill()). So what was proved when the seal came is proved again and
 * again: each hooked function is called for what is forbidden and must refuse.
 *
 * A hook that is gone is not planted anew. What took it is not known, nor what
 * came in meanwhile: that is for a reboot to mend.
 *
 * There are no rounds while tasks are frozen for suspend or hibernation.
 */
#include "watch.h"

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>

#include "gates.h"
#include "hook.h"
#include "param.h"
#include "policy.h"
#include "seal.h"

/*
 * Of each hook. @open: at the last round; @lasts: at the one before, too;
 * @broken: at any, and something rests on it; @untried: at the last round, for
 * want of memory. Only a round writes, and there is one at a time.
 */
static struct {
	const char *name;
	bool open;
	bool lasts;
	bool broken;
	bool untried;
} seen[HOOKS_MAX];

static bool broken;
static bool slipped_in;
static unsigned long rounds;
static unsigned long took_us;

static void watch_round(struct work_struct *work);
static DECLARE_DELAYED_WORK(watch_work, watch_round);

/* Where a BPF program stands before a function of that kind, say. */
static void found_passed_by(const struct hook_proof *proof)
{
	pr_warn("%s does not ask the seal any more: %s returned %ld; what decides stands further in\n",
		proof->name, proof->how, proof->returned);
}

static void found_broken(unsigned int i, const struct hook_proof *proof)
{
	WRITE_ONCE(seen[i].broken, true);
	WRITE_ONCE(broken, true);
	if (param_panics())
		panic("seal: BROKEN: %s is not guarded any more: %s returned %ld",
		      proof->name, proof->how, proof->returned);
	pr_crit("BROKEN: %s is not guarded any more: %s returned %ld\n",
		proof->name, proof->how, proof->returned);
}

static void found_guarded(const struct hook_proof *proof)
{
	if (proof->spare)
		pr_notice("%s asks the seal again\n", proof->name);
	else
		pr_crit("%s is guarded again; what came in meanwhile is not known\n",
			proof->name);
}

/* Tells what has changed since the last round. */
static void look_at(unsigned int i)
{
	struct hook_proof proof = hook_try(i);
	bool untried = proof.state == HOOK_UNTRIED;
	bool open = proof.state == HOOK_OPEN;

	if (proof.state == HOOK_ABSENT)
		return;
	WRITE_ONCE(seen[i].name, proof.name);
	/* No fault of the kernel's, and no proof either. */
	if (untried && !seen[i].untried)
		pr_warn("%s could not be tried: out of memory\n", proof.name);
	WRITE_ONCE(seen[i].untried, untried);
	if (untried)
		return;
	seen[i].lasts = open && seen[i].open && !proof.spare;
	if (open == seen[i].open)
		return;
	WRITE_ONCE(seen[i].open, open);
	if (!open)
		found_guarded(&proof);
	else if (proof.spare)
		found_passed_by(&proof);
	else
		found_broken(i, &proof);
}

static bool was_broken(unsigned int i)
{
	return READ_ONCE(seen[i].broken);
}

static bool is_broken(unsigned int i)
{
	return READ_ONCE(seen[i].open) && was_broken(i);
}

static bool is_passed_by(unsigned int i)
{
	return READ_ONCE(seen[i].open) && !was_broken(i);
}

static bool is_untried(unsigned int i)
{
	return READ_ONCE(seen[i].untried);
}

/* What has been told and still is so: a line a round, however many they are. */
static void remind(void)
{
	static char names[256];
	unsigned int i, len = 0;

	for (i = 0; i < hook_count(); i++)
		if (seen[i].lasts)
			len += scnprintf(names + len, sizeof(names) - len,
					 " %s", seen[i].name);
	if (len)
		pr_crit("BROKEN: not guarded:%s\n", names);
}

static void schedule_round(void)
{
	queue_delayed_work(system_freezable_wq, &watch_work,
			   round_jiffies_relative(param_watch() * HZ));
}

/*
 * What came in while the seal was being put on: it was not there when that was
 * looked at first, and the gate was not yet.
 */
static bool finds(char *text)
{
	if (gate_bpf_finds(text))
		return true;
	strscpy(text, "a kernel for crashes", BPF_TEXT_SIZE);
	return gate_kexec_finds();
}

void watch_slipped_in(const char *what)
{
	if (xchg(&slipped_in, true))
		return;
	WRITE_ONCE(broken, true);
	if (param_panics())
		panic("seal: BROKEN: %s", what);
	pr_crit("BROKEN: %s: it came in before the seal was on\n", what);
}

static void look_around(void)
{
	char text[BPF_TEXT_SIZE];

	if (!READ_ONCE(slipped_in) && finds(text))
		watch_slipped_in(text);
}

static void watch_round(struct work_struct *work)
{
	ktime_t start = ktime_get();
	unsigned int i;

	hook_lock();
	policy_set_prover(current);
	for (i = 0; i < hook_count(); i++)
		look_at(i);
	policy_set_prover(NULL);
	hook_unlock();
	look_around();
	remind();

	WRITE_ONCE(took_us, ktime_us_delta(ktime_get(), start));
	WRITE_ONCE(rounds, rounds + 1);
	schedule_round();
}

void watch_start(void)
{
	look_around();
	schedule_round();
}

int watch_arrival(struct module *mod)
{
	int err;

	if (!hook_wants(mod))
		return 0;
	hook_lock();
	err = hook_move_in(mod);
	if (!err) {
		policy_set_prover(current);
		err = hook_prove_in(mod);
		policy_set_prover(NULL);
		if (err)
			hook_move_out(mod);
	}
	hook_unlock();
	return policy_hindered(err);
}

void watch_departure(const struct module *mod)
{
	if (!hook_wants(mod))
		return;
	hook_lock();
	hook_move_out(mod);
	hook_unlock();
}

bool watch_broken(void)
{
	return READ_ONCE(broken);
}

/* No line where there is none. */
static void show_names(struct seq_file *m, const char *key,
		       bool (*one)(unsigned int i))
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < hook_count(); i++) {
		if (!one(i))
			continue;
		if (!any)
			seq_printf(m, "%s:", key);
		seq_printf(m, " %s", seen[i].name);
		any = true;
	}
	if (any)
		seq_putc(m, '\n');
}

void watch_show(struct seq_file *m)
{
	seq_printf(m, "watch.interval: %u\nwatch.rounds: %lu\nwatch.took_us: %lu\n",
		   param_watch(), READ_ONCE(rounds), READ_ONCE(took_us));
	seq_printf(m, "on_broken: %s\n", param_panics() ? "panic" : "log");
	if (READ_ONCE(slipped_in))
		seq_puts(m, "broken.slipped_in: yes\n");
	show_names(m, "broken", was_broken);
	show_names(m, "broken.now", is_broken);
	show_names(m, "passed_by", is_passed_by);
	show_names(m, "untried", is_untried);
}
