/* plan/check.h - what the files of the static check share; nobody else includes this.
 *
 * Purpose:   collect what is wrong with a plan against tools, each with its place.
 * Thread:    that of the plan.
 */
#pragma once

#include "plan/infer.h"

enum { SC_CHECK_MAX_ERRORS = 40 };

struct check {
    struct sc_arena arena;
    struct sc_infer infer;
    struct sc_json *errors;
    const char *where; /* "step 'paid'" or "gates[0]" */
    const char *field; /* "args.amount", "where", or NULL */
};

/* "where, field: sentence"; the same sentence is not said twice. */
void sc_check_error(struct check *c, const char *field, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/* The type of a string of the plan; what is wrong in it is reported at field. */
const struct sc_type *sc_check_text(struct check *c, const char *field, const char *text);

/* Every string of a template. */
void sc_check_template(
        struct check *c, const struct sc_json *template_json, const char *root);

/* Arguments against the tool's params: literals fully, expressions by type. */
void sc_check_args(
        struct check *c, const struct sc_step *step, const struct sc_tool *tool);
