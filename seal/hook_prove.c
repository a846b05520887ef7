// SPDX-License-Identifier: GPL-2.0
/*
 * All hooks, one by one: that they refuse what is forbidden, for which each
 * function is called, and which there are.
 */
#include "hook.h"

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "seal.h"

static int prove(unsigned int i)
{
	struct hook_proof proof = hook_try(i);

	switch (proof.state) {
	case HOOK_OPEN:
		pr_err("%s is not guarded: %s returned %ld\n", proof.name,
		       proof.how, proof.returned);
		return -EPROTO;
	case HOOK_UNTRIED:
		pr_err("%s could not be tried: out of memory\n", proof.name);
		return -ENOMEM;
	default:
		return 0;
	}
}

int hook_prove(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < hook_count(); i++)
		err = prove(i);
	return err;
}

int hook_prove_in(const struct module *mod)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < hook_count(); i++)
		if (hook_is_of(i, mod))
			err = prove(i);
	return err;
}

void hook_show(struct seq_file *m)
{
	unsigned int i, count = 0;

	for (i = 0; i < hook_count(); i++)
		count += !!hook_name(i);
	seq_printf(m, "hooks: %u\nhooked:", count);
	for (i = 0; i < hook_count(); i++)
		if (hook_name(i))
			seq_printf(m, " %s", hook_name(i));
	seq_putc(m, '\n');
}
