/* codec/json.h - JSON values, exact.
 *
 * Purpose:   hold, read and write JSON without damage: a number leaves as it came
 *            (64-bit integers, 1.0, 1e400, long decimals), a string keeps every
 *            character (U+0000 too), member order is kept, names are case-sensitive.
 *            The only file that knows cJSON, whose nodes hold the tree.
 * Contract:  parsing refuses what is not strict JSON in UTF-8, text after the value,
 *            a repeated member name, and what passes the limits.
 *            Items are borrowed from their root; a root is what parse, copy or a
 *            sc_json_new_* returned and what nobody took. `take_` parameters are taken.
 *            A const tree may be read by several threads.
 * Ownership: sc_json_free(root). NULL is accepted by free and by the getters, which
 *            treat it as "absent".
 * Thread:    any.
 * Errors:    SC_INVALID with line and column.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct sc_json;

enum sc_json_type {
    SC_JSON_NULL,
    SC_JSON_BOOL,
    SC_JSON_NUMBER,
    SC_JSON_STRING,
    SC_JSON_ARRAY,
    SC_JSON_OBJECT
};

struct sc_json_limits {
    size_t max_bytes; /* 0: 64 MiB */
    size_t max_depth; /* 0: 200 */
    size_t max_items; /* 0: 10 million */
};

/* limits may be NULL. NULL on failure, with *err. */
struct sc_json *sc_json_parse(const char *text, size_t len,
        const struct sc_json_limits *limits, struct sc_error *err);
struct sc_json *sc_json_copy(const struct sc_json *item);
void sc_json_free(struct sc_json *root);

/* --- looking --- */

/* NULL counts as SC_JSON_NULL. */
enum sc_json_type sc_json_type(const struct sc_json *item);
const char *sc_json_type_word(enum sc_json_type type); /* "null", "bool", … */
bool sc_json_is(const struct sc_json *item, enum sc_json_type type); /* NULL: false */

/* Member by exact name, element by index from 0; NULL when absent. at is O(index): use
 * first/next to walk. */
struct sc_json *sc_json_get(const struct sc_json *object, const char *name);
struct sc_json *sc_json_at(const struct sc_json *array, size_t index);
size_t sc_json_count(const struct sc_json *container);

struct sc_json *sc_json_first(const struct sc_json *container);
struct sc_json *sc_json_next(const struct sc_json *item);
const char *sc_json_key(const struct sc_json *member); /* NULL outside an object */

/* NOLINTBEGIN(bugprone-macro-parentheses): it declares item */
#define SC_JSON_EACH(item, container) \
    for (struct sc_json *item = sc_json_first(container); item; item = sc_json_next(item))
/* NOLINTEND(bugprone-macro-parentheses) */

bool sc_json_true(const struct sc_json *item); /* is it `true`? */

/* "" unless a string. The text is UTF-8 and ends with NUL; a U+0000 inside is held as
 * the bytes C0 80, so strlen works. */
const char *sc_json_string(const struct sc_json *item);

/* The number's text as it came; "" unless a number. */
const char *sc_json_number(const struct sc_json *item);

/* false when it is not a number, or not exactly representable (1.0 is 1, 1.5 is not an
 * int64; for double: false only on overflow such as 1e400). */
bool sc_json_int(const struct sc_json *item, int64_t *ret_value);
bool sc_json_double(const struct sc_json *item, double *ret_value);

/* Members with a default when absent or of another type. */
const char *sc_json_get_string(
        const struct sc_json *object, const char *name, const char *otherwise);
int64_t sc_json_get_int(
        const struct sc_json *object, const char *name, int64_t otherwise);
bool sc_json_get_bool(const struct sc_json *object, const char *name, bool otherwise);

/* Value equality: 1, 1.0 and 10e-1 are equal, member order does not matter. */
bool sc_json_equal(const struct sc_json *a, const struct sc_json *b);

/* --- building --- */

struct sc_json *sc_json_new_null(void);
struct sc_json *sc_json_new_bool(bool value);
struct sc_json *sc_json_new_int(int64_t value);
struct sc_json *sc_json_new_double(double value); /* shortest exact; not finite: null */
struct sc_json *sc_json_new_number(const char *text); /* must be a JSON number */
/* Bytes that are not UTF-8 become U+FFFD. */
struct sc_json *sc_json_new_string(const char *text);
struct sc_json *sc_json_new_string_len(const char *text, size_t len); /* NULs allowed */
struct sc_json *sc_json_new_array(void);
struct sc_json *sc_json_new_object(void);

/* Adds or replaces; returns the value, now borrowed from object. take_value NULL is a
 * null, here and below. Names are searched one by one. */
struct sc_json *sc_json_set(
        struct sc_json *object, const char *name, struct sc_json *take_value);
struct sc_json *sc_json_append(struct sc_json *array, struct sc_json *take_value);

/* Adds a member known to be new: no search. */
struct sc_json *sc_json_add(
        struct sc_json *object, const char *name, struct sc_json *take_value);

/* Shorthands for sc_json_set with a new value; text NULL sets null. */
void sc_json_set_string(struct sc_json *object, const char *name, const char *text);
void sc_json_set_int(struct sc_json *object, const char *name, int64_t value);
void sc_json_set_bool(struct sc_json *object, const char *name, bool value);

/* Takes a member (or item) out of its parent: the caller owns it. NULL when absent. */
struct sc_json *sc_json_detach(struct sc_json *object, const char *name);
struct sc_json *sc_json_detach_item(struct sc_json *container, struct sc_json *item);

/* --- writing --- */

void sc_json_write(struct sc_buf *out, const struct sc_json *item);
void sc_json_write_pretty(struct sc_buf *out, const struct sc_json *item); /* 2 spaces */
char *sc_json_text(const struct sc_json *item); /* compact, on the heap */

/* Canonical: members sorted by bytes, numbers in one form (so that 1.0, 1 and 10e-1
 * are the same), no white space. Equal values have equal canonical text. */
void sc_json_write_canonical(struct sc_buf *out, const struct sc_json *item);

/* Lower-case hex SHA-256 of the canonical text. */
enum { SC_HASH_TEXT = 65 };
void sc_json_hash(const struct sc_json *item, char ret_hex[SC_HASH_TEXT]);

/* Writes text as a JSON string with quotes (for writers of events). */
void sc_json_write_string(struct sc_buf *out, const char *text, size_t len);
