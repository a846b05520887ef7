/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the seal talk about: doors, holes, events, reasons.
 *
 *	hook -> gate -> event -> policy -> audit
 *	                           |
 *	                         caller
 */
#ifndef _SEAL_H
#define _SEAL_H

#ifdef pr_fmt
#undef pr_fmt
#endif
#define pr_fmt(fmt) "seal: " fmt

#include <linux/bits.h>
#include <linux/security.h>
#include <linux/types.h>

struct file;
struct module;
struct seal_image;

#define SEAL_VERSION "1.0.0"

/* A way into the kernel. The names are an interface: audit.c has them. */
enum seal_door {
	DOOR_MODULE_LOAD,
	DOOR_MODULE_REMOVE,
	DOOR_MEM_WRITE,
	DOOR_MEM_READ,
	DOOR_IOPORT,
	DOOR_KCORE,
	DOOR_MANIFEST,		/* the replacing of a live manifest */
	DOOR_PROGRAM,		/* into a hole's program, from outside */
	DOOR_CODE,		/* more code in one that holds hardware */
	DOOR_FILE_CHANGE,	/* of what is protected */
	DOOR_BLOCK_WRITE,	/* past the file system that holds it */
	DOOR_UIO,		/* a device in a program's hands, its memory and DMA */
	DOOR_VFIO,		/* the same, behind an IOMMU */
	DOOR_NVME_ADMIN,	/* what a controller does besides its disks */
	DOOR_SEAL,		/* to what the seal itself goes by */
	DOOR_LOCKDOWN,		/* one for each of the kernel's reasons: lockdown.h */
	DOOR_MAX = DOOR_LOCKDOWN + LOCKDOWN_CONFIDENTIALITY_MAX
};

/* A set of programs for which some doors open. */
enum seal_hole {
	HOLE_LOADER,		/* insmod= */
	HOLE_MEM,		/* mem_allow=, by its classes: devices' memory, */
	HOLE_IOPORT,		/* I/O ports, by whatever way, */
	HOLE_PCI,		/* configuration and memory of PCI devices, */
	HOLE_MSR,		/* the processor's model-specific registers */
	HOLE_MAX,
	HOLE_NONE = HOLE_MAX
};

/* Raw hardware, of whatever kind. */
#define HOLES_HARDWARE (BIT(HOLE_MEM) | BIT(HOLE_IOPORT) | BIT(HOLE_PCI) | \
			BIT(HOLE_MSR))

/* Why an event was refused: the last word of the line an admin reads. */
enum seal_reason {
	REASON_NONE,
	REASON_SEALED,		/* the door has no hole */
	REASON_NOT_IN_HOLE,	/* the door has one, for other programs */
	REASON_KERNEL_THREAD,	/* no program is asking */
	REASON_TRACED,		/* the program is under a debugger */
	REASON_FILTERED,	/* its system calls can be answered by another */
	REASON_FOREIGN_NAMESPACE, /* it sees other files than init does */
	REASON_SHARED,		/* others can change what files it sees */
	REASON_SCRIPT,		/* it was started as a script's interpreter */
	REASON_INSECURE,	/* it was told that its start need not be secure */
	REASON_SWAPPABLE,	/* its memory could go to swap */
	REASON_UNWITNESSED,	/* the seal has not seen it start */
	REASON_FOREIGN_CODE,	/* it runs what nothing vouches for */
	REASON_ALTERED_CODE,	/* it runs code that was changed in memory */
	REASON_PROBED,		/* somebody else acts when it gets somewhere */
	REASON_BEFORE_SEAL,	/* begun before the seal, not over by then */
	REASON_RAM,		/* the hole never opens RAM */
	REASON_NOT_DEVICE,	/* nor anything but a device's own range */
	REASON_REGISTER,	/* nor any register (gate_msr.c) */
	REASON_UNLISTED,	/* nothing speaks for the image */
	REASON_REVOKED,		/* its digest is on the list of the revoked */
	REASON_FORCED,		/* the kernel's own checks were to be skipped */
	REASON_RAW_ACCESS,	/* signed only, but made for raw access */
	REASON_ARGS,		/* arguments that parameter args forbids */
	REASON_BAD_SIGNATURE,	/* of a manifest */
	REASON_MALFORMED,
	REASON_REPLAYED,	/* its serial does not rise */
	REASON_SERIAL_FILE,	/* nor could it be written down */
	REASON_NO_MEMORY,
	REASON_PROTECTED,	/* the seal rests on it, or protect= says so */
	REASON_IN_USE,		/* by the kernel itself: a device that is mounted */
	REASON_MAX
};

/*
 * One act, described by a gate. @file or @text say what is acted on; a range
 * of physical addresses is given as @start and @len (bytes), @len 0 = none.
 * @cap is the capability without which the kernel refuses by itself, 0 = none:
 * such a refusal is no news. @stalled: it passed the gate that decides before
 * the seal was there. Of a module: @image, the facts of its image; @forced, its
 * version is not to be checked, nor, when it goes, who uses it; @module, once it
 * is formed; @args, before it takes them. Of a module's parameter in sysfs:
 * @owner, whose it is, and @args, what it is to be set to, NAME=VALUE. Of code:
 * @writable, it could be changed. Of memory: @copied, what is written goes to a
 * copy; @ports, it is I/O ports. Of a register: @beyond, the hole does not open
 * it. Of a block device: @in_use, the kernel uses it itself, and that is all.
 * @mm_locked: the task holds its mmap_lock; @atomic: it must not sleep; @mute:
 * nor take a lock, so no line tells. @looks: it attempts nothing, and is told
 * what would come of it.
 */
struct seal_event {
	enum seal_door door;
	int cap;
	const struct file *file;
	const char *text;
	phys_addr_t start;
	size_t len;
	const struct seal_image *image;
	const struct module *module;
	const char *args;
	const char *owner;
	bool stalled;
	bool forced;
	bool writable;
	bool copied;
	bool ports;
	bool beyond;
	bool in_use;
	bool mm_locked;
	bool atomic;
	bool mute;
	bool looks;
};

/*
 * A reason, and what it is about where that is not plain: a file, for fput(), or
 * the quoted name of one that was linked (start.h).
 */
struct seal_refusal {
	enum seal_reason reason;
	struct file *code;
	const char *linked;
};

#endif /* _SEAL_H */
