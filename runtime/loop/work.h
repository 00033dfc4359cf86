/* loop/work.h - a function on the thread pool, as an op.
 *
 * Purpose:   keep blocking or long work (files, spreadsheets, hashing) off the loop.
 * Contract:  as loop/op.h. work runs on a pool thread, once; it sees data and nothing
 *            else of the loop's. Work that has not begun when it is cancelled never
 *            runs; work that runs is not interrupted: done then brings its result.
 * Ownership: data is the caller's and must stay until done, which is where to free it.
 * Thread:    loop; work itself: any.
 */
#pragma once

#include "loop/op.h"

/* Fills *err and returns its code when it fails. */
typedef enum sc_code sc_work_fn(void *data, struct sc_error *err);

struct sc_op *sc_work_start(struct sc_scope *scope, sc_work_fn *work, void *data,
        sc_op_done_fn *done, void *arg);
