// SPDX-License-Identifier: GPL-2.0
/* The canary under another name: a second one that sings. */
#include "canary.c"
