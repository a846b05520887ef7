// SPDX-License-Identifier: GPL-2.0
/*
 * Install and remove commands of modprobe.d. They run as other programs, so
 * that the hole for insmod-guard is not theirs: an install command that calls
 * a loader is refused by the seal unless that loader is insmod-guard again.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLACEHOLDER "$CMDLINE_OPTS"
#define SAFE_PATH "PATH=/usr/sbin:/usr/bin:/sbin:/bin"

/* The command with each $CMDLINE_OPTS replaced. */
char *command_expand(const char *command, const char *parameters)
{
	const char *hole;
	char *text = must_copy("");
	char *longer;

	while ((hole = strstr(command, PLACEHOLDER))) {
		longer = must_print("%s%.*s%s", text, (int)(hole - command),
				    command, parameters);
		free(text);
		text = longer;
		command = hole + strlen(PLACEHOLDER);
	}
	longer = must_print("%s%s", text, command);
	free(text);
	return longer;
}

/* Our own, cleared environment and the two variables that commands expect. */
static char **environment(char *module)
{
	size_t n = 0;
	char **e;

	while (environ[n])
		n++;
	e = must_alloc(n + 3, sizeof(*e));
	memcpy(e, environ, n * sizeof(*e));
	e[n] = (char *)SAFE_PATH;
	e[n + 1] = module;
	return e;
}

static int spawn_shell(char *command, char **env, pid_t *pid)
{
	char *argv[] = { (char *)"sh", (char *)"-c", command, NULL };
	posix_spawnattr_t attributes;
	sigset_t none;
	int error;

	/* Our caller may have blocked signals; a command expects none. */
	sigemptyset(&none);
	error = posix_spawnattr_init(&attributes);
	if (error)
		return error;
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	error = posix_spawn(pid, "/bin/sh", NULL, &attributes, argv, env);
	posix_spawnattr_destroy(&attributes);
	return error;
}

static bool finished_well(pid_t pid, const char *module)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno == EINTR)
			continue;
		message_error("%s: lost its command: %s", module,
			      strerror(errno));
		return false;
	}
	if (WIFSIGNALED(status))
		message_error("%s: its command was killed by signal %d", module,
			      WTERMSIG(status));
	else if (WEXITSTATUS(status))
		message_error("%s: its command failed with status %d", module,
			      WEXITSTATUS(status));
	return status == 0;
}

bool command_run(const char *command, const char *module,
		 const char *parameters)
{
	char *text = command_expand(command, parameters);
	char *variable = must_print("MODPROBE_MODULE=%s", module);
	char **env = environment(variable);
	pid_t pid;
	int error;
	bool ok;

	fflush(stdout);	/* what we said comes before what it says */
	error = spawn_shell(text, env, &pid);
	if (error)
		message_error("%s: cannot run its command: %s", module,
			      strerror(error));
	ok = !error && finished_well(pid, module);
	free(env);
	free(variable);
	free(text);
	return ok;
}
