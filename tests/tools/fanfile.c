// SPDX-License-Identifier: GPL-2.0
/*
 * Stands between a file and who opens, runs or reads it, by fanotify(7):
 *
 *	stall	answers nobody, so that they wait; told "go" on the FIFO, yes
 *	deny	answers no
 *	allow	answers yes
 *	write	answers yes, having first written CONTENT over the file at
 *		OFFSET through the descriptor that the kernel gave for it
 *	swap	the same, but moves the file OTHER over it before it answers
 *
 * EVENT is what is answered: open, exec, access (a read) or, of the kernels
 * that have it, pre-access, for whose sake a file that runs can be written.
 * Writes "watching" into READY_FIFO; prints a line for each question.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

/* Newer than some headers: include/uapi/linux/fanotify.h of 6.14. */
#ifndef FAN_PRE_ACCESS
#define FAN_PRE_ACCESS 0x00100000
#endif

static const char arguments[] =
	"READY_FIFO FILE open|exec|access|pre-access\n"
	"	stall FIFO|deny|allow|write OFFSET CONTENT|swap OTHER";

static const struct {
	const char *name;
	uint64_t mask;
} events[] = {
	{ "open", FAN_OPEN_PERM },
	{ "exec", FAN_OPEN_EXEC_PERM },
	{ "access", FAN_ACCESS_PERM },
	{ "pre-access", FAN_PRE_ACCESS },
};

static const char *file;
static char **act;
static int group, go = -1;
static bool stalling;

static uint64_t find_event(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (!strcmp(events[i].name, name))
			return events[i].mask;
	usage(arguments);
}

static void overwrite(int fd)
{
	size_t length = strlen(act[2]) + 1;

	if (fd < 0 || pwrite(fd, act[2], length, number(act[1])) < 0)
		exit(refused("write", fd < 0 ? fd : errno));
}

static uint32_t verdict(const struct fanotify_event_metadata *event)
{
	if (!strcmp(act[0], "deny"))
		return FAN_DENY;
	if (!strcmp(act[0], "write"))
		overwrite(event->fd);
	else if (!strcmp(act[0], "swap") && rename(act[1], file))
		exit(refused("rename", errno));
	return FAN_ALLOW;
}

static void answer(const struct fanotify_event_metadata *event)
{
	struct fanotify_response response = { .fd = event->fd };

	printf("asked by %d\n", event->pid);
	fflush(stdout);
	if (stalling)
		await(go);
	stalling = false;
	response.response = verdict(event);
	if (write(group, &response, sizeof(response)) < 0)
		exit(refused("answer", errno));
	close(event->fd);
}

/*
 * Who cannot be given the descriptor that he asked for is told so by this
 * read, and whoever waits gets a no (fs/notify/fanotify/fanotify_user.c).
 */
static void answer_all(void)
{
	char buffer[4096] __attribute__((aligned(8)));
	const struct fanotify_event_metadata *event = (const void *)buffer;
	ssize_t left = read(group, buffer, sizeof(buffer));

	if (left < 0)
		exit(refused("read", errno));
	for (; FAN_EVENT_OK(event, left); event = FAN_EVENT_NEXT(event, left))
		answer(event);
}

static void watch(uint64_t mask, bool writes)
{
	unsigned int class = mask == FAN_PRE_ACCESS ? FAN_CLASS_PRE_CONTENT :
						      FAN_CLASS_CONTENT;

	group = fanotify_init(class | FAN_CLOEXEC, O_CLOEXEC | O_LARGEFILE |
			      (writes ? O_RDWR : O_RDONLY));
	if (group < 0)
		unusable("fanotify_init: %s", strerror(errno));
	if (fanotify_mark(group, FAN_MARK_ADD, mask, AT_FDCWD, file))
		unusable("fanotify_mark %s: %s", file, strerror(errno));
}

static void check(int argc, char **argv)
{
	static const struct {
		const char *name;
		int words;
	} acts[] = { { "stall", 2 }, { "deny", 1 }, { "allow", 1 },
		     { "write", 3 }, { "swap", 2 } };
	size_t i;

	for (i = 0; argc > 4 && i < ARRAY_SIZE(acts); i++)
		if (!strcmp(acts[i].name, argv[4]) && argc == 4 + acts[i].words)
			return;
	usage(arguments);
}

int main(int argc, char **argv)
{
	check(argc, argv);
	file = argv[2];
	act = argv + 4;
	stalling = !strcmp(act[0], "stall");
	if (stalling)
		go = open_fifo(act[1]);
	watch(find_event(argv[3]), !strcmp(act[0], "write"));
	tell(argv[1], "watching");
	for (;;)
		answer_all();
}
