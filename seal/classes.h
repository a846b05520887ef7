/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The classes of raw hardware, each a hole of its own: what a program of
 * mem_allow= is narrowed to, PROGRAM[:CLASS[,CLASS...]].
 */
#ifndef _SEAL_CLASSES_H
#define _SEAL_CLASSES_H

/* Room for the field with the names of all. */
#define CLASSES_SIZE 32

/**
 * classes_next() - cut the next program off a list with classes
 * @rest: the list; what is left of it, NULL if nothing is
 * @holes: set to a bit for each hole that the program is to have
 *
 * Return: its name, or NULL after a line that says what is wrong.
 */
char *classes_next(char **rest, unsigned int *holes);

/* The field " classes=NAME[,NAME...]" of these holes; "" if none is a class. */
void classes_write(char text[CLASSES_SIZE], unsigned int holes);

#endif /* _SEAL_CLASSES_H */
