// SPDX-License-Identifier: GPL-2.0
/*
 * Has process 1 call chroot(2), as a debugger does. It must be waiting in a
 * system call, for us.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

/*
 * x86 stops it behind the instruction that it is in, and would begin again
 * when all is as it was; arm64 in front of it, to begin again.
 */
#ifdef __x86_64__
#define ENTERS 0x050fUL			/* syscall */
#define ENTERS_MASK 0xffffUL
#define STACK(regs) ((regs)->rsp)
#define RESULT(regs) ((regs)->rax)

static unsigned long prepare(struct user_regs_struct *regs, unsigned long arg)
{
	regs->rip -= 2;
	regs->rax = SYS_chroot;
	regs->orig_rax = -1;
	regs->rdi = arg;
	return regs->rip;
}
#else
#define ENTERS 0xd4000001UL		/* svc #0 */
#define ENTERS_MASK 0xffffffffUL
#define STACK(regs) ((regs)->sp)
#define RESULT(regs) ((regs)->regs[0])

static unsigned long prepare(struct user_regs_struct *regs, unsigned long arg)
{
	regs->regs[8] = SYS_chroot;
	regs->regs[0] = arg;
	return regs->pc;
}
#endif

static void registers(int request, struct user_regs_struct *regs)
{
	struct iovec vector = { .iov_base = regs, .iov_len = sizeof(*regs) };

	if (ptrace(request, 1, NT_PRSTATUS, &vector))
		unusable("its registers: %s", strerror(errno));
}

static void stopped(void)
{
	int status;

	if (waitpid(1, &status, __WALL) != 1 || !WIFSTOPPED(status))
		unusable("process 1 does not stop");
}

/* Far enough from what it has there. */
static unsigned long put(unsigned long stack, const char *path)
{
	unsigned long at = (stack - 1024) & -sizeof(long);
	char text[256] = "";
	size_t done;
	long word;

	strncpy(text, path, sizeof(text) - 1);
	for (done = 0; done < sizeof(text); done += sizeof(word)) {
		memcpy(&word, text + done, sizeof(word));
		if (ptrace(PTRACE_POKEDATA, 1, at + done, word))
			unusable("PTRACE_POKEDATA: %s", strerror(errno));
	}
	return at;
}

int main(int argc, char **argv)
{
	struct user_regs_struct was, regs;
	unsigned long at;
	long result;

	if (argc != 2)
		usage("PATH");
	if (ptrace(PTRACE_SEIZE, 1, 0, 0) || ptrace(PTRACE_INTERRUPT, 1, 0, 0))
		return refused("ptrace", errno);
	stopped();
	registers(PTRACE_GETREGSET, &was);
	regs = was;
	at = prepare(&regs, put(STACK(&was), argv[1]));
	if ((ptrace(PTRACE_PEEKTEXT, 1, at, 0) & ENTERS_MASK) != ENTERS)
		unusable("process 1 is in no system call");
	registers(PTRACE_SETREGSET, &regs);
	if (ptrace(PTRACE_SINGLESTEP, 1, 0, 0))
		unusable("PTRACE_SINGLESTEP: %s", strerror(errno));
	stopped();
	registers(PTRACE_GETREGSET, &regs);
	result = RESULT(&regs);
	registers(PTRACE_SETREGSET, &was);
	if (ptrace(PTRACE_DETACH, 1, 0, 0))
		unusable("PTRACE_DETACH: %s", strerror(errno));
	return result ? refused("chroot", result) : DONE;
}
