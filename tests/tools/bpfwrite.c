// SPDX-License-Identifier: GPL-2.0
/*
 * Writes into another program's memory from within it: a BPF program runs at
 * each of its system calls and has the helper bpf_probe_write_user(). Nobody
 * attaches to the program. With --deep it is a subprogram of it that writes.
 *
 * Says "attached" and stays until killed.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LENGTH = 16 };

static char verifier_log[65536];

#define MOV_REG(to, from) \
	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from }
#define MOV_IMM(to, value) \
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = to, .imm = value }
#define CALL(function) { .code = BPF_JMP | BPF_CALL, .imm = function }
#define LOAD_64(to, value) \
	{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = to, \
	  .imm = (uint32_t)(value) }, { .imm = (value) >> 32 }
#define STORE(offset, from) \
	{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, \
	  .src_reg = from, .off = offset }

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int load_program(bool deep, pid_t pid, uint64_t address,
			const uint64_t *words)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL,
		  .imm = 2 },
		MOV_IMM(BPF_REG_0, 0),
		{ .code = BPF_JMP | BPF_EXIT },
		CALL(BPF_FUNC_get_current_pid_tgid),
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = 32 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = pid, .off = 12 },
		LOAD_64(BPF_REG_1, words[0]),
		STORE(-16, BPF_REG_1),
		LOAD_64(BPF_REG_1, words[1]),
		STORE(-8, BPF_REG_1),
		LOAD_64(BPF_REG_1, address),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2,
		  .imm = -LENGTH },
		MOV_IMM(BPF_REG_3, LENGTH),
		CALL(BPF_FUNC_probe_write_user),
		MOV_IMM(BPF_REG_0, 0),
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const size_t skipped = deep ? 0 : 3;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr.insns = (uintptr_t)(program + skipped);
	attr.insn_cnt = ARRAY_SIZE(program) - skipped;
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
	attr.raw_tracepoint.name = (uintptr_t)"sys_enter";
	attr.raw_tracepoint.prog_fd = program;
	return bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

int main(int argc, char **argv)
{
	uint64_t words[2] = { 0 };
	bool deep = argc > 1 && !strcmp(argv[1], "--deep");
	int program;

	argc -= deep;
	argv += deep;
	if (argc != 4 || strlen(argv[3]) >= LENGTH)
		usage("[--deep] PID ADDRESS TEXT");
	memcpy(words, argv[3], strlen(argv[3]));
	program = load_program(deep, number(argv[1]), number(argv[2]), words);
	if (program < 0) {
		fputs(verifier_log, stderr);
		return refused("load", errno);
	}
	if (attach(program) < 0)
		return refused("attach", errno);
	puts("attached");
	fflush(stdout);
	for (;;)
		pause();
}
