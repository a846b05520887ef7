// SPDX-License-Identifier: GPL-2.0
/*
 * A module load, or a write, that is already inside the kernel when the seal
 * comes.
 *
 * The last page of the image, or the argument string, lies on memory whose
 * faults a second thread answers (userfaultfd), and that thread answers only
 * when it is told to.  With --at image the kernel waits while it copies the
 * image, with --at args it waits in strndup_user(), the image parsed already.
 * With --at data the file is a device, which is to get at --offset the eight
 * bytes that it has there.
 *
 * READY_FIFO receives "stalled" once the kernel waits, or "returned" if the
 * call came back without ever touching that page; GO_FIFO is not read then.
 * In a shell: read -r line <>READY_FIFO, then echo 1<>GO_FIFO.  To open them
 * read-write never blocks, and no SIGCHLD interrupts it.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] =
	"--at image|args [--finit] [--int80] [--args ARGS] "
	"READY_FIFO GO_FIFO FILE\n"
	"       stallload --at data --offset N READY_FIFO GO_FIFO DEVICE";

enum { PAGE = 4096 };
enum { AT = 1, FINIT, INT80, ARGS, OFFSET };

static const struct option options[] = {
	{ "at", required_argument, NULL, AT },
	{ "finit", no_argument, NULL, FINIT },
	{ "int80", no_argument, NULL, INT80 },
	{ "args", required_argument, NULL, ARGS },
	{ "offset", required_argument, NULL, OFFSET },
	{ }
};

/* The page the kernel will wait for, and what it will find there. */
struct stall {
	int uffd;
	char *page;
	char content[PAGE] __attribute__((aligned(PAGE)));
	const char *ready;
	int go;
	volatile bool seen;
};

static struct stall stall;

struct job {
	const char *path;
	const char *args;
	off_t offset;
	bool at_image;
	bool at_data;
	bool finit;
	bool int80;
};

static void *answer_fault(void *unused)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)stall.page,
		.src = (uintptr_t)stall.content,
		.len = PAGE,
	};
	struct uffd_msg message;

	if (read(stall.uffd, &message, sizeof(message)) != sizeof(message) ||
	    message.event != UFFD_EVENT_PAGEFAULT)
		unusable("no page fault from userfaultfd");
	stall.seen = true;
	tell(stall.ready, "stalled");
	await(stall.go);
	if (ioctl(stall.uffd, UFFDIO_COPY, &copy))
		unusable("UFFDIO_COPY: %s", strerror(errno));
	return unused;
}

static void watch_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register watched = {
		.range = { .start = (uintptr_t)stall.page, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	pthread_t thread;

	stall.uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (stall.uffd < 0 || ioctl(stall.uffd, UFFDIO_API, &api) ||
	    ioctl(stall.uffd, UFFDIO_REGISTER, &watched))
		unusable("userfaultfd: %s", strerror(errno));
	if (pthread_create(&thread, NULL, answer_fault, NULL))
		unusable("no thread");
}

/* Leaves the last page of the image missing if that is where to wait. */
static char *read_image(const struct job *job, size_t *length)
{
	int fd = open_file(job->path);
	size_t kept, tail;
	char *image;

	*length = file_length(fd, job->path);
	if (!*length)
		unusable("%s is empty", job->path);
	image = low_alloc(*length);
	kept = job->at_image ? (*length - 1) / PAGE * PAGE : *length;
	tail = *length - kept;
	read_exactly(fd, job->path, image, kept);
	if (job->at_image) {
		if (pread(fd, stall.content, tail, kept) != (ssize_t)tail)
			unusable("read %s: %s", job->path, strerror(errno));
		stall.page = image + kept;
	}
	close(fd);
	return image;
}

static long load(const struct job *job)
{
	char *image = NULL, *args;
	size_t length = 0;

	args = low_alloc(PAGE);
	if (!job->finit)
		image = read_image(job, &length);
	if (job->at_image) {
		strcpy(args, job->args);
	} else {
		strcpy(stall.content, job->args);
		stall.page = args;
	}
	watch_page();
	if (job->finit)
		return enter(&enter_finit_module, job->int80,
			     open_file(job->path), (unsigned long)args, 0);
	return enter(&enter_init_module, job->int80, (unsigned long)image,
		     length, (unsigned long)args);
}

static long store(const struct job *job)
{
	int fd = open(job->path, O_RDWR);
	ssize_t length = 8;

	if (fd < 0 || pread(fd, stall.content, length, job->offset) != length)
		unusable("%s: %s", job->path, strerror(errno));
	stall.page = low_alloc(PAGE);
	watch_page();
	return pwrite(fd, stall.page, length, job->offset) == length ? 0 :
								       -errno;
}

static const char *name_of(const struct job *job)
{
	if (job->at_data)
		return "pwrite";
	return job->finit ? "finit_module" : "init_module";
}

static struct job parse(int argc, char **argv)
{
	struct job job = { .args = "" };
	const char *at = "";
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == AT)
			at = optarg;
		else if (option == FINIT)
			job.finit = true;
		else if (option == INT80)
			job.int80 = true;
		else if (option == ARGS)
			job.args = optarg;
		else if (option == OFFSET)
			job.offset = number(optarg);
		else
			usage(arguments);
	}
	job.at_image = !strcmp(at, "image");
	job.at_data = !strcmp(at, "data");
	if (argc - optind != 3 ||
	    (!job.at_image && !job.at_data && strcmp(at, "args")) ||
	    (job.at_image && job.finit) || strlen(job.args) >= PAGE)
		usage(arguments);
	stall.ready = argv[optind];
	stall.go = open_fifo(argv[optind + 1]);
	job.path = argv[optind + 2];
	return job;
}

int main(int argc, char **argv)
{
	struct job job = parse(argc, argv);
	long result = job.at_data ? store(&job) : load(&job);

	if (!stall.seen)
		tell(stall.ready, "returned");
	if (result < 0)
		return refused(name_of(&job), result);
	return DONE;
}
