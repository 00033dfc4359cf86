#include <math.h>
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
#include "model/embed.h"
#include "model/endpoint.h"
#include "model/format.h"
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

    int status;
    const char *answer; /* of every request; NULL: a vector for each text */
    char path[128], key[64];
    struct sc_json *asked; /* the bodies, in order */

    struct sc_op *op;
    bool done;
    struct sc_error err;
    struct sc_embeddings result; /* its values are the fixture's */
    float values[1024];
};

static bool get_key(void *arg, struct sc_buf *ret_value)
{
    (void)arg;
    sc_buf_adds(ret_value, the_key);
    return true;
}

/* One for each text, backwards, each with its index: [length of the text, 1]. */
static void answer_all(struct peer_request *request, const struct sc_json *body)
{
    const struct sc_json *input = sc_json_get(body, "input");
    struct sc_buf text = { 0 };

    sc_buf_adds(&text, "{\"object\":\"list\",\"model\":\"m-1\",\"data\":[");
    for (size_t left = sc_json_count(input); left > 0; left--)
        sc_buf_addf(&text,
                "{\"object\":\"embedding\",\"index\":%zu,\"embedding\":[%zu,1]}%s",
                left - 1, strlen(sc_json_string(sc_json_at(input, left - 1))),
                left > 1 ? "," : "");
    sc_buf_adds(&text, "],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}");
    peer_reply(request, 200, "Content-Type: application/json\r\n", text.data, text.len);
    sc_buf_release(&text);
}

static void on_request(void *arg, struct peer_request *request)
{
    struct fixture *f = arg;
    struct sc_json *body = sc_json_parse(request->body, request->body_len, NULL, NULL);

    snprintf(f->path, sizeof(f->path), "%s", request->path);
    if (!peer_header(request, "Authorization", f->key, sizeof(f->key)))
        peer_header(request, "x-goog-api-key", f->key, sizeof(f->key));
    if (f->answer)
        peer_reply(request, f->status, "Content-Type: application/json\r\n", f->answer,
                strlen(f->answer));
    else
        answer_all(request, body);
    sc_json_append(f->asked, body);
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->loop = sc_loop_new(NULL);
    sc_scope_init(&f->scope, f->loop);
    f->multi = sc_multi_new(f->loop, NULL);
    f->peer = http_peer_new(sc_loop_uv(f->loop), on_request, f);
    http_peer_url(f->peer, "/v1", f->url);
    f->asked = sc_json_new_array();
    f->status = 200;
    f->config = (struct sc_endpoint_config){ .url = f->url,
        .model = "text-embedding-3-small",
        .format = &sc_format_embeddings,
        .keys = { { .get = get_key, .name = "TEST_KEY" } } };
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
    sc_json_free(f->asked);
    free(f);
    return 0;
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    f->result = *sc_embed_result(op);
    if (err)
        f->err = *err;
    else if (f->result.count)
        memcpy(f->values, f->result.values,
                f->result.count * f->result.dims * sizeof(float));
    f->done = true;
}

static void ask(struct fixture *f, const char *const *texts, size_t count, size_t batch)
{
    const struct sc_embed_request request = {
        .texts = texts, .count = count, .batch = batch
    };

    if (!f->model)
        f->model = sc_endpoint_new(&f->config, f->multi, sc_clock_system(), NULL);
    assert_non_null(f->model);
    f->done = false;
    f->err = (struct sc_error){ 0 };
    f->op = sc_embed_start(&f->scope, f->model, &request, on_done, f);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->done, 5000));
}

/* Two texts get this answer. */
static void answer_with(struct fixture *f, const char *answer)
{
    static const char *const texts[] = { "a", "bb" };

    f->answer = answer;
    ask(f, texts, 2, 0);
}

static void assert_fails(struct fixture *f, enum sc_code code, const char *words)
{
    assert_int_equal(f->err.code, code);
    if (!strstr(f->err.msg, words))
        fail_msg("'%s' does not say '%s'", f->err.msg, words);
    assert_null(strstr(f->err.msg, the_key));
}

/* --- the request --- */

static void texts_come_back_as_vectors_of_length_one_in_their_order(void **state)
{
    static const char *const texts[] = { "abc", "", "x" };
    static const char *const three[] = { "abc", "abcd", "x" };
    struct fixture *f = *state;

    ask(f, three, 3, 0);

    assert_int_equal(f->err.code, SC_OK);
    assert_int_equal(f->result.count, 3);
    assert_int_equal(f->result.dims, 2);
    for (size_t i = 0; i < 3; i++) {
        float len = (float)strlen(three[i]), whole = sqrtf(len * len + 1);

        assert_true(fabsf(f->values[2 * i] - len / whole) < 1e-6F);
        assert_true(fabsf(f->values[2 * i + 1] - 1 / whole) < 1e-6F);
    }
    ask(f, texts, 3, 0);
    assert_fails(f, SC_INVALID, "1 to 8000 bytes");
    assert_int_equal(sc_json_count(f->asked), 1);
}

static void the_request_is_as_openai_has_it_and_costs_are_counted(void **state)
{
    static const char *const texts[] = { "\"quoted\"", "冷" };
    struct fixture *f = *state;
    const struct sc_json *body;

    ask(f, texts, 2, 0);

    body = sc_json_first(f->asked);
    assert_string_equal(f->path, "/v1/embeddings");
    assert_string_equal(f->key, "Bearer sk-very-secret-0123456789");
    assert_string_equal(sc_json_get_string(body, "model", ""), "text-embedding-3-small");
    assert_string_equal(sc_json_get_string(body, "encoding_format", ""), "float");
    assert_string_equal(
            sc_json_string(sc_json_first(sc_json_get(body, "input"))), "\"quoted\"");
    assert_int_equal(f->result.usage.requests, 1);
    assert_int_equal(f->result.usage.input_tokens, 7);
    assert_int_equal(f->result.usage.cost_micro, 1); /* of 0.14, rounded up */
    assert_true(f->result.usage.cost_known);
}

static void geminis_own_form_is_spoken(void **state)
{
    struct fixture *f = *state;
    const struct sc_profile *gemini = sc_profile_of_id("gemini", 6);
    const struct sc_json *body;

    f->config.profile = gemini;
    f->config.format = gemini->embed.format;
    f->config.model = gemini->embed.model;
    answer_with(f, "{\"embeddings\":[{\"values\":[3,4]},{\"values\":[0,2]}],"
                   "\"usageMetadata\":{\"promptTokenCount\":5}}");

    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(f->path, "/v1/models/gemini-embedding-001:batchEmbedContents");
    assert_string_equal(f->key, the_key);
    assert_true(fabsf(f->values[1] - 0.8F) < 1e-6F);
    assert_true(fabsf(f->values[3] - 1) < 1e-6F);
    assert_int_equal(f->result.usage.input_tokens, 5);
    body = sc_json_first(sc_json_get(sc_json_first(f->asked), "requests"));
    assert_string_equal(
            sc_json_get_string(body, "model", ""), "models/gemini-embedding-001");
    assert_string_equal(
            sc_json_get_string(
                    sc_json_first(sc_json_get(sc_json_get(body, "content"), "parts")),
                    "text", ""),
            "a");
}

static void many_texts_go_in_several_requests(void **state)
{
    struct fixture *f = *state;
    const char *texts[25];

    for (size_t i = 0; i < 25; i++)
        texts[i] = i % 2 ? "odd" : "even";
    ask(f, texts, 25, 10);

    assert_int_equal(f->err.code, SC_OK);
    assert_int_equal(sc_json_count(f->asked), 3);
    assert_int_equal(sc_json_count(sc_json_get(sc_json_at(f->asked, 2), "input")), 5);
    assert_true(fabsf(f->values[48] / f->values[49] - 4) < 1e-5F);
    assert_int_equal(f->result.usage.requests, 3);
    assert_int_equal(f->result.usage.input_tokens, 21);
}

static void long_texts_go_in_several_requests(void **state)
{
    struct fixture *f = *state;
    char text[SC_EMBED_TEXT_MAX + 2];
    const char *texts[8];

    memset(text, 'x', sizeof(text));
    text[SC_EMBED_TEXT_MAX] = '\0';
    for (size_t i = 0; i < 8; i++)
        texts[i] = text;
    ask(f, texts, 8, 0);
    assert_int_equal(f->err.code, SC_OK);
    assert_int_equal(sc_json_count(f->asked), 2);

    text[SC_EMBED_TEXT_MAX] = 'x';
    text[SC_EMBED_TEXT_MAX + 1] = '\0';
    ask(f, texts, 1, 0);
    assert_fails(f, SC_INVALID, "8001");
}

static void no_text_needs_no_request(void **state)
{
    struct fixture *f = *state;

    ask(f, NULL, 0, 0);

    assert_int_equal(f->err.code, SC_OK);
    assert_int_equal(f->result.count, 0);
    assert_int_equal(sc_json_count(f->asked), 0);
}

/* --- bad answers --- */

#define ENTRY(at, values) "{\"index\":" at ",\"embedding\":" values "}"
#define DATA(entries)     "{\"data\":[" entries "],\"usage\":{\"prompt_tokens\":2}}"

static void vectors_of_two_lengths_are_refused(void **state)
{
    answer_with(*state, DATA(ENTRY("0", "[1,2]") "," ENTRY("1", "[1,2,3]")));
    assert_fails(*state, SC_PROTOCOL, "one vector has 2 numbers, another 3");
}

static void what_is_no_number_is_refused(void **state)
{
    answer_with(*state, DATA(ENTRY("0", "[1,null]") "," ENTRY("1", "[1,2]")));
    assert_fails(*state, SC_PROTOCOL, "no number");
    answer_with(*state, DATA(ENTRY("0", "[1,1e400]") "," ENTRY("1", "[1,2]")));
    assert_fails(*state, SC_PROTOCOL, "no number");
    answer_with(*state, DATA(ENTRY("0", "[1,1e39]") "," ENTRY("1", "[1,2]")));
    assert_fails(*state, SC_PROTOCOL, "no number");
    answer_with(*state, DATA(ENTRY("0", "[1,NaN]") "," ENTRY("1", "[1,2]")));
    assert_fails(*state, SC_PROTOCOL, "");
}

static void a_vector_without_direction_is_refused(void **state)
{
    answer_with(*state, DATA(ENTRY("0", "[0,0]") "," ENTRY("1", "[1,2]")));
    assert_fails(*state, SC_PROTOCOL, "no direction");
}

static void text_in_place_of_numbers_is_refused(void **state)
{
    answer_with(*state, DATA(ENTRY("0", "\"AACAPw==\"") "," ENTRY("1", "[1]")));
    assert_fails(*state, SC_PROTOCOL, "a vector has 1 to");
    answer_with(*state, DATA("{\"index\":0}," ENTRY("1", "[1]")));
    assert_fails(*state, SC_PROTOCOL, "a vector has 1 to");
}

static void too_few_too_many_and_twice_the_same_are_refused(void **state)
{
    answer_with(*state, DATA(ENTRY("0", "[1,2]")));
    assert_fails(*state, SC_PROTOCOL, "1 vectors came for 2 texts");
    answer_with(
            *state, DATA(ENTRY("0", "[1]") "," ENTRY("1", "[1]") "," ENTRY("2", "[1]")));
    assert_fails(*state, SC_PROTOCOL, "3 vectors came for 2 texts");
    answer_with(*state, DATA(ENTRY("1", "[1]") "," ENTRY("1", "[1]")));
    assert_fails(*state, SC_PROTOCOL, "two vectors");
    answer_with(*state, DATA(ENTRY("0", "[1]") "," ENTRY("9", "[1]")));
    assert_fails(*state, SC_PROTOCOL, "two vectors");
}

static void an_empty_answer_is_refused(void **state)
{
    answer_with(*state, "{\"data\":[]}");
    assert_fails(*state, SC_PROTOCOL, "sent no vectors");
    answer_with(*state, "{}");
    assert_fails(*state, SC_PROTOCOL, "sent no vectors");
    answer_with(*state, "");
    assert_fails(*state, SC_PROTOCOL, "");
}

static void an_error_inside_a_200_is_an_error(void **state)
{
    struct fixture *f = *state;

    answer_with(f, "{\"error\":{\"message\":\"model overloaded\",\"code\":503}}");

    assert_int_not_equal(f->err.code, SC_OK);
    assert_non_null(strstr(f->err.msg, "model overloaded"));
}

static void a_refusal_is_told_as_of_other_models(void **state)
{
    struct fixture *f = *state;

    f->status = 401;
    answer_with(f, "{\"error\":{\"message\":\"bad key\"}}");
    assert_fails(f, SC_DENIED, "TEST_KEY");
    f->status = 429;
    answer_with(f, "{\"error\":{\"message\":\"slow down\"}}");
    assert_int_equal(f->err.code, SC_BUSY);
}

static void a_vector_of_too_many_numbers_is_refused(void **state)
{
    struct fixture *f = *state;
    struct sc_buf text = { 0 };

    sc_buf_adds(&text, "{\"data\":[{\"index\":0,\"embedding\":[1");
    for (int i = 0; i < SC_EMBED_DIMS_MAX; i++)
        sc_buf_adds(&text, ",1");
    sc_buf_adds(&text, "]},{\"index\":1,\"embedding\":[1]}]}");
    answer_with(f, sc_buf_text(&text));
    sc_buf_release(&text);

    assert_fails(f, SC_PROTOCOL, "a vector has 1 to 8192 numbers, not 8193");
}

static void an_answer_that_is_too_large_is_refused(void **state)
{
    struct fixture *f = *state;
    char *text = sc_strdupf(
            "%*s" DATA(ENTRY("0", "[1]") "," ENTRY("1", "[1]")), 3 * SC_REPLY_MAX, "");

    answer_with(f, text);
    free(text);

    assert_int_equal(f->err.code, SC_PROTOCOL);
}

/* --- cancelling --- */

static void a_request_under_way_can_be_cancelled(void **state)
{
    static const char *const texts[] = { "a" };
    const struct sc_embed_request request = { .texts = texts, .count = 1 };
    struct fixture *f = *state;

    f->model = sc_endpoint_new(&f->config, f->multi, sc_clock_system(), NULL);
    f->op = sc_embed_start(&f->scope, f->model, &request, on_done, f);
    sc_op_cancel(f->op);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->done, 5000));

    assert_int_equal(f->err.code, SC_CANCELLED);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(texts_come_back_as_vectors_of_length_one_in_their_order),
        T(the_request_is_as_openai_has_it_and_costs_are_counted),
        T(geminis_own_form_is_spoken),
        T(many_texts_go_in_several_requests),
        T(long_texts_go_in_several_requests),
        T(no_text_needs_no_request),
        T(vectors_of_two_lengths_are_refused),
        T(what_is_no_number_is_refused),
        T(a_vector_without_direction_is_refused),
        T(text_in_place_of_numbers_is_refused),
        T(too_few_too_many_and_twice_the_same_are_refused),
        T(an_empty_answer_is_refused),
        T(an_error_inside_a_200_is_an_error),
        T(a_refusal_is_told_as_of_other_models),
        T(a_vector_of_too_many_numbers_is_refused),
        T(an_answer_that_is_too_large_is_refused),
        T(a_request_under_way_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
