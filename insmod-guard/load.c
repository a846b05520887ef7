// SPDX-License-Identifier: GPL-2.0
/*
 * Carries a plan out: read every module of it, ask the manifest once about all
 * of them, and only when nothing that is required was refused load the first.
 */
#include "guard.h"

#include <errno.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

/* A step with the bytes that belong to it. */
struct item {
	const struct step *step;
	struct image image;
	bool dropped;		/* an optional module that was refused */
};

static void refuse_compressed(const struct image *image)
{
	const char *tool = !strcmp(image->compression, "gzip") ? "gunzip" :
			   !strcmp(image->compression, "zstd") ? "zstd -d --rm" :
			   "xz -d";

	message_refused("%s: it is compressed with %s, which this kernel cannot decompress (CONFIG_MODULE_DECOMPRESS); run \"%s %s\", then depmod and seal-manifest",
			image->name, image->compression, tool, image->name);
}

static bool take_image(struct item *item)
{
	struct image *image = &item->image;

	if (!image_read(image, item->step->path))
		return false;
	if (!image->compression)
		return true;
	if (!sys_can_decompress(image->compression)) {
		refuse_compressed(image);
		return false;
	}
	return image_freeze(image);
}

/* One optional module less is no reason to refuse the one asked for. */
static bool drop(struct item *item)
{
	item->dropped = true;
	if (item->step->required)
		return false;
	message_warning("%s: going on without it: it is only a soft dependency",
			item->step->name);
	return true;
}

static bool take_images(struct item *items, const struct plan *plan)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		items[i].step = &plan->steps[i];
		if (items[i].step->path && !take_image(&items[i]))
			ok &= drop(&items[i]);
	}
	return ok;
}

/* Tells every refusal, not only the first. */
static bool judge(struct item *items, size_t count, struct subjects *s,
		  const struct manifest *m)
{
	bool ok = true;
	size_t i, n = 0;
	char *reason;

	for (i = 0; i < count; i++) {
		struct subject *subject;

		if (items[i].dropped || !items[i].step->path)
			continue;
		subject = &s->list[n++];
		if (subject->listed) {
			message_detail("%s: listed in %s", subject->name,
				       m->file.name);
			continue;
		}
		reason = listed_reason(subject, m, s->strict_path);
		message_refused("%s: refused: %s", subject->name, reason);
		free(reason);
		ok &= drop(&items[i]);
	}
	return ok;
}

static bool ask_manifest(struct item *items, size_t count,
			 const struct options *o)
{
	struct subjects s = { .strict_path = o->strict_path };
	struct manifest m = { 0 };
	bool ok;
	size_t i;

	s.list = must_alloc(count, sizeof(*s.list));
	for (i = 0; i < count; i++) {
		if (items[i].dropped || !items[i].step->path)
			continue;
		s.list[s.count].name = items[i].image.name;
		s.list[s.count++].image = &items[i].image;
	}
	ok = !s.count ||
	     (manifest_open(&m, o) &&
	      listed_find(&s, &m) && judge(items, count, &s, &m));
	if (s.count)
		manifest_close(&m);
	listed_free(&s);
	return ok;
}

/* 0 or -errno; errors are told by the caller, who knows if they matter. */
static int insert(const struct item *item)
{
	const struct image *image = &item->image;

	if (image->compression)
		return sys_finit_module(image->fd, item->step->parameters,
					MODULE_INIT_COMPRESSED_FILE);
	return sys_init_module(image->data, image->size,
			       item->step->parameters);
}

static void print_step(const struct step *step)
{
	if (step->command)
		printf("install %s %s\n", step->command, step->parameters);
	else if (step->path)
		printf("insmod %s %s\n", step->path, step->parameters);
	else if (step->builtin)
		printf("builtin %s\n", step->name);
}

/* Like modprobe: what happens to a soft dependency is of no interest. */
static bool step_failed(const struct step *step, const char *why)
{
	const char *name = step->path ? step->path : step->name;

	if (step->required)
		message_error("%s: could not be loaded: %s", name, why);
	else
		message_detail("%s: could not be loaded, which does not matter: %s",
			       name, why);
	return false;
}

static bool do_step(const struct item *item, const struct plan *plan,
		    const struct options *o)
{
	const struct step *step = item->step;
	int error;

	if (item->dropped || step->builtin)
		return true;
	if (step->command)
		return command_run(step->command, step->name, step->parameters);
	if (!step->path)
		return step_failed(step, "there is no such module");
	error = insert(item);
	if (!error || (error == -EEXIST &&
		       !(step->target && plan->fail_if_loaded)))
		return true;
	step_failed(step, explain_error(-error));
	if (step->required)
		explain_refusal(&item->image, o, -error);
	return false;
}

static bool do_steps(struct item *items, const struct plan *plan,
		     const struct options *o)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		if (o->verbose && !items[i].dropped)
			print_step(items[i].step);
		if (o->dry_run)
			continue;
		if (!do_step(&items[i], plan, o) && items[i].step->required)
			return false;
		image_free(&items[i].image);
	}
	return true;
}

/* With a manifest of the caller's choice he could vouch for any module. */
static bool may_choose_trust(const struct options *o)
{
	const char *what;

	if (o->dry_run)
		return true;
	if (strcmp(o->manifest, MANIFEST_DEFAULT))
		what = "--manifest";
	else if (o->key && strcmp(o->key, KEY_DEFAULT))
		what = "--key";
	else if (o->no_key)
		what = "--no-key";
	else if (o->allow_md5)
		what = "--allow-md5";
	else
		return true;
	if (!sys_may_be_sealed())
		return true;
	message_refused("%s is refused for loading while the kernel is sealed (or cannot be seen not to be): only %s vouches for modules, without MD5, and signed where there is %s; --check and --dry-run may use it",
			what, MANIFEST_DEFAULT, KEY_DEFAULT);
	return false;
}

/**
 * load_plan() - load all of a plan, or nothing when a required part is refused
 */
bool load_plan(struct plan *plan, const struct options *o)
{
	struct item *items;
	bool ok;
	size_t i;

	if (!may_choose_trust(o))
		return false;
	items = must_alloc(plan->count, sizeof(*items));
	for (i = 0; i < plan->count; i++)
		items[i].image.fd = -1;

	/* Both, so that all refusals are told: unreadable ones, unlisted ones */
	ok = take_images(items, plan);
	ok &= ask_manifest(items, plan->count, o);
	if (ok)
		ok = do_steps(items, plan, o);

	for (i = 0; i < plan->count; i++)
		image_free(&items[i].image);
	free(items);
	return ok;
}

void load_print_plan(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		print_step(&plan->steps[i]);
}
