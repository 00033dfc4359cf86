#include "http_fixture.h"

#include "net/sse_call.h"

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;
    const struct sc_http_reply *reply = sc_http_reply(op);

    f->status = reply->status;
    f->count = (int)reply->len;
    snprintf(f->seen, sizeof(f->seen), "%.*s", 200, reply->body);
    f->ok += !err;
    if (err) {
        f->err = *err;
        f->cancelled += err->code == SC_CANCELLED;
    }
}

static void on_event(struct sc_op *op, const struct sc_sse_event *event)
{
    struct fixture *f = op->arg;

    f->pieces++;
    sc_buf_addf(&f->body, "[%s:%s]", event->type, event->data);
    if (f->on_piece && !f->on_piece(f, op))
        sc_op_cancel(op);
}

static void call(struct fixture *f, size_t max_event)
{
    char url[HTTP_PEER_URL];
    struct sc_sse_call_spec spec = {
        .http.url = url, .on_event = on_event, .max_event = max_event
    };

    http_peer_url(f->peer, "/", url);
    sc_sse_call_start(&f->scope, f->multi, &spec, on_done, f);
    sc_loop_run(f->loop);
}

static void begin_events(struct peer_request *request)
{
    peer_begin(request, 200, "Content-Type: text/event-stream; charset=utf-8\r\n");
}

static void answer_events(void *arg, struct peer_request *request)
{
    static const char text[] = "data: one\n\n: keep-alive\n\nevent: b\ndata: two\n\n";

    (void)arg;
    begin_events(request);
    for (const char *at = text; *at; at++)
        peer_chunk(request, at, 1);
    peer_end(request);
}

static void events_arrive_whatever_the_pieces(void **state)
{
    struct fixture *f = *state;
    char value[32];

    f->answer = answer_events;
    call(f, 0);

    assert_int_equal(f->ok, 1);
    assert_string_equal(f->body.data, "[message:one][b:two]");
    assert_int_equal(f->count, 0); /* nothing is collected beside */
    assert_false(peer_header(f->last, "Accept-Encoding", value, sizeof(value)));
}

static void answer_many_in_one_piece(void *arg, struct peer_request *request)
{
    static const char text[] = "data: one\n\ndata: two\n\ndata: three\n\n";

    (void)arg;
    begin_events(request);
    peer_chunk(request, text, sizeof(text) - 1);
    peer_end(request);
}

static bool stop(struct fixture *f, struct sc_op *op)
{
    (void)f, (void)op;
    return false;
}

static void nothing_comes_after_cancelling_in_an_event(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_many_in_one_piece;
    f->on_piece = stop;
    call(f, 0);

    assert_int_equal(f->cancelled, 1);
    assert_string_equal(f->body.data, "[message:one]");
}

static void answer_long_error(void *arg, struct peer_request *request)
{
    static char text[100000];

    (void)arg;
    memset(text, 'e', sizeof(text));
    peer_reply(request, 500, "Content-Type: text/event-stream\r\n", text, sizeof(text));
}

static void an_error_is_collected_up_to_a_limit(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_long_error;
    call(f, 0);

    assert_int_equal(f->ok, 1);
    assert_int_equal(f->status, 500);
    assert_int_equal(f->count, 64 * 1024);
    assert_int_equal(f->pieces, 0);
}

static void answer_json(void *arg, struct peer_request *request)
{
    (void)arg;
    peer_reply(request, 200, "Content-Type: application/json\r\n", "{\"a\":1}", 7);
}

static void a_reply_that_is_no_stream_is_collected(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_json;
    call(f, 0);

    assert_string_equal(f->seen, "{\"a\":1}");
    assert_int_equal(f->pieces, 0);
}

static void answer_endless_event(struct peer_request *request)
{
    static const char text[] = "data: more and more and more\n";

    peer_chunk(request, text, sizeof(text) - 1);
}

static void answer_with_endless_event(void *arg, struct peer_request *request)
{
    (void)arg;
    request->on_sent = answer_endless_event;
    begin_events(request);
}

static void an_endless_event_ends_at_the_limit(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_with_endless_event;
    call(f, 1000);

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_int_equal(f->pieces, 0);
}

/* Always a byte before the idle time is over, never an event. */
static void send_next_byte(struct peer_request *request)
{
    static int sent;

    peer_chunk(request, "x", 1);
    if (++sent < 2000)
        peer_later(request, 1, send_next_byte);
    else
        peer_end(request);
}

static void answer_a_byte_at_a_time(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_events(request);
    peer_chunk(request, "data: ", 6);
    send_next_byte(request);
}

static void a_stream_that_trickles_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    char url[HTTP_PEER_URL];
    struct sc_sse_call_spec spec = { .http = { .url = url, .idle_ms = 100 },
        .on_event = on_event };

    f->answer = answer_a_byte_at_a_time;
    http_peer_url(f->peer, "/", url);
    sc_sse_call_start(&f->scope, f->multi, &spec, on_done, f);
    sc_loop_run(f->loop);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_true(f->err.retryable);
}

static void answer_half_an_event(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_events(request);
    peer_chunk(request, "data: one\n\ndata: tw", 19);
    peer_hang_up(request);
}

static void a_truncated_stream_is_an_error_after_its_whole_events(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_half_an_event;
    call(f, 0);

    assert_string_equal(f->body.data, "[message:one]");
    assert_int_equal(f->err.code, SC_PROTOCOL);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(events_arrive_whatever_the_pieces),
        T(nothing_comes_after_cancelling_in_an_event),
        T(an_error_is_collected_up_to_a_limit),
        T(a_reply_that_is_no_stream_is_collected),
        T(an_endless_event_ends_at_the_limit),
        T(a_stream_that_trickles_is_a_timeout),
        T(a_truncated_stream_is_an_error_after_its_whole_events),
    };
    return cmocka_run_group_tests_name("net/sse_call", tests, NULL, NULL);
}
