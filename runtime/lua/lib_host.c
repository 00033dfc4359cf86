/* lua/lib_host.c - http, cache, state and log: calls of the host, one line each. */
#include "lua/convert.h"
#include "lua/fiber.h"
#include "lua/host.h"
#include "lua/lib.h"
#include "lua/state.h"

enum { MAX_ARGUMENTS = 3, MAX_ARGS_BYTES = 16 << 20 };

struct function {
    const char *module, *name, *host_name;
    const char *arguments[MAX_ARGUMENTS]; /* none: the one table is the arguments */
};

static const struct function functions[] = {
    { "http", "request", "http.request", { NULL } },
    { "cache", "get", "cache.get", { "key" } },
    { "cache", "put", "cache.put", { "key", "value", "seconds" } },
    { "state", "get", "state.get", { "key" } },
    { "state", "put", "state.put", { "key", "value" } },
    { "log", "info", "log.info", { "text" } },
    { "log", "warn", "log.warn", { "text" } },
};

static int push_answer(lua_State *L, struct sc_op *op)
{
    sc_lua_push_json(L, sc_lua_of(L)->host->answer(op), 0);
    return 1;
}

/* upvalue 1: the function */
static int l_call(lua_State *L)
{
    const struct function *f = lua_touserdata(L, lua_upvalueindex(1));
    struct sc_host *host = sc_lua_of(L)->host;
    struct sc_scope *scope = sc_fiber_scope(L);
    struct sc_host_request request;
    struct sc_buf *args;
    struct sc_error err;
    struct sc_op *op;

    if (!host || !sc_fiber_user(L))
        return luaL_error(L, "%s is not possible here", f->host_name);
    if (f->arguments[0]) {
        lua_settop(L, MAX_ARGUMENTS);
        lua_createtable(L, 0, MAX_ARGUMENTS);
        for (int i = 0; i < MAX_ARGUMENTS && f->arguments[i]; i++) {
            lua_pushvalue(L, i + 1);
            lua_setfield(L, -2, f->arguments[i]);
        }
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    args = sc_lua_push_buf(L);
    if (sc_lua_write_json(L, 1, 0, f->host_name, args, &err) != SC_OK)
        return luaL_error(L, "%s", err.msg);
    if (args->len > MAX_ARGS_BYTES)
        return luaL_error(L, "%s: the arguments are over 16 MiB", f->host_name);
    request = (struct sc_host_request){ sc_fiber_user(L), f->host_name, args };
    op = host->start(host, scope, &request, sc_fiber_on_done, sc_fiber_arg(L));
    sc_buf_release(args);
    return sc_fiber_await(L, op, push_answer);
}

int sc_luaopen_host(lua_State *L)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]);) {
        const char *module = functions[i].module;

        lua_newtable(L);
        for (; i < sizeof(functions) / sizeof(functions[0]) &&
                functions[i].module == module;
                i++) {
            lua_pushlightuserdata(L, (void *)(uintptr_t)&functions[i]);
            lua_pushcclosure(L, l_call, 1);
            lua_setfield(L, -2, functions[i].name);
        }
        sc_lua_add_library(L, module);
    }
    return 0;
}
