/* worker/confine.h - what a worker gives up before it reads the first byte of a script.
 *
 * Purpose:   the process as the wall: no files, no other descriptors, no new privileges,
 *            no core, no life after the daemon.
 * Thread:    worker, before anything else.
 * Errors:    SC_INTERNAL when a limit could not be set: the worker must not serve then.
 */
#pragma once

#include "base/error.h"

/* Keeps 0 to 2 and fd; closes the rest. */
enum sc_code sc_confine_begin(int fd, struct sc_error *err);

/* After the loop exists: from now on no descriptor can be opened. */
enum sc_code sc_confine_end(struct sc_error *err);
