// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a kprobe on a kernel function by way of perf, with a BPF program behind
 * it. With --override the program makes the function return VALUE without
 * having run, where the kernel lets it (CONFIG_BPF_KPROBE_OVERRIDE).
 *
 * Says "attached" and stays until killed; probe and program go with it.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] = "[--override VALUE] FUNCTION [READY_FIFO]";

enum { OVERRIDE = 1 };

static const struct option options[] = {
	{ "override", required_argument, NULL, OVERRIDE },
	{ }
};

static const char type_path[] = "/sys/bus/event_source/devices/kprobe/type";

static uint32_t kprobe_type(void)
{
	char text[16] = "";
	int fd = open_file(type_path);

	if (read(fd, text, sizeof(text) - 1) <= 0)
		unusable("read %s: %s", type_path, strerror(errno));
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	return number(text);
}

static int open_probe(const char *function)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = kprobe_type();
	attr.kprobe_func = (uintptr_t)function;
	return syscall(SYS_perf_event_open, &attr, -1, 0, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

/* The function's registers are in r1 when it begins. */
static int load_program(bool override, int value)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2,
		  .imm = value },
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_override_return },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct bpf_insn *first = override ? program : program + 2;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_KPROBE;
	attr.insns = (uintptr_t)first;
	attr.insn_cnt = program + ARRAY_SIZE(program) - first;
	attr.license = (uintptr_t)"GPL";
	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static int give_up(const char *act, int error, const char *ready)
{
	refused(act, error);
	if (ready)
		tell(ready, "refused");
	return REFUSED;
}

int main(int argc, char **argv)
{
	bool override = false;
	int option, probe, program, value = 0;
	const char *ready;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option != OVERRIDE)
			usage(arguments);
		override = true;
		value = number(optarg);
	}
	if (argc - optind < 1 || argc - optind > 2)
		usage(arguments);
	ready = argv[optind + 1];

	program = load_program(override, value);
	if (program < 0)
		return give_up("load", errno, ready);
	probe = open_probe(argv[optind]);
	if (probe < 0)
		return give_up("probe", errno, ready);
	if (ioctl(probe, PERF_EVENT_IOC_SET_BPF, program) ||
	    ioctl(probe, PERF_EVENT_IOC_ENABLE, 0))
		return give_up("attach", errno, ready);
	puts("attached");
	fflush(stdout);
	if (ready)
		tell(ready, "attached");
	for (;;)
		pause();
}
