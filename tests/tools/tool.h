/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the attack and probe programs share.
 *
 * They run inside the throw-away guest of the test suite and report to it by
 * exit status: the test wants to know what the kernel did, not what we think
 * of it, so a program that could not even ask the kernel has its own status.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/types.h>

/* Only x86-64 knows memory that int $0x80 can be told of. */
#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum {
	DONE = 0,		/* the act succeeded */
	REFUSED = 1,		/* the kernel refused; stderr has its errno */
	UNUSABLE = 2,		/* bad usage, or nothing could be tried */
};

/* reports "NAME: ACT: strerror(error)"; error may be negative */
int refused(const char *act, int error);
void unusable(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void usage(const char *arguments) __attribute__((noreturn));
unsigned long number(const char *text);

/*
 * A system call by its number in the table of the ABI that the program is
 * built for and, on x86-64, in the 32-bit table.
 */
struct entry {
	long nr;
	long nr32;
};

/*
 * Returns what the kernel returned, -errno included.  By int $0x80 every
 * pointer must lie below 4 GiB: take them from the low_ functions.
 */
long enter(const struct entry *entry, bool int80,
	   unsigned long a, unsigned long b, unsigned long c);
extern const struct entry enter_init_module;	/* image, length, arguments */
extern const struct entry enter_finit_module;	/* fd, arguments, flags */
extern const struct entry enter_delete_module;	/* name, flags */
extern const struct entry enter_ioperm;		/* from, count, on */
extern const struct entry enter_iopl;		/* level */

void *low_alloc(size_t length);
char *low_string(const char *text);

int open_file(const char *path);
size_t file_length(int fd, const char *path);
void read_exactly(int fd, const char *path, void *buffer, size_t length);
void copy_file(const char *from, const char *to, int mode);

/*
 * Writes one line into a FIFO.  Waits for a reader, but not for ever: whoever
 * should have listened may be gone.
 */
void tell(const char *fifo, const char *line);

/* Opens a FIFO to wait on; what is written from then on is not lost. */
int open_fifo(const char *fifo);
void await(int fd);

/* Listens at a socket for a descriptor that somebody sends. */
int receive_fd(const char *path);

/* A part of an io_uring, shared with the kernel. */
void *map_ring(int ring, size_t length, off_t offset);

/*
 * The entry of a table that has this name, or NULL.  The name is the first
 * member of each.
 */
#define FIND(table, name) \
	find_named(table, ARRAY_SIZE(table), sizeof((table)[0]), name)
const void *find_named(const void *table, size_t count, size_t size,
		       const char *name);

/* One command line of a served descriptor: 0 or -errno. */
typedef int served_act(void *context, char *line);

/*
 * Runs the acts that arrive line by line on one FIFO and answers each with
 * "ok" or "error: REASON" on the other, until "quit".  For descriptors that
 * have to be older than the seal.  In a shell: echo ACT >COMMAND_FIFO, which
 * waits for us to be there, and read -r answer <>RESULT_FIFO.
 */
void serve(const char *command_fifo, const char *result_fifo,
	   served_act *act, void *context);

#endif
