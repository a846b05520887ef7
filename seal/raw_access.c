// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that a distribution signs, and that give whoever loads them what the
 * seal withholds. A signature says who made a module, not what it is good for;
 * these must be listed one by one, and so must their arguments.
 */
#include "raw_access.h"

#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

/* Names as the kernel has them, with underscores; a star ends a prefix. */
static const char * const names[] = {
	/* hand devices to programs: their registers, their DMA */
	"uio", "uio_*", "vfio", "vfio_*", "mdev", "genwqe_card",
	"rio_mport_cdev", "pci_endpoint_test",
	/* take any PCI device's registers for serial ports, if new_id says so */
	"8250_exar", "8250_lpss", "rp2",
	/* send pictures to any physical address */
	"bttv", "saa7134",
	/* write to disks past their file operations */
	"raw",
	/* take any physical address for an argument */
	"phram", "slram", "mtdram", "pmc551", "physmap*", "ramoops",
	"pstore_blk",
	/* processor registers, faults made on purpose, firmware */
	"msr", "mce_inject", "hwpoison_inject", "aer_inject", "einj*",
	"erst_dbg", "*_error_inject", "notifier_error_inject", "dcdbas",
	"dell_rbu", "acpi_configfs", "acpi_dbg", "ec_sys", "isst_if_*",
	"amd_hsmp", "hsmp_*", "efi_test", "nvram",
	/* buses that reach memory or rewrite firmware */
	"firewire_ohci", "i2c_dev", "spidev", "xen_privcmd",
	/* made for trying things out on a kernel */
	"mmiotrace", "testmmiotrace", "test_*", "lkdtm", "kgdbts",
	"rcutorture", "locktorture", "torture",
};

/* One star, anywhere. */
static bool matches(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	size_t before, after, len = strlen(name);

	if (!star)
		return !strcmp(pattern, name);
	before = star - pattern;
	after = strlen(star + 1);
	return len >= before + after && !strncmp(pattern, name, before) &&
	       !strcmp(star + 1, name + len - after);
}

bool raw_access_module(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (matches(names[i], name))
			return true;
	return false;
}

void raw_access_show(struct seq_file *m)
{
	int i;

	seq_puts(m, "raw_access:");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		seq_printf(m, " %s", names[i]);
	seq_putc(m, '\n');
}
