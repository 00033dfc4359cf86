/* lua/lib_string.c - strings, with bounds on every function that could run away. */
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "lua/lib.h"
#include "lua/pattern.h"
#include "lua/state.h"

enum {
    MAX_RESULT = 16 << 20, /* bytes that one call may make */
    MAX_PATTERN = 4096,
    STEPS = 2000000, /* of one search: some 10 ms */
    MAX_FORMAT_ARGS = 200,
};

static size_t start_of(lua_Integer init, size_t len)
{
    if (init > 0)
        return (size_t)init - 1;
    if (init == 0 || init < -(lua_Integer)len)
        return 0;
    return len + (size_t)init;
}

static void begin(lua_State *L, struct sc_matcher *m, const char **ret_pattern)
{
    size_t subject_len, pattern_len;
    const char *pattern;

    memset(m, 0, offsetof(struct sc_matcher, capture));
    m->subject = luaL_checklstring(L, 1, &subject_len);
    m->subject_end = m->subject + subject_len;
    pattern = luaL_checklstring(L, 2, &pattern_len);
    luaL_argcheck(L, pattern_len <= MAX_PATTERN, 2, "pattern too long");
    m->pattern_end = pattern + pattern_len;
    m->steps = STEPS;
    *ret_pattern = pattern;
}

/* One attempt, charged; raises when the pattern is wrong or too slow. */
static const char *attempt(
        lua_State *L, struct sc_matcher *m, const char *at, const char *pattern)
{
    int64_t before = m->steps;
    const char *e = sc_pattern_match(m, at, pattern);

    sc_lua_charge(L, before - m->steps + 1);
    if (m->trouble)
        luaL_error(L, "%s", m->trouble);
    return e;
}

static void push_capture(
        lua_State *L, const struct sc_matcher *m, int i, const char *s, const char *e)
{
    const struct sc_capture *capture = &m->capture[i];

    if (i >= m->captures && i == 0)
        lua_pushlstring(L, s, (size_t)(e - s));
    else if (i >= m->captures)
        luaL_error(L, "invalid capture index %%%d", i + 1);
    else if (capture->len == SC_CAPTURE_POSITION)
        lua_pushinteger(L, capture->start - m->subject + 1);
    else
        lua_pushlstring(L, capture->start, (size_t)capture->len);
}

static int push_captures(
        lua_State *L, const struct sc_matcher *m, const char *s, const char *e)
{
    int n = m->captures == 0 && s ? 1 : m->captures;

    luaL_checkstack(L, n, "too many captures");
    for (int i = 0; i < n; i++)
        push_capture(L, m, i, s, e);
    return n;
}

static int find_plain(lua_State *L, const char *subject, size_t len, size_t init)
{
    size_t needle_len;
    const char *needle = lua_tolstring(L, 2, &needle_len);
    const char *at = memmem(subject + init, len - init, needle, needle_len);

    sc_lua_charge(L, (int64_t)(len - init));
    if (!at) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, at - subject + 1);
    lua_pushinteger(L, at - subject + (lua_Integer)needle_len);
    return 2;
}

static int search(lua_State *L, bool find)
{
    struct sc_matcher m;
    const char *pattern, *s, *e;
    bool anchored;
    size_t init;

    begin(L, &m, &pattern);
    init = start_of(luaL_optinteger(L, 3, 1), (size_t)(m.subject_end - m.subject));
    if (init > (size_t)(m.subject_end - m.subject)) {
        lua_pushnil(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) ||
                        sc_pattern_is_plain(pattern, (size_t)(m.pattern_end - pattern))))
        return find_plain(L, m.subject, (size_t)(m.subject_end - m.subject), init);
    anchored = pattern < m.pattern_end && *pattern == '^';
    pattern += anchored;
    for (s = m.subject + init; s <= m.subject_end; s++) {
        e = attempt(L, &m, s, pattern);
        if (e && find) {
            lua_pushinteger(L, s - m.subject + 1);
            lua_pushinteger(L, e - m.subject);
            return push_captures(L, &m, NULL, NULL) + 2;
        }
        if (e)
            return push_captures(L, &m, s, e);
        if (anchored)
            break;
    }
    lua_pushnil(L);
    return 1;
}

static int l_find(lua_State *L)
{
    return search(L, true);
}

static int l_match(lua_State *L)
{
    return search(L, false);
}

/* upvalues: subject, pattern, where to go on, where the last match ended */
static int next_match(lua_State *L)
{
    struct sc_matcher m;
    const char *pattern, *s, *last;

    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    begin(L, &m, &pattern);
    s = m.subject + lua_tointeger(L, lua_upvalueindex(3));
    last = m.subject + lua_tointeger(L, lua_upvalueindex(4));
    for (; s <= m.subject_end; s++) {
        const char *e = attempt(L, &m, s, pattern);

        if (e && e != last) {
            lua_pushinteger(L, e - m.subject);
            lua_copy(L, -1, lua_upvalueindex(3));
            lua_replace(L, lua_upvalueindex(4));
            return push_captures(L, &m, s, e);
        }
    }
    return 0;
}

static int l_gmatch(lua_State *L)
{
    size_t len;

    luaL_checklstring(L, 1, &len);
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* --- gsub --- */

static void add_template(lua_State *L, luaL_Buffer *out, const struct sc_matcher *m,
        const char *s, const char *e)
{
    size_t len;
    const char *text = lua_tolstring(L, 3, &len);

    for (size_t i = 0; i < len; i++) {
        if (text[i] != '%') {
            luaL_addchar(out, text[i]);
            continue;
        }
        i++;
        if (i < len && text[i] == '%') {
            luaL_addchar(out, '%');
        } else if (i < len && text[i] == '0') {
            luaL_addlstring(out, s, (size_t)(e - s));
        } else if (i < len && text[i] >= '1' && text[i] <= '9') {
            push_capture(L, m, text[i] - '1', s, e);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
}

static void add_replacement(lua_State *L, luaL_Buffer *out, const struct sc_matcher *m,
        const char *s, const char *e)
{
    switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(L, m, s, e), 1);
        break;
    case LUA_TTABLE:
        push_capture(L, m, 0, s, e);
        lua_gettable(L, 3);
        break;
    default:
        add_template(L, out, m, s, e);
        return;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, s, (size_t)(e - s));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(out);
    } else {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
}

static void check_size(lua_State *L, size_t size)
{
    if (size > MAX_RESULT)
        luaL_error(L, "resulting string too large");
}

/* gsub(s, pattern, text | function | table [, n]) */
static int l_gsub(lua_State *L)
{
    struct sc_matcher m;
    const char *pattern, *s, *last = NULL;
    lua_Integer done = 0, most;
    bool anchored;
    luaL_Buffer out;
    int type = lua_type(L, 3);

    begin(L, &m, &pattern);
    luaL_argcheck(L,
            type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                    type == LUA_TTABLE,
            3, "string, function or table expected");
    most = luaL_optinteger(L, 4, m.subject_end - m.subject + 1);
    anchored = pattern < m.pattern_end && *pattern == '^';
    pattern += anchored;
    luaL_buffinit(L, &out);
    for (s = m.subject; done < most;) {
        const char *e = attempt(L, &m, s, pattern);

        if (e && e != last) {
            done++;
            add_replacement(L, &out, &m, s, e);
            s = last = e;
        } else if (s < m.subject_end) {
            luaL_addchar(&out, *s++);
        } else {
            break;
        }
        check_size(L, luaL_bufflen(&out));
        if (anchored)
            break;
    }
    luaL_addlstring(&out, s, (size_t)(m.subject_end - s));
    luaL_pushresult(&out);
    lua_pushinteger(L, done);
    return 2;
}

/* --- rep and format --- */

static int l_rep(lua_State *L)
{
    size_t len, separator_len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_len);
    luaL_Buffer out;
    char *p;
    size_t total;

    if (n <= 0 || len + separator_len == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((uint64_t)n > MAX_RESULT || len + separator_len > MAX_RESULT / (size_t)n)
        return luaL_error(L, "resulting string too large");
    total = (size_t)n * len + (size_t)(n - 1) * separator_len;
    sc_lua_charge(L, (int64_t)total);
    p = luaL_buffinitsize(L, &out, total);
    for (lua_Integer i = 0; i < n; i++) {
        memcpy(p, s, len);
        p += len;
        if (i < n - 1)
            memcpy(p, separator, separator_len);
        p += i < n - 1 ? separator_len : 0;
    }
    luaL_pushresultsize(&out, total);
    return 1;
}

/* The argument of one conversion; how long it can become. */
static size_t convert(lua_State *L, int arg, char conversion)
{
    enum { NUMBER = 120 }; /* more than any takes */
    bool given = arg <= lua_gettop(L);

    if (conversion == 'p')
        luaL_error(L, "invalid conversion '%%p' to 'format'");
    if (given && conversion == 's')
        sc_lua_tostring(L, arg);
    if (given && lua_type(L, arg) == LUA_TSTRING)
        return lua_rawlen(L, arg) * (conversion == 'q' ? 4 : 1) + NUMBER;
    return NUMBER;
}

/* format: %s takes texts that tostring made, %p does not exist */
static int l_format(lua_State *L)
{
    size_t len, sum;
    const char *format = luaL_checklstring(L, 1, &len);
    int top = lua_gettop(L), arg = 1;

    luaL_argcheck(L, top <= MAX_FORMAT_ARGS, MAX_FORMAT_ARGS, "too many values");
    sum = len;
    for (size_t i = 0; i + 1 < len; i++) {
        if (format[i] != '%' || format[++i] == '%')
            continue;
        i += strspn(format + i, "-+ #0123456789.");
        sum += convert(L, ++arg, format[i]);
    }
    check_size(L, sum);
    sc_lua_charge(L, (int64_t)sum);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, 1);
    return 1;
}

int sc_luaopen_string(lua_State *L)
{
    static const char *const as_they_are[] = { "byte", "char", "len", "lower", "reverse",
        "sub", "upper", NULL };
    static const luaL_Reg functions[] = { { "find", l_find }, { "match", l_match },
        { "gmatch", l_gmatch }, { "gsub", l_gsub }, { "rep", l_rep }, { NULL, NULL } };

    lua_newtable(L);
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 1);
    for (const char *const *name = as_they_are; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, -3, *name);
    }
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, l_format, 1);
    lua_setfield(L, -3, "format");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);

    lua_pushliteral(L, ""); /* methods of strings: ours, and no arithmetic on texts */
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    sc_lua_add_library(L, "string");
    return 0;
}
