// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of a module file.
 *
 * How it is kept that the bytes hashed are the bytes loaded: a file is opened
 * once and read once, into memory that nobody else can write, and everything
 * after that happens to this memory. Nobody looks at the file or its name
 * again, so it may be rewritten, renamed or truncated as one likes:
 *
 *  - a plain module is hashed in private anonymous memory and given to
 *    init_module(2) from there. finit_module(2) would read the file again.
 *
 *  - a compressed module can only be given to the kernel as a file, because
 *    only finit_module(2) knows MODULE_INIT_COMPRESSED_FILE. So the bytes go
 *    into a memfd, which is sealed against writing, growing, shrinking and
 *    against unsealing; then it is hashed, and then the kernel reads it.
 *
 * A process that may ptrace us could still write our memory: see LIMITS in
 * the manual page.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static bool failed(const char *name, const char *what, int error)
{
	message_refused("%s: %s: %s", name, what, strerror(error));
	return false;
}

static const char *kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a directory";
	if (S_ISFIFO(mode))
		return "a FIFO";
	if (S_ISSOCK(mode))
		return "a socket";
	return "a device";
}

static bool is_loadable(const char *name, const struct stat *st)
{
	if (!S_ISREG(st->st_mode)) {
		message_refused("%s: it is %s, not a module file", name,
				kind_of(st->st_mode));
		return false;
	}
	if (st->st_size == 0) {
		message_refused("%s: the file is empty", name);
		return false;
	}
	if ((uintmax_t)st->st_size > IMAGE_SIZE_MAX) {
		message_refused("%s: the file has %jd bytes; no module has more than %zu",
				name, (intmax_t)st->st_size, IMAGE_SIZE_MAX);
		return false;
	}
	return true;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Where the file that was opened is, not what its name says by now. The caller
 * can have mounted a /proc of his own: what it answers must lead to that file.
 */
static char *path_of(int fd, const struct stat *opened)
{
	char link[32], path[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return NULL;
	path[n] = '\0';
	if (lstat(path, &st) < 0 || !is_same_file(&st, opened))
		return NULL;
	return must_copy(path);
}

/* By content, as kmod does: a name does not compress anything. */
static const char *compression_of(const void *data, size_t size)
{
	static const struct {
		const char *name;
		const char *magic;
		size_t length;
	} formats[] = {
		{ "xz", "\xfd" "7zXZ", 6 },
		{ "zstd", "\x28\xb5\x2f\xfd", 4 },
		{ "gzip", "\x1f\x8b", 2 },
	};
	size_t i;

	for (i = 0; i < array_size(formats); i++)
		if (size >= formats[i].length &&
		    !memcmp(data, formats[i].magic, formats[i].length))
			return formats[i].name;
	return NULL;
}

#define HUGE ((size_t)2 << 20)

/*
 * Memory that is ours alone. Reading a large module would take less time than
 * the page faults it causes: huge pages, where there are any, make few of them.
 * What is left of the room that was made to align them is never touched.
 */
static void *map_private(size_t size)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	size_t unaligned;
	char *memory;

	if (size < HUGE)
		return mmap(NULL, size, PROT_READ | PROT_WRITE,
			    flags | MAP_POPULATE, -1, 0);

	memory = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (memory == MAP_FAILED)
		return memory;
	unaligned = (uintptr_t)memory % HUGE;
	if (unaligned)
		memory += HUGE - unaligned;
	madvise(memory, size, MADV_HUGEPAGE);
	return memory;
}

static bool read_into_memory(struct image *image, int fd, size_t size)
{
	void *memory;
	ssize_t n;

	memory = map_private(size);
	if (memory == MAP_FAILED)
		return failed(image->name, "no memory to read it", errno);
	image->data = memory;
	image->size = size;

	n = read_full(fd, memory, size);
	if (n < 0)
		return failed(image->name, "cannot read it", errno);
	if ((size_t)n != size) {
		message_refused("%s: the file was changed while it was read",
				image->name);
		return false;
	}
	mprotect(memory, size, PROT_READ);
	return true;
}

/**
 * image_read() - take the bytes of the file @name
 *
 * Refuses what cannot be a module. @image must be freed in any case.
 */
bool image_read(struct image *image, const char *name)
{
	struct stat st;
	bool ok = false;
	int fd;

	*image = (struct image){ .name = name, .fd = -1 };

	/* O_NONBLOCK: to open a FIFO would wait for its writer. */
	fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return failed(name, "cannot open it", errno);
	if (fstat(fd, &st) < 0) {
		failed(name, "cannot examine it", errno);
	} else if (is_loadable(name, &st)) {
		image->path = path_of(fd, &st);
		ok = read_into_memory(image, fd, (size_t)st.st_size);
	}
	close(fd);
	if (ok)
		image->compression = compression_of(image->data, image->size);
	return ok;
}

static int new_memfd(void)
{
	int fd = memfd_create("module", MFD_CLOEXEC | MFD_ALLOW_SEALING |
			      MFD_NOEXEC_SEAL);

	/* Before Linux 6.3 there was no such flag. */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("module", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/* Nothing but a memfd has all of them. */
static bool is_sealed_as(int fd, int sealed)
{
	struct stat st, expected;
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS &&
	       fstat(fd, &st) == 0 && fstat(sealed, &expected) == 0 &&
	       is_same_file(&st, &expected);
}

/*
 * The kernel does not read a module from a file that is open for writing
 * (ETXTBSY), so the sealed memfd is opened a second time. The name for that is
 * in /proc, which may be a file system of the caller's, with a file of his:
 * what is open then must be the memfd.
 */
static bool seal_and_reopen(struct image *image, int fd)
{
	char link[32];

	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return failed(image->name, "cannot seal its copy in memory",
			      errno);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	/* O_NONBLOCK: to open a FIFO would wait for its writer. */
	image->fd = open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (image->fd < 0)
		return failed(image->name, "cannot open its copy in memory (is /proc mounted?)",
			      errno);
	if (is_sealed_as(image->fd, fd))
		return true;
	message_refused("%s: refused: /proc leads to another file than its copy in memory; is it not the kernel's /proc?",
			image->name);
	return false;
}

/**
 * image_freeze() - move the bytes of a compressed module into a sealed memfd
 *
 * From here on image->data is the content of image->fd.
 */
bool image_freeze(struct image *image)
{
	void *memory;
	bool ok;
	int fd;

	fd = new_memfd();
	if (fd < 0 || !write_full(fd, image->data, image->size)) {
		failed(image->name, "cannot copy it into memory", errno);
		close_fd(&fd);
		return false;
	}
	ok = seal_and_reopen(image, fd);
	close(fd);
	if (!ok)
		return false;

	memory = mmap(NULL, image->size, PROT_READ, MAP_PRIVATE, image->fd, 0);
	if (memory == MAP_FAILED)
		return failed(image->name, "cannot map its copy", errno);
	munmap((void *)image->data, image->size);
	image->data = memory;
	return true;
}

void image_free(struct image *image)
{
	if (image->data)
		munmap((void *)image->data, image->size);
	close_fd(&image->fd);
	free(image->path);
	*image = (struct image){ .fd = -1 };
}
