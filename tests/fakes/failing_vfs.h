/* fakes/failing_vfs.h - a disk that fails when told to.
 *
 * Purpose:   SQLite's default VFS with a fault at the n-th write, sync or open, once or
 *            from then on.
 * Contract:  install before the first connection; arm and disarm as often as needed, also
 *            while connections are open.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum sc_vfs_fault {
    SC_VFS_WRITE, /* I/O error while writing */
    SC_VFS_FULL,  /* no space while writing */
    SC_VFS_SYNC,  /* I/O error while making durable */
    SC_VFS_OPEN   /* a file cannot be opened */
};

void sc_failing_vfs_install(void);

/* The nth from now (from 1) fails; with forever: and all after it. */
void sc_failing_vfs_arm(enum sc_vfs_fault fault, int64_t nth, bool forever);
void sc_failing_vfs_disarm(void);

/* How many have failed since it was armed. */
int64_t sc_failing_vfs_fired(void);
