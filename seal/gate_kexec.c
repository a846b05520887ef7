// SPDX-License-Identifier: GPL-2.0
/*
 * The kexec door, where lockdown has none: another kernel runs with whatever
 * initramfs and command line its loader gives it, so that a signature says
 * little (kernel/kexec_file.c:kimage_validate_signature() asks lockdown of
 * images without one only); and a kernel that was loaded before the seal came
 * would still be started. The gates are the system calls' entries: kexec_load(2)
 * asks lockdown by itself.
 *
 * A kernel for crashes starts without asking anybody, so none may be loaded
 * when the seal comes.
 */
#include "gates.h"

#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/ptrace.h>
#include <linux/reboot.h>

#include "hook.h"
#include "lockdown.h"
#include "policy.h"

#ifdef CONFIG_KEXEC_CORE

static int check(const char *call)
{
	const struct seal_event ev = {
		.door = DOOR_KEXEC,
		.cap = CAP_SYS_BOOT,
		.text = call,
	};

	return seal_check(&ev);
}

static int check_reboot(unsigned long cmd)
{
	return (unsigned int)cmd == LINUX_REBOOT_CMD_KEXEC ? check("reboot") :
							     0;
}

static long (*orig_reboot)(const struct pt_regs *regs) __ro_after_init;

static long gate_reboot(const struct pt_regs *regs)
{
	int err = check_reboot(syscall_arg(regs, 2));

	return err ?: orig_reboot(regs);
}

/* Without the magic numbers: -EINVAL if nobody refuses. */
static long prove_reboot(void)
{
	struct pt_regs regs = { };

	syscall_set_arg(&regs, 2, LINUX_REBOOT_CMD_KEXEC);
	return orig_reboot(&regs);
}

#ifdef SYSCALL_ENTRY_32
static long (*orig_reboot_32)(const struct pt_regs *regs) __ro_after_init;

static long gate_reboot_32(const struct pt_regs *regs)
{
	int err = check_reboot(syscall_arg_32(regs, 2));

	return err ?: orig_reboot_32(regs);
}

/* The third argument is in one register in both ABIs. */
static long prove_reboot_32(void)
{
	struct pt_regs regs = { };

	syscall_set_arg(&regs, 2, LINUX_REBOOT_CMD_KEXEC);
	return orig_reboot_32(&regs);
}
#endif

#ifdef CONFIG_KEXEC_FILE
static long (*orig_file_load)(const struct pt_regs *regs) __ro_after_init;

static long gate_file_load(const struct pt_regs *regs)
{
	int err = check("kexec_file_load");

	return err ?: orig_file_load(regs);
}

/* Of no file: -EBADF. */
static long prove_file_load(void)
{
	struct pt_regs regs = { };

	syscall_set_arg(&regs, 0, -1);
	return orig_file_load(&regs);
}
#endif

static const struct hook hooks[] __initconst = {
	HOOK(SYSCALL_ENTRY(reboot), gate_reboot, &orig_reboot, prove_reboot),
#ifdef SYSCALL_ENTRY_32
	HOOK(SYSCALL_ENTRY_32(reboot), gate_reboot_32, &orig_reboot_32,
	     prove_reboot_32),
#endif
#ifdef CONFIG_KEXEC_FILE
	HOOK(SYSCALL_ENTRY(kexec_file_load), gate_file_load, &orig_file_load,
	     prove_file_load),
#endif
};

void __init gate_kexec_init(void)
{
	if (policy_door(DOOR_KEXEC) != DOOR_OPEN)
		hook_add(hooks, ARRAY_SIZE(hooks));
}

bool gate_kexec_finds(void)
{
	return policy_door(DOOR_KEXEC) != DOOR_OPEN && kexec_crash_loaded();
}

int gate_kexec_check(void)
{
	if (!gate_kexec_finds())
		return 0;
	pr_err("a kernel for crashes is loaded, and would run when this one panics: unload it (kexec -p -u), or say keep=kexec\n");
	return policy_hindered(-EBUSY);
}

#else

/* This kernel starts no other. */
void __init gate_kexec_init(void) { }
int gate_kexec_check(void) { return 0; }
bool gate_kexec_finds(void) { return false; }

#endif
