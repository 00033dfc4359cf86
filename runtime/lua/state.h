/* lua/state.h - a Lua state in which a hostile script can do no harm in time.
 *
 * Purpose:   a state with a memory cap, a short list of globals, and a meter that ends
 *            what runs too long. It is the second wall; the worker process is the first.
 * Contract:  scripts see no os, io, debug, package, load, coroutine, no finalizers and no
 *            addresses. A killed run raises on every instruction, so no pcall holds it.
 *            Functions of C either end quickly or call sc_lua_charge.
 * Ownership: sc_lua_free closes the state; no fiber may live in it then.
 * Thread:    worker.
 * Errors:    a meter that has ended a run says why in `why`.
 */
#pragma once

#include <lua.h>

#include "base/error.h"

struct sc_host;

/* What one fiber may use. Zeroed with the two limits set it is ready. */
struct sc_meter {
    int64_t cpu_ns_limit; /* time on the processor in all; 0: none */
    int64_t tick_limit;   /* thousands of instructions; 0: none */
    int64_t cpu_ns, ticks;
    int64_t since_ns; /* when this turn began */
    bool may_yield;   /* a turn that gets long may be interrupted */
    bool killed;
    enum sc_code why;
};

struct sc_lua {
    lua_State *L;
    size_t used, limit;
    size_t fresh; /* bytes allocated since the meter was last read */
    int64_t work; /* charged since the meter was last read */
    lua_State *running;
    struct sc_meter *meter; /* of what runs; NULL: nothing does */
    struct sc_host *host;   /* whom host calls go to; NULL: none */
    void *user;             /* the owner's */
    bool tainted;           /* a run was ended by force: use another state */
    int lenient;            /* missing fields read as nil while > 0 */
    int fibers;             /* alive */
    int calls;              /* of the owner's that still look at this state */
};

/* memory_limit 0: 256 MiB. NULL when not even the libraries fit. */
struct sc_lua *sc_lua_new(size_t memory_limit, struct sc_error *err);
void sc_lua_free(struct sc_lua *lua);

/* The sandbox that a thread belongs to; NULL for a plain Lua state. */
struct sc_lua *sc_lua_of(lua_State *L);

/* A turn of a fiber, or a plain call, begins and ends. Turns do not nest. */
void sc_lua_enter(struct sc_lua *lua, lua_State *running, struct sc_meter *meter);
void sc_lua_leave(struct sc_lua *lua);

/* Ends the run from outside; it raises at its next instruction. */
void sc_lua_kill(struct sc_lua *lua, lua_State *L, enum sc_code why);

/* For functions of C: `work` bytes or steps were, or will be, spent. Raises when the
 * run has used what it may. */
void sc_lua_charge(lua_State *L, int64_t work);

/* lua_pcall with a meter, outside a fiber: code and *err on failure. nargs arguments and
 * the function are on the stack. */
enum sc_code sc_lua_pcall(struct sc_lua *lua, int nargs, int nresults,
        struct sc_meter *meter, struct sc_error *err);

/* What the error value on top of the stack says; nothing is called, nothing popped. */
void sc_lua_error_of(
        lua_State *L, int status, const struct sc_meter *meter, struct sc_error *err);

/* Compiles text (never bytecode) with `env` (stack index) as its globals and leaves the
 * function on the stack. name is as for luaL_loadbuffer. */
enum sc_code sc_lua_compile(lua_State *L, const char *text, size_t len, const char *name,
        int env, struct sc_error *err);

/* Pushes a read-only face of the table at index. A frozen table reads, counts and walks
 * like the original. */
void sc_lua_freeze(lua_State *L, int index);

/* Pushes the table behind a frozen one; false, and nothing, when it is not frozen. */
bool sc_lua_push_behind(lua_State *L, int index);

/* Pushes a new table of globals over the frozen standard ones; then, after the script
 * has run, makes it read-only. */
void sc_lua_push_env(lua_State *L);
void sc_lua_freeze_env(lua_State *L, int env);

/* Raises unless the table at index may be changed. */
void sc_lua_check_writable(lua_State *L, int index);
