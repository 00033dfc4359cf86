/* worker/call.c - one call to a worker, as an op. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "worker/pool_private.h"
#include "worker/wire_error.h"

enum { GRACE_MS = 500 }; /* for a worker to give up a call */

struct sc_call *sc_call_of(struct sc_op *op)
{
    return sc_container_of(op, struct sc_call, op);
}

void sc_call_ref(struct sc_call *call)
{
    call->refs++;
}

void sc_call_unref(struct sc_call *call)
{
    if (--call->refs > 0)
        return;
    sc_buf_release(&call->payload);
    sc_json_free(call->outcome.value);
    sc_json_free(call->answer);
    if (call->tool)
        sc_tool_unref(call->tool);
    free(call);
}

/* --- the end --- */

static void on_host_scope_empty(struct sc_scope *scope)
{
    struct sc_call *call = sc_container_of(scope, struct sc_call, host_scope);

    scope->on_empty = NULL;
    call->host_closing = false;
    sc_call_settle(call);
    sc_call_unref(call);
}

void sc_call_settle(struct sc_call *call)
{
    if (!call->over || call->host_closing || call->host_count > 0 ||
            call->op.state != SC_OP_PENDING)
        return;
    call->context = NULL;
    sc_op_finish(&call->op, call->err.code ? &call->err : NULL);
}

/* The outcome is known. What its script still wants from outside is called off. */
static void end(struct sc_call *call, const struct sc_error *err)
{
    if (call->over)
        return;
    call->over = true;
    if (err)
        call->err = *err;
    if (call->host_count > 0 || !sc_list_empty(&call->host_scope.ops)) {
        call->host_closing = true;
        sc_call_ref(call);
        sc_scope_close(&call->host_scope, on_host_scope_empty);
    }
    sc_call_settle(call);
}

/* An end from outside: what the script did by then is not known. */
static void end_in_doubt(struct sc_call *call, const struct sc_error *err)
{
    call->outcome.maybe_happened = call->touched;
    end(call, err);
}

void sc_call_fail(struct sc_call *call, const struct sc_error *err)
{
    sc_call_ref(call);
    sc_pool_call_left(call);
    end_in_doubt(call, err);
    sc_call_unref(call);
}

/* The worker has to say that it gave up; until then the call stays on its list. */
static void tell(struct sc_call *call)
{
    if (!call->worker) {
        sc_pool_call_left(call);
        return;
    }
    if (call->told)
        return;
    call->told = true;
    call->worker->told_count++;
    call->kill_ms = sc_pool_now(call->pool) + GRACE_MS;
    sc_wire_begin(call->worker->wire, SC_FRAME_CANCEL, call->entry.id, 0);
    sc_wire_end(call->worker->wire, NULL);
    sc_pool_arm(call->pool, call->kill_ms);
}

void sc_call_expire(struct sc_call *call)
{
    struct sc_error err;

    sc_fail(&err, SC_TIMEOUT, "no answer within its time");
    sc_call_ref(call);
    tell(call);
    end_in_doubt(call, &err);
    sc_call_unref(call);
}

static void call_cancel(struct sc_op *op)
{
    struct sc_call *call = sc_call_of(op);
    struct sc_error err;

    if (call->over)
        return;
    sc_fail(&err, SC_CANCELLED, "the call was cancelled");
    tell(call);
    end_in_doubt(call, &err);
}

static void call_release(struct sc_op *op)
{
    sc_call_unref(sc_call_of(op));
}

static const struct sc_op_class call_class = {
    .name = "worker call",
    .cancel = call_cancel,
    .release = call_release,
};

/* --- the start --- */

struct sc_call *sc_call_new(struct sc_pool *pool, struct sc_scope *scope,
        enum sc_call_what what, sc_op_done_fn *done, void *arg)
{
    struct sc_call *call = sc_new(struct sc_call);

    call->refs = 1;
    call->pool = pool;
    call->what = what;
    sc_list_init(&call->in_work);
    sc_buf_init(&call->payload);
    sc_scope_init(&call->host_scope, pool->loop);
    sc_op_begin(&call->op, &call_class, scope, done, arg);
    return call;
}

struct sc_op *sc_call_enqueue(struct sc_call *call, int64_t timeout_ms)
{
    struct sc_pool *pool = call->pool;
    struct sc_error err;

    if (pool->closing || call->op.scope->cancelled) {
        sc_fail(&err, SC_CANCELLED, "the call was cancelled");
        end(call, &err);
        return &call->op;
    }
    call->deadline_ms = sc_pool_now(pool) + timeout_ms;
    sc_call_ref(call);
    call->listed = true;
    sc_list_append(&pool->queue, &call->in_list);
    sc_pool_arm(pool, call->deadline_ms);
    sc_pool_dispatch(pool);
    return &call->op;
}

static void send_source(struct sc_worker *worker, const struct sc_source *source)
{
    struct sc_buf *out = sc_wire_begin(worker->wire, SC_FRAME_SOURCE, 0, 0);

    sc_buf_add(out, source->frame, source->frame_len);
    sc_wire_end(worker->wire, NULL);
}

void sc_call_send(struct sc_call *call, struct sc_worker *worker)
{
    static const enum sc_frame_kind kinds[] = { [CALL_DEFINE] = SC_FRAME_DEFINE,
        [CALL_FUNCTION] = SC_FRAME_CALL,
        [CALL_EVALUATE] = SC_FRAME_EVALUATE };
    static char known;
    struct sc_error err;
    struct sc_buf *out;

    sc_list_remove(&call->in_list);
    sc_list_append(&worker->calls, &call->in_list);
    sc_id_add(&worker->ids, &call->entry, ++call->pool->next_id);
    call->worker = worker;
    sc_call_works(call);
    if (call->source && !sc_map_get(&worker->versions, call->source->version)) {
        if (call->what != CALL_DEFINE)
            send_source(worker, call->source);
        sc_map_set(&worker->versions, call->source->version, &known);
    }
    out = sc_wire_begin(worker->wire, kinds[call->what], call->entry.id, 0);
    sc_buf_add(out, call->payload.data, call->payload.len);
    sc_buf_release(&call->payload);
    if (sc_wire_end(worker->wire, &err) != SC_OK)
        sc_call_fail(call, &err);
}

/* --- answers --- */

static bool on_value(struct sc_call *call, struct sc_json *take_value, bool pending)
{
    double after;

    if (call->what != CALL_FUNCTION) {
        call->answer = take_value;
    } else if (pending) {
        call->outcome.kind = SC_TOOL_PENDING;
        call->outcome.value = sc_json_detach(take_value, "token");
        if (sc_json_double(sc_json_get(take_value, "after"), &after) && after >= 0 &&
                after < 1e9)
            call->outcome.after_ms = (int64_t)(after * 1000);
        sc_json_free(take_value);
    } else {
        call->outcome.value = take_value;
        call->answer = NULL;
    }
    end(call, NULL);
    return true;
}

static bool on_error(struct sc_call *call, struct sc_json *take_error)
{
    struct sc_error err;
    const struct sc_json *says = sc_json_get(take_error, "maybe_happened");

    sc_wire_error_read(take_error, &err);
    if (sc_json_is(says, SC_JSON_BOOL))
        call->outcome.maybe_happened = sc_json_true(says);
    else
        call->outcome.maybe_happened = sc_json_get_bool(take_error, "returned", false)
                                               ? call->doubtful
                                               : call->touched;
    sc_json_free(take_error);
    end(call, &err);
    return true;
}

static bool on_answer(struct sc_call *call, const struct sc_frame *frame)
{
    struct sc_error err;
    struct sc_json *json = sc_json_parse(frame->data, frame->len, NULL, &err);
    bool good = json != NULL;

    sc_call_ref(call);
    if (!json) {
        sc_call_fail(call, &err);
    } else {
        sc_pool_call_left(call);
        if (call->over) /* it was told to stop */
            sc_json_free(json);
        else if (frame->kind == SC_FRAME_ERROR)
            good = on_error(call, json);
        else
            good = on_value(call, json, frame->kind == SC_FRAME_PENDING);
        if (!sc_list_empty(&call->pool->queue))
            sc_pool_dispatch(call->pool);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the reference taken above is left */
    sc_call_unref(call);
    return good;
}

bool sc_call_on_frame(struct sc_call *call, const struct sc_frame *frame)
{
    switch ((int)frame->kind) {
    case SC_FRAME_VALUE:
    case SC_FRAME_PENDING:
    case SC_FRAME_ERROR:
        return on_answer(call, frame);
    case SC_FRAME_HOST_CALL:
        return sc_call_on_host_call(call, frame);
    default:
        return false;
    }
}
