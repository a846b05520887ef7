// SPDX-License-Identifier: GPL-2.0
/*
 * Which files are protected: what parameter protect names, what the holes rest
 * on, and what puts the seal on again at the next boot.
 */
#include "protect_set.h"

#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "caller.h"
#include "manifest.h"
#include "param.h"
#include "program.h"
#include "serial.h"
#include "trusted_fs.h"

/* As far as it is there; %s: the running kernel. */
static const char * const again_paths[] = {
	"/etc/modprobe.d/seal.conf",
	"/etc/systemd/system/seal.service",
	"/etc/systemd/system/seal.service.d",
	"/etc/systemd/system/sysinit.target.wants/seal.service",
	"/usr/lib/systemd/system/seal.service",
	"/lib/modules/%s/updates/seal.ko",
};

/* What the word boot stands for, besides. */
static const char * const boot_paths[] = {
	"/etc/seal", "/etc/modprobe.d", "/etc/modules-load.d",
	"/etc/sysctl.d/60-seal.conf", "/etc/initramfs-tools",
	"/usr/sbin/insmod-guard", "/boot/initrd.img-%s", "/boot/vmlinuz-%s",
};

/* Was it among what parameter protect asks for? */
static bool for_boot;

/*
 * The initramfs goes when the system is up, and who boots from it must be able
 * to empty it. Where nothing can be trusted there is nothing to keep.
 */
static bool lasts(const struct path *path)
{
	return strcmp(path->mnt->mnt_sb->s_type->name, "rootfs") &&
	       !trusted_fs_problem(d_inode(path->dentry));
}

/* Everything that the name leads through, symbolic links too. */
static int add_name_ways(const char *name)
{
	char *copy, *end;
	struct path path;
	int err = 0;

	copy = kstrdup(name, GFP_KERNEL);
	if (!copy)
		return protect_failed(-ENOMEM, NULL);
	for (end = copy; !err && end && end[1]; ) {
		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		err = kern_path(copy, 0, &path);
		if (!err) {
			if (d_is_symlink(path.dentry))
				err = protect_add_way(&path);
			path_put(&path);
		}
		if (end)
			*end = '/';
	}
	kfree(copy);
	return err ? protect_failed(err, NULL) : 0;
}

static int add_name(const char *name)
{
	struct path path;
	int err;

	protect_doing("protect", name);
	if (*name != '/')
		return protect_failed(-EINVAL, *name ?
				      "the path is not absolute" :
				      "the list has an empty entry");
	err = kern_path(name, LOOKUP_FOLLOW, &path);
	if (err)
		return protect_failed(err, NULL);
	err = protect_add(&path);
	path_put(&path);
	return err ?: add_name_ways(name);
}

/* What need not be there. */
static int add_file(const char *param, const char *name)
{
	struct path path;
	int err;

	if (!name)
		return 0;
	protect_doing(param, name);
	err = kern_path(name, LOOKUP_FOLLOW, &path);
	if (err)
		return err == -ENOENT || err == -ENOTDIR ? 0 :
		       protect_failed(err, NULL);
	if (lasts(&path))
		err = protect_add(&path) ?: add_name_ways(name);
	path_put(&path);
	return err;
}

/*
 * With a key a manifest is what its signature says, and one that was replaced
 * while sealed must be there at the next boot.
 */
static bool is_signed(const char *path)
{
	return param_key() && !strcmp(path, "/etc/seal");
}

static int add_files(const char * const *names, int n)
{
	const char *release = init_utsname()->release;
	char *name;
	int i, err = 0;

	for (i = 0; !err && i < n; i++) {
		if (is_signed(names[i]))
			continue;
		protect_doing("protect", names[i]);
		name = kasprintf(GFP_KERNEL, names[i], release);
		if (!name)
			return protect_failed(-ENOMEM, NULL);
		err = add_file("protect", name);
		kfree(name);
	}
	return err;
}

static int add_asked(void)
{
	char *copy, *rest, *name;
	int err = 0;

	if (!param_protect())
		return 0;
	protect_doing("protect", param_protect());
	copy = kstrdup(param_protect(), GFP_KERNEL);
	if (!copy)
		return protect_failed(-ENOMEM, NULL);
	rest = copy;
	while (!err && (name = strsep(&rest, ","))) {
		if (strcmp(name, "boot"))
			err = add_name(name);
		else
			for_boot = true;
	}
	kfree(copy);
	if (!err && for_boot)
		err = add_files(boot_paths, ARRAY_SIZE(boot_paths));
	return err;
}

/* A program that a signed list has may be upgraded: a newer one will tell. */
static int add_program(const struct path *path, const char *name)
{
	protect_doing("insmod or mem_allow", name);
	if (!lasts(path))
		return 0;
	if (!for_boot && param_key() && manifest_has_file(d_inode(path->dentry)))
		return 0;
	return protect_add(path);
}

/* A name that was given may lead to a program by symbolic links. */
static int add_given(const char *param, const char *name)
{
	struct path path;
	int err;

	if (*name != '/')
		return 0;
	protect_doing(param, name);
	err = kern_path(name, LOOKUP_FOLLOW, &path);
	if (err)
		return protect_failed(err, NULL);
	if (protect_find(d_inode(path.dentry)))
		err = add_name_ways(name);
	path_put(&path);
	return err ? protect_failed(err, NULL) : 0;
}

/*
 * What the programs run, and the list of it: an upgraded library shuts the hole
 * and no more, if it can be put in the list before the next boot.
 */
static int add_listed(const struct path *path, const char *name)
{
	protect_doing("programs", name);
	return lasts(path) ? protect_add(path) : 0;
}

static int add_manifests(void)
{
	int err = add_file("manifest", param_manifest()) ?:
		  add_file("revoked", param_revoked());

	if (!err && for_boot)
		err = add_file("programs", param_programs());
	return err;
}

static int add_holes(void)
{
	int err = program_each_file(add_program) ?:
		  program_each_name(add_given);

	if (!err && for_boot)
		err = manifest_each_file(add_listed);
	if (!err && !param_key())
		err = add_manifests();
	return err ?: add_file("key", param_key()) ?:
	       add_file("serial_file", param_serial_file());
}

/* Where the running insmod has us from, if it said so. */
static int add_module(void)
{
	struct file *file;
	int err = 0;

	protect_doing("protect", "seal.ko");
	file = fget(compat_module_fd());
	if (!file)
		return 0;
	if (lasts(&file->f_path))
		err = protect_add(&file->f_path);
	fput(file);
	return err;
}

/* With mode=audit others are not kept from the serial file. */
int protect_names_check(void)
{
	const struct inode *ours = serial_inode();

	if (!ours || !protect_find(ours) ||
	    atomic_read(&ours->i_writecount) <= 1)
		return 0;
	protect_doing("serial_file", param_serial_file());
	return protect_failed(-EINVAL, "somebody has it open for writing");
}

int protect_names_add(void)
{
	int err;

	protect_set_ours(serial_inode());
	err = add_asked() ?: add_holes();
	if (err || !protect_any())
		return err;
	/* What is mounted where is guarded for who sees what init does. */
	if (caller_sees_other_files())
		return protect_failed(-EINVAL,
				      "seal is put on in another mount namespace or root directory than init's");
	return add_module() ?: add_files(again_paths, ARRAY_SIZE(again_paths));
}
