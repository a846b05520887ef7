// SPDX-License-Identifier: GPL-2.0
/* The library that puppet-dyn needs. */
int libpuppet_word(void);

int libpuppet_word(void)
{
	return 42;
}
