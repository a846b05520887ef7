// SPDX-License-Identifier: GPL-2.0
/*
 * The load door: no code enters the kernel as a module.
 *
 * Four gates stand behind one another on a module's way in:
 *
 *  entrance	security_kernel_read_file() and security_kernel_load_data(),
 *		before a byte is read or decompressed. Spares the kernel the
 *		work. A BPF program can override functions of these names, so
 *		nothing rests on them.
 *  image	load_module(), which both system calls and all ABIs share and no
 *		BPF program can attach to: before anything of the image is
 *		parsed. This one decides. It also meets calls that waited in
 *		an earlier function when the seal came.
 *  formed	the module notifier, before any of the module's code runs:
 *		judges its name, and refuses what passed load_module()'s first
 *		instruction before the seal and slept inside it since
 *		(strndup_user() of the arguments waits as long as a userfaultfd
 *		lets it). What of the module is to be hooked is, then.
 *  told		parse_args(), which load_module() hands its own copy of the
 *		arguments to: user space cannot change them any more.
 */
#include "gates.h"

#include <linux/anon_inodes.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "hook.h"
#include "image.h"
#include "policy.h"
#include "watch.h"

static int (*orig_load_module)(struct load_info *info,
			       const char __user *uargs, int flags)
	__ro_after_init;
static int (*orig_read_file)(struct file *file, enum kernel_read_file_id id,
			     bool contents) __ro_after_init;
static int (*orig_load_data)(enum kernel_load_data_id id, bool contents)
	__ro_after_init;

typedef int (*unknown_fn)(char *param, char *val, const char *doing,
			  void *arg);
static char *(*orig_parse_args)(const char *doing, char *args,
				const struct kernel_param *params,
				unsigned int num, s16 min_level, s16 max_level,
				void *arg, unknown_fn unknown)
	__ro_after_init;

/*
 * A load that the image gate let pass, for as long as it lasts. @audited: it did
 * not decide yet.
 */
struct admission {
	struct list_head list;
	struct task_struct *task;
	struct seal_image image;
	bool audited;
};

static LIST_HEAD(admissions);
static DEFINE_SPINLOCK(admissions_lock);

static void admit(struct admission *adm)
{
	adm->task = current;
	spin_lock(&admissions_lock);
	list_add(&adm->list, &admissions);
	spin_unlock(&admissions_lock);
}

static void dismiss(struct admission *adm)
{
	spin_lock(&admissions_lock);
	list_del(&adm->list);
	spin_unlock(&admissions_lock);
}

/*
 * load_module() forms a module in the task that called it; so what is found
 * stays as long as it is looked at.
 */
static const struct admission *find_admission(void)
{
	const struct admission *adm, *found = NULL;

	spin_lock(&admissions_lock);
	list_for_each_entry(adm, &admissions, list)
		if (adm->task == current)
			found = adm;
	spin_unlock(&admissions_lock);
	return found;
}

/* Nobody was asked, or nobody had to wait for the answer. */
static bool is_stalled(const struct admission *adm)
{
	return !adm || (adm->audited && policy_level() == LEVEL_SEALED);
}

bool gate_module_admits(void)
{
	return find_admission();
}

/*
 * Newer kernels tell the read of a compressed module by an id of its own; the
 * ids' names begin alike.
 */
static bool reads_module(enum kernel_read_file_id id)
{
	static const char prefix[] = "kernel-module";

	return !strncmp(kernel_read_file_id_str(id), prefix,
			sizeof(prefix) - 1);
}

static int gate_read_file(struct file *file, enum kernel_read_file_id id,
			  bool contents)
{
	const struct seal_event ev = {
		.door = DOOR_MODULE_LOAD,
		.file = file,
	};
	int err;

	if (reads_module(id)) {
		err = seal_check(&ev);
		if (err)
			return err;
	}
	return orig_read_file(file, id, contents);
}

static int gate_load_data(enum kernel_load_data_id id, bool contents)
{
	const struct seal_event ev = {
		.door = DOOR_MODULE_LOAD,
		.text = "(memory)",
	};
	int err;

	if (id == LOADING_MODULE) {
		err = seal_check(&ev);
		if (err)
			return err;
	}
	return orig_load_data(id, contents);
}

/*
 * Only load_module() can free the copy it was given: it knows how it came.
 * So it gets to see an image with the marker of a signature and no room for
 * one, which module_sig_check() drops first thing and without a word
 * (kernel/module/signing.c:mod_verify_sig, -EBADMSG). There is no image where
 * BPF forged the result of reading it.
 */
static void drop_image(struct load_info *info, const char __user *uargs,
		       int flags)
{
	static const char marker[] = MODULE_SIGNATURE_MARKER;

	if (info->hdr && info->len >= sizeof(marker)) {
		memcpy(info->hdr + 1, marker, sizeof(marker) - 1);
		info->len = sizeof(marker);
	} else {
		info->len = 0;
	}
	/* Any other flag would switch the check off. */
	orig_load_module(info, uargs, flags & MODULE_INIT_COMPRESSED_FILE);
}

static void describe(char *text, size_t size, const struct seal_image *image)
{
	if (image->hashed)
		snprintf(text, size, "(image sha256:%*phN)",
			 MANIFEST_DIGEST_SIZE, image->digest);
	else
		strscpy(text, "(image)", size);
}

static int gate_load_module(struct load_info *info, const char __user *uargs,
			    int flags)
{
	char text[sizeof("(image sha256:)") + 2 * MANIFEST_DIGEST_SIZE];
	struct admission adm;
	const struct seal_event ev = {
		.door = DOOR_MODULE_LOAD,
		.text = text,
		.image = &adm.image,
		.forced = flags & (MODULE_INIT_IGNORE_MODVERSIONS |
				   MODULE_INIT_IGNORE_VERMAGIC),
	};
	int err;

	image_examine(info->hdr, info->len, &adm.image);
	describe(text, sizeof(text), &adm.image);
	err = seal_check(&ev);
	if (err) {
		drop_image(info, uargs, flags);
		return err;
	}
	adm.audited = policy_level() != LEVEL_SEALED;
	admit(&adm);
	err = orig_load_module(info, uargs, flags);
	dismiss(&adm);
	return err;
}

static int check_module(const struct module *mod)
{
	const struct admission *adm = find_admission();
	const struct seal_event ev = {
		.door = DOOR_MODULE_LOAD,
		.text = mod->name,
		.image = adm ? &adm->image : NULL,
		.module = mod,
		.stalled = is_stalled(adm),
	};

	return policy_level() == LEVEL_SEALED || policy_audits() ?
	       seal_check(&ev) : 0;
}

static int module_forming(struct notifier_block *nb, unsigned long state,
			  void *data)
{
	struct module *mod = data;

	if (state == MODULE_STATE_COMING)
		return notifier_from_errno(check_module(mod) ?:
					   watch_arrival(mod));
	if (state == MODULE_STATE_GOING) {
		gate_removal_sees(mod);
		watch_departure(mod);
	}
	return NOTIFY_DONE;
}

/* While the system runs only load_module() calls it, with the module last. */
static char *gate_parse_args(const char *doing, char *args,
			     const struct kernel_param *params,
			     unsigned int num, s16 min_level, s16 max_level,
			     void *arg, unknown_fn unknown)
{
	const struct admission *adm = find_admission();
	const struct seal_event ev = {
		.door = DOOR_MODULE_LOAD,
		.text = doing,
		.image = adm ? &adm->image : NULL,
		.module = arg,
		.args = args,
		.stalled = is_stalled(adm),
	};
	int err;

	err = seal_check(&ev);
	if (err)
		return ERR_PTR(err);
	return orig_parse_args(doing, args, params, num, min_level, max_level,
			       arg, unknown);
}

/* Before anybody else looks at a module that is going to be refused. */
static struct notifier_block module_nb = {
	.notifier_call = module_forming,
	.priority = INT_MAX,
};

static long prove_load_module(void)
{
	/* All zero and too short to be one; long enough for drop_image(). */
	struct load_info info = { .len = 64 };

	info.hdr = vzalloc(info.len);
	if (!info.hdr)
		return HOOK_NOT_CALLED;
	return orig_load_module(&info, NULL, 0);
}

/*
 * A file in every respect, for whoever in the kernel looks at it; in no
 * directory, where somebody could be told of it or hold it up (fanotify).
 */
static struct file *no_file;

static long prove_read_file(void)
{
	return orig_read_file(no_file, READING_MODULE, true);
}

static long prove_load_data(void)
{
	return orig_load_data(LOADING_MODULE, true);
}

static long prove_parse_args(void)
{
	char args[] = "";

	return (long)orig_parse_args("seal", args, NULL, 0, 0, 0, NULL, NULL);
}

static const struct hook hooks[] __initconst = {
	{
		.name = "security_kernel_read_file",
		.replacement = gate_read_file,
		.original = &orig_read_file,
		.prove = prove_read_file,
		.spare = true,
	},
	{
		.name = "security_kernel_load_data",
		.replacement = gate_load_data,
		.original = &orig_load_data,
		.prove = prove_load_data,
		.spare = true,
	},
	HOOK("load_module", gate_load_module, &orig_load_module,
	     prove_load_module),
	HOOK("parse_args", gate_parse_args, &orig_parse_args,
	     prove_parse_args),
};

int __init gate_module_init(void)
{
	int err;

	no_file = anon_inode_getfile("[seal]", &generic_ro_fops, NULL,
				     O_RDONLY);
	if (IS_ERR(no_file)) {
		pr_err("cannot make a file: error %ld\n", PTR_ERR(no_file));
		return PTR_ERR(no_file);
	}
	err = register_module_notifier(&module_nb);
	if (err) {
		pr_err("cannot register the module notifier: error %d\n", err);
		fput(no_file);
		return err;
	}
	hook_add(hooks, ARRAY_SIZE(hooks));
	return 0;
}

void gate_module_exit(void)
{
	unregister_module_notifier(&module_nb);
	fput(no_file);
}
