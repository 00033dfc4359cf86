/* lua/lib_base.c - the basic functions, and the libraries taken over as they are. */
#include <lualib.h>
#include <string.h>

#include "lua/fiber.h"
#include "lua/lib.h"
#include "lua/state.h"

enum { MAX_NESTING = 180 };

void sc_lua_add_library(lua_State *L, const char *name)
{
    sc_lua_freeze(L, -1);
    lua_remove(L, -2);
    lua_setfield(L, 1, name);
}

/* --- pcall and xpcall that cannot hold off the end of a run --- */

static bool is_final(lua_State *L, int status)
{
    struct sc_lua *lua = sc_lua_of(L);

    if (status == LUA_ERRMEM)
        sc_lua_kill(lua, L, SC_NO_MEMORY);
    return lua->meter && lua->meter->killed;
}

/* In a fiber nothing else bounds the depth, and Lua's unwinding takes the square of it.
 */
static void enter_protected(lua_State *L)
{
    int *nesting = sc_fiber_nesting(L);

    if (nesting && ++*nesting > MAX_NESTING) {
        --*nesting;
        luaL_error(L, "too many protected calls inside each other");
    }
}

static void leave_protected(lua_State *L)
{
    int *nesting = sc_fiber_nesting(L);

    if (nesting)
        --*nesting;
}

static int finish_pcall(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    leave_protected(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        if (is_final(L, status))
            return lua_error(L);
        lua_pushboolean(L, false);
        lua_insert(L, -2);
        return 2;
    }
    return lua_gettop(L); /* true was put below the function */
}

/* pcall(f, …) -> true, … | false, err */
static int l_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    enter_protected(L);
    lua_pushboolean(L, true);
    lua_insert(L, 1);
    return finish_pcall(
            L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall), 0);
}

static int after_handler(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    return lua_gettop(L) - 1; /* handler, false, … */
}

/* The handler runs after unwinding, as a plain call, so never with hooks off. */
static int finish_xpcall(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    leave_protected(L);
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - 1; /* handler, true, … */
    if (is_final(L, status))
        return lua_error(L);
    lua_pushboolean(L, false);
    lua_replace(L, 2);
    lua_pushvalue(L, 1);
    lua_insert(L, 3);
    lua_callk(L, 1, LUA_MULTRET, 0, after_handler);
    return after_handler(L, LUA_OK, 0);
}

/* xpcall(f, handler, …) -> true, … | false, what handler(err) returns */
static int l_xpcall(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    enter_protected(L);
    lua_pushvalue(L, 2);
    lua_pushboolean(L, true);
    lua_rotate(L, 1, 2); /* handler, true, f, handler, … */
    lua_remove(L, 4);
    return finish_xpcall(
            L, lua_pcallk(L, lua_gettop(L) - 3, LUA_MULTRET, 0, 0, finish_xpcall), 0);
}

/* --- metatables: a private copy of what is allowed --- */

static const char *const events[] = { "__index", "__newindex", "__call", "__tostring",
    "__len", "__eq", "__lt", "__le", "__concat", "__unm", "__add", "__sub", "__mul",
    "__div", "__mod", "__pow", "__idiv", "__name", "__pairs" };
static const char *const refused[] = { "__gc", "__mode", "__close", "__metatable" };

/* setmetatable(t, meta): later changes of meta's events have no effect */
static int l_setmetatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(
            L, lua_isnoneornil(L, 2) || lua_istable(L, 2), 2, "nil or table expected");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL && lua_isboolean(L, -1))
        return luaL_error(L, "this table's metatable cannot be changed");
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_setmetatable(L, 1);
        return 1;
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        lua_pushstring(L, refused[i]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "%s is not possible here", refused[i]);
        lua_pop(L, 1);
    }
    lua_createtable(L, 0, 4);
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        lua_pushstring(L, events[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, 2);
        lua_rawset(L, 3);
    }
    lua_pushvalue(L, 2);
    lua_setfield(L, 3, "__metatable"); /* getmetatable gives the script its own */
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

/* getmetatable(t): of tables only, so that none is shared */
static int l_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_istable(L, 1) && luaL_getmetafield(L, 1, "__metatable") == LUA_TTABLE)
        return 1;
    lua_pushnil(L);
    return 1;
}

/* --- text of values --- */

void sc_lua_tostring(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        if (!lua_isstring(L, -1))
            luaL_error(L, "'__tostring' must return a string");
    } else if (lua_isstring(L, index) || lua_isnil(L, index) || lua_isboolean(L, index)) {
        luaL_tolstring(L, index, NULL);
    } else if (lua_islightuserdata(L, index)) {
        lua_pushliteral(L, "null");
    } else {
        lua_pushstring(L, luaL_typename(L, index));
    }
    lua_replace(L, index);
}

/* tostring(v): without addresses */
static int l_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    sc_lua_tostring(L, 1);
    return 1;
}

/* Copies the named functions from the table on top of the stack to the one below. */
static void pick(lua_State *L, const char *const *names)
{
    for (; *names; names++) {
        lua_getfield(L, -1, *names);
        lua_setfield(L, -3, *names);
    }
}

int sc_luaopen_base(lua_State *L)
{
    static const char *const names[] = { "assert", "error", "ipairs", "next", "pairs",
        "rawequal", "rawget", "rawlen", "select", "tonumber", "type", NULL };
    static const luaL_Reg functions[] = { { "pcall", l_pcall }, { "xpcall", l_xpcall },
        { "setmetatable", l_setmetatable }, { "getmetatable", l_getmetatable },
        { "tostring", l_tostring }, { NULL, NULL } };

    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 0); /* fills the real globals, which go away at the end */
    lua_settop(L, 1);
    lua_pushglobaltable(L);
    pick(L, names);
    lua_settop(L, 1);
    luaL_setfuncs(L, functions, 0);
    return 0;
}

/* math without chance (a plan must come out the same twice), and utf8 */
int sc_luaopen_math(lua_State *L)
{
    static const char *const math[] = { "abs", "ceil", "cos", "exp", "floor", "fmod",
        "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "sin",
        "sqrt", "tan", "tointeger", "type", "ult", NULL };
    static const char *const utf8[] = { "char", "charpattern", "codepoint", "codes",
        "len", "offset", NULL };

    lua_newtable(L);
    lua_pushcfunction(L, luaopen_math);
    lua_call(L, 0, 1);
    pick(L, math);
    lua_pop(L, 1);
    sc_lua_add_library(L, "math");
    lua_newtable(L);
    lua_pushcfunction(L, luaopen_utf8);
    lua_call(L, 0, 1);
    pick(L, utf8);
    lua_pop(L, 1);
    sc_lua_add_library(L, "utf8");
    return 0;
}
