// SPDX-License-Identifier: GPL-2.0
/*
 * Has device mapper's name, and none of its functions.
 */
#include <linux/init.h>
#include <linux/module.h>

static int __init impostor_init(void)
{
	return 0;
}

static void __exit impostor_exit(void)
{
}

module_init(impostor_init);
module_exit(impostor_exit);
MODULE_DESCRIPTION("test module that is called like another one");
MODULE_LICENSE("GPL");
