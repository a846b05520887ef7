/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_SHADOW_H
#define _SEAL_SHADOW_H

#include "protect.h"

/**
 * shadow_cast() - stand between the kernel and one inode
 * @p: whose; gets @was
 *
 * Return: 0 or -ENOMEM.
 */
int shadow_cast(struct protected *p);

/* Nobody passes by any more who looked before it was cast. */
void shadow_settle(struct list_head *all);

/* Step aside; shadow_leave() then waits until nobody is in our code. */
void shadow_lift(struct protected *p);
void shadow_leave(void);

#endif /* _SEAL_SHADOW_H */
