// SPDX-License-Identifier: GPL-2.0
/*
 * The manifest as a file: may it be trusted, and what do its lines say.
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

/* A name of PATH_MAX bytes, each of them escaped, still fits. */
#define LINE_MAX_BYTES ((size_t)16 << 10)
#define BLOCK ((size_t)256 << 10)

/* So many bad lines are named; then they are only counted. */
#define PROBLEMS_TOLD 10

struct walk {
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
	const char *what = last ? "file" : "directory";
	const char *slash = last || !*w->here ? "/" : "";

	if (st->st_uid != w->owner && st->st_uid != 0) {
		message_refused("%s: manifest not trusted: the %s %s%s%s belongs to user %u, not to root",
				w->name, what, w->here, slash, last ? last : "",
				(unsigned int)st->st_uid);
		return false;
	}
	if (st->st_mode & (S_IWGRP | S_IWOTH)) {
		message_refused("%s: manifest not trusted: the %s %s%s%s may be written by others than its owner (mode %04o); chmod go-w it",
				w->name, what, w->here, slash, last ? last : "",
				(unsigned int)st->st_mode & 07777);
		return false;
	}
	return true;
}

static bool walk_failed(const struct walk *w, int error)
{
	message_refused("%s: cannot open the manifest: %s", w->name,
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
		message_refused("%s: manifest not trusted: it is not a regular file",
				w->name);
	} else if (trusted(w, component, &st)) {
		return fd;
	}
	close_fd(&fd);
	return -1;
}

/* One component further. *fd becomes the manifest when this was the last. */
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
 * manifest_open() - open a manifest that only @owner or root can have written
 */
bool manifest_open(struct manifest *m, const char *name, uid_t owner)
{
	struct walk w = { .name = name, .owner = owner, .dir = -1 };
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
	m->file = (struct file){ .fd = fd, .name = name };
	return ok;
}

void manifest_close(struct manifest *m)
{
	close_fd(&m->file.fd);
}

struct scan {
	const struct manifest *m;
	manifest_visit *visit;
	void *context;
	unsigned long line;
	unsigned long problems;
	unsigned long md5_lines;
	bool stopped;
};

static void bad_line(struct scan *s, const char *problem)
{
	if (++s->problems <= PROBLEMS_TOLD)
		message_refused("%s: line %lu: %s", s->m->file.name, s->line,
				problem);
}

static const char *weak(enum digest_algorithm algorithm, bool allow_md5)
{
	if (algorithm == DIGEST_SHA1)
		return "it is an SHA-1 digest, which proves nothing any more; regenerate the manifest with seal-manifest";
	if (algorithm == DIGEST_MD5 && !allow_md5)
		return "it is an MD5 digest, which proves nothing any more; regenerate the manifest with seal-manifest (--allow-md5 reads it all the same)";
	return NULL;
}

static void scan_line(struct scan *s, const char *text, size_t len)
{
	struct manifest_line line;
	enum manifest_verdict verdict;

	s->line++;
	verdict = manifest_line_parse(text, len, &line);
	if (verdict == MANIFEST_NOTHING)
		return;
	if (verdict != MANIFEST_ENTRY) {
		bad_line(s, manifest_line_problem(verdict));
		return;
	}
	if (line.algorithm < DIGEST_SHA256) {
		const char *problem = weak(line.algorithm, s->m->allow_md5);

		if (problem) {
			bad_line(s, problem);
			return;
		}
		s->md5_lines++;
	}
	if (!s->problems && !s->stopped)
		s->stopped = !s->visit(&line, s->context);
}

/* Scans the whole lines in a block; returns how much of it they were. */
static size_t scan_block(struct scan *s, const char *block, size_t size)
{
	const char *from = block, *end = block + size, *newline;

	while ((newline = memchr(from, '\n', (size_t)(end - from)))) {
		if ((size_t)(newline - from) > LINE_MAX_BYTES) {
			s->line++;
			bad_line(s, "it is too long");
		} else {
			scan_line(s, from, (size_t)(newline - from));
		}
		from = newline + 1;
	}
	return (size_t)(from - block);
}

/* Constant memory: a block is read behind what was left of the last one. */
static bool scan_file(struct scan *s, char *buffer)
{
	size_t left = 0;

	for (;;) {
		size_t used;
		ssize_t n = read_full(s->m->file.fd, buffer + left, BLOCK);

		if (n < 0) {
			message_refused("%s: cannot read the manifest: %s",
					s->m->file.name, strerror(errno));
			return false;
		}
		if (n == 0)
			break;
		left += (size_t)n;
		used = scan_block(s, buffer, left);
		left -= used;
		memmove(buffer, buffer + used, left);
		if (left > LINE_MAX_BYTES) {
			s->line++;
			bad_line(s, "it is too long");
			return true;
		}
	}
	if (left)
		scan_line(s, buffer, left);
	return true;
}

/**
 * manifest_scan() - visit every entry, judge every line
 *
 * Entries are visited as long as no line was bad. All lines are judged, also
 * those after the one that was looked for: a manifest is good or it is not.
 */
bool manifest_scan(const struct manifest *m, manifest_visit *visit,
		   void *context)
{
	struct scan s = { .m = m, .visit = visit, .context = context };
	char *buffer = must_alloc(LINE_MAX_BYTES + BLOCK, 1);
	bool complete;

	complete = scan_file(&s, buffer);
	free(buffer);
	if (s.problems > PROBLEMS_TOLD)
		message_refused("%s: %lu more lines are bad", m->file.name,
				s.problems - PROBLEMS_TOLD);
	if (s.md5_lines)
		message_warning("%s: %lu MD5 digests are taken at their word because of --allow-md5; anybody can make another file with the same MD5",
				m->file.name, s.md5_lines);
	return complete && !s.problems && !s.stopped;
}
