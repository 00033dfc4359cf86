#include "lua/define.h"

#include <lauxlib.h>
#include <string.h>

#include "base/words.h"
#include "codec/json.h"
#include "lua/convert.h"
#include "lua/state.h"

enum accepts {
    TEXT = 1,
    NUMBER = 2,
    BOOLEAN = 4,
    TABLE = 8,
    LIST = 16,
    FUNCTION = 32,
    BUILTIN = 64,
};

struct field {
    const char *name;
    unsigned accepts;
    bool required;
};

static const struct field tool_fields[] = {
    { "name", TEXT, true },
    { "summary", TEXT, true },
    { "params", TABLE, true },
    { "returns", TABLE, true },
    { "effect", TEXT, true },
    { "run", FUNCTION | BUILTIN, true },
    { "texts", TABLE, false },
    { "idempotent", BOOLEAN | TEXT, false },
    { "timeout", NUMBER, false },
    { "retry", TABLE, false },
    { "rate", TABLE, false },
    { "hosts", LIST, false },
    { "secrets", LIST, false },
    { "files", LIST, false },
    { "data", LIST, false },
    { "controls", LIST, false },
    { "trust", TEXT, false },
    { "cost", FUNCTION, false },
    { "preview", FUNCTION, false },
    { "poll", FUNCTION, false },
    { "happened", FUNCTION, false },
    { "undo", FUNCTION, false },
    { "examples", LIST, false },
    { "tests", LIST, false },
    { NULL, 0, false },
};

static const struct field agent_fields[] = {
    { "name", TEXT, true },
    { "summary", TEXT, true },
    { "texts", TABLE, false },
    { "instructions", TEXT, false },
    { "tools", LIST, false },
    { "budget", TABLE, false },
    { "policy", TABLE, false },
    { "strategy", TEXT, false },
    { "memory", BOOLEAN | TABLE, false },
    { "model", TEXT, false },
    { "models", LIST, false },
    { NULL, 0, false },
};

static const char kind_tag, builtin_tag, pending_tag; /* addresses: keys in metatables */

/* --- marks --- */

static void mark(lua_State *L, int index, const char *tag, const char *kind)
{
    index = lua_absindex(L, index);
    lua_createtable(L, 0, 2);
    lua_pushstring(L, kind);
    lua_rawsetp(L, -2, tag);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, index);
}

static bool has_mark(lua_State *L, int index, const char *tag, const char *kind)
{
    bool yes;

    if (!lua_istable(L, index) || !lua_getmetatable(L, index))
        return false;
    yes = lua_rawgetp(L, -1, tag) == LUA_TSTRING &&
          strcmp(lua_tostring(L, -1), kind) == 0;
    lua_pop(L, 2);
    return yes;
}

bool sc_define_is_pending(lua_State *L, int index)
{
    return has_mark(L, index, &pending_tag, "pending");
}

/* --- checking, while the file runs, so that errors have its line --- */

static bool accepts(lua_State *L, int index, unsigned accepted)
{
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        return accepted & TEXT;
    case LUA_TNUMBER:
        return accepted & NUMBER;
    case LUA_TBOOLEAN:
        return accepted & BOOLEAN;
    case LUA_TFUNCTION:
        return accepted & FUNCTION;
    case LUA_TTABLE:
        if (has_mark(L, index, &builtin_tag, "builtin"))
            return accepted & BUILTIN;
        return accepted & (TABLE | LIST);
    default:
        return false;
    }
}

static void push_accepted(lua_State *L, unsigned accepted)
{
    static const char *const words[] = { "text", "number", "true or false", "table",
        "list", "function", "builtin \"…\"" };
    luaL_Buffer out;
    bool any = false;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!(accepted & (1U << i)))
            continue;
        luaL_addstring(&out, any ? " or " : "");
        luaL_addstring(&out, words[i]);
        any = true;
    }
    luaL_pushresult(&out);
}

static const struct field *find_field(const struct field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

static void unknown_field(
        lua_State *L, const char *kind, const struct field *fields, const char *name)
{
    const char *names[sizeof(tool_fields) / sizeof(tool_fields[0])], *near;
    size_t n = 0;

    for (; fields[n].name; n++)
        names[n] = fields[n].name;
    near = sc_words_nearest(name, names, n);
    if (near)
        luaL_error(L, "%s: unknown field '%s'; did you mean '%s'?", kind, name, near);
    luaL_error(L, "%s: unknown field '%s'", kind, name);
}

static void check_fields(lua_State *L, const char *kind, const struct field *fields)
{
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        const struct field *field;

        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "%s: every field needs a name", kind);
        field = find_field(fields, lua_tostring(L, -2));
        if (!field) {
            unknown_field(L, kind, fields, lua_tostring(L, -2));
            return; /* not reached */
        }
        if (!accepts(L, -1, field->accepts)) {
            push_accepted(L, field->accepts);
            luaL_error(L, "%s: '%s' must be a %s, is a %s", kind, field->name,
                    lua_tostring(L, -1), luaL_typename(L, -2));
        }
        if (field->accepts == LIST && lua_rawlen(L, -1) == 0)
            sc_lua_mark_array(L);
    }
    for (const struct field *field = fields; field->name; field++) {
        if (field->required && lua_getfield(L, 1, field->name) == LUA_TNIL)
            luaL_error(L, "%s: '%s' is missing", kind, field->name);
        lua_settop(L, 1);
    }
}

static int l_tool(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_fields(L, "tool", tool_fields);
    mark(L, 1, &kind_tag, "tool");
    return 1;
}

static int l_agent(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_fields(L, "agent", agent_fields);
    mark(L, 1, &kind_tag, "agent");
    return 1;
}

static int l_config(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    mark(L, 1, &kind_tag, "config");
    return 1;
}

/* builtin "table.read": run is written in C */
static int l_builtin(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, 1);
    lua_setfield(L, 2, "name");
    mark(L, 2, &builtin_tag, "builtin");
    return 1;
}

/* pending {token = …, after = seconds}: a remote job goes on */
static int l_pending(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lua_getfield(L, 1, "token") == LUA_TNIL)
        return luaL_error(L, "pending: 'token' is missing");
    lua_settop(L, 1);
    mark(L, 1, &pending_tag, "pending");
    return 1;
}

/* env "NAME" and secret "NAME" stand for values that only the daemon knows. */
static int push_reference(lua_State *L, const char *field)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, 1);
    lua_setfield(L, 2, field);
    return 1;
}

static int l_env(lua_State *L)
{
    return push_reference(L, "env");
}

static int l_secret(lua_State *L)
{
    return push_reference(L, "secret");
}

void sc_define_words(lua_State *L, const char *kind, int env)
{
    static const luaL_Reg tool[] = { { "tool", l_tool }, { "builtin", l_builtin },
        { "pending", l_pending }, { NULL, NULL } };
    static const luaL_Reg agent[] = { { "agent", l_agent }, { NULL, NULL } };
    static const luaL_Reg config[] = { { "config", l_config }, { "env", l_env },
        { "secret", l_secret }, { NULL, NULL } };

    lua_pushvalue(L, env);
    luaL_setfuncs(L,
            strcmp(kind, "tool") == 0    ? tool
            : strcmp(kind, "agent") == 0 ? agent
                                         : config,
            0);
    lua_pop(L, 1);
}

/* --- writing --- */

static void write_functions(lua_State *L, int index, struct sc_buf *out)
{
    bool any = false;

    sc_buf_adds(out, ",\"functions\":[");
    for (const struct field *field = tool_fields; field->name; field++) {
        if (!(field->accepts & FUNCTION))
            continue;
        if (lua_getfield(L, index, field->name) == LUA_TFUNCTION) {
            sc_buf_addf(out, "%s\"%s\"", any ? "," : "", field->name);
            any = true;
        }
        lua_pop(L, 1);
    }
    sc_buf_addc(out, ']');
    if (lua_getfield(L, index, "run") == LUA_TTABLE) {
        lua_getfield(L, -1, "name");
        sc_buf_adds(out, ",\"builtin\":");
        sc_json_write_string(out, lua_tostring(L, -1), strlen(lua_tostring(L, -1)));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static enum sc_code write_fields(lua_State *L, int index, const struct field *fields,
        struct sc_buf *out, struct sc_error *err)
{
    bool any = false;

    for (; fields->name; fields++) {
        int type = lua_getfield(L, index, fields->name);
        bool is_data = type != LUA_TNIL && type != LUA_TFUNCTION &&
                       !has_mark(L, lua_gettop(L), &builtin_tag, "builtin");

        if (is_data) {
            sc_buf_addf(out, "%s\"%s\":", any ? "," : "", fields->name);
            if (sc_lua_write_json(L, -1, 0, fields->name, out, err) != SC_OK)
                return err->code;
            any = true;
        }
        lua_pop(L, 1);
    }
    return SC_OK;
}

enum sc_code sc_define_write(lua_State *L, const char *kind, const char *path,
        struct sc_buf *out, struct sc_error *err)
{
    int index = lua_gettop(L);
    enum sc_code code;

    if (!has_mark(L, index, &kind_tag, kind))
        return sc_fail(
                err, SC_SCRIPT, "%s: the file must end with `return %s {…}`", path, kind);
    if (strcmp(kind, "config") == 0) {
        code = sc_lua_write_json(L, index, 0, "config", out, err);
    } else {
        sc_buf_addc(out, '{');
        code = write_fields(L, index,
                strcmp(kind, "tool") == 0 ? tool_fields : agent_fields, out, err);
        if (code == SC_OK && strcmp(kind, "tool") == 0)
            write_functions(L, index, out);
        sc_buf_addc(out, '}');
    }
    if (code != SC_OK) {
        err->code = SC_SCRIPT;
        sc_wrap(err, "%s", path);
    }
    return code;
}
