// SPDX-License-Identifier: GPL-2.0
/* A driver that has every display which has none, and does nothing with it. */
#include <linux/module.h>
#include <linux/pci.h>

static int owner_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	return 0;
}

static void owner_remove(struct pci_dev *dev)
{
}

static const struct pci_device_id owner_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_BASE_CLASS_DISPLAY << 16, 0xff0000) },
	{ }
};

static struct pci_driver owner_driver = {
	.name = KBUILD_MODNAME,
	.id_table = owner_ids,
	.probe = owner_probe,
	.remove = owner_remove,
};

module_pci_driver(owner_driver);
MODULE_DESCRIPTION("test module that drives displays");
MODULE_LICENSE("GPL");
