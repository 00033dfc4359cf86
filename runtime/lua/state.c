#include "lua/state.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "lua/lib.h"

enum {
    HOOK_COUNT = 1000,          /* instructions between looks at the clock */
    SLICE_NS = 2 * 1000 * 1000, /* a turn; then others get theirs */
    LOOK_WORK = 64 * 1024,      /* work of C between looks at the clock */
    LOOK_BYTES = 4 << 20,       /* allocated bytes between looks */
    MAX_SOURCE = 256 << 10,
};

static const char globals_key, frozen_tag; /* addresses are the registry keys */

static int64_t mono_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* --- the meter --- */

static void on_count(lua_State *L, lua_Debug *ar);

static void set_hook(lua_State *L, int count)
{
    lua_sethook(L, on_count, LUA_MASKCOUNT, count);
}

/* Raises when the run has used what it may. Never inside lua_close, where no meter is. */
static void look(struct sc_lua *lua, lua_State *L)
{
    struct sc_meter *meter = lua->meter;
    int64_t used;

    lua->fresh = 0;
    lua->work = 0;
    if (!meter)
        return;
    used = meter->cpu_ns + mono_ns() - meter->since_ns;
    if (!meter->killed &&
            ((meter->cpu_ns_limit && used > meter->cpu_ns_limit) ||
                    (meter->tick_limit && meter->ticks > meter->tick_limit)))
        sc_lua_kill(lua, L, SC_TIMEOUT);
    if (meter->killed) {
        set_hook(L, 1); /* from now on at every instruction */
        luaL_error(L, "the script was ended");
    }
}

static void on_count(lua_State *L, lua_Debug *ar)
{
    struct sc_lua *lua = sc_lua_of(L);
    struct sc_meter *meter = lua->meter;

    (void)ar;
    if (!meter)
        return;
    if (lua_gethookcount(L) != HOOK_COUNT)
        set_hook(L, HOOK_COUNT);
    meter->ticks++;
    look(lua, L);
    if (meter->may_yield && mono_ns() - meter->since_ns > SLICE_NS && lua_isyieldable(L))
        lua_yield(L, 0);
}

void sc_lua_enter(struct sc_lua *lua, lua_State *running, struct sc_meter *meter)
{
    SC_ASSERT(!lua->meter);
    lua->running = running;
    lua->meter = meter;
    meter->since_ns = mono_ns();
    set_hook(running, meter->killed ? 1 : HOOK_COUNT);
}

void sc_lua_leave(struct sc_lua *lua)
{
    lua->meter->cpu_ns += mono_ns() - lua->meter->since_ns;
    lua->meter = NULL;
    lua->running = NULL;
}

void sc_lua_kill(struct sc_lua *lua, lua_State *L, enum sc_code why)
{
    lua->tainted = true;
    if (lua->meter) {
        lua->meter->killed = true;
        lua->meter->why = why;
    }
    set_hook(L, 1);
}

void sc_lua_charge(lua_State *L, int64_t work)
{
    struct sc_lua *lua = sc_lua_of(L);

    if (!lua)
        return;
    lua->work += work;
    if (lua->work > LOOK_WORK)
        look(lua, L);
}

/* --- memory --- */

static void *allocate(void *ud, void *block, size_t old_size, size_t size)
{
    struct sc_lua *lua = ud;
    void *p;

    if (!block)
        old_size = 0;
    if (size == 0) {
        free(block);
        lua->used -= old_size;
        return NULL;
    }
    if (size > old_size && lua->used + (size - old_size) > lua->limit)
        return NULL;
    p = sc_try_realloc(block, size);
    if (!p)
        return NULL;
    lua->used += size - old_size;
    if (size > old_size)
        lua->fresh += size - old_size;
    /* One instruction may copy megabytes: look at the clock after the next. */
    if (lua->fresh > LOOK_BYTES && lua->running) {
        lua->fresh = 0;
        set_hook(lua->running, 1);
    }
    return p;
}

struct sc_lua *sc_lua_of(lua_State *L)
{
    void *ud;

    return lua_getallocf(L, &ud) == allocate ? ud : NULL;
}

/* --- globals --- */

static int l_read_only(lua_State *L)
{
    return luaL_error(L, "this table is read-only");
}

/* (environment, name, value) */
static int l_no_global(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return l_read_only(L);
    return luaL_error(
            L, "a script makes no globals: write local %s = …", lua_tostring(L, 2));
}

/* The last stop of every look-up of a global; arg 1 is the table of standard globals. */
static int l_unknown_name(lua_State *L)
{
    lua_settop(L, 2);
    if (sc_lua_load_std(L, 1)) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, 1) != LUA_TNIL)
            return 1;
    }
    return luaL_error(L, "unknown name '%s'",
            lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2));
}

/* Where a frozen table keeps the table behind it. */
static bool push_behind(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return false;
    if (lua_rawgetp(L, -1, &frozen_tag) == LUA_TTABLE) {
        lua_remove(L, -2);
        return true;
    }
    lua_pop(L, 2);
    return false;
}

static int l_frozen_len(lua_State *L)
{
    lua_pushinteger(L, push_behind(L, 1) ? (lua_Integer)lua_rawlen(L, -1) : 0);
    return 1;
}

static int l_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_next(L, 1))
        return 2;
    lua_pushnil(L);
    return 1;
}

static int l_frozen_pairs(lua_State *L)
{
    lua_pushcfunction(L, l_next);
    if (!push_behind(L, 1))
        lua_newtable(L);
    lua_pushnil(L);
    return 3;
}

void sc_lua_freeze(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_newtable(L);
    lua_createtable(L, 0, 6);
    lua_pushvalue(L, index);
    lua_rawsetp(L, -2, &frozen_tag);
    lua_pushvalue(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, l_read_only);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, l_frozen_len);
    lua_setfield(L, -2, "__len");
    lua_pushcfunction(L, l_frozen_pairs);
    lua_setfield(L, -2, "__pairs");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

bool sc_lua_push_behind(lua_State *L, int index)
{
    return push_behind(L, index);
}

void sc_lua_check_writable(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_checktype(L, index, LUA_TTABLE);
    if (push_behind(L, index))
        l_read_only(L);
}

/* A table of names over another: reads fall through, nothing can be written. */
static void push_env_meta(lua_State *L)
{
    lua_createtable(L, 0, 3);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &globals_key);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
}

void sc_lua_push_env(lua_State *L)
{
    lua_newtable(L);
    push_env_meta(L);
    lua_setmetatable(L, -2);
}

void sc_lua_freeze_env(lua_State *L, int env)
{
    env = lua_absindex(L, env);
    lua_newtable(L); /* what the script defined moves behind the face */
    for (lua_pushnil(L); lua_next(L, env);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, env);
    }
    push_env_meta(L);
    lua_setmetatable(L, -2);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, l_no_global);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pushvalue(L, -2);
    lua_rawsetp(L, -2, &frozen_tag);
    lua_setmetatable(L, env);
    lua_pop(L, 1);
}

/* The full libraries are opened apart and only what the openers pick goes on. */
static int open_all(lua_State *L)
{
    static const lua_CFunction openers[] = { sc_luaopen_base, sc_luaopen_string,
        sc_luaopen_table, sc_luaopen_math, sc_luaopen_json, sc_luaopen_fiber,
        sc_luaopen_host, sc_luaopen_money, sc_luaopen_convert, sc_luaopen_number,
        sc_luaopen_date, sc_luaopen_fmt, sc_luaopen_std };

    lua_newtable(L); /* the standard globals */
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_unknown_name);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &globals_key);
    for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
        lua_pushcfunction(L, openers[i]);
        lua_pushvalue(L, -2);
        lua_call(L, 1, 0);
    }
    lua_newtable(L); /* nothing may find the real ones */
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    return 0;
}

static int on_panic(lua_State *L)
{
    (void)L;
    sc_assert_failed("Lua error outside a protected call", __FILE__, __LINE__);
}

struct sc_lua *sc_lua_new(size_t memory_limit, struct sc_error *err)
{
    struct sc_lua *lua = sc_new(struct sc_lua);

    lua->limit = memory_limit ? memory_limit : (size_t)256 << 20;
    lua->L = lua_newstate(allocate, lua);
    if (!lua->L) {
        sc_fail(err, SC_NO_MEMORY, "no memory for a Lua state");
        free(lua);
        return NULL;
    }
    lua_atpanic(lua->L, on_panic);
    *(void **)lua_getextraspace(lua->L) = NULL;
    lua_pushcfunction(lua->L, open_all);
    if (lua_pcall(lua->L, 0, 0, 0) != LUA_OK) {
        sc_lua_error_of(lua->L, LUA_ERRRUN, NULL, err);
        sc_lua_free(lua);
        return NULL;
    }
    return lua;
}

void sc_lua_free(struct sc_lua *lua)
{
    if (!lua)
        return;
    SC_ASSERT(!lua->meter);
    lua_close(lua->L);
    free(lua);
}

/* --- running --- */

void sc_lua_error_of(
        lua_State *L, int status, const struct sc_meter *meter, struct sc_error *err)
{
    /* A number is not converted in place, an object is not asked: both would run Lua. */
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

    if (meter && meter->killed && meter->why == SC_TIMEOUT)
        sc_fail(err, SC_TIMEOUT,
                "the script used up its time: does a loop in it not end?");
    else if (meter && meter->killed && meter->why == SC_CANCELLED)
        sc_fail(err, SC_CANCELLED, "the script was cancelled");
    else if (status == LUA_ERRMEM || (meter && meter->killed))
        sc_fail(err, SC_NO_MEMORY,
                "the script used up its memory: does a text or list in it grow without "
                "end?");
    else
        sc_fail(err, SC_SCRIPT, "%s", text ? text : "the error is not a text");
}

enum sc_code sc_lua_pcall(struct sc_lua *lua, int nargs, int nresults,
        struct sc_meter *meter, struct sc_error *err)
{
    int status;

    sc_lua_enter(lua, lua->L, meter);
    status = lua_pcall(lua->L, nargs, nresults, 0);
    sc_lua_leave(lua);
    if (status == LUA_OK && !meter->killed)
        return SC_OK;
    if (status == LUA_ERRMEM)
        lua->tainted = true;
    sc_lua_error_of(lua->L, status, meter, err);
    lua_settop(lua->L, 0);
    return err->code;
}

enum sc_code sc_lua_compile(lua_State *L, const char *text, size_t len, const char *name,
        int env, struct sc_error *err)
{
    int status;

    env = lua_absindex(L, env);
    if (len > MAX_SOURCE)
        return sc_fail(
                err, SC_INVALID, "%s: the source is over %d KiB", name, MAX_SOURCE >> 10);
    status = luaL_loadbufferx(L, text, len, name, "t");
    if (status == LUA_OK) {
        lua_pushvalue(L, env);
        lua_setupvalue(L, -2, 1);
        return SC_OK;
    }
    sc_lua_error_of(L, status, NULL, err);
    lua_pop(L, 1);
    return err->code;
}
