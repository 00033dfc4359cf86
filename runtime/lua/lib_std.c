/* lua/lib_std.c - the helpers: std/std.lua, and what of them is written in C. */
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "lua/convert.h"
#include "lua/lib.h"
#include "lua/number.h"
#include "lua/state.h"

extern const char sc_std_lua[];
extern const size_t sc_std_lua_len;

static const char std_key; /* its address: set once std.lua has run */

/* text(number | string): as it would be written in JSON */
static int l_text(lua_State *L)
{
    char text[SC_DOUBLE_TEXT];

    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER && !lua_isinteger(L, 1)) {
        double value = lua_tonumber(L, 1);

        sc_lua_double_text(value, text);
        lua_pushstring(L, text);
        return 1;
    }
    sc_lua_tostring(L, 1);
    return 1;
}

static int l_trim(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);

    while (len > 0 && strchr(" \t\r\n", text[len - 1]) && text[len - 1])
        len--;
    while (len > 0 && strchr(" \t\r\n", *text) && *text) {
        text++;
        len--;
    }
    lua_pushlstring(L, text, len);
    return 1;
}

/* Compiled when a script first uses a helper: most never do. */
static int load_std(lua_State *L)
{
    static const luaL_Reg native[] = { { "text", l_text }, { "trim", l_trim },
        { "sum", sc_lua_sum }, { "join", sc_lua_join }, { NULL, NULL } };
    struct sc_error err;

    lua_settop(L, 1); /* the globals */
    if (sc_lua_compile(L, sc_std_lua, sc_std_lua_len, "=std", 1, &err) != SC_OK)
        return luaL_error(L, "%s", err.msg);
    luaL_newlib(L, native);
    luaL_setfuncs(L, sc_lua_money_natives, 0);
    lua_call(L, 1, 1);
    for (lua_pushnil(L); lua_next(L, 2);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 1);
    }
    return 0;
}

bool sc_lua_load_std(lua_State *L, int globals)
{
    globals = lua_absindex(L, globals);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &std_key) != LUA_TNIL) {
        lua_pop(L, 1);
        return false;
    }
    lua_pop(L, 1);
    lua_pushboolean(L, true);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &std_key);
    lua_pushcfunction(L, load_std);
    lua_pushvalue(L, globals);
    lua_call(L, 1, 0);
    return true;
}

int sc_luaopen_std(lua_State *L)
{
    (void)L;
    return 0;
}
