/* Anthropic's Messages: replies. A reply is a list of content blocks; they go back as
 * they came, thoughts and signatures too. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "model/encode.h"
#include "model/parser.h"

enum { MAX_BLOCKS = 10000 };

struct messages {
    struct sc_parser base;  /* first: that is what is handed out */
    struct sc_json *blocks; /* of the turn so far */
    struct sc_json *open;   /* the block under way, in blocks; or NULL */
    int64_t open_index;
    struct sc_buf text;      /* of the open block: what its deltas add up to */
    struct sc_buf signature; /* likewise */
    bool overflow;
};

static struct messages *messages_of(struct sc_parser *parser)
{
    return sc_container_of(parser, struct messages, base);
}

static void messages_release(struct sc_parser *parser)
{
    struct messages *m = messages_of(parser);

    sc_json_free(m->blocks);
    sc_buf_release(&m->text);
    sc_buf_release(&m->signature);
}

/* --- usage: cumulative, and without what came from the cache --- */

static void read_usage(struct sc_parser *parser, const struct sc_json *json)
{
    struct sc_model_usage *usage = &parser->usage;

    if (sc_json_get(json, "input_tokens")) {
        usage->cached_tokens = sc_parser_count(json, "cache_read_input_tokens");
        usage->written_tokens = sc_parser_count(json, "cache_creation_input_tokens");
        usage->input_tokens = sc_parser_count(json, "input_tokens") +
                              usage->cached_tokens + usage->written_tokens;
    }
    if (sc_json_get(json, "output_tokens"))
        usage->output_tokens = sc_parser_count(json, "output_tokens");
}

/* --- blocks --- */

static bool is_type(const struct sc_json *json, const char *type)
{
    return strcmp(sc_json_get_string(json, "type", ""), type) == 0;
}

/* A call's arguments, when they came whole with its beginning. */
static void add_whole_input(
        struct sc_parser *parser, size_t call, const struct sc_json *block)
{
    const struct sc_json *input = sc_json_get(block, "input");
    char *text;

    if (!sc_json_is(input, SC_JSON_OBJECT) || sc_json_count(input) == 0)
        return;
    text = sc_json_text(input);
    sc_parser_add_arguments(parser, call, text);
    free(text);
}

static void begin_block(struct messages *m, int64_t index, const struct sc_json *block)
{
    struct sc_parser *parser = &m->base;

    if (!m->blocks)
        m->blocks = sc_json_new_array();
    if (sc_json_count(m->blocks) >= MAX_BLOCKS) {
        m->overflow = true;
        return;
    }
    m->open = sc_json_append(m->blocks, sc_json_copy(block));
    m->open_index = index;
    sc_buf_clear(&m->text);
    sc_buf_clear(&m->signature);
    if (is_type(block, "tool_use"))
        add_whole_input(parser,
                sc_calls_add(&parser->calls, index, sc_json_get_string(block, "id", ""),
                        sc_json_get_string(block, "name", "")),
                block);
    else if (is_type(block, "text"))
        sc_buf_adds(&m->text, sc_json_get_string(block, "text", ""));
    else if (is_type(block, "thinking"))
        sc_buf_adds(&m->text, sc_json_get_string(block, "thinking", ""));
    parser->kept += SC_PART_COST + strlen(sc_json_get_string(block, "data", ""));
    if (is_type(block, "text"))
        sc_parser_add_text(parser, sc_buf_text(&m->text));
    else if (is_type(block, "thinking"))
        sc_parser_add_reasoning(parser, sc_buf_text(&m->text));
}

static void read_delta(struct messages *m, int64_t index, const struct sc_json *delta)
{
    struct sc_parser *parser = &m->base;
    const char *text = sc_json_get_string(delta, "text", "");
    const char *thought = sc_json_get_string(delta, "thinking", "");
    const char *signature = sc_json_get_string(delta, "signature", "");
    size_t call;

    if (is_type(delta, "text_delta")) {
        sc_buf_adds(&m->text, text);
        sc_parser_add_text(parser, text);
    } else if (is_type(delta, "thinking_delta")) {
        sc_buf_adds(&m->text, thought);
        sc_parser_add_reasoning(parser, thought);
    } else if (is_type(delta, "signature_delta")) {
        sc_buf_adds(&m->signature, signature);
        parser->kept += strlen(signature);
    } else if (is_type(delta, "input_json_delta") &&
               sc_calls_find(&parser->calls, index, &call)) {
        sc_parser_add_arguments(
                parser, call, sc_json_get_string(delta, "partial_json", ""));
    }
}

/* The block in the turn as it would have come whole. */
static void end_block(struct messages *m)
{
    size_t call;

    if (!m->open)
        return;
    if (is_type(m->open, "text"))
        sc_json_set_string(m->open, "text", sc_buf_text(&m->text));
    else if (is_type(m->open, "thinking"))
        sc_json_set_string(m->open, "thinking", sc_buf_text(&m->text));
    if (m->signature.len)
        sc_json_set_string(m->open, "signature", m->signature.data);
    if (is_type(m->open, "tool_use") &&
            sc_calls_find(&m->base.calls, m->open_index, &call)) {
        const struct sc_buf *text = &m->base.calls.items[call].arguments;
        struct sc_json *input = sc_json_parse(sc_buf_text(text), text->len, NULL, NULL);

        if (sc_json_is(input, SC_JSON_OBJECT))
            sc_json_set(m->open, "input", input);
        else
            sc_json_free(input);
    }
    m->open = NULL;
}

/* --- payloads --- */

static void read_head(struct messages *m, const struct sc_json *message)
{
    struct sc_parser *parser = &m->base;
    int64_t index = -1; /* blocks that are there at once have no number of their own */

    sc_parser_keep_word(&parser->model, sc_json_get(message, "model"));
    sc_parser_keep_word(&parser->id, sc_json_get(message, "id"));
    sc_parser_keep_word(&parser->finish, sc_json_get(message, "stop_reason"));
    read_usage(parser, sc_json_get(message, "usage"));
    SC_JSON_EACH(block, sc_json_get(message, "content"))
    {
        begin_block(m, --index, block);
        end_block(m);
    }
}

static void messages_payload(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    struct messages *m = messages_of(parser);
    int64_t index = sc_json_get_int(json, "index", 0);

    if (is_type(json, "message_start")) {
        read_head(m, sc_json_get(json, "message"));
    } else if (is_type(json, "content_block_start")) {
        end_block(m);
        begin_block(m, index, sc_json_get(json, "content_block"));
    } else if (is_type(json, "content_block_delta")) {
        read_delta(m, index, sc_json_get(json, "delta"));
    } else if (is_type(json, "content_block_stop")) {
        end_block(m);
    } else if (is_type(json, "message_delta")) {
        sc_parser_keep_word(
                &parser->finish, sc_json_get(sc_json_get(json, "delta"), "stop_reason"));
        read_usage(parser, sc_json_get(json, "usage"));
    } else if (is_type(json, "message_stop")) {
        parser->done = true;
    }
    if (m->overflow)
        sc_fail(err, SC_PROTOCOL, "the reply of %s has more than %d parts: stopped",
                parser->options.source.model, MAX_BLOCKS);
}

static void messages_body(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    (void)err;
    read_head(messages_of(parser), json);
}

/* --- the end --- */

static void messages_settle(struct sc_parser *parser)
{
    struct messages *m = messages_of(parser);
    struct sc_json *blocks;

    end_block(m);
    sc_parser_take_calls_from_text(parser);
    sc_calls_settle(&parser->calls);
    blocks = m->blocks ? m->blocks : sc_json_new_array();
    m->blocks = NULL;
    sc_parser_set_native(parser, blocks);
}

static void messages_check(struct sc_parser *parser, struct sc_error *err)
{
    const char *finish = parser->finish ? parser->finish : "";

    if (!*finish)
        sc_failure_of_break(&parser->options.source, err);
    else if (strcmp(finish, "refusal") == 0 && !parser->calls.count)
        sc_failure_of_filter(&parser->options.source, err);
    else if (strcmp(finish, "model_context_window_exceeded") == 0)
        sc_failure_of_length(&parser->options.source, err);
}

static const struct sc_format_header messages_headers[] = {
    { "anthropic-version", "2023-06-01" }, { NULL, NULL }
};

const struct sc_format sc_format_messages = {
    .word = "messages",
    .path = "/messages",
    .stream_path = "/messages",
    .key_header = "x-api-key",
    .key_prefix = "",
    .headers = messages_headers,
    .encode = sc_messages_encode,
    .parser_size = sizeof(struct messages),
    .payload = messages_payload,
    .body = messages_body,
    .settle = messages_settle,
    .check = messages_check,
    .release = messages_release,
};
