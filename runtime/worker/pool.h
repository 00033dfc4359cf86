/* worker/pool.h - the worker processes, from the daemon's side.
 *
 * Purpose:   start workers when first needed, give them Lua sources, calls and
 *            expressions, kill those that hang, replace those that die.
 * Contract:  as loop/op.h. A worker holds Lua and nothing else: what a script wants from
 *            outside arrives here as a host call, is checked against what its tool
 *            declared, and is answered through the handlers given. A call that passes
 *            its deadline ends with SC_TIMEOUT; its worker is told, and killed when it
 *            does not give the call up at once. The other calls of a killed worker end
 *            with SC_UNAVAILABLE. maybe_happened is set when a call that failed had made
 *            a host call that could have an effect, unless its script says otherwise;
 *            when the script returned its error, only if such a call was not refused.
 *            An op ends after its host calls have.
 * Ownership: the pool copies sources and requests.
 * Thread:    loop.
 */
#pragma once

#include "base/log.h"
#include "plan/evaluate.h"
#include "tool/tool.h"

struct sc_pool;

/* Performs one host call for a tool. The name and args come from a script: check both.
 * Answer with sc_host_reply_*; exactly once, now or later. */
struct sc_host_call {
    const char *name; /* "http.request", "state.get", … */
    const struct sc_json *args;
    struct sc_tool *tool; /* whose script asks; NULL: an expression (refuse) */
    const struct sc_tool_context *context;
    struct sc_scope *scope; /* closes when the script's call ends */
};
void sc_host_reply(struct sc_host_call *call, struct sc_json *take_value);
void sc_host_fail(struct sc_host_call *call, const struct sc_error *err);

struct sc_pool_options {
    const char *worker_path; /* executable; started as `path --worker` */
    int max_workers;         /* 0: 2 */
    size_t memory_limit;     /* bytes per Lua state; 0: 256 MiB */
    void (*on_host_call)(void *arg, struct sc_host_call *call);
    void *arg;
    struct sc_log *log;
};

struct sc_pool *sc_pool_new(struct sc_loop *loop, const struct sc_pool_options *options);
void sc_pool_close(struct sc_pool *pool, void (*on_closed)(void *arg), void *arg);

/* Reads a Lua definition file in a worker. The answer is {"define": descriptor JSON,
 * "version": first 16 hex digits of the hash of source and data}. */
struct sc_define_spec {
    const char *kind; /* "tool" "agent" "config" */
    const char *path; /* for messages */
    const char *source;
    size_t len;
    const struct sc_json *data; /* object of file name -> text of the package's declared
                                   data files; or NULL */
};
struct sc_op *sc_define_start(struct sc_scope *scope, struct sc_pool *pool,
        const struct sc_define_spec *spec, sc_op_done_fn *done, void *arg);
struct sc_json **sc_define_answer(struct sc_op *op);

/* The class of tools whose run is Lua; impl made by sc_lua_tool_impl. */
extern const struct sc_tool_class sc_lua_tool_class;
void *sc_lua_tool_impl(struct sc_pool *pool, const char *path, const char *source,
        size_t len, const struct sc_json *data);

/* Lets a tool speak its own `preview`, from its source; also one whose run is built in.
 * Nothing happens when its descriptor names no such function. */
void sc_lua_tool_add_preview(struct sc_tool *tool, struct sc_pool *pool, const char *path,
        const char *source, size_t len, const struct sc_json *data);

/* A function of a tool other than run: "preview", "cost", "happened", "poll", "undo".
 * args is the list of its arguments; what is no array is its one argument. */
struct sc_op *sc_lua_function_start(struct sc_scope *scope, struct sc_tool *tool,
        const char *function, const struct sc_json *args, sc_op_done_fn *done, void *arg);
struct sc_json **sc_lua_function_answer(struct sc_op *op);

/* Expressions of plans. */
struct sc_evaluator *sc_pool_evaluator(struct sc_pool *pool);

/* The worker's side: serves on fd until it closes; returns an exit code. The pool gives
 * it the socket as descriptor SC_WORKER_FD. */
enum { SC_WORKER_FD = 3 };
int sc_worker_main(int fd);
