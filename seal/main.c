// SPDX-License-Identifier: GPL-2.0
/*
 * seal: from here on not even root gets kernel-mode code or kernel memory,
 * except through the holes given on the command line. Until reboot. With
 * mode=audit all is let pass and told, until mode.c raises that or it goes again.
 */
#include <linux/module.h>

#include "audit.h"
#include "claims.h"
#include "gates.h"
#include "hibernation.h"
#include "hook.h"
#include "init_root.h"
#include "mode.h"
#include "param.h"
#include "pin.h"
#include "policy.h"
#include "preopen.h"
#include "protect.h"
#include "rawdev.h"
#include "start.h"
#include "status.h"
#include "watch.h"

/* Those that cannot fail to. */
static void __init announce_others(void)
{
	gate_removal_init();
	gate_memory_init();
	gate_ioport_init();
	gate_kcore_init();
	gate_lockdown_init();
	gate_param_init();
	gate_pci_init();
	gate_msr_init();
	gate_kexec_init();
	gate_program_init();
	gate_code_init();
	gate_bpf_init();
	gate_failure_init();
	gate_change_init();
	gate_mount_init();
	gate_block_init();
	gate_stack_init();
	gate_dm_init();
	gate_device_init();
	gate_scsi_init();
	gate_nvme_init();
	hibernation_init();
}

static void __init seal(void)
{
	pin_no_exit();
	pin_self();
	policy_raise(LEVEL_SEALED);
	hook_arm();
	status_announce();
	watch_start();			/* and ask for it again and again */
	preopen_revoke();
}

static void __init audit(void)
{
	policy_set_prover(NULL);
	policy_raise(LEVEL_AUDIT);
	hook_arm();
	status_announce();
}

/* All or nothing: what fails unwinds everything and has said why. */
static int __init seal_init(void)
{
	int err;

	audit_init();
	err = policy_init();		/* parameters and holes */
	if (err)
		return err;
	init_root_hold();		/* what init sees */
	err = status_init();		/* securityfs; are we the first? */
	if (err)
		goto err_status;

	err = protect_init();		/* what must not change, */
	if (err)
		goto err_protect;
	err = rawdev_init();		/* and where it lies */
	if (err)
		goto err_rawdev;
	err = claims_init();		/* and what else is mounted */
	if (err)
		goto err_claims;

	err = gate_module_init();	/* each gate announces its hooks */
	if (err)
		goto err_gates;
	err = gate_exec_init();
	if (err)
		goto err_exec;
	announce_others();

	err = hook_plant(param_audit());	/* all of them, or none */
	if (err)
		goto err_plant;
	policy_prove();
	err = hook_prove();		/* ask for what is forbidden */
	if (err)
		goto err_prove;
	err = gate_bpf_check();		/* is anything in already? */
	if (err)
		goto err_prove;
	err = gate_kexec_check();
	if (err)
		goto err_prove;
	err = hibernation_shut();	/* or half way through? */
	if (err)
		goto err_prove;
	err = preopen_check();
	if (err)
		goto err_publish;
	err = status_publish();
	if (err)
		goto err_publish;

	if (param_audit())		/* nothing below can fail */
		audit();
	else
		seal();
	return 0;

err_publish:
	hibernation_leave();
err_prove:
	hook_remove();
err_plant:
	gate_exec_exit();
err_exec:
	gate_module_exit();
err_gates:
	claims_exit();
err_claims:
	rawdev_exit();
err_rawdev:
	protect_exit();
err_protect:
	status_exit();
err_status:
	init_root_release();
	policy_exit();
	return err;
}

/* What is sealed stays sealed, and has no exit function or does not get by. */
static void __exit seal_exit(void)
{
	mode_leave();
	status_withdraw();
	hook_leave();			/* nobody is inside */
	start_exit();
	gate_exec_exit();
	gate_module_exit();
	claims_exit();
	rawdev_exit();
	protect_exit();
	status_exit();
	init_root_release();
	policy_exit();
	pr_notice("audit has ended\n");
}

module_init(seal_init);
module_exit(seal_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The seal developers");
MODULE_DESCRIPTION("Shuts the ways into a running kernel, but for holes the administrator chose");
MODULE_VERSION(SEAL_VERSION);
