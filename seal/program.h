/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_PROGRAM_H
#define _SEAL_PROGRAM_H

#include "seal.h"

struct inode;
struct path;
struct seq_file;

/**
 * program_bind_loaders(), program_bind_drivers() - find the programs of
 * parameter insmod, of parameter mem_allow, and take hold of the files
 * @list: "/path[,/path...]"; for drivers also bare names, and classes
 *	(classes.h); or NULL
 *
 * Each file is held (vouched.h), so that neither its inode number is used again
 * nor its content changes.
 *
 * Return: 0 or a negative errno, after a line naming path and reason; what
 * was bound so far is then left to program_unbind().
 */
int program_bind_loaders(const char *list);
int program_bind_drivers(const char *list);
void program_unbind(void);

/* With mode=audit: the files are closed to writers when the seal is raised. */
int program_harden(void);
void program_soften(void);

/**
 * program_check() - can their libraries be told from others?
 *
 * To be called when the list of parameter programs has been taken in.
 *
 * Return: 0, or a negative errno after a line that says what to run.
 */
int program_check(void);

/* Is there any; of raw hardware, of whatever class; at all? */
bool program_exists(enum seal_hole hole);
bool program_exists_driver(void);
bool program_exists_any(void);

/**
 * program_holes() - for which holes is that file a program?
 * @inode: the file's
 *
 * Where the live list of programs has a file at a program's path, that file is
 * the program.
 *
 * Return: a bit for each hole.
 */
unsigned int program_holes(const struct inode *inode);

/* Is it one that was bound when the seal came; and still what it was then? */
bool program_has_file(const struct inode *inode);
bool program_file_intact(const struct inode *inode);

/*
 * Visit their files, or the names that the parameters have for them, at seal
 * time, until one visit does not return 0.
 */
int program_each_file(int (*visit)(const struct path *path, const char *name));
int program_each_name(int (*visit)(const char *param, const char *name));

/* One line for each: in the status, in the log. */
void program_show(struct seq_file *m);
void program_announce(void);

#endif /* _SEAL_PROGRAM_H */
