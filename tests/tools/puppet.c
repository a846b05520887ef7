// SPDX-License-Identifier: GPL-2.0
/*
 * Plays a program that a hole belongs to: a loader of modules and a driver of
 * hardware in one. It does what it is told, on its command line or (serve) line
 * by line, and has what an attacker looks for: code and data worth changing, an
 * open device, libraries (PUPPET_DYNAMIC), memory that it runs.
 */
#define _GNU_SOURCE
#include "tool.h"
#include "payload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif
#ifdef PUPPET_DYNAMIC
#include <dlfcn.h>
#include <iconv.h>
#include <pwd.h>

int libpuppet_word(void);
extern int libpuppet_permits;
#endif

static const char arguments[] =
	"ACT... | serve COMMAND_FIFO RESULT_FIFO\n"
	"An ACT is one word on the command line, \"load /canary.ko\" say";

enum { PAGE = 4096 };

/* What it loads if it is not told what: for an attacker to change. */
static char stored[32] __attribute__((section(".data"))) = "/no/such/module";

/* A check of its own that it does not pass: for a reference counter. */
static volatile uint16_t armed __attribute__((section(".data")));

/*
 * A word that does not change, in a page of code: where a breakpoint can be
 * put, for an instruction is what it is.
 */
extern const volatile uint32_t guard;
#ifdef __x86_64__
enum { GUARD = 0x90909090 };
asm(".pushsection .text\n.balign 16\nguard:	.long 0x90909090\n.popsection");
#else
enum { GUARD = 0xd503201f };
asm(".pushsection .text\n.balign 16\nguard:	.long 0xd503201f\n.popsection");
#endif

static const char device[] = "/dev/mem";
static int memory = -1, module = -1, ring = -1;
static volatile char *mapped;
static sigjmp_buf fault;

static int load_fd(int fd, const char *args)
{
	if (fd < 0)
		return -errno;
	return syscall(SYS_finit_module, fd, args, 0) ? -errno : 0;
}

/* A path, with arguments for the module after a blank. */
static int load(char *path)
{
	char *args = path + strcspn(path, " ");
	int fd, error;

	if (*args)
		*args++ = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	error = load_fd(fd, args);

	if (fd >= 0)
		close(fd);
	return error;
}

static int act_true(char *rest)
{
	(void)rest;
	return 0;
}

static int act_load(char *rest)
{
	return load(rest);
}

/* In two steps, between which something may happen. */
static int act_open_module(char *rest)
{
	module = open(rest, O_RDONLY | O_CLOEXEC);
	return module < 0 ? -errno : 0;
}

static int act_load_opened(char *rest)
{
	(void)rest;
	return load_fd(module, "");
}

static int act_load_stored(char *rest)
{
	(void)rest;
	return load(stored);
}

static int act_load_armed(char *rest)
{
	return armed ? load(rest) : -EKEYREJECTED;
}

static int act_load_unguarded(char *rest)
{
	return guard != (uint32_t)GUARD ? load(rest) : -EKEYREJECTED;
}

/* Some code, for an attacker to replace by longer code. */
static int __attribute__((noinline, aligned(64))) patchable(void)
{
	asm volatile(".rept 64\nnop\n.endr");
	return -EKEYREJECTED;
}

static int act_patched(char *rest)
{
	(void)rest;
	return patchable();
}

/* Where an address lies in the file that is mapped there. */
static unsigned long file_offset(const volatile void *address)
{
	unsigned long start, end, offset, at = (unsigned long)address;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end,
			   &offset) == 3 && start <= at && at < end) {
			fclose(maps);
			return at - start + offset;
		}
	unusable("nothing is mapped at %lx", at);
}

static int act_where(char *rest)
{
	(void)rest;
	printf("patchable %#lx\n", (unsigned long)patchable);
	printf("stored %#lx\n", (unsigned long)stored);
	printf("mapped %#lx\n", (unsigned long)mapped);
	printf("memory %d\n", memory);
	printf("ring %d\n", ring);
	printf("device %#lx\n", (unsigned long)device);
	printf("guard %#lx\n", file_offset(&guard));
	printf("armed %#lx\n", file_offset(&armed));
	fflush(stdout);
	return 0;
}

static int act_open(char *rest)
{
	(void)rest;
	/* not O_CLOEXEC: it may be inherited */
	memory = open(device, O_RDWR);
	return memory < 0 ? -errno : 0;
}

static int act_map(char *rest)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  memory, number(rest));

	if (page == MAP_FAILED)
		return -errno;
	mapped = page;
	return 0;
}

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

/* Stores a byte in the mapping. */
static int act_paint(char *rest)
{
	if (!mapped)
		return -ENXIO;
	if (sigsetjmp(fault, 1))
		return -EFAULT;
	signal(SIGBUS, on_fault);
	signal(SIGSEGV, on_fault);
	*mapped = number(rest);
	return 0;
}

static int act_paint_armed(char *rest)
{
	return armed ? act_paint(rest) : -EKEYREJECTED;
}

static int act_paint_unguarded(char *rest)
{
	return guard != (uint32_t)GUARD ? act_paint(rest) : -EKEYREJECTED;
}

#ifdef __x86_64__
static int act_take_ports(char *rest)
{
	(void)rest;
	return iopl(3) ? -errno : 0;
}

static int act_use_ports(char *rest)
{
	(void)rest;
	if (sigsetjmp(fault, 1))
		return -EFAULT;
	signal(SIGSEGV, on_fault);
	outb(inb(0x80), 0x80);
	return 0;
}
#endif

/* Sends a descriptor to who listens at a socket. */
static int send_fd(const char *path, int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char control[CMSG_SPACE(sizeof(fd))] = { 0 }, byte = 0;
	struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (connect(peer, (struct sockaddr *)&address, sizeof(address)) ||
	    sendmsg(peer, &message, 0) != 1)
		return -errno;
	close(peer);
	return 0;
}

static int act_send(char *rest)
{
	return send_fd(rest, memory);
}

/* Work for the kernel, which does it in the program's name: io_uring(7). */
static int act_ring(char *rest)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 20000,
	};

	(void)rest;
	ring = syscall(SYS_io_uring_setup, 8, &params);
	/* it may be inherited */
	return ring < 0 || fcntl(ring, F_SETFD, 0) ? -errno : 0;
}

/* Its own kind of code: copied, compiled, decrypted; it comes out the same. */
static int run_code(void *place, int protection)
{
	int (*code)(void) = place;

	memcpy(place, payload_load, payload_end - payload_load);
	if (mprotect((void *)((uintptr_t)place & -PAGE), 2 * PAGE, protection))
		return -errno;
	__builtin___clear_cache(place, (char *)place + PAGE);
	return code();
}

static int act_run_anonymous(char *rest)
{
	void *place = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)rest;
	return place == MAP_FAILED ? -errno :
				     run_code(place, PROT_READ | PROT_EXEC);
}

static int act_run_heap(char *rest)
{
	(void)rest;
	return run_code((char *)sbrk(4 * PAGE) + PAGE,
			PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int act_run_stack(char *rest)
{
	char place[3 * PAGE] __attribute__((aligned(PAGE)));

	(void)rest;
	return run_code(place, PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* A file's code, as a plug-in's is mapped: called at its first byte. */
static int run_mapped(int fd)
{
	int (*code)(void);

	if (fd < 0)
		return -errno;
	code = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	return code == MAP_FAILED ? -errno : code();
}

static int act_run_file(char *rest)
{
	return run_mapped(open(rest, O_RDONLY | O_CLOEXEC));
}

static int act_run_memfd(char *rest)
{
	int fd = memfd_create("code", MFD_CLOEXEC);
	ssize_t length = payload_end - payload_load;

	(void)rest;
	if (fd < 0 || write(fd, payload_load, length) != length)
		return -errno;
	return run_mapped(fd);
}

/* Executable memory of others is to be seen, but not used. */
static int act_map_code(char *rest)
{
	int fd = open(rest, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
			   0) == MAP_FAILED)
		return -errno;
	return 0;
}

#ifdef PUPPET_DYNAMIC
static int act_dlopen(char *rest)
{
	if (dlopen(rest, RTLD_NOW))
		return 0;
	fprintf(stderr, "%s\n", dlerror());
	return -ELIBACC;
}

/* A plug-in that is not kept. */
static int act_visit(char *rest)
{
	void *plugin = dlopen(rest, RTLD_NOW);

	if (plugin && !dlclose(plugin))
		return 0;
	fprintf(stderr, "%s\n", dlerror());
	return -ELIBACC;
}

/* Each of these has the C library look for a library of its own. */
static int act_iconv(char *rest)
{
	iconv_t to = iconv_open(rest, "UTF-8");

	return to == (iconv_t)-1 ? -errno : 0;
}

static int act_user(char *rest)
{
	return getpwnam(rest) ? 0 : -ENOENT;
}

static int act_load_permitted(char *rest)
{
	return libpuppet_permits ? load(rest) : -EKEYREJECTED;
}

static int act_word(char *rest)
{
	(void)rest;
	return libpuppet_word() == 42 ? 0 : -EBADMSG;
}
#endif

/* Does the C library fill memory as GLIBC_TUNABLES may ask it to? */
static int act_perturbed(char *rest)
{
	unsigned char *volatile bytes = malloc(PAGE);
	int i;

	(void)rest;
	for (i = 1024; i < 2048; i++)
		if (bytes[i] != bytes[1024] || !bytes[i])
			return -EKEYREJECTED;
	return 0;
}

/* Whatever becomes of the child is the answer. */
static int answer_of(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		return -errno;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSEGV ? -EFAULT : -EINTR;
	return -WEXITSTATUS(status);
}

static int act(char *line);

static int act_fork(char *rest)
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (!child)
		_exit(-act(rest));
	return answer_of(child);
}

/* Becomes another program, in a child or not. */
static int act_exec(char *rest)
{
	char *argv[16];
	int argc = 0;

	for (rest = strtok(rest, " "); rest && argc < 15;
	     rest = strtok(NULL, " "))
		argv[argc++] = rest;
	argv[argc] = NULL;
	if (!argc)
		return -EINVAL;
	execv(argv[0], argv);
	return -errno;
}

static const struct {
	const char *name;
	int (*run)(char *rest);
} acts[] = {
	{ "true", act_true },
	{ "load", act_load },
	{ "open-module", act_open_module },
	{ "load-opened", act_load_opened },
	{ "load-stored", act_load_stored },
	{ "load-armed", act_load_armed },
	{ "load-unguarded", act_load_unguarded },
	{ "patched", act_patched },
	{ "where", act_where },
	{ "open", act_open },
	{ "map", act_map },
	{ "paint", act_paint },
	{ "paint-armed", act_paint_armed },
	{ "paint-unguarded", act_paint_unguarded },
	{ "send", act_send },
	{ "ring", act_ring },
	{ "run-anonymous", act_run_anonymous },
	{ "run-heap", act_run_heap },
	{ "run-stack", act_run_stack },
	{ "run-file", act_run_file },
	{ "run-memfd", act_run_memfd },
	{ "map-code", act_map_code },
	{ "perturbed", act_perturbed },
	{ "fork", act_fork },
	{ "exec", act_exec },
#ifdef __x86_64__
	{ "take-ports", act_take_ports },
	{ "use-ports", act_use_ports },
#endif
#ifdef PUPPET_DYNAMIC
	{ "dlopen", act_dlopen },
	{ "visit", act_visit },
	{ "load-permitted", act_load_permitted },
	{ "iconv", act_iconv },
	{ "user", act_user },
	{ "word", act_word },
#endif
};

static int act(char *line)
{
	char *rest = line + strcspn(line, " ");
	size_t i;

	if (*rest)
		*rest++ = '\0';
	for (i = 0; i < ARRAY_SIZE(acts); i++)
		if (!strcmp(acts[i].name, line))
			return acts[i].run(rest);
	return -EINVAL;
}

static int served(void *context, char *line)
{
	(void)context;
	return act(line);
}

int main(int argc, char **argv)
{
	int i, error;

	if (argc < 2)
		usage(arguments);
	if (!strcmp(argv[1], "serve")) {
		if (argc != 4)
			usage(arguments);
		serve(argv[2], argv[3], served, NULL);
		return DONE;
	}
	for (i = 1; i < argc; i++) {
		/* an interpreter is given the path of what it is to run */
		if (*argv[i] == '/')
			continue;
		error = act(argv[i]);
		if (error)
			return refused(argv[i], error);
	}
	return DONE;
}
