// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a module over and over while a second thread rewrites what is loaded
 * with one of two contents of equal length, and counts which of the two got
 * into the kernel.
 *
 *  file	finit_module(READ), a file that the thread writes by the name
 *		WRITE: the same, or one by which the kernel does not keep
 *		writers out (below an overlay)
 *  mapped	the same, through a shared mapping
 *  memory	init_module(): the image in memory
 *  args	finit_module(READ): the argument string; SECOND was taken if the
 *		parameter's file WRITE does not say 0
 *
 * FIRST and SECOND are files named after their modules, for args the strings.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char arguments[] =
	"file|mapped|memory|args SECONDS READ WRITE FIRST SECOND";

static struct {
	const char *read;
	const char *write;
	const char *content[2];
	char name[2][64];
	size_t length;
	char *target;		/* what the thread rewrites, if not a file */
	volatile bool stop;
} race;

static struct {
	unsigned long in[2];
	unsigned long refused;
	unsigned long other;
	int last_other;
} count;

/* In pieces and from either end, so that every mixture comes up. */
static void rewrite(char *to, const char *from, unsigned int turn)
{
	size_t half = race.length / 2;

	if (turn & 2) {
		memcpy(to + half, from + half, race.length - half);
		memcpy(to, from, half);
	} else {
		memcpy(to, from, race.length);
	}
}

static void *rewrite_memory(void *unused)
{
	unsigned int turn;

	for (turn = 0; !race.stop; turn++)
		rewrite(race.target, race.content[turn % 2], turn);
	return unused;
}

/*
 * A file that is being loaded is not opened for writing, nor loaded while it is
 * open: then each needs a pause of the other.
 */
static void *rewrite_file(void *unused)
{
	const struct timespec pause = { .tv_nsec = 3 * 1000 * 1000 };
	bool exclusive = !strcmp(race.read, race.write);
	unsigned int turn;
	int fd;

	for (turn = 0; !race.stop; turn++) {
		fd = open(race.write, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (pwrite(fd, race.content[turn % 2], race.length, 0) < 0)
			unusable("write %s: %s", race.write, strerror(errno));
		close(fd);
		if (exclusive)
			nanosleep(&pause, NULL);
	}
	return unused;
}

static const char *read_content(const char *path)
{
	int fd = open_file(path);
	char *content;

	race.length = file_length(fd, path);
	content = low_alloc(race.length);
	read_exactly(fd, path, content, race.length);
	close(fd);
	return content;
}

static void map_target(void)
{
	int fd = open(race.write, O_RDWR | O_CLOEXEC);

	race.target = mmap(NULL, race.length, PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0);
	if (fd < 0 || race.target == MAP_FAILED)
		unusable("map %s: %s", race.write, strerror(errno));
	close(fd);
}

static void name_of(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');

	snprintf(name, size, "%s", slash ? slash + 1 : path);
	name[strcspn(name, ".")] = '\0';
}

static long load_file(const char *args)
{
	int fd = open_file(race.read);
	long result = enter(&enter_finit_module, false, fd,
			    (unsigned long)args, 0);

	close(fd);
	return result;
}

static void take_out(const char *name)
{
	long result = enter(&enter_delete_module, false, (unsigned long)name,
			    O_NONBLOCK, 0);

	if (result)
		unusable("remove %s: %s", name, strerror(-result));
}

/* By its name; by what it was told; and out again. */
static int which_module(void)
{
	char path[128];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/sys/module/%s", race.name[i]);
		if (!access(path, F_OK)) {
			take_out(race.name[i]);
			return i;
		}
	}
	unusable("something was loaded, but neither of the two");
}

static int which_args(void)
{
	char value[64] = "";
	int fd = open(race.write, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, value, sizeof(value) - 1) < 0)
		unusable("read %s: %s", race.write, strerror(errno));
	close(fd);
	take_out(race.name[0]);
	return strcmp(value, "0\n") ? 1 : 0;
}

static void judge(long result, int (*which)(void))
{
	if (!result) {
		count.in[which()]++;
	} else if (result == -EPERM) {
		count.refused++;
	} else {
		count.other++;
		count.last_other = -result;
	}
}

static long load_memory(void)
{
	return enter(&enter_init_module, false, (unsigned long)race.target,
		     race.length, (unsigned long)"");
}

static void run(const char *what, time_t seconds)
{
	bool memory = !strcmp(what, "memory"), args = !strcmp(what, "args");
	time_t end = time(NULL) + seconds;
	pthread_t writer;

	if (pthread_create(&writer, NULL, strcmp(what, "file") ?
			   rewrite_memory : rewrite_file, NULL))
		unusable("no thread");
	while (time(NULL) < end) {
		if (memory)
			judge(load_memory(), which_module);
		else if (args)
			judge(load_file(race.target), which_args);
		else
			judge(load_file(""), which_module);
	}
	race.stop = true;
	pthread_join(writer, NULL);
}

static void prepare(const char *what, char **given)
{
	bool args = !strcmp(what, "args");
	int i;

	for (i = 0; i < 2; i++) {
		race.content[i] = args ? given[i] : read_content(given[i]);
		name_of(args ? race.read : given[i], race.name[i],
			sizeof(race.name[i]));
	}
	if (args)
		race.length = strlen(given[0]);
	if (!strcmp(what, "mapped")) {
		map_target();
	} else if (strcmp(what, "file")) {
		race.target = low_alloc(race.length + 1);
		memcpy(race.target, race.content[0], race.length);
	}
}

int main(int argc, char **argv)
{
	if (argc != 7)
		usage(arguments);
	race.read = argv[3];
	race.write = argv[4];
	prepare(argv[1], argv + 5);
	run(argv[1], number(argv[2]));
	printf("first=%lu second=%lu refused=%lu other=%lu%s%s\n", count.in[0],
	       count.in[1], count.refused, count.other,
	       count.other ? " last: " : "",
	       count.other ? strerror(count.last_other) : "");
	return DONE;
}
