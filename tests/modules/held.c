// SPDX-License-Identifier: GPL-2.0
/*
 * In use from the beginning, by nobody who would call it: it goes by force only,
 * and takes nothing with it.
 */
#include <linux/init.h>
#include <linux/module.h>

static int __init held_init(void)
{
	__module_get(THIS_MODULE);
	return 0;
}

static void __exit held_exit(void)
{
}

module_init(held_init);
module_exit(held_exit);
MODULE_DESCRIPTION("test module that is in use");
MODULE_LICENSE("GPL");
