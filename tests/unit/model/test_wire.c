/* The four formats over HTTP: address, headers, what comes back, what goes back, and how
 * each provider says no. */
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
#include "model/endpoint.h"
#include "net/curl_multi.h"

static const char the_key[] = "sk-very-secret";

struct wire {
    const char *provider, *recording; /* a stream of tests/data/streams */
    const char *path;
    const char *header, *value; /* by which the key travels */
    const char *call;           /* what the recording calls */
    const char *goes_back;      /* a part of the second request */
};

static const struct wire wires[] = {
    { "deepseek", "deepseek__deepseek-tool-call.sse", "/v1/chat/completions",
            "Authorization", "Bearer sk-very-secret", "weather",
            "\"reasoning_content\":\"" },
    { "openai-responses", "openai__openai-reasoning-encrypted-content.2.sse",
            "/v1/responses", "Authorization", "Bearer sk-very-secret", "calculator",
            "{\"id\":\"fc_" },
    { "anthropic", "anthropic__anthropic-tool-no-args.sse", "/v1/messages", "x-api-key",
            "sk-very-secret", "updateIssueList", "\"type\":\"tool_use\"" },
    { "gemini", "google-stream-tool-thoughtsig.1.sse",
            "/v1/models/m-1:streamGenerateContent?alt=sse", "x-goog-api-key",
            "sk-very-secret", "get_country", "\"thoughtSignature\":\"" },
};

enum { WIRES = sizeof(wires) / sizeof(wires[0]) };

struct fixture {
    const struct wire *wire;
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_multi *multi;
    struct http_peer *peer;
    struct sc_model *model;
    int status; /* of the answer; 200: the recording */
    const char *refusal;
    char path[128], value[64];
    char *body;

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

static char *read_recording(const char *name, size_t *ret_len)
{
    char *path = sc_strdupf("%s/streams/%s", SC_TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    struct sc_buf text = { 0 };
    char piece[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        sc_buf_add(&text, piece, got);
    fclose(file);
    free(path);
    *ret_len = text.len;
    return sc_buf_detach(&text);
}

static void answer(void *arg, struct peer_request *request)
{
    struct fixture *f = arg;
    size_t len;
    char *text;

    snprintf(f->path, sizeof(f->path), "%s", request->path);
    peer_header(request, f->wire->header, f->value, sizeof(f->value));
    free(f->body);
    f->body = sc_strndup(request->body, request->body_len);
    if (f->status != 200) {
        peer_reply(request, f->status, "Content-Type: application/json\r\n", f->refusal,
                strlen(f->refusal));
        return;
    }
    text = read_recording(f->wire->recording, &len);
    peer_reply(request, 200, "Content-Type: text/event-stream\r\n", text, len);
    free(text);
}

static void begin(struct fixture *f, const struct wire *wire)
{
    char url[HTTP_PEER_URL];
    struct sc_endpoint_config config = { .url = url,
        .profile = sc_profile_of_id(wire->provider, strlen(wire->provider)),
        .model = "m-1",
        .keys = { { .get = get_key, .name = "TEST_KEY" } },
        .stream = true };

    *f = (struct fixture){ .wire = wire, .status = 200, .loop = sc_loop_new(NULL) };
    sc_scope_init(&f->scope, f->loop);
    f->multi = sc_multi_new(f->loop, NULL);
    f->peer = http_peer_new(sc_loop_uv(f->loop), answer, f);
    http_peer_url(f->peer, "/v1", url);
    assert_non_null(config.profile);
    f->model = sc_endpoint_new(&config, f->multi, sc_clock_system(), NULL);
    assert_non_null(f->model);
}

static void end(struct fixture *f)
{
    sc_endpoint_free(f->model);
    http_peer_free(f->peer);
    sc_multi_free(f->multi);
    sc_loop_free(f->loop);
    sc_json_free(f->reply);
    free(f->body);
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    sc_json_free(f->reply);
    f->reply = sc_model_reply_to_json(f->model->reply(op));
    f->err = err ? *err : (struct sc_error){ .code = SC_OK };
    f->done = true;
}

static void ask(struct fixture *f, const struct sc_json *messages)
{
    struct sc_model_request request = { .messages = messages };

    f->done = false;
    f->model->start(f->model, &f->scope, &request, on_done, f);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->done, 10000));
}

static struct sc_json *hello(void)
{
    static const char text[] = "[{\"role\":\"system\",\"content\":\"rules\"},{\"role\":"
                               "\"user\",\"content\":\"hi\"}]";

    return sc_json_parse(text, sizeof(text) - 1, NULL, NULL);
}

static void assert_asked_and_understood(const struct fixture *f)
{
    const struct sc_json *call = sc_json_first(sc_json_get(f->reply, "calls"));

    if (f->err.code)
        fail_msg("%s: %s", f->wire->provider, f->err.msg);
    assert_string_equal(f->path, f->wire->path);
    assert_string_equal(f->value, f->wire->value);
    assert_string_equal(sc_json_get_string(call, "name", ""), f->wire->call);
    assert_string_equal(sc_json_get_string(f->reply, "provider", ""), f->wire->provider);
}

static void every_format_is_asked_in_its_way_and_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < WIRES; i++) {
        struct sc_json *messages = hello();
        struct fixture f;

        print_message("%-17s %s\n", wires[i].provider, wires[i].recording);
        begin(&f, &wires[i]);
        ask(&f, messages);
        assert_asked_and_understood(&f);
        end(&f);
        sc_json_free(messages);
    }
}

static struct sc_json *result_of(const struct sc_json *reply)
{
    const struct sc_json *call = sc_json_first(sc_json_get(reply, "calls"));
    struct sc_json *result = sc_json_new_object();

    sc_json_set_string(result, "role", "tool");
    sc_json_set_string(result, "tool_call_id", sc_json_get_string(call, "id", ""));
    sc_json_set_string(result, "content", "the result");
    return result;
}

/* The turn goes back as the provider sent it, and the result behind it. */
static void the_next_request_holds_the_turn_and_its_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < WIRES; i++) {
        struct sc_json *messages = hello();
        struct fixture f;

        begin(&f, &wires[i]);
        ask(&f, messages);
        sc_json_append(messages, sc_json_copy(sc_json_get(f.reply, "native")));
        sc_json_append(messages, result_of(f.reply));
        ask(&f, messages);
        assert_asked_and_understood(&f);
        if (!strstr(f.body, wires[i].goes_back) || !strstr(f.body, "the result"))
            fail_msg("%s: %s", wires[i].provider, f.body);
        end(&f);
        sc_json_free(messages);
    }
}

static void every_provider_says_no_in_its_way(void **state)
{
    static const struct {
        size_t wire;
        int status;
        const char *body;
        enum sc_code code;
        bool retryable;
    } cases[] = {
        { 2, 401,
                "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\","
                "\"message\":\"invalid x-api-key sk-very-secret\"},\"request_id\":\"r\"}",
                SC_DENIED, false },
        { 2, 400,
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                "\"message\":\"prompt is too long: 210000 tokens\"}}",
                SC_INVALID, false },
        { 2, 400,
                "{\"type\":\"error\",\"error\":{\"type\":\"billing_error\",\"message\":"
                "\"no credit\"}}",
                SC_BUDGET, false },
        { 2, 529,
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                "\"message\":\"Overloaded\"}}",
                SC_UNAVAILABLE, true },
        { 3, 400,
                "{\"error\":{\"code\":400,\"message\":\"API key not valid\",\"status\":"
                "\"INVALID_ARGUMENT\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}",
                SC_DENIED, false },
        { 3, 429,
                "[{\"error\":{\"code\":429,\"message\":\"slow\",\"status\":"
                "\"RESOURCE_EXHAUSTED\"}}]",
                SC_BUSY, true },
        { 3, 429,
                "{\"error\":{\"code\":429,\"message\":\"You exceeded your current "
                "quota\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"retryDelay\":"
                "\"17s\"}]}}",
                SC_BUSY, true },
        { 3, 503,
                "{\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":"
                "\"UNAVAILABLE\"}}",
                SC_UNAVAILABLE, true },
        { 1, 429,
                "{\"error\":{\"message\":\"quota\",\"type\":\"insufficient_quota\","
                "\"code\":\"insufficient_quota\"}}",
                SC_BUDGET, false },
        { 0, 402, "{\"error\":{\"message\":\"Insufficient Balance\"}}", SC_BUDGET,
                false },
    };
    struct sc_json *messages = hello();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f;

        begin(&f, &wires[cases[i].wire]);
        f.status = cases[i].status;
        f.refusal = cases[i].body;
        ask(&f, messages);
        if (f.err.code != cases[i].code || f.err.retryable != cases[i].retryable)
            fail_msg("%s %d: %s %s", f.wire->provider, f.status, sc_code_word(f.err.code),
                    f.err.msg);
        assert_null(strstr(f.err.msg, the_key));
        assert_null(strchr(f.err.msg, '\n'));
        end(&f);
    }
    sc_json_free(messages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_asked_in_its_way_and_understood),
        cmocka_unit_test(the_next_request_holds_the_turn_and_its_result),
        cmocka_unit_test(every_provider_says_no_in_its_way),
    };

    return cmocka_run_group_tests_name("model/wire", tests, NULL, NULL);
}
