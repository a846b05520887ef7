// SPDX-License-Identifier: GPL-2.0
/*
 * The command line. One program has two personalities, as kmod's tools have:
 *
 *	insmod    FILE [PARAMETER...]
 *	modprobe  NAME [PARAMETER...], or -a NAME..., -r NAME...
 *
 * A program name of insmod or modprobe settles which. Under any other name an
 * option that only modprobe has, or a "--", means modprobe: the kernel calls
 * what kernel.modprobe names as "PROGRAM -q -- NAME".
 */
#define _GNU_SOURCE
#include "guard.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPTION_MODPROBE = 256,
	OPTION_FIRST_TIME,
	OPTION_MANIFEST,
	OPTION_KEY,
	OPTION_NO_KEY,
	OPTION_STRICT_PATH,
	OPTION_ALLOW_MD5,
	OPTION_CHECK,
	OPTION_IGNORE_MISSING,
	OPTION_FORCE,
};

/* A leading colon: a missing argument is told apart, by us. */
static const char short_options[] = ":abC:Dd:fhinpqRrS:sVv";

static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "use-blacklist", no_argument, NULL, 'b' },
	{ "config", required_argument, NULL, 'C' },
	{ "show-depends", no_argument, NULL, 'D' },
	{ "dirname", required_argument, NULL, 'd' },
	{ "force", no_argument, NULL, 'f' },
	{ "force-modversion", no_argument, NULL, 'f' },
	{ "force-vermagic", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "ignore-install", no_argument, NULL, 'i' },
	{ "ignore-remove", no_argument, NULL, 'i' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "show", no_argument, NULL, 'n' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "resolve-alias", no_argument, NULL, 'R' },
	{ "remove", no_argument, NULL, 'r' },
	{ "set-version", required_argument, NULL, 'S' },
	{ "syslog", no_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "modprobe", no_argument, NULL, OPTION_MODPROBE },
	{ "first-time", no_argument, NULL, OPTION_FIRST_TIME },
	{ "manifest", required_argument, NULL, OPTION_MANIFEST },
	{ "key", required_argument, NULL, OPTION_KEY },
	{ "no-key", no_argument, NULL, OPTION_NO_KEY },
	{ "strict-path", no_argument, NULL, OPTION_STRICT_PATH },
	{ "allow-md5", no_argument, NULL, OPTION_ALLOW_MD5 },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "ignore-missing", no_argument, NULL, OPTION_IGNORE_MISSING },
	{ NULL, 0, NULL, 0 }
};

/* What only modprobe has; insmod-guard's own options suit both. */
static const int modprobe_options[] = {
	'a', 'b', 'C', 'D', 'd', 'i', 'q', 'R', 'r', 'S', OPTION_MODPROBE,
	OPTION_FIRST_TIME,
};

void options_help(void)
{
	fputs("Usage: insmod-guard [options] FILE [PARAMETER=VALUE...]\n"
	      "       insmod-guard --modprobe [options] NAME [PARAMETER=VALUE...]\n"
	      "       insmod-guard --modprobe -a|-r [options] NAME...\n"
	      "       insmod-guard --check [options] [PATH...]\n"
	      "Load kernel modules whose digest the manifest lists, and no others.\n"
	      "Called as modprobe, or as \"insmod-guard -q -- NAME\", it is modprobe.\n"
	      "\n"
	      "      --manifest FILE   instead of " MANIFEST_DEFAULT "\n"
	      "      --key FILE        who must have signed it, instead of\n"
	      "                        " KEY_DEFAULT " where that is\n"
	      "      --no-key          nobody need have signed it\n"
	      "      --strict-path     the line must also name the module's path\n"
	      "      --allow-md5       read a manifest of MD5 digests\n"
	      "      --check           verify the files that the manifest names, or\n"
	      "                        that it lists the modules below each PATH\n"
	      "      --ignore-missing  --check: a file that does not exist is no failure\n"
	      "  -n, --dry-run, --show resolve and verify, load nothing\n"
	      "  -v, --verbose         tell what is done\n"
	      "  -s, --syslog          write messages to the system log too\n"
	      "  -V, --version         show the version\n"
	      "  -h, --help            show this help\n"
	      "\n"
	      "As modprobe:\n"
	      "      --modprobe        whatever the program is called\n"
	      "  -a, --all             every operand is a module name\n"
	      "  -b, --use-blacklist   apply the blacklist to module names too\n"
	      "  -C, --config FILE     instead of the modprobe.d directories\n"
	      "  -D, --show-depends    print what would be done, and exit\n"
	      "  -d, --dirname DIR     modules are below DIR/lib/modules\n"
	      "      --first-time      already loaded, or not loaded, is a failure\n"
	      "  -i, --ignore-install, --ignore-remove\n"
	      "                        ignore commands and soft dependencies\n"
	      "  -q, --quiet           tell only refusals\n"
	      "  -R, --resolve-alias   print the modules that NAME stands for, and exit\n"
	      "  -r, --remove          remove instead of load\n"
	      "  -S, --set-version V   instead of the running kernel's version\n"
	      "\n"
	      "Exit status: 0 done, 1 refused or failed, 2 wrong usage.\n", stdout);
}

static bool wrong_usage(const char *what, const char *which)
{
	message_error("%s%s; see insmod-guard --help", what, which);
	return false;
}

static bool is_modprobe_option(int c)
{
	size_t i;

	for (i = 0; i < array_size(modprobe_options); i++)
		if (modprobe_options[i] == c)
			return true;
	return false;
}

static void add_config(struct options *o, const char *path)
{
	size_t n = 0;

	while (o->config && o->config[n])
		n++;
	o->config = must_resize(o->config, n + 2, sizeof(*o->config));
	o->config[n] = path;
	o->config[n + 1] = NULL;
}

static const struct {
	int option;
	size_t field;		/* a bool of struct options */
} flags[] = {
	{ 'a', offsetof(struct options, all) },
	{ 'b', offsetof(struct options, use_blacklist) },
	{ 'i', offsetof(struct options, ignore_commands) },
	{ 'n', offsetof(struct options, dry_run) },
	{ 'q', offsetof(struct options, quiet) },
	{ 's', offsetof(struct options, syslog) },
	{ 'v', offsetof(struct options, verbose) },
	{ OPTION_ALLOW_MD5, offsetof(struct options, allow_md5) },
	{ OPTION_FIRST_TIME, offsetof(struct options, first_time) },
	{ OPTION_IGNORE_MISSING, offsetof(struct options, ignore_missing) },
	{ OPTION_NO_KEY, offsetof(struct options, no_key) },
	{ OPTION_STRICT_PATH, offsetof(struct options, strict_path) },
};

static bool set_flag(struct options *o, int c)
{
	size_t i;

	for (i = 0; i < array_size(flags); i++) {
		if (flags[i].option != c)
			continue;
		*(bool *)((char *)o + flags[i].field) = true;
		return true;
	}
	/* insmod had -p once, and still ignores it */
	return c == OPTION_MODPROBE || c == 'p';
}

static bool set_value(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'C':
		add_config(o, value);
		return true;
	case 'd':
		o->root = value;
		return true;
	case 'S':
		o->kernel = value;
		return true;
	case OPTION_MANIFEST:
		o->manifest = value;
		return true;
	case OPTION_KEY:
		o->key = value;
		return true;
	}
	return false;
}

static bool set_action(struct options *o, int c)
{
	switch (c) {
	case 'D':
		o->action = ACTION_SHOW_DEPENDS;
		return true;
	case 'h':
		o->action = ACTION_HELP;
		return true;
	case 'R':
		o->action = ACTION_RESOLVE;
		return true;
	case 'r':
		o->action = ACTION_REMOVE;
		return true;
	case 'V':
		o->action = ACTION_VERSION;
		return true;
	case OPTION_CHECK:
		o->action = ACTION_CHECK;
		return true;
	}
	return false;
}

static bool refuse_option(int c, const char *word)
{
	switch (c) {
	case 'f':
		message_refused("%s is refused: a module forced into a kernel it was not made for can do anything, whatever its digest",
				word);
		return false;
	case ':':
		return wrong_usage("an argument is missing after ", word);
	default:
		return wrong_usage("there is no option ", word);
	}
}

/* The word that getopt has just read, for messages. */
static const char *current_word(int c, char **argv)
{
	static char letter[3] = "-?";

	if ((c != '?' && c != ':') || optopt <= 0 || optopt > 255)
		return argv[optind - 1];
	letter[1] = (char)optopt;
	return letter;
}

static bool finish(struct options *o, const char *program, bool modprobe,
		   const char *modprobe_word)
{
	if (o->key && o->no_key)
		return wrong_usage("--no-key contradicts --key", "");
	if (!strcmp(program, "insmod") && !modprobe && modprobe_word)
		return wrong_usage("insmod has no option ", modprobe_word);
	if (!strcmp(program, "modprobe") ||
	    (strcmp(program, "insmod") && modprobe_word))
		modprobe = true;
	if (o->action == ACTION_INSMOD && modprobe)
		o->action = ACTION_MODPROBE;

	if (o->action == ACTION_CHECK || o->action == ACTION_HELP ||
	    o->action == ACTION_VERSION || o->operands[0])
		return true;
	return wrong_usage(modprobe ? "a module name is missing" :
			   "a module file is missing", "");
}

/**
 * options_parse() - false when the command line is wrong
 */
bool options_parse(struct options *o, int argc, char **argv)
{
	const char *modprobe_word = NULL;
	bool modprobe = false;
	int c;

	*o = (struct options){ .manifest = MANIFEST_DEFAULT };
	opterr = 0;
	while ((c = getopt_long(argc, argv, short_options, long_options,
				NULL)) != -1) {
		if (!set_flag(o, c) && !set_value(o, c, optarg) &&
		    !set_action(o, c))
			return refuse_option(c, current_word(c, argv));
		if (is_modprobe_option(c))
			modprobe_word = argv[optind - 1];
		modprobe |= c == OPTION_MODPROBE;
	}
	o->operands = argv + optind;
	if (!modprobe_word && optind > 1 && !strcmp(argv[optind - 1], "--") &&
	    strcmp(basename(argv[0]), "insmod"))
		modprobe_word = "--";
	return finish(o, basename(argv[0]), modprobe, modprobe_word);
}

/* modprobe quotes a value that holds a space; insmod never did. */
static bool wants_quotes(const char *word, bool quote)
{
	const char *value = strchr(word, '=');

	return quote && value && value[1] != '"' && value[1] != '\'' &&
	       strchr(value, ' ');
}

char *options_join_parameters(char **words, bool quote)
{
	char *text = must_copy(""), *longer;
	const char *space = "";
	int key;

	for (; *words; words++, space = " ") {
		if (wants_quotes(*words, quote)) {
			key = (int)strcspn(*words, "=") + 1;
			longer = must_print("%s%s%.*s\"%s\"", text, space, key,
					    *words, *words + key);
		} else {
			longer = must_print("%s%s%s", text, space, *words);
		}
		free(text);
		text = longer;
	}
	return text;
}
