#include "net/sse_call.h"

#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"

enum { EVENT_MAX = 4 * 1024 * 1024, ERROR_BODY_MAX = 64 * 1024 };

struct sse_call {
    struct sc_op *op; /* known from the first callback on */
    struct sc_sse sse;
    void (*on_event)(struct sc_op *op, const struct sc_sse_event *event);
};

static void hand_out(void *arg, const struct sc_sse_event *event)
{
    struct sse_call *call = arg;

    /* One piece may hold several events, and the first may end the op. */
    if (call->op->state == SC_OP_PENDING)
        call->on_event(call->op, event);
}

static bool is_event_stream(struct sc_op *op)
{
    static const char wanted[] = "text/event-stream";
    const char *type = sc_http_header(op, "content-type");

    return type && strncasecmp(type, wanted, sizeof(wanted) - 1) == 0;
}

static void on_headers(struct sc_op *op, int status)
{
    struct sse_call *call = sc_http_context(op);

    call->op = op;
    if (status != 200)
        sc_http_collect(op, ERROR_BODY_MAX);
    else if (!is_event_stream(op))
        sc_http_collect(op, SIZE_MAX);
}

static void on_data(struct sc_op *op, const char *data, size_t len)
{
    struct sse_call *call = sc_http_context(op);
    struct sc_error err;

    if (sc_sse_feed(&call->sse, data, len, &err))
        sc_http_abort(op, &err);
}

static void free_call(void *context)
{
    struct sse_call *call = context;

    sc_sse_release(&call->sse);
    free(call);
}

struct sc_op *sc_sse_call_start(struct sc_scope *scope, struct sc_multi *multi,
        const struct sc_sse_call_spec *spec, sc_op_done_fn *done, void *arg)
{
    struct sse_call *call = sc_new(struct sse_call);
    struct sc_sse_handler handler = { .on_event = hand_out, .arg = call };
    struct sc_http_spec http = spec->http;

    call->on_event = spec->on_event;
    sc_sse_init(&call->sse, &handler, spec->max_event ? spec->max_event : EVENT_MAX);
    http.on_headers = on_headers;
    http.on_data = on_data;
    http.context = call;
    http.free_context = free_call;
    http.plain = true;
    if (!http.total_ms)
        http.total_ms = SC_HTTP_NO_LIMIT;
    return sc_http_start(scope, multi, &http, done, arg);
}
