// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters: what the administrator wrote on the insmod line. The kernel
 * hands over one at a time and ignores those it does not know, so they are
 * only recorded as they come and judged together in param_check().
 */
#include "param.h"

#include <linux/cache.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "args.h"
#include "seal.h"

enum {
	PARAM_INSMOD, PARAM_MEM_ALLOW, PARAM_NO_REMOVE, PARAM_READ,
	PARAM_MANIFEST, PARAM_REVOKED, PARAM_TRUST_SIGNED, PARAM_ARGS,
	PARAM_KEY, PARAM_SERIAL_FILE, PARAM_PROGRAMS, PARAM_WATCH,
	PARAM_ON_BROKEN, PARAM_PROTECT, PARAM_RAW, PARAM_LEVEL, PARAM_KEEP,
	PARAM_PREOPENED, PARAM_MODE, PARAM_MAX
};

/*
 * @value: as given, NULL if not. @other: a second value that contradicts it.
 * @on: a boolean's meaning, with its default. @words: all that it can be, the
 * default first; @word: which of them it is; @wrong: what another one is.
 */
struct param {
	const char *name;
	bool boolean;
	bool on;
	const char * const *words;
	const char *wrong;
	int word;
	char *value;
	char *other;
};

static const char * const args_words[] = {
	[ARGS_SAFE] = "safe",
	[ARGS_LISTED] = "listed",
	[ARGS_NONE] = "none",
	[ARGS_ANY] = "any",
	NULL
};

static const char * const preopened_words[] = {
	[PREOPENED_REVOKE] = "revoke",
	[PREOPENED_REFUSE] = "refuse",
	[PREOPENED_REPORT] = "report",
	NULL
};

static const char * const on_broken_words[] = { "log", "panic", NULL };

static const char * const level_words[] = {
	"integrity", "confidentiality", NULL
};

static const char * const mode_words[] = { "enforce", "audit", NULL };

static struct param params[PARAM_MAX] __ro_after_init = {
	[PARAM_INSMOD]	  = { .name = "insmod" },
	[PARAM_MEM_ALLOW] = { .name = "mem_allow" },
	[PARAM_NO_REMOVE] = { .name = "no_remove", .boolean = true },
	[PARAM_READ]	  = { .name = "read", .boolean = true, .on = true },
	[PARAM_MANIFEST]  = { .name = "manifest" },
	[PARAM_REVOKED]	  = { .name = "revoked" },
	[PARAM_TRUST_SIGNED] = { .name = "trust_signed", .boolean = true },
	[PARAM_ARGS]	  = { .name = "args", .words = args_words,
			      .wrong = "none of safe, listed, none, any" },
	[PARAM_KEY]	  = { .name = "key" },
	[PARAM_SERIAL_FILE] = { .name = "serial_file" },
	[PARAM_WATCH]	  = { .name = "watch" },
	[PARAM_ON_BROKEN] = { .name = "on_broken", .words = on_broken_words,
			      .wrong = "neither log nor panic" },
	[PARAM_PROGRAMS]  = { .name = "programs" },
	[PARAM_PROTECT]	  = { .name = "protect" },
	[PARAM_RAW]	  = { .name = "raw", .boolean = true },
	[PARAM_LEVEL]	  = { .name = "level", .words = level_words,
			      .wrong = "neither integrity nor confidentiality" },
	[PARAM_KEEP]	  = { .name = "keep" },
	[PARAM_PREOPENED] = { .name = "preopened", .words = preopened_words,
			      .wrong = "none of revoke, refuse, report" },
	[PARAM_MODE]	  = { .name = "mode", .words = mode_words,
			      .wrong = "neither audit nor enforce" },
};

#define PROGRAMS_DEFAULT "/etc/seal/programs.sha256"

/* Of watch=, in seconds. */
#define WATCH_MAX 3600
static unsigned int watch __ro_after_init = 10;

static int param_set(const char *val, const struct kernel_param *kp)
{
	struct param *p = kp->arg;
	char *copy;

	/* A bare boolean means yes, as for the kernel's own. */
	if (!val)
		val = p->boolean ? "1" : "";
	if (p->value && !strcmp(p->value, val))
		return 0;

	copy = kstrdup(val, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	if (!p->value) {
		p->value = copy;
	} else {
		kfree(p->other);
		p->other = copy;
	}
	return 0;
}

static int param_get(char *buf, const struct kernel_param *kp)
{
	const struct param *p = kp->arg;

	if (p->boolean)
		return sysfs_emit(buf, "%c\n", p->on ? 'Y' : 'N');
	return sysfs_emit(buf, "%s\n", p->value ?: "");
}

static void param_free(void *arg)
{
	struct param *p = arg;

	/* The module goes, and with it what can be read only by now. */
	kfree(p->value);
	kfree(p->other);
}

static const struct kernel_param_ops param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set,
	.get = param_get,
	.free = param_free,
};

/* Read-only to everybody. */
module_param_cb(insmod, &param_ops, &params[PARAM_INSMOD], 0444);
MODULE_PARM_DESC(insmod, "programs that may load modules: /path[,/path...] (default: none)");
module_param_cb(mem_allow, &param_ops, &params[PARAM_MEM_ALLOW], 0444);
MODULE_PARM_DESC(mem_allow, "programs that may use raw hardware: name or /path[:class,...][,...]; classes mem, ioport, pci, msr (default: none)");
module_param_cb(no_remove, &param_ops, &params[PARAM_NO_REMOVE], 0444);
MODULE_PARM_DESC(no_remove, "no module may be removed (default: no)");
module_param_cb(read, &param_ops, &params[PARAM_READ], 0444);
MODULE_PARM_DESC(read, "kernel memory may be read through /dev/mem, /dev/port and /proc/kcore (default: yes)");
module_param_cb(manifest, &param_ops, &params[PARAM_MANIFEST], 0444);
MODULE_PARM_DESC(manifest, "modules with a digest in this file may be loaded: /path (default: none)");
module_param_cb(revoked, &param_ops, &params[PARAM_REVOKED], 0444);
MODULE_PARM_DESC(revoked, "modules with a digest in this file may not, whatever speaks for them: /path (default: none)");
module_param_cb(trust_signed, &param_ops, &params[PARAM_TRUST_SIGNED], 0444);
MODULE_PARM_DESC(trust_signed, "modules signed by a key that the kernel trusts may be loaded (default: no)");
module_param_cb(args, &param_ops, &params[PARAM_ARGS], 0444);
MODULE_PARM_DESC(args, "arguments that modules may be given: safe (none that names hardware), listed, none, any (default: safe)");
module_param_cb(key, &param_ops, &params[PARAM_KEY], 0444);
MODULE_PARM_DESC(key, "certificate whose key signs manifests: /path, DER (default: none)");
module_param_cb(serial_file, &param_ops, &params[PARAM_SERIAL_FILE], 0444);
MODULE_PARM_DESC(serial_file, "where the manifests' serials outlive a reboot: /path (default: nowhere)");
module_param_cb(programs, &param_ops, &params[PARAM_PROGRAMS], 0444);
MODULE_PARM_DESC(programs, "code that programs of insmod and mem_allow may run: /path (default: /etc/seal/programs.sha256)");

module_param_cb(watch, &param_ops, &params[PARAM_WATCH], 0444);
MODULE_PARM_DESC(watch, "how often the doors are tried, in seconds: 1 to 3600 (default: 10)");
module_param_cb(on_broken, &param_ops, &params[PARAM_ON_BROKEN], 0444);
MODULE_PARM_DESC(on_broken, "what to do where one is found open: log, panic (default: log)");

module_param_cb(protect, &param_ops, &params[PARAM_PROTECT], 0444);
MODULE_PARM_DESC(protect, "files that cannot be changed, and all below directories: boot or /path[,...] (default: what the holes rest on)");
module_param_cb(raw, &param_ops, &params[PARAM_RAW], 0444);
MODULE_PARM_DESC(raw, "the block devices that hold what is protected, and those mounted or swap, may be written, and NVMe controllers take any command (default: no)");

module_param_cb(level, &param_ops, &params[PARAM_LEVEL], 0444);
MODULE_PARM_DESC(level, "which of the kernel's lockdown reasons are shut: integrity, confidentiality (default: integrity)");
module_param_cb(keep, &param_ops, &params[PARAM_KEEP], 0444);
MODULE_PARM_DESC(keep, "those that stay open: name[,...], as status has them (default: none)");

module_param_cb(preopened, &param_ops, &params[PARAM_PREOPENED], 0444);
MODULE_PARM_DESC(preopened, "what was opened before the seal: revoke, refuse to go on, report (default: revoke)");
module_param_cb(mode, &param_ops, &params[PARAM_MODE], 0444);
MODULE_PARM_DESC(mode, "enforce, or audit: refuse nothing and tell what would be (default: enforce)");

static int param_doubtful(const struct param *p, const char *wrong)
{
	pr_err("parameter %s=\"%*pE\" is %s\n", p->name,
	       (int)strlen(p->value), p->value, wrong);
	return -EINVAL;
}

static int param_parse_bool(struct param *p)
{
	static const char * const yes[] = { "1", "y", "yes", "true", "on" };
	static const char * const no[] = { "0", "n", "no", "false", "off" };
	int i;

	for (i = 0; i < ARRAY_SIZE(yes); i++) {
		if (!strcasecmp(p->value, yes[i])) {
			p->on = true;
			return 0;
		}
		if (!strcasecmp(p->value, no[i])) {
			p->on = false;
			return 0;
		}
	}
	return param_doubtful(p, "neither yes nor no (1/0, y/n, yes/no, true/false, on/off)");
}

static int param_parse_word(struct param *p)
{
	int i = match_string(p->words, -1, p->value);

	if (i < 0)
		return param_doubtful(p, p->wrong);
	p->word = i;
	return 0;
}

static int param_parse_watch(const struct param *p)
{
	if (!kstrtouint(p->value, 10, &watch) && watch && watch <= WATCH_MAX)
		return 0;
	return param_doubtful(p, "no number of seconds from 1 to " __stringify(WATCH_MAX));
}

static int param_check_value(struct param *p)
{
	if (!p->value)
		return 0;
	if (p->other) {
		pr_err("parameter %s is given twice, as \"%*pE\" and as \"%*pE\"\n",
		       p->name, (int)strlen(p->value), p->value,
		       (int)strlen(p->other), p->other);
		return -EINVAL;
	}
	if (!*p->value) {
		pr_err("parameter %s=\"\" is empty\n", p->name);
		return -EINVAL;
	}
	if (p->boolean)
		return param_parse_bool(p);
	if (p->words)
		return param_parse_word(p);
	return p == &params[PARAM_WATCH] ? param_parse_watch(p) : 0;
}

/* Dash and underscore are the same letter in a parameter's name. */
static bool param_known(char *name)
{
	int i;

	strreplace(name, '-', '_');
	for (i = 0; i < PARAM_MAX; i++)
		if (!strcmp(name, params[i].name))
			return true;
	return false;
}

/*
 * Cuts the next NAME or NAME=VALUE off the string, at a space outside of
 * quotes (lib/cmdline.c:next_arg(), which 5.10 does not export).
 */
static char *next_param(char **rest)
{
	char *word = skip_spaces(*rest);
	bool quoted = false;
	char *end;

	for (end = word; *end && (quoted || !isspace(*end)); end++)
		if (*end == '"')
			quoted = !quoted;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return *word ? word : NULL;
}

static int param_check_word(char *word)
{
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	if (param_known(word))
		return 0;
	pr_err("parameter %*pE=\"%*pE\" is unknown (there are insmod, mem_allow, no_remove, read, manifest, revoked, trust_signed, args, key, serial_file, programs, watch, on_broken, protect, raw, level, keep, preopened, mode)\n",
	       (int)strlen(word), word, value ? (int)strlen(value) : 0,
	       value ?: "");
	return -EINVAL;
}

/*
 * load_module() warns of an unknown parameter and loads the module without
 * (kernel/module/main.c:unknown_module_param_cb): a misspelt "no_remvoe=1"
 * would seal less than was asked for. So the string is read once more, from
 * where the system call has it.
 */
static int param_check_unknown(void)
{
	char *args, *rest, *word;
	int err = 0;

	args = strndup_user(compat_module_args(), PAGE_SIZE);
	if (IS_ERR(args)) {
		pr_err("cannot read the parameters again: error %ld\n",
		       PTR_ERR(args));
		return PTR_ERR(args);
	}
	rest = args;
	while (!err && (word = next_param(&rest)) && strcmp(word, "--"))
		err = param_check_word(word);
	kfree(args);
	return err;
}

static bool has_holes(void)
{
	return params[PARAM_INSMOD].value || params[PARAM_MEM_ALLOW].value;
}

/* What one parameter demands of another. */
static int param_check_together(void)
{
	if (params[PARAM_SERIAL_FILE].value && !params[PARAM_KEY].value) {
		pr_err("parameter serial_file needs key: without it manifests have no serials that count\n");
		return -EINVAL;
	}
	if (param_programs_given() && !has_holes()) {
		pr_err("parameter programs needs insmod or mem_allow: it says what their programs consist of\n");
		return -EINVAL;
	}
	if (param_confidential() && params[PARAM_READ].value && param_read()) {
		pr_err("parameters level=confidentiality and read=yes contradict each other (keep=kcore keeps /proc/kcore)\n");
		return -EINVAL;
	}
	if (param_confidential())
		params[PARAM_READ].on = false;
	return 0;
}

int param_check(void)
{
	int i, err;

	err = param_check_unknown();
	for (i = 0; !err && i < PARAM_MAX; i++)
		err = param_check_value(&params[i]);
	return err ?: param_check_together();
}

const char *param_insmod(void)
{
	return params[PARAM_INSMOD].value;
}

const char *param_mem_allow(void)
{
	return params[PARAM_MEM_ALLOW].value;
}

bool param_no_remove(void)
{
	return params[PARAM_NO_REMOVE].on;
}

bool param_read(void)
{
	return params[PARAM_READ].on;
}

const char *param_manifest(void)
{
	return params[PARAM_MANIFEST].value;
}

const char *param_revoked(void)
{
	return params[PARAM_REVOKED].value;
}

bool param_trust_signed(void)
{
	return params[PARAM_TRUST_SIGNED].on;
}

enum args_policy param_args(void)
{
	return params[PARAM_ARGS].word;
}

const char *param_args_name(void)
{
	return args_words[param_args()];
}

const char *param_key(void)
{
	return params[PARAM_KEY].value;
}

const char *param_serial_file(void)
{
	return params[PARAM_SERIAL_FILE].value;
}

unsigned int param_watch(void)
{
	return watch;
}

bool param_panics(void)
{
	return params[PARAM_ON_BROKEN].word;
}

bool param_programs_given(void)
{
	return params[PARAM_PROGRAMS].value;
}

const char *param_programs(void)
{
	if (!has_holes())
		return NULL;
	return params[PARAM_PROGRAMS].value ?: PROGRAMS_DEFAULT;
}

const char *param_protect(void)
{
	return params[PARAM_PROTECT].value;
}

bool param_raw(void)
{
	return params[PARAM_RAW].on;
}

bool param_confidential(void)
{
	return params[PARAM_LEVEL].word;
}

const char *param_keep(void)
{
	return params[PARAM_KEEP].value;
}

enum preopened param_preopened(void)
{
	return params[PARAM_PREOPENED].word;
}

bool param_audit(void)
{
	return params[PARAM_MODE].word;
}
