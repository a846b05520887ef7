// SPDX-License-Identifier: GPL-2.0
/* Messages, memory, descriptors, and the state of our own process. */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#define PROGRAM "insmod-guard"

/* The kernel refuses a longer record in /dev/kmsg (EINVAL). */
#define KMSG_MAX 900

static struct {
	bool quiet;
	bool verbose;
	bool log;
} voice;

void message_setup(bool quiet, bool verbose, bool log)
{
	voice.quiet = quiet;
	voice.verbose = verbose;
	voice.log = log;
}

/*
 * A message is one line whatever a file is called: a name must not be able to
 * forge a second line nor to drive the terminal, so all that is not printable
 * ASCII is shown as \xNN.
 */
static char *escape(const char *text)
{
	char *line = must_alloc(strlen(text) + 1, 4);
	char *to = line;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\\')
			to += sprintf(to, "\\\\");
		else if (c < ' ' || c > '~')
			to += sprintf(to, "\\x%02x", c);
		else
			*to++ = *text;
	}
	*to = '\0';
	return line;
}

__attribute__((format(printf, 1, 0)))
static char *format_line(const char *format, va_list arguments)
{
	char *text, *line;

	if (vasprintf(&text, format, arguments) < 0)
		return must_copy("out of memory for a message");
	line = escape(text);
	free(text);
	return line;
}

/* Early in boot nobody listens on /dev/log, but the kernel has its own log. */
static void log_line(int priority, const char *line)
{
	char *record;
	int fd;

	if (access("/dev/log", F_OK) == 0) {
		openlog(PROGRAM, LOG_PID, LOG_AUTHPRIV);
		syslog(priority, "%s", line);
		return;
	}
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return;
	/* One write is one record; dprintf() would seek, which kmsg refuses. */
	record = must_print("<%d>" PROGRAM ": %.*s\n", priority, KMSG_MAX, line);
	write_full(fd, record, strlen(record));
	free(record);
	close(fd);
}

__attribute__((format(printf, 2, 0)))
static void tell(int priority, const char *format, va_list arguments)
{
	char *line = format_line(format, arguments);

	fflush(stdout);
	fprintf(stderr, PROGRAM ": %s\n", line);
	if (voice.log)
		log_line(priority, line);
	free(line);
}

/* A refusal is told even when --quiet was given: it is why we exist. */
void message_refused(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell(LOG_WARNING, format, arguments);
	va_end(arguments);
}

void message_error(const char *format, ...)
{
	va_list arguments;

	if (voice.quiet)
		return;
	va_start(arguments, format);
	tell(LOG_ERR, format, arguments);
	va_end(arguments);
}

void message_warning(const char *format, ...)
{
	va_list arguments;

	if (voice.quiet)
		return;
	va_start(arguments, format);
	tell(LOG_WARNING, format, arguments);
	va_end(arguments);
}

void message_detail(const char *format, ...)
{
	va_list arguments;

	if (!voice.verbose || voice.quiet)
		return;
	va_start(arguments, format);
	tell(LOG_INFO, format, arguments);
	va_end(arguments);
}

/* A line of output, for people: escaped like a message. */
void print_line(const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	line = format_line(format, arguments);
	va_end(arguments);
	puts(line);
	free(line);
}

static _Noreturn void out_of_memory(void)
{
	static const char text[] = PROGRAM ": out of memory, nothing more is loaded\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(GUARD_FAILED);
}

void *must_alloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		out_of_memory();
	return memory;
}

void *must_resize(void *old, size_t count, size_t size)
{
	void *memory = reallocarray(old, count, size);

	if (!memory)
		out_of_memory();
	return memory;
}

char *must_copy(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		out_of_memory();
	return copy;
}

char *must_print(const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (n < 0)
		out_of_memory();
	return text;
}

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Less than size only at the end of the file; -1 with errno on an error. */
ssize_t read_full(int fd, void *buffer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, (char *)buffer + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

bool write_full(int fd, const void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, (const char *)data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/*
 * The kernel starts its helpers without any descriptor. The first file that we
 * open must not become "standard error" and be written to. Returns whether
 * there was a standard error. Where there is no /dev/null (an early initramfs)
 * a descriptor that can neither be read nor written does as well.
 *
 * A sealed kernel starts us as it starts what changes its user. Then the C
 * library has opened a descriptor already, which cannot be written to (glibc,
 * csu/check_fds.c).
 */
bool process_open_standard_fds(void)
{
	int flags = fcntl(STDERR_FILENO, F_GETFL);
	bool had_stderr = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_NOCTTY);
		if (fd < 0)
			fd = open("/", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		_exit(GUARD_FAILED);
	close(fd);
	return had_stderr;
}

/*
 * What the environment says must not matter: not to libkmod (KMOD_LOG,
 * MODPROBE_OPTIONS), nor to OpenSSL (OPENSSL_CONF, OPENSSL_MODULES), nor to
 * the C library, nor to the shell that runs an install command. What tells
 * only how to speak to the user may stay.
 */
static void keep_only_locale(void)
{
	static char *kept[32];
	size_t n = 0;
	char **e;

	for (e = environ; e && *e && n < array_size(kept) - 1; e++)
		if (!strncmp(*e, "TERM=", 5) || !strncmp(*e, "LANG=", 5) ||
		    !strncmp(*e, "LC_", 3))
			kept[n++] = *e;
	environ = kept;
}

/* Nobody without CAP_SYS_PTRACE looks into us, and no core file holds us. */
void process_harden(void)
{
	struct rlimit limit;

	keep_only_locale();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &limit);
	}
}
