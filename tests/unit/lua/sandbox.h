/* What the tests of helpers share: a sandbox, and expressions in it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "base/mem.h"
#include "lua/lib.h"
#include "lua/state.h"

enum { NAMES = 1 }; /* place on the stack of the state */

/* A state in which names are looked up as a tool does. */
static inline int sandbox_open(void **state)
{
    struct sc_error err;
    struct sc_lua *lua = sc_lua_new(0, &err);

    assert_non_null(lua);
    sc_lua_push_env(lua->L);
    *state = lua;
    return 0;
}

static inline int sandbox_close(void **state)
{
    sc_lua_free(*state);
    return 0;
}

/* From here on names are looked up as a plan of this person does. */
static inline void sandbox_be(void **state, const char *zone, const char *language)
{
    lua_State *L = ((struct sc_lua *)*state)->L;

    sc_lua_bind_dates(L, NAMES, zone);
    sc_lua_bind_fmt(L, NAMES, language);
}

/* Leaves the value of an expression, or the error, on top. */
static inline bool sandbox_run(struct sc_lua *lua, const char *expression)
{
    struct sc_meter meter = { .cpu_ns_limit = INT64_C(5000000000) };
    char *source = sc_strdupf("return %s", expression);
    lua_State *L = lua->L;
    struct sc_error err;
    bool ok;

    lua_settop(L, NAMES);
    if (sc_lua_compile(L, source, strlen(source), "=test", NAMES, &err) != SC_OK)
        fail_msg("%s: %s", expression, err.msg);
    free(source);
    sc_lua_enter(lua, L, &meter);
    ok = lua_pcall(L, 0, 1, 0) == LUA_OK;
    sc_lua_leave(lua);
    return ok;
}

/* The value as json.encode writes it. */
static inline void expect(void **state, const char *expression, const char *wanted)
{
    struct sc_lua *lua = *state;
    char *encoded = sc_strdupf("json.encode(%s)", expression);
    bool ok = sandbox_run(lua, encoded);

    free(encoded);
    if (!ok || strcmp(lua_tostring(lua->L, -1), wanted) != 0)
        fail_msg("%s is %s, not %s", expression, lua_tostring(lua->L, -1), wanted);
}

/* The whole sentence, without the place before it. */
static inline void expect_error(void **state, const char *expression, const char *wanted)
{
    struct sc_lua *lua = *state;
    bool ok = sandbox_run(lua, expression);
    const char *text = luaL_tolstring(lua->L, -1, NULL);

    if (strncmp(text, "test:1: ", 8) == 0)
        text += 8;
    if (ok || strcmp(text, wanted) != 0)
        fail_msg("%s is %s '%s', not the error '%s'", expression, ok ? "" : "the error",
                text, wanted);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, sandbox_open, sandbox_close)
