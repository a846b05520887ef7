/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gates, one file a door. A gate gathers facts and asks seal_check(); its
 * hook table stands at its foot. gate_X_init() announces the table.
 */
#ifndef _SEAL_GATES_H
#define _SEAL_GATES_H

#include <linux/kconfig.h>
#include <linux/types.h>

struct block_device;
struct module;
struct seal_event;

/* gate_module.c */
int gate_module_init(void);
void gate_module_exit(void);

/* Is the current task loading a module, and may? */
bool gate_module_admits(void);

/* gate_removal.c */
void gate_removal_init(void);

/* A module goes, and with mode=audit nobody was asked. */
void gate_removal_sees(const struct module *mod);

/* gate_memory.c */
void gate_memory_init(void);

/* gate_ioport.c */
void gate_ioport_init(void);

/* Is the current system call one that has a gate there? */
bool gate_ioport_decides(void);

/*
 * The current task is about to become another program: what I/O ports it has
 * stay behind, where there is a hole for them.
 */
void gate_ioport_drop(void);

/* gate_kcore.c */
void gate_kcore_init(void);

/* gate_lockdown.c */
void gate_lockdown_init(void);

/* gate_param.c */
void gate_param_init(void);

/* gate_device.c */
#if IS_ENABLED(CONFIG_UIO) || IS_ENABLED(CONFIG_VFIO)
void gate_device_init(void);
#else
static inline void gate_device_init(void)
{
}
#endif

/* gate_pci.c */
void gate_pci_init(void);

/* gate_msr.c */
void gate_msr_init(void);

/* gate_kexec.c */
void gate_kexec_init(void);

/* Is a kernel loaded that nobody would be asked to start? */
bool gate_kexec_finds(void);

/* The same, when the hooks have been planted: 0, or -EBUSY after a line. */
int gate_kexec_check(void);

/*
 * gate_exec.c, gate_program.c, gate_code.c, gate_bpf.c, gate_failure.c: with a hole
 * for programs only
 */
int gate_exec_init(void);
void gate_exec_exit(void);
void gate_program_init(void);
void gate_code_init(void);
void gate_failure_init(void);
void gate_bpf_init(void);

/* Room for what describes a BPF program, bytes. */
#define BPF_TEXT_SIZE 192

/**
 * gate_bpf_finds() - look for a BPF program that the gate would refuse
 * @text: set to what it is and does, if there is one
 *
 * One that was loaded before the seal came. May sleep.
 */
bool gate_bpf_finds(char *text);

/*
 * The same, when the hooks have been planted: 0, or -EBUSY after a line that
 * says which it is.
 */
int gate_bpf_check(void);

/*
 * gate_change.c, gate_mount.c, gate_dm.c, gate_scsi.c: with protected files only;
 * gate_block.c, gate_stack.c: with block devices in use, too
 */
void gate_change_init(void);
void gate_mount_init(void);
#ifdef CONFIG_BLOCK
void gate_block_init(void);
void gate_stack_init(void);

/* Is it a command of the caller's for the disk, whichever part of it is open? */
bool gate_block_commands(unsigned int cmd);

/* May it be written? @ev: what is told if not. One of those that may not. */
int gate_block_check(struct block_device *bdev, struct seal_event *ev);
struct block_device *gate_block_sample(void);
#else
static inline void gate_block_init(void)
{
}

static inline void gate_stack_init(void)
{
}
#endif
#if IS_ENABLED(CONFIG_BLK_DEV_DM)
void gate_dm_init(void);
#else
static inline void gate_dm_init(void)
{
}
#endif

#if IS_ENABLED(CONFIG_SCSI)
void gate_scsi_init(void);
#else
static inline void gate_scsi_init(void)
{
}
#endif

/* gate_nvme.c */
#if IS_ENABLED(CONFIG_NVME_CORE)
void gate_nvme_init(void);
#else
static inline void gate_nvme_init(void)
{
}
#endif

#endif /* _SEAL_GATES_H */
