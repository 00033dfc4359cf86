/* worker/pool_private.h - what the files of the pool share.
 *
 * Purpose:   pool.c has the processes and where calls go, call.c one call and its ops,
 *            lua_tool.c the tool class and the evaluator.
 * Thread:    loop.
 */
#pragma once

#include "base/map.h"
#include "loop/proc.h"
#include "worker/ids.h"
#include "worker/pool.h"
#include "worker/wire.h"

/* A script file as the pool knows it; impl of a Lua tool. */
struct sc_source {
    struct sc_pool *pool;
    char version[17];
    char *frame; /* the payload of SOURCE and DEFINE */
    size_t frame_len;
};

enum sc_worker_state { WORKER_STARTING, WORKER_READY, WORKER_CLOSING };

struct sc_worker {
    struct sc_list in_pool;
    struct sc_pool *pool;
    struct sc_proc *proc;
    struct sc_wire *wire;
    enum sc_worker_state state;
    int64_t started_ms;
    struct sc_map versions; /* sources it has */
    struct sc_list calls;   /* in flight */
    struct sc_id_table ids; /* the same by id */
    struct sc_list
            at_work; /* of those, calls that are in their script, the longest first:
                        no definitions, and none that waits for a host call */
    int work_count;
    int told_count; /* calls that it has to give up: gets no new ones until then */
    int open_parts; /* proc, wire */
};

struct sc_pool {
    struct sc_loop *loop;
    struct sc_pool_options options;
    char *worker_path;
    struct sc_list workers;
    int worker_count;
    struct sc_list queue; /* calls that no worker takes yet */
    uv_timer_t timer;     /* the next deadline, or the end of a backoff */
    int64_t armed_ms;     /* when the timer fires */
    uint32_t next_id;
    int failed_starts; /* in a row */
    int64_t start_after_ms;
    struct sc_evaluator evaluator;
    bool closing, timer_open;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

enum sc_call_what { CALL_DEFINE, CALL_FUNCTION, CALL_EVALUATE };

/* Lives while its op, its place in a list, or a host call needs it. */
struct sc_call {
    struct sc_op op;
    int refs;
    struct sc_list in_list; /* the pool's queue or the worker's calls */
    bool listed;
    struct sc_id_entry entry; /* in the worker's ids, once sent */
    struct sc_pool *pool;
    struct sc_worker *worker; /* NULL: not sent, or no longer there */
    struct sc_list in_work;   /* the worker's at_work */
    int64_t works_since_ms;
    enum sc_call_what what;
    struct sc_source *source; /* NULL: expressions */
    struct sc_buf payload;    /* until it is sent */
    int64_t deadline_ms;      /* of the loop's clock */
    bool told;                /* to stop, by kill_ms, or its worker dies */
    int64_t kill_ms;

    struct sc_tool *tool; /* held */
    bool alone;           /* no host call is for it */
    const struct sc_tool_context *context;
    struct sc_tool_outcome outcome;
    struct sc_json *answer; /* of define, evaluate and functions */
    struct sc_error err;    /* how it ended; the op waits for its host calls */
    bool over;

    struct sc_scope host_scope;
    int host_count;
    bool host_closing;
    bool touched;  /* a host call that can have an effect was made */
    bool doubtful; /* and one of those did not end in a refusal */
};

/* pool.c */
void sc_pool_dispatch(struct sc_pool *pool);
void sc_pool_arm(struct sc_pool *pool, int64_t at_ms); /* the timer, not later */
int64_t sc_pool_now(const struct sc_pool *pool);
void sc_pool_call_left(struct sc_call *call); /* the queue, or its worker */
void sc_call_works(struct sc_call *call); /* it begins, or goes on after a host call */
void sc_call_rests(struct sc_call *call); /* waits for a host call, or has left */

/* call.c */
struct sc_call *sc_call_new(struct sc_pool *pool, struct sc_scope *scope,
        enum sc_call_what what, sc_op_done_fn *done, void *arg);
struct sc_call *sc_call_of(struct sc_op *op);

/* The payload is complete: into the queue. The op is the caller's result. */
struct sc_op *sc_call_enqueue(struct sc_call *call, int64_t timeout_ms);

/* Ends the op (later, when its host calls have ended) and takes it off its worker. */
void sc_call_fail(struct sc_call *call, const struct sc_error *err);

/* Its time is up: the op ends now, the worker is told. */
void sc_call_expire(struct sc_call *call);
void sc_call_send(struct sc_call *call, struct sc_worker *worker);

/* false: the frame makes no sense, and the worker is not to be trusted. */
bool sc_call_on_frame(struct sc_call *call, const struct sc_frame *frame);

/* hostcall.c */
bool sc_call_on_host_call(struct sc_call *call, const struct sc_frame *frame);

/* When the op may end: all host calls have. */
void sc_call_settle(struct sc_call *call);
void sc_call_ref(struct sc_call *call);
void sc_call_unref(struct sc_call *call);

/* source.c */
struct sc_source *sc_source_new(struct sc_pool *pool, const char *kind, const char *path,
        const char *source, size_t len, const struct sc_json *data);
void sc_source_free(struct sc_source *source);
