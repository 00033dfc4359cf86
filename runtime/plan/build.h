/* plan/build.h - what the files that read a plan share; nobody else includes this.
 *
 * Purpose:   collect all errors of a plan, each with its place, while its structs are
 *            filled.
 * Ownership: everything hangs from the own_plan's arena and JSON.
 * Thread:    that of the plan.
 */
#pragma once

#include "base/map.h"
#include "plan/plan.h"
#include "plan/template.h"

enum {
    SC_PLAN_MAX_STEPS = 10000,
    SC_PLAN_MAX_ERRORS = 40,
    SC_PLAN_MAX_SAY = 2000,
    SC_PLAN_MAX_TEXT = 20000
};

struct own_plan {
    struct sc_plan plan;
    struct sc_arena arena;
    struct sc_json *json;
    struct sc_map index_of; /* step id -> size_t, in the arena */
    size_t step_cap;
};

struct build {
    struct own_plan *own;
    struct sc_json *errors; /* array of sentences */
    const char *where;      /* "step 'paid'", "gates[1]", "answer" */
};

/* "where, field: sentence", unless there are too many already. field may be NULL. */
void sc_build_error(struct build *b, const char *field, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/* A field that is none of names (NULL-terminated) is an error that names the nearest. */
void sc_build_known(
        struct build *b, const struct sc_json *object, const char *const *names);

/* A text of at most max bytes, or NULL with an error; absent is NULL without one. */
const char *sc_build_text(
        struct build *b, const struct sc_json *object, const char *name, size_t max);

/* An expression `=…`, or NULL with an error when it is something else. */
const struct sc_json *sc_build_expr(
        struct build *b, const struct sc_json *object, const char *name);

/* Fills one step from its JSON, all but edges. */
void sc_build_step(struct build *b, struct sc_step *step, const struct sc_json *json);

/* The edges of a step, gate; for other templates only the names are checked. */
void sc_build_step_edges(struct build *b, size_t index);
void sc_build_gate_edges(struct build *b, struct sc_gate *gate);
void sc_build_names(
        struct build *b, const struct sc_json *template_json, const char *root);
