/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gates, one file a door. A gate gathers facts and asks seal_check(); its
 * hook table stands at its foot. gate_X_init() announces the table.
 */
#ifndef _SEAL_GATES_H
#define _SEAL_GATES_H

/* gate_module.c */
int gate_module_init(void);
void gate_module_exit(void);

/* gate_removal.c */
void gate_removal_init(void);

/* gate_memory.c */
void gate_memory_init(void);

/* gate_ioport.c */
void gate_ioport_init(void);

/*
 * The current task is about to become another program: what I/O ports it has
 * stay behind, where there is a hole for them.
 */
void gate_ioport_drop(void);

/* gate_kcore.c */
void gate_kcore_init(void);

/* gate_exec.c, gate_program.c, gate_code.c: with a hole for programs only */
int gate_exec_init(void);
void gate_exec_exit(void);
void gate_program_init(void);
void gate_code_init(void);

#endif /* _SEAL_GATES_H */
