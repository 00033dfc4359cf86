/* app/batch.h - many tasks from a file, a bounded number at once.
 *
 * Purpose:   `supercargo run --batch FILE`: each line is a task, in words or as an object
 *            {"task": words, "inputs": {…}}; empty lines are left out.
 * Contract:  a task that fails does not stop the others; one line (an object with --json)
 *            is printed per task as it ends; the exit code is 0 when all are done.
 * Thread:    loop.
 */
#pragma once

#include "app/app.h"

int sc_batch_run(struct sc_app *app);
