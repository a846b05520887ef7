/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private interface of insmod-guard, cut by the file that implements it.
 *
 *	main -> options
 *	     -> resolve -> load -> image, listed -> manifest, digest
 *			   load -> explain -> live, manifest, digest
 *	     -> check -----------> image, listed -> manifest, digest
 *	manifest -> trusted, signature -> trusted
 *
 * A function that returns bool and can fail has told why when it returns false.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "manifest_text.h"

#define GUARD_VERSION "1.0.0"
#define MANIFEST_DEFAULT "/etc/seal/modules.sha256"
#define KEY_DEFAULT "/etc/seal/seal.x509"

/* Larger than any module; an attacker's sparse file ends here. */
#define IMAGE_SIZE_MAX ((size_t)512 << 20)

#define array_size(a) (sizeof(a) / sizeof((a)[0]))

/* What the program exits with. */
enum { GUARD_DONE = 0, GUARD_FAILED = 1, GUARD_USAGE = 2 };

/* A file never travels without the name that messages need. */
struct file {
	int fd;
	const char *name;
};

/* The bytes of a file. */
struct bytes {
	void *data;		/* to be freed */
	size_t size;
};

/* options.c */

enum action {
	ACTION_INSMOD,
	ACTION_MODPROBE,
	ACTION_SHOW_DEPENDS,
	ACTION_RESOLVE,
	ACTION_REMOVE,
	ACTION_CHECK,
	ACTION_HELP,
	ACTION_VERSION,
};

struct options {
	enum action action;
	const char *manifest;
	const char *key;		/* --key, or NULL */
	const char *root;		/* --dirname */
	const char *kernel;		/* --set-version */
	const char **config;		/* --config, ends in NULL; or NULL */
	char **operands;		/* NULL terminated */
	bool all;
	bool allow_md5;
	bool dry_run;
	bool first_time;
	bool ignore_commands;
	bool ignore_missing;
	bool no_key;
	bool quiet;
	bool strict_path;
	bool syslog;
	bool use_blacklist;
	bool verbose;
};

bool options_parse(struct options *o, int argc, char **argv);
void options_help(void);

/* Module parameters as the kernel wants them: one string; NULL: told why. */
char *options_join_parameters(char **words, bool quote);

/* resolve.c */

/* One thing to be done, in the order in which it must be done. */
struct step {
	char *name;
	char *path;		/* NULL: nothing to load from a file */
	char *parameters;
	char *command;		/* an install command, or NULL */
	bool builtin;
	bool required;		/* no: a soft dependency, may fail */
	bool target;		/* what was asked for, not a dependency */
};

struct plan {
	struct step *steps;
	size_t count;
	bool fail_if_loaded;	/* EEXIST of the target is an error */
};

struct step *plan_add(struct plan *plan, const char *name, const char *path,
		      const char *parameters);
void plan_free(struct plan *plan);

/* Called once per module that a name stands for. */
typedef bool plan_action(struct plan *plan, const struct options *o);

bool resolve_each(const struct options *o, const char *name,
		  const char *parameters, plan_action *act);
bool resolve_print_names(const struct options *o, const char *name);
bool resolve_remove(const struct options *o, const char *name);

/* image.c */

/* The bytes of a module. What is hashed and what is loaded is this. */
struct image {
	const char *name;
	char *path;		/* of the file that was opened, or NULL */
	const void *data;
	size_t size;
	const char *compression;	/* "xz", "zstd", "gzip", or NULL */
	int fd;			/* sealed, read-only memfd, or -1 */
};

bool image_read(struct image *image, const char *name);
bool image_freeze(struct image *image);
void image_free(struct image *image);

/* digest.c */

enum digest_algorithm {
	DIGEST_MD5,		/* only with --allow-md5 */
	DIGEST_SHA256,
	DIGEST_ALGORITHMS
};

#define DIGEST_HEX_MAX MANIFEST_HEX_MAX

/* The algorithm of an entry's digest. */
static inline enum digest_algorithm digest_of(const struct manifest_line *line)
{
	return line->digits == MANIFEST_HEX_MAX ? DIGEST_SHA256 : DIGEST_MD5;
}

bool digest_bytes(enum digest_algorithm algorithm, const void *data,
		  size_t size, char hex[DIGEST_HEX_MAX + 1]);
const char *digest_name(enum digest_algorithm algorithm);

/* trusted.c */

bool trusted_open(struct file *file, const char *what, const char *name);

/* All of a file, at most @max bytes; @file: of an open one. */
bool trusted_read(struct bytes *bytes, const char *what, const char *name,
		  size_t max);
bool read_whole(struct bytes *bytes, const struct file *file, const char *what,
		size_t max);

/* signature.c */

struct manifest;

bool signature_verify(const struct manifest *m, const char *key);

/* manifest.c */

struct manifest {
	struct file file;
	struct bytes text;	/* all of it, if that had to be verified */
	uint64_t serial;	/* known once it was scanned */
	bool allow_md5;
};

/* False ends the scan; it has told why. */
typedef bool manifest_visit(const struct manifest_line *line, void *context);

bool manifest_open(struct manifest *m, const struct options *o);
bool manifest_scan(struct manifest *m, manifest_visit *visit, void *context);
void manifest_close(struct manifest *m);

/* listed.c */

/* Something that the manifest should vouch for. */
struct subject {
	const char *name;
	const struct image *image;	/* NULL: read it to hash it */
	char *digest[DIGEST_ALGORITHMS];
	bool unreadable;
	bool listed;
};

struct subjects {
	struct subject *list;
	size_t count;
	bool strict_path;
	struct {
		struct subject **sorted;	/* by digest; made late */
		size_t count;
	} index[DIGEST_ALGORITHMS];
	void (*progress)(size_t done, size_t total);	/* or NULL */
};

bool listed_find(struct subjects *s, struct manifest *m);
char *listed_reason(struct subject *subject, const struct manifest *m,
		    bool strict_path);
void listed_free(struct subjects *s);

/* load.c */

bool load_plan(struct plan *plan, const struct options *o);
void load_print_plan(const struct plan *plan);

/* explain.c */

const char *explain_error(int error);
void explain_refusal(const struct image *image, const struct options *o,
		     int error);

/* live.c */

/* The digests of a manifest, to be compared with those of the kernel's. */
struct live {
	char (*lines)[DIGEST_HEX_MAX + 1];	/* to be freed */
	size_t count;
	size_t room;
};

void live_add(struct live *l, const struct manifest_line *line);

/* False: the kernel does not tell. */
bool live_is_same(struct live *l, uint64_t serial, bool *same);

/* check.c */

bool check_manifest(const struct options *o);
bool check_paths(const struct options *o);

/* command.c */

/* Runs an install or remove command of modprobe.d, as modprobe would. */
bool command_run(const char *command, const char *module,
		 const char *parameters);
char *command_expand(const char *command, const char *parameters);

/* system.c: what is asked of the running system; unit tests put a fake here */

/* These three return 0 or -errno. */
int sys_init_module(const void *image, size_t size, const char *parameters);
int sys_finit_module(int fd, const char *parameters, int flags);
int sys_delete_module(const char *name);
bool sys_can_decompress(const char *format);
bool sys_may_be_sealed(void);
uid_t sys_manifest_owner(void);

/* What the seal tells of the manifests that the kernel holds: seal(4). */
bool sys_live_manifest(char *text, size_t size);

/* util.c */

#define PRINTF_LIKE __attribute__((format(printf, 1, 2)))

void message_setup(bool quiet, bool verbose, bool log);
PRINTF_LIKE void message_refused(const char *format, ...);
PRINTF_LIKE void message_error(const char *format, ...);
PRINTF_LIKE void message_warning(const char *format, ...);
PRINTF_LIKE void message_detail(const char *format, ...);
PRINTF_LIKE void print_line(const char *format, ...);

void *must_alloc(size_t count, size_t size);
void *must_resize(void *old, size_t count, size_t size);
char *must_copy(const char *text);
PRINTF_LIKE char *must_print(const char *format, ...);

void close_fd(int *fd);
ssize_t read_full(int fd, void *buffer, size_t size);
bool write_full(int fd, const void *data, size_t size);

bool process_open_standard_fds(void);
void process_harden(void);

#endif
