// SPDX-License-Identifier: GPL-2.0
/*
 * Replaces the seal's manifest while modules are loaded, on as many processors
 * as there are.  Update number N, the file DIR/N, lists module A only if N is
 * even, module B only if it is odd; number 0 is what is live at the start.
 *
 * Each load notes which updates may have been live while it lasted: from the
 * last one that was complete before it to the last one begun when it returned.
 * It must not succeed if none of them lists its module, nor be refused if all
 * do.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char arguments[] = "SECONDS NODE DIR A_FILE B_FILE";

static atomic_ulong begun, complete;
static atomic_bool stop;

struct loader {
	const char *path;
	const char *name;
	unsigned long parity;
	unsigned long in, refused, wrongly_in, wrongly_refused;
};

/* Is there a number of that parity among them? */
static bool holds(unsigned long from, unsigned long to, unsigned long parity)
{
	return to > from || from % 2 == parity;
}

static void load_once(struct loader *l)
{
	unsigned long from = atomic_load(&complete), to;
	int fd = open_file(l->path);
	long result = enter(&enter_finit_module, false, fd, (unsigned long)"",
			    0);

	to = atomic_load(&begun);
	close(fd);
	if (!result) {
		l->in++;
		l->wrongly_in += !holds(from, to, l->parity);
		result = enter(&enter_delete_module, false,
			       (unsigned long)l->name, O_NONBLOCK, 0);
		if (result)
			unusable("remove %s: %s", l->name, strerror(-result));
	} else if (result == -EPERM) {
		l->refused++;
		l->wrongly_refused += !holds(from, to, !l->parity);
	} else {
		unusable("load %s: %s", l->path, strerror(-result));
	}
}

static void *load_for_long(void *loader)
{
	while (!atomic_load(&stop))
		load_once(loader);
	return NULL;
}

/* Says 0, or -errno of write or close. */
static int update(const char *node, const char *dir, unsigned long n)
{
	static char text[1 << 20];
	char path[256];
	size_t length;
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%lu", dir, n);
	if (access(path, F_OK))
		return -ENOENT;
	fd = open_file(path);
	length = file_length(fd, path);
	if (length > sizeof(text))
		unusable("%s is too large", path);
	read_exactly(fd, path, text, length);
	close(fd);
	fd = open(node, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	atomic_store(&begun, n);
	if (write(fd, text, length) < 0)
		error = -errno;
	if (close(fd) < 0)
		error = -errno;
	atomic_store(&complete, n);
	return error;
}

static unsigned long update_for_long(const char *node, const char *dir,
				     time_t seconds)
{
	time_t end = time(NULL) + seconds;
	struct timespec pause = { };
	unsigned long n;
	int error;

	for (n = 1; time(NULL) < end; n++) {
		error = update(node, dir, n);
		if (error == -ENOENT)
			break;
		if (error)
			unusable("update %lu: %s", n, strerror(-error));
		/* now and then two follow one another at once */
		pause.tv_nsec = n % 4 * 20 * 1000 * 1000;
		nanosleep(&pause, NULL);
	}
	return n - 1;
}

static const char *module_name(char *path)
{
	char *name = strdup(strrchr(path, '/') ? strrchr(path, '/') + 1 : path);

	name[strcspn(name, ".")] = '\0';
	return name;
}

int main(int argc, char **argv)
{
	struct loader loaders[2] = { };
	pthread_t threads[2];
	unsigned long updates;
	int i;

	if (argc != 6)
		usage(arguments);
	for (i = 0; i < 2; i++) {
		loaders[i].path = argv[4 + i];
		loaders[i].name = module_name(argv[4 + i]);
		loaders[i].parity = i;
		if (pthread_create(&threads[i], NULL, load_for_long,
				   &loaders[i]))
			unusable("no thread");
	}
	updates = update_for_long(argv[2], argv[3], number(argv[1]));
	atomic_store(&stop, true);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("updates=%lu", updates);
	for (i = 0; i < 2; i++)
		printf(" %s: in=%lu refused=%lu wrongly-in=%lu wrongly-refused=%lu",
		       loaders[i].name, loaders[i].in, loaders[i].refused,
		       loaders[i].wrongly_in, loaders[i].wrongly_refused);
	printf("\n");
	return DONE;
}
