// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of a module, which whoever loads it chooses, and its parameters
 * in sysfs, which are the same ones later. They can name addresses of hardware
 * that the module then writes to.
 */
#include "args.h"

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "manifest.h"
#include "raw_access.h"

/*
 * What the module's author has marked as an address, a port, an interrupt
 * (include/linux/moduleparam.h:module_param_hw).
 */
static bool names_hardware(const struct module *mod, const char *arg,
			   size_t len)
{
	unsigned int i;

	len = manifest_arg_name(arg, len);
	for (i = 0; i < mod->num_kp; i++)
		if (manifest_same_name(mod->kp[i].name,
				       strlen(mod->kp[i].name), arg, len))
			return mod->kp[i].flags & KERNEL_PARAM_FL_HWPARAM;
	return false;
}

/*
 * What nobody has marked, although it names an address, a file that is handed to
 * a device, a program that the kernel starts, or switches a protection off: of
 * all that can be written in sysfs on Debian's kernels, 5.10 to 7.3.
 */
static const struct {
	const char *module;
	const char *name;
} unmarked[] = {
	{ "ipmi_si", "hotmod" },	/* any address or port, as an interface */
	{ "comedi", "comedi_num_legacy_minors" },	/* boards at any port */
	{ "block2mtd", "block2mtd" },	/* opens a disk for writing */

	{ "firmware_class", "path" },
	{ "drm", "edid_firmware" },
	{ "drm_kms_helper", "edid_firmware" },
	{ "intel_vpu", "firmware" },
	{ "libertas_tf_usb", "fw_name" },
	{ "myri10ge", "myri10ge_fw_name" },
	{ "ueagle_atm", "cmv_file" },

	{ "drbd", "usermode_helper" },
	{ "nfsd", "cltrack_prog" },
	{ "uvesafb", "v86d" },

	{ "i915", "mitigations" },
	{ "kvm_intel", "vmentry_l1d_flush" },
	{ "microcode", "force_minrev" },
	{ "xen_blkfront", "trusted" },
	{ "xen_netfront", "trusted" },
	{ "xen_pciback", "permissive" },
};

static bool redirects(const char *module, const char *arg, size_t len)
{
	int i;

	len = manifest_arg_name(arg, len);
	for (i = 0; i < ARRAY_SIZE(unmarked); i++)
		if (!strcmp(unmarked[i].module, module) &&
		    manifest_same_name(unmarked[i].name,
				       strlen(unmarked[i].name), arg, len))
			return true;
	return false;
}

/* But for what the module's author has marked, of which its caller knows. */
static bool is_harmless(const char *module, const char *arg, size_t len,
			enum args_policy policy)
{
	return policy == ARGS_SAFE && !raw_access_module(module) &&
	       !redirects(module, arg, len);
}

/* Whatever the kernel would cut elsewhere than we do: nobody needs it. */
static bool is_plain(const char *args)
{
	for (; *args; args++)
		if (*args < 0x20 || *args > 0x7e)
			return false;
	return true;
}

static bool arg_refused(const struct module *mod, enum args_policy policy,
			const char *arg, size_t len)
{
	/* The kernel strips a quote in front of the name. */
	if (*arg == '"')
		return true;
	if (manifest_allows_arg(mod->name, arg, len))
		return false;
	return !is_harmless(mod->name, arg, len, policy) ||
	       names_hardware(mod, arg, len);
}

bool args_refused(const struct module *mod, const char *args,
		  enum args_policy policy)
{
	const char *rest = args, *end, *arg;
	size_t len;

	if (policy == ARGS_ANY)
		return false;
	if (!is_plain(rest))
		return true;
	end = rest + strlen(rest);
	while ((arg = manifest_next_arg(&rest, end, &len)))
		if (policy == ARGS_NONE || arg_refused(mod, policy, arg, len))
			return true;
	return false;
}

bool args_write_refused(const char *module, const char *arg,
			enum args_policy policy)
{
	size_t len = strlen(arg);

	if (policy == ARGS_ANY)
		return false;
	if (policy == ARGS_NONE)
		return true;
	return !manifest_allows_arg(module, arg, len) &&
	       !is_harmless(module, arg, len, policy);
}
