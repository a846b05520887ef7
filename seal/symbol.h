/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_SYMBOL_H
#define _SEAL_SYMBOL_H

struct module;

/**
 * symbol_init() - find the kernel's own symbol look-up
 *
 * Return: 0 or a negative errno, after a line in the log.
 */
int symbol_init(void);

/**
 * symbol_find() - the address of a function of the kernel image
 * @name: exact name
 * @addr: where to put it
 *
 * Return: 0, -ENOENT if there is none, -ENOTUNIQ if there is more than one.
 */
int symbol_find(const char *name, unsigned long *addr);

/**
 * symbol_modules_init() - find the kernel's own look-up of modules
 *
 * Return: 0 or a negative errno, after a line in the log.
 */
int symbol_modules_init(void);

/**
 * symbol_module() - a module by its name
 *
 * Return: it, for module_put(); NULL if it is not there.
 */
struct module *symbol_module(const char *name);

/**
 * symbol_find_in() - the address of a function of a module
 * @mod: referenced, or about to run its first code
 * @name: as in symbol_find()
 * @addr: likewise
 *
 * Return: as symbol_find().
 */
int symbol_find_in(const struct module *mod, const char *name,
		   unsigned long *addr);

#endif /* _SEAL_SYMBOL_H */
