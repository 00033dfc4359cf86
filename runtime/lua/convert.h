/* lua/convert.h - JSON <-> Lua values.
 *
 * Purpose:   carry data across without damage.
 * Contract:  in: integers of 64 bits stay integers, 1.0 stays a float that leaves as 1.0.
 *            A number that a double cannot hold (more than 17 significant digits, 1e400)
 *            comes as a text. A null member is absent; a null element is json.null.
 *            An empty list is marked, so that it leaves as a list.
 *            out: a table with keys 1..n is a list, with texts as keys an object; an
 *            empty table is an object unless marked by json.array{} (in expressions: a
 *            list unless it came as an object). NaN, infinity, functions, mixed keys and
 *            holes are refused, and the place is named.
 * Ownership: nothing is kept.
 * Thread:    worker.
 * Errors:    SC_INVALID.
 */
#pragma once

#include <lua.h>

#include "codec/json.h"

enum sc_convert_flags {
    SC_CONVERT_FROZEN = 1,      /* in: tables are read-only */
    SC_CONVERT_STRICT = 2,      /* in: reading a member that is not there raises */
    SC_CONVERT_EMPTY_LISTS = 4, /* out: an unmarked empty table is a list */
};

/* Pushes the value. May raise (memory). */
void sc_lua_push_json(lua_State *L, const struct sc_json *item, unsigned flags);

/* Appends the value at index as JSON text. Runs no Lua code and does not raise; on
 * failure the buffer holds a part. Member order is that of the bytes of the names. where
 * names the value in errors ("args"); places in it count from 0, as in all JSON. */
enum sc_code sc_lua_write_json(lua_State *L, int index, unsigned flags, const char *where,
        struct sc_buf *out, struct sc_error *err);

/* The shortest text of a finite double that reads back the same, with ".0" when it would
 * look like an integer. */
enum { SC_DOUBLE_TEXT = 40 };
void sc_lua_double_text(double value, char ret_text[SC_DOUBLE_TEXT]);

/* Pushes an empty buffer that no error leaks: the collector releases it. */
struct sc_buf *sc_lua_push_buf(lua_State *L);

/* Pushes json.null. */
void sc_lua_push_null(lua_State *L);

/* Marks the table on top of the stack as a list. */
void sc_lua_mark_array(lua_State *L);
