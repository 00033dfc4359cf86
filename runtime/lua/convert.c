#include "lua/convert.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/json_number.h"
#include "lua/lib.h"
#include "lua/state.h"
#include "lua/strict.h"

enum { MAX_DEPTH = 100, MAX_DIGITS = 17, MAX_OUTPUT = 64 << 20, MAX_PATH = 160 };

static const char array_key, object_key, null_value; /* addresses */

/* --- in --- */

void sc_lua_push_null(lua_State *L)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)&null_value);
}

static void push_mark(lua_State *L, const char *key)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void sc_lua_mark_array(lua_State *L)
{
    push_mark(L, &array_key);
    lua_setmetatable(L, -2);
}

static void push_number(lua_State *L, const struct sc_json *item)
{
    const char *text = sc_json_number(item);
    int64_t whole;
    double real;

    if (!strpbrk(text, ".eE") && sc_json_int(item, &whole))
        lua_pushinteger(L, whole);
    else if (strpbrk(text, ".eE") && sc_decimal_view(text).count <= MAX_DIGITS &&
             sc_json_double(item, &real))
        lua_pushnumber(L, real);
    else
        lua_pushstring(L, text);
}

/* U+0000 is held as C0 80 in a tree. */
static void push_string(lua_State *L, const char *text)
{
    const char *zero = strstr(text, "\xc0\x80");
    luaL_Buffer out;

    if (!zero) {
        lua_pushstring(L, text);
        return;
    }
    luaL_buffinit(L, &out);
    for (; zero; text = zero + 2, zero = strstr(text, "\xc0\x80")) {
        luaL_addlstring(&out, text, (size_t)(zero - text));
        luaL_addchar(&out, '\0');
    }
    luaL_addstring(&out, text);
    luaL_pushresult(&out);
}

static void push_value(
        lua_State *L, const struct sc_json *item, unsigned flags, int depth);

static void push_array(
        lua_State *L, const struct sc_json *item, unsigned flags, int depth)
{
    lua_Integer n = 0;
    size_t count = sc_json_count(item);

    lua_createtable(L, count < 1000000 ? (int)count : 1000000, 0);
    SC_JSON_EACH(element, item)
    {
        if (sc_json_is(element, SC_JSON_NULL))
            sc_lua_push_null(L);
        else
            push_value(L, element, flags, depth);
        lua_rawseti(L, -2, ++n);
    }
    if (n == 0)
        sc_lua_mark_array(L);
    else if (flags & SC_CONVERT_STRICT)
        sc_lua_strict_rows(L, item);
}

/* The results of an `each` step: the list, which also has the other members. */
static void push_results(
        lua_State *L, const struct sc_json *item, unsigned flags, int depth)
{
    push_value(L, sc_json_get(item, "items"), flags, depth);
    if (!lua_istable(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    lua_createtable(L, 0, 4);
    SC_JSON_EACH(member, item)
    {
        if (strcmp(sc_json_key(member), "items") == 0 || *sc_json_key(member) == '$')
            continue;
        push_string(L, sc_json_key(member));
        push_value(L, member, flags, depth);
        lua_rawset(L, -3);
    }
    sc_lua_strict_list(L);
}

static void push_object(
        lua_State *L, const struct sc_json *item, unsigned flags, int depth)
{
    if ((flags & SC_CONVERT_STRICT) && sc_json_true(sc_json_get(item, "$each"))) {
        push_results(L, item, flags, depth);
        return;
    }
    lua_createtable(L, 0, (int)sc_json_count(item));
    SC_JSON_EACH(member, item)
    {
        if (sc_json_is(member, SC_JSON_NULL))
            continue;
        push_string(L, sc_json_key(member));
        push_value(L, member, flags, depth);
        lua_rawset(L, -3);
    }
    if (flags & SC_CONVERT_STRICT) {
        sc_lua_strict_object(L, item);
    } else if (sc_json_count(item) == 0) {
        push_mark(L, &object_key);
        lua_setmetatable(L, -2);
    }
}

static void push_value(
        lua_State *L, const struct sc_json *item, unsigned flags, int depth)
{
    luaL_checkstack(L, 8, "value nests too deep");
    if (depth >= MAX_DEPTH)
        luaL_error(L, "value nests too deep");
    switch (sc_json_type(item)) {
    case SC_JSON_NULL:
        lua_pushnil(L);
        return;
    case SC_JSON_BOOL:
        lua_pushboolean(L, sc_json_true(item));
        return;
    case SC_JSON_NUMBER:
        push_number(L, item);
        return;
    case SC_JSON_STRING:
        push_string(L, sc_json_string(item));
        return;
    case SC_JSON_ARRAY:
        push_array(L, item, flags, depth + 1);
        break;
    case SC_JSON_OBJECT:
        push_object(L, item, flags, depth + 1);
        break;
    }
    if (flags & SC_CONVERT_FROZEN) {
        sc_lua_freeze(L, -1);
        lua_remove(L, -2);
    }
}

void sc_lua_push_json(lua_State *L, const struct sc_json *item, unsigned flags)
{
    push_value(L, item, flags, 0);
}

/* --- out --- */

struct writer {
    lua_State *L;
    struct sc_buf *out;
    unsigned flags;
    int depth;
    const char *where;
    char path[MAX_PATH]; /* ".lines[3].amount" */
    size_t path_len;
    struct sc_error *err;
};

static enum sc_code refuse(struct writer *w, const char *what)
{
    return sc_fail(
            w->err, SC_INVALID, "%s%.*s: %s", w->where, (int)w->path_len, w->path, what);
}

static size_t path_name(struct writer *w, const char *name)
{
    size_t before = w->path_len;
    int n = snprintf(w->path + before, MAX_PATH - before, ".%s", name);

    w->path_len =
            n < 0 || before + (size_t)n >= MAX_PATH ? MAX_PATH - 1 : before + (size_t)n;
    return before;
}

static size_t path_index(struct writer *w, lua_Integer index)
{
    size_t before = w->path_len;
    int n = snprintf(w->path + before, MAX_PATH - before, "[%lld]", (long long)index);

    w->path_len =
            n < 0 || before + (size_t)n >= MAX_PATH ? MAX_PATH - 1 : before + (size_t)n;
    return before;
}

void sc_lua_double_text(double value, char ret_text[SC_DOUBLE_TEXT])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(ret_text, SC_DOUBLE_TEXT - 3, "%.*g", digits, value);
        if (strtod(ret_text, NULL) == value) /* NOLINT: the very same value is meant */
            break;
    }
    if (!strpbrk(ret_text, ".e"))
        memcpy(ret_text + strlen(ret_text), ".0", 3);
}

static enum sc_code write_value(struct writer *w, int index);

static enum sc_code write_float(struct writer *w, double value)
{
    char text[SC_DOUBLE_TEXT];

    if (isnan(value))
        return refuse(w, "is not a number (0/0)");
    if (isinf(value))
        return refuse(w, "is infinite");
    sc_lua_double_text(value, text);
    sc_buf_adds(w->out, text);
    return SC_OK;
}

static enum sc_code write_string(struct writer *w, int index)
{
    size_t len;
    const char *text = lua_tolstring(w->L, index, &len);

    if (sc_utf8_valid(text, len) != len)
        return refuse(w, "is not UTF-8 text");
    if (len > MAX_OUTPUT || w->out->len > MAX_OUTPUT - len)
        return refuse(w, "the value is over 64 MiB");
    sc_json_write_string(w->out, text, len);
    return SC_OK;
}

static bool has_mark(lua_State *L, int index, const char *key)
{
    bool yes;

    if (!lua_getmetatable(L, index))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    yes = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return yes;
}

static enum sc_code write_array(struct writer *w, int index, lua_Integer n)
{
    enum sc_code code = SC_OK;

    sc_buf_addc(w->out, '[');
    for (lua_Integer i = 1; i <= n && code == SC_OK; i++) {
        size_t before = path_index(w, i - 1);

        if (i > 1)
            sc_buf_addc(w->out, ',');
        if (lua_rawgeti(w->L, index, i) == LUA_TNIL)
            code = refuse(w, "the list has a hole here (use json.null, or leave it out)");
        else
            code = write_value(w, lua_gettop(w->L));
        lua_pop(w->L, 1);
        w->path_len = before;
    }
    sc_buf_addc(w->out, ']');
    return code;
}

struct key {
    const char *name; /* borrowed from the table, which stays as it is */
    int at;           /* on the stack, because pushing a long text could raise */
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct key *)a)->name, ((const struct key *)b)->name);
}

/* Leaves the keys on the stack, in any order. */
static enum sc_code push_keys(struct writer *w, int index)
{
    lua_State *L = w->L;

    for (lua_pushnil(L); lua_next(L, index);) {
        size_t len;
        const char *key;

        if (lua_type(L, -2) != LUA_TSTRING)
            return refuse(
                    w, "a table needs keys 1 to n, or texts, not both and no others");
        key = lua_tolstring(L, -2, &len);
        if (strlen(key) != len || sc_utf8_valid(key, len) != len)
            return refuse(w, "a key is not UTF-8 text");
        lua_pop(L, 1);
        if (!lua_checkstack(L, 4))
            return refuse(w, "too many members");
        lua_pushvalue(L, -1);
    }
    return SC_OK;
}

static enum sc_code write_members(
        struct writer *w, int index, const struct key *keys, size_t count)
{
    enum sc_code code = SC_OK;

    sc_buf_addc(w->out, '{');
    for (size_t i = 0; i < count && code == SC_OK; i++) {
        size_t before = path_name(w, keys[i].name);

        if (i > 0)
            sc_buf_addc(w->out, ',');
        sc_json_write_string(w->out, keys[i].name, strlen(keys[i].name));
        sc_buf_addc(w->out, ':');
        lua_pushvalue(w->L, keys[i].at);
        lua_rawget(w->L, index);
        code = write_value(w, lua_gettop(w->L));
        lua_pop(w->L, 1);
        w->path_len = before;
    }
    sc_buf_addc(w->out, '}');
    return code;
}

/* Members in the order of their names: a table's own order changes from run to run. */
static enum sc_code write_object(struct writer *w, int index)
{
    int top = lua_gettop(w->L);
    enum sc_code code = push_keys(w, index);
    size_t count = (size_t)(lua_gettop(w->L) - top);
    struct key *keys;

    if (code != SC_OK)
        return code;
    keys = sc_new_array(struct key, count);
    for (size_t i = 0; i < count; i++) {
        keys[i].at = top + 1 + (int)i;
        keys[i].name = lua_tostring(w->L, keys[i].at);
    }
    qsort(keys, count, sizeof(*keys), by_name);
    code = write_members(w, index, keys, count);
    free(keys);
    lua_settop(w->L, top);
    return code;
}

static enum sc_code write_table(struct writer *w, int index)
{
    lua_State *L = w->L;
    lua_Integer n = (lua_Integer)lua_rawlen(L, index);
    bool empty;

    lua_pushnil(L);
    empty = !lua_next(L, index);
    if (!empty)
        lua_pop(L, 2);
    if (empty) {
        bool list = has_mark(L, index, &array_key) ||
                    ((w->flags & SC_CONVERT_EMPTY_LISTS) &&
                            !has_mark(L, index, &object_key) &&
                            !sc_lua_is_strict_object(L, index));

        sc_buf_adds(w->out, list ? "[]" : "{}");
        return SC_OK;
    }
    if (n > 0) {
        lua_Integer keys = 0;

        for (lua_pushnil(L); lua_next(L, index) && keys <= n; lua_pop(L, 1))
            keys++;
        if (keys > n) {
            lua_settop(L, index);
            return refuse(w, "a list must have the keys 1 to n and no others");
        }
        return write_array(w, index, n);
    }
    return write_object(w, index);
}

static enum sc_code write_nested(struct writer *w, int index)
{
    enum sc_code code;
    int top = lua_gettop(w->L);

    if (w->depth >= MAX_DEPTH || !lua_checkstack(w->L, 12))
        return refuse(w, "nests too deep (or in a circle)");
    w->depth++;
    if (!sc_lua_push_behind(w->L, index))
        lua_pushvalue(w->L, index);
    code = write_table(w, top + 1);
    lua_settop(w->L, top);
    w->depth--;
    return code;
}

static enum sc_code write_value(struct writer *w, int index)
{
    lua_State *L = w->L;

    if (w->out->len > MAX_OUTPUT)
        return refuse(w, "the value is over 64 MiB");
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        sc_buf_adds(w->out, "null");
        return SC_OK;
    case LUA_TBOOLEAN:
        sc_buf_adds(w->out, lua_toboolean(L, index) ? "true" : "false");
        return SC_OK;
    case LUA_TNUMBER:
        if (!lua_isinteger(L, index))
            return write_float(w, lua_tonumber(L, index));
        sc_buf_addf(w->out, "%lld", (long long)lua_tointeger(L, index));
        return SC_OK;
    case LUA_TSTRING:
        return write_string(w, index);
    case LUA_TTABLE:
        return write_nested(w, index);
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) == &null_value) {
            sc_buf_adds(w->out, "null");
            return SC_OK;
        }
        return refuse(w, "is not data");
    default:
        return refuse(w, "a function is not data");
    }
}

enum sc_code sc_lua_write_json(lua_State *L, int index, unsigned flags, const char *where,
        struct sc_buf *out, struct sc_error *err)
{
    struct writer w = { .L = L, .out = out, .flags = flags, .where = where, .err = err };

    return write_value(&w, lua_absindex(L, index));
}

/* --- the module json --- */

/* json.array{…}: a table that is a list even when it is empty */
static int l_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    sc_lua_check_writable(L, 1);
    lua_settop(L, 1);
    sc_lua_mark_array(L);
    return 1;
}

struct sc_buf *sc_lua_push_buf(lua_State *L)
{
    struct sc_buf *buf = lua_newuserdatauv(L, sizeof(*buf), 0);

    sc_buf_init(buf);
    luaL_setmetatable(L, "sc.text");
    return buf;
}

/* json.encode(value) -> text */
static int l_encode(lua_State *L)
{
    struct sc_buf *out;
    struct sc_error err;

    luaL_checkany(L, 1);
    lua_settop(L, 1);
    out = sc_lua_push_buf(L);
    if (sc_lua_write_json(L, 1, 0, "json.encode", out, &err) != SC_OK)
        return luaL_error(L, "%s", err.msg);
    sc_lua_charge(L, (int64_t)out->len * 8);
    lua_pushlstring(L, sc_buf_text(out), out->len);
    sc_buf_release(out);
    return 1;
}

/* json.decode(text) -> value | nil, err */
static int l_decode(lua_State *L)
{
    static const struct sc_json_limits limits = { .max_bytes = 8 << 20, .max_depth = 90 };
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the userdata holds a pointer */
    struct sc_json **box = lua_newuserdatauv(L, sizeof(*box), 0);
    struct sc_error err;

    *box = NULL;
    luaL_setmetatable(L, "sc.json");
    sc_lua_charge(L, (int64_t)len * 8);
    *box = sc_json_parse(text, len, &limits, &err);
    if (!*box) {
        lua_pushnil(L);
        lua_pushstring(L, err.msg);
        return 2;
    }
    sc_lua_push_json(L, *box, 0);
    sc_json_free(*box);
    *box = NULL;
    return 1;
}

static int free_box(lua_State *L)
{
    struct sc_json **box = luaL_checkudata(L, 1, "sc.json");

    sc_json_free(*box);
    *box = NULL;
    return 0;
}

static int free_text(lua_State *L)
{
    sc_buf_release(luaL_checkudata(L, 1, "sc.text"));
    return 0;
}

static void add_box(lua_State *L, const char *name, lua_CFunction gc)
{
    luaL_newmetatable(L, name);
    lua_pushcfunction(L, gc);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

int sc_luaopen_json(lua_State *L)
{
    static const luaL_Reg functions[] = { { "array", l_array }, { "encode", l_encode },
        { "decode", l_decode }, { NULL, NULL } };

    add_box(L, "sc.json", free_box);
    add_box(L, "sc.text", free_text);
    push_mark(L, &array_key);
    push_mark(L, &object_key);
    lua_settop(L, 1);
    luaL_newlib(L, functions);
    sc_lua_push_null(L);
    lua_setfield(L, -2, "null");
    sc_lua_add_library(L, "json");
    return 0;
}
