// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program that is not alone: with a tracer attached from before its
 * exec, or under a seccomp filter that could answer its system calls; or one
 * whose memory is not its own alone, for it may not lock any (unlocked).
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] = "tracer|filter|unlocked PROGRAM [ARG...]";

/* Lets everything pass: what matters is that it is there. */
static void put_filter(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = 1, .filter = &allow };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		unusable("seccomp: %s", strerror(errno));
}

/* Root gets back what it lacks when it starts a program, but for this one. */
static void drop_lock(void)
{
	if (prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK))
		unusable("PR_CAPBSET_DROP: %s", strerror(errno));
}

static void run(char **argv)
{
	execv(argv[0], argv);
	unusable("%s: %s", argv[0], strerror(errno));
}

/* Stays attached and passes its signals on, until it is gone. */
static int trace(char **argv)
{
	int status, signal;
	pid_t child = fork();

	if (child < 0)
		unusable("fork: %s", strerror(errno));
	if (!child) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			unusable("PTRACE_TRACEME: %s", strerror(errno));
		run(argv);
	}
	while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		ptrace(PTRACE_CONT, child, 0, signal);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : UNUSABLE;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		usage(arguments);
	if (!strcmp(argv[1], "tracer"))
		return trace(argv + 2);
	if (!strcmp(argv[1], "filter"))
		put_filter();
	else if (!strcmp(argv[1], "unlocked"))
		drop_lock();
	else
		usage(arguments);
	run(argv + 2);
}
