// SPDX-License-Identifier: GPL-2.0
/*
 * Takes arguments and does nothing with them. Two of its parameters are marked
 * as naming hardware.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

static unsigned int port;
module_param_hw(port, uint, ioport, 0644);
MODULE_PARM_DESC(port, "an I/O port, allegedly");

static unsigned int irq_line;
module_param_hw(irq_line, uint, irq, 0444);
MODULE_PARM_DESC(irq_line, "an interrupt, allegedly");

static unsigned int count;
module_param(count, uint, 0644);
MODULE_PARM_DESC(count, "a number");

static char *text;
module_param(text, charp, 0644);
MODULE_PARM_DESC(text, "a text");

static int __init argued_init(void)
{
	return 0;
}

static void __exit argued_exit(void)
{
}

module_init(argued_init);
module_exit(argued_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes arguments and does nothing with them");
