/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SEAL_POLICY_H
#define _SEAL_POLICY_H

#include "seal.h"

struct task_struct;

/* The seal only rises. */
enum seal_level {
	LEVEL_NONE,		/* nothing is refused */
	LEVEL_AUDIT,		/* nor now, but all that would be is told */
	LEVEL_PROVING,		/* all is refused; hook.c diverts only itself */
	LEVEL_SEALED,
};

enum door_state { DOOR_SHUT, DOOR_HOLE, DOOR_OPEN };

/**
 * policy_init() - take over the parameters and bind the holes' programs
 *
 * Return: 0 or a negative errno; a line in the log has said why.
 */
int policy_init(void);
void policy_exit(void);

/* All that the hooks' proofs ask for is refused: until the level is raised. */
void policy_prove(void);

/* Raise the level; a lower one than the present is ignored. */
void policy_raise(enum seal_level level);
enum seal_level policy_level(void);

/* Is all let pass, and told? Then nothing is done to what passes, either. */
bool policy_audits(void);

/*
 * Is what is refused now refused for good? With mode=audit not, until
 * policy_harden() says that the seal is about to be raised.
 */
bool policy_is_strict(void);
void policy_harden(bool on);

/**
 * policy_hindered() - something is in the seal's way
 * @err: what it fails with, after a line that says why; or 0
 *
 * Return: @err; with mode=audit 0, after a line that says that it goes on.
 */
int policy_hindered(int err);

/**
 * policy_set_prover() - name the task that tries the doors of a sealed kernel
 * @task: itself, or NULL when it is done
 *
 * Whatever it asks for is refused and neither told nor counted.
 */
void policy_set_prover(struct task_struct *task);

/*
 * Is the current task to be refused whatever it asks? Only for gates that ask
 * seal_check() about few of those who come by.
 */
bool policy_proves(void);

/* When the level became LEVEL_SEALED, seconds since 1970. */
time64_t policy_sealed_since(void);

/* What the parameters make of a door, for hook tables and the status. */
enum door_state policy_door(enum seal_door door);

/* HOLE_NONE where there can be none; /dev/port is not told from /dev/mem. */
enum seal_hole policy_hole(enum seal_door door);

/* Is there anything that can speak for a module's image? */
bool policy_judges_images(void);

/* Would the range that it is about be open to a program with the hole? */
bool policy_range_opens(const struct seal_event *ev);

/**
 * seal_check() - the one question every gate asks
 * @ev: what is being attempted by the current task
 *
 * Decides, tells and counts. May sleep.
 *
 * Return: 0 to let it pass, -EPERM to refuse it; with mode=audit 0, unless the
 * current task tries the doors.
 */
int seal_check(const struct seal_event *ev);

#endif /* _SEAL_POLICY_H */
