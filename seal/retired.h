/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_RETIRED_H
#define _SEAL_RETIRED_H

struct manifest;

/**
 * retired_take() - a newer list of programs has come
 * @old: the one that nobody finds any more, taken over
 * @new: the live one
 *
 * The files of @old stay what they are for who has them mapped and holds
 * hardware. May sleep; one at a time.
 */
void retired_take(struct manifest *old, const struct manifest *new);

#endif /* _SEAL_RETIRED_H */
