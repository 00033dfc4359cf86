/* app/task_id.h - the task that a person means.
 *
 * Purpose:   the whole id of a task from its beginning.
 * Ownership: the caller frees.
 * Thread:    loop.
 * Errors:    SC_NOT_FOUND, SC_CONFLICT.
 */
#pragma once

#include "app/app.h"

/* NULL with *err. */
char *sc_task_id_whole(struct sc_app *app, const char *beginning, struct sc_error *err);
