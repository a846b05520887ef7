// SPDX-License-Identifier: GPL-2.0
/*
 * What a shell cannot do well for the tests of insmod-guard:
 *
 *	guard_tool swap FILE GOOD BAD	swaps FILE between the two contents, in
 *					every way there is, until it is killed
 *	guard_tool listen SOCKET	prints the first datagram that comes
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct content {
	char *data;
	size_t size;
};

static void check(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static struct content load(const char *name)
{
	int fd = open(name, O_RDONLY);
	struct content c;
	struct stat st;

	check(fd >= 0 && fstat(fd, &st) == 0, name);
	c.size = (size_t)st.st_size;
	c.data = malloc(c.size);
	check(c.data && read(fd, c.data, c.size) == (ssize_t)c.size, name);
	close(fd);
	return c;
}

static void store(const char *name, int flags, const struct content *c)
{
	int fd = open(name, O_WRONLY | O_CREAT | flags, 0600);

	check(fd >= 0 && write(fd, c->data, c->size) == (ssize_t)c->size,
	      name);
	close(fd);
}

static void replace(const char *name, const struct content *c)
{
	char other[4096];

	snprintf(other, sizeof(other), "%s.new", name);
	store(other, O_TRUNC, c);
	check(rename(other, name) == 0, name);
}

static void map_and_change(const char *name, const struct content *c)
{
	int fd = open(name, O_RDWR);
	char *data;

	check(fd >= 0 && ftruncate(fd, (off_t)c->size) == 0, name);
	data = mmap(NULL, c->size, PROT_WRITE, MAP_SHARED, fd, 0);
	check(data != MAP_FAILED, name);
	memcpy(data, c->data, c->size);
	munmap(data, c->size);
	close(fd);
}

_Noreturn static void swap(const char *name, const char *good, const char *bad)
{
	const struct content contents[] = { load(good), load(bad) };
	unsigned int turn;

	for (turn = 0;; turn++) {
		const struct content *c = &contents[turn & 1];

		switch (turn / 2 % 4) {
		case 0:
			store(name, 0, c);
			break;
		case 1:
			replace(name, c);
			break;
		case 2:
			store(name, O_TRUNC, c);
			break;
		case 3:
			map_and_change(name, c);
			break;
		}
		/* Let both contents be there for about as long. */
		usleep(turn % 700);
	}
}

static int listen_once(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char text[8192];
	ssize_t n;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	check(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
	      name);
	check(poll(&ready, 1, 10000) == 1, "nothing came");
	n = recv(fd, text, sizeof(text), 0);
	check(n > 0, name);
	printf("%.*s\n", (int)n, text);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "swap"))
		swap(argv[2], argv[3], argv[4]);
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return listen_once(argv[2]);
	fputs("usage: guard_tool swap FILE GOOD BAD | listen SOCKET\n", stderr);
	return 2;
}
