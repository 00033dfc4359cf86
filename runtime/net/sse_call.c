#include "net/sse_call.h"

#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "loop/loop.h"

enum { EVENT_MAX = 4 * 1024 * 1024, ERROR_BODY_MAX = 64 * 1024 };
enum { IDLE_MS = 60000, IDLES_PER_EVENT = 5 };

struct sse_call {
    struct sc_op *op; /* known from the first callback on */
    struct sc_sse sse;
    int64_t event_ms; /* the longest that an event may take */
    int64_t since_ms; /* when the last one, or a comment, was whole; 0: not begun */
    void (*on_event)(struct sc_op *op, const struct sc_sse_event *event);
};

static void hand_out(void *arg, const struct sc_sse_event *event)
{
    struct sse_call *call = arg;

    call->since_ms = 0;
    /* One piece may hold several events, and the first may end the op. */
    if (call->op->state == SC_OP_PENDING)
        call->on_event(call->op, event);
}

static void note_comment(void *arg, const char *text)
{
    (void)text;
    ((struct sse_call *)arg)->since_ms = 0;
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

/* Has an event been under way for too long? */
static enum sc_code check_pace(struct sse_call *call, struct sc_error *err)
{
    int64_t now_ms = (int64_t)uv_now(sc_loop_uv(call->op->scope->loop));

    if (!call->since_ms)
        call->since_ms = now_ms;
    if (now_ms - call->since_ms <= call->event_ms)
        return SC_OK;
    return sc_fail(err, SC_TIMEOUT,
            "the reply trickles: no event came to its end in %lld ms",
            (long long)call->event_ms);
}

static void on_data(struct sc_op *op, const char *data, size_t len)
{
    struct sse_call *call = sc_http_context(op);
    struct sc_error err;

    if (sc_sse_feed(&call->sse, data, len, &err) || check_pace(call, &err))
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
    struct sc_sse_handler handler = {
        .on_event = hand_out, .on_comment = note_comment, .arg = call
    };
    struct sc_http_spec http = spec->http;

    call->event_ms = (http.idle_ms > 0 ? http.idle_ms : IDLE_MS) * IDLES_PER_EVENT;
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
