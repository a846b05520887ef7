// SPDX-License-Identifier: GPL-2.0
/*
 * The live manifests: at most one of each kind, made of a text once, read
 * without locks, replaced as a whole. Where parameter key gives a certificate
 * only its key can make one, and a newer one at that.
 */
#include "manifest.h"

#include <linux/cache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "audit.h"
#include "caller.h"
#include "cms.h"
#include "file.h"
#include "hash.h"
#include "manifest_make.h"
#include "param.h"
#include "retired.h"
#include "serial.h"
#include "signature.h"

static struct manifest __rcu *live[MANIFEST_KINDS];

/*
 * @update_mutex: held by whoever makes one to replace another, for as long as
 * the file systems take of what it lists, and of the serial file.
 * @manifest_mutex: taken within, for the exchange, and to look without RCU.
 * Who only wants to see what is live waits for nobody's file system.
 */
static DEFINE_MUTEX(update_mutex);
static DEFINE_MUTEX(manifest_mutex);

bool manifest_wanted(void)
{
	return param_manifest() || param_revoked() || signature_wanted();
}

bool manifest_vouches(void)
{
	return param_manifest() || signature_wanted();
}

/* --- may it be? --- */

static int fault_is(struct manifest_fault *fault, int err,
		    enum seal_reason reason, const char *why)
{
	fault->err = err;
	fault->reason = reason;
	fault->why = why;
	return err;
}

/* The signature, before anything of the text is read. */
static int check_signed(const void *data, size_t size, const void *sig,
			size_t sig_size, struct manifest_fault *fault)
{
	const char *why;
	int err;

	why = signature_problem(data, size, sig, sig_size, &err);
	if (!why)
		return 0;
	fault->what = "the signature ";
	return fault_is(fault, err, err == -ENOMEM ? REASON_NO_MEMORY :
			REASON_BAD_SIGNATURE, why);
}

/* What is signed is replaced by what is newer only. */
static int check_serial(const struct manifest *m, u64 lowest,
			struct manifest_fault *fault)
{
	if (!m->is_signed)
		return 0;
	if (!m->serial)
		return fault_is(fault, -EINVAL, REASON_MALFORMED,
				"a signed manifest needs a line \"# serial: N\"");
	if (m->serial < lowest)
		return fault_is(fault, -ESTALE, REASON_REPLAYED,
				"its serial is not above the last one's");
	return 0;
}

static void publish(struct manifest *m)
{
	struct manifest *old;

	mutex_lock(&manifest_mutex);
	old = rcu_replace_pointer(live[m->kind], m,
				  lockdep_is_held(&manifest_mutex));
	mutex_unlock(&manifest_mutex);
	if (!old)
		return;
	synchronize_rcu();
	if (old->kind == MANIFEST_PROGRAMS)
		retired_take(old, m);
	else
		manifest_free(old);
}

static void announce(const struct manifest *m)
{
	pr_notice("manifest of %s: serial=%llu count=%zu signed=%s\n",
		  manifest_kind_name(m->kind), m->serial, m->count,
		  m->is_signed ? "yes" : "no");
}

/* --- at seal time --- */

static int __init init_failed(const char *param, const char *path,
			      const struct manifest_fault *fault)
{
	if (fault->line)
		pr_err("parameter %s=\"%*pE\": line %lu: %s%s%s\n", param,
		       (int)strlen(path), path, fault->line, fault->name ?: "",
		       fault->name ? ": " : "", fault->why);
	else
		pr_err("parameter %s=\"%*pE\": %s%s\n", param,
		       (int)strlen(path), path, fault->what ?: "", fault->why);
	return fault->err;
}

static int __init init_error(struct manifest_fault *fault)
{
	int err = fault->err;

	manifest_fault_clear(fault);
	return err;
}

static int __init check_signed_file(const char *param, const char *path,
				    const void *data, size_t size)
{
	struct manifest_fault fault = { };
	char *sig_path;
	size_t sig_size;
	void *sig;
	int err;

	sig_path = kasprintf(GFP_KERNEL, "%s.p7s", path);
	if (!sig_path)
		return -ENOMEM;
	err = file_read(param, sig_path, SZ_1M, READING_POLICY, &sig,
			&sig_size);
	if (err)
		goto out;
	if (check_signed(data, size, sig, sig_size, &fault))
		err = init_failed(param, sig_path, &fault);
	vfree(sig);
out:
	kfree(sig_path);
	return err;
}

static int __init adopt(enum manifest_kind kind, const char *param,
			const char *path, const void *data, size_t size)
{
	struct manifest_fault fault = { };
	struct manifest *m;

	m = manifest_make(data, size, kind == MANIFEST_PROGRAMS, &fault);
	if (!m) {
		init_failed(param, path, &fault);
		return init_error(&fault);
	}
	m->is_signed = signature_wanted();
	if (m->kind != kind)
		fault_is(&fault, -EINVAL, REASON_MALFORMED,
			 "it is of another kind than this parameter's");
	else
		check_serial(m, serial_last(kind), &fault);
	if (!fault.err && m->is_signed)
		fault.err = serial_raise(kind, m->serial);
	if (fault.err) {
		manifest_free(m);
		return fault.why ? init_failed(param, path, &fault) : fault.err;
	}
	publish(m);
	return 0;
}

static int __init take_file(enum manifest_kind kind, const char *param,
			    const char *path)
{
	size_t size;
	void *data;
	int err;

	if (!path)
		return 0;
	err = file_read(param, path, MANIFEST_TEXT_MAX, READING_POLICY, &data,
			&size);
	if (err)
		return err;
	if (signature_wanted())
		err = check_signed_file(param, path, data, size);
	if (!err)
		err = adopt(kind, param, path, data, size);
	vfree(data);
	return err;
}

/* Holes of statically linked programs do without, where none is named. */
static bool __init programs_wanted(void)
{
	struct path path;

	if (!param_programs())
		return false;
	if (param_programs_given())
		return true;
	if (kern_path(param_programs(), LOOKUP_FOLLOW, &path))
		return false;
	path_put(&path);
	return true;
}

int __init manifest_init(void)
{
	int err;

	err = take_file(MANIFEST_REVOKED, "revoked", param_revoked());
	if (!err)
		err = take_file(MANIFEST_MODULES, "manifest", param_manifest());
	if (!err && programs_wanted())
		err = take_file(MANIFEST_PROGRAMS, "programs",
				param_programs());
	if (err)
		manifest_exit();
	return err;
}

void manifest_exit(void)
{
	int kind;

	for (kind = 0; kind < MANIFEST_KINDS; kind++)
		manifest_free(rcu_dereference_protected(live[kind], true));
}

/* --- while sealed --- */

static int replace(struct manifest *m, struct manifest_fault *fault)
{
	u64 last = serial_last(m->kind);

	if (m->kind == MANIFEST_PROGRAMS && !param_programs())
		return fault_is(fault, -EOPNOTSUPP, REASON_MALFORMED,
				"this seal has no holes for programs");
	if (last == U64_MAX)
		return fault_is(fault, -ESTALE, REASON_REPLAYED,
				"there is no serial above the last one's");
	if (check_serial(m, last + 1, fault))
		return fault->err;
	if (serial_raise(m->kind, m->serial))
		return fault_is(fault, -EIO, REASON_SERIAL_FILE,
				"the serial cannot be written to the serial file");
	publish(m);
	announce(m);
	return 0;
}

static int update_locked(const void *data, size_t size,
			 struct manifest_fault *fault)
{
	size_t sig_size = cms_size(data, size);
	const void *text = data + sig_size;
	struct manifest *m;
	int err;

	if (!sig_size)
		return fault_is(fault, -EBADMSG, REASON_BAD_SIGNATURE,
				"it does not begin with a signature in DER");
	err = check_signed(text, size - sig_size, data, sig_size, fault);
	if (err)
		return err;
	/* A list of programs has paths in it. */
	if (caller_sees_other_files())
		return fault_is(fault, -EPERM, REASON_FOREIGN_NAMESPACE,
				"its writer does not see the files that init sees");
	m = manifest_make(text, size - sig_size, param_programs(), fault);
	if (!m)
		return fault->err;
	m->is_signed = true;
	err = replace(m, fault);
	if (err)
		manifest_free(m);
	return err;
}

int manifest_update(const void *data, size_t size,
		    struct manifest_fault *fault)
{
	int err;

	memset(fault, 0, sizeof(*fault));
	mutex_lock(&update_mutex);
	err = update_locked(data, size, fault);
	mutex_unlock(&update_mutex);
	return err;
}

/* --- questions --- */

bool manifest_lives(enum manifest_kind kind)
{
	return rcu_access_pointer(live[kind]);
}

bool manifest_has(enum manifest_kind kind, const u8 *digest)
{
	const struct manifest *m;
	bool found;

	rcu_read_lock();
	m = rcu_dereference(live[kind]);
	found = m && digests_have(m->digests, m->count, digest);
	rcu_read_unlock();
	return found;
}

/* The live list of programs; under rcu_read_lock(). */
static const struct vouched *find_file(const struct inode *inode)
{
	const struct manifest *m = rcu_dereference(live[MANIFEST_PROGRAMS]);

	return m ? vouched_set_find(&m->files, inode) : NULL;
}

bool manifest_has_file(const struct inode *inode)
{
	bool found;

	rcu_read_lock();
	found = find_file(inode);
	rcu_read_unlock();
	return found;
}

bool manifest_file_intact(const struct inode *inode)
{
	const struct vouched *v;
	bool intact;

	rcu_read_lock();
	v = find_file(inode);
	intact = v && vouched_intact(v);
	rcu_read_unlock();
	return intact;
}

bool manifest_file_is_at(const struct inode *inode, const char *path)
{
	const struct vouched *v;
	bool there;

	rcu_read_lock();
	v = find_file(inode);
	there = v && !strcmp(v->path, path);
	rcu_read_unlock();
	return there;
}

bool manifest_lists_path(const char *path)
{
	const struct manifest *m;
	bool listed;

	rcu_read_lock();
	m = rcu_dereference(live[MANIFEST_PROGRAMS]);
	listed = m && vouched_set_at(&m->files, path);
	rcu_read_unlock();
	return listed;
}

/* While the seal is raised a newer list may come. */
int manifest_each_file(int (*visit)(const struct path *path,
				    const char *name))
{
	const struct manifest *m;
	int err = 0;
	size_t i;

	mutex_lock(&update_mutex);
	m = rcu_dereference_protected(live[MANIFEST_PROGRAMS],
				      lockdep_is_held(&update_mutex));
	for (i = 0; m && !err && i < m->files.count; i++)
		err = visit(&m->files.files[i].file->f_path,
			    m->files.files[i].path);
	mutex_unlock(&update_mutex);
	return err;
}

static int harden(struct manifest *m)
{
	int err = 0;
	size_t i;

	for (i = 0; m && !err && i < m->files.count; i++)
		err = vouched_harden(&m->files.files[i]);
	return err;
}

/* Whoever makes one to replace it is waited for, or knows by then. */
int manifest_harden(void)
{
	int err;

	mutex_lock(&update_mutex);
	err = harden(rcu_dereference_protected(live[MANIFEST_PROGRAMS], true));
	mutex_unlock(&update_mutex);
	if (err)
		manifest_soften();
	return err;
}

void manifest_soften(void)
{
	struct manifest *m;
	size_t i;

	mutex_lock(&update_mutex);
	m = rcu_dereference_protected(live[MANIFEST_PROGRAMS], true);
	for (i = 0; m && i < m->files.count; i++)
		vouched_soften(&m->files.files[i]);
	mutex_unlock(&update_mutex);
}

/* A word of a manifest: NAME or NAME=* for any value, or NAME=VALUE. */
static bool word_allows(const char *word, size_t word_len, const char *arg,
			size_t len)
{
	size_t name = manifest_arg_name(word, word_len);

	if (!manifest_same_name(word, name, arg, manifest_arg_name(arg, len)))
		return false;
	if (name == word_len ||
	    (word_len == name + 2 && word[name + 1] == '*'))
		return true;
	return len == word_len && !memcmp(word + name, arg + name, len - name);
}

static bool words_allow(const char *words, const char *arg, size_t len)
{
	const char *end = words + strlen(words), *word;
	size_t word_len;

	while ((word = manifest_next_arg(&words, end, &word_len)))
		if (word_allows(word, word_len, arg, len))
			return true;
	return false;
}

static bool args_allow(const struct manifest *m, const char *module,
		       const char *arg, size_t len)
{
	const char *at = m->args, *end = m->args + m->args_size, *words;

	for (; at < end; at = words + strlen(words) + 1) {
		words = at + strlen(at) + 1;
		if (manifest_same_name(at, strlen(at), module,
				       strlen(module)) &&
		    words_allow(words, arg, len))
			return true;
	}
	return false;
}

bool manifest_allows_arg(const char *module, const char *arg, size_t len)
{
	const struct manifest *m;
	bool allowed;

	rcu_read_lock();
	m = rcu_dereference(live[MANIFEST_MODULES]);
	allowed = m && args_allow(m, module, arg, len);
	rcu_read_unlock();
	return allowed;
}

static void show_one(struct seq_file *s, const char *prefix,
		     const struct manifest *m)
{
	const char *kind = manifest_kind_name(m->kind);
	digest_t digest;

	seq_printf(s, "%s%s.serial: %llu\n", prefix, kind, m->serial);
	seq_printf(s, "%s%s.count: %zu\n", prefix, kind, m->count);
	if (!hash_digests(m->digests, m->count, digest))
		seq_printf(s, "%s%s.digest: %*phN\n", prefix, kind,
			   MANIFEST_DIGEST_SIZE, digest);
	if (m->is_signed)
		seq_printf(s, "%s%s.signer: \"%*pE\"\n", prefix, kind,
			   (int)strlen(signature_signer()), signature_signer());
	else
		seq_printf(s, "%s%s.signer: none\n", prefix, kind);
}

static const struct manifest *live_locked(enum manifest_kind kind)
{
	return rcu_dereference_protected(live[kind],
					 lockdep_is_held(&manifest_mutex));
}

void manifest_show(struct seq_file *s, const char *prefix)
{
	int kind;

	mutex_lock(&manifest_mutex);
	for (kind = 0; kind < MANIFEST_KINDS; kind++)
		if (live_locked(kind))
			show_one(s, prefix, live_locked(kind));
	mutex_unlock(&manifest_mutex);
}

void manifest_announce(void)
{
	int kind;

	mutex_lock(&manifest_mutex);
	for (kind = 0; kind < MANIFEST_KINDS; kind++)
		if (live_locked(kind))
			announce(live_locked(kind));
	mutex_unlock(&manifest_mutex);
}
