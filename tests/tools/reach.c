// SPDX-License-Identifier: GPL-2.0
/*
 * Reaches into another program's memory, in every way that the kernel has, and
 * leaves there code (payload.h), text or a byte.
 */
#define _GNU_SOURCE
#include "tool.h"
#include "payload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] =
	"HOW PID ADDRESS code|byte VALUE|text TEXT\n"
	"       reach snare|await-exec|await-fork PROGRAM [ARG...]\n"
	"       reach save FILE\n"
	"HOW is mem (/proc/PID/mem), vm (process_vm_writev), attach or seize\n"
	"(ptrace, detached at once); snare traces a program from its exec on and\n"
	"detaches with its first instruction replaced; await-exec seizes who is\n"
	"about to exec it (PTRACE_O_TRACEEXEC), await-fork who is about to fork\n"
	"who does (PTRACE_O_TRACEFORK); save writes the code";

static char content[512];
static size_t length;

static int by_mem(pid_t pid, unsigned long address)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return refused("open", errno);
	n = pwrite(fd, content, length, address);
	close(fd);
	return n == (ssize_t)length ? DONE : refused("write", errno);
}

static int by_vm(pid_t pid, unsigned long address)
{
	struct iovec from = { .iov_base = content, .iov_len = length };
	struct iovec to = { .iov_base = (void *)address, .iov_len = length };

	if (process_vm_writev(pid, &from, 1, &to, 1, 0) == (ssize_t)length)
		return DONE;
	return refused("process_vm_writev", errno);
}

/* In whole words, what is around the content kept. */
static int poke(pid_t pid, unsigned long address)
{
	unsigned long at = address & -sizeof(long);
	size_t skip = address - at, n;
	long word;
	size_t done = 0;

	for (; done < length; at += sizeof(word), skip = 0) {
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, at, 0);
		if (errno)
			return refused("PTRACE_PEEKDATA", errno);
		n = sizeof(word) - skip;
		if (n > length - done)
			n = length - done;
		memcpy((char *)&word + skip, content + done, n);
		if (ptrace(PTRACE_POKEDATA, pid, at, word))
			return refused("PTRACE_POKEDATA", errno);
		done += n;
	}
	return DONE;
}

static int by_ptrace(pid_t pid, unsigned long address, bool seize)
{
	int status, result;

	if (ptrace(seize ? PTRACE_SEIZE : PTRACE_ATTACH, pid, 0, 0))
		return refused(seize ? "PTRACE_SEIZE" : "PTRACE_ATTACH", errno);
	if (seize && ptrace(PTRACE_INTERRUPT, pid, 0, 0))
		return refused("PTRACE_INTERRUPT", errno);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		unusable("%d does not stop", pid);
	result = poke(pid, address);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return result;
}

static unsigned long program_counter(pid_t pid)
{
	unsigned long words[64] = { 0 };
	struct iovec vector = { .iov_base = words, .iov_len = sizeof(words) };

	/* 1 is NT_PRSTATUS: struct pt_regs, struct user_pt_regs */
	if (ptrace(PTRACE_GETREGSET, pid, 1, &vector))
		unusable("PTRACE_GETREGSET: %s", strerror(errno));
#ifdef __x86_64__
	return words[16];
#else
	return words[32];
#endif
}

static int snare(char **argv)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		unusable("fork: %s", strerror(errno));
	if (!child) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			unusable("PTRACE_TRACEME: %s", strerror(errno));
		execv(argv[0], argv);
		exit(refused("execve", errno));
	}
	if (waitpid(child, &status, 0) != child)
		unusable("wait: %s", strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (poke(child, program_counter(child)))
		unusable("nothing is left in the program");
	ptrace(PTRACE_DETACH, child, 0, 0);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		unusable("the code has died");
	return WEXITSTATUS(status) ?
	       refused("the code", WEXITSTATUS(status)) : DONE;
}

/* Becomes the program, or has a child that does, once it is let go on. */
static pid_t start_later(char **argv, bool fork_first, int *gate)
{
	int ends[2], status;
	pid_t child, grandchild;
	char byte;

	if (pipe(ends) || (child = fork()) < 0)
		unusable("fork: %s", strerror(errno));
	if (child) {
		*gate = ends[1];
		return child;
	}
	if (read(ends[0], &byte, 1) != 1)
		_exit(UNUSABLE);
	grandchild = fork_first ? fork() : 0;
	if (!grandchild) {
		execv(argv[0], argv);
		exit(refused("execve", errno));
	}
	waitpid(grandchild, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : UNUSABLE);
}

/* The one whose exec is reported; its parent is let go meanwhile. */
static pid_t await_exec(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			return pid;
		ptrace(PTRACE_CONT, pid, 0, 0);
	}
	unusable("no exec was seen");
}

static int await_start(char **argv, bool fork_first)
{
	unsigned long events = PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK;
	int gate, status;
	pid_t child = start_later(argv, fork_first, &gate), pid;

	if (ptrace(PTRACE_SEIZE, child, 0, events))
		unusable("PTRACE_SEIZE: %s", strerror(errno));
	if (write(gate, "", 1) != 1)
		unusable("it is gone");
	pid = await_exec();
	if (poke(pid, program_counter(pid)))
		unusable("nothing is left in the program");
	ptrace(PTRACE_DETACH, pid, 0, 0);
	while (waitpid(child, &status, __WALL) == child && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, child, 0, 0);
	if (!WIFEXITED(status))
		unusable("the code has died");
	return WEXITSTATUS(status) ?
	       refused("the code", WEXITSTATUS(status)) : DONE;
}

static void take_code(void)
{
	length = payload_end - payload;
	memcpy(content, payload, length);
}

static void take_content(int argc, char **argv)
{
	if (argc == 1 && !strcmp(argv[0], "code")) {
		/* where a function was */
		length = payload_end - payload_load;
		memcpy(content, payload_load, length);
	} else if (argc == 2 && !strcmp(argv[0], "byte")) {
		content[0] = number(argv[1]);
		length = 1;
	} else if (argc == 2 && !strcmp(argv[0], "text")) {
		strncpy(content, argv[1], sizeof(content) - 1);
		length = strlen(content) + 1;
	} else {
		usage(arguments);
	}
}

static int save(const char *path)
{
	FILE *file = fopen(path, "we");
	size_t size = payload_end - payload_load;

	if (!file || fwrite(payload_load, size, 1, file) != 1 || fclose(file))
		unusable("%s: %s", path, strerror(errno));
	return DONE;
}

int main(int argc, char **argv)
{
	unsigned long address;
	pid_t pid;

	if (argc == 3 && !strcmp(argv[1], "save"))
		return save(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "snare")) {
		take_code();
		return snare(argv + 2);
	}
	if (argc > 2 && !strncmp(argv[1], "await-", 6)) {
		take_code();
		return await_start(argv + 2, !strcmp(argv[1], "await-fork"));
	}
	if (argc < 5)
		usage(arguments);
	pid = number(argv[2]);
	address = number(argv[3]);
	take_content(argc - 4, argv + 4);
	if (!strcmp(argv[1], "mem"))
		return by_mem(pid, address);
	if (!strcmp(argv[1], "vm"))
		return by_vm(pid, address);
	if (!strcmp(argv[1], "attach") || !strcmp(argv[1], "seize"))
		return by_ptrace(pid, address, *argv[1] == 's');
	usage(arguments);
}
