// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a kernel function return what we like: a BPF program of the kind
 * "modify return" runs before the function and, if it answers anything but
 * 0, instead of it.  The kernel allows that for security_* functions, so
 * nothing that decides may sit on one of them.  With --arg it does so only if
 * the function's argument N, counted from 0, has any of BITS: one caller is
 * told this and another that. With --pid it does so in that process only.
 *
 * --as attaches a program of another kind: entry and exit only watch, lsm and
 * struct_ops stand in for functions of the kernel's choice, insecure is an lsm
 * one that says of a program that it need not start secure.
 *
 * Says "attached" and stays until killed; the program goes with it.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] =
	"[--as modify|entry|exit|lsm|struct_ops|insecure] [--arg N:BITS] [--pid PID]"
	" FUNCTION VALUE [READY_FIFO]";

enum { AS = 1, ARG, PID };

static const struct option options[] = {
	{ "as", required_argument, NULL, AS },
	{ "arg", required_argument, NULL, ARG },
	{ "pid", required_argument, NULL, PID },
	{ }
};

struct kind {
	const char *name;
	uint32_t program;
	uint32_t attach;
};

static const struct kind kinds[] = {
	{ "modify", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN },
	{ "entry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY },
	{ "exit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT },
	{ "lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC },
	{ "struct_ops", BPF_PROG_TYPE_STRUCT_OPS, 0 },
	{ "insecure", BPF_PROG_TYPE_LSM, BPF_LSM_MAC },
};
/* BPF_FUNC_bprm_opts_set, since Linux 5.11 */
enum { BPRM_OPTS_SET = 159 };

static const char btf_path[] = "/sys/kernel/btf/vmlinux";

static char verifier_log[65536];

static const struct btf_header *read_btf(void)
{
	const struct btf_header *header;
	int fd = open_file(btf_path);
	size_t length = file_length(fd, btf_path);
	char *data = low_alloc(length);

	read_exactly(fd, btf_path, data, length);
	close(fd);
	header = (const struct btf_header *)data;
	if (length < sizeof(*header) || header->magic != BTF_MAGIC)
		unusable("%s is not BTF", btf_path);
	return header;
}

/* What follows a type record of this kind, in bytes. */
static size_t extra_length(const struct btf_type *type)
{
	size_t n = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(struct btf_decl_tag);
	default:
		return 0;
	}
}

/* Type ids count from 1 in the order of the records. */
static uint32_t find_function(const char *name)
{
	const struct btf_header *header = read_btf();
	const char *base = (const char *)header + header->hdr_len;
	const char *strings = base + header->str_off;
	const char *at = base + header->type_off;
	const char *end = at + header->type_len;
	const struct btf_type *type;
	uint32_t id;

	for (id = 1; at < end; id++) {
		type = (const struct btf_type *)at;
		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    !strcmp(strings + type->name_off, name))
			return id;
		at += sizeof(*type) + extra_length(type);
	}
	unusable("the kernel's BTF knows no function %s", name);
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/*
 * What the function must be called with, or by whom, for its answer to be
 * forged.
 */
struct condition {
	unsigned int arg;
	uint32_t bits;
	uint32_t pid;
};

static struct condition find_condition(char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		usage(arguments);
	*colon++ = '\0';
	return (struct condition){ .arg = number(text), .bits = number(colon) };
}

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	usage(arguments);
}

static int load_program(const struct kind *kind, uint32_t function_id,
			uint64_t value, const struct condition *when)
{
	/* The arguments lie where R1 points to, 8 bytes each. */
	const struct bpf_insn by_arg[] = {
		{ .code = BPF_LDX | BPF_DW | BPF_MEM, .dst_reg = BPF_REG_2,
		  .src_reg = BPF_REG_1, .off = 8 * when->arg },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_JSET | BPF_K, .dst_reg = BPF_REG_2,
		  .off = 1, .imm = when->bits },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct bpf_insn by_pid[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_get_current_pid_tgid },
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = 32 },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0,
		  .off = 2, .imm = when->pid },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct bpf_insn answer[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_0,
		  .imm = (uint32_t)value },
		{ .imm = value >> 32 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct bpf_insn insecure[] = {
		{ .code = BPF_LDX | BPF_DW | BPF_MEM, .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPRM_OPTS_SET },
	};
	struct bpf_insn program[16];
	union bpf_attr attr;
	size_t count = 0;

	if (!strcmp(kind->name, "insecure")) {
		memcpy(program, insecure, sizeof(insecure));
		count = ARRAY_SIZE(insecure);
	} else if (when->bits) {
		memcpy(program, by_arg, sizeof(by_arg));
		count = ARRAY_SIZE(by_arg);
	} else if (when->pid) {
		memcpy(program, by_pid, sizeof(by_pid));
		count = ARRAY_SIZE(by_pid);
	}
	memcpy(program + count, answer, sizeof(answer));
	count += ARRAY_SIZE(answer);

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = kind->program;
	attr.expected_attach_type = kind->attach;
	attr.attach_btf_id = function_id;
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = count;
	attr.license = (uintptr_t)"GPL";
	attr.log_buf = (uintptr_t)verifier_log;
	attr.log_size = sizeof(verifier_log);
	attr.log_level = 1;
	return bpf(BPF_PROG_LOAD, &attr);
}

static int attach(int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = program;
	return bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

static int give_up(const char *act, int error, const char *ready)
{
	refused(act, error);
	fputs(verifier_log, stderr);
	if (ready)
		tell(ready, "refused");
	return REFUSED;
}

int main(int argc, char **argv)
{
	struct condition when = { };
	const struct kind *kind = &kinds[0];
	const char *ready;
	uint64_t value;
	int program, option;
	char *end;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == AS)
			kind = find_kind(optarg);
		else if (option == ARG)
			when = find_condition(optarg);
		else if (option == PID)
			when.pid = number(optarg);
		else
			usage(arguments);
	}
	argc -= optind;
	argv += optind;
	if (argc < 2 || argc > 3)
		usage(arguments);
	ready = argc == 3 ? argv[2] : NULL;
	/* strtoll, not number(): negative answers are the usual ones */
	value = strtoll(argv[1], &end, 0);
	if (end == argv[1] || *end)
		usage(arguments);

	program = load_program(kind, find_function(argv[0]), value, &when);
	if (program < 0)
		return give_up("load", errno, ready);
	if (attach(program) < 0)
		return give_up("attach", errno, ready);
	puts("attached");
	fflush(stdout);
	if (ready)
		tell(ready, "attached");
	for (;;)
		pause();
}
