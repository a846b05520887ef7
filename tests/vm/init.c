// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's process 1: has /rc set the system up, then serves the serial port
 * that its argument names. Under another process 1, which has set the system up
 * and made /run/seal-vm, it only serves. Each request is one shell command line,
 * each reply its verdict:
 *
 *   request   SEQ MODE\n COMMAND \0         MODE: merged, split or poweroff
 *   reply     seal-vm SEQ STATUS OUT ERR\n  then OUT and ERR bytes
 *
 * Being process 1 it outlives a command that kills everything; were it to die,
 * the kernel would panic, which the host sees at once. It is no shell because
 * it inherits every orphan of the guest, whose ends must neither cut a wait
 * short nor interrupt a read. A command runs in a session of its own with its
 * output in files, so that a job it leaves behind holds nothing up. The port
 * itself is never handed to a command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define OUT "/run/seal-vm/out"
#define ERR "/run/seal-vm/err"

enum { REQUEST_MAX = 1 << 16 };

static const char *port_path;
static int port;

static void die(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(const char *bytes, size_t size)
{
	ssize_t n;

	for (; size; bytes += n, size -= n) {
		n = write(port, bytes, size);
		if (n < 0)
			die(port_path);
	}
}

static char get(void)
{
	char byte;

	if (read(port, &byte, 1) != 1)
		die(port_path);
	return byte;
}

/* What comes before @end. */
static void get_until(char end, char *text)
{
	size_t n = 0;

	while ((text[n] = get()) != end)
		if (++n == REQUEST_MAX)
			die("a request too long");
	text[n] = '\0';
}

static int new_file(const char *path)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static void become_shell(const char *command, int out, int err)
{
	int null = open("/dev/null", O_RDONLY);

	setsid();
	if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	closefrom(3);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

/* Its exit status, as a shell would tell it. Reaps all other orphans too. */
static int wait_for(pid_t child)
{
	int status;
	pid_t pid;

	do {
		pid = wait(&status);
		if (pid < 0 && errno != EINTR)
			die("wait");
	} while (pid != child);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int run(const char *command, bool split)
{
	int out = new_file(OUT), err = new_file(ERR), status;
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (!child)
		become_shell(command, out, split ? err : out);
	status = wait_for(child);
	close(out);
	close(err);
	return status;
}

/* What is there by now: a late writer may still add to the file. */
static char *content(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *bytes;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	*size = st.st_size;
	bytes = malloc(*size + 1);
	if (!bytes || read(fd, bytes, *size) != (ssize_t)*size)
		die(path);
	close(fd);
	return bytes;
}

static void reply(const char *seq, int status)
{
	size_t out_size, err_size;
	char *out = content(OUT, &out_size), *err = content(ERR, &err_size);
	char head[128];

	put(head, snprintf(head, sizeof(head), "seal-vm %s %d %zu %zu\n", seq,
			   status, out_size, err_size));
	put(out, out_size);
	put(err, err_size);
	free(out);
	free(err);
}

static void serve(void)
{
	static char line[REQUEST_MAX + 1], command[REQUEST_MAX + 1];
	char seq[32], mode[32];

	for (;;) {
		get_until('\n', line);
		get_until('\0', command);
		if (sscanf(line, "%31s %31s", seq, mode) != 2)
			die("a malformed request");
		reply(seq, run(command, !strcmp(mode, "split")));
		if (!strcmp(mode, "poweroff")) {
			tcdrain(port);
			sync();
			reboot(RB_POWER_OFF);
		}
	}
}

static void open_port(void)
{
	struct termios raw;

	port = open(port_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port < 0 || tcgetattr(port, &raw))
		die(port_path);
	cfmakeraw(&raw);
	if (tcsetattr(port, TCSANOW, &raw))
		die(port_path);
}

static void set_up(void)
{
	pid_t rc = fork();

	if (!rc) {
		execl("/bin/sh", "sh", "/rc", NULL);
		_exit(127);
	}
	if (rc < 0 || wait_for(rc))
		die("/rc");
}

int main(int argc, char **argv)
{
	struct utsname uts;
	char ready[128];

	/* the kernel's command line goes on after "--" with our arguments */
	port_path = argc == 2 ? argv[1] : "";
	if (getpid() == 1)
		set_up();
	setenv("PATH", "/usr/sbin:/usr/bin:/usr/lib/seal-tests", 1);
	setenv("HOME", "/root", 1);
	if (chdir("/root"))
		die("/root");
	open_port();
	uname(&uts);
	put(ready, snprintf(ready, sizeof(ready), "seal-vm ready %s\n",
			    uts.release));
	serve();
}
