// SPDX-License-Identifier: GPL-2.0
/*
 * Sends a disk or its controller commands past the block layer, by whatever
 * device and interface there is for that, in one go or (serve) on a descriptor
 * opened long before. A block is written whole, with 512 times
 * the given letter.
 */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bsg.h>
#include <linux/io_uring.h>
#include <linux/nvme_ioctl.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] =
	"ACT NODE [NUMBER [LETTER]]\n"
	"       diskcmd serve NODE COMMAND_FIFO RESULT_FIFO\n"
	"ACT with a block's number and a letter is sg-io, sg-write, sg-old-write,\n"
	"send-command, bsg, bsg-ring, nvme-io, nvme-io64, nvme-submit or nvme-ring;\n"
	"with a command's number sg-read; with an NVMe opcode nvme-admin,\n"
	"nvme-admin64 or nvme-admin-ring; alone nvme-id or nvme-set";

enum { BLOCK = 512, RING = 4096 };

static unsigned char block[BLOCK] __attribute__((aligned(4096)));
static unsigned char answer[4096] __attribute__((aligned(4096)));

struct order {
	int fd;
	unsigned long number;
	int letter;
};

static int result(long got)
{
	if (got < 0)
		return -errno;
	return got ? -EIO : 0;
}

/* WRITE(10) of one block */
static void write_10(unsigned char *cdb, const struct order *order)
{
	memset(cdb, 0, 10);
	cdb[0] = 0x2a;
	cdb[2] = order->number >> 24;
	cdb[3] = order->number >> 16;
	cdb[4] = order->number >> 8;
	cdb[5] = order->number;
	cdb[8] = 1;
	memset(block, order->letter, sizeof(block));
}

static struct sg_io_hdr sg_header(unsigned char *cdb, unsigned int length)
{
	const struct sg_io_hdr header = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_TO_DEV,
		.cmd_len = length,
		.cmdp = cdb,
		.dxferp = block,
		.dxfer_len = sizeof(block),
		.timeout = 10000,
	};

	return header;
}

static int sg_status(const struct sg_io_hdr *header)
{
	return header->status || header->host_status ? -EIO : 0;
}

static int sg_io(const struct order *order)
{
	unsigned char cdb[10];
	struct sg_io_hdr header = sg_header(cdb, sizeof(cdb));

	write_10(cdb, order);
	return ioctl(order->fd, SG_IO, &header) ? -errno : sg_status(&header);
}

/* A command of six bytes that reads, such as INQUIRY (0x12). */
static int sg_read(const struct order *order)
{
	unsigned char cdb[6] = { order->number, [4] = 96 };
	struct sg_io_hdr header = sg_header(cdb, sizeof(cdb));

	header.dxfer_direction = SG_DXFER_FROM_DEV;
	header.dxferp = answer;
	header.dxfer_len = 96;
	return ioctl(order->fd, SG_IO, &header) ? -errno : sg_status(&header);
}

static int sg_write(const struct order *order)
{
	unsigned char cdb[10];
	struct sg_io_hdr header = sg_header(cdb, sizeof(cdb));

	write_10(cdb, order);
	if (write(order->fd, &header, sizeof(header)) < 0 ||
	    read(order->fd, &header, sizeof(header)) < 0)
		return -errno;
	return sg_status(&header);
}

/* The form before the one that begins with an 'S' */
static int sg_old_write(const struct order *order)
{
	struct {
		struct sg_header header;
		unsigned char cdb[10];
		unsigned char data[BLOCK];
	} __attribute__((packed)) out = {
		.header = { .reply_len = sizeof(struct sg_header) },
	};
	struct sg_header in;

	write_10(out.cdb, order);
	memcpy(out.data, block, sizeof(block));
	if (write(order->fd, &out, sizeof(out)) < 0 ||
	    read(order->fd, &in, sizeof(in)) < 0)
		return -errno;
	return in.result || in.target_status ? -EIO : 0;
}

static int send_command(const struct order *order)
{
	struct {
		unsigned int in_length, out_length;
		unsigned char cdb[10];
		unsigned char data[BLOCK];
	} __attribute__((packed)) request = { .in_length = sizeof(block) };

	write_10(request.cdb, order);
	memcpy(request.data, block, sizeof(block));
	return result(ioctl(order->fd, SCSI_IOCTL_SEND_COMMAND, &request));
}

static int bsg(const struct order *order)
{
	unsigned char cdb[10];
	struct sg_io_v4 io = {
		.guard = 'Q',
		.protocol = BSG_PROTOCOL_SCSI,
		.subprotocol = BSG_SUB_PROTOCOL_SCSI_CMD,
		.request_len = sizeof(cdb),
		.request = (uintptr_t)cdb,
		.dout_xfer_len = sizeof(block),
		.dout_xferp = (uintptr_t)block,
		.timeout = 10000,
	};

	write_10(cdb, order);
	if (ioctl(order->fd, SG_IO, &io))
		return -errno;
	return io.device_status || io.transport_status ? -EIO : 0;
}

/* --- by io_uring, with entries of twice the size --- */

static int ring(int fd, unsigned int op, const void *command, size_t length)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SQE128 | IORING_SETUP_CQE32,
	};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_sqe *job;
	char *sq, *cq;
	int got;

	if (ring < 0)
		unusable("io_uring_setup: %s", strerror(errno));
	sq = map_ring(ring, RING, IORING_OFF_SQ_RING);
	cq = map_ring(ring, RING, IORING_OFF_CQ_RING);
	job = map_ring(ring, RING, IORING_OFF_SQES);
	job->opcode = IORING_OP_URING_CMD;
	job->fd = fd;
	job->cmd_op = op;
	memcpy(job->cmd, command, length);
	*(unsigned int *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((unsigned int *)(sq + params.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		unusable("io_uring_enter: %s", strerror(errno));
	got = ((struct io_uring_cqe *)(cq + params.cq_off.cqes))->res;
	close(ring);
	return got > 0 ? -EIO : got;
}

/* uapi/linux/bsg.h of 7.1 */
struct bsg_ring_command {
	uint64_t request;
	uint32_t request_len, protocol, subprotocol, max_response_len;
	uint64_t response;
	uint64_t dout;
	uint32_t dout_len, dout_iovecs;
	uint64_t din;
	uint32_t din_len, din_iovecs, timeout;
	uint8_t rest[12];
};

static int bsg_ring(const struct order *order)
{
	static unsigned char cdb[10];
	const struct bsg_ring_command command = {
		.request = (uintptr_t)cdb,
		.request_len = sizeof(cdb),
		.dout = (uintptr_t)block,
		.dout_len = sizeof(block),
		.timeout = 10000,
	};

	write_10(cdb, order);
	return ring(order->fd, 0, &command, sizeof(command));
}

/* --- NVMe --- */

enum { WRITE = 1, SET_FEATURES = 9, WRITE_CACHE = 6 };

static struct nvme_passthru_cmd nvme_write(const struct order *order)
{
	const struct nvme_passthru_cmd cmd = {
		.opcode = WRITE,
		.nsid = 1,
		.addr = (uintptr_t)block,
		.data_len = sizeof(block),
		.cdw10 = order->number,
	};

	memset(block, order->letter, sizeof(block));
	return cmd;
}

/* Identify Controller, the health log, or some other that reads a page */
static struct nvme_passthru_cmd nvme_admin_command(const struct order *order)
{
	const struct nvme_passthru_cmd cmd = {
		.opcode = order->number,
		.nsid = order->number == 2 ? 0xffffffff : 0,
		.addr = (uintptr_t)answer,
		.data_len = order->number == 2 ? BLOCK : sizeof(answer),
		.cdw10 = order->number == 2 ? (BLOCK / 4 - 1) << 16 | 2 : 1,
	};

	return cmd;
}

static struct nvme_passthru_cmd64 wide(const struct nvme_passthru_cmd *cmd)
{
	const struct nvme_passthru_cmd64 wide = {
		.opcode = cmd->opcode,
		.nsid = cmd->nsid,
		.addr = cmd->addr,
		.data_len = cmd->data_len,
		.cdw10 = cmd->cdw10,
	};

	return wide;
}

static int nvme_io(const struct order *order)
{
	struct nvme_passthru_cmd cmd = nvme_write(order);

	return result(ioctl(order->fd, NVME_IOCTL_IO_CMD, &cmd));
}

static int nvme_io64(const struct order *order)
{
	struct nvme_passthru_cmd narrow = nvme_write(order);
	struct nvme_passthru_cmd64 cmd = wide(&narrow);

	return result(ioctl(order->fd, NVME_IOCTL_IO64_CMD, &cmd));
}

static int nvme_submit(const struct order *order)
{
	struct nvme_user_io io = {
		.opcode = WRITE,
		.addr = (uintptr_t)block,
		.slba = order->number,
	};

	memset(block, order->letter, sizeof(block));
	return result(ioctl(order->fd, NVME_IOCTL_SUBMIT_IO, &io));
}

static int nvme_admin(const struct order *order)
{
	struct nvme_passthru_cmd cmd = nvme_admin_command(order);

	return result(ioctl(order->fd, NVME_IOCTL_ADMIN_CMD, &cmd));
}

static int nvme_admin64(const struct order *order)
{
	struct nvme_passthru_cmd narrow = nvme_admin_command(order);
	struct nvme_passthru_cmd64 cmd = wide(&narrow);

	return result(ioctl(order->fd, NVME_IOCTL_ADMIN64_CMD, &cmd));
}

/* The write cache on, as it is. Some kernels refuse other features themselves. */
static int nvme_set(const struct order *order)
{
	struct nvme_passthru_cmd cmd = {
		.opcode = SET_FEATURES,
		.cdw10 = WRITE_CACHE,
		.cdw11 = 1,
	};
	int got = ioctl(order->fd, NVME_IOCTL_ADMIN_CMD, &cmd);

	/* A device that has no such feature has said so itself. */
	return got < 0 ? -errno : 0;
}

static int nvme_id(const struct order *order)
{
	return ioctl(order->fd, NVME_IOCTL_ID) < 0 ? -errno : 0;
}

static int in_ring(int fd, unsigned int op, const struct nvme_passthru_cmd *cmd)
{
	const struct nvme_uring_cmd job = {
		.opcode = cmd->opcode,
		.nsid = cmd->nsid,
		.addr = cmd->addr,
		.data_len = cmd->data_len,
		.cdw10 = cmd->cdw10,
	};

	return ring(fd, op, &job, sizeof(job));
}

static int nvme_ring(const struct order *order)
{
	const struct nvme_passthru_cmd cmd = nvme_write(order);

	return in_ring(order->fd, NVME_URING_CMD_IO, &cmd);
}

static int nvme_admin_ring(const struct order *order)
{
	const struct nvme_passthru_cmd cmd = nvme_admin_command(order);

	return in_ring(order->fd, NVME_URING_CMD_ADMIN, &cmd);
}

static const struct act {
	const char *name;
	int (*run)(const struct order *order);
} acts[] = {
	{ "sg-io", sg_io },
	{ "sg-read", sg_read },
	{ "sg-write", sg_write },
	{ "sg-old-write", sg_old_write },
	{ "send-command", send_command },
	{ "bsg", bsg },
	{ "bsg-ring", bsg_ring },
	{ "nvme-io", nvme_io },
	{ "nvme-io64", nvme_io64 },
	{ "nvme-submit", nvme_submit },
	{ "nvme-ring", nvme_ring },
	{ "nvme-admin", nvme_admin },
	{ "nvme-admin64", nvme_admin64 },
	{ "nvme-admin-ring", nvme_admin_ring },
	{ "nvme-set", nvme_set },
	{ "nvme-id", nvme_id },
};

static int open_node(const char *path)
{
	int flags = O_RDWR, fd;
	struct stat st;

	/* A disk is commanded all the same, however it was opened. */
	if (!stat(path, &st) && S_ISBLK(st.st_mode))
		flags = O_RDONLY;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int serve_act(void *context, char *line)
{
	struct order order = { .fd = *(int *)context, .letter = 'x' };
	const struct act *act;
	char name[32];

	if (order.fd < 0)
		return order.fd;
	if (sscanf(line, "%31s %li %c", name, (long *)&order.number,
		   (char *)&order.letter) < 1)
		return -EINVAL;
	act = FIND(acts, name);
	return act ? act->run(&order) : -EINVAL;
}

int main(int argc, char **argv)
{
	struct order order = { .letter = 'x' };
	const struct act *act;
	int error;

	if (argc == 5 && !strcmp(argv[1], "serve")) {
		order.fd = open_node(argv[2]);
		serve(argv[3], argv[4], serve_act, &order.fd);
		return order.fd < 0 ? refused("open", order.fd) : DONE;
	}
	act = argc > 2 && argc < 6 ? FIND(acts, argv[1]) : NULL;
	if (!act)
		usage(arguments);
	if (argc > 3)
		order.number = number(argv[3]);
	if (argc > 4)
		order.letter = argv[4][0];
	order.fd = open_node(argv[2]);
	if (order.fd < 0)
		return refused("open", order.fd);
	error = act->run(&order);
	return error ? refused(act->name, error) : DONE;
}
