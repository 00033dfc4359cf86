#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/format.h"

struct fixture {
    struct sc_parser *parser;
    struct sc_buf shown;
    struct sc_error err;
};

static void on_text(void *arg, const char *text, size_t len)
{
    sc_buf_add(&((struct fixture *)arg)->shown, text, len);
}

static void hide(void *arg, char *text)
{
    const char *key = arg;
    char *found;

    while ((found = strstr(text, key)))
        memset(found, '*', strlen(key));
}

static char the_key[] = "sk-very-secret-0123456789";
static const char tool_names[] = "table__read\0price__landed";

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);
    struct sc_parser_options options = {
        .source = { .host = "api.example.com",
                .model = "m-1",
                .key_name = "EXAMPLE_KEY",
                .hide = hide,
                .hide_arg = the_key },
        .max_text = 2048,
        .text_calls = SC_TEXT_CALLS_MAYBE,
        .tool_names = tool_names,
        .tool_names_len = sizeof(tool_names),
        .on_text = on_text,
        .on_arg = f,
    };

    f->parser = sc_parser_new(&sc_format_chat, &options);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_parser_free(f->parser);
    sc_buf_release(&f->shown);
    free(f);
    return 0;
}

/* --- what arrives --- */

static enum sc_code feed(struct fixture *f, const char *payload)
{
    return sc_parser_feed(f->parser, payload, strlen(payload), &f->err);
}

/* A chunk whose delta has these members. */
static void delta(struct fixture *f, const char *members)
{
    char *chunk =
            sc_strdupf("{\"id\":\"c1\",\"model\":\"m-1-2026\",\"choices\":[{\"index\":"
                       "0,\"delta\":{%s},\"finish_reason\":null}]}",
                    members);

    assert_int_equal(feed(f, chunk), SC_OK);
    free(chunk);
}

static void call_piece(struct fixture *f, const char *piece)
{
    char *members = sc_strdupf("\"tool_calls\":[%s]", piece);

    delta(f, members);
    free(members);
}

static const struct sc_model_reply *finish(struct fixture *f, const char *word)
{
    char *chunk = sc_strdupf(
            "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}", word);

    assert_int_equal(feed(f, chunk), SC_OK);
    free(chunk);
    assert_int_equal(feed(f, "[DONE]"), SC_OK);
    assert_int_equal(sc_parser_end(f->parser, &f->err), SC_OK);
    return sc_parser_reply(f->parser);
}

static const struct sc_model_reply *body(struct fixture *f, const char *text)
{
    assert_int_equal(sc_parser_body(f->parser, text, strlen(text), &f->err), SC_OK);
    assert_int_equal(sc_parser_end(f->parser, &f->err), SC_OK);
    return sc_parser_reply(f->parser);
}

static void assert_call(const struct sc_model_reply *reply, size_t at, const char *id,
        const char *name, const char *arguments)
{
    assert_true(at < reply->call_count);
    if (id)
        assert_string_equal(reply->calls[at].id, id);
    assert_string_equal(reply->calls[at].name, name);
    assert_string_equal(reply->calls[at].arguments, arguments);
}

static void assert_native(const struct sc_model_reply *reply, const char *text)
{
    char *native = sc_json_text(reply->native);

    assert_string_equal(native, text);
    free(native);
}

/* --- calls --- */

static void an_empty_id_goes_on_with_the_call(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    call_piece(f, "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
                  "\"\"}}");
    call_piece(
            f, "{\"index\":0,\"id\":\"\",\"function\":{\"arguments\":\"{\\\"x\\\":\"}}");
    call_piece(f, "{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"\",\"arguments\":"
                  "\"1}\"}}");
    reply = finish(f, "tool_calls");

    assert_int_equal(reply->call_count, 1);
    assert_call(reply, 0, "a", "f", "{\"x\":1}");
    assert_int_equal(sc_json_get_int(reply->calls[0].args, "x", 0), 1);
}

static void two_calls_may_share_index_0(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    call_piece(f, "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
                  "\"{\\\"x\\\":1}\"}}");
    call_piece(f, "{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":"
                  "\"{\\\"y\\\":\"}}");
    call_piece(f, "{\"index\":0,\"function\":{\"arguments\":\"2}\"}}");
    reply = finish(f, "tool_calls");

    assert_int_equal(reply->call_count, 2);
    assert_call(reply, 0, "a", "f", "{\"x\":1}");
    assert_call(reply, 1, "b", "g", "{\"y\":2}");
}

static void two_calls_may_share_index_0_and_have_no_id(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    call_piece(f, "{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":"
                  "1}\"}}");
    call_piece(f, "{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":"
                  "2}\"}}");
    reply = finish(f, "stop");

    assert_int_equal(reply->call_count, 2);
    assert_call(reply, 1, NULL, "f", "{\"x\":2}");
    assert_string_not_equal(reply->calls[0].id, reply->calls[1].id);
}

static void pieces_without_index_are_told_by_id_or_go_on(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    call_piece(f, "{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}");
    call_piece(f, "{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{\"}}");
    call_piece(f, "{\"id\":\"a\",\"function\":{\"arguments\":\"}\"}}");
    call_piece(f, "{\"function\":{\"arguments\":\" }\"}}");
    reply = finish(f, "tool_calls");

    assert_int_equal(reply->call_count, 2);
    assert_call(reply, 0, "a", "f", "{}");
    assert_call(reply, 1, "b", "g", "{ }");
}

static void a_call_without_id_gets_one_on_both_sides(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;
    const struct sc_json *sent;

    call_piece(f, "{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}");
    reply = finish(f, "tool_calls");
    sent = sc_json_at(sc_json_get(reply->native, "tool_calls"), 0);

    assert_int_equal(strlen(reply->calls[0].id), 9);
    assert_string_equal(sc_json_get_string(sent, "id", ""), reply->calls[0].id);
}

static void empty_arguments_are_an_empty_object(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    call_piece(f, "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
                  "\"\"}}");
    reply = finish(f, "tool_calls");

    assert_call(reply, 0, "a", "f", "{}");
    assert_non_null(reply->calls[0].args);
}

static void arguments_that_are_not_json_are_kept_but_not_parsed(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    call_piece(f, "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
                  "\"{\\\"x\\\":\"}}");
    reply = finish(f, "length");

    assert_call(reply, 0, "a", "f", "{\"x\":");
    assert_null(reply->calls[0].args);
}

static void arguments_may_come_as_an_object(void **state)
{
    struct fixture *f = *state;

    call_piece(f, "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":{"
                  "\"x\":12345678901234567890}}}");

    assert_call(finish(f, "stop"), 0, "a", "f", "{\"x\":12345678901234567890}");
}

static void members_of_a_call_that_are_not_ours_go_back(void **state)
{
    struct fixture *f = *state;

    call_piece(f, "{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"extra_content\":{"
                  "\"google\":{\"thought_signature\":\"Ep==\"}},\"function\":{\"name\":"
                  "\"f\",\"arguments\":\"{}\"}}");

    assert_native(finish(f, "stop"),
            "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"a\","
            "\"type\":"
            "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"},"
            "\"extra_content\":{\"google\":{\"thought_signature\":\"Ep==\"}}}]}");
}

static void calls_written_as_text_are_calls(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    delta(f, "\"content\":\"I look. <tool_call>\\n{\\\"name\\\":\\\"table__read\\\",\"");
    delta(f, "\"content\":\"\\\"arguments\\\":{\\\"path\\\":\\\"a.csv\\\"}}</"
             "tool_call>\"");
    reply = finish(f, "stop");

    assert_int_equal(reply->call_count, 1);
    assert_call(reply, 0, NULL, "table__read", "{\"path\":\"a.csv\"}");
    assert_string_equal(reply->text, "I look. ");
    assert_int_equal(sc_json_count(sc_json_get(reply->native, "tool_calls")), 1);
    assert_string_equal(sc_json_get_string(reply->native, "content", ""), "I look. ");
}

static void text_that_names_no_tool_of_ours_stays_text(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    delta(f, "\"content\":\"<tool_call>{\\\"name\\\":\\\"rm\\\",\\\"arguments\\\":{}}</"
             "tool_call>\"");
    reply = finish(f, "stop");

    assert_int_equal(reply->call_count, 0);
    assert_non_null(strstr(reply->text, "<tool_call>"));
}

/* --- text and reasoning --- */

static void roles_repeat_and_contents_are_null(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    delta(f, "\"role\":\"assistant\",\"content\":null");
    delta(f, "\"role\":\"assistant\",\"content\":\"one \"");
    delta(f, "\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"two\"}]");
    reply = finish(f, "stop");

    assert_string_equal(reply->text, "one two");
    assert_string_equal(sc_buf_text(&f->shown), "one two");
    assert_native(reply, "{\"role\":\"assistant\",\"content\":\"one two\"}");
    assert_string_equal(reply->model, "m-1-2026");
    assert_string_equal(reply->request_id, "c1");
    assert_string_equal(reply->finish, "stop");
}

static void reasoning_goes_back_under_the_name_it_came_with(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    delta(f, "\"reasoning_content\":\"\"");
    delta(f, "\"reasoning_content\":\"so\",\"reasoning\":\"so\"");
    delta(f, "\"content\":\"42\",\"reasoning_content\":null");
    reply = finish(f, "stop");

    assert_string_equal(reply->reasoning, "so");
    assert_string_equal(reply->text, "42");
    assert_native(reply,
            "{\"role\":\"assistant\",\"content\":\"42\",\"reasoning_content\":\"so\"}");
}

static void reasoning_details_are_put_together(void **state)
{
    struct fixture *f = *state;

    delta(f, "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"a\","
             "\"index\":0}]");
    delta(f, "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"b\","
             "\"index\":0}]");
    delta(f, "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\"S\","
             "\"index\":0}]");
    delta(f, "\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"D\","
             "\"index\":1}]");
    delta(f, "\"content\":\"x\"");

    assert_native(finish(f, "stop"),
            "{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_details\":[{\"type\":"
            "\"reasoning.text\",\"text\":\"ab\",\"index\":0,\"signature\":\"S\"},{"
            "\"type\":"
            "\"reasoning.encrypted\",\"data\":\"D\",\"index\":1}]}");
}

static void thoughts_within_the_text_are_not_shown_but_go_back(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply;

    delta(f, "\"content\":\"\\n<thi\"");
    delta(f, "\"content\":\"nk>let me see</th\"");
    delta(f, "\"content\":\"ink>\\n\\nHello\"");
    delta(f, "\"content\":\" you\"");
    reply = finish(f, "stop");

    assert_string_equal(sc_buf_text(&f->shown), "Hello you");
    assert_string_equal(reply->text, "Hello you");
    assert_string_equal(reply->reasoning, "let me see");
    assert_string_equal(sc_json_get_string(reply->native, "content", ""),
            "\n<think>let me see</think>\n\nHello you");
}

static void text_that_only_begins_like_a_thought_is_shown(void **state)
{
    struct fixture *f = *state;

    delta(f, "\"content\":\"<thi\"");
    delta(f, "\"content\":\"s is text\"");
    finish(f, "stop");

    assert_string_equal(sc_buf_text(&f->shown), "<this is text");
}

/* --- a body that does not stream --- */

static void a_whole_message_goes_back_unchanged(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply = body(f,
            "{\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\","
            "\"message\":{\"content\":\"\",\"role\":\"assistant\",\"odd\":1.0,\"tool_"
            "calls\":"
            "[{\"function\":{\"arguments\":\"{\\\"a\\\": "
            "1}\",\"name\":\"f\"},\"id\":\"x\","
            "\"index\":0}]}}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,"
            "\"total_tokens\":10}}");

    assert_call(reply, 0, "x", "f", "{\"a\": 1}");
    assert_int_equal(reply->usage.input_tokens, 7);
    assert_native(reply,
            "{\"content\":\"\",\"role\":\"assistant\",\"odd\":1.0,\"tool_calls\":[{"
            "\"function\":{\"arguments\":\"{\\\"a\\\": 1}\",\"name\":\"f\"},\"id\":\"x\","
            "\"index\":0}]}");
}

static void two_whole_calls_with_index_0_and_one_id_are_two(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_reply *reply =
            body(f, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"tool_"
                    "calls\":[{\"id\":"
                    "\"x\",\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"\"}},"
                    "{\"id\":\"x\","
                    "\"index\":0,\"function\":{\"name\":\"g\"}}]}}]}");
    const struct sc_json *sent;

    assert_int_equal(reply->call_count, 2);
    assert_call(reply, 0, "x", "f", "{}");
    assert_string_not_equal(reply->calls[1].id, "x");
    sent = sc_json_at(sc_json_get(reply->native, "tool_calls"), 1);
    assert_string_equal(sc_json_get_string(sent, "id", ""), reply->calls[1].id);
    assert_string_equal(
            sc_json_get_string(sc_json_get(sent, "function"), "arguments", ""), "{}");
}

/* --- usage --- */

static const struct sc_model_usage *usage(struct fixture *f, const char *json)
{
    char *chunk = sc_strdupf("{\"choices\":[],\"usage\":%s}", json);

    delta(f, "\"content\":\"x\"");
    assert_int_equal(feed(f, chunk), SC_OK);
    free(chunk);
    return &finish(f, "stop")->usage;
}

static void cached_tokens_of_openai(void **state)
{
    const struct sc_model_usage *sum = usage(*state,
            "{\"prompt_tokens\":100,\"completion_tokens\":9,\"total_tokens\":109,"
            "\"prompt_tokens_details\":{\"cached_tokens\":64},"
            "\"completion_tokens_details\":{\"reasoning_tokens\":4}}");

    assert_int_equal(sum->input_tokens, 100);
    assert_int_equal(sum->output_tokens, 9);
    assert_int_equal(sum->cached_tokens, 64);
    assert_int_equal(sum->reasoning_tokens, 4);
}

static void cached_tokens_of_deepseek(void **state)
{
    const struct sc_model_usage *sum =
            usage(*state, "{\"prompt_tokens\":100,\"completion_tokens\":9,\"prompt_cache_"
                          "hit_tokens\":80}");

    assert_int_equal(sum->cached_tokens, 80);
}

static void cached_tokens_of_kimi(void **state)
{
    const struct sc_model_usage *sum = usage(*state,
            "{\"prompt_tokens\":100,\"completion_tokens\":9,\"cached_tokens\":50}");

    assert_int_equal(sum->cached_tokens, 50);
}

static void reasoning_beside_the_completion_is_added(void **state)
{
    const struct sc_model_usage *sum = usage(*state,
            "{\"prompt_tokens\":291,\"completion_tokens\":26,\"total_tokens\":513,"
            "\"completion_tokens_details\":{\"reasoning_tokens\":196}}");

    assert_int_equal(sum->output_tokens, 222);
}

static void usage_may_sit_in_the_choice(void **state)
{
    struct fixture *f = *state;

    delta(f, "\"content\":\"x\"");
    feed(f, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{"
            "\"prompt_tokens\":5,\"completion_tokens\":6}}],\"usage\":null}");
    assert_int_equal(sc_parser_end(f->parser, &f->err), SC_OK);

    assert_int_equal(sc_parser_reply(f->parser)->usage.input_tokens, 5);
}

/* --- what is wrong --- */

static void a_stream_without_finish_is_truncated(void **state)
{
    struct fixture *f = *state;

    delta(f, "\"content\":\"half a\"");

    assert_int_equal(sc_parser_end(f->parser, &f->err), SC_PROTOCOL);
    assert_true(f->err.retryable);
    assert_string_equal(
            f->err.msg, "the reply of api.example.com broke off before its end");
    assert_string_equal(sc_parser_reply(f->parser)->text, "half a");
}

static void nothing_at_all_is_truncated(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_parser_end(f->parser, &f->err), SC_PROTOCOL);
    assert_true(f->err.retryable);
    assert_string_equal(sc_parser_reply(f->parser)->text, "");
}

static void an_error_inside_the_stream_is_classified(void **state)
{
    struct fixture *f = *state;

    delta(f, "\"content\":\"x\"");

    assert_int_equal(feed(f, "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":"
                             "\"slow\"}}"),
            SC_BUSY);
    assert_true(f->err.retryable);
    assert_int_equal(feed(f, "[DONE]"), SC_BUSY);
    assert_int_equal(sc_parser_end(f->parser, NULL), SC_BUSY);
}

static void an_error_of_the_choice_is_classified(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
            feed(f, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\",\"error\":{"
                    "\"code\":502,\"message\":\"upstream\"}}]}"),
            SC_UNAVAILABLE);
    assert_int_equal(f->err.detail, 502);
}

static void finishing_with_an_error_word_fails(void **state)
{
    struct fixture *f = *state;

    feed(f, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"insufficient_system_"
            "resource\"}]}");

    assert_int_equal(sc_parser_end(f->parser, &f->err), SC_UNAVAILABLE);
    assert_true(f->err.retryable);
}

static void a_web_page_is_named(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(feed(f, "<!doctype html><title>Login</title>"), SC_PROTOCOL);
    assert_string_equal(f->err.msg,
            "api.example.com answered with a web page, not as a model does: check the "
            "model's url (most end in /v1)");
}

static void nonsense_is_quoted(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(feed(f, "hello\nthere"), SC_PROTOCOL);
    assert_string_equal(
            f->err.msg, "api.example.com answered with what is not JSON: 'hello there'");
}

static void an_answer_that_never_ends_is_stopped(void **state)
{
    struct fixture *f = *state;
    char *text = sc_zalloc(3000);
    char *chunk;

    memset(text, 'x', 2999);
    chunk = sc_strdupf("{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}", text);

    assert_int_equal(feed(f, chunk), SC_PROTOCOL);
    assert_false(f->err.retryable);
    assert_string_equal(f->err.msg, "the reply of m-1 is longer than 2 KiB: stopped");
    free(chunk);
    free(text);
}

static void a_key_in_an_error_is_hidden(void **state)
{
    struct fixture *f = *state;

    feed(f, "{\"error\":{\"type\":\"authentication_error\",\"message\":\"no such key "
            "sk-very-secret-0123456789\"}}");

    assert_int_equal(f->err.code, SC_DENIED);
    assert_null(strstr(f->err.msg, "secret"));
    assert_non_null(strstr(f->err.msg, "set EXAMPLE_KEY to one that is valid there"));
}

/* --- a reply as JSON --- */

static void a_reply_survives_the_journal(void **state)
{
    struct fixture *f = *state;
    struct sc_json *first, *second;
    struct sc_model_reply *read;

    delta(f, "\"reasoning\":\"r\",\"content\":\"text\"");
    call_piece(f, "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
                  "\"{\\\"x\\\": 1.0}\"}}");
    first = sc_model_reply_to_json(finish(f, "tool_calls"));
    read = sc_model_reply_from_json(first, &f->err);
    second = sc_model_reply_to_json(read);

    assert_true(sc_json_equal(first, second));
    assert_call(read, 0, "a", "f", "{\"x\": 1.0}");
    assert_string_equal(sc_json_number(sc_json_get(read->calls[0].args, "x")), "1.0");
    assert_string_equal(read->text, "text");
    sc_model_reply_free(read);
    sc_json_free(first);
    sc_json_free(second);
}

static void usage_adds_up_and_one_unknown_cost_makes_the_sum_unknown(void **state)
{
    struct sc_model_usage sum = { 0 };
    struct sc_model_usage known = {
        .requests = 1, .input_tokens = 5, .cost_micro = 7, .cost_known = true
    };
    struct sc_model_usage unknown = { .requests = 1, .cost_micro = 3 };

    (void)state;
    sc_model_usage_add(&sum, &known);
    assert_true(sum.cost_known);
    sc_model_usage_add(&sum, &unknown);
    sc_model_usage_add(&sum, &known);

    assert_false(sum.cost_known);
    assert_int_equal(sum.cost_micro, 17);
    assert_int_equal(sum.requests, 3);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_empty_id_goes_on_with_the_call),
        T(two_calls_may_share_index_0),
        T(two_calls_may_share_index_0_and_have_no_id),
        T(pieces_without_index_are_told_by_id_or_go_on),
        T(a_call_without_id_gets_one_on_both_sides),
        T(empty_arguments_are_an_empty_object),
        T(arguments_that_are_not_json_are_kept_but_not_parsed),
        T(arguments_may_come_as_an_object),
        T(members_of_a_call_that_are_not_ours_go_back),
        T(calls_written_as_text_are_calls),
        T(text_that_names_no_tool_of_ours_stays_text),
        T(roles_repeat_and_contents_are_null),
        T(reasoning_goes_back_under_the_name_it_came_with),
        T(reasoning_details_are_put_together),
        T(thoughts_within_the_text_are_not_shown_but_go_back),
        T(text_that_only_begins_like_a_thought_is_shown),
        T(a_whole_message_goes_back_unchanged),
        T(two_whole_calls_with_index_0_and_one_id_are_two),
        T(cached_tokens_of_openai),
        T(cached_tokens_of_deepseek),
        T(cached_tokens_of_kimi),
        T(reasoning_beside_the_completion_is_added),
        T(usage_may_sit_in_the_choice),
        T(a_stream_without_finish_is_truncated),
        T(nothing_at_all_is_truncated),
        T(an_error_inside_the_stream_is_classified),
        T(an_error_of_the_choice_is_classified),
        T(finishing_with_an_error_word_fails),
        T(a_web_page_is_named),
        T(nonsense_is_quoted),
        T(an_answer_that_never_ends_is_stopped),
        T(a_key_in_an_error_is_hidden),
        T(a_reply_survives_the_journal),
        T(usage_adds_up_and_one_unknown_cost_makes_the_sum_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
