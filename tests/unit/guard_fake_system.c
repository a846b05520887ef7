// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that only takes down what it is given, for testing insmod-guard.
 * GUARD_FAKE names a directory; in it the fake
 *
 *	writes	log		one line per call: CALL NUMBER RESULT PARAMETERS
 *		NUMBER.bytes	exactly what a module load brought
 *	reads	errno		the error that every call returns
 *		errno.NAME	... a call that removes NAME, or whose parameters
 *				are NAME
 *		compression	the format that the kernel can decompress
 *		sealed		if it exists the kernel is sealed
 *		live		what it tells of the manifests that it holds
 *		owner		the user who may own a manifest (default: we)
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int dir = -1;
static unsigned int calls;

/* Before main, which clears the environment. */
__attribute__((constructor)) static void fake_start(void)
{
	const char *name = getenv("GUARD_FAKE");
	int low;

	if (!name)
		return;
	/* Out of the way of the descriptors that a test has closed. */
	low = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	dir = fcntl(low, F_DUPFD_CLOEXEC, 100);
	if (dir < 0) {
		perror(name);
		abort();
	}
	close(low);
}

static bool fake_read_all(const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read_full(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return true;
}

static bool fake_read(const char *name, char *text, size_t size)
{
	if (!fake_read_all(name, text, size))
		return false;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static int fake_result(const char *word)
{
	char name[300], text[16];

	snprintf(name, sizeof(name), "errno.%s", word);
	if (fake_read(name, text, sizeof(text)) ||
	    fake_read("errno", text, sizeof(text)))
		return -atoi(text);
	return 0;
}

static int fake_log(const char *call, const char *word)
{
	int fd = openat(dir, "log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
			0600);
	int result = fake_result(word);

	if (fd < 0 || dprintf(fd, "%s %u %d %s\n", call, calls, result, word) < 0)
		abort();
	close(fd);
	return result;
}

static void fake_keep(const void *data, size_t size)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "%u.bytes", ++calls);
	fd = openat(dir, name, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || !write_full(fd, data, size))
		abort();
	close(fd);
}

int sys_init_module(const void *image, size_t size, const char *parameters)
{
	fake_keep(image, size);
	return fake_log("init_module", parameters);
}

/* As strict as the kernel: read-only, and open for writing nowhere. */
int sys_finit_module(int fd, const char *parameters, int flags)
{
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
			  F_SEAL_SEAL;
	char call[64];
	struct stat st;
	void *data;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY ||
	    (fcntl(fd, F_GET_SEALS) & seals) != seals ||
	    fstat(fd, &st) < 0)
		return -ETXTBSY;
	/* A lease for reading is only given when nobody has it open to write. */
	if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0 && errno == EAGAIN)
		return -ETXTBSY;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	fake_keep(data, (size_t)st.st_size);
	munmap(data, (size_t)st.st_size);
	snprintf(call, sizeof(call), "finit_module:%d", flags);
	return fake_log(call, parameters);
}

int sys_delete_module(const char *name)
{
	calls++;
	return fake_log("delete_module", name);
}

bool sys_can_decompress(const char *format)
{
	char known[16];

	return fake_read("compression", known, sizeof(known)) &&
	       !strcmp(known, format);
}

bool sys_may_be_sealed(void)
{
	return faccessat(dir, "sealed", F_OK, 0) == 0;
}

bool sys_live_manifest(char *text, size_t size)
{
	return fake_read_all("live", text, size);
}

uid_t sys_manifest_owner(void)
{
	char owner[16];

	if (fake_read("owner", owner, sizeof(owner)))
		return (uid_t)atoi(owner);
	return geteuid();
}
