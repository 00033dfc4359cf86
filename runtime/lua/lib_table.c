/* lua/lib_table.c - tables, by their raw length, so that no metamethod can lie about it
 * and every loop ends. */
#include <lualib.h>
#include <string.h>

#include "lua/lib.h"
#include "lua/state.h"

enum {
    MAX_RESULT = 64 << 20,
    MAX_UNPACK = 4000,
    MAX_MOVE = 10000000,
    MAX_SORT = 2000000
};

/* Pushes what is to be read: the table, or the one behind a frozen face. */
static lua_Integer readable(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
    if (sc_lua_push_behind(L, index))
        lua_replace(L, index);
    return (lua_Integer)lua_rawlen(L, index);
}

static lua_Integer writable(lua_State *L, int index)
{
    sc_lua_check_writable(L, index);
    return (lua_Integer)lua_rawlen(L, index);
}

/* insert(list, [position,] value) */
static int l_insert(lua_State *L)
{
    lua_Integer n = writable(L, 1), at;

    if (lua_gettop(L) == 2) {
        lua_rawseti(L, 1, n + 1);
        return 0;
    }
    at = luaL_checkinteger(L, 2);
    luaL_argcheck(L, lua_gettop(L) == 3, 3, "wrong number of arguments to 'insert'");
    luaL_argcheck(L, at >= 1 && at <= n + 1, 2, "position out of bounds");
    sc_lua_charge(L, n - at);
    for (lua_Integer i = n; i >= at; i--) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
    }
    lua_rawseti(L, 1, at);
    return 0;
}

/* remove(list [, position]) -> value */
static int l_remove(lua_State *L)
{
    lua_Integer n = writable(L, 1), at = luaL_optinteger(L, 2, n);

    luaL_argcheck(L, at == n || (at >= 1 && at <= n + 1), 2, "position out of bounds");
    lua_rawgeti(L, 1, at);
    sc_lua_charge(L, n - at);
    for (lua_Integer i = at; i < n; i++) {
        lua_rawgeti(L, 1, i + 1);
        lua_rawseti(L, 1, i);
    }
    if (at <= n && n > 0) {
        lua_pushnil(L);
        lua_rawseti(L, 1, n);
    }
    return 1;
}

/* concat(list [, separator [, i [, j]]]) */
static int l_concat(lua_State *L)
{
    lua_Integer n = readable(L, 1), first, last;
    size_t separator_len;
    const char *separator = luaL_optlstring(L, 2, "", &separator_len);
    luaL_Buffer out;

    first = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, n);
    luaL_argcheck(L, first >= 1, 3, "out of range");
    luaL_argcheck(L, last <= n, 4, "out of range");
    luaL_buffinit(L, &out);
    for (lua_Integer i = first; i <= last; i++) {
        size_t before = luaL_bufflen(&out);

        lua_rawgeti(L, 1, i);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "invalid value (a %s) at index %I in table for 'concat'",
                    luaL_typename(L, -1), (LUAI_UACINT)i);
        luaL_addvalue(&out);
        if (i < last)
            luaL_addlstring(&out, separator, separator_len);
        if (luaL_bufflen(&out) > MAX_RESULT)
            return luaL_error(L, "resulting string too large");
        sc_lua_charge(L, (int64_t)(luaL_bufflen(&out) - before));
    }
    luaL_pushresult(&out);
    return 1;
}

/* unpack(list [, i [, j]]) -> … */
static int l_unpack(lua_State *L)
{
    lua_Integer n = readable(L, 1);
    lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, n);

    if (first > last)
        return 0;
    if ((lua_Unsigned)last - (lua_Unsigned)first >= MAX_UNPACK)
        return luaL_error(L, "too many results to unpack");
    luaL_checkstack(L, (int)(last - first + 1), "too many results to unpack");
    for (lua_Integer i = first; i < last; i++)
        lua_rawgeti(L, 1, i);
    lua_rawgeti(L, 1, last); /* apart: last may be the largest integer */
    return (int)(last - first + 1);
}

/* pack(…) -> {n = count, …} */
static int l_pack(lua_State *L)
{
    int n = lua_gettop(L);

    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--)
        lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

/* move(from, first, last, to [, target]) -> target */
static int l_move(lua_State *L)
{
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
    lua_Integer to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    bool backwards;

    writable(L, target);
    readable(L, 1);
    if (last >= first) {
        luaL_argcheck(L, (lua_Unsigned)last - (lua_Unsigned)first < MAX_MOVE, 3,
                "too many elements to move");
        luaL_argcheck(
                L, to <= LUA_MAXINTEGER - (last - first), 4, "destination wrap around");
        backwards = to > first && to <= last && target == 1;
        for (lua_Integer k = 0; k <= last - first; k++) {
            lua_Integer i = backwards ? last - first - k : k;

            sc_lua_charge(L, 1);
            lua_rawgeti(L, 1, first + i);
            lua_rawseti(L, target, to + i);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

/* sort(list [, before]): the list's length must be its own */
static int l_sort(lua_State *L)
{
    lua_Integer n = writable(L, 1);

    luaL_argcheck(L, n <= MAX_SORT, 1, "too many elements to sort");
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
        return luaL_argerror(L, 1, "a table with __len cannot be sorted");
    lua_settop(L, 2);
    sc_lua_charge(L, n);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 0);
    return 0;
}

int sc_luaopen_table(lua_State *L)
{
    static const luaL_Reg functions[] = { { "insert", l_insert }, { "remove", l_remove },
        { "concat", l_concat }, { "unpack", l_unpack }, { "pack", l_pack },
        { "move", l_move }, { NULL, NULL } };

    lua_newtable(L);
    lua_pushcfunction(L, luaopen_table);
    lua_call(L, 0, 1);
    lua_getfield(L, -1, "sort");
    lua_pushcclosure(L, l_sort, 1);
    lua_setfield(L, -3, "sort");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
    sc_lua_add_library(L, "table");
    return 0;
}
