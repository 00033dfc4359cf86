/* plan/infer.h - types through expressions.
 *
 * Purpose:   follow what an expression of a step reads, and report fields and enum words
 *            that do not exist.
 * Contract:  steps are entered in the order of their edges, so that a step's type is
 *            known before it is read. Each expression is followed once; locals and the
 *            parameters of functions given to helpers have types too.
 * Ownership: borrows plan, registry and inputs; types live in the arena.
 * Thread:    that of the plan.
 */
#pragma once

#include "plan/expr.h"
#include "plan/plan.h"
#include "plan/types.h"

struct sc_infer {
    struct sc_arena *arena;
    const struct sc_plan *plan;
    const struct sc_plan_scope *scope;
    const struct sc_type **steps;  /* by index; NULL: not known yet */
    const struct sc_step *step;    /* whose names are bound, or NULL */
    const struct sc_type *element; /* of its `each`, when that is one list; or NULL */
    const struct sc_type_field *elements; /* of its `each`, by name */
    void (*report)(void *arg, const char *sentence);
    void *arg;
};

const struct sc_type *sc_infer_expr(struct sc_infer *infer, struct sc_node *node);

/* The type of a string of a plan, its expressions followed. */
const struct sc_type *sc_infer_text(struct sc_infer *infer, const char *text);

/* Sets `elements` of the step and notes the type of its result. */
void sc_infer_elements(struct sc_infer *infer, const struct sc_step *step);
void sc_infer_result(struct sc_infer *infer, size_t step_index);
