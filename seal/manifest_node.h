/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_MANIFEST_NODE_H
#define _SEAL_MANIFEST_NODE_H

struct dentry;

/**
 * manifest_node_publish() - make the file "manifest", if manifests have a say
 * @dir: the seal's directory in securityfs
 *
 * Nobody can open it before the seal is on.
 *
 * Return: 0 or a negative errno, after a line in the log.
 */
int manifest_node_publish(struct dentry *dir);
void manifest_node_withdraw(struct dentry *dir);

#endif /* _SEAL_MANIFEST_NODE_H */
