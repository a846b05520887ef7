// SPDX-License-Identifier: GPL-2.0
/*
 * Puts work into another program's io_uring, a descriptor that it inherited, which a thread of the kernel's
 * does with that program's memory, files and rights (IORING_SETUP_SQPOLL).
 * Addresses in it are that program's.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char arguments[] =
	"RING open PATH_ADDRESS | RING write FD BYTE_ADDRESS OFFSET";

/* A ring of the same shape tells where the parts of any lie. */
static struct io_uring_params shape(void)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SQPOLL };
	int ring = syscall(SYS_io_uring_setup, 8, &params);

	if (ring < 0)
		unusable("io_uring_setup: %s", strerror(errno));
	close(ring);
	return params;
}

static int submit(int ring, const struct io_uring_sqe *job)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	struct io_uring_params params = shape();
	char *sq = map_ring(ring, 65536, IORING_OFF_SQ_RING);
	char *cq = params.features & IORING_FEAT_SINGLE_MMAP ? sq :
		   map_ring(ring, 65536, IORING_OFF_CQ_RING);
	struct io_uring_sqe *jobs = map_ring(ring, 4096, IORING_OFF_SQES);
	unsigned int *tail = (unsigned int *)(sq + params.sq_off.tail);
	unsigned int *array = (unsigned int *)(sq + params.sq_off.array);
	unsigned int *done = (unsigned int *)(cq + params.cq_off.tail);
	struct io_uring_cqe *answers =
		(struct io_uring_cqe *)(cq + params.cq_off.cqes);
	int tries;

	jobs[0] = *job;
	array[0] = 0;
	__atomic_store_n(tail, 1, __ATOMIC_RELEASE);
	syscall(SYS_io_uring_enter, ring, 0, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0);
	for (tries = 0; tries < 500; tries++) {
		if (__atomic_load_n(done, __ATOMIC_ACQUIRE))
			return answers[0].res;
		nanosleep(&pause, NULL);
	}
	unusable("nobody takes the work");
}

int main(int argc, char **argv)
{
	struct io_uring_sqe job = { };
	int result;

	if (argc == 4 && !strcmp(argv[2], "open")) {
		job.opcode = IORING_OP_OPENAT;
		job.fd = AT_FDCWD;
		job.addr = number(argv[3]);
		job.open_flags = O_RDWR;
	} else if (argc == 6 && !strcmp(argv[2], "write")) {
		job.opcode = IORING_OP_WRITE;
		job.fd = number(argv[3]);
		job.addr = number(argv[4]);
		job.len = 1;
		job.off = number(argv[5]);
	} else {
		usage(arguments);
	}
	result = submit(number(argv[1]), &job);
	return result < 0 ? refused(argv[2], result) : DONE;
}
