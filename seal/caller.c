// SPDX-License-Identifier: GPL-2.0
/*
 * Who is asking. A hole belongs to files found when the seal came, not to
 * names: a copy, a script that borrows the name, another file moved to the
 * path later are other files. Everything that makes a task worth less than
 * the program it runs is told here too.
 */
#include "caller.h"

#include <linux/cred.h>
#include <linux/elf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/seccomp.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "audit.h"

/* Written while the seal is put on, read without a lock ever after. */
static LIST_HEAD(programs);

/* @given: as the parameter has it; @path: what it resolved to, quoted. */
struct program {
	struct list_head list;
	enum seal_hole hole;
	struct file *file;
	char *given;
	char *path;
};

/* Where a bare name is looked for: Xorg's is a script in /usr/bin. */
static const char * const search_path[] = {
	"/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/xorg",
	"/usr/libexec",
};

/*
 * A hole is worth what its file's identity is worth: the file must stay what
 * it is unless this kernel writes to it.
 */
static const char *untrusted_fs(const struct super_block *sb)
{
	const char *type = sb->s_type->name;

	if (sb->s_user_ns != &init_user_ns)
		return "its file system is mounted by a user namespace";
	if (!strncmp(type, "fuse", 4))
		return "its file system is served by a program (FUSE)";
	if (!strcmp(type, "overlay"))
		return "overlayfs may exchange the file beneath the name";
	if (!strcmp(type, "gfs2") || !strcmp(type, "ocfs2"))
		return "other machines write to its file system";
	if (sb->s_magic == TMPFS_MAGIC || sb->s_magic == RAMFS_MAGIC)
		return NULL;
	if (sb->s_type->fs_flags & FS_REQUIRES_DEV || !strcmp(type, "zfs"))
		return NULL;
	return "its file system is on no local disk: others may change it";
}

/* Does the file start as a program the kernel runs itself? */
static bool is_elf(struct file *file)
{
	char magic[SELFMAG];
	loff_t pos = 0;

	return kernel_read(file, magic, SELFMAG, &pos) == SELFMAG &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

static const char *unfit_inode(const struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		return "it is a directory";
	if (!S_ISREG(inode->i_mode))
		return "it is not a regular file";
	if (!(inode->i_mode & 0111))
		return "it is not executable";
	return untrusted_fs(inode->i_sb);
}

/*
 * Open a hole's program for good. *why is set where the reason is not the
 * error number's own.
 */
static struct file *open_program(const char *name, const char **why)
{
	struct file *file;
	struct path path;
	int err;

	*why = NULL;
	err = kern_path(name, LOOKUP_FOLLOW, &path);
	if (err)
		return ERR_PTR(err);

	*why = unfit_inode(d_inode(path.dentry));
	if (*why)
		file = ERR_PTR(-EINVAL);
	else
		file = dentry_open(&path, O_RDONLY | O_LARGEFILE, current_cred());
	path_put(&path);
	if (IS_ERR(file))
		return file;

	if (!is_elf(file)) {
		*why = "it is not an ELF program (a script runs as its interpreter)";
		err = -EINVAL;
		goto err_put;
	}
	/* Held until reboot: who writes to it gets ETXTBSY. */
	err = deny_write_access(file);
	if (err) {
		*why = "somebody has it open for writing";
		goto err_put;
	}
	return file;

err_put:
	fput(file);
	return ERR_PTR(err);
}

/* The first of the standard directories that has an ELF program of the name. */
static struct file *search_program(const char *name, const char **why)
{
	struct file *file = ERR_PTR(-ENOENT);
	char *path;
	int i;

	for (i = 0; i < ARRAY_SIZE(search_path); i++) {
		path = kasprintf(GFP_KERNEL, "%s/%s", search_path[i], name);
		if (!path)
			return ERR_PTR(-ENOMEM);
		file = open_program(path, why);
		kfree(path);
		if (!IS_ERR(file))
			return file;
	}
	*why = "no standard directory has an ELF program of that name";
	return file;
}

static struct file *find_program(enum seal_hole hole, const char *name,
				 const char **why)
{
	if (!*name) {
		*why = "the list has an empty entry";
		return ERR_PTR(-EINVAL);
	}
	if (*name == '/')
		return open_program(name, why);
	if (hole == HOLE_HARDWARE && !strchr(name, '/'))
		return search_program(name, why);
	*why = "the path is not absolute";
	return ERR_PTR(-EINVAL);
}

static int bind_program(enum seal_hole hole, const char *param,
			const char *name)
{
	struct program *prog;
	const char *why = NULL;
	struct file *file;

	file = find_program(hole, name, &why);
	if (IS_ERR(file)) {
		if (why)
			pr_err("parameter %s=\"%*pE\": %s\n", param,
			       (int)strlen(name), name, why);
		else
			pr_err("parameter %s=\"%*pE\": cannot be opened: %pe\n",
			       param, (int)strlen(name), name, file);
		/* insmod takes -ENOENT for a missing symbol. */
		return -EINVAL;
	}

	prog = kzalloc(sizeof(*prog), GFP_KERNEL);
	if (!prog)
		goto err_file;
	prog->hole = hole;
	prog->file = file;
	prog->given = audit_quoted(name);
	prog->path = audit_quoted_path(file);
	if (!prog->given || !prog->path)
		goto err_prog;
	list_add_tail(&prog->list, &programs);
	return 0;

err_prog:
	kfree(prog->given);
	kfree(prog->path);
	kfree(prog);
err_file:
	pr_err("parameter %s: out of memory\n", param);
	allow_write_access(file);
	fput(file);
	return -ENOMEM;
}

int caller_bind(enum seal_hole hole, const char *param, const char *list)
{
	char *copy, *rest, *name;
	int err = 0;

	if (!list)
		return 0;
	copy = kstrdup(list, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	while (!err && (name = strsep(&rest, ",")))
		err = bind_program(hole, param, name);
	kfree(copy);
	return err;
}

void caller_unbind(void)
{
	struct program *prog, *next;

	list_for_each_entry_safe(prog, next, &programs, list) {
		list_del(&prog->list);
		allow_write_access(prog->file);
		fput(prog->file);
		kfree(prog->given);
		kfree(prog->path);
		kfree(prog);
	}
}

bool caller_hole_exists(enum seal_hole hole)
{
	const struct program *prog;

	list_for_each_entry(prog, &programs, list)
		if (prog->hole == hole)
			return true;
	return false;
}

/* The file the kernel started this address space from, not what it says. */
static bool runs_program_of(enum seal_hole hole)
{
	const struct program *prog;
	struct file *exe;
	bool found = false;

	exe = compat_exe_file(current->mm);
	if (!exe)
		return false;
	list_for_each_entry(prog, &programs, list)
		if (prog->hole == hole &&
		    file_inode(prog->file) == file_inode(exe))
			found = true;
	fput(exe);
	return found;
}

/*
 * A program that sees other files than init does can be shown other
 * configuration, libraries and manifests.
 */
static bool in_foreign_namespace(void)
{
	struct path root, init_root;
	bool foreign;

	if (current->nsproxy->mnt_ns != init_task.nsproxy->mnt_ns)
		return true;
	get_fs_root(current->fs, &root);
	get_fs_root(compat_init_fs(), &init_root);
	foreign = !path_equal(&root, &init_root);
	path_put(&init_root);
	path_put(&root);
	return foreign;
}

enum seal_reason caller_refused(enum seal_hole hole)
{
	if (!caller_hole_exists(hole))
		return REASON_SEALED;
	/* Workers of io_uring borrow the address space of who submits. */
	if (!current->mm || current->flags & (PF_KTHREAD | PF_IO_WORKER))
		return REASON_KERNEL_THREAD;
	if (!runs_program_of(hole))
		return REASON_NOT_IN_HOLE;
	if (current->ptrace)
		return REASON_TRACED;
	if (seccomp_mode(&current->seccomp) != SECCOMP_MODE_DISABLED)
		return REASON_FILTERED;
	if (in_foreign_namespace())
		return REASON_FOREIGN_NAMESPACE;
	return REASON_NONE;
}

static const char *hole_name(enum seal_hole hole)
{
	return hole == HOLE_LOADER ? "insmod" : "mem_allow";
}

void caller_show(struct seq_file *m)
{
	const struct program *prog;
	const struct inode *inode;

	list_for_each_entry(prog, &programs, list) {
		inode = file_inode(prog->file);
		seq_printf(m, "hole.%s: given=%s path=%s dev=%u:%u ino=%llu\n",
			   hole_name(prog->hole), prog->given, prog->path,
			   MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			   (unsigned long long)inode->i_ino);
	}
}

void caller_announce(void)
{
	const struct program *prog;
	const struct inode *inode;

	list_for_each_entry(prog, &programs, list) {
		inode = file_inode(prog->file);
		pr_notice("hole %s: given=%s path=%s dev=%u:%u ino=%llu\n",
			  hole_name(prog->hole), prog->given, prog->path,
			  MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			  (unsigned long long)inode->i_ino);
	}
}
