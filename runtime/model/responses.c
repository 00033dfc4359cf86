/* OpenAI's Responses: replies. A reply is a list of items; they go back as they came,
 * encrypted reasoning too. Calls pair with their results by call_id, pieces with their
 * item by output_index. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/encode.h"
#include "model/parser.h"

struct responses {
    struct sc_parser base; /* first: that is what is handed out */
    struct sc_json *items; /* whole ones, in order */
};

static struct responses *responses_of(struct sc_parser *parser)
{
    return sc_container_of(parser, struct responses, base);
}

static void responses_release(struct sc_parser *parser)
{
    sc_json_free(responses_of(parser)->items);
}

static bool is_type(const struct sc_json *json, const char *type)
{
    return strcmp(sc_json_get_string(json, "type", ""), type) == 0;
}

/* --- usage --- */

static void read_usage(struct sc_parser *parser, const struct sc_json *json)
{
    struct sc_model_usage *usage = &parser->usage;

    if (!sc_json_is(json, SC_JSON_OBJECT))
        return;
    usage->input_tokens = sc_parser_count(json, "input_tokens");
    usage->output_tokens = sc_parser_count(json, "output_tokens");
    usage->cached_tokens =
            sc_parser_count(sc_json_get(json, "input_tokens_details"), "cached_tokens");
    usage->reasoning_tokens = sc_parser_count(
            sc_json_get(json, "output_tokens_details"), "reasoning_tokens");
}

/* --- calls --- */

static size_t call_at(struct sc_parser *parser, int64_t index, const struct sc_json *item)
{
    size_t at;

    if (sc_calls_find(&parser->calls, index, &at) &&
            strcmp(parser->calls.items[at].id ? parser->calls.items[at].id : "",
                    sc_json_get_string(item, "call_id", "")) == 0)
        return at;
    return sc_calls_add(&parser->calls, index, sc_json_get_string(item, "call_id", ""),
            sc_json_get_string(item, "name", ""));
}

/* The whole arguments: those that came in pieces were told already. */
static void end_call(struct sc_parser *parser, int64_t index, const struct sc_json *item)
{
    const char *arguments = sc_json_get_string(item, "arguments", "");
    size_t at = call_at(parser, index, item);

    if (!parser->calls.items[at].arguments.len)
        sc_parser_add_arguments(parser, at, arguments);
}

/* --- items that are whole --- */

static void add_item_text(struct sc_parser *parser, const struct sc_json *item)
{
    SC_JSON_EACH(part, sc_json_get(item, "content"))
    {
        sc_parser_add_text(parser, sc_json_get_string(part, "text", ""));
        sc_parser_add_text(parser, sc_json_get_string(part, "refusal", ""));
    }
}

static void add_item_thoughts(struct sc_parser *parser, const struct sc_json *item)
{
    SC_JSON_EACH(part, sc_json_get(item, "summary"))
    sc_parser_add_reasoning(parser, sc_json_get_string(part, "text", ""));
    SC_JSON_EACH(part, sc_json_get(item, "content"))
    sc_parser_add_reasoning(parser, sc_json_get_string(part, "text", ""));
}

static void keep_item(struct responses *r, const struct sc_json *item)
{
    if (!r->items)
        r->items = sc_json_new_array();
    sc_json_append(r->items, sc_json_copy(item));
    r->base.kept +=
            SC_PART_COST + strlen(sc_json_get_string(item, "encrypted_content", ""));
}

static void read_whole(struct responses *r, int64_t index, const struct sc_json *item)
{
    struct sc_parser *parser = &r->base;

    if (is_type(item, "message"))
        add_item_text(parser, item);
    else if (is_type(item, "reasoning"))
        add_item_thoughts(parser, item);
    else if (is_type(item, "function_call"))
        end_call(parser, index, item);
    keep_item(r, item);
}

/* --- the end of a response --- */

static void read_end(
        struct responses *r, const struct sc_json *response, struct sc_error *err)
{
    struct sc_parser *parser = &r->base;
    const struct sc_json *error = sc_json_get(response, "error");
    const struct sc_json *details = sc_json_get(response, "incomplete_details");

    parser->done = true;
    sc_parser_keep_word(&parser->finish, sc_json_get(response, "status"));
    sc_parser_keep_word(&parser->finish, sc_json_get(details, "reason"));
    sc_parser_keep_word(&parser->model, sc_json_get(response, "model"));
    sc_parser_keep_word(&parser->id, sc_json_get(response, "id"));
    read_usage(parser, sc_json_get(response, "usage"));
    if (sc_json_is(error, SC_JSON_OBJECT))
        sc_failure_of_error(&parser->options.source, error, err);
}

/* --- events --- */

static void read_item(struct responses *r, const struct sc_json *json)
{
    const struct sc_json *item = sc_json_get(json, "item");
    int64_t index = sc_json_get_int(json, "output_index", 0);

    if (is_type(json, "response.output_item.added")) {
        if (is_type(item, "function_call"))
            (void)call_at(&r->base, index, item);
        return;
    }
    if (is_type(item, "function_call"))
        end_call(&r->base, index, item);
    keep_item(r, item);
}

static void read_delta(struct responses *r, const struct sc_json *json)
{
    struct sc_parser *parser = &r->base;
    const char *delta = sc_json_get_string(json, "delta", "");
    size_t at;

    if (is_type(json, "response.output_text.delta") ||
            is_type(json, "response.refusal.delta"))
        sc_parser_add_text(parser, delta);
    else if (is_type(json, "response.reasoning_text.delta") ||
             is_type(json, "response.reasoning_summary_text.delta"))
        sc_parser_add_reasoning(parser, delta);
    else if (is_type(json, "response.function_call_arguments.delta") &&
             sc_calls_find(&parser->calls, sc_json_get_int(json, "output_index", 0), &at))
        sc_parser_add_arguments(parser, at, delta);
}

/* The error of an event stands in it, or one level down. */
static void read_error(
        struct sc_parser *parser, const struct sc_json *json, struct sc_error *err)
{
    const struct sc_json *error = sc_json_get(json, "error");

    sc_failure_of_error(&parser->options.source,
            sc_json_is(error, SC_JSON_OBJECT) ? error : json, err);
}

static void responses_payload(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    struct responses *r = responses_of(parser);
    const struct sc_json *response = sc_json_get(json, "response");

    if (is_type(json, "error")) {
        read_error(parser, json, err);
    } else if (sc_json_get(json, "delta")) {
        read_delta(r, json);
    } else if (sc_json_get(json, "item")) {
        read_item(r, json);
    } else if (is_type(json, "response.completed") ||
               is_type(json, "response.incomplete") || is_type(json, "response.failed")) {
        read_end(r, response, err);
    } else if (response) {
        sc_parser_keep_word(&parser->model, sc_json_get(response, "model"));
        sc_parser_keep_word(&parser->id, sc_json_get(response, "id"));
    }
}

static void responses_body(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    struct responses *r = responses_of(parser);
    int64_t index = 0;

    SC_JSON_EACH(item, sc_json_get(json, "output"))
    read_whole(r, index++, item);
    read_end(r, json, err);
}

/* --- the end --- */

static const char *without_namespace(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot && strncmp(name, "functions.", 10) == 0 ? dot + 1 : name;
}

/* Some models wrap several calls into one of a tool `parallel` that nobody offered. They
 * are unpacked; the wrapped one cannot be answered, so that the turn goes back in chat
 * form. */
static bool unwrap_parallel(struct sc_parser *parser)
{
    struct sc_calls calls = { 0 };
    struct sc_json *args = NULL;
    const struct sc_json *uses;

    if (parser->calls.count != 1 || !parser->calls.items[0].name ||
            strcmp(parser->calls.items[0].name, "parallel") != 0)
        return false;
    args = sc_json_parse(sc_buf_text(&parser->calls.items[0].arguments),
            parser->calls.items[0].arguments.len, NULL, NULL);
    uses = sc_json_get(args, "tool_uses");
    SC_JSON_EACH(use, uses)
    {
        const struct sc_json *parameters = sc_json_get(use, "parameters");
        size_t at = sc_calls_add(&calls, -1, "",
                without_namespace(sc_json_get_string(use, "recipient_name", "")));

        if (parameters)
            sc_json_write(&calls.items[at].arguments, parameters);
    }
    if (sc_json_count(uses)) {
        sc_calls_release(&parser->calls);
        parser->calls = calls;
    }
    sc_json_free(args);
    return calls.count > 0;
}

static void responses_settle(struct sc_parser *parser)
{
    struct responses *r = responses_of(parser);
    bool unwrapped = unwrap_parallel(parser);
    struct sc_json *turn = r->items && !unwrapped ? r->items : sc_json_new_array();

    if (turn == r->items)
        r->items = NULL;
    sc_parser_take_calls_from_text(parser);
    sc_calls_settle(&parser->calls);
    sc_parser_set_native(parser, turn);
}

static void responses_check(struct sc_parser *parser, struct sc_error *err)
{
    const char *finish = parser->finish ? parser->finish : "";

    if (!parser->done)
        sc_failure_of_break(&parser->options.source, err);
    else if (strcmp(finish, "content_filter") == 0 && !parser->calls.count)
        sc_failure_of_filter(&parser->options.source, err);
}

const struct sc_format sc_format_responses = {
    .word = "responses",
    .path = "/responses",
    .stream_path = "/responses",
    .key_header = "Authorization",
    .key_prefix = "Bearer ",
    .encode = sc_responses_encode,
    .parser_size = sizeof(struct responses),
    .payload = responses_payload,
    .body = responses_body,
    .settle = responses_settle,
    .check = responses_check,
    .release = responses_release,
};
