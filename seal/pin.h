/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_PIN_H
#define _SEAL_PIN_H

/* Make this module stay until reboot, whoever wants it gone. Cannot fail. */
void pin_self(void);

/* Make it one that has no exit function: while it is being loaded. */
void pin_no_exit(void);

#endif /* _SEAL_PIN_H */
