#include "lua/strict.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/state.h"

enum { NAMES_SHOWN = 12, MAX_LOOK = 100000 };

static const char plain_key, strict_tag; /* addresses */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Raises, with the names that there are. */
static int raise_missing(lua_State *L, int table)
{
    const char *names[NAMES_SHOWN];
    char text[160] = "";
    size_t count = 0, len = 0;

    for (lua_pushnil(L); count < NAMES_SHOWN && lua_next(L, table); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            names[count++] = lua_tostring(L, -2);
    qsort((void *)names, count, sizeof(*names), by_text);
    for (size_t i = 0; i < count && len < sizeof(text) - 1; i++) {
        int n = snprintf(text + len, sizeof(text) - len, "%s%s", i ? ", " : "", names[i]);

        len += n > 0 ? (size_t)n : 0;
    }
    return luaL_error(L,
            "there is no field '%s'; there are: %s; use default(…) if it may "
            "be absent",
            lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2),
            text);
}

/* upvalue 1: names known to exist though absent here */
static int is_known(lua_State *L)
{
    if (sc_lua_of(L)->lenient > 0)
        return 1;
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return lua_toboolean(L, -1);
}

static int l_missing(lua_State *L)
{
    if (lua_isnil(L, 2) || !is_known(L))
        return raise_missing(L, 1);
    lua_pushnil(L);
    return 1;
}

/* upvalue 2: the rows */
static int l_missing_in_row(lua_State *L)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, lua_upvalueindex(2));

    if (lua_isnil(L, 2))
        return raise_missing(L, 1);
    if (is_known(L)) {
        lua_pushnil(L);
        return 1;
    }
    for (lua_Integer i = 1; i <= n && i <= MAX_LOOK; i++) {
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TTABLE) {
            lua_pushvalue(L, 2);
            if (lua_rawget(L, -2) != LUA_TNIL) {
                lua_pushvalue(L, 2);
                lua_pushboolean(L, true);
                lua_rawset(L, lua_upvalueindex(1)); /* found at once next time */
                lua_pushnil(L);
                return 1;
            }
        }
        lua_settop(L, 2);
    }
    return raise_missing(L, 1);
}

/* Stack: …, upvalues of handler -> …, metatable */
static void push_meta(lua_State *L, lua_CFunction handler, int upvalues)
{
    lua_pushcclosure(L, handler, upvalues);
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pushboolean(L, true);
    lua_rawsetp(L, -2, &strict_tag);
}

/* Adds the names of the object's null members to the table on top. */
static bool add_nulls(lua_State *L, const struct sc_json *item)
{
    bool any = false;

    SC_JSON_EACH(member, item)
    {
        if (!sc_json_is(member, SC_JSON_NULL))
            continue;
        any = true;
        lua_pushboolean(L, true);
        lua_setfield(L, -2, sc_json_key(member));
    }
    return any;
}

void sc_lua_strict_object(lua_State *L, const struct sc_json *item)
{
    bool nulls = false;

    SC_JSON_EACH(member, item)
    {
        nulls = nulls || sc_json_is(member, SC_JSON_NULL);
    }
    if (nulls) {
        lua_newtable(L);
        add_nulls(L, item);
        push_meta(L, l_missing, 1);
    } else if (lua_rawgetp(L, LUA_REGISTRYINDEX, &plain_key) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        push_meta(L, l_missing, 1);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &plain_key);
    }
    lua_setmetatable(L, -2);
}

bool sc_lua_is_strict_object(lua_State *L, int index)
{
    bool yes;

    if (!lua_getmetatable(L, index))
        return false;
    yes = lua_rawgetp(L, -1, &strict_tag) != LUA_TNIL;
    lua_pop(L, 2);
    return yes;
}

void sc_lua_strict_rows(lua_State *L, const struct sc_json *item)
{
    int list = lua_gettop(L);
    lua_Integer i = 0;

    lua_newtable(L); /* known names */
    lua_pushvalue(L, -1);
    lua_pushvalue(L, list);
    push_meta(L, l_missing_in_row, 2);
    SC_JSON_EACH(element, item)
    {
        i++;
        if (!sc_json_is(element, SC_JSON_OBJECT))
            continue;
        lua_pushvalue(L, -2);
        add_nulls(L, element);
        lua_pop(L, 1);
        lua_rawgeti(L, list, i);
        if (sc_lua_is_strict_object(L, -1)) {
            lua_pushvalue(L, -2);
            lua_setmetatable(L, -2);
        }
        lua_pop(L, 1);
    }
    lua_settop(L, list);
}

/* upvalue 1: the members. Numbers past the end of the list are simply not there. */
static int l_list_field(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL || lua_type(L, 2) != LUA_TSTRING ||
            sc_lua_of(L)->lenient > 0)
        return 1;
    return luaL_error(L, "the results have no field '%s'", lua_tostring(L, 2));
}

void sc_lua_strict_list(lua_State *L)
{
    lua_pushcclosure(L, l_list_field, 1);
    lua_createtable(L, 0, 2);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}
