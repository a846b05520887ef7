// SPDX-License-Identifier: GPL-2.0
/*
 * Opens what says whom to trust: a manifest, its signature, a certificate.
 *
 * Whoever can write the file, or a directory on the way to it, could vouch for
 * any module. So the way is walked by hand, one component after the other,
 * each opened before it is judged: what was judged is what is used next, and
 * what is read in the end is the very descriptor that was checked.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40

struct walk {
	const char *what;		/* "manifest", for messages */
	const char *name;		/* as given, for messages */
	uid_t owner;
	int dir;			/* where we are */
	char here[PATH_MAX];		/* what that is called; "" is the root */
	char rest[PATH_MAX];		/* what is still to be walked */
	unsigned int links;
};

/* Is @last, or without it the directory we are in, as it must be? */
static bool trusted(const struct walk *w, const char *last,
		    const struct stat *st)
{
	const char *entry = last ? "file" : "directory";
	const char *slash = last || !*w->here ? "/" : "";

	if (st->st_uid != w->owner && st->st_uid != 0) {
		message_refused("%s: %s not trusted: the %s %s%s%s belongs to user %u, not to root",
				w->name, w->what, entry, w->here, slash, last ? last : "",
				(unsigned int)st->st_uid);
		return false;
	}
	if (st->st_mode & (S_IWGRP | S_IWOTH)) {
		message_refused("%s: %s not trusted: the %s %s%s%s may be written by others than its owner (mode %04o); chmod go-w it",
				w->name, w->what, entry, w->here, slash, last ? last : "",
				(unsigned int)st->st_mode & 07777);
		return false;
	}
	return true;
}

static bool walk_failed(const struct walk *w, int error)
{
	message_refused("%s: cannot open the %s: %s", w->name, w->what,
			strerror(error));
	return false;
}

static bool walk_to(struct walk *w, int dir)
{
	struct stat st;

	close_fd(&w->dir);
	w->dir = dir;
	if (dir < 0 || fstat(dir, &st) < 0)
		return walk_failed(w, errno);
	return trusted(w, NULL, &st);
}

static bool walk_root(struct walk *w)
{
	w->here[0] = '\0';
	return walk_to(w, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Puts what a symbolic link says in front of what is still to be walked. */
static bool walk_link(struct walk *w, int link)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t n;

	n = readlinkat(link, "", target, sizeof(target) - 1);
	if (n < 0)
		return walk_failed(w, errno);
	target[n] = '\0';
	if (++w->links > LINKS_MAX)
		return walk_failed(w, ELOOP);
	memcpy(rest, w->rest, sizeof(rest));
	if ((size_t)n + strlen(rest) + 2 > sizeof(w->rest))
		return walk_failed(w, ENAMETOOLONG);
	stpcpy(stpcpy(stpcpy(w->rest, target), "/"), rest);
	return target[0] == '/' ? walk_root(w) : true;
}

static bool walk_up(struct walk *w)
{
	char *slash = strrchr(w->here, '/');

	if (slash)
		*slash = '\0';
	return walk_to(w, openat(w->dir, "..",
				 O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static bool walk_down(struct walk *w, const char *component, int dir)
{
	if (strlen(w->here) + strlen(component) + 2 > sizeof(w->here)) {
		close(dir);
		return walk_failed(w, ENAMETOOLONG);
	}
	strcat(strcat(w->here, "/"), component);
	return walk_to(w, dir);
}

/* Takes the next component off the rest; false when none is left. */
static bool next_component(struct walk *w, char component[NAME_MAX + 1])
{
	const char *from = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(from, "/");

	if (!n || n > NAME_MAX)
		return false;
	memcpy(component, from, n);
	component[n] = '\0';
	memmove(w->rest, from + n, strlen(from + n) + 1);
	return true;
}

/* The last component: opened first, then judged. */
static int open_last(struct walk *w, const char *component)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK: to open a FIFO would wait for its writer. */
	fd = openat(w->dir, component, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		    O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		walk_failed(w, errno);
	} else if (!S_ISREG(st.st_mode)) {
		message_refused("%s: %s not trusted: it is not a regular file",
				w->name, w->what);
	} else if (trusted(w, component, &st)) {
		return fd;
	}
	close_fd(&fd);
	return -1;
}

/* One component further. *fd becomes the file when this was the last. */
static bool walk_step(struct walk *w, const char *component, int *fd)
{
	struct stat st;
	int entry;

	if (!strcmp(component, "."))
		return true;
	if (!strcmp(component, ".."))
		return walk_up(w);

	entry = openat(w->dir, component, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (entry < 0 || fstat(entry, &st) < 0) {
		walk_failed(w, errno);
		close_fd(&entry);
		return false;
	}
	if (S_ISDIR(st.st_mode))
		return walk_down(w, component, entry);
	if (S_ISLNK(st.st_mode)) {
		bool followed = walk_link(w, entry);

		close(entry);
		return followed;
	}
	close(entry);
	if (w->rest[strspn(w->rest, "/")])
		return walk_failed(w, ENOTDIR);
	*fd = open_last(w, component);
	return *fd >= 0;
}

static bool walk_start(struct walk *w)
{
	char cwd[PATH_MAX] = "";

	if (w->name[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return walk_failed(w, errno);
	if (strlen(cwd) + strlen(w->name) + 2 > sizeof(w->rest))
		return walk_failed(w, ENAMETOOLONG);
	stpcpy(stpcpy(stpcpy(w->rest, cwd), "/"), w->name);
	return walk_root(w);
}

/**
 * trusted_open() - open a file that only sys_manifest_owner() or root can have
 * written
 * @file: filled in in any case
 * @what: what it is, for messages
 */
bool trusted_open(struct file *file, const char *what, const char *name)
{
	struct walk w = {
		.what = what,
		.name = name,
		.owner = sys_manifest_owner(),
		.dir = -1,
	};
	char component[NAME_MAX + 1];
	int fd = -1;
	bool ok;

	ok = walk_start(&w);
	while (ok && fd < 0) {
		if (next_component(&w, component))
			ok = walk_step(&w, component, &fd);
		else
			ok = walk_failed(&w, w.rest[strspn(w.rest, "/")] ?
					 ENAMETOOLONG : EISDIR);
	}
	close_fd(&w.dir);
	*file = (struct file){ .fd = fd, .name = name };
	return ok;
}

static bool not_read(const struct file *file, const char *what, const char *why)
{
	message_refused("%s: cannot read the %s: %s", file->name, what, why);
	return false;
}

bool read_whole(struct bytes *bytes, const struct file *file, const char *what,
		size_t max)
{
	struct stat st;
	ssize_t n;

	*bytes = (struct bytes){ 0 };
	if (fstat(file->fd, &st) < 0)
		return not_read(file, what, strerror(errno));
	if ((uintmax_t)st.st_size > max)
		return not_read(file, what, strerror(EFBIG));
	/* One byte more: it must end where it was said to. */
	bytes->size = (size_t)st.st_size;
	bytes->data = must_alloc(bytes->size + 1, 1);
	n = read_full(file->fd, bytes->data, bytes->size + 1);
	if (n < 0)
		return not_read(file, what, strerror(errno));
	if ((size_t)n != bytes->size)
		return not_read(file, what, "it was changed meanwhile");
	return true;
}

bool trusted_read(struct bytes *bytes, const char *what, const char *name,
		  size_t max)
{
	struct file file;
	bool ok;

	*bytes = (struct bytes){ 0 };
	ok = trusted_open(&file, what, name) &&
	     read_whole(bytes, &file, what, max);
	close_fd(&file.fd);
	return ok;
}
