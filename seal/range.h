/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_RANGE_H
#define _SEAL_RANGE_H

#include <linux/types.h>

enum range_kind { RANGE_RAM, RANGE_OTHER, RANGE_FIRMWARE, RANGE_DEVICE };

/**
 * range_kind() - what lies at a physical address
 * @start: first byte
 * @len: bytes, at least 1
 *
 * Return: RANGE_RAM if any byte is system memory or the range is none;
 * RANGE_DEVICE if all of it is display hardware that no driver owns: the
 * legacy video window or a memory BAR; RANGE_FIRMWARE if all of it is a PC's
 * first page or the ROMs below its first megabyte; else RANGE_OTHER. May sleep.
 */
enum range_kind range_kind(phys_addr_t start, size_t len);

#endif /* _SEAL_RANGE_H */
