/* app/request.h - from what a person typed to what exec runs.
 *
 * Purpose:   find the agent, the routine and its inputs, or decide that a model must
 *            plan; check the files; then run, ask on the terminal, and report.
 * Ownership: the request owns what it makes; the app is borrowed.
 * Thread:    loop.
 * Errors:    SC_INVALID, SC_NOT_FOUND with a sentence that names the mend.
 */
#pragma once

#include "app/app.h"

struct sc_request {
    struct sc_task_spec spec;
    struct sc_json *inputs, *files, *shapes, *memory, *env, *origin;
    struct sc_json *plan;    /* of the routine, in the reader's words; or NULL */
    struct sc_json *nearest; /* phrases of routines, when nothing does what was said */
    char *words, *out_dir;
    const struct sc_routine *routine; /* NULL: planned by a model */
};

/* words may be NULL: those of the command line. */
enum sc_code sc_request_of_words(struct sc_request *request, struct sc_app *app,
        const char *words, struct sc_error *err);
enum sc_code sc_request_of_routine(struct sc_request *request, struct sc_app *app,
        const struct sc_routine *routine, struct sc_error *err);
/* A plan given as it is (not taken; it must outlive the request). */
enum sc_code sc_request_of_plan(struct sc_request *request, struct sc_app *app,
        const char *words, const struct sc_json *plan, struct sc_error *err);
void sc_request_release(struct sc_request *request);

/* Says why there is no request, and what comes nearest; returns the exit code. */
int sc_request_refuse(const struct sc_app *app, const struct sc_request *request,
        const struct sc_error *err);

/* Runs to the end, a wait or Ctrl-C; prints the report; returns the exit code. */
int sc_request_run(struct sc_app *app, const struct sc_request *request);

/* Goes on with a task; or, with cancel, ends it (its `finally` steps still run). */
int sc_request_resume(struct sc_app *app, const char *task_id, bool cancel);
