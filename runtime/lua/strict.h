/* lua/strict.h - data that says so when a member that it does not have is read.
 *
 * Purpose:   in a plan, a misspelt field must not read as nil and quietly choose nothing.
 * Contract:  a member that was null in the JSON, or that another row of the same list
 *            has, reads as nil. Within default(…) everything missing does.
 * Thread:    worker.
 */
#pragma once

#include <stdbool.h>

#include <lua.h>

#include "codec/json.h"

/* The table on top of the stack came from this object. */
void sc_lua_strict_object(lua_State *L, const struct sc_json *item);
bool sc_lua_is_strict_object(lua_State *L, int index);

/* The list on top of the stack came from this array: its objects become rows that know
 * of each other. */
void sc_lua_strict_rows(lua_State *L, const struct sc_json *item);

/* Stack: list, members. Pops the members, which the list then has as fields. */
void sc_lua_strict_list(lua_State *L);
