#include "http_fixture.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

/* --- time --- */

static void silence_before_the_answer_times_out(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_never;
    fixture_start(f, "/", &(struct sc_http_spec){ .first_byte_ms = 30 });
    sc_loop_run(f->loop);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_true(f->err.retryable);
    assert_true(f->sent);
    assert_non_null(strstr(f->err.msg, "did not answer"));
    assert_non_null(strstr(f->err.msg, "127.0.0.1"));
}

static void answer_and_fall_silent(void *arg, struct peer_request *request)
{
    (void)arg;
    peer_begin(request, 200, NULL);
    peer_chunk(request, "some", 4);
}

static void silence_within_the_answer_times_out(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_and_fall_silent;
    fixture_start(f, "/", &(struct sc_http_spec){ .idle_ms = 30 });
    sc_loop_run(f->loop);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_non_null(strstr(f->err.msg, "fell silent"));
    assert_int_equal(f->status, 200);
    assert_string_equal(f->body.data, "some");
}

static void trickle(struct peer_request *request)
{
    struct fixture *f = request->data;

    if (f->count-- == 0) {
        peer_end(request);
        return;
    }
    peer_chunk(request, ":", 1);
    peer_later(request, 100, trickle);
}

static void answer_by_trickling(void *arg, struct peer_request *request)
{
    request->data = arg;
    peer_begin(request, 200, NULL);
    trickle(request);
}

static void each_byte_restarts_the_idle_wait(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_by_trickling;
    f->count = 8; /* 800 ms in all */
    fixture_start(f, "/", &(struct sc_http_spec){ .idle_ms = 600 });
    sc_loop_run(f->loop);

    assert_int_equal(f->ok, 1);
    assert_string_equal(f->body.data, "::::::::");
}

static void trickling_does_not_outlast_the_total_time(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_by_trickling;
    f->count = 1000000;
    fixture_start(f, "/", &(struct sc_http_spec){ .total_ms = 250 });
    sc_loop_run(f->loop);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_non_null(strstr(f->err.msg, "took longer"));
}

/* A listener whose queue is full: the kernel lets further connections wait. */
struct blackhole {
    int listener, queued[4];
    int port;
};

static void open_blackhole(struct blackhole *hole)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);

    uv_ip4_addr("127.0.0.1", 0, &address);
    hole->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(hole->listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(hole->listener, 0), 0);
    getsockname(hole->listener, (struct sockaddr *)&address, &len);
    hole->port = ntohs(address.sin_port);
    for (int i = 0; i < 4; i++) {
        hole->queued[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (connect(hole->queued[i], (struct sockaddr *)&address, len) < 0)
            continue; /* in progress */
    }
}

static void close_blackhole(const struct blackhole *hole)
{
    close(hole->listener);
    for (int i = 0; i < 4; i++)
        close(hole->queued[i]);
}

static void a_connection_that_is_not_accepted_times_out(void **state)
{
    struct fixture *f = *state;
    struct blackhole hole;
    char url[64];

    open_blackhole(&hole);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", hole.port);
    fixture_start(f, url, &(struct sc_http_spec){ .connect_ms = 30 });
    sc_loop_run(f->loop);
    close_blackhole(&hole);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_non_null(strstr(f->err.msg, "connection"));
    assert_false(f->sent);
}

static void running_out_of_descriptors_is_said_and_passes(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, few;

    getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &few);
    fixture_get(f, "/");
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(f->err.code, SC_BUSY);
    assert_non_null(strstr(f->err.msg, "open files"));

    fixture_get(f, "/");
    assert_int_equal(f->ok, 1);
}

/* --- size --- */

static void answer_long(void *arg, struct peer_request *request)
{
    static const char text[2000];

    (void)arg;
    peer_reply(request, 200, NULL, text, sizeof(text));
}

static void a_body_over_the_limit_is_refused(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_long;
    fixture_start(f, "/", &(struct sc_http_spec){ .max_body = 1999 });
    sc_loop_run(f->loop);
    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_non_null(strstr(f->err.msg, "1999"));

    fixture_start(f, "/", &(struct sc_http_spec){ .max_body = 2000 });
    sc_loop_run(f->loop);
    assert_int_equal(f->ok, 1);
    assert_int_equal(f->body.len, 2000);
}

static void more(struct peer_request *request)
{
    static const char text[65536];
    struct fixture *f = request->data;

    f->count += (int)sizeof(text);
    peer_chunk(request, text, sizeof(text));
}

static void answer_endlessly(void *arg, struct peer_request *request)
{
    request->data = arg;
    request->on_sent = more;
    peer_begin(request, 200, NULL);
}

static void an_endless_body_ends_at_the_limit(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_endlessly;
    fixture_stream(f, "/", &(struct sc_http_spec){ .max_body = 1000000 });
    sc_loop_run(f->loop);

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_true(f->body.len <= 1000000);
}

enum { UNPACKED = 8 * 1024 * 1024 };

/* Eight megabytes of zeros in eight kilobytes. */
static void answer_with_bomb(void *arg, struct peer_request *request)
{
    unsigned char *zeros = sc_zalloc(UNPACKED), *packed = sc_zalloc(UNPACKED);
    z_stream z = {
        .next_in = zeros, .avail_in = UNPACKED, .next_out = packed, .avail_out = UNPACKED
    };

    (void)arg;
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    peer_reply(request, 200, "Content-Encoding: gzip\r\n", (char *)packed, z.total_out);
    deflateEnd(&z);
    free(zeros);
    free(packed);
}

static void the_limit_counts_unpacked_bytes(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_with_bomb;
    fixture_start(f, "/", &(struct sc_http_spec){ .max_body = UNPACKED - 1 });
    sc_loop_run(f->loop);
    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_true(f->body.len < UNPACKED);

    fixture_start(f, "/", &(struct sc_http_spec){ .max_body = UNPACKED });
    sc_loop_run(f->loop);
    assert_int_equal(f->ok, 1);
    assert_int_equal(f->body.len, UNPACKED);
}

static void a_plain_body_is_asked_for_on_wish(void **state)
{
    struct fixture *f = *state;
    char value[64];

    fixture_get(f, "/");
    assert_true(peer_header(f->last, "Accept-Encoding", value, sizeof(value)));
    fixture_start(f, "/", &(struct sc_http_spec){ .plain = true });
    sc_loop_run(f->loop);
    assert_false(peer_header(f->last, "Accept-Encoding", value, sizeof(value)));
    fixture_get(f, "/");
    assert_true(peer_header(f->last, "Accept-Encoding", value, sizeof(value)));
}

static void answer_damaged(void *arg, struct peer_request *request)
{
    (void)arg;
    peer_reply(request, 200, "Content-Encoding: gzip\r\n", "not packed at all", 17);
}

static void a_damaged_compressed_body_is_an_error(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_damaged;
    fixture_get(f, "/");

    assert_int_equal(f->err.code, SC_PROTOCOL);
}

static void more_headers(struct peer_request *request)
{
    char filler[1000], line[1024];
    int len;

    memset(filler, 'x', sizeof(filler));
    len = snprintf(line, sizeof(line), "X-More: %.*s\r\n", (int)sizeof(filler), filler);
    peer_raw(request, line, (size_t)len);
}

static void answer_with_endless_headers(void *arg, struct peer_request *request)
{
    (void)arg;
    request->on_sent = more_headers;
    peer_raw(request, "HTTP/1.1 200 OK\r\n", 17);
}

static void endless_headers_end_at_the_limit(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_with_endless_headers;
    fixture_get(f, "/");

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_non_null(strstr(f->err.msg, "headers"));
}

static void more_of_a_line(struct peer_request *request)
{
    char text[4096];

    memset(text, 'x', sizeof(text));
    peer_raw(request, text, sizeof(text));
}

static void answer_with_endless_line(void *arg, struct peer_request *request)
{
    (void)arg;
    request->on_sent = more_of_a_line;
    peer_raw(request, "HTTP/1.1 200 OK\r\nX: ", 20);
}

static void an_endless_header_line_ends_too(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_with_endless_line;
    fixture_get(f, "/");

    assert_int_equal(f->failed, 1);
    assert_int_equal(f->err.code, SC_PROTOCOL);
}

/* --- back-pressure --- */

enum { MANY = 32 * 1024 * 1024 };

static void more_up_to_many(struct peer_request *request)
{
    struct fixture *f = request->data;

    if (f->count >= MANY) {
        request->on_sent = NULL;
        peer_end(request);
        return;
    }
    more(request);
}

static void answer_much(void *arg, struct peer_request *request)
{
    answer_endlessly(arg, request);
    request->on_sent = more_up_to_many;
}

struct pause {
    uv_timer_t timer;
    struct fixture *fixture;
    struct sc_op *op;
    int count_before; /* handed to the kernel when last looked */
    size_t received;  /* when it was paused */
    bool resumed;
};

static struct pause pause_state;

/* The peer is stuck when two looks in a row see the same: then nothing flows. */
static void look_whether_stuck(uv_timer_t *timer)
{
    struct pause *p = timer->data;
    struct fixture *f = p->fixture;

    assert_int_equal(f->body.len, p->received); /* nothing comes while paused */
    if (f->count != p->count_before) {
        p->count_before = f->count;
        return;
    }
    uv_close((uv_handle_t *)timer, NULL);
    p->resumed = true;
    sc_http_resume(p->op);
    assert_int_equal(f->body.len, p->received); /* nor inside resume */
}

static bool pause_first(struct fixture *f, struct sc_op *op)
{
    struct pause *p = &pause_state;

    if (p->op)
        return true;
    p->op = op;
    p->fixture = f;
    p->received = f->body.len;
    sc_http_pause(op);
    uv_timer_init(sc_loop_uv(f->loop), &p->timer);
    p->timer.data = p;
    uv_timer_start(&p->timer, look_whether_stuck, 20, 20);
    return true;
}

static void a_paused_stream_stops_the_sender_and_goes_on_whole(void **state)
{
    struct fixture *f = *state;
    struct sc_http_spec spec = { .max_body = SC_HTTP_NO_LIMIT, .idle_ms = 5000 };

    memset(&pause_state, 0, sizeof(pause_state));
    f->answer = answer_much;
    f->on_piece = pause_first;
    fixture_stream(f, "/", &spec);
    sc_loop_run(f->loop);

    assert_true(pause_state.resumed);
    assert_true(pause_state.count_before < MANY);
    assert_int_equal(f->ok, 1);
    assert_int_equal(f->body.len, f->count);
}

static void cancel_it(uv_timer_t *timer)
{
    sc_op_cancel(timer->data);
    uv_close((uv_handle_t *)timer, NULL);
}

static bool pause_and_cancel(struct fixture *f, struct sc_op *op)
{
    struct pause *p = &pause_state;

    sc_http_pause(op);
    uv_timer_init(sc_loop_uv(f->loop), &p->timer);
    p->timer.data = op;
    uv_timer_start(&p->timer, cancel_it, 10, 0);
    return true;
}

static void a_paused_stream_does_not_time_out_idle_and_can_be_cancelled(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_much;
    f->on_piece = pause_and_cancel;
    fixture_stream(f, "/", &(struct sc_http_spec){ .idle_ms = 1 });
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 1);
    assert_int_equal(f->pieces, 1);
}

static void answer_two_pieces(void *arg, struct peer_request *request)
{
    (void)arg;
    peer_begin(request, 200, NULL);
    peer_chunk(request, "one", 3);
    peer_chunk(request, "two", 3);
    peer_end(request);
}

static bool pause_then_resume(struct fixture *f, struct sc_op *op)
{
    (void)f;
    sc_http_pause(op);
    sc_http_resume(op);
    return true;
}

static void pausing_and_resuming_at_once_loses_nothing(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_two_pieces;
    f->on_piece = pause_then_resume;
    fixture_stream(f, "/", NULL);
    sc_loop_run(f->loop);

    assert_int_equal(f->ok, 1);
    assert_string_equal(f->body.data, "onetwo");
}

static void refuse_after_pause(uv_timer_t *timer)
{
    sc_http_resume(timer->data);
    uv_close((uv_handle_t *)timer, NULL);
}

static bool pause_then_cancel_in_next(struct fixture *f, struct sc_op *op)
{
    struct pause *p = &pause_state;

    if (f->pieces > 1)
        return false; /* inside curl's own resuming */
    sc_http_pause(op);
    uv_timer_init(sc_loop_uv(f->loop), &p->timer);
    p->timer.data = op;
    uv_timer_start(&p->timer, refuse_after_pause, 20, 0);
    return true;
}

static void cancelling_while_resuming_is_safe(void **state)
{
    struct fixture *f = *state;

    f->answer = answer_much;
    f->on_piece = pause_then_cancel_in_next;
    fixture_stream(f, "/", NULL);
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 1);
    assert_int_equal(f->pieces, 2);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(silence_before_the_answer_times_out),
        T(silence_within_the_answer_times_out),
        T(each_byte_restarts_the_idle_wait),
        T(trickling_does_not_outlast_the_total_time),
        T(a_connection_that_is_not_accepted_times_out),
        T(running_out_of_descriptors_is_said_and_passes),
        T(a_body_over_the_limit_is_refused),
        T(an_endless_body_ends_at_the_limit),
        T(the_limit_counts_unpacked_bytes),
        T(a_plain_body_is_asked_for_on_wish),
        T(a_damaged_compressed_body_is_an_error),
        T(endless_headers_end_at_the_limit),
        T(an_endless_header_line_ends_too),
        T(a_paused_stream_stops_the_sender_and_goes_on_whole),
        T(a_paused_stream_does_not_time_out_idle_and_can_be_cancelled),
        T(pausing_and_resuming_at_once_loses_nothing),
        T(cancelling_while_resuming_is_safe),
    };
    return cmocka_run_group_tests_name("net/http_limits", tests, NULL, NULL);
}
