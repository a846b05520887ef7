// SPDX-License-Identifier: GPL-2.0
/* The library that puppet-dyn needs. */
int libpuppet_word(void);

/* Nobody is permitted anything. */
int libpuppet_permits;

int libpuppet_word(void)
{
	return 42;
}
