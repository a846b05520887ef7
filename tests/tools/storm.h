/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the workers of storm.c do: each act is given the number of its turn and
 * says 0 or -errno.
 */
#ifndef STORM_H
#define STORM_H

#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif

#define SEAL "/sys/kernel/security/seal/"
#define TRACING "/sys/kernel/tracing/"

/* "map ADDRESS", of a display; the pid of a hole's program; how many updates. */
static char map_screen[64];
static pid_t victim;
static unsigned long updates;

/* --- files and programs --- */

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/* The error that a program's last line ends with. */
static int error_in(const char *said)
{
	const char *text = strrchr(said, ':');
	int error;

	for (error = 1; text && error < 134; error++)
		if (!strncmp(text + 2, strerror(error),
			     strlen(strerror(error))))
			return -error;
	return -EPROTO;
}

static pid_t start(char *const argv[], int *said)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		unusable("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		unusable("fork: %s", strerror(errno));
	if (!child) {
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	*said = ends[0];
	return child;
}

/* 0, or -errno as it says it. */
static int run(char *const argv[])
{
	char text[512] = "";
	size_t length = 0;
	int said, status;
	pid_t child = start(argv, &said);
	ssize_t n;

	while (length < sizeof(text) - 1 &&
	       (n = read(said, text + length, sizeof(text) - 1 - length)) > 0)
		length += n;
	close(said);
	if (waitpid(child, &status, 0) != child)
		return -errno;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
		return error_in(text);
	return WIFSIGNALED(status) ? -EINTR : -ENOEXEC;
}

#define RUN(...) run((char *const[]){ __VA_ARGS__, NULL })

/* --- attackers --- */

#ifdef __x86_64__
#define INT80(turn) ((turn) % 2)
#else
#define INT80(turn) ((void)(turn), false)
#endif

/*
 * Each has a file of its own: since 6.7 two that load one file are one load,
 * which is judged once (kernel/module/main.c:idempotent_init_module).
 */
static int load_file(unsigned long turn)
{
	static char *args;
	int fd = open_file("/foreign/file.ko");
	long result;

	if (!args)
		args = low_string("");
	result = enter(&enter_finit_module, INT80(turn), fd,
		       (unsigned long)args, 0);
	close(fd);
	return result;
}

static int load_memory(unsigned long turn)
{
	static char *image, *args;
	static size_t length;
	int fd;

	if (!image) {
		fd = open_file("/foreign/file.ko");
		length = file_length(fd, "/foreign/file.ko");
		image = low_alloc(length);
		read_exactly(fd, "/foreign/file.ko", image, length);
		args = low_string("");
	}
	return enter(&enter_init_module, INT80(turn), (unsigned long)image,
		     length, (unsigned long)args);
}

static int open_memory(unsigned long turn)
{
	int fd = open("/dev/mem", turn % 2 ? O_RDWR : O_WRONLY);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

#ifdef __x86_64__
static int take_ports(unsigned long turn)
{
	return (turn % 2 ? ioperm(0x80, 1, 1) : iopl(3)) ? -errno : 0;
}
#endif

static int open_mem_of(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int take_descriptor(pid_t pid)
{
	int target = syscall(SYS_pidfd_open, pid, 0), fd, error;

	if (target < 0)
		return -errno;
	fd = syscall(SYS_pidfd_getfd, target, 0, 0);
	error = fd < 0 ? -errno : 0;
	close(target);
	if (fd >= 0)
		close(fd);
	return error;
}

static int reach_in(unsigned long turn)
{
	char byte = 0;
	struct iovec here = { &byte, 1 }, there = { (void *)0x400000, 1 };

	switch (turn % 5) {
	case 0:
		return open_mem_of(victim);
	case 1:
		return take_descriptor(victim);
	case 2:
		return process_vm_writev(victim, &here, 1, &there, 1, 0) < 0 ?
		       -errno : 0;
	case 3:
		return ptrace(PTRACE_ATTACH, victim, 0, 0) ? -errno : 0;
	default:
		return ptrace(PTRACE_SEIZE, victim, 0, 0) ? -errno : 0;
	}
}

static int foreign_code(unsigned long turn)
{
	static char *const acts[] = { "run-file /evil/code", "run-memfd",
				      "run-anonymous", "run-heap" };

	return RUN("/safe/puppet", acts[turn % ARRAY_SIZE(acts)]);
}

static int driver_plugged(unsigned long turn)
{
	(void)turn;
	return RUN("/safe/puppet", "open", map_screen, "map-code /evil/code");
}

static int watched_loader(unsigned long turn)
{
	return RUN("/usr/lib/seal-tests/under", turn % 2 ? "tracer" : "filter",
		   "/safe/puppet", "load /foreign/watched.ko");
}

static int unlisted(unsigned long turn)
{
	(void)turn;
	return RUN("/safe/puppet", "load /argued.ko");
}

/* Another file under the program's name, and the program under its own again. */
static int borrowed_name(unsigned long turn)
{
	int error, back;

	if (turn % 2) {
		if (rename("/holes/puppet", "/holes/away") ||
		    link("/holes/copy", "/holes/puppet"))
			unusable("rename: %s", strerror(errno));
		error = RUN("/holes/puppet", "load /foreign/borrowed.ko");
		back = unlink("/holes/puppet") ||
		       rename("/holes/away", "/holes/puppet");
	} else {
		if (mount("/holes/copy", "/holes/puppet", NULL, MS_BIND, NULL))
			unusable("mount: %s", strerror(errno));
		error = RUN("/holes/puppet", "load /foreign/borrowed.ko");
		back = umount2("/holes/puppet", MNT_DETACH);
	}
	if (back)
		unusable("the name is not given back: %s", strerror(errno));
	return error;
}

static int remove_seal(unsigned long turn)
{
	static char *name;

	if (!name)
		name = low_string("seal");
	return enter(&enter_delete_module, INT80(turn),
		     (unsigned long)name,
		     O_NONBLOCK | (turn % 3 ? O_TRUNC : 0), 0);
}

static int forged_update(unsigned long turn)
{
	(void)turn;
	return put(SEAL "manifest", "# serial: 4000000000\n");
}

/* --- who may --- */

static int remove_module(const char *name)
{
	return enter(&enter_delete_module, false, (unsigned long)name,
		     O_NONBLOCK, 0);
}

static int hole_file(unsigned long turn)
{
	int error = turn % 2 ?
		    RUN("/safe/puppet", "load /safe/canary.ko") :
		    RUN("/holes/loader", "--finit", "/safe/canary.ko");

	return error ?: remove_module("canary");
}

static int hole_memory(unsigned long turn)
{
	int error = INT80(turn) ?
		    RUN("/holes/loader", "--int80", "--init", "/dummy.ko") :
		    RUN("/holes/loader", "--init", "/dummy.ko");

	return error ?: remove_module("dummy");
}

static int driver(unsigned long turn)
{
	(void)turn;
	return RUN("/safe/puppet", "open", map_screen, "paint 1");
}

static int forks(unsigned long turn)
{
	(void)turn;
	return RUN("/safe/puppet", "fork fork fork true", "fork true");
}

static int read_status(unsigned long turn)
{
	static char text[65536];
	int fd = open(SEAL "status", O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n;

	(void)turn;
	if (fd < 0)
		return -errno;
	while ((n = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += n;
	close(fd);
	text[length] = '\0';
	return strstr(text, "\nstate: sealed\n") ? 0 : -EPROTO;
}

static int write_whole(const char *to, const char *from)
{
	static char text[65536];
	int fd = open_file(from), error = 0;
	size_t length = file_length(fd, from);

	if (length > sizeof(text))
		unusable("%s is too large", from);
	read_exactly(fd, from, text, length);
	close(fd);
	fd = open(to, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, length) < 0)
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/* As many as there are. */
static int update(unsigned long turn)
{
	static unsigned long next = 1;
	char from[64];
	int error;

	(void)turn;
	if (next > updates)
		return 0;
	snprintf(from, sizeof(from), "/k/u/%lu", next);
	error = write_whole(SEAL "manifest", from);
	next += !error;
	return error;
}

/* --- what else goes on --- */

/* Starts of the hole's program that end at any moment. */
static int killed_starts(unsigned long turn)
{
	char *const argv[] = { "/safe/puppet", "fork true", "perturbed", "true",
			       NULL };
	struct timespec moment = { .tv_nsec = turn % 23 * 500 * 1000 };
	int said, status;
	pid_t child = start(argv, &said);

	nanosleep(&moment, NULL);
	kill(child, SIGKILL);
	close(said);
	return waitpid(child, &status, 0) == child ? 0 : -errno;
}

static int mounts(unsigned long turn)
{
	const char *at = turn % 2 ? "/mounts/a" : "/mounts/b";

	if (mount("storm", at, "tmpfs", 0, "size=64k"))
		return -errno;
	if (mount("/safe", at, NULL, MS_BIND | MS_REC, NULL))
		return -errno;
	if (umount2(at, turn % 3 ? 0 : MNT_DETACH))
		return -errno;
	return umount2(at, MNT_DETACH) ? -errno : 0;
}

static int names(unsigned long turn)
{
	static const char *const all[] = { "puppet", "canary.ko", "seal.ko" };
	const char *name = all[turn % ARRAY_SIZE(all)];
	char from[64], to[64];

	snprintf(from, sizeof(from), "/names/new.%s", name);
	snprintf(to, sizeof(to), "/names/%s", name);
	unlink(from);
	if (link("/safe/puppet", from) || rename(from, to))
		return -errno;
	unlink(from);
	return unlink(to) ? -errno : 0;
}

static int map_code(unsigned long turn)
{
	const char *path = turn % 2 ? "/safe/puppet" : "/evil/code";
	int fd = open_file(path);
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	int error = 0;

	close(fd);
	if (page == MAP_FAILED)
		return -errno;
	if (mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC))
		error = -errno;
	munmap(page, 4096);
	return error;
}

/* Processor 1 and those after it. */
static int all_processors(const char *state)
{
	char path[64];
	int cpu, error = 0;

	for (cpu = 1; cpu < 4; cpu++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%d/online", cpu);
		error = put(path, state) ?: error;
	}
	return error;
}

/* A probe where a hook of the seal's is, by ftrace as that is. */
static int probe(unsigned long turn)
{
	static const char *const functions[] = {
		"load_module", "open_port", "security_ptrace_access_check",
		"security_mmap_file", "security_bprm_creds_from_file",
	};
	const struct timespec pause = { .tv_nsec = 300 * 1000 * 1000 };
	char text[128];
	int error;

	snprintf(text, sizeof(text), "p:storm/probe %s\n",
		 functions[turn % ARRAY_SIZE(functions)]);
	error = put(TRACING "kprobe_events", text) ?:
		put(TRACING "events/storm/probe/enable", "1\n");
	nanosleep(&pause, NULL);
	return put(TRACING "events/storm/probe/enable", "0\n") ?:
	       put(TRACING "kprobe_events", "-:storm/probe\n") ?: error;
}

/*
 * Processors go and come, and in every other turn a probe does, while there is
 * but one of them: under emulation another may go on running what the kernel
 * has patched away, a breakpoint for example, sealed or not.
 */
static int processors(unsigned long turn)
{
	const struct timespec pause = { .tv_nsec = 500 * 1000 * 1000 };
	int error;

	if (turn % 2) {
		error = all_processors("0\n") ?: probe(turn / 2);
		return all_processors("1\n") ?: error;
	}
	error = put("/sys/devices/system/cpu/cpu3/online", "0\n");
	nanosleep(&pause, NULL);
	error = put("/sys/devices/system/cpu/cpu3/online", "1\n") ?: error;
	nanosleep(&pause, NULL);
	return error;
}

/* Until the group has no more, which kills it; where there is no group, much. */
static void eat(void)
{
	bool bounded = !put("/storm-memory/cgroup.procs", "0\n");
	size_t i, left = bounded ? 4096 : 48;
	char *piece;

	put("/proc/self/oom_score_adj", "1000\n");
	while (left--) {
		piece = malloc(1 << 20);
		for (i = 0; piece && i < 1 << 20; i += 4096)
			((volatile char *)piece)[i] = 1;
	}
	_exit(0);
}

static int memory(unsigned long turn)
{
	int status;
	pid_t child = fork();

	(void)turn;
	if (!child)
		eat();
	return child > 0 && waitpid(child, &status, 0) == child ? 0 : -errno;
}

static int caches(unsigned long turn)
{
	const struct timespec pause = { .tv_sec = 1 };

	nanosleep(&pause, NULL);
	return put(turn % 2 ? "/proc/sys/vm/drop_caches" :
			      "/proc/sys/vm/compact_memory", "1\n");
}

#endif
