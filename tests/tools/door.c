// SPDX-License-Identifier: GPL-2.0
/*
 * Goes through one of the doors that the kernel lists itself (enum
 * lockdown_reason), in the shortest way that root has and that changes nothing.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <linux/serial.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] = "DOOR [REGISTER]";

static int opened(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int to_open(const char *path, int flags)
{
	int fd = opened(path, flags);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int kexec(void)
{
	return result(syscall(SYS_kexec_load, 0, 0, NULL, 0));
}

/* No file is no kernel: the control is that somebody looks at it. */
static int kexec_file(void)
{
#ifdef SYS_kexec_file_load
	int error = result(syscall(SYS_kexec_file_load, -1, -1, 1, "", 0));

	return error == -EBADF ? 0 : error;
#else
	return -ENOSYS;
#endif
}

/* There is none to start. */
static int kexec_start(void)
{
	int error = result(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1,
				   LINUX_REBOOT_MAGIC2,
				   LINUX_REBOOT_CMD_KEXEC, NULL));

	return error == -EINVAL ? 0 : error;
}

static int hibernation(void)
{
	return to_open("/dev/snapshot", O_RDONLY);
}

/* Bytes that stay as they are, at the same place of a file. */
static int rewrite(const char *path, off_t at, size_t length)
{
	char bytes[8];
	int fd = opened(path, O_RDWR), error = 0;

	if (fd < 0)
		return fd;
	if (pread(fd, bytes, length, at) != (ssize_t)length ||
	    pwrite(fd, bytes, length, at) != (ssize_t)length)
		error = -errno;
	close(fd);
	return error;
}

/* The first file of that pattern. */
static const char *first(const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		unusable("find %s", pattern);
	return found.gl_pathv[0];
}

/* The byte where the interrupt line is written down for programs. */
static int pci_config(void)
{
	return rewrite(first("/sys/bus/pci/devices/*/config"), 0x3c, 1);
}

static int pci_config_proc(void)
{
	return rewrite(first("/proc/bus/pci/[0-9]*/[0-9]*"), 0x3c, 1);
}

/* The class of the device that a resource is of begins with 0x03. */
static bool is_display(const char *resource)
{
	char path[256], class[5] = "";
	int fd;

	snprintf(path, sizeof(path), "%.*s/class",
		 (int)(strrchr(resource, '/') - resource), resource);
	fd = open_file(path);
	if (read(fd, class, sizeof(class) - 1) < 0)
		unusable("read %s: %s", path, strerror(errno));
	close(fd);
	return !strcmp(class, "0x03");
}

static int map(const char *path)
{
	int fd = opened(path, O_RDWR), error = 0;
	void *at;

	if (fd < 0)
		return fd;
	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		error = -errno;
	close(fd);
	return error;
}

/* The first that lets itself be mapped, or is refused. */
static int map_resource(bool display)
{
	int error = -ENODEV;
	glob_t found;
	size_t i;

	if (glob("/sys/bus/pci/devices/*/resource[0-9]", 0, NULL, &found))
		unusable("find a resource");
	for (i = 0; i < found.gl_pathc; i++) {
		if (is_display(found.gl_pathv[i]) != display)
			continue;
		error = map(found.gl_pathv[i]);
		if (!error || error == -EPERM)
			break;
	}
	globfree(&found);
	return error;
}

static int pci_map(void)
{
	return map_resource(false);
}

static int pci_map_display(void)
{
	return map_resource(true);
}

#define MSR_DEVICE "/dev/cpu/0/msr"

/* If none is named, SYSENTER_CS: where SYSENTER of 32-bit programs goes. */
static uint32_t msr_register = 0x174;

/* As X86_IOC_RDMSR_REGS, X86_IOC_WRMSR_REGS: EAX, ECX, EDX... */
#define RDMSR_REGS _IOWR('c', 0xa0, uint32_t[8])
#define WRMSR_REGS _IOWR('c', 0xa1, uint32_t[8])

static int msr(void)
{
	return rewrite(MSR_DEVICE, msr_register, 8);
}

static int msr_ioctl(void)
{
	uint32_t regs[8] = { 0, msr_register };
	int fd = opened(MSR_DEVICE, O_RDWR), error;

	if (fd < 0)
		return fd;
	error = result(ioctl(fd, RDMSR_REGS, regs));
	if (!error) {
		regs[1] = msr_register;
		error = result(ioctl(fd, WRMSR_REGS, regs));
	}
	close(fd);
	return error;
}

/* A place in the device that is the register's number but for the high half. */
static int msr_wrapped(void)
{
	return rewrite(MSR_DEVICE, (1ULL << 32) + msr_register, 8);
}

/* To set what is set already is nothing; ports come and go by turns. */
static int tiocsserial(void)
{
	struct serial_struct serial;
	int fd = opened("/dev/ttyS2", O_RDWR | O_NONBLOCK), error;

	if (fd < 0)
		return fd;
	error = result(ioctl(fd, TIOCGSERIAL, &serial));
	if (!error) {
		serial.port = serial.port == 0x80 ? 0x3e8 : 0x80;
		error = result(ioctl(fd, TIOCSSERIAL, &serial));
	}
	close(fd);
	return error;
}

/* A parameter that its author has marked as one of hardware. */
static int module_parameters(void)
{
	return rewrite("/sys/module/8250/parameters/share_irqs", 0, 1);
}

/* Nobody has marked this one; it leads firmware's loader elsewhere. */
static int firmware_path(void)
{
	return rewrite("/sys/module/firmware_class/parameters/path", 0, 1);
}

/* A device that a program has instead of a driver. */
static int uio(void)
{
	return to_open("/dev/uio0", O_RDWR);
}

static int vfio(void)
{
	return to_open("/dev/vfio/vfio", O_RDWR);
}

static int debugfs(void)
{
	return to_open("/sys/kernel/debug/kprobes/enabled", O_WRONLY);
}

static int tracefs(void)
{
	return to_open("/sys/kernel/tracing/trace", O_RDONLY);
}

/* The registers of whom an interrupt finds. */
static int perf(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
		.sample_type = PERF_SAMPLE_REGS_INTR,
		.sample_regs_intr = 1,
	};

	return result(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int kprobes(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.kprobe_func = (uintptr_t)"do_nanosleep",
	};
	char text[16] = "";
	int fd = opened("/sys/bus/event_source/devices/kprobe/type", O_RDONLY);

	if (fd < 0)
		return fd;
	if (read(fd, text, sizeof(text) - 1) <= 0)
		unusable("read the type of kprobes");
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	attr.type = number(text);
	return result(syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
}

#define MOV(reg, from) \
	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = reg, .src_reg = from }
#define SET(reg, value) \
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg, .imm = value }
#define ADD(reg, value) \
	{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = reg, .imm = value }
#define CALL(helper)	{ .code = BPF_JMP | BPF_CALL, .imm = helper }
#define ZERO_STACK \
	{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8 }
#define RETURN		SET(BPF_REG_0, 0), { .code = BPF_JMP | BPF_EXIT }

static int load_bpf(int type, const struct bpf_insn *program, size_t length)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = length;
	attr.license = (uintptr_t)"GPL";
	return result(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)));
}

/* Both copy eight bytes of its stack from or to nowhere. */
static int bpf_read_kernel(void)
{
	static const struct bpf_insn program[] = {
		MOV(BPF_REG_1, BPF_REG_10), ADD(BPF_REG_1, -8),
		SET(BPF_REG_2, 8), SET(BPF_REG_3, 0),
		CALL(BPF_FUNC_probe_read_kernel), RETURN
	};

	return load_bpf(BPF_PROG_TYPE_KPROBE, program, ARRAY_SIZE(program));
}

static int bpf_write_user(void)
{
	static const struct bpf_insn program[] = {
		ZERO_STACK, SET(BPF_REG_1, 0), MOV(BPF_REG_2, BPF_REG_10),
		ADD(BPF_REG_2, -8), SET(BPF_REG_3, 8),
		CALL(BPF_FUNC_probe_write_user), RETURN
	};

	return load_bpf(BPF_PROG_TYPE_KPROBE, program, ARRAY_SIZE(program));
}

static const struct bpf_insn nothing[] = { RETURN };

static int bpf_tracer(void)
{
	return load_bpf(BPF_PROG_TYPE_KPROBE, nothing, ARRAY_SIZE(nothing));
}

static int bpf_filter(void)
{
	return load_bpf(BPF_PROG_TYPE_SOCKET_FILTER, nothing,
			ARRAY_SIZE(nothing));
}

/* What filters packets and system calls since before there was such BPF. */
static int classic_filter(void)
{
	struct sock_filter all = { .code = BPF_RET | BPF_K, .k = UINT32_MAX };
	const struct sock_fprog program = { .len = 1, .filter = &all };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return -errno;
	error = result(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
				  sizeof(program)));
	close(fd);
	return error;
}

static int seccomp_filter(void)
{
	struct sock_filter all = {
		.code = BPF_RET | BPF_K,
		.k = SECCOMP_RET_ALLOW,
	};
	const struct sock_fprog program = { .len = 1, .filter = &all };

	return result(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

#define SECRET "that nobody should be shown, yet"
#define SECRET_LENGTH 32

static const struct xfrm_id security_association = {
	.daddr.a4 = 0x7f7f7f7f,
	.spi = 0x01010101,
	.proto = IPPROTO_AH,
};

/*
 * Sends a request and puts what comes first of the answer there: returns how
 * long it is, or -errno.
 */
static int ask_xfrm(struct nlmsghdr *request, void *answer, size_t room)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);
	const struct nlmsghdr *head = answer;
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = send(fd, request, request->nlmsg_len, 0);
	if (length >= 0)
		length = recv(fd, answer, room, 0);
	if (length < 0)
		length = -errno;
	close(fd);
	if (length >= (ssize_t)NLMSG_LENGTH(sizeof(int)) &&
	    head->nlmsg_type == NLMSG_ERROR)
		return *(int *)NLMSG_DATA(head);
	return length;
}

/* A key for packets that nobody sends; it stays. */
static int add_secret(void)
{
	struct {
		struct nlmsghdr head;
		struct xfrm_usersa_info info;
		struct nlattr attribute;
		struct xfrm_algo algorithm;
		char key[SECRET_LENGTH];
	} request = {
		.head.nlmsg_len = sizeof(request),
		.head.nlmsg_type = XFRM_MSG_NEWSA,
		.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.info.id = security_association,
		.info.saddr.a4 = 0x7f7f7f7f,
		.info.family = AF_INET,
		.info.mode = XFRM_MODE_TRANSPORT,
		.info.lft.soft_byte_limit = XFRM_INF,
		.info.lft.hard_byte_limit = XFRM_INF,
		.info.lft.soft_packet_limit = XFRM_INF,
		.info.lft.hard_packet_limit = XFRM_INF,
		.attribute.nla_len = NLA_HDRLEN + sizeof(request.algorithm) +
				     SECRET_LENGTH,
		.attribute.nla_type = XFRMA_ALG_AUTH,
		.algorithm.alg_name = "hmac(sha256)",
		.algorithm.alg_key_len = 8 * SECRET_LENGTH,
	};
	char answer[256];

	memcpy(request.key, SECRET, SECRET_LENGTH);
	return ask_xfrm(&request.head, answer, sizeof(answer));
}

/*
 * The kernel answers in any case, with zeros for the key if it is shut. To show
 * all that there are it is not told which.
 */
static int show_secret(int flags)
{
	struct {
		struct nlmsghdr head;
		struct xfrm_usersa_id id;
	} request = {
		.head.nlmsg_len = flags ? NLMSG_HDRLEN : sizeof(request),
		.head.nlmsg_type = XFRM_MSG_GETSA,
		.head.nlmsg_flags = NLM_F_REQUEST | flags,
		.id.daddr = security_association.daddr,
		.id.spi = security_association.spi,
		.id.family = AF_INET,
		.id.proto = IPPROTO_AH,
	};
	static const char zeros[SECRET_LENGTH];
	const struct xfrm_algo *shown;
	char answer[4096];
	int length = add_secret();

	if (length && length != -EEXIST)
		return length;
	length = ask_xfrm(&request.head, answer, sizeof(answer));
	if (length < 0)
		return length;
	shown = memmem(answer, length - sizeof(*shown) - SECRET_LENGTH,
		       "hmac(sha256)", 13);
	if (shown && !memcmp(shown->alg_key, SECRET, SECRET_LENGTH))
		return 0;
	if (!shown || memcmp(shown->alg_key, zeros, SECRET_LENGTH))
		unusable("find the key in the answer");
	return -ENODATA;
}

static int xfrm_secret(void)
{
	return show_secret(0);
}

static int xfrm_dump(void)
{
	return show_secret(NLM_F_DUMP);
}

static const struct {
	const char *name;
	int (*go)(void);
} doors[] = {
	{ "kexec", kexec },
	{ "kexec-file", kexec_file },
	{ "kexec-start", kexec_start },
	{ "hibernation", hibernation },
	{ "pci-config", pci_config },
	{ "pci-config-proc", pci_config_proc },
	{ "pci-map", pci_map },
	{ "pci-map-display", pci_map_display },
	{ "msr", msr },
	{ "msr-ioctl", msr_ioctl },
	{ "msr-wrapped", msr_wrapped },
	{ "tiocsserial", tiocsserial },
	{ "module-parameters", module_parameters },
	{ "firmware-path", firmware_path },
	{ "uio", uio },
	{ "vfio", vfio },
	{ "debugfs", debugfs },
	{ "tracefs", tracefs },
	{ "perf", perf },
	{ "kprobes", kprobes },
	{ "bpf-write-user", bpf_write_user },
	{ "bpf-read-kernel", bpf_read_kernel },
	{ "bpf-tracer", bpf_tracer },
	{ "bpf-filter", bpf_filter },
	{ "classic-filter", classic_filter },
	{ "seccomp-filter", seccomp_filter },
	{ "xfrm-secret", xfrm_secret },
	{ "xfrm-dump", xfrm_dump },
};

int main(int argc, char **argv)
{
	unsigned int i;
	int error;

	if (argc != 2 && argc != 3)
		usage(arguments);
	if (argc == 3)
		msr_register = number(argv[2]);
	for (i = 0; i < ARRAY_SIZE(doors); i++) {
		if (strcmp(doors[i].name, argv[1]))
			continue;
		error = doors[i].go();
		return error ? refused(argv[1], error) : DONE;
	}
	usage(arguments);
}
