// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of a module, which whoever loads it chooses. They can name
 * addresses of hardware that the module then writes to.
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
	return policy == ARGS_LISTED || raw_access_module(mod->name) ||
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
