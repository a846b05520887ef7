/* SPDX-License-Identifier: GPL-2.0 */
/* The seal's files in securityfs, which go when the module does. */
#ifndef _SEAL_NODE_H
#define _SEAL_NODE_H

#include <linux/fs.h>

struct dentry;
struct module;

/* Who owns the operations of such a file, in place of THIS_MODULE. */
extern struct module node_owner;

/**
 * node_create() - make a file
 * @name: its name
 * @mode: its permissions
 * @dir: the seal's directory
 * @fops: owned by node_owner; open calls node_enter(), release node_leave()
 * @node: where to put it
 *
 * Return: 0 or a negative errno, after a line in the log.
 */
int node_create(const char *name, umode_t mode, struct dentry *dir,
		const struct file_operations *fops, struct dentry **node);

/* Takes it away; nothing is done if it is NULL. node_await() must follow. */
void node_remove(struct dentry *node, struct dentry *dir);

/**
 * node_enter() - an open file keeps the module
 *
 * Return: 0, or -ENODEV if it is about to go.
 */
int node_enter(void);
void node_leave(void);

/*
 * Waits until nobody is in the operations of a file that was removed, on his way
 * into them or out. Who has one open keeps the module from getting here.
 */
void node_await(void);

#endif /* _SEAL_NODE_H */
