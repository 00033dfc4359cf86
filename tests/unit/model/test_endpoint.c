#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/bounded.h"
#include "fakes/http_peer.h"
#include "loop/loop.h"
#include "model/address.h"
#include "model/endpoint.h"
#include "model/failure.h"
#include "model/price.h"
#include "net/curl_multi.h"

static const char the_key[] = "sk-very-secret-0123456789";

struct fixture {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_multi *multi;
    struct http_peer *peer;
    struct sc_model *model;
    struct sc_endpoint_config config;
    char url[HTTP_PEER_URL];

    http_peer_fn *answer; /* what the provider does; arg is the fixture */
    char path[64], authorization[64];
    char *body; /* of the last request */
    struct sc_op *op;

    struct sc_buf shown;
    bool done;
    struct sc_error err;
    struct sc_json *reply;
};

static bool get_key(void *arg, struct sc_buf *ret_value)
{
    (void)arg;
    sc_buf_adds(ret_value, the_key);
    return true;
}

static bool get_no_key(void *arg, struct sc_buf *ret_value)
{
    (void)arg, (void)ret_value;
    return false;
}

static void on_request(void *arg, struct peer_request *request)
{
    struct fixture *f = arg;

    snprintf(f->path, sizeof(f->path), "%s", request->path);
    peer_header(request, "Authorization", f->authorization, sizeof(f->authorization));
    free(f->body);
    f->body = sc_strndup(request->body, request->body_len);
    f->answer(f, request);
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->loop = sc_loop_new(NULL);
    sc_scope_init(&f->scope, f->loop);
    f->multi = sc_multi_new(f->loop, NULL);
    f->peer = http_peer_new(sc_loop_uv(f->loop), on_request, f);
    http_peer_url(f->peer, "", f->url);
    f->config = (struct sc_endpoint_config){ .url = f->url,
        .model = "m-1",
        .keys = { { .get = get_key, .name = "TEST_KEY" } },
        .stream = true };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_endpoint_free(f->model);
    http_peer_free(f->peer);
    sc_multi_free(f->multi);
    sc_loop_free(f->loop);
    sc_buf_release(&f->shown);
    sc_json_free(f->reply);
    free(f->body);
    free(f);
    return 0;
}

static void on_text(void *arg, const char *text, size_t len)
{
    sc_buf_add(&((struct fixture *)arg)->shown, text, len);
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    f->reply = sc_model_reply_to_json(f->model->reply(op));
    if (err)
        f->err = *err;
    f->done = true;
}

static void start(struct fixture *f)
{
    static const char text[] = "[{\"role\":\"user\",\"content\":\"hi\"}]";
    struct sc_json *messages = sc_json_parse(text, sizeof(text) - 1, NULL, NULL);
    struct sc_model_request request = {
        .messages = messages, .on_text = on_text, .on_arg = f
    };

    f->model = sc_endpoint_new(&f->config, f->multi, sc_clock_system(), &f->err);
    assert_non_null(f->model);
    f->op = f->model->start(f->model, &f->scope, &request, on_done, f);
    sc_json_free(messages);
}

static void ask(struct fixture *f, http_peer_fn *answer)
{
    f->answer = answer;
    start(f);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->done, 10000));
}

static int64_t used(const struct fixture *f, const char *name)
{
    return sc_json_get_int(sc_json_get(f->reply, "usage"), name, -1);
}

/* --- answers --- */

static const char event_stream[] =
        "Content-Type: text/event-stream\r\nx-request-id: r-1\r\n";

static void begin_stream(struct peer_request *request)
{
    peer_begin(request, 200, event_stream);
}

static void send_event(struct peer_request *request, const char *data)
{
    char *event = sc_strdupf("data: %s\n\n", data);

    peer_chunk(request, event, strlen(event));
    free(event);
}

static void send_text(struct peer_request *request, const char *text)
{
    char *data = sc_strdupf("{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}", text);

    send_event(request, data);
    free(data);
}

static void send_finish(struct peer_request *request)
{
    send_event(request,
            "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{"
            "\"prompt_tokens\":1000,\"completion_tokens\":100}}");
    send_event(request, "[DONE]");
}

static void answer_hello(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_stream(request);
    send_text(request, "Hel");
    send_text(request, "lo");
    send_finish(request);
    peer_end(request);
}

static void answer_body(void *arg, struct peer_request *request)
{
    static const char body[] =
            "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":"
            "\"Hello\"},\"finish_reason\":\"stop\"}]}";

    (void)arg;
    peer_reply(
            request, 200, "Content-Type: application/json\r\n", body, sizeof(body) - 1);
}

/* 503 first, then hello. */
static void answer_second_time(void *arg, struct peer_request *request)
{
    if (request->number == 1)
        peer_text(request, 503, "overloaded");
    else
        answer_hello(arg, request);
}

static void answer_busy(void *arg, struct peer_request *request)
{
    static const char body[] = "{\"error\":{\"message\":\"slow down\"}}";

    (void)arg;
    peer_reply(request, 429, "Retry-After: 7\r\n", body, sizeof(body) - 1);
}

static void answer_busy_for_a_moment(void *arg, struct peer_request *request)
{
    if (request->number == 1)
        peer_reply(request, 429, "retry-after-ms: 3\r\nRetry-After: 600\r\n", "{}", 2);
    else
        answer_hello(arg, request);
}

static void answer_never(void *arg, struct peer_request *request)
{
    (void)arg, (void)request;
}

static void answer_half_and_hang(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_stream(request);
    send_text(request, "Hal");
}

static void answer_half_and_break(void *arg, struct peer_request *request)
{
    answer_half_and_hang(arg, request);
    peer_hang_up(request);
}

static void answer_half_and_end(void *arg, struct peer_request *request)
{
    answer_half_and_hang(arg, request);
    peer_end(request);
}

static void answer_all_and_hang(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_stream(request);
    send_text(request, "Hello");
    send_finish(request);
}

static void answer_error_inside(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_stream(request);
    send_event(request, "{\"error\":{\"code\":\"server_error\",\"message\":\"key "
                        "sk-very-secret-0123456789 broke it\"}}");
    peer_end(request);
}

static void answer_page(void *arg, struct peer_request *request)
{
    static const char page[] = "<!DOCTYPE html><html>Sign in</html>";

    (void)arg;
    peer_reply(request, 200, "Content-Type: text/html\r\n", page, sizeof(page) - 1);
}

static void answer_refused(void *arg, struct peer_request *request)
{
    static const char body[] =
            "{\"error\":{\"code\":\"invalid_api_key\",\"message\":"
            "\"Incorrect API key provided: sk-very-secret-0123456789\"}}";

    (void)arg;
    peer_reply(request, 401, NULL, body, sizeof(body) - 1);
}

static void answer_without_usage(void *arg, struct peer_request *request)
{
    (void)arg;
    begin_stream(request);
    send_text(request, "Hello");
    send_event(request, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
    peer_end(request);
}

/* Six pieces of a MiB, where five are the limit. */
static void answer_too_much(void *arg, struct peer_request *request)
{
    char *text = sc_zalloc((1 << 20) + 1);

    (void)arg;
    memset(text, 'x', 1 << 20);
    begin_stream(request);
    for (int i = 0; i < 6; i++)
        send_text(request, text);
    send_finish(request);
    peer_end(request);
    free(text);
}

/* --- what goes well --- */

static void a_stream_is_asked_for_and_read(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_hello);

    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(f->path, "/v1/chat/completions");
    assert_string_equal(f->authorization, "Bearer sk-very-secret-0123456789");
    assert_string_equal(f->body,
            "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
            "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    assert_string_equal(sc_buf_text(&f->shown), "Hello");
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hello");
    assert_string_equal(sc_json_get_string(f->reply, "request_id", ""), "r-1");
    assert_int_equal(used(f, "requests"), 1);
    assert_int_equal(used(f, "input_tokens"), 1000);
}

static void a_priced_model_costs_what_the_table_says(void **state)
{
    struct fixture *f = *state;

    f->config.model = "claude-3-7-sonnet-20250219";
    ask(f, answer_hello);

    assert_int_equal(used(f, "cost_micro"), 1000 * 3 + 100 * 15);
    assert_true(sc_json_true(sc_json_get(sc_json_get(f->reply, "usage"), "cost_known")));
}

static void a_price_of_one_s_own_counts(void **state)
{
    struct fixture *f = *state;
    struct sc_price free_of_charge = { .tier_count = 1, .known = true };

    f->config.price = &free_of_charge;
    ask(f, answer_hello);

    assert_int_equal(used(f, "cost_micro"), 0);
    assert_true(sc_json_true(sc_json_get(sc_json_get(f->reply, "usage"), "cost_known")));
}

static void usage_that_is_not_told_is_estimated_and_not_called_known(void **state)
{
    struct fixture *f = *state;

    f->config.model = "claude-3-7-sonnet-20250219";
    ask(f, answer_without_usage);

    assert_true(used(f, "input_tokens") > 0);
    assert_true(used(f, "cost_micro") > 0);
    assert_false(sc_json_true(sc_json_get(sc_json_get(f->reply, "usage"), "cost_known")));
}

static void a_whole_body_is_read_too(void **state)
{
    struct fixture *f = *state;

    f->config.stream = false;
    ask(f, answer_body);

    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(f->body,
            "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    assert_string_equal(sc_buf_text(&f->shown), "Hello");
}

static void a_server_that_does_not_stream_is_understood(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_body);

    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hello");
}

static void after_the_last_word_an_open_connection_does_not_matter(void **state)
{
    struct fixture *f = *state;

    f->config.idle_ms = 50;
    ask(f, answer_all_and_hang);

    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hello");
}

/* --- tries --- */

static const struct sc_model_retry quick = {
    .attempts = 3, .wait_ms = 2, .max_wait_ms = 4, .max_server_wait_ms = 100
};

static void a_503_is_tried_again(void **state)
{
    struct fixture *f = *state;

    f->config.retry = &quick;
    ask(f, answer_second_time);

    assert_int_equal(f->err.code, SC_OK);
    assert_int_equal(http_peer_requests(f->peer), 2);
    assert_int_equal(used(f, "requests"), 2);
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hello");
}

static void the_server_s_delay_in_milliseconds_goes_first(void **state)
{
    struct fixture *f = *state;

    f->config.retry = &quick;
    ask(f, answer_busy_for_a_moment);

    assert_int_equal(f->err.code, SC_OK);
    assert_int_equal(http_peer_requests(f->peer), 2);
}

static void a_429_tells_how_long_to_wait(void **state)
{
    struct fixture *f = *state;

    f->config.retry = &quick; /* which does not wait so long */
    ask(f, answer_busy);

    assert_int_equal(f->err.code, SC_BUSY);
    assert_int_equal(f->err.retry_after_ms, 7000);
    assert_int_equal(f->err.detail, 429);
    assert_true(f->err.retryable);
    assert_int_equal(http_peer_requests(f->peer), 1);
    assert_string_equal(f->err.msg, "127.0.0.1 asks to slow down: 'slow down'");
}

static void without_rules_nothing_is_tried_again(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_second_time);

    assert_int_equal(f->err.code, SC_UNAVAILABLE);
    assert_true(f->err.retryable);
    assert_int_equal(http_peer_requests(f->peer), 1);
}

static void nothing_is_tried_again_once_text_was_shown(void **state)
{
    struct fixture *f = *state;

    f->config.retry = &quick;
    ask(f, answer_half_and_end);

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_true(f->err.retryable);
    assert_int_equal(http_peer_requests(f->peer), 1);
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hal");
}

/* --- what goes wrong --- */

static void no_first_byte_is_a_timeout(void **state)
{
    struct fixture *f = *state;

    f->config.first_byte_ms = 50;
    ask(f, answer_never);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_true(f->err.retryable);
    assert_int_equal(used(f, "cost_micro"), 0);
}

static void silence_within_a_stream_is_a_timeout(void **state)
{
    struct fixture *f = *state;

    f->config.idle_ms = 50;
    ask(f, answer_half_and_hang);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hal");
}

static void a_broken_connection_is_an_error(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_half_and_break);

    assert_int_not_equal(f->err.code, SC_OK);
    assert_string_equal(sc_json_get_string(f->reply, "text", ""), "Hal");
}

static void an_error_inside_a_stream_is_classified_and_hides_the_key(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_error_inside);

    assert_int_equal(f->err.code, SC_UNAVAILABLE);
    assert_null(strstr(f->err.msg, "secret"));
    assert_non_null(strstr(f->err.msg, "broke it"));
}

static void a_page_is_an_error_that_names_the_url(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_page);

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_non_null(strstr(f->err.msg, "check the model's url"));
}

static void an_answer_of_6_mib_is_stopped(void **state)
{
    struct fixture *f = *state;

    ask(f, answer_too_much);

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_false(f->err.retryable);
    assert_string_equal(f->err.msg, "the reply of m-1 is longer than 5120 KiB: stopped");
}

static void a_refused_key_is_named_and_not_shown(void **state)
{
    struct fixture *f = *state;

    f->config.retry = &quick;
    ask(f, answer_refused);

    assert_int_equal(f->err.code, SC_DENIED);
    assert_non_null(strstr(f->err.msg, "set TEST_KEY to one that is valid there"));
    assert_null(strstr(f->err.msg, "secret"));
    assert_int_equal(http_peer_requests(f->peer), 1);
}

static void a_missing_key_is_said_before_anything_is_sent(void **state)
{
    struct fixture *f = *state;

    f->config.url = "https://api.deepseek.com";
    f->config.keys[0] = (struct sc_model_key){ .get = get_no_key };
    ask(f, answer_hello);

    assert_int_equal(f->err.code, SC_DENIED);
    assert_string_equal(
            f->err.msg, "there is no key for api.deepseek.com: set DEEPSEEK_API_KEY");
}

static void a_key_does_not_travel_in_the_open(void **state)
{
    struct fixture *f = *state;

    f->config.url = "http://192.0.2.1/v1";
    ask(f, answer_hello);

    assert_int_equal(f->err.code, SC_DENIED);
    assert_non_null(strstr(f->err.msg, "is not sent to 192.0.2.1 over plain http"));
}

static void nobody_listening_is_unavailable(void **state)
{
    struct fixture *f = *state;

    f->config.url = "http://127.0.0.1:1";
    ask(f, answer_hello);

    assert_int_equal(f->err.code, SC_UNAVAILABLE);
    assert_true(f->err.retryable);
}

/* --- cancelling --- */

static void cancel_now(void *arg, struct peer_request *request)
{
    (void)request;
    sc_op_cancel(((struct fixture *)arg)->op);
}

static void cancelling_ends_a_request_under_way(void **state)
{
    struct fixture *f = *state;

    ask(f, cancel_now);

    assert_int_equal(f->err.code, SC_CANCELLED);
    assert_false(sc_failure_costs_nothing(&f->err, false));
}

static void what_is_cancelled_before_it_is_sent_costs_nothing(void **state)
{
    struct fixture *f = *state;

    start(f);
    sc_op_cancel(f->op);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->done, 10000));
    assert_true(sc_failure_costs_nothing(&f->err, false));
}

static void close_scope(void *arg, struct peer_request *request)
{
    (void)request;
    sc_scope_cancel(&((struct fixture *)arg)->scope);
}

static void closing_the_scope_ends_it_once(void **state)
{
    struct fixture *f = *state;

    f->config.retry = &quick;
    ask(f, close_scope);

    assert_int_equal(f->err.code, SC_CANCELLED);
}

static void refuse_and_cancel_later(struct peer_request *request)
{
    struct fixture *f = request->data;

    sc_op_cancel(f->op);
}

static void answer_busy_then_cancel(void *arg, struct peer_request *request)
{
    request->data = arg;
    peer_text(request, 503, "no");
    peer_later(request, 30, refuse_and_cancel_later);
}

static void cancelling_ends_a_wait_between_tries(void **state)
{
    static const struct sc_model_retry slow = {
        .attempts = 2, .wait_ms = 60000, .max_wait_ms = 60000
    };
    struct fixture *f = *state;

    f->config.retry = &slow;
    ask(f, answer_busy_then_cancel);

    assert_int_equal(f->err.code, SC_CANCELLED);
    assert_int_equal(http_peer_requests(f->peer), 1);
}

/* --- addresses --- */

static void assert_endpoint(const char *url, const char *expected)
{
    struct sc_error err;
    char *base = sc_address_base(url, &sc_format_chat, &err);
    char *address = base ? sc_address_of(base, &sc_format_chat, "m", true) : NULL;

    if (expected) {
        assert_non_null(address);
        assert_string_equal(address, expected);
    } else {
        assert_null(base);
        assert_int_equal(err.code, SC_INVALID);
    }
    free(base);
    free(address);
}

static void a_password_in_an_address_is_not_told(void **state)
{
    struct sc_error err;

    (void)state;
    assert_null(sc_address_base("https://me:s3cret@api.x.com/v1", &sc_format_chat, &err));
    assert_null(strstr(err.msg, "s3cret"));
    assert_non_null(strstr(err.msg, "set a key"));
}

static void addresses_are_taken_in_every_usual_form(void **state)
{
    (void)state;
    assert_endpoint("https://api.x.com", "https://api.x.com/v1/chat/completions");
    assert_endpoint("https://api.x.com/", "https://api.x.com/v1/chat/completions");
    assert_endpoint("https://api.x.com/v1", "https://api.x.com/v1/chat/completions");
    assert_endpoint("https://api.x.com/v1//", "https://api.x.com/v1/chat/completions");
    assert_endpoint("https://api.z.ai/api/paas/v4",
            "https://api.z.ai/api/paas/v4/chat/completions");
    assert_endpoint("https://a.b/v1/chat/completions", "https://a.b/v1/chat/completions");
    assert_endpoint("http://[::1]:8080", "http://[::1]:8080/v1/chat/completions");
    assert_endpoint(
            "HTTP://localhost:11434/v1", "HTTP://localhost:11434/v1/chat/completions");
}

static void a_models_name_in_an_address_is_escaped(void **state)
{
    static const char base[] = "https://g.example/v1beta";
    char *address = sc_address_of(base, &sc_format_gemini, "a/b:c d?e", true);

    (void)state;
    assert_string_equal(address, "https://g.example/v1beta/models/"
                                 "a/b:c%20d%3Fe:streamGenerateContent?alt=sse");
    free(address);
    address = sc_address_of(base, &sc_format_gemini, "m", false);
    assert_string_equal(address, "https://g.example/v1beta/models/m:generateContent");
    free(address);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    assert_endpoint("", NULL);
    assert_endpoint("api.x.com", NULL);
    assert_endpoint("ftp://api.x.com", NULL);
    assert_endpoint("https://", NULL);
    assert_endpoint("https:///v1", NULL);
    assert_endpoint("https://user:pass@api.x.com", NULL);
    assert_endpoint("https://api.x.com/v1?key=1", NULL);
}

static void the_worst_case_covers_the_request(void **state)
{
    struct fixture *f = *state;
    struct sc_json *messages = sc_json_new_array();
    struct sc_model_request request = { .messages = messages, .max_output_tokens = 1000 };

    f->config.model = "claude-3-7-sonnet-20250219";
    f->model = sc_endpoint_new(&f->config, f->multi, sc_clock_system(), NULL);

    assert_true(f->model->worst_case_micro(f->model, &request) >= 15000);
    request.max_output_tokens = 0;
    assert_true(f->model->worst_case_micro(f->model, &request) >= 960000);
    assert_string_equal(f->model->name(f->model), "127.0.0.1/claude-3-7-sonnet-20250219");
    sc_json_free(messages);
}

static int64_t worst_of(struct fixture *f, const char *model)
{
    struct sc_json *messages = sc_json_new_array();
    struct sc_model_request request = { .messages = messages, .max_output_tokens = 1000 };
    int64_t worst;

    sc_endpoint_free(f->model);
    f->config.model = model;
    f->model = sc_endpoint_new(&f->config, f->multi, sc_clock_system(), NULL);
    worst = f->model->worst_case_micro(f->model, &request);
    sc_json_free(messages);
    return worst;
}

static void a_model_without_a_price_counts_as_the_dearest(void **state)
{
    struct fixture *f = *state;
    char date[SC_PRICE_TEXT], dearest[SC_PRICE_TEXT];

    sc_price_about(date, dearest);

    assert_true(worst_of(f, "gpt-4.1-nano") < 10000);
    assert_true(worst_of(f, "a-model-nobody-knows") >= worst_of(f, dearest));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_stream_is_asked_for_and_read),
        T(a_priced_model_costs_what_the_table_says),
        T(a_price_of_one_s_own_counts),
        T(usage_that_is_not_told_is_estimated_and_not_called_known),
        T(a_whole_body_is_read_too),
        T(a_server_that_does_not_stream_is_understood),
        T(after_the_last_word_an_open_connection_does_not_matter),
        T(a_503_is_tried_again),
        T(the_server_s_delay_in_milliseconds_goes_first),
        T(a_429_tells_how_long_to_wait),
        T(without_rules_nothing_is_tried_again),
        T(nothing_is_tried_again_once_text_was_shown),
        T(no_first_byte_is_a_timeout),
        T(silence_within_a_stream_is_a_timeout),
        T(a_broken_connection_is_an_error),
        T(an_error_inside_a_stream_is_classified_and_hides_the_key),
        T(a_page_is_an_error_that_names_the_url),
        T(an_answer_of_6_mib_is_stopped),
        T(a_refused_key_is_named_and_not_shown),
        T(a_missing_key_is_said_before_anything_is_sent),
        T(a_key_does_not_travel_in_the_open),
        T(nobody_listening_is_unavailable),
        T(cancelling_ends_a_request_under_way),
        T(what_is_cancelled_before_it_is_sent_costs_nothing),
        T(closing_the_scope_ends_it_once),
        T(cancelling_ends_a_wait_between_tries),
        T(addresses_are_taken_in_every_usual_form),
        T(a_password_in_an_address_is_not_told),
        T(a_models_name_in_an_address_is_escaped),
        T(what_is_no_address_is_refused),
        T(the_worst_case_covers_the_request),
        T(a_model_without_a_price_counts_as_the_dearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
