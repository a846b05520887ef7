// SPDX-License-Identifier: GPL-2.0
/*
 * insmod-guard: loads kernel modules whose digest a manifest lists. It is the
 * loader for which a sealed kernel leaves a hole, so it trusts little: not its
 * environment, not the file after it was read once, not who calls it.
 */
#include "guard.h"

#include <stdio.h>
#include <stdlib.h>

static bool insmod(const struct options *o)
{
	char *parameters = options_join_parameters(o->operands + 1, false);
	struct plan plan = { .fail_if_loaded = true };
	bool ok;

	plan_add(&plan, o->operands[0], o->operands[0], parameters);
	plan.steps[0].target = true;
	ok = load_plan(&plan, o);
	plan_free(&plan);
	free(parameters);
	return ok;
}

static bool show_plan(struct plan *plan, const struct options *o)
{
	(void)o;
	load_print_plan(plan);
	return true;
}

static bool modprobe(const struct options *o, plan_action *act)
{
	char **name = o->operands;
	char *parameters;
	bool ok = true;

	if (o->all) {
		for (; *name; name++)
			ok &= resolve_each(o, *name, NULL, act);
		return ok;
	}
	parameters = options_join_parameters(name + 1, true);
	ok = resolve_each(o, *name, parameters, act);
	free(parameters);
	return ok;
}

static bool remove_all(const struct options *o)
{
	char **name;
	bool ok = true;

	for (name = o->operands; *name; name++)
		ok &= resolve_remove(o, *name);
	return ok;
}

static bool run(const struct options *o)
{
	switch (o->action) {
	case ACTION_INSMOD:
		return insmod(o);
	case ACTION_MODPROBE:
		return modprobe(o, load_plan);
	case ACTION_SHOW_DEPENDS:
		return modprobe(o, show_plan);
	case ACTION_RESOLVE:
		return resolve_print_names(o, o->operands[0]);
	case ACTION_REMOVE:
		return remove_all(o);
	case ACTION_CHECK:
		return o->operands[0] ? check_paths(o) : check_manifest(o);
	case ACTION_HELP:
		options_help();
		return true;
	case ACTION_VERSION:
		puts("insmod-guard " GUARD_VERSION);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	bool had_stderr = process_open_standard_fds();
	struct options o;
	bool ok;

	process_harden();

	/* Without a standard error it was the kernel that called us. */
	message_setup(false, false, !had_stderr);
	if (argc < 1 || !options_parse(&o, argc, argv))
		return GUARD_USAGE;
	message_setup(o.quiet, o.verbose, o.syslog || !had_stderr);

	ok = run(&o);
	free(o.config);
	if (fflush(stdout) != 0) {
		message_error("cannot write the output");
		ok = false;
	}
	return ok ? GUARD_DONE : GUARD_FAILED;
}
