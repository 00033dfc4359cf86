/* plan/types.h - what is known of a value before a plan runs.
 *
 * Purpose:   find a field that a result does not have, and a word that an enum does not
 *            have, from the `returns` schemas that tools declare.
 * Contract:  a type says less than the schema, never more: what is not sure is ANY. An
 *            object whose schema names properties has no others unless it says so.
 * Ownership: types live in the arena; schemas are borrowed.
 * Thread:    that of the owner of the arena.
 */
#pragma once

#include "codec/json.h"
#include "plan/arena.h"
#include "tool/near.h"

enum sc_type_kind {
    SC_TYPE_ANY,
    SC_TYPE_BOOL,
    SC_TYPE_NUMBER,
    SC_TYPE_TEXT,
    SC_TYPE_LIST,
    SC_TYPE_OBJECT
};

struct sc_type;

/* A field that the schema does not have: the element of an each step, `failed`, … */
struct sc_type_field {
    const char *name;
    const struct sc_type *type;
    const struct sc_type_field *next;
};

struct sc_type {
    enum sc_type_kind kind;
    const struct sc_json *schema;  /* or NULL */
    const struct sc_json *root;    /* what its $refs point into */
    const struct sc_type *element; /* of a list, when schema does not say */
    const struct sc_type_field *fields;
    bool open; /* an object that may have fields nobody knows */
};

extern const struct sc_type sc_type_any, sc_type_bool, sc_type_number, sc_type_text;

/* "a number", "a list", … */
const char *sc_type_word(enum sc_type_kind kind);

const struct sc_type *sc_type_of_schema(
        struct sc_arena *arena, const struct sc_json *schema, const struct sc_json *root);
const struct sc_type *sc_type_list_of(
        struct sc_arena *arena, const struct sc_type *element);
const struct sc_type *sc_type_of_literal(
        struct sc_arena *arena, const struct sc_json *value);

/* ANY when it is not known; for something that is no list too. */
const struct sc_type *sc_type_element(struct sc_arena *arena, const struct sc_type *type);

/* NULL when the value surely has no such field. */
const struct sc_type *sc_type_get(
        struct sc_arena *arena, const struct sc_type *type, const char *name);

/* Offers all fields of the type to a guess. */
void sc_type_guess(const struct sc_type *type, struct sc_near *near);

/* The type if both are of one kind, else ANY. */
const struct sc_type *sc_type_either(const struct sc_type *a, const struct sc_type *b);

/* The words that a text may be, or NULL. */
const struct sc_json *sc_type_words(const struct sc_type *type);

/* The schema that a $ref into root leads to, or the schema itself. */
const struct sc_json *sc_schema_deref(
        const struct sc_json *schema, const struct sc_json *root);
