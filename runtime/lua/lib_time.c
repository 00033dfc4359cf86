/* lua/lib_time.c - Lua module `time`: time.sleep(seconds). */
#include <lauxlib.h>

#include "loop/timer.h"
#include "lua/fiber.h"
#include "lua/lib.h"

static int push_true(lua_State *L, struct sc_op *op)
{
    (void)op;
    lua_pushboolean(L, true);
    return 1;
}

/* time.sleep(seconds) -> true | nil, err */
static int l_sleep(lua_State *L)
{
    lua_Number sec = luaL_checknumber(L, 1);
    struct sc_op *op;

    luaL_argcheck(L, sec >= 0, 1, "must not be negative");
    op = sc_sleep_start(
            sc_fiber_scope(L), (uint64_t)(sec * 1000), sc_fiber_on_done, sc_fiber_arg(L));
    return sc_fiber_await(L, op, push_true);
}

static const luaL_Reg functions[] = {
    { "sleep", l_sleep },
    { NULL, NULL },
};

int sc_luaopen_time(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
