// SPDX-License-Identifier: GPL-2.0
/*
 * Names to modules: the only file that knows libkmod.
 *
 * libkmod decides what is to be done and in which order, by a dry run of
 * kmod_module_probe_insert_module(): aliases, dependencies, soft dependencies,
 * blacklists, options, install commands, what is builtin and what is loaded.
 * It never loads: it would open the file by its path, after we looked.
 */
#include "guard.h"

#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <syslog.h>

struct step *plan_add(struct plan *plan, const char *name, const char *path,
		      const char *parameters)
{
	struct step *step;

	plan->steps = must_resize(plan->steps, plan->count + 1,
				  sizeof(*plan->steps));
	step = &plan->steps[plan->count++];
	*step = (struct step){
		.name = must_copy(name),
		.path = path ? must_copy(path) : NULL,
		.parameters = must_copy(parameters ? parameters : ""),
		.required = true,
	};
	return step;
}

void plan_free(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		free(plan->steps[i].name);
		free(plan->steps[i].path);
		free(plan->steps[i].parameters);
		free(plan->steps[i].command);
	}
	free(plan->steps);
	*plan = (struct plan){ 0 };
}

/*
 * libkmod returns no error for dependencies it cannot find: it logs one, and
 * goes on as if there were none.
 */
static bool libkmod_complained;

__attribute__((format(printf, 6, 0)))
static void log_of_libkmod(void *data, int priority, const char *file, int line,
			   const char *fn, const char *format, va_list args)
{
	char text[1024];

	(void)data;
	(void)file;
	(void)line;
	(void)fn;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	if (priority <= LOG_ERR) {
		libkmod_complained = true;
		message_error("libkmod: %s", text);
	} else {
		message_warning("libkmod: %s", text);
	}
}

/* NULL: the running kernel's tree, which libkmod finds by itself. */
static char *tree_of(const struct options *o)
{
	struct utsname u;

	if (!o->root && !o->kernel)
		return NULL;
	if (!o->kernel && uname(&u) < 0)
		u.release[0] = '\0';
	return must_print("%s/lib/modules/%s", o->root ? o->root : "",
			  o->kernel ? o->kernel : u.release);
}

static struct kmod_ctx *open_tree(const struct options *o)
{
	char *tree = tree_of(o);
	struct kmod_ctx *kmod = kmod_new(tree, o->config);

	free(tree);
	if (!kmod) {
		message_error("libkmod cannot be started: %s", strerror(errno));
		return NULL;
	}
	kmod_set_log_fn(kmod, log_of_libkmod, NULL);
	kmod_set_log_priority(kmod, LOG_WARNING);
	kmod_load_resources(kmod);
	return kmod;
}

static struct kmod_list *look_up(struct kmod_ctx *kmod, const char *name)
{
	struct kmod_list *list = NULL;
	int error = kmod_module_new_from_lookup(kmod, name, &list);

	if (error < 0 || !list) {
		message_error("%s: there is no such module in %s%s", name,
			      kmod_get_dirname(kmod), strchr(name, '/') ?
			      " (a file is loaded without --modprobe, -q and --)" : "");
		kmod_module_unref_list(list);
		return NULL;
	}
	return list;
}

/*
 * What the dry run tells is gathered here: the callback of libkmod is not
 * given anything of ours.
 */
static struct {
	struct plan *plan;
	const struct kmod_module *target;
	struct kmod_list *dependencies;
} dry_run;

static bool is_dependency(const struct kmod_module *module)
{
	const struct kmod_list *l;

	kmod_list_foreach(l, dry_run.dependencies) {
		struct kmod_module *m = kmod_module_get_module(l);

		kmod_module_unref(m);	/* the list still holds it */
		if (m == module)
			return true;
	}
	return false;
}

static void gather(struct kmod_module *module, bool install,
		   const char *parameters)
{
	const char *path = install ? NULL : kmod_module_get_path(module);
	struct step *step;

	step = plan_add(dry_run.plan, kmod_module_get_name(module), path,
			parameters);
	if (install)
		step->command =
			must_copy(kmod_module_get_install_commands(module));
	else if (!path)
		step->builtin = kmod_module_get_initstate(module) ==
				KMOD_MODULE_BUILTIN;
	step->target = module == dry_run.target;
	step->required = step->target || is_dependency(module);
}

static unsigned int probe_flags(const struct options *o)
{
	unsigned int flags = KMOD_PROBE_DRY_RUN |
			     KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY;

	if (o->ignore_commands)
		flags |= KMOD_PROBE_IGNORE_COMMAND;
	if (o->action == ACTION_SHOW_DEPENDS)
		flags |= KMOD_PROBE_IGNORE_LOADED;
	if (o->use_blacklist)
		flags |= KMOD_PROBE_APPLY_BLACKLIST;
	if (o->first_time)
		flags |= KMOD_PROBE_FAIL_ON_LOADED;
	return flags;
}

static bool make_plan(struct plan *plan, struct kmod_module *module,
		      const char *parameters, const struct options *o)
{
	int error;

	plan->fail_if_loaded = o->first_time;
	dry_run.plan = plan;
	dry_run.target = module;
	libkmod_complained = false;
	dry_run.dependencies = kmod_module_get_dependencies(module);
	if (libkmod_complained) {
		message_error("%s: its dependencies cannot be resolved",
			      kmod_module_get_name(module));
		kmod_module_unref_list(dry_run.dependencies);
		return false;
	}
	error = kmod_module_probe_insert_module(module, probe_flags(o),
						parameters, NULL, NULL, gather);
	kmod_module_unref_list(dry_run.dependencies);

	/* Positive: it is blacklisted, which is not an error. */
	if (error > 0)
		message_detail("%s: blacklisted", kmod_module_get_name(module));
	if (error == -EEXIST)
		message_error("%s: it is already loaded",
			      kmod_module_get_name(module));
	else if (error < 0)
		message_error("%s: its dependencies cannot be resolved: %s",
			      kmod_module_get_name(module), strerror(-error));
	return error >= 0;
}

struct job {
	const struct options *options;
	const char *parameters;
	plan_action *act;
};

/*
 * An alias can stand for several modules. They are independent: one that fails
 * does not keep the others from being tried.
 */
static bool for_each_named(const char *name, const struct job *job,
			   bool (*visit)(struct kmod_module *module,
					 const struct job *job))
{
	struct kmod_ctx *kmod = open_tree(job->options);
	struct kmod_list *list = kmod ? look_up(kmod, name) : NULL;
	const struct kmod_list *l;
	bool ok = list != NULL;

	kmod_list_foreach(l, list) {
		struct kmod_module *module = kmod_module_get_module(l);

		ok &= visit(module, job);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	kmod_unref(kmod);
	return ok;
}

static bool plan_and_act(struct kmod_module *module, const struct job *job)
{
	struct plan plan = { 0 };
	bool ok;

	ok = make_plan(&plan, module, job->parameters, job->options) &&
	     job->act(&plan, job->options);
	plan_free(&plan);
	return ok;
}

/**
 * resolve_each() - make a plan for each module that @name stands for
 */
bool resolve_each(const struct options *o, const char *name,
		  const char *parameters, plan_action *act)
{
	const struct job job = { o, parameters, act };

	return for_each_named(name, &job, plan_and_act);
}

static bool print_name(struct kmod_module *module, const struct job *job)
{
	(void)job;
	puts(kmod_module_get_name(module));
	return true;
}

bool resolve_print_names(const struct options *o, const char *name)
{
	const struct job job = { .options = o };

	return for_each_named(name, &job, print_name);
}

static bool delete_module(const struct kmod_module *module,
			  const struct options *o)
{
	const char *name = kmod_module_get_name(module);
	int error;

	if (o->verbose)
		printf("rmmod %s\n", name);
	if (o->dry_run)
		return true;
	error = sys_delete_module(name);
	if (!error || (error == -ENOENT && !o->first_time))
		return true;
	message_error("%s: could not be removed: %s", name, strerror(-error));
	return false;
}

static bool run_remove_command(const struct kmod_module *module,
			       const char *command, const struct options *o)
{
	if (o->verbose) {
		char *text = command_expand(command, "");

		printf("remove %s\n", text);
		free(text);
	}
	return o->dry_run ||
	       command_run(command, kmod_module_get_name(module), "");
}

/* False: nothing is to be removed; *ok says if that is as it should be. */
static bool is_removable(const struct kmod_module *module, bool asked_for,
			 const struct options *o, bool *ok)
{
	const char *name = kmod_module_get_name(module);
	int state = kmod_module_get_initstate(module);

	*ok = true;
	if (state < 0) {
		*ok = !o->first_time;
		if (!*ok)
			message_error("%s: it is not loaded", name);
		return false;
	}
	if (state == KMOD_MODULE_BUILTIN) {
		*ok = !asked_for;
		if (!*ok)
			message_error("%s: it is built into the kernel", name);
		return false;
	}
	if (kmod_module_get_refcnt(module) > 0) {
		*ok = false;
		message_error("%s: it is in use", name);
		return false;
	}
	return true;
}

/* Dependencies that nobody uses any more; that it fails does not matter. */
static void remove_unused(const struct kmod_module *module,
			  const struct options *o)
{
	struct kmod_list *dependencies = kmod_module_get_dependencies(module);
	const struct kmod_list *l;

	kmod_list_foreach(l, dependencies) {
		struct kmod_module *m = kmod_module_get_module(l);

		if (kmod_module_get_refcnt(m) == 0)
			delete_module(m, o);
		kmod_module_unref(m);
	}
	kmod_module_unref_list(dependencies);
}

static bool remove_module(struct kmod_module *module, bool asked_for,
			  const struct options *o);

static void remove_reversed(struct kmod_list *list, const struct options *o)
{
	const struct kmod_list *l;

	kmod_list_foreach_reverse(l, list) {
		struct kmod_module *m = kmod_module_get_module(l);

		remove_module(m, false, o);
		kmod_module_unref(m);
	}
}

/* In modprobe's order: soft dependencies around it, unused ones after it. */
static bool remove_module(struct kmod_module *module, bool asked_for,
			  const struct options *o)
{
	struct kmod_list *before = NULL, *after = NULL;
	const char *command = NULL;
	bool ok;

	if (!o->ignore_commands) {
		kmod_module_get_softdeps(module, &before, &after);
		command = kmod_module_get_remove_commands(module);
	}
	if (command || is_removable(module, asked_for, o, &ok)) {
		remove_reversed(after, o);
		if (command)
			ok = run_remove_command(module, command, o);
		else
			ok = delete_module(module, o);
		if (ok && !command)
			remove_unused(module, o);
		if (ok)
			remove_reversed(before, o);
	}
	kmod_module_unref_list(before);
	kmod_module_unref_list(after);
	return ok;
}

static bool remove_asked_for(struct kmod_module *module, const struct job *job)
{
	return remove_module(module, true, job->options);
}

bool resolve_remove(const struct options *o, const char *name)
{
	const struct job job = { .options = o };

	return for_each_named(name, &job, remove_asked_for);
}
