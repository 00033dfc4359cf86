/* codec/schema_run.h - checking a value against a compiled schema; for schema_*.c only.
 *
 * Purpose:   the state of one check: where we are in the value, which resources we came
 *            through, what has been said.
 * Contract:  a rule that fails calls sc_schema_say once, or lets a subschema do so. While
 *            run->quiet is above 0 nothing is kept: `not`, `if`, and the first look at
 *            the branches of anyOf.
 * Ownership: all of it lives on the stack of the check.
 * Thread:    that of the caller.
 */
#pragma once

#include "codec/schema_node.h"

/* A value and the way to it. */
struct sc_schema_at {
    const struct sc_json *value;
    const struct sc_schema_at *outer; /* NULL: the root */
    const char *key;                  /* in the outer object, or NULL */
    size_t index;                     /* in the outer array, or SC_SCHEMA_NAME */
    bool *seen;                       /* by child: evaluated already? NULL: nobody asks */
};

enum { SC_SCHEMA_MAX_DEPTH = 1000, SC_SCHEMA_MAX_STEPS = 20000000 };
#define SC_SCHEMA_NAME SIZE_MAX /* index of the name of a member of the outer value */

/* The resources that the check came through, innermost first. */
struct sc_schema_scope {
    const struct sc_schema_resource *resource;
    const struct sc_schema_scope *outer;
};

struct sc_schema_run {
    const struct sc_schema *schema;
    const char *root;
    struct sc_json *errors; /* array of sentences */
    size_t max_errors;
    const struct sc_schema_scope *scope;
    size_t quiet, depth, steps;
    bool gave_up; /* too deep or too long: invalid, whatever anyOf and not make of it */
};

bool sc_schema_check_node(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at);

/* Marks the i-th child as evaluated. */
static inline void sc_schema_mark(const struct sc_schema_at *at, size_t i)
{
    if (at->seen)
        at->seen[i] = true;
}

/* --- sentences (schema_say.c) --- */

/* Adds "<place>: <sentence>"; always false. */
bool sc_schema_say(struct sc_schema_run *run, const struct sc_schema_at *at,
        const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same, ending in ", is <the value>". */
bool sc_schema_say_is(struct sc_schema_run *run, const struct sc_schema_at *at,
        const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* `"text"`, `12`, `a list of 3`; cut when long. */
void sc_schema_describe(struct sc_buf *out, const struct sc_json *value);

/* `'a', 'b' or 'c'` of the strings in the array, or of an object's keys; cut when long.
 */
void sc_schema_list(struct sc_buf *out, const struct sc_json *names, const char *last);

/* The key of object, or the string of array, that is nearest to name, or NULL. */
const char *sc_schema_nearest(const char *name, const struct sc_json *names);

/* "must be a number or null, is …" of an array of type words. */
bool sc_schema_say_types(struct sc_schema_run *run, const struct sc_schema_at *at,
        const struct sc_json *types);

/* That none of the rule's nodes fits, and what each of the first few finds wrong. */
bool sc_schema_say_branches(struct sc_schema_run *run, const struct sc_schema_at *at,
        const struct sc_schema_rule *rule);

/* --- rules by family --- */

sc_schema_check_fn sc_schema_check_ref, sc_schema_check_dynamic_ref;
sc_schema_check_fn sc_schema_check_all_of, sc_schema_check_any_of, sc_schema_check_one_of,
        sc_schema_check_not, sc_schema_check_if;
sc_schema_check_fn sc_schema_check_type, sc_schema_check_enum, sc_schema_check_const;
sc_schema_check_fn sc_schema_check_minimum, sc_schema_check_maximum,
        sc_schema_check_exclusive_minimum, sc_schema_check_exclusive_maximum,
        sc_schema_check_multiple_of;
sc_schema_check_fn sc_schema_check_length, sc_schema_check_pattern,
        sc_schema_check_format;
sc_schema_check_fn sc_schema_check_item_count, sc_schema_check_unique,
        sc_schema_check_items, sc_schema_check_contains,
        sc_schema_check_unevaluated_items;
sc_schema_check_fn sc_schema_check_required, sc_schema_check_member_count,
        sc_schema_check_dependent_required, sc_schema_check_members,
        sc_schema_check_names, sc_schema_check_dependent,
        sc_schema_check_unevaluated_members;

/* Is value of a type of JSON Schema ("integer" among them)? */
bool sc_schema_is_type(const struct sc_json *value, const char *type);

/* --- formats (schema_format.c) --- */

/* NULL when text is of the format, or the format is not one that is checked; otherwise
 * what it ought to be ("a date such as 2026-11-23"). */
const char *sc_schema_format(const char *format, const char *text);
