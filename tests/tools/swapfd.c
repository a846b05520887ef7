// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program whose opens it answers itself, all with the same file: a
 * seccomp filter asks a supervisor, who puts a descriptor of his own into the
 * program (SECCOMP_IOCTL_NOTIF_ADDFD) and says that this is what was opened.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] = "GIVEN PROGRAM [ARG...]";

/* Where the program and its supervisor meet. */
static int pair[2];

static int put_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = ARRAY_SIZE(filter), .filter = filter,
	};
	int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

	if (fd < 0)
		unusable("seccomp: %s", strerror(errno));
	return fd;
}

static void answer(int listener, const struct seccomp_notif *asked, int given)
{
	struct seccomp_notif_addfd add = {
		.id = asked->id, .srcfd = given,
	};
	struct seccomp_notif_resp reply = { .id = asked->id };
	int fd = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);

	if (fd < 0)
		reply.error = -errno;
	else
		reply.val = fd;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

/* Until the program has ended and the listener says so. */
static void supervise(int listener, int given)
{
	struct seccomp_notif asked;

	for (;;) {
		memset(&asked, 0, sizeof(asked));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked))
			return;
		answer(listener, &asked, given);
	}
}

/* The listener has no number in the parent: it is fetched by that of the child. */
static int fetch(pid_t child, int fd)
{
	int target = syscall(SYS_pidfd_open, child, 0);
	int listener = syscall(SYS_pidfd_getfd, target, fd, 0);

	if (listener < 0)
		unusable("pidfd_getfd: %s", strerror(errno));
	return listener;
}

static void run(char **argv)
{
	int listener = put_filter();
	char byte;

	/* by write and read: an open would be asked about */
	if (write(pair[1], &listener, sizeof(listener)) < 0 ||
	    read(pair[1], &byte, 1) != 1)
		unusable("no supervisor");
	close(listener);
	execv(argv[0], argv);
	unusable("%s: %s", argv[0], strerror(errno));
}

int main(int argc, char **argv)
{
	int given, listener, number, status;
	pid_t child, watcher;

	if (argc < 3)
		usage(arguments);
	given = open_file(argv[1]);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		unusable("socketpair: %s", strerror(errno));
	child = fork();
	if (!child)
		run(argv + 2);
	if (read(pair[0], &number, sizeof(number)) != sizeof(number))
		unusable("the filter is not put on");
	listener = fetch(child, number);
	if (write(pair[0], "", 1) != 1)
		unusable("the program is gone");
	watcher = fork();
	if (!watcher) {
		supervise(listener, given);
		_exit(DONE);
	}
	close(listener);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		unusable("the program has died");
	return WEXITSTATUS(status);
}
