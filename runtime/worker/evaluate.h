/* worker/evaluate.h - the worker's side of plan/evaluate.h: expressions in a sandbox.
 *
 * Purpose:   compute the templates of a request for each of its rows. Only the plan's
 *            own text is ever compiled; compiled expressions are kept.
 * Contract:  one state for all requests of a worker: its globals are frozen and every
 *            request has names of its own, so that none sees another. A request runs in
 *            turns, with a budget of steps and of time.
 * Ownership: the caller embeds struct sc_evaluate and keeps it, and the request, until
 *            its scope is empty.
 * Thread:    worker.
 * Errors:    SC_SCRIPT (an expression does not compile), SC_TIMEOUT, SC_NO_MEMORY. What
 *            goes wrong in a row is in that row's answer.
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"
#include "lua/state.h"
#include "worker/program.h"

struct sc_evaluation;

struct sc_evaluation *sc_evaluation_new(size_t memory_limit);
void sc_evaluation_free(struct sc_evaluation *evaluation);

struct sc_evaluate {
    const struct sc_json *request; /* the caller's */
    struct sc_meter meter;
    struct sc_buf result; /* {"rows": […], "asked": […]} */

    /* the rest is internal */
    struct sc_lua *lua;
    struct sc_program *program;
    const struct sc_json *row; /* the next element of "each" */
    struct sc_error err;
    struct sc_buf asked; /* by done(), and not known */
    size_t at;           /* the instruction that runs */
    size_t row_start;    /* in result */
    size_t entry_start;
    bool rows_begun, in_row;
};

struct sc_op *sc_evaluate_start(struct sc_evaluation *evaluation, struct sc_scope *scope,
        struct sc_evaluate *evaluate, sc_op_done_fn *done, void *arg);
void sc_evaluate_release(struct sc_evaluation *evaluation, struct sc_evaluate *evaluate);
