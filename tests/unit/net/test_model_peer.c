/* The fake model, asked through the real client: what other tests rely on. */
#include "http_fixture.h"

#include "fakes/model_peer.h"
#include "net/sse_call.h"

struct bed {
    struct fixture *f;
    struct model_peer *model;
    struct sc_buf data; /* of all events, a line each */
    struct sc_buf body;
    int status, done, events;
    int64_t retry_after_ms;
    struct sc_error err;
};

static int setup_bed(void **state)
{
    struct bed *bed = calloc(1, sizeof(*bed));
    void *f;

    setup(&f);
    bed->f = f;
    *state = bed;
    return 0;
}

static int teardown_bed(void **state)
{
    struct bed *bed = *state;
    void *f = bed->f;

    model_peer_free(bed->model);
    teardown(&f);
    sc_buf_release(&bed->data);
    sc_buf_release(&bed->body);
    free(bed);
    return 0;
}

static void script(struct bed *bed, const char *replies)
{
    struct sc_json *json = sc_json_parse(replies, strlen(replies), NULL, NULL);

    assert_non_null(json);
    bed->model = model_peer_new(sc_loop_uv(bed->f->loop), json, SC_TEST_DATA, NULL);
}

static void on_event(struct sc_op *op, const struct sc_sse_event *event)
{
    struct bed *bed = op->arg;

    bed->events++;
    sc_buf_addf(&bed->data, "%s\n", event->data);
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct bed *bed = op->arg;
    const struct sc_http_reply *reply = sc_http_reply(op);

    bed->done++;
    bed->status = reply->status;
    bed->retry_after_ms = reply->retry_after_ms;
    sc_buf_clear(&bed->body);
    sc_buf_add(&bed->body, reply->body, reply->len);
    bed->err = err ? *err : (struct sc_error){ 0 };
}

static void ask(struct bed *bed, const char *body)
{
    char url[128];
    struct sc_sse_call_spec spec = {
        .http = { .url = url, .body = body, .body_len = strlen(body) },
        .on_event = on_event
    };

    snprintf(url, sizeof(url), "http://127.0.0.1:%d/v1/chat/completions",
            model_peer_port(bed->model));
    sc_sse_call_start(&bed->f->scope, bed->f->multi, &spec, on_done, bed);
    sc_loop_run(bed->f->loop);
}

static void text_is_streamed_in_pieces_to_its_end(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"text\":\"hello world\",\"delta\":6,\"piece\":7}]}");
    ask(bed, "{\"stream\":true}");

    assert_int_equal(bed->status, 200);
    assert_int_equal(bed->events, 6); /* role, two pieces, finish, usage, [DONE] */
    assert_non_null(strstr(bed->data.data, "\"content\":\"hello \""));
    assert_non_null(strstr(bed->data.data, "\"finish_reason\":\"stop\""));
    assert_non_null(strstr(bed->data.data, "[DONE]\n"));
}

static void the_same_reply_comes_whole_when_not_streamed(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"tool_calls\":[{\"name\":\"add\",\"arguments\":"
                "{\"a\":1}}]}]}");
    ask(bed, "{}");

    assert_int_equal(bed->events, 0);
    assert_non_null(strstr(bed->body.data, "\"arguments\":\"{\\\"a\\\":1}\""));
    assert_non_null(strstr(bed->body.data, "\"finish_reason\":\"tool_calls\""));
}

static void replies_are_chosen_by_order_and_by_content(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"when\":\"second\",\"text\":\"B\"},{\"text\":\"A\"}]}");
    ask(bed, "{\"x\":\"first\"}");
    assert_non_null(strstr(bed->body.data, "\"A\""));
    ask(bed, "{\"x\":\"second\"}");
    assert_non_null(strstr(bed->body.data, "\"B\""));
    ask(bed, "{\"x\":\"third\"}");
    assert_int_equal(bed->status, 500);
    assert_int_equal(model_peer_requests(bed->model), 3);
}

static void errors_come_as_written(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"status\":429,\"headers\":{\"Retry-After\":\"2\"},"
                "\"body\":{\"error\":{\"message\":\"slow down\"}}},{\"html\":true},"
                "{\"text\":\"a\",\"stream_error\":{\"message\":\"overloaded\"}}]}");
    ask(bed, "{\"stream\":true}");
    assert_int_equal(bed->status, 429);
    assert_int_equal(bed->retry_after_ms, 2000);
    assert_string_equal(bed->body.data, "{\"error\":{\"message\":\"slow down\"}}");
    ask(bed, "{\"stream\":true}");
    assert_int_equal(bed->status, 200);
    assert_non_null(strstr(bed->body.data, "<!doctype html>"));
    ask(bed, "{\"stream\":true}");
    assert_non_null(strstr(bed->data.data, "{\"error\":{\"message\":\"overloaded\"}}"));
    assert_null(strstr(bed->data.data, "finish_reason\":\"stop"));
}

static void a_cut_stream_is_truncated(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"text\":\"hello\",\"cut\":250}]}");
    ask(bed, "{\"stream\":true}");

    assert_int_equal(bed->err.code, SC_PROTOCOL);
    assert_int_equal(bed->events, 1);
}

static void a_recorded_stream_is_replayed(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"chunks_file\":\"streams/xai__xai-tool-call.sse\","
                "\"piece\":100}]}");
    ask(bed, "{\"stream\":true}");

    assert_int_equal(bed->err.code, SC_OK);
    assert_true(bed->events > 0);
}

static void five_megabytes_of_text_arrive(void **state)
{
    struct bed *bed = *state;

    script(bed, "{\"replies\":[{\"text_bytes\":5000000,\"delta\":50000}]}");
    ask(bed, "{\"stream\":true}");

    assert_int_equal(bed->err.code, SC_OK);
    assert_true(bed->data.len > 5000000);
}

static void give_up(uv_timer_t *timer)
{
    struct bed *bed = timer->data;

    sc_scope_cancel(&bed->f->scope);
    uv_close((uv_handle_t *)timer, NULL);
}

static void a_reply_that_hangs_leaves_nothing_behind(void **state)
{
    struct bed *bed = *state;
    uv_timer_t timer;

    script(bed, "{\"replies\":[{\"hang\":true}]}");
    uv_timer_init(sc_loop_uv(bed->f->loop), &timer);
    timer.data = bed;
    uv_timer_start(&timer, give_up, 20, 0);
    ask(bed, "{\"stream\":true}");

    assert_int_equal(bed->err.code, SC_CANCELLED);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup_bed, teardown_bed)
    const struct CMUnitTest tests[] = {
        T(text_is_streamed_in_pieces_to_its_end),
        T(the_same_reply_comes_whole_when_not_streamed),
        T(replies_are_chosen_by_order_and_by_content),
        T(errors_come_as_written),
        T(a_cut_stream_is_truncated),
        T(a_recorded_stream_is_replayed),
        T(five_megabytes_of_text_arrive),
        T(a_reply_that_hangs_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("net/model_peer", tests, NULL, NULL);
}
