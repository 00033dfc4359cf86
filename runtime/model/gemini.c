/* Gemini's generateContent: replies. Each piece of a stream is a whole object; calls come
 * whole; signatures of thoughts sit on parts and go back on the same. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/encode.h"
#include "model/parser.h"

struct gemini {
    struct sc_parser base; /* first: that is what is handed out */
    struct sc_json *parts; /* of the turn so far */
    struct sc_buf run;     /* text of the last part, while pieces of its kind follow */
};

static struct gemini *gemini_of(struct sc_parser *parser)
{
    return sc_container_of(parser, struct gemini, base);
}

static void gemini_release(struct sc_parser *parser)
{
    struct gemini *g = gemini_of(parser);

    sc_json_free(g->parts);
    sc_buf_release(&g->run);
}

/* --- usage: each piece tells it anew, the last one counts --- */

static void read_usage(struct sc_parser *parser, const struct sc_json *json)
{
    struct sc_model_usage *usage = &parser->usage;

    if (!json)
        return;
    usage->input_tokens = sc_parser_count(json, "promptTokenCount") +
                          sc_parser_count(json, "toolUsePromptTokenCount");
    usage->cached_tokens = sc_parser_count(json, "cachedContentTokenCount");
    usage->reasoning_tokens = sc_parser_count(json, "thoughtsTokenCount");
    usage->output_tokens =
            sc_parser_count(json, "candidatesTokenCount") + usage->reasoning_tokens;
}

/* --- parts --- */

static struct sc_json *last_part(const struct gemini *g)
{
    size_t count = sc_json_count(g->parts);

    return count ? sc_json_at(g->parts, count - 1) : NULL;
}

static void end_run(struct gemini *g)
{
    if (g->run.len)
        sc_json_set_string(last_part(g), "text", g->run.data);
    sc_buf_clear(&g->run);
}

/* Does a piece of text go on with the last part? One with a signature stands alone. */
static bool goes_on(const struct gemini *g, const struct sc_json *part)
{
    const struct sc_json *last = last_part(g);

    return g->run.len && sc_json_get(part, "text") &&
           !sc_json_get(part, "thoughtSignature") &&
           !sc_json_get(last, "thoughtSignature") &&
           sc_json_get_bool(last, "thought", false) ==
                   sc_json_get_bool(part, "thought", false);
}

static void read_call(struct gemini *g, const struct sc_json *call)
{
    struct sc_parser *parser = &g->base;
    const struct sc_json *args = sc_json_get(call, "args");
    size_t at = sc_calls_add(&parser->calls, -1, sc_json_get_string(call, "id", ""),
            sc_json_get_string(call, "name", ""));
    char *text = sc_json_is(args, SC_JSON_OBJECT) ? sc_json_text(args) : sc_strdup("{}");

    sc_parser_add_arguments(parser, at, text);
    free(text);
}

/* A stream may end with an empty text; with a signature on it, it is not nothing. */
static bool is_nothing(const struct sc_json *part)
{
    const struct sc_json *text = sc_json_get(part, "text");

    return text && !*sc_json_string(text) && !sc_json_get(part, "thoughtSignature");
}

static void read_part(struct gemini *g, const struct sc_json *part)
{
    struct sc_parser *parser = &g->base;
    const char *text = sc_json_get_string(part, "text", "");

    parser->kept += SC_PART_COST;
    if (is_nothing(part))
        return;
    if (!goes_on(g, part)) {
        end_run(g);
        sc_json_append(g->parts, sc_json_copy(part));
    }
    sc_buf_adds(&g->run, text);
    parser->kept += strlen(sc_json_get_string(part, "thoughtSignature", ""));
    if (sc_json_get_bool(part, "thought", false))
        sc_parser_add_reasoning(parser, text);
    else
        sc_parser_add_text(parser, text);
    if (sc_json_get(part, "functionCall"))
        read_call(g, sc_json_get(part, "functionCall"));
}

static void gemini_payload(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    struct gemini *g = gemini_of(parser);
    const struct sc_json *candidate = sc_json_first(sc_json_get(json, "candidates"));
    const struct sc_json *feedback = sc_json_get(json, "promptFeedback");

    if (!g->parts)
        g->parts = sc_json_new_array();
    sc_parser_keep_word(&parser->model, sc_json_get(json, "modelVersion"));
    sc_parser_keep_word(&parser->id, sc_json_get(json, "responseId"));
    sc_parser_keep_word(&parser->finish, sc_json_get(candidate, "finishReason"));
    read_usage(parser, sc_json_get(json, "usageMetadata"));
    SC_JSON_EACH(part, sc_json_get(sc_json_get(candidate, "content"), "parts"))
    read_part(g, part);
    if (!candidate && sc_json_get(feedback, "blockReason"))
        sc_failure_of_filter(&parser->options.source, err);
}

/* --- the end --- */

static void gemini_settle(struct sc_parser *parser)
{
    struct gemini *g = gemini_of(parser);
    struct sc_json *turn = sc_json_new_object();

    end_run(g);
    sc_parser_take_calls_from_text(parser);
    sc_calls_settle(&parser->calls);
    sc_json_add(turn, "role", sc_json_new_string("model"));
    sc_json_add(turn, "parts", g->parts ? g->parts : sc_json_new_array());
    g->parts = NULL;
    sc_parser_set_native(parser, turn);
}

/* A reply may end with no content for reasons that are no answer. */
static void gemini_check(struct sc_parser *parser, struct sc_error *err)
{
    static const char *const filters[] = { "SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST",
        "RECITATION", "SPII", "LANGUAGE", "IMAGE_SAFETY" };
    static const char *const slips[] = { "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE", "TOO_MANY_TOOL_CALLS" };
    const char *finish = parser->finish ? parser->finish : "";
    bool empty = !parser->calls.count && !parser->text.len;

    if (!*finish)
        sc_failure_of_break(&parser->options.source, err);
    for (size_t i = 0; empty && i < sizeof(filters) / sizeof(*filters); i++)
        if (strcmp(finish, filters[i]) == 0)
            sc_failure_of_filter(&parser->options.source, err);
    for (size_t i = 0; empty && i < sizeof(slips) / sizeof(*slips); i++) {
        if (strcmp(finish, slips[i]) != 0)
            continue;
        sc_fail(err, SC_PROTOCOL, "%s garbled its call of a tool (%s)",
                parser->options.source.model, finish);
        err->retryable = true;
    }
}

const struct sc_format sc_format_gemini = {
    .word = "gemini",
    .path = "/models/{model}:generateContent",
    .stream_path = "/models/{model}:streamGenerateContent?alt=sse",
    .key_header = "x-goog-api-key",
    .key_prefix = "",
    .encode = sc_gemini_encode,
    .parser_size = sizeof(struct gemini),
    .payload = gemini_payload,
    .body = gemini_payload,
    .settle = gemini_settle,
    .check = gemini_check,
    .release = gemini_release,
};
