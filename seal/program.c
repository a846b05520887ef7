// SPDX-License-Identifier: GPL-2.0
/*
 * The programs that holes belong to. A hole belongs to files found when the
 * seal came, not to names: a copy, a script that borrows the name, another file
 * moved to the path later are other files, unless a newer list of programs,
 * signed, has them at that path.
 */
#include "program.h"

#include <linux/elf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "audit.h"
#include "classes.h"
#include "interp.h"
#include "manifest.h"
#include "param.h"
#include "vouched.h"

/* Written while the seal is put on, read without a lock ever after. */
static LIST_HEAD(programs);

/*
 * @holes: a bit for each that it has. @name, @given: as the parameter has it;
 * @path: what it resolved to; the last two quoted. @classes: for people, empty or a field.
 */
struct program {
	struct list_head list;
	unsigned int holes;
	struct vouched own;
	char *name;
	char *given;
	char *path;
	char classes[CLASSES_SIZE];
};

/* Where a bare name is looked for: Xorg's is a script in /usr/bin. */
static const char * const search_path[] = {
	"/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/xorg",
	"/usr/libexec",
};

static int open_program(struct vouched *own, const char *name,
			const char **why)
{
	int err = vouched_hold(own, name, true, why);

	if (err || interp_is_elf(own))
		return err;
	vouched_release(own);
	*why = "it is not an ELF program (a script runs as its interpreter)";
	return -EINVAL;
}

/* The first of the standard directories that has an ELF program of the name. */
static int search_program(struct vouched *own, const char *name,
			  const char **why)
{
	char *path;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(search_path); i++) {
		path = kasprintf(GFP_KERNEL, "%s/%s", search_path[i], name);
		if (!path)
			return -ENOMEM;
		err = open_program(own, path, why);
		kfree(path);
		if (!err)
			return 0;
	}
	*why = "no standard directory has an ELF program of that name";
	return -ENOENT;
}

static int find_program(struct vouched *own, unsigned int holes,
			const char *name, const char **why)
{
	if (!*name) {
		*why = "the list has an empty entry";
		return -EINVAL;
	}
	if (*name == '/')
		return open_program(own, name, why);
	if (holes & HOLES_HARDWARE && !strchr(name, '/'))
		return search_program(own, name, why);
	*why = "the path is not absolute";
	return -EINVAL;
}

static const char *param_of(unsigned int holes)
{
	return holes & HOLES_HARDWARE ? "mem_allow" : "insmod";
}

/* Another entry for the same file that gives it other classes. */
static const struct program *__init find_other(const struct program *prog)
{
	const struct program *p;

	list_for_each_entry(p, &programs, list)
		if (p->holes & HOLES_HARDWARE && p->holes != prog->holes &&
		    file_inode(p->own.file) == file_inode(prog->own.file))
			return p;
	return NULL;
}

static int __init check_classes(const struct program *prog)
{
	const struct program *other = prog->holes & HOLES_HARDWARE ?
				      find_other(prog) : NULL;

	if (!other)
		return 0;
	pr_err("parameter mem_allow=%s: it is the same program as %s, which has other classes\n",
	       prog->given, other->given);
	return -EINVAL;
}

static int __init bind_one(unsigned int holes, const char *name)
{
	const char *param = param_of(holes);
	struct program *prog;
	const char *why = NULL;
	int err;

	prog = kzalloc(sizeof(*prog), GFP_KERNEL);
	if (!prog)
		return -ENOMEM;
	err = find_program(&prog->own, holes, name, &why);
	if (err) {
		if (why)
			pr_err("parameter %s=\"%*pE\": %s\n", param,
			       (int)strlen(name), name, why);
		else
			pr_err("parameter %s=\"%*pE\": cannot be opened: %pe\n",
			       param, (int)strlen(name), name, ERR_PTR(err));
		kfree(prog);
		/* insmod takes -ENOENT for a missing symbol. */
		return err == -ENOMEM ? err : -EINVAL;
	}
	prog->holes = holes;
	classes_write(prog->classes, holes);
	list_add_tail(&prog->list, &programs);
	prog->name = kstrdup(name, GFP_KERNEL);
	prog->given = audit_quoted(name);
	prog->path = audit_quoted(prog->own.path);
	if (prog->name && prog->given && prog->path)
		return check_classes(prog);
	pr_err("parameter %s: out of memory\n", param);
	return -ENOMEM;
}

/* The list's next program, with what it gets. */
static int __init bind_next(char **rest, bool drivers)
{
	unsigned int holes = BIT(HOLE_LOADER);
	const char *name = drivers ? classes_next(rest, &holes) :
				     strsep(rest, ",");

	return name ? bind_one(holes, name) : -EINVAL;
}

static int __init bind(const char *list, bool drivers)
{
	char *copy, *rest;
	int err = 0;

	if (!list)
		return 0;
	copy = kstrdup(list, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	while (!err && rest)
		err = bind_next(&rest, drivers);
	kfree(copy);
	return err;
}

int __init program_bind_loaders(const char *list)
{
	return bind(list, false);
}

int __init program_bind_drivers(const char *list)
{
	return bind(list, true);
}

void program_unbind(void)
{
	struct program *prog, *next;

	list_for_each_entry_safe(prog, next, &programs, list) {
		list_del(&prog->list);
		vouched_release(&prog->own);
		kfree(prog->name);
		kfree(prog->given);
		kfree(prog->path);
		kfree(prog);
	}
}

static bool exists(unsigned int holes)
{
	const struct program *prog;

	list_for_each_entry(prog, &programs, list)
		if (prog->holes & holes)
			return true;
	return false;
}

bool program_exists(enum seal_hole hole)
{
	return hole != HOLE_NONE && exists(BIT(hole));
}

bool program_exists_driver(void)
{
	return exists(HOLES_HARDWARE);
}

bool program_exists_any(void)
{
	return !list_empty(&programs);
}

int program_each_file(int (*visit)(const struct path *path,
				   const char *name))
{
	const struct program *prog;
	int err = 0;

	list_for_each_entry(prog, &programs, list) {
		err = visit(&prog->own.file->f_path, prog->own.path);
		if (err)
			break;
	}
	return err;
}

int program_each_name(int (*visit)(const char *param, const char *name))
{
	const struct program *prog;
	int err = 0;

	list_for_each_entry(prog, &programs, list) {
		err = visit(param_of(prog->holes), prog->name);
		if (err)
			break;
	}
	return err;
}

static int __init check_interp(const struct program *prog, const char *interp)
{
	struct path path;
	bool listed;
	int err;

	err = kern_path(interp, LOOKUP_FOLLOW, &path);
	if (err) {
		pr_err("parameter %s=%s: its interpreter \"%*pE\" cannot be found: error %d\n",
		       param_of(prog->holes), prog->given, (int)strlen(interp),
		       interp, err);
		return -EINVAL;
	}
	listed = manifest_has_file(d_inode(path.dentry));
	path_put(&path);
	if (listed)
		return 0;
	pr_err("parameter %s=%s: it is dynamically linked, and its interpreter \"%*pE\" is not listed in \"%*pE\": run seal-manifest --programs %s\n",
	       param_of(prog->holes), prog->given, (int)strlen(interp), interp,
	       (int)strlen(param_programs()), param_programs(), prog->path);
	return -EINVAL;
}

int __init program_check(void)
{
	const struct program *prog;
	char *interp;
	int err = 0;

	list_for_each_entry(prog, &programs, list) {
		interp = interp_of(&prog->own);
		if (IS_ERR(interp)) {
			pr_err("parameter %s=%s: its ELF header is malformed\n",
			       param_of(prog->holes), prog->given);
			return -EINVAL;
		}
		if (interp)
			err = check_interp(prog, interp);
		kfree(interp);
		if (err)
			return err;
	}
	return 0;
}

static bool is_program(const struct program *prog, const struct inode *inode)
{
	if (manifest_file_is_at(inode, prog->own.path))
		return true;
	return inode == file_inode(prog->own.file) &&
	       !manifest_lists_path(prog->own.path);
}

unsigned int program_holes(const struct inode *inode)
{
	const struct program *prog;
	unsigned int holes = 0;

	list_for_each_entry(prog, &programs, list)
		if (is_program(prog, inode))
			holes |= prog->holes;
	return holes;
}

static const struct vouched *find_file(const struct inode *inode)
{
	const struct program *prog;

	list_for_each_entry(prog, &programs, list)
		if (inode == file_inode(prog->own.file))
			return &prog->own;
	return NULL;
}

bool program_has_file(const struct inode *inode)
{
	return find_file(inode);
}

bool program_file_intact(const struct inode *inode)
{
	const struct vouched *v = find_file(inode);

	return v && vouched_intact(v);
}

void program_show(struct seq_file *m)
{
	const struct program *prog;
	const struct inode *inode;

	list_for_each_entry(prog, &programs, list) {
		inode = file_inode(prog->own.file);
		seq_printf(m, "hole.%s: given=%s path=%s dev=%u:%u ino=%llu sha256=%*phN%s\n",
			   param_of(prog->holes), prog->given, prog->path,
			   MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			   (unsigned long long)inode->i_ino,
			   MANIFEST_DIGEST_SIZE, prog->own.digest,
			   prog->classes);
	}
}

int program_harden(void)
{
	struct program *prog;
	int err = 0;

	list_for_each_entry(prog, &programs, list) {
		err = vouched_harden(&prog->own);
		if (err)
			break;
	}
	if (err)
		program_soften();
	return err;
}

void program_soften(void)
{
	struct program *prog;

	list_for_each_entry(prog, &programs, list)
		vouched_soften(&prog->own);
}

void program_announce(void)
{
	const struct program *prog;
	const struct inode *inode;

	list_for_each_entry(prog, &programs, list) {
		inode = file_inode(prog->own.file);
		pr_notice("hole %s: given=%s path=%s dev=%u:%u ino=%llu sha256=%*phN%s\n",
			  param_of(prog->holes), prog->given, prog->path,
			  MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			  (unsigned long long)inode->i_ino,
			  MANIFEST_DIGEST_SIZE, prog->own.digest,
			  prog->classes);
	}
}
