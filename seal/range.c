// SPDX-License-Identifier: GPL-2.0
/*
 * What lies at a physical address. The hole of /dev/mem is ring 0 unless it
 * is limited to a device's own range: even with STRICT_DEVMEM the kernel maps
 * the low megabyte of RAM to whoever may open it (drivers/char/mem.c:
 * range_is_allowed() takes devmem_is_allowed() == 2 for a yes), and the
 * processors' start-up code lies there. A range a driver owns is out too, and
 * so is any device but a display: what can be made to do DMA writes RAM.
 */
#include "range.h"

#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/vgaarb.h>

/*
 * Legacy video memory, decoded by one of the displays whatever the BARs say: by
 * the one that the kernel calls its default (drivers/pci/vgaarb.c).
 */
#define VIDEO_START	0xa0000
#define VIDEO_END	0xbffff

/*
 * A PC's firmware: interrupt vectors and variables in the first page, which is
 * nobody else's (arch/x86/kernel/e820.c: trim_bios_range), ROMs and their
 * shadows between video memory and the first megabyte. Xorg runs the display's
 * ROM in an emulator, and maps both to be written (hw/xfree86/int10). The
 * processor itself runs them too, after a sleep, if asked to
 * (kernel.acpi_video_flags).
 */
#define FIRMWARE_END	0xfff
#define ROM_START	0xc0000
#define ROM_END		0xfffff

static bool in_firmware(phys_addr_t start, phys_addr_t end)
{
	return IS_ENABLED(CONFIG_X86) &&
	       (end <= FIRMWARE_END || (start >= ROM_START && end <= ROM_END));
}

#ifdef CONFIG_PCI
static bool legacy_is_owned(void)
{
	struct pci_dev *dev = NULL;
	bool owned = false;

	for_each_pci_dev(dev) {
		if (dev == vga_default_device()) {
			owned = dev->driver;
			pci_dev_put(dev);
			break;
		}
	}
	return owned;
}

static bool bar_holds(struct pci_dev *dev, phys_addr_t start, phys_addr_t end)
{
	const struct resource *bar;
	int i;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++) {
		bar = &dev->resource[i];
		if (resource_type(bar) == IORESOURCE_MEM && bar->parent &&
		    start >= bar->start && end <= bar->end)
			return true;
	}
	return false;
}

static bool in_free_display(phys_addr_t start, phys_addr_t end)
{
	struct pci_dev *dev = NULL;

	for_each_pci_dev(dev) {
		if (dev->class >> 16 != PCI_BASE_CLASS_DISPLAY || dev->driver)
			continue;
		if (bar_holds(dev, start, end)) {
			pci_dev_put(dev);
			return true;
		}
	}
	return false;
}
#else
static bool legacy_is_owned(void)
{
	return false;
}

static bool in_free_display(phys_addr_t start, phys_addr_t end)
{
	return false;
}
#endif

static bool in_legacy_video(phys_addr_t start, phys_addr_t end)
{
	return IS_ENABLED(CONFIG_X86) && start >= VIDEO_START &&
	       end <= VIDEO_END && !legacy_is_owned();
}

enum range_kind range_kind(phys_addr_t start, size_t len)
{
	phys_addr_t end;

	if (!len || check_add_overflow(start, (phys_addr_t)(len - 1), &end))
		return RANGE_RAM;
	if (region_intersects(start, len, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return RANGE_RAM;
	if (in_legacy_video(start, end) || in_free_display(start, end))
		return RANGE_DEVICE;
	return in_firmware(start, end) ? RANGE_FIRMWARE : RANGE_OTHER;
}
