/* plan/infer_parts.h - what the files of plan/infer.h share; nobody else includes this.
 *
 * Purpose:   keep calls of helpers (infer_call.c) apart from the rest of the language.
 * Thread:    that of the plan.
 */
#pragma once

#include "plan/infer.h"

void sc_infer_report(struct sc_infer *in, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

/* "sheet.rows[1]" for a chain, "first(…)" for a call, "this value" for anything else. */
void sc_infer_describe(struct sc_buf *out, const struct sc_node *node);
void sc_infer_no_field(struct sc_infer *in, const struct sc_node *of,
        const struct sc_type *type, const char *name);

/* Is it this name, and no local? */
bool sc_infer_is_free(const struct sc_node *node, const char *name);

void sc_infer_wrong_word(struct sc_infer *in, const char *what,
        const struct sc_json *words, const char *word);
bool sc_infer_has_word(const struct sc_json *words, const char *word);

void sc_infer_list(struct sc_infer *in, struct sc_node *list);

/* What a block gives, when that is plain: its only statement returns one value. */
const struct sc_type *sc_infer_block(struct sc_infer *in, struct sc_stat *stat);
const struct sc_type *sc_infer_call(struct sc_infer *in, struct sc_node *node);
