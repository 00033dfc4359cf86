#include "model/openai_chat.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/chat_calls.h"

enum { MAX_CALLS = 1000, MAX_DEPTH = 100 };

static const char think_tag[] = "<think>", think_end[] = "</think>";

/* Where the text that a person should see begins: some models think in their text. */
enum thinking { THINKING_MAYBE, THINKING_INSIDE, THINKING_OVER };

struct sc_chat_parser {
    struct sc_chat_options options;
    struct sc_buf content;      /* as it came, a <think> part included */
    struct sc_buf reasoning;    /* from a field of its own */
    const char *reasoning_name; /* of that field */
    struct sc_json *details;    /* OpenRouter's reasoning_details, put together */
    struct sc_buf detail_text;  /* of the last one, until it is whole */
    struct sc_chat_calls calls;
    char *finish, *model, *id;
    struct sc_json *native; /* of a whole body: its message */
    struct sc_model_usage usage;
    enum thinking thinking;
    size_t shown; /* of content: what on_text has had, or what it never gets */
    size_t kept;  /* bytes in all */
    bool done, started, ended;
    struct sc_error failure;

    struct sc_buf text;
    struct sc_model_call *reply_calls;
    struct sc_model_reply reply;
};

struct sc_chat_parser *sc_chat_parser_new(const struct sc_chat_options *options)
{
    struct sc_chat_parser *parser = sc_new(struct sc_chat_parser);

    parser->options = *options;
    if (!parser->options.max_text)
        parser->options.max_text = SC_CHAT_TEXT_MAX;
    return parser;
}

void sc_chat_parser_free(struct sc_chat_parser *parser)
{
    if (!parser)
        return;
    sc_buf_release(&parser->content);
    sc_buf_release(&parser->reasoning);
    sc_buf_release(&parser->detail_text);
    sc_buf_release(&parser->text);
    sc_chat_calls_release(&parser->calls);
    sc_json_free(parser->details);
    sc_json_free(parser->native);
    free(parser->finish);
    free(parser->model);
    free(parser->id);
    free(parser->reply_calls);
    free(parser);
}

bool sc_chat_parser_started(const struct sc_chat_parser *parser)
{
    return parser->started;
}

bool sc_chat_parser_finished(const struct sc_chat_parser *parser)
{
    return parser->done;
}

static enum sc_code give_failure(struct sc_chat_parser *parser, struct sc_error *err)
{
    if (parser->failure.code != SC_OK && err)
        *err = parser->failure;
    return parser->failure.code;
}

/* --- usage --- */

/* The first of several names that holds a number. */
static int64_t count_of(const struct sc_json *json, const char *name, const char *other)
{
    int64_t value = sc_json_get_int(json, name, -1);

    if (value < 0)
        value = sc_json_get_int(json, other, 0);
    return value < 0 ? 0 : value;
}

static void read_usage(struct sc_chat_parser *parser, const struct sc_json *json)
{
    struct sc_model_usage *usage = &parser->usage;
    const struct sc_json *prompt = sc_json_get(json, "prompt_tokens_details");
    const struct sc_json *output = sc_json_get(json, "completion_tokens_details");
    int64_t total;

    if (!sc_json_is(json, SC_JSON_OBJECT))
        return;
    total = sc_json_get_int(json, "total_tokens", 0);
    usage->input_tokens = count_of(json, "prompt_tokens", "input_tokens");
    usage->output_tokens = count_of(json, "completion_tokens", "output_tokens");
    usage->reasoning_tokens = count_of(output, "reasoning_tokens", "reasoning_tokens");
    usage->cached_tokens = count_of(prompt, "cached_tokens", "cached_tokens");
    if (!usage->cached_tokens)
        usage->cached_tokens = count_of(json, "prompt_cache_hit_tokens", "cached_tokens");
    /* xAI counts reasoning beside the completion, the others inside it. */
    if (total == usage->input_tokens + usage->output_tokens + usage->reasoning_tokens)
        usage->output_tokens += usage->reasoning_tokens;
}

/* --- text and reasoning --- */

static bool starts_like(const char *text, size_t len, const char *tag)
{
    size_t tag_len = strlen(tag);

    return strncmp(text, tag, len < tag_len ? len : tag_len) == 0;
}

/* Moves `shown` past a <think> part at the front, as far as it has come. */
static void skip_thinking(struct sc_chat_parser *parser)
{
    const char *text = sc_buf_text(&parser->content);
    size_t space = strspn(text, " \t\r\n"), len = parser->content.len - space;
    size_t from = 0;
    const char *end;

    if (parser->thinking == THINKING_MAYBE) {
        if (!starts_like(text + space, len, think_tag))
            parser->thinking = THINKING_OVER;
        else if (len >= sizeof(think_tag) - 1)
            parser->thinking = THINKING_INSIDE;
    }
    if (parser->thinking != THINKING_INSIDE)
        return;
    /* A tag may have come in two pieces: look again a little before the new text. */
    if (parser->shown > sizeof(think_end))
        from = parser->shown - sizeof(think_end);
    end = strstr(text + from, think_end);
    parser->shown = parser->content.len;
    if (end) {
        parser->shown = (size_t)(end - text) + sizeof(think_end) - 1;
        parser->shown += strspn(text + parser->shown, "\r\n");
        parser->thinking = THINKING_OVER;
    }
}

static void show_text(struct sc_chat_parser *parser)
{
    const struct sc_chat_options *options = &parser->options;
    size_t from;

    if (parser->thinking != THINKING_OVER)
        skip_thinking(parser);
    from = parser->shown;
    if (parser->thinking != THINKING_OVER || from == parser->content.len)
        return;
    parser->shown = parser->content.len;
    if (options->on_text)
        options->on_text(options->on_text_arg, parser->content.data + from,
                parser->content.len - from);
}

static void add_reasoning(struct sc_chat_parser *parser, const char *text)
{
    sc_buf_adds(&parser->reasoning, text);
    parser->kept += strlen(text);
}

static void add_content(struct sc_chat_parser *parser, const char *text)
{
    if (!*text)
        return;
    sc_buf_adds(&parser->content, text);
    parser->kept += strlen(text);
    show_text(parser);
}

/* Text, or parts of which the text ones count. */
static void read_content(struct sc_chat_parser *parser, const struct sc_json *content)
{
    if (!sc_json_is(content, SC_JSON_ARRAY)) {
        add_content(parser, sc_json_string(content));
        return;
    }
    SC_JSON_EACH(part, content)
    add_content(parser, sc_json_get_string(part, "text", ""));
}

/* The same thoughts may come under two names: the first that has any counts. */
static void read_reasoning(struct sc_chat_parser *parser, const struct sc_json *delta)
{
    static const char *const names[] = { "reasoning_content", "reasoning",
        "reasoning_text" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct sc_json *member = sc_json_get(delta, names[i]);

        if (!sc_json_is(member, SC_JSON_STRING))
            continue;
        if (!parser->reasoning_name)
            parser->reasoning_name = names[i];
        if (!*sc_json_string(member))
            continue;
        if (!parser->reasoning.len)
            parser->reasoning_name = names[i];
        add_reasoning(parser, sc_json_string(member));
        return;
    }
}

static struct sc_json *last_detail(const struct sc_chat_parser *parser)
{
    size_t count = sc_json_count(parser->details);

    return count ? sc_json_at(parser->details, count - 1) : NULL;
}

static void close_detail(struct sc_chat_parser *parser)
{
    if (parser->detail_text.len)
        sc_json_set_string(last_detail(parser), "text", parser->detail_text.data);
    sc_buf_clear(&parser->detail_text);
}

/* Does the piece go on with the last detail? Encrypted data is never cut. */
static bool goes_on(const struct sc_json *last, const struct sc_json *piece)
{
    return last && sc_json_equal(sc_json_get(last, "type"), sc_json_get(piece, "type")) &&
           sc_json_equal(sc_json_get(last, "index"), sc_json_get(piece, "index")) &&
           !sc_json_get(piece, "data") && !sc_json_get(piece, "summary");
}

/* Text grows, everything else is replaced. */
static void read_detail(struct sc_chat_parser *parser, const struct sc_json *piece)
{
    struct sc_json *last = last_detail(parser);
    const char *text = sc_json_get_string(piece, "text", "");

    if (!goes_on(last, piece)) {
        close_detail(parser);
        last = sc_json_append(parser->details, sc_json_copy(piece));
    }
    SC_JSON_EACH(member, piece)
    {
        if (strcmp(sc_json_key(member), "text") != 0 && !sc_json_is(member, SC_JSON_NULL))
            sc_json_set(last, sc_json_key(member), sc_json_copy(member));
    }
    sc_buf_adds(&parser->detail_text, text);
    parser->kept += strlen(text) + strlen(sc_json_get_string(piece, "data", ""));
}

static void read_details(struct sc_chat_parser *parser, const struct sc_json *details)
{
    if (sc_json_count(details) && !parser->details)
        parser->details = sc_json_new_array();
    SC_JSON_EACH(piece, details)
    {
        if (sc_json_is(piece, SC_JSON_OBJECT))
            read_detail(parser, piece);
    }
}

/* --- one payload --- */

static void read_message(
        struct sc_chat_parser *parser, const struct sc_json *message, bool whole)
{
    read_reasoning(parser, message);
    read_details(parser, sc_json_get(message, "reasoning_details"));
    read_content(parser, sc_json_get(message, "content"));
    add_content(parser, sc_json_get_string(message, "refusal", ""));
    SC_JSON_EACH(entry, sc_json_get(message, "tool_calls"))
    {
        if (parser->calls.count > MAX_CALLS)
            return;
        parser->kept += whole ? sc_chat_calls_whole(&parser->calls, entry)
                              : sc_chat_calls_piece(&parser->calls, entry);
    }
    parser->started = parser->content.len || parser->reasoning.len || parser->calls.count;
}

static void keep_word(char **ret_word, const struct sc_json *json)
{
    if (!sc_json_is(json, SC_JSON_STRING) || !*sc_json_string(json))
        return;
    free(*ret_word);
    *ret_word = sc_strdup(sc_json_string(json));
}

static void read_choice(
        struct sc_chat_parser *parser, struct sc_json *choice, struct sc_error *err)
{
    struct sc_json *message = sc_json_get(choice, "message");
    const struct sc_json *error = sc_json_get(choice, "error");

    if (sc_json_get_int(choice, "index", 0) != 0)
        return;
    keep_word(&parser->finish, sc_json_get(choice, "finish_reason"));
    read_usage(parser, sc_json_get(choice, "usage"));
    if (message) {
        read_message(parser, message, true);
        parser->native = sc_json_detach(choice, "message");
    } else {
        read_message(parser, sc_json_get(choice, "delta"), false);
    }
    if (sc_json_is(error, SC_JSON_OBJECT))
        sc_failure_of_error(&parser->options.source, error, err);
}

static bool is_error(const struct sc_json *json)
{
    return sc_json_is(json, SC_JSON_OBJECT) || *sc_json_string(json);
}

static void read_payload(
        struct sc_chat_parser *parser, struct sc_json *json, struct sc_error *err)
{
    const struct sc_json *error = sc_json_get(json, "error");

    if (!parser->model)
        keep_word(&parser->model, sc_json_get(json, "model"));
    if (!parser->id)
        keep_word(&parser->id, sc_json_get(json, "id"));
    read_usage(parser, sc_json_get(json, "usage"));
    SC_JSON_EACH(choice, sc_json_get(json, "choices"))
    {
        if (err->code == SC_OK)
            read_choice(parser, choice, err);
    }
    if (err->code != SC_OK)
        return;
    if (is_error(error))
        sc_failure_of_error(&parser->options.source, error, err);
    else if (!sc_json_get(json, "choices") && !sc_json_get(json, "usage") &&
             sc_json_get(json, "message"))
        sc_failure_of_error(&parser->options.source, json, err);
    else if (parser->kept > parser->options.max_text || parser->calls.count > MAX_CALLS)
        sc_fail(err, SC_PROTOCOL, "the reply of %s is longer than %zu KiB: stopped",
                parser->options.source.model, parser->options.max_text / 1024);
}

static enum sc_code take(
        struct sc_chat_parser *parser, const char *data, size_t len, struct sc_error *err)
{
    const struct sc_json_limits limits = { .max_bytes = parser->options.max_text * 2,
        .max_depth = MAX_DEPTH };
    struct sc_json *json = NULL;

    if (parser->failure.code == SC_OK) {
        json = len ? sc_json_parse(data, len, &limits, NULL) : NULL;
        if (sc_json_is(json, SC_JSON_OBJECT))
            read_payload(parser, json, &parser->failure);
        else
            sc_failure_of_text(&parser->options.source, data, len, &parser->failure);
    }
    sc_json_free(json);
    return give_failure(parser, err);
}

enum sc_code sc_chat_parser_feed(
        struct sc_chat_parser *parser, const char *data, size_t len, struct sc_error *err)
{
    static const char done[] = "[DONE]";

    while (len && strchr(" \t\r\n", data[len - 1]))
        len--;
    while (len && strchr(" \t\r\n", *data))
        data++, len--;
    if (len == sizeof(done) - 1 && memcmp(data, done, len) == 0)
        parser->done = true;
    else if (len)
        return take(parser, data, len, err);
    return give_failure(parser, err);
}

enum sc_code sc_chat_parser_body(
        struct sc_chat_parser *parser, const char *data, size_t len, struct sc_error *err)
{
    return take(parser, data, len, err);
}

/* --- the end --- */

/* Moves a <think> part from the text to the reasoning. */
static void split_text(struct sc_chat_parser *parser)
{
    const char *content = sc_buf_text(&parser->content);
    size_t space = strspn(content, " \t\r\n");
    const char *inside = content + space + sizeof(think_tag) - 1;
    const char *end = strstr(content, think_end);

    if (!end || strncmp(content + space, think_tag, sizeof(think_tag) - 1) != 0) {
        sc_buf_adds(&parser->text, content);
        return;
    }
    sc_buf_add(&parser->reasoning, inside, (size_t)(end - inside));
    end += sizeof(think_end) - 1;
    sc_buf_adds(&parser->text, end + strspn(end, "\r\n"));
}

/* The assistant turn of a stream, in the shape a whole body would have had. */
static struct sc_json *build_native(
        const struct sc_chat_parser *parser, const char *content)
{
    struct sc_json *native = sc_json_new_object();

    sc_json_add(native, "role", sc_json_new_string("assistant"));
    sc_json_add(native, "content",
            *content || !parser->calls.count ? sc_json_new_string(content)
                                             : sc_json_new_null());
    if (parser->reasoning_name)
        sc_json_add(native, parser->reasoning_name,
                sc_json_new_string(sc_buf_text(&parser->reasoning)));
    if (parser->details)
        sc_json_add(native, "reasoning_details", sc_json_copy(parser->details));
    if (parser->calls.count)
        sc_json_add(native, "tool_calls", sc_chat_calls_json(&parser->calls));
    return native;
}

/* A whole body's message goes back as it came, but for ids that were made up and
 * arguments that were empty. */
static void mend_native(struct sc_chat_parser *parser)
{
    struct sc_json *entry = sc_json_first(sc_json_get(parser->native, "tool_calls"));

    for (size_t i = 0; entry && i < parser->calls.count; i++) {
        const struct sc_chat_call *call = &parser->calls.items[i];
        struct sc_json *function = sc_json_get(entry, "function");

        if (strcmp(sc_json_get_string(entry, "id", ""), call->id) != 0)
            sc_json_set_string(entry, "id", call->id);
        if (function && !*sc_json_get_string(function, "arguments", ""))
            sc_json_set_string(function, "arguments", sc_buf_text(&call->arguments));
        entry = sc_json_next(entry);
    }
    if (!sc_json_get(parser->native, "role"))
        sc_json_set_string(parser->native, "role", "assistant");
}

/* True when the text held calls; native then shows them as calls. */
static bool take_calls_from_text(struct sc_chat_parser *parser)
{
    const struct sc_chat_options *options = &parser->options;
    struct sc_buf rest = { 0 };

    if (parser->calls.count ||
            !sc_chat_calls_from_text(&parser->calls, sc_buf_text(&parser->text),
                    options->tool_names, options->tool_names_len, &rest))
        return false;
    sc_buf_release(&parser->text);
    parser->text = rest;
    return true;
}

static void settle(struct sc_chat_parser *parser)
{
    bool from_text;

    close_detail(parser);
    split_text(parser);
    from_text = take_calls_from_text(parser);
    sc_chat_calls_settle(&parser->calls);
    if (from_text || !parser->native) {
        sc_json_free(parser->native);
        parser->native = build_native(
                parser, sc_buf_text(from_text ? &parser->text : &parser->content));
    } else {
        mend_native(parser);
    }
}

static void check_finish(struct sc_chat_parser *parser, struct sc_error *err)
{
    static const char *const failed[] = { "error", "network_error",
        "insufficient_system_resource" };
    const char *host = parser->options.source.host;

    if (!parser->finish) {
        sc_fail(err, SC_PROTOCOL, "the reply of %s broke off before its end", host);
        err->retryable = true;
        return;
    }
    for (size_t i = 0; i < sizeof(failed) / sizeof(failed[0]); i++)
        if (strcmp(parser->finish, failed[i]) == 0)
            sc_fail(err, SC_UNAVAILABLE, "%s gave up within its reply (%s)", host,
                    parser->finish);
    if (strcmp(parser->finish, "content_filter") == 0 && !parser->calls.count)
        sc_fail(err, SC_INVALID, "the content filter of %s stopped the reply", host);
}

enum sc_code sc_chat_parser_end(struct sc_chat_parser *parser, struct sc_error *err)
{
    if (!parser->ended) {
        parser->ended = true;
        settle(parser);
        if (parser->failure.code == SC_OK)
            check_finish(parser, &parser->failure);
    }
    return give_failure(parser, err);
}

struct sc_model_reply *sc_chat_parser_reply(struct sc_chat_parser *parser)
{
    struct sc_model_reply *reply = &parser->reply;
    size_t count = parser->calls.count;

    SC_ASSERT(parser->ended);
    if (reply->text)
        return reply;
    parser->reply_calls = sc_new_array(struct sc_model_call, count);
    for (size_t i = 0; i < count; i++) {
        const struct sc_chat_call *call = &parser->calls.items[i];

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
