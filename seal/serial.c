// SPDX-License-Identifier: GPL-2.0
/*
 * The highest serials of signed manifests, so that an old one cannot be played
 * back. They are kept in a file, if there is one, to outlive a reboot:
 *
 *	modules 00000000000000000012
 *	programs 00000000000000000000
 *	revoked 00000000000000000003
 *
 * It has one length for ever, so that writing it needs no room on the disk.
 */
#include "serial.h"

#include <linux/cache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "param.h"
#include "seal.h"

#define TEXT_MAX 128

static u64 last[MANIFEST_KINDS];
static struct file *file __ro_after_init;

static int print(char *text, const u64 *serials)
{
	int kind, len = 0;

	for (kind = 0; kind < MANIFEST_KINDS; kind++)
		len += scnprintf(text + len, TEXT_MAX - len, "%s %020llu\n",
				 manifest_kind_name(kind), serials[kind]);
	return len;
}

/*
 * A file system can become read-only under an open file (sysrq-u, an error of
 * the disk); it may still take what is written, and say that it has synced it
 * (fs/ext4/fsync.c).
 */
static int write_file(const u64 *serials)
{
	const struct super_block *sb = file_inode(file)->i_sb;
	char text[TEXT_MAX];
	loff_t pos = 0;
	ssize_t len, done;
	int err;

	if (sb_rdonly(sb))
		return -EROFS;
	len = print(text, serials);
	done = kernel_write(file, text, len, &pos);
	if (done < 0)
		return done;
	if (done != len)
		return -EIO;
	err = vfs_fsync(file, 0);
	return err ?: sb_rdonly(sb) ? -EROFS : 0;
}

/* What does not read back as it was written is no serial file. */
static bool __init parse(const char *text)
{
	char again[TEXT_MAX];

	if (sscanf(text, "modules %llu\nprograms %llu\nrevoked %llu",
		   &last[MANIFEST_MODULES], &last[MANIFEST_PROGRAMS],
		   &last[MANIFEST_REVOKED]) != MANIFEST_KINDS)
		return false;
	print(again, last);
	return !strcmp(text, again);
}

static int __init read_file(const char *path)
{
	char text[TEXT_MAX];
	loff_t pos = 0;
	ssize_t len;

	len = kernel_read(file, text, sizeof(text) - 1, &pos);
	if (len < 0) {
		pr_err("parameter serial_file=\"%*pE\": cannot be read: error %zd\n",
		       (int)strlen(path), path, len);
		return len;
	}
	if (!len)
		return write_file(last);
	text[len] = '\0';
	if (parse(text))
		return 0;
	pr_err("parameter serial_file=\"%*pE\": it is not what seal writes there (remove it only if you know that no older manifest is about)\n",
	       (int)strlen(path), path);
	return -EINVAL;
}

static const char * __init distrust(const struct inode *inode)
{
	if (!S_ISREG(inode->i_mode))
		return "it is not a regular file";
	if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID))
		return "it does not belong to root";
	if (inode->i_mode & 0022)
		return "others than its owner may write it";
	return NULL;
}

static int __init open_file(const char *path)
{
	const char *why = NULL;

	if (*path != '/')
		why = "the path is not absolute";
	else
		file = filp_open(path, O_RDWR | O_CREAT | O_NONBLOCK |
				 O_LARGEFILE, 0600);
	if (!why && IS_ERR(file)) {
		pr_err("parameter serial_file=\"%*pE\": cannot be opened: %pe\n",
		       (int)strlen(path), path, file);
		file = NULL;
		return -EINVAL;
	}
	if (!why)
		why = distrust(file_inode(file));
	if (!why)
		return 0;
	pr_err("parameter serial_file=\"%*pE\": %s\n", (int)strlen(path), path,
	       why);
	return -EINVAL;
}

int __init serial_init(void)
{
	const char *path = param_serial_file();
	int err;

	if (!path)
		return 0;
	err = open_file(path);
	if (!err)
		err = read_file(path);
	if (err)
		serial_exit();
	return err;
}

void serial_exit(void)
{
	if (file)
		fput(file);
}

const struct inode *serial_inode(void)
{
	return file ? file_inode(file) : NULL;
}

u64 serial_last(enum manifest_kind kind)
{
	return last[kind];
}

int serial_raise(enum manifest_kind kind, u64 serial)
{
	u64 next[MANIFEST_KINDS];
	int err = 0;

	if (serial <= last[kind])
		return 0;
	memcpy(next, last, sizeof(next));
	next[kind] = serial;
	if (file)
		err = write_file(next);
	if (err) {
		pr_err("the serial %llu of %s cannot be written to the serial file: error %d\n",
		       serial, manifest_kind_name(kind), err);
		return err;
	}
	last[kind] = serial;
	return 0;
}
