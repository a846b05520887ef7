// SPDX-License-Identifier: GPL-2.0
/*
 * A library of an attacker's that has no code: what libpuppet says comes after
 * what is said here.
 */
int libpuppet_permits = 1;
