/* Replays what providers really sent (tests/data/streams), whole and in pieces of chance
 * size, and prints which recording proves what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/sse.h"
#include "model/format.h"

/* Counts were taken from the files by other means than the parser. */
struct recording {
    const char *file;
    const char *proves;
    const char *finish, *model;
    const char *text; /* how it begins */
    size_t text_len, reasoning_len;
    const char *reasoning_name; /* under which it goes back */
    const char *calls;          /* name(arguments) of each */
    int64_t input, output, cached, reasoning;
    size_t comments;
    const struct sc_format *format;
};

static const struct recording recordings[] = {
    { "alibaba__alibaba-reasoning.sse", "reasoning, then text; usage in its own chunk",
            "stop", "qwen3-max", "The word **\"strawberry\"**", 842, 3301,
            "reasoning_content", "", 24, 1355, 0, 1084, 0, &sc_format_chat },
    { "alibaba__alibaba-tool-call.sse", "continuation with id:\"\"", "tool_calls",
            "qwen3-max", "", 0, 0, NULL, "weather({\"location\": \"San Francisco\"})",
            295, 22, 0, 0, 0, &sc_format_chat },
    { "deepseek-thinking-stream.sse", "content null beside reasoning", "stop",
            "deepseek-reasoner", "Hello there!", 43, 882, "reasoning_content", "", 6, 212,
            0, 198, 0, &sc_format_chat },
    { "deepseek-tools-with-thinking.1.json", "text, reasoning and a call at once",
            "tool_calls", "deepseek-v4-flash", "Let me load", 40, 233,
            "reasoning_content", "load_capability({\"id\": \"DICE_ROLL\"})", 563, 116,
            512, 60, 0, &sc_format_chat },
    { "deepseek-tools-with-thinking.2.json", "two calls, no arguments", "tool_calls",
            "deepseek-v4-flash", "Let me get your name", 38, 105, "reasoning_content",
            "get_player_name({}) roll_dice({})", 875, 79, 0, 26, 0, &sc_format_chat },
    { "deepseek-tools-with-thinking.3.json", "the answer after calls", "stop",
            "deepseek-v4-flash", "\xf0\x9f\x8e\x89 **Congratulations", 133, 83,
            "reasoning_content", "", 976, 61, 896, 25, 0, &sc_format_chat },
    { "deepseek__deepseek-reasoning.sse", "usage in the last choice chunk", "stop",
            "deepseek-reasoner", "The word \"strawberry\"", 42, 606, "reasoning_content",
            "", 18, 219, 0, 205, 0, &sc_format_chat },
    { "deepseek__deepseek-tool-call.sse", "arguments in pieces, cached tokens",
            "tool_calls", "deepseek-reasoner", "", 0, 191, "reasoning_content",
            "weather({\"location\": \"San Francisco\"})", 339, 83, 320, 39, 0,
            &sc_format_chat },
    { "ollama-tool-output.1.json", "`reasoning`; usage without details", "stop",
            "gpt-oss:20b", "Paris.", 6, 490, "reasoning", "", 134, 122, 0, 0, 0,
            &sc_format_chat },
    { "ollama-tool-output.2.json", "empty content beside a call", "tool_calls",
            "gpt-oss:20b", "", 0, 763, "reasoning",
            "final_result({\"city\":\"Paris\",\"country\":\"France\"})", 206, 194, 0, 0,
            0, &sc_format_chat },
    { "openai-compatible__xai-tool-call.sse", "reasoning billed beside the completion",
            "tool_calls", "grok-3-mini", "", 0, 1069, "reasoning_content",
            "weather({\"location\":\"San Francisco\"})", 307, 26 + 227, 306, 227, 0,
            &sc_format_chat },
    { "openrouter-streaming-reasoning.sse", "reasoning_details; comments; late usage",
            "stop", "anthropic/claude-sonnet-4.5", "2 + 2 = 4", 9, 51, "reasoning", "",
            43, 36, 0, 13, 4, &sc_format_chat },
    { "xai__xai-tool-call.sse", "no finish_reason member before the last", "tool_calls",
            "grok-3-mini", "", 0, 18, "reasoning_content",
            "weather({\"location\":\"San Francisco\"})", 291, 26 + 196, 290, 196, 0,
            &sc_format_chat },
    { "zai-preserved-thinking.1.json", "reasoning to be kept", "stop", "glm-4.7",
            "17 * 19 is 323.", 278, 222, "reasoning_content", "", 17, 172, 0, 49, 0,
            &sc_format_chat },
    { "zai-preserved-thinking.2.json", "the turn after it", "stop", "glm-4.7",
            "323 * 2 is 646.", 15, 304, "reasoning_content", "", 198, 134, 0, 122, 0,
            &sc_format_chat },
    { "zai-thinking-stream.sse", "role in every chunk", "stop", "glm-4.7", "4", 1, 2173,
            "reasoning_content", "", 13, 564, 0, 561, 0, &sc_format_chat },
    { "anthropic-parallel-tools.1.json", "a whole body with four calls", "tool_use",
            "claude-haiku-4-5-20251001", "I'll help you find out w", 156, 0, NULL,
            "retrieve_entity_info({\"name\":\"Alice\"}) "
            "retrieve_entity_info({\"name\":\"Bob\"}) "
            "retrieve_entity_info({\"name\":\"Charlie\"}) "
            "retrieve_entity_info({\"name\":\"Daisy\"})",
            423, 202, 0, 0, 0, &sc_format_messages },
    { "anthropic-parallel-tools.2.json", "the answer after their results", "end_turn",
            "claude-haiku-4-5-20251001", "Based on the retrieved i", 340, 0, NULL, "",
            771, 77, 0, 0, 0, &sc_format_messages },
    { "anthropic-redacted-thinking-stream.sse", "redacted thoughts, several blocks",
            "end_turn", "claude-sonnet-4-5-20250929", "I notice that you've sen", 359, 0,
            NULL, "", 92, 189, 0, 0, 0, &sc_format_messages },
    { "anthropic-thinking-stream.sse", "thoughts with a signature", "end_turn",
            "claude-sonnet-4-20250514", "Here are the basic steps", 1021, 202, NULL, "",
            43, 282, 0, 0, 0, &sc_format_messages },
    { "anthropic__anthropic-json-tool.sse", "arguments in pieces", "tool_use",
            "claude-haiku-4-5-20251001", "", 0, 0, NULL,
            "json({\"elements\": [{\"location\": \"San Francisco\", \"temperature\": 58, "
            "\"condition\": \"sunny\"}]})",
            849, 47, 0, 0, 0, &sc_format_messages },
    { "anthropic__anthropic-programmatic-tool-calling.1.sse",
            "a program on the server; the call comes whole", "tool_use",
            "claude-sonnet-4-5-20250929", "I'll help you simulate t", 157, 0, NULL,
            "rollDie({\"player\":\"player1\"})", 3369, 725, 0, 0, 0,
            &sc_format_messages },
    { "anthropic__anthropic-programmatic-tool-calling.2.sse",
            "content in message_start, no deltas, usage 0", "tool_use",
            "claude-sonnet-4-5-20250929", "", 0, 0, NULL,
            "rollDie({\"player\":\"player2\"})", 0, 0, 0, 0, 0, &sc_format_messages },
    { "anthropic__anthropic-programmatic-tool-calling.15.sse",
            "results of the program, then text", "end_turn", "claude-sonnet-4-5-20250929",
            "## Game Results", 678, 0, NULL, "", 4551, 197, 0, 0, 0,
            &sc_format_messages },
    { "anthropic__anthropic-tool-no-args.sse", "pings; a call with one empty piece",
            "tool_use", "claude-sonnet-4-5-20250929", "I'll update the issue li", 35, 0,
            NULL, "updateIssueList({})", 565, 48, 0, 0, 0, &sc_format_messages },
    { "anthropic__anthropic-tool-search-bm25.1.sse",
            "a search on the server before a call", "tool_use",
            "claude-sonnet-4-5-20250929", "I'll search for a weathe", 177, 0, NULL,
            "get_weather({\"location\": \"San Francisco, CA\"})", 1630, 158, 0, 0, 0,
            &sc_format_messages },
    { "anthropic__anthropic-tool-search-bm25.2.sse", "the answer after it", "end_turn",
            "claude-sonnet-4-5-20250929", "The current weather in S", 120, 0, NULL, "",
            1040, 41, 0, 0, 0, &sc_format_messages },
    { "google-stream-tool-thoughtsig.1.sse", "no id; signature on the call; finish STOP",
            "STOP", "gemini-3-pro-preview", "", 0, 0, NULL, "get_country({})", 29, 212, 0,
            202, 0, &sc_format_gemini },
    { "google-stream-tool-thoughtsig.2.sse", "promptTokenCount told anew", "STOP",
            "gemini-3-pro-preview", "The capital of Mexico is", 37, 0, NULL, "", 257, 8,
            0, 0, 0, &sc_format_gemini },
    { "google__google-tool-call-gemini3.sse", "empty text part at the end", "STOP",
            "gemini-3-pro-preview", "", 0, 0, NULL,
            "weather({\"location\":\"San Francisco\"})", 29, 819, 0, 804, 0,
            &sc_format_gemini },
    { "google__google-tool-call.sse", "thoughts counted beside the answer", "STOP",
            "gemini-3-pro-preview", "", 0, 0, NULL,
            "weather({\"location\":\"San Francisco\"})", 29, 60, 0, 45, 0,
            &sc_format_gemini },
    { "deepseek-responses-tool-stream.1.sse", "reasoning_text deltas, cached tokens",
            "completed", "deepseek-v4-flash", "", 0, 61, NULL,
            "get_temperature({\"city\": \"Tokyo\"})", 366, 59, 256, 14, 0,
            &sc_format_responses },
    { "deepseek-responses-tool-stream.2.sse", "text after the result", "completed",
            "deepseek-v4-flash", "The current temperature ", 48, 0, NULL, "", 440, 14,
            384, 0, 0, &sc_format_responses },
    { "open-responses__lmstudio-tool-call.sse", "reasoning, text and a call", "completed",
            "zai-org/glm-4.7-flash", "I'll get the current wea", 67, 242, NULL,
            "weather({\"location\":\"San Francisco\"})", 182, 61, 2, 48, 0,
            &sc_format_responses },
    { "openai__openai-reasoning-encrypted-content.1.sse",
            "encrypted reasoning beside its summary", "completed", "gpt-5.1-codex-max",
            "", 0, 163, NULL, "calculator({\"a\":12,\"b\":7,\"op\":\"add\"})", 134, 28, 0,
            0, 0, &sc_format_responses },
    { "openai__openai-reasoning-encrypted-content.2.sse", "a call alone; two ids",
            "completed", "gpt-5.1-codex-max", "", 0, 0, NULL,
            "calculator({\"a\":19,\"b\":3,\"op\":\"multiply\"})", 221, 26, 0, 0, 0,
            &sc_format_responses },
    { "openai__openai-reasoning-encrypted-content.4.sse",
            "text in pieces with obfuscation", "completed", "gpt-5.1-codex-max",
            "The final result is **57", 28, 0, NULL, "", 299, 12, 0, 0, 0,
            &sc_format_responses },
    { "openai__openai-tool-search.sse", "a tool search on the server", "completed",
            "gpt-5.4-2026-03-05", "", 0, 0, NULL,
            "get_weather({\"location\":\"San Francisco, CA\",\"unit\":\"fahrenheit\"})",
            640, 46, 0, 20, 0, &sc_format_responses },
    { "openai__parallel-tool-call-wrapper.sse", "two calls wrapped into `parallel`",
            "completed", "gpt-5.4", "", 0, 0, NULL,
            "weather({\"location\":\"San Francisco\"}) "
            "cityAttractions({\"city\":\"Rome\"})",
            34, 28, 0, 0, 0, &sc_format_responses },
    { "openai__programmatic-tool-calling.sse", "a program item; a call by it",
            "completed", "gpt-5.6-sol", "", 0, 0, NULL,
            "getInventory({\"sku\":\"sku_123\"})", 631, 87, 0, 37, 0,
            &sc_format_responses },
};

enum { RECORDINGS = sizeof(recordings) / sizeof(recordings[0]) };

/* --- replaying --- */

struct replay {
    struct sc_parser *parser;
    struct sc_sse sse;
    struct sc_buf shown;
    size_t comments;
    struct sc_error err;
    enum sc_code code;
};

static void on_event(void *arg, const struct sc_sse_event *event)
{
    struct replay *replay = arg;

    if (replay->code == SC_OK)
        replay->code =
                sc_parser_feed(replay->parser, event->data, event->len, &replay->err);
}

static void on_comment(void *arg, const char *text)
{
    (void)text;
    ((struct replay *)arg)->comments++;
}

static void on_text(void *arg, const char *text, size_t len)
{
    sc_buf_add(&((struct replay *)arg)->shown, text, len);
}

static char *read_file(const char *name, size_t *ret_len)
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

static void open_replay(struct replay *replay, const struct sc_format *format)
{
    struct sc_parser_options options = {
        .source = { .host = "h", .model = "m", .key_name = "K" },
        .on_text = on_text,
        .on_arg = replay,
    };
    struct sc_sse_handler handler = { on_event, on_comment, replay };

    *replay = (struct replay){ .parser = sc_parser_new(format, &options) };
    sc_sse_init(&replay->sse, &handler, 1 << 20);
}

static void close_replay(struct replay *replay)
{
    sc_sse_release(&replay->sse);
    sc_buf_release(&replay->shown);
    sc_parser_free(replay->parser);
}

/* Pieces of 1 to most bytes; most 0: all at once. */
static void play(struct replay *replay, const char *name, size_t most)
{
    size_t len, at = 0;
    char *text = read_file(name, &len);
    unsigned seed = 7;

    if (strstr(name, ".json")) {
        replay->code = sc_parser_body(replay->parser, text, len, &replay->err);
        at = len;
    }
    while (at < len) {
        size_t size = most ? 1 + (size_t)rand_r(&seed) % most : len;

        if (size > len - at)
            size = len - at;
        assert_int_equal(sc_sse_feed(&replay->sse, text + at, size, NULL), SC_OK);
        at += size;
    }
    if (replay->code == SC_OK)
        replay->code = sc_parser_end(replay->parser, &replay->err);
    else
        (void)!sc_parser_end(replay->parser, NULL);
    free(text);
}

/* --- what came of it --- */

static char *calls_as_text(const struct sc_model_reply *reply)
{
    struct sc_buf text = { 0 };

    for (size_t i = 0; i < reply->call_count; i++)
        sc_buf_addf(&text, "%s%s(%s)", i ? " " : "", reply->calls[i].name,
                reply->calls[i].arguments);
    return sc_buf_detach(&text);
}

static void assert_usage(const struct recording *r, const struct sc_model_usage *usage)
{
    assert_int_equal(usage->input_tokens, r->input);
    assert_int_equal(usage->output_tokens, r->output);
    assert_int_equal(usage->cached_tokens, r->cached);
    assert_int_equal(usage->reasoning_tokens, r->reasoning);
}

/* What goes back holds all that came, under the same names. */
static void assert_native(const struct recording *r, const struct sc_model_reply *reply)
{
    const struct sc_json *calls = sc_json_get(reply->native, "tool_calls");

    assert_string_equal(sc_json_get_string(reply->native, "role", ""), "assistant");
    assert_string_equal(sc_json_get_string(reply->native, "content", ""), reply->text);
    if (r->reasoning_name)
        assert_string_equal(sc_json_get_string(reply->native, r->reasoning_name, ""),
                reply->reasoning);
    assert_int_equal(sc_json_count(calls), reply->call_count);
    if (r->format != &sc_format_chat)
        assert_string_equal(
                sc_json_get_string(sc_json_get(reply->native, "native"), "format", ""),
                r->format->word);
    for (size_t i = 0; i < reply->call_count; i++) {
        const struct sc_json *call = sc_json_at(calls, i);
        const struct sc_json *function = sc_json_get(call, "function");

        assert_string_equal(sc_json_get_string(call, "id", ""), reply->calls[i].id);
        assert_string_equal(
                sc_json_get_string(function, "arguments", ""), reply->calls[i].arguments);
        assert_non_null(reply->calls[i].args);
    }
}

static void assert_reply(const struct recording *r, const struct replay *replay)
{
    const struct sc_model_reply *reply = sc_parser_reply(replay->parser);
    char *calls = calls_as_text(reply);

    assert_int_equal(replay->code, SC_OK);
    assert_string_equal(reply->finish, r->finish);
    assert_string_equal(reply->model, r->model);
    assert_memory_equal(reply->text, r->text, strlen(r->text));
    assert_int_equal(strlen(reply->text), r->text_len);
    assert_int_equal(strlen(reply->reasoning), r->reasoning_len);
    assert_string_equal(sc_buf_text(&replay->shown), reply->text);
    assert_string_equal(calls, r->calls);
    assert_int_equal(replay->comments, r->comments);
    assert_usage(r, &reply->usage);
    assert_native(r, reply);
    free(calls);
}

static void every_recording_gives_what_it_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDINGS; i++) {
        struct replay replay;

        print_message("%-10s %-55s %s\n", recordings[i].format->word, recordings[i].file,
                recordings[i].proves);
        open_replay(&replay, recordings[i].format);
        play(&replay, recordings[i].file, 0);
        assert_reply(&recordings[i], &replay);
        close_replay(&replay);
    }
}

static void pieces_of_any_size_give_the_same(void **state)
{
    static const size_t sizes[] = { 1, 7, 100, 5000 };

    (void)state;
    for (size_t i = 0; i < RECORDINGS; i++)
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            struct replay replay;

            open_replay(&replay, recordings[i].format);
            play(&replay, recordings[i].file, sizes[s]);
            assert_reply(&recordings[i], &replay);
            close_replay(&replay);
        }
}

static void an_error_inside_a_good_stream_is_an_error(void **state)
{
    struct replay replay;
    const struct sc_model_reply *reply;

    (void)state;
    print_message("%-40s error inside a 200 stream, after 17 comments\n",
            "openrouter-stream-error.sse");
    open_replay(&replay, &sc_format_chat);
    play(&replay, "openrouter-stream-error.sse", 11);
    reply = sc_parser_reply(replay.parser);

    assert_int_equal(replay.code, SC_INVALID);
    assert_string_equal(
            replay.err.msg, "h refused the request (400): 'Token limit reached'");
    assert_false(replay.err.retryable);
    assert_int_equal(replay.comments, 17);
    assert_string_equal(reply->reasoning, "We need to respond to a greeting. The user");
    assert_int_equal(reply->usage.input_tokens, 43);
    assert_int_equal(reply->usage.output_tokens, 10);
    close_replay(&replay);
}

static void a_429_quotes_what_the_upstream_said(void **state)
{
    struct sc_model_source source = {
        .host = "openrouter.ai", .model = "m", .key_name = "K"
    };
    struct sc_error err;
    size_t len;
    char *text = read_file("openrouter-errors.1.json", &len);

    (void)state;
    print_message(
            "%-40s 429 with the reason one level down\n", "openrouter-errors.1.json");
    assert_int_equal(sc_failure_of_status(&source, 429, text, len, &err), SC_BUSY);
    assert_true(err.retryable);
    assert_non_null(strstr(err.msg, "temporarily rate-limited upstream"));
    free(text);
}

/* Each stream cut before its end must not pass for a whole one. */
static void a_recording_cut_short_is_truncated(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDINGS; i++) {
        struct replay replay;
        size_t len;
        char *text = read_file(recordings[i].file, &len);

        open_replay(&replay, recordings[i].format);
        if (strstr(recordings[i].file, ".sse")) {
            assert_int_equal(sc_sse_feed(&replay.sse, text, len / 2, NULL), SC_OK);
            assert_int_equal(replay.code, SC_OK);
            assert_int_equal(sc_parser_end(replay.parser, &replay.err), SC_PROTOCOL);
            assert_true(replay.err.retryable);
        } else {
            assert_int_equal(sc_parser_body(replay.parser, text, len / 2, &replay.err),
                    SC_PROTOCOL);
        }
        close_replay(&replay);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_recording_gives_what_it_holds),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(an_error_inside_a_good_stream_is_an_error),
        cmocka_unit_test(a_429_quotes_what_the_upstream_said),
        cmocka_unit_test(a_recording_cut_short_is_truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
