// SPDX-License-Identifier: GPL-2.0
/*
 * Does a thing that is going to be logged, under names made to forge the
 * log: a comm with a line break and the next field in it, a file whose name
 * closes the quotes, ends the line and goes on with a whole refusal by
 * somebody else.
 *
 *	load FILE		finit_module of a copy of FILE
 *	open NODE		open of a node like NODE for writing
 *	exec PROGRAM [ARG...]	a copy of PROGRAM; an ARG "@FILE" becomes the
 *				path of a copy of FILE
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char arguments[] = "load FILE|open NODE|exec PROGRAM [ARG...]";

/* 15 bytes, all that comm holds */
static const char odd_comm[] = "x\n] uid=0 exe=\"";

/* An exec'ed file gives its name to comm, so the name begins like that. */
static const char odd_file[] =
	"x\n] uid=0 exe=\"\\\" \033[2K\r\001\177\377\n"
	"seal: refused module-load what=\"forged\" by init[1] uid=0 "
	"exe=\"init\" reason=forged";

static char directory[32];

/* One directory per file: all of them have the same name. */
static char *odd_path(unsigned int index)
{
	char *path;

	if (asprintf(&path, "%s/%u", directory, index) < 0 ||
	    mkdir(path, 0700))
		unusable("make a directory: %s", strerror(errno));
	free(path);
	if (asprintf(&path, "%s/%u/%s", directory, index, odd_file) < 0)
		unusable("no memory");
	return path;
}

static void remove_odd(const char *path)
{
	char *parent = strndup(path, strlen(path) - strlen(odd_file) - 1);

	unlink(path);
	if (parent)
		rmdir(parent);
	free(parent);
}

static int load(const char *file)
{
	char *path = odd_path(0);
	long result;

	copy_file(file, path, 0600);
	result = enter(&enter_finit_module, false, open_file(path),
		       (unsigned long)"", 0);
	remove_odd(path);
	return result < 0 ? refused("finit_module", result) : DONE;
}

static int open_node(const char *node)
{
	char *path = odd_path(0);
	struct stat st;
	int fd, error;

	if (stat(node, &st) || mknod(path, st.st_mode, st.st_rdev))
		unusable("a node like %s: %s", node, strerror(errno));
	fd = open(path, O_RDWR | O_CLOEXEC);
	error = errno;
	remove_odd(path);
	return fd < 0 ? refused("open", error) : DONE;
}

static int exec_program(char **argv)
{
	unsigned int i, made = 1;
	char *program = odd_path(0);
	int status;
	pid_t child;

	copy_file(argv[0], program, 0700);
	for (i = 1; argv[i]; i++) {
		if (argv[i][0] == '@') {
			char *path = odd_path(made++);

			copy_file(argv[i] + 1, path, 0600);
			argv[i] = path;
		}
	}
	/* argv[0] stays: busybox goes by it, the log must not */
	child = fork();
	if (!child) {
		execv(program, argv);
		_exit(refused("execv", errno));
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		unusable("run %s: %s", argv[0], strerror(errno));
	remove_odd(program);
	for (i = 1; argv[i]; i++)
		if (!strncmp(argv[i], directory, strlen(directory)))
			remove_odd(argv[i]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : UNUSABLE;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 3)
		usage(arguments);
	snprintf(directory, sizeof(directory), "/tmp/oddname.%d", getpid());
	if (mkdir(directory, 0700))
		unusable("make %s: %s", directory, strerror(errno));
	if (prctl(PR_SET_NAME, odd_comm))
		unusable("prctl: %s", strerror(errno));
	if (!strcmp(argv[1], "load") && argc == 3)
		status = load(argv[2]);
	else if (!strcmp(argv[1], "open") && argc == 3)
		status = open_node(argv[2]);
	else if (!strcmp(argv[1], "exec"))
		status = exec_program(argv + 2);
	else
		usage(arguments);
	rmdir(directory);
	return status;
}
