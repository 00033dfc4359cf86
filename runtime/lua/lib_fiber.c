/* lua/lib_fiber.c - spawn, join and race: several waits of one call at once. */
#include <stdlib.h>

#include "base/mem.h"
#include "lua/fiber.h"
#include "lua/lib.h"
#include "lua/state.h"

enum { MAX_FIBERS = 500, MAX_RACERS = 100 };

/* The userdata that spawn returns. Its user value is the coroutine. */
struct task {
    struct sc_op *op; /* NULL: ended */
    lua_State *main;  /* any thread of the state, to drop the anchor */
    int anchor;       /* while it runs */
    struct sc_error err;
    struct sc_list waiters;
};

struct wait_op {
    struct sc_op op;
    int count;
    struct entry {
        struct sc_list in_waiters;
        struct wait_op *wait;
    } entries[];
};

static struct task *check_task(lua_State *L, int index)
{
    return luaL_checkudata(L, index, "sc.fiber");
}

static void wait_end(struct wait_op *wait, const struct sc_error *err)
{
    for (int i = 0; i < wait->count; i++)
        sc_list_remove(&wait->entries[i].in_waiters);
    sc_op_finish(&wait->op, err);
}

static void wait_cancel(struct sc_op *op)
{
    struct sc_error err;

    sc_fail(&err, SC_CANCELLED, "join");
    wait_end(sc_container_of(op, struct wait_op, op), &err);
}

static void wait_release(struct sc_op *op)
{
    free(sc_container_of(op, struct wait_op, op));
}

static const struct sc_op_class wait_class = {
    .name = "join",
    .cancel = wait_cancel,
    .release = wait_release,
};

static void on_task_done(struct sc_op *op, const struct sc_error *err)
{
    struct task *task = op->arg;

    task->op = NULL;
    if (err)
        task->err = *err;
    while (!sc_list_empty(&task->waiters))
        wait_end(sc_container_of(task->waiters.next, struct entry, in_waiters)->wait,
                NULL);
    luaL_unref(task->main, LUA_REGISTRYINDEX, task->anchor);
}

/* spawn(f, …) -> fiber */
static int l_spawn(lua_State *L)
{
    struct sc_scope *siblings = sc_fiber_siblings(L);
    struct sc_fiber_spec spec = {
        .meter = sc_fiber_meter(L), .user = sc_fiber_user(L), .keep_results = true
    };
    struct task *task;
    int top = lua_gettop(L);

    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (sc_lua_of(L)->fibers >= MAX_FIBERS)
        return luaL_error(L, "too many fibers at once (%d)", MAX_FIBERS);
    task = lua_newuserdatauv(L, sizeof(*task), 1);
    *task = (struct task){ .main = sc_lua_of(L)->L };
    sc_list_init(&task->waiters);
    luaL_setmetatable(L, "sc.fiber");
    lua_pushvalue(L, -1);
    task->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_insert(L, 1);
    task->op = sc_fiber_start_with(L, top - 1, siblings, &spec, on_task_done, task);
    sc_fiber_push_thread(L, task->op);
    lua_setiuservalue(L, 1, 1);
    return 1;
}

static int push_results(lua_State *L, int index)
{
    struct task *task = check_task(L, index);
    lua_State *co;
    int n;

    if (task->err.code) {
        lua_pushnil(L);
        sc_fiber_push_error(L, &task->err);
        return 2;
    }
    lua_getiuservalue(L, index, 1);
    co = lua_tothread(L, -1);
    n = lua_gettop(co);
    luaL_checkstack(L, n + 4, "too many results");
    luaL_checkstack(co, n + 4, "too many results");
    for (int i = 1; i <= n; i++)
        lua_pushvalue(co, i);
    lua_xmove(co, L, n);
    return n;
}

static struct sc_op *wait_start(lua_State *L, int count)
{
    struct sc_scope *scope = sc_fiber_scope(L);
    struct wait_op *wait =
            sc_zalloc(sizeof(*wait) + (size_t)count * sizeof(wait->entries[0]));

    wait->count = count;
    for (int i = 0; i < count; i++) {
        struct task *task = check_task(L, i + 1); /* was checked: does not raise */

        wait->entries[i].wait = wait;
        sc_list_append(&task->waiters, &wait->entries[i].in_waiters);
    }
    sc_op_begin(&wait->op, &wait_class, scope, sc_fiber_on_done, sc_fiber_arg(L));
    if (scope->cancelled)
        wait_cancel(&wait->op);
    return &wait->op;
}

static int push_joined(lua_State *L, struct sc_op *op)
{
    (void)op;
    return push_results(L, 1);
}

/* join(fiber) -> what its function returned | nil, err */
int sc_lua_join(lua_State *L)
{
    struct task *task = check_task(L, 1);

    sc_fiber_scope(L);
    lua_settop(L, 1);
    if (!task->op)
        return push_results(L, 1);
    return sc_fiber_await(L, wait_start(L, 1), push_joined);
}

/* The first that has ended wins; the others are cancelled. */
static int push_winner(lua_State *L, struct sc_op *op)
{
    int n = lua_gettop(L), winner = 0;

    (void)op;
    for (int i = 1; i <= n; i++) {
        struct task *task = check_task(L, i);

        if (!task->op && !winner)
            winner = i;
        else if (task->op)
            sc_op_cancel(task->op);
    }
    lua_pushinteger(L, winner);
    return push_results(L, winner) + 1;
}

/* race(fiber, …) -> index of the first to end, its results */
static int l_race(lua_State *L)
{
    int n = lua_gettop(L);
    bool ended = false;

    sc_fiber_scope(L);
    luaL_argcheck(L, n >= 1 && n <= MAX_RACERS, 1, "1 to 100 fibers expected");
    for (int i = 1; i <= n; i++)
        ended = !check_task(L, i)->op || ended;
    if (ended)
        return push_winner(L, NULL);
    return sc_fiber_await(L, wait_start(L, n), push_winner);
}

int sc_luaopen_fiber(lua_State *L)
{
    static const luaL_Reg functions[] = { { "spawn", l_spawn }, { "race", l_race },
        { NULL, NULL } };

    luaL_newmetatable(L, "sc.fiber");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
    return 0;
}
