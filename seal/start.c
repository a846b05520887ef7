// SPDX-License-Identifier: GPL-2.0
/*
 * Address spaces that a hole's program was started in. What an address space
 * says of itself can be changed (prctl(2), PR_SET_MM_EXE_FILE); what execve(2)
 * put there cannot.
 */
#include "start.h"

#include <linux/auxvec.h>
#include <linux/binfmts.h>
#include <linux/capability.h>
#include <linux/compiler.h>
#include <linux/cred.h>
#include <linux/elf.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/personality.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "audit.h"
#include "caller.h"
#include "policy.h"
#include "program.h"

/*
 * @mm: held, so that no other one gets its address; its pages are not. It is
 * let go when another program starts and it has no user left.
 * @narrow: the program is a 32-bit one. @audited: its start was only looked at.
 * @linked: as start_linked() returns it.
 */
struct record {
	struct list_head list;
	struct rcu_head rcu;
	struct mm_struct *mm;
	struct start start;
	bool narrow;
	bool audited;
	bool hardware;
	enum linker linker;
	const char *linked;
};

/* Without memory for its name. */
static const char no_name[] = "\"?\"";

static LIST_HEAD(records);
static DEFINE_SPINLOCK(records_lock);

static void release(struct record *rec)
{
	mmdrop(rec->mm);
	if (rec->linked != no_name)
		kfree(rec->linked);
}

/* Takes one that is over off the list, if there is any. */
static struct record *take_dead(void)
{
	struct record *rec, *dead = NULL;

	spin_lock(&records_lock);
	list_for_each_entry(rec, &records, list) {
		if (!atomic_read(&rec->mm->mm_users)) {
			dead = rec;
			list_del_rcu(&dead->list);
			break;
		}
	}
	spin_unlock(&records_lock);
	return dead;
}

static struct record *make_record(struct mm_struct *mm)
{
	struct record *rec;

	while ((rec = take_dead())) {
		release(rec);
		kfree_rcu(rec, rcu);
	}
	rec = kzalloc(sizeof(*rec), GFP_KERNEL);
	if (!rec)
		return NULL;
	mmgrab(mm);
	rec->mm = mm;
	return rec;
}

static void publish(struct record *rec)
{
	spin_lock(&records_lock);
	list_add_rcu(&rec->list, &records);
	spin_unlock(&records_lock);
}

static void record(const struct linux_binprm *bprm, const struct start *start)
{
	struct record *rec = make_record(bprm->mm);

	if (!rec)
		return;
	rec->start = *start;
	rec->narrow = bprm->buf[EI_CLASS] == ELFCLASS32;
	rec->audited = policy_audits();
	publish(rec);
}

/* A script, or what binfmt_misc was told, has changed what is run. */
static bool is_interpreter(const struct linux_binprm *bprm)
{
	return bprm->interp != bprm->filename;
}

/*
 * What goes to swap can be changed where it lies, so nothing goes: all that the
 * program will map is locked, as by mlockall(2), MCL_FUTURE | MCL_ONFAULT. The
 * stack is there already and takes the flags over (fs/exec.c:
 * setup_arg_pages()), but is not counted. Whoever has no right to as much locked
 * memory has none to what a hole is for, either.
 */
static bool lock_memory(struct linux_binprm *bprm)
{
	if (!IS_ENABLED(CONFIG_SWAP))
		return true;
	if (bprm->cred->user_ns != &init_user_ns ||
	    !cap_raised(bprm->cred->cap_effective, CAP_IPC_LOCK))
		return false;
	if (policy_audits())
		return true;
	bprm->mm->def_flags |= VM_LOCKED | VM_LOCKONFAULT;
	bprm->mm->locked_vm += vma_pages(bprm->vma);
	return true;
}

static enum seal_reason unfit(const struct linux_binprm *bprm)
{
	if (is_interpreter(bprm))
		return REASON_SCRIPT;
	if (bprm->unsafe & LSM_UNSAFE_PTRACE)
		return REASON_TRACED;
	if (bprm->unsafe & LSM_UNSAFE_SHARE)
		return REASON_SHARED;
	return caller_unfit();
}

/*
 * As a program that changes its user starts: the dynamic linker goes by
 * AT_SECURE and heeds no variable that names code; no address is promised.
 */
static void start_clean(struct linux_binprm *bprm)
{
	bprm->secureexec = 1;
	bprm->per_clear |= PER_CLEAR_ON_SETID;
}

void start_see(struct linux_binprm *bprm)
{
	struct start start = { .holes = program_holes(file_inode(bprm->file)) };

	if (!start.holes)
		return;
	start.unfit = unfit(bprm);
	if (!policy_audits())
		start_clean(bprm);
	if (!lock_memory(bprm) && start.unfit == REASON_NONE)
		start.unfit = REASON_SWAPPABLE;
	record(bprm, &start);
}

/* Under rcu_read_lock(). */
static struct record *find(const struct mm_struct *mm)
{
	struct record *rec;

	list_for_each_entry_rcu(rec, &records, list)
		if (rec->mm == mm)
			return rec;
	return NULL;
}

static bool find_aux(const struct record *rec, unsigned long wanted,
		     unsigned long *value)
{
	const unsigned long *wide = rec->mm->saved_auxv;
	const u32 *narrow = (const u32 *)wide;
	unsigned long key;
	int i;

	for (i = 0; i + 1 < AT_VECTOR_SIZE; i += 2) {
		key = rec->narrow ? narrow[i] : wide[i];
		*value = rec->narrow ? narrow[i + 1] : wide[i + 1];
		if (key == wanted)
			return true;
		if (key == AT_NULL)
			break;
	}
	return false;
}

/*
 * After the seal has asked for AT_SECURE a BPF program can still say that there
 * is no need (bpf_bprm_opts_set()). What the program was told in the end is kept
 * for /proc/PID/auxv (fs/binfmt_elf.c:create_elf_tables()).
 */
static bool told_secure(const struct record *rec)
{
	unsigned long value;

	return find_aux(rec, AT_SECURE, &value) && value;
}

/* What started before the seal was raised did not start clean. */
static enum seal_reason unfit_since(const struct record *rec)
{
	if (rec->audited)
		return policy_audits() ? REASON_NONE : REASON_UNWITNESSED;
	return told_secure(rec) ? REASON_NONE : REASON_INSECURE;
}

bool start_find(const struct mm_struct *mm, struct start *start)
{
	const struct record *rec;

	rcu_read_lock();
	rec = find(mm);
	if (rec) {
		*start = rec->start;
		if (start->unfit == REASON_NONE)
			start->unfit = unfit_since(rec);
	}
	rcu_read_unlock();
	return rec;
}

bool start_adopt(struct mm_struct *mm, unsigned int holes)
{
	struct start start;
	struct record *rec;

	if (start_find(mm, &start))
		return true;
	rec = make_record(mm);
	if (!rec)
		return false;
	rec->start.holes = holes;
	rec->start.unfit = REASON_UNWITNESSED;
	rec->hardware = true;
	/* of a pair, key and value, that a 32-bit program has first */
	rec->narrow = upper_32_bits(mm->saved_auxv[0]);
	publish(rec);
	return true;
}

void start_holds_hardware(struct mm_struct *mm)
{
	struct record *rec;

	rcu_read_lock();
	rec = find(mm);
	if (rec)
		WRITE_ONCE(rec->hardware, true);
	rcu_read_unlock();
}

bool start_has_hardware(const struct mm_struct *mm)
{
	const struct record *rec;
	bool has;

	rcu_read_lock();
	rec = find(mm);
	has = rec && READ_ONCE(rec->hardware);
	rcu_read_unlock();
	return has;
}

bool start_exists(const struct mm_struct *mm)
{
	bool exists;

	rcu_read_lock();
	exists = find(mm);
	rcu_read_unlock();
	return exists;
}

void start_links(struct mm_struct *mm, const struct file *file)
{
	struct record *rec;
	const char *name;

	if (start_linked(mm))
		return;
	name = audit_quoted_path(file);
	rcu_read_lock();
	rec = find(mm);
	if (rec && !cmpxchg(&rec->linked, NULL, name ?: no_name))
		name = NULL;
	rcu_read_unlock();
	kfree(name);
}

const char *start_linked(const struct mm_struct *mm)
{
	const struct record *rec;
	const char *linked;

	rcu_read_lock();
	rec = find(mm);
	linked = rec ? READ_ONCE(rec->linked) : NULL;
	rcu_read_unlock();
	return linked;
}

enum linker start_linker(const struct mm_struct *mm)
{
	const struct record *rec;
	enum linker linker;

	rcu_read_lock();
	rec = find(mm);
	linker = rec ? READ_ONCE(rec->linker) : LINKER_UNKNOWN;
	rcu_read_unlock();
	return linker;
}

void start_set_linker(struct mm_struct *mm, enum linker linker)
{
	struct record *rec;

	rcu_read_lock();
	rec = find(mm);
	if (rec)
		WRITE_ONCE(rec->linker, linker);
	rcu_read_unlock();
}

bool start_aux(const struct mm_struct *mm, unsigned long key,
	       unsigned long *value)
{
	const struct record *rec;
	bool found;

	rcu_read_lock();
	rec = find(mm);
	found = rec && find_aux(rec, key, value);
	rcu_read_unlock();
	return found;
}

/* Nobody looks any more. */
void start_exit(void)
{
	struct record *rec, *next;

	list_for_each_entry_safe(rec, next, &records, list) {
		release(rec);
		kfree(rec);
	}
	INIT_LIST_HEAD(&records);
}
