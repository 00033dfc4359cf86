/* lua/define.h - `tool {…}`, `agent {…}`, `config {…}` and what they become.
 *
 * Purpose:   the vocabulary of definition files; from a Lua table to descriptor JSON.
 * Thread:    worker.
 * Errors:    SC_SCRIPT.
 */
#pragma once

#include <lua.h>

#include "base/buf.h"
#include "base/error.h"

/* Adds the words of that kind of file to the table at env. May raise. */
void sc_define_words(lua_State *L, const char *kind, int env);

/* Writes the definition on top of the stack as JSON: fields as they are, "functions", and
 * "builtin" when that is its run. Raises nothing. */
enum sc_code sc_define_write(lua_State *L, const char *kind, const char *path,
        struct sc_buf *out, struct sc_error *err);

/* Is the value at index what pending{…} returned? */
bool sc_define_is_pending(lua_State *L, int index);
