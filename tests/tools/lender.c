// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel hold a page of a file to write to it later, when nobody has
 * the file open or mapped any more: process_vm_writev(2) takes the page that it
 * is to write to, then reads what to write from memory that is not there, for
 * which it waits until userfaultfd(2) brings it. Says "lent" when it waits and
 * all is closed, "written" when it was brought, after a line on the FIFO.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char arguments[] = "FILE OFFSET WORD FIFO";

enum { PAGE = 4096 };

static struct iovec from, to;
static ssize_t written;

static void *map(int fd, int flags, off_t offset)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, fd,
			  offset);

	if (page == MAP_FAILED)
		unusable("mmap: %s", strerror(errno));
	return page;
}

static int watch(void *page)
{
	struct uffdio_register range = {
		.range = { (unsigned long)page, PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		unusable("userfaultfd: %s", strerror(errno));
	return fd;
}

static void bring(int watcher, void *page, const void *content)
{
	struct uffdio_copy copy = {
		.dst = (unsigned long)page,
		.src = (unsigned long)content,
		.len = PAGE,
	};

	if (ioctl(watcher, UFFDIO_COPY, &copy))
		unusable("UFFDIO_COPY: %s", strerror(errno));
}

static void *write_late(void *unused)
{
	(void)unused;
	written = process_vm_writev(getpid(), &from, 1, &to, 1, 0);
	if (written < 0)
		written = -errno;
	return NULL;
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char content[PAGE] __attribute__((aligned(PAGE)));
	struct uffd_msg message;
	unsigned long offset;
	pthread_t writer;
	int fd, fifo, watcher;
	char *page;

	if (argc != 5)
		usage(arguments);
	offset = number(argv[2]);
	fifo = open_fifo(argv[4]);
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		return refused("open", errno);
	page = map(fd, MAP_SHARED, offset & -PAGE);
	*(volatile char *)page = *(volatile char *)page;
	from.iov_base = map(-1, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	to.iov_base = page + offset % PAGE;
	from.iov_len = to.iov_len = strlen(argv[3]);
	memcpy(content, argv[3], from.iov_len);

	watcher = watch(from.iov_base);
	if (pthread_create(&writer, NULL, write_late, NULL))
		unusable("no thread");
	if (read(watcher, &message, sizeof(message)) != sizeof(message))
		unusable("userfaultfd: %s", strerror(errno));
	munmap(page, PAGE);
	close(fd);
	say("lent");
	await(fifo);
	bring(watcher, from.iov_base, content);
	pthread_join(writer, NULL);
	if (written != (ssize_t)from.iov_len)
		return refused("process_vm_writev", written);
	say("written");
	return DONE;
}
