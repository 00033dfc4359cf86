#include "model/parser.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"

enum { MAX_CALLS = 1000, MAX_DEPTH = 100 };

struct sc_parser *sc_parser_new(
        const struct sc_format *format, const struct sc_parser_options *options)
{
    struct sc_parser *parser = sc_zalloc(format->parser_size);

    parser->format = format;
    parser->options = *options;
    if (!parser->options.max_text)
        parser->options.max_text = SC_REPLY_MAX;
    return parser;
}

void sc_parser_free(struct sc_parser *parser)
{
    if (!parser)
        return;
    if (parser->format->release)
        parser->format->release(parser);
    sc_buf_release(&parser->text);
    sc_buf_release(&parser->reasoning);
    sc_calls_release(&parser->calls);
    sc_json_free(parser->native);
    free(parser->written);
    free(parser->finish);
    free(parser->model);
    free(parser->id);
    free(parser->reply_calls);
    free(parser);
}

bool sc_parser_started(const struct sc_parser *parser)
{
    return parser->started;
}

bool sc_parser_finished(const struct sc_parser *parser)
{
    return parser->done;
}

bool sc_parser_called(const struct sc_parser *parser)
{
    return parser->calls.count > 0 && !parser->written;
}

/* --- gathering --- */

void sc_parser_show(struct sc_parser *parser, const char *text, size_t len)
{
    if (len && parser->options.on_text)
        parser->options.on_text(parser->options.on_arg, text, len);
}

void sc_parser_add_text(struct sc_parser *parser, const char *text)
{
    size_t len = strlen(text);

    sc_buf_add(&parser->text, text, len);
    parser->kept += len;
    parser->started = parser->started || len;
    sc_parser_show(parser, text, len);
}

void sc_parser_add_reasoning(struct sc_parser *parser, const char *text)
{
    sc_buf_adds(&parser->reasoning, text);
    parser->kept += strlen(text);
    parser->started = parser->started || *text;
}

void sc_parser_tell_arguments(struct sc_parser *parser, size_t call, const char *text)
{
    const char *name = parser->calls.items[call].name;

    if (*text && name && parser->options.on_arguments)
        parser->options.on_arguments(
                parser->options.on_arg, call, name, text, strlen(text));
}

void sc_parser_add_arguments(struct sc_parser *parser, size_t call, const char *text)
{
    sc_buf_adds(&parser->calls.items[call].arguments, text);
    parser->kept += strlen(text);
    sc_parser_tell_arguments(parser, call, text);
}

bool sc_parser_take_calls_from_text(struct sc_parser *parser)
{
    const struct sc_parser_options *options = &parser->options;
    const struct sc_text_source source = { .text = sc_buf_text(&parser->text),
        .mode = options->text_calls,
        .names = options->tool_names,
        .names_len = options->tool_names_len };
    struct sc_buf said;
    size_t len;

    if (parser->calls.count || !sc_calls_from_text(&parser->calls, &source, &said, &len))
        return false;
    parser->written = sc_strndup(source.text, len);
    sc_buf_release(&parser->text);
    parser->text = said;
    return true;
}

void sc_parser_add_written(const struct sc_parser *parser, struct sc_json *message)
{
    struct sc_json *native = sc_json_new_object();

    sc_json_add(native, "format", sc_json_new_string("text"));
    sc_json_add(native, "turn", sc_json_new_string(parser->written));
    sc_json_set(message, "native", native);
}

void sc_parser_keep_word(char **ret_word, const struct sc_json *json)
{
    if (!sc_json_is(json, SC_JSON_STRING) || !*sc_json_string(json))
        return;
    free(*ret_word);
    *ret_word = sc_strdup(sc_json_string(json));
}

int64_t sc_parser_count(const struct sc_json *json, const char *name)
{
    int64_t value = sc_json_get_int(json, name, 0);

    return value < 0 ? 0 : value;
}

/* --- the turn that goes back --- */

void sc_parser_set_native(struct sc_parser *parser, struct sc_json *take_turn)
{
    struct sc_json *message = sc_json_new_object(), *native;

    sc_json_add(message, "role", sc_json_new_string("assistant"));
    sc_json_add(message, "content", sc_json_new_string(sc_buf_text(&parser->text)));
    if (parser->calls.count)
        sc_json_add(message, "tool_calls", sc_calls_json(&parser->calls));
    sc_json_free(parser->native);
    parser->native = message;
    if (parser->written) {
        sc_parser_add_written(parser, message);
        sc_json_free(take_turn);
        return;
    }
    native = sc_json_add(message, "native", sc_json_new_object());
    sc_json_add(native, "format", sc_json_new_string(parser->format->word));
    if (parser->options.provider)
        sc_json_add(native, "provider", sc_json_new_string(parser->options.provider));
    sc_json_add(native, "turn", take_turn);
}

const struct sc_json *sc_native_turn(const struct sc_json *message,
        const struct sc_format *format, const char *provider)
{
    const struct sc_json *native = sc_json_get(message, "native");

    if (strcmp(sc_json_get_string(native, "format", ""), format->word) != 0)
        return NULL;
    if (provider &&
            strcmp(sc_json_get_string(native, "provider", provider), provider) != 0)
        return NULL;
    return sc_json_get(native, "turn");
}

/* --- payloads --- */

static enum sc_code give_failure(struct sc_parser *parser, struct sc_error *err)
{
    if (parser->failure.code != SC_OK && err)
        *err = parser->failure;
    return parser->failure.code;
}

static bool is_error(const struct sc_json *json)
{
    return sc_json_is(json, SC_JSON_OBJECT) || *sc_json_string(json);
}

static void read_payload(struct sc_parser *parser, struct sc_json *json, bool whole)
{
    struct sc_error *failure = &parser->failure;

    (whole ? parser->format->body : parser->format->payload)(parser, json, failure);
    if (failure->code != SC_OK)
        return;
    if (is_error(sc_json_get(json, "error")))
        sc_failure_of_error(&parser->options.source, sc_json_get(json, "error"), failure);
    else if (parser->kept > parser->options.max_text || parser->calls.count > MAX_CALLS)
        sc_fail(failure, SC_PROTOCOL, "the reply of %s is longer than %zu KiB: stopped",
                parser->options.source.model, parser->options.max_text / 1024);
    parser->started = parser->started || parser->calls.count;
}

static enum sc_code take(struct sc_parser *parser, const char *data, size_t len,
        bool whole, struct sc_error *err)
{
    const struct sc_json_limits limits = { .max_bytes = parser->options.max_text * 2,
        .max_depth = MAX_DEPTH };
    struct sc_json *json = NULL;

    if (parser->failure.code == SC_OK) {
        json = len ? sc_json_parse(data, len, &limits, NULL) : NULL;
        if (sc_json_is(json, SC_JSON_OBJECT))
            read_payload(parser, json, whole);
        else
            sc_failure_of_text(&parser->options.source, data, len, &parser->failure);
    }
    sc_json_free(json);
    return give_failure(parser, err);
}

enum sc_code sc_parser_feed(
        struct sc_parser *parser, const char *data, size_t len, struct sc_error *err)
{
    static const char done[] = "[DONE]";

    while (len && strchr(" \t\r\n", data[len - 1]))
        len--;
    while (len && strchr(" \t\r\n", *data))
        data++, len--;
    if (len == sizeof(done) - 1 && memcmp(data, done, len) == 0)
        parser->done = true;
    else if (len)
        return take(parser, data, len, false, err);
    return give_failure(parser, err);
}

enum sc_code sc_parser_body(
        struct sc_parser *parser, const char *data, size_t len, struct sc_error *err)
{
    return take(parser, data, len, true, err);
}

/* --- the end --- */

enum sc_code sc_parser_end(struct sc_parser *parser, struct sc_error *err)
{
    if (!parser->ended) {
        parser->ended = true;
        parser->format->settle(parser);
        if (parser->failure.code == SC_OK)
            parser->format->check(parser, &parser->failure);
    }
    return give_failure(parser, err);
}

void sc_parser_keep_id(struct sc_parser *parser, const char *id)
{
    if (!id)
        return;
    free(parser->id);
    parser->id = sc_strdup(id);
    parser->reply.request_id = parser->id;
}

static void release_reply(struct sc_model_reply *reply)
{
    sc_parser_free(sc_container_of(reply, struct sc_parser, reply));
}

struct sc_model_reply *sc_parser_take_reply(struct sc_parser *take_parser)
{
    struct sc_model_reply *reply = sc_parser_reply(take_parser);

    reply->release = release_reply;
    return reply;
}

struct sc_model_reply *sc_parser_reply(struct sc_parser *parser)
{
    struct sc_model_reply *reply = &parser->reply;
    size_t count = parser->calls.count;

    SC_ASSERT(parser->ended);
    if (reply->text)
        return reply;
    parser->reply_calls = sc_new_array(struct sc_model_call, count);
    for (size_t i = 0; i < count; i++) {
        const struct sc_call_parts *call = &parser->calls.items[i];

        parser->reply_calls[i] = (struct sc_model_call){ .id = call->id,
            .name = call->name,
            .args = call->args,
            .arguments = sc_buf_text(&call->arguments) };
    }
    *reply = (struct sc_model_reply){ .text = sc_buf_text(&parser->text),
        .reasoning = sc_buf_text(&parser->reasoning),
        .finish = parser->finish ? parser->finish : "",
        .model = parser->model ? parser->model : "",
        .request_id = parser->id ? parser->id : "",
        .provider = "",
        .purse = "",
        .calls = parser->reply_calls,
        .call_count = count,
        .native = parser->native,
        .usage = parser->usage };
    return reply;
}
