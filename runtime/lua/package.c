#include "lua/package.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lua/convert.h"
#include "lua/define.h"
#include "lua/fiber.h"

enum { MAX_ARGS = 8 };

static const int64_t load_ns = INT64_C(1000000000);

struct sc_package {
    char *kind, *path, *source;
    size_t len;
    struct sc_json *data;
    size_t memory_limit;
    struct sc_host *host;

    struct sc_lua *lua; /* NULL: not loaded */
    int definition;     /* registry reference */
};

struct sc_package *sc_package_new(const struct sc_package_spec *spec)
{
    struct sc_package *package = sc_new(struct sc_package);

    package->kind = sc_strdup(spec->kind);
    package->path = sc_strdup(spec->path);
    package->source = sc_strndup(spec->source, spec->len);
    package->len = spec->len;
    package->data = spec->data ? sc_json_copy(spec->data) : NULL;
    package->memory_limit = spec->memory_limit;
    package->host = spec->host;
    return package;
}

void sc_package_free(struct sc_package *package)
{
    if (!package)
        return;
    sc_lua_free(package->lua);
    sc_json_free(package->data);
    free(package->kind);
    free(package->path);
    free(package->source);
    free(package);
}

/* --- loading --- */

/* Pushes {markets = what is in markets.json}, read-only. */
static void push_data(lua_State *L, const struct sc_json *data, const char *path)
{
    lua_newtable(L);
    SC_JSON_EACH(file, data)
    {
        const char *text = sc_json_string(file), *name = sc_json_key(file);
        const char *dot = strchr(name, '.');
        struct sc_json **box;
        struct sc_error err;

        lua_pushlstring(L, name, dot ? (size_t)(dot - name) : strlen(name));
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): the userdata holds a pointer */
        box = lua_newuserdatauv(L, sizeof(*box), 0);
        *box = NULL;
        luaL_setmetatable(L, "sc.json");
        *box = sc_json_parse(text, strlen(text), NULL, &err);
        if (!*box)
            luaL_error(L, "%s: %s: %s", path, name, err.msg);
        sc_lua_push_json(L, *box, SC_CONVERT_FROZEN);
        sc_json_free(*box);
        *box = NULL;
        lua_remove(L, -2);
        lua_rawset(L, -3);
    }
    sc_lua_freeze(L, -1);
    lua_remove(L, -2);
}

/* (package): sets package->definition */
static int load(lua_State *L)
{
    struct sc_package *package = lua_touserdata(L, 1);
    struct sc_error err;

    lua_settop(L, 0);
    sc_lua_push_env(L);
    sc_define_words(L, package->kind, 1);
    if (package->data) {
        push_data(L, package->data, package->path);
        lua_setfield(L, 1, "data");
    }
    lua_pushfstring(L, "@%s", package->path);
    if (sc_lua_compile(L, package->source, package->len, lua_tostring(L, 2), 1, &err) !=
            SC_OK)
        return luaL_error(L, "%s", err.msg);
    lua_call(L, 0, 1);
    sc_lua_freeze_env(L, 1);
    package->definition = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

struct description {
    const struct sc_package *package;
    struct sc_buf *out;
    struct sc_error err;
};

/* (description) */
static int describe(lua_State *L)
{
    struct description *d = lua_touserdata(L, 1);

    lua_rawgeti(L, LUA_REGISTRYINDEX, d->package->definition);
    sc_define_write(L, d->package->kind, d->package->path, d->out, &d->err);
    return 0;
}

static enum sc_code write_description(
        struct sc_package *package, struct sc_buf *out, struct sc_error *err)
{
    struct sc_meter meter = { .cpu_ns_limit = load_ns };
    struct description d = { .package = package, .out = out };
    lua_State *L = package->lua->L;
    enum sc_code code;

    lua_pushcfunction(L, describe);
    lua_pushlightuserdata(L, &d);
    code = sc_lua_pcall(package->lua, 1, 0, &meter, err);
    if (code == SC_OK && d.err.code)
        *err = d.err;
    return code == SC_OK ? d.err.code : code;
}

static enum sc_code load_state(struct sc_package *package, struct sc_error *err)
{
    struct sc_meter meter = { .cpu_ns_limit = load_ns };
    struct sc_buf check;
    enum sc_code code;

    lua_pushcfunction(package->lua->L, load);
    lua_pushlightuserdata(package->lua->L, package);
    code = sc_lua_pcall(package->lua, 1, 0, &meter, err);
    if (code != SC_OK)
        return code;
    sc_buf_init(&check);
    code = write_description(package, &check, err);
    sc_buf_release(&check);
    return code;
}

/* A state that can take a call. What a tainted one still runs keeps it until released. */
static enum sc_code ensure_loaded(struct sc_package *package, struct sc_error *err)
{
    enum sc_code code;

    if (package->lua && !package->lua->tainted)
        return SC_OK;
    if (package->lua && package->lua->calls == 0)
        sc_lua_free(package->lua);
    package->lua = sc_lua_new(package->memory_limit, err);
    if (!package->lua)
        return err->code;
    package->lua->host = package->host;
    code = load_state(package, err);
    if (code != SC_OK) {
        sc_lua_free(package->lua);
        package->lua = NULL;
    }
    return code;
}

enum sc_code sc_package_describe(
        struct sc_package *package, struct sc_buf *out, struct sc_error *err)
{
    enum sc_code code = ensure_loaded(package, err);

    return code == SC_OK ? write_description(package, out, err) : code;
}

/* --- calling --- */

/* `nil, err`: err is a text, or {code=, message=, retryable=, maybe_happened=}. */
static void take_failure(lua_State *L, struct sc_package_call *call)
{
    enum sc_code code = SC_SCRIPT;

    if (lua_type(L, -1) == LUA_TSTRING) {
        sc_fail(&call->err, SC_SCRIPT, "%s", lua_tostring(L, -1));
        return;
    }
    if (!lua_istable(L, -1)) {
        sc_fail(&call->err, SC_SCRIPT, "the tool failed without saying why");
        return;
    }
    lua_getfield(L, -1, "code");
    if (lua_type(L, -1) == LUA_TSTRING)
        code = sc_code_of_word(lua_tostring(L, -1));
    lua_getfield(L, -2, "message");
    sc_fail(&call->err, code == SC_OK ? SC_SCRIPT : code, "%s",
            lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "the tool failed");
    if (code == SC_INTERNAL && strcmp(lua_tostring(L, -2), "internal") != 0)
        sc_wrap(&call->err, "'%.40s' is no code of an error; its message",
                lua_tostring(L, -2));
    if (lua_getfield(L, -3, "retryable") == LUA_TBOOLEAN)
        call->err.retryable = lua_toboolean(L, -1);
    if (lua_getfield(L, -4, "maybe_happened") == LUA_TBOOLEAN)
        call->maybe_happened = lua_toboolean(L, -1);
}

static int after_function(lua_State *L, int status, lua_KContext ctx)
{
    struct sc_package_call *call = (struct sc_package_call *)ctx;

    (void)status;
    if (lua_isnil(L, 1) && !lua_isnil(L, 2)) {
        lua_settop(L, 2);
        take_failure(L, call);
        return 0;
    }
    if (sc_define_is_pending(L, 1))
        call->outcome = SC_PACKAGE_PENDING;
    sc_lua_write_json(L, 1, 0, "result", &call->result, &call->err);
    return 0;
}

/* The body of the fiber: (call) */
static int call_function(lua_State *L)
{
    struct sc_package_call *call = lua_touserdata(L, 1);
    int n = 0;

    lua_settop(L, 0);
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->function_ref);
    if (lua_getfield(L, 1, call->function) != LUA_TFUNCTION) {
        sc_fail(&call->err, SC_NOT_FOUND, "the tool has no function '%s'",
                call->function);
        return 0;
    }
    lua_remove(L, 1);
    SC_JSON_EACH(arg, call->args)
    {
        if (++n > MAX_ARGS)
            return luaL_error(L, "too many arguments");
        sc_lua_push_json(L, arg, 0);
    }
    lua_callk(L, n, 2, (lua_KContext)call, after_function);
    return after_function(L, LUA_OK, (lua_KContext)call);
}

/* A call that could not begin. */
static void refused_cancel(struct sc_op *op)
{
    (void)op; /* is finished from the start */
}

static void refused_release(struct sc_op *op)
{
    free(op);
}

static const struct sc_op_class refused_class = {
    .name = "refused",
    .cancel = refused_cancel,
    .release = refused_release,
};

struct sc_op *sc_package_call_start(struct sc_package *package, struct sc_scope *scope,
        struct sc_package_call *call, sc_op_done_fn *done, void *arg)
{
    struct sc_fiber_spec spec = { .meter = &call->meter, .user = call->user };
    struct sc_error err;

    call->maybe_happened = -1;
    call->meter.may_yield = true;
    if (ensure_loaded(package, &err) != SC_OK) {
        struct sc_op *op = sc_new(struct sc_op);

        sc_op_begin(op, &refused_class, scope, done, arg);
        sc_op_finish(op, &err);
        return op;
    }
    call->lua = package->lua;
    call->lua->calls++;
    call->function_ref = package->definition;
    lua_pushcfunction(call->lua->L, call_function);
    lua_pushlightuserdata(call->lua->L, call);
    return sc_fiber_start_with(call->lua->L, 1, scope, &spec, done, arg);
}

void sc_package_call_release(struct sc_package *package, struct sc_package_call *call)
{
    /* The last call in a state that was replaced takes it along. */
    if (call->lua && --call->lua->calls == 0 && call->lua != package->lua)
        sc_lua_free(call->lua);
    call->lua = NULL;
    sc_buf_release(&call->result);
}
