#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/encode.h"
#include "model/parser.h"

enum { MAX_CALLS = 1000 };

static const char think_tag[] = "<think>", think_end[] = "</think>";

/* Where the text that a person should see begins: some models think in their text. */
enum thinking { THINKING_MAYBE, THINKING_INSIDE, THINKING_OVER };

struct chat {
    struct sc_parser base;      /* first: that is what is handed out */
    struct sc_buf content;      /* as it came, a <think> part included */
    const char *reasoning_name; /* of the field it came in */
    struct sc_json *details;    /* OpenRouter's reasoning_details, put together */
    struct sc_buf detail_text;  /* of the last one, until it is whole */
    enum thinking thinking;
    size_t shown; /* of content: what on_text has had, or what it never gets */
};

static struct chat *chat_of(struct sc_parser *parser)
{
    return sc_container_of(parser, struct chat, base);
}

static void chat_release(struct sc_parser *parser)
{
    struct chat *chat = chat_of(parser);

    sc_buf_release(&chat->content);
    sc_buf_release(&chat->detail_text);
    sc_json_free(chat->details);
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

static void read_usage(struct sc_parser *parser, const struct sc_json *json)
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
static void skip_thinking(struct chat *chat)
{
    const char *text = sc_buf_text(&chat->content);
    size_t space = strspn(text, " \t\r\n"), len = chat->content.len - space;
    size_t from = 0;
    const char *end;

    if (chat->thinking == THINKING_MAYBE) {
        if (!starts_like(text + space, len, think_tag))
            chat->thinking = THINKING_OVER;
        else if (len >= sizeof(think_tag) - 1)
            chat->thinking = THINKING_INSIDE;
    }
    if (chat->thinking != THINKING_INSIDE)
        return;
    /* A tag may have come in two pieces: look again a little before the new text. */
    if (chat->shown > sizeof(think_end))
        from = chat->shown - sizeof(think_end);
    end = strstr(text + from, think_end);
    chat->shown = chat->content.len;
    if (end) {
        chat->shown = (size_t)(end - text) + sizeof(think_end) - 1;
        chat->shown += strspn(text + chat->shown, "\r\n");
        chat->thinking = THINKING_OVER;
    }
}

static void show_text(struct chat *chat)
{
    size_t from;

    if (chat->thinking != THINKING_OVER)
        skip_thinking(chat);
    from = chat->shown;
    if (chat->thinking != THINKING_OVER || from == chat->content.len)
        return;
    chat->shown = chat->content.len;
    sc_parser_show(&chat->base, chat->content.data + from, chat->content.len - from);
}

static void add_content(struct chat *chat, const char *text)
{
    if (!*text)
        return;
    sc_buf_adds(&chat->content, text);
    chat->base.kept += strlen(text);
    chat->base.started = true;
    show_text(chat);
}

/* Text, or parts of which the text ones count. */
static void read_content(struct chat *chat, const struct sc_json *content)
{
    if (!sc_json_is(content, SC_JSON_ARRAY)) {
        add_content(chat, sc_json_string(content));
        return;
    }
    SC_JSON_EACH(part, content)
    add_content(chat, sc_json_get_string(part, "text", ""));
}

/* The same thoughts may come under two names: the first that has any counts. */
static void read_reasoning(struct chat *chat, const struct sc_json *delta)
{
    static const char *const names[] = { "reasoning_content", "reasoning",
        "reasoning_text" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct sc_json *member = sc_json_get(delta, names[i]);

        if (!sc_json_is(member, SC_JSON_STRING))
            continue;
        if (!chat->reasoning_name)
            chat->reasoning_name = names[i];
        if (!*sc_json_string(member))
            continue;
        if (!chat->base.reasoning.len)
            chat->reasoning_name = names[i];
        sc_parser_add_reasoning(&chat->base, sc_json_string(member));
        return;
    }
}

static struct sc_json *last_detail(const struct chat *chat)
{
    size_t count = sc_json_count(chat->details);

    return count ? sc_json_at(chat->details, count - 1) : NULL;
}

static void close_detail(struct chat *chat)
{
    if (chat->detail_text.len)
        sc_json_set_string(last_detail(chat), "text", chat->detail_text.data);
    sc_buf_clear(&chat->detail_text);
}

/* Does the piece go on with the last detail? Encrypted data is never cut. */
static bool goes_on(const struct sc_json *last, const struct sc_json *piece)
{
    return last && sc_json_equal(sc_json_get(last, "type"), sc_json_get(piece, "type")) &&
           sc_json_equal(sc_json_get(last, "index"), sc_json_get(piece, "index")) &&
           !sc_json_get(piece, "data") && !sc_json_get(piece, "summary");
}

/* Text grows, everything else is replaced. */
static void read_detail(struct chat *chat, const struct sc_json *piece)
{
    struct sc_json *last = last_detail(chat);
    const char *text = sc_json_get_string(piece, "text", "");

    if (!goes_on(last, piece)) {
        close_detail(chat);
        last = sc_json_append(chat->details, sc_json_copy(piece));
    }
    SC_JSON_EACH(member, piece)
    {
        if (strcmp(sc_json_key(member), "text") != 0 && !sc_json_is(member, SC_JSON_NULL))
            sc_json_set(last, sc_json_key(member), sc_json_copy(member));
    }
    sc_buf_adds(&chat->detail_text, text);
    chat->base.kept += strlen(text) + strlen(sc_json_get_string(piece, "data", ""));
}

static void read_details(struct chat *chat, const struct sc_json *details)
{
    if (sc_json_count(details) && !chat->details)
        chat->details = sc_json_new_array();
    SC_JSON_EACH(piece, details)
    {
        if (sc_json_is(piece, SC_JSON_OBJECT))
            read_detail(chat, piece);
    }
}

/* --- one payload --- */

static void read_piece(struct sc_parser *parser, const struct sc_json *entry)
{
    const struct sc_json *function = sc_json_get(entry, "function");
    size_t at;

    parser->kept += sc_calls_piece(&parser->calls, entry, &at);
    sc_parser_tell_arguments(parser, at, sc_json_get_string(function, "arguments", ""));
}

static void read_message(struct chat *chat, const struct sc_json *message, bool whole)
{
    struct sc_parser *parser = &chat->base;

    read_reasoning(chat, message);
    read_details(chat, sc_json_get(message, "reasoning_details"));
    read_content(chat, sc_json_get(message, "content"));
    add_content(chat, sc_json_get_string(message, "refusal", ""));
    SC_JSON_EACH(entry, sc_json_get(message, "tool_calls"))
    {
        if (parser->calls.count > MAX_CALLS)
            return;
        if (whole)
            parser->kept += sc_calls_whole(&parser->calls, entry);
        else
            read_piece(parser, entry);
    }
}

static void read_choice(struct chat *chat, struct sc_json *choice, struct sc_error *err)
{
    struct sc_parser *parser = &chat->base;
    struct sc_json *message = sc_json_get(choice, "message");
    const struct sc_json *error = sc_json_get(choice, "error");

    if (sc_json_get_int(choice, "index", 0) != 0)
        return;
    sc_parser_keep_word(&parser->finish, sc_json_get(choice, "finish_reason"));
    read_usage(parser, sc_json_get(choice, "usage"));
    if (message) {
        read_message(chat, message, true);
        sc_json_free(parser->native);
        parser->native = sc_json_detach(choice, "message");
    } else {
        read_message(chat, sc_json_get(choice, "delta"), false);
    }
    if (sc_json_is(error, SC_JSON_OBJECT))
        sc_failure_of_error(&parser->options.source, error, err);
}

/* An event and a whole body differ in nothing but `delta` and `message`. */
static void chat_payload(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    if (!parser->model)
        sc_parser_keep_word(&parser->model, sc_json_get(json, "model"));
    if (!parser->id)
        sc_parser_keep_word(&parser->id, sc_json_get(json, "id"));
    read_usage(parser, sc_json_get(json, "usage"));
    SC_JSON_EACH(choice, sc_json_get(json, "choices"))
    {
        if (err->code == SC_OK)
            read_choice(chat_of(parser), choice, err);
    }
    if (err->code == SC_OK && !sc_json_get(json, "error") &&
            !sc_json_get(json, "choices") && !sc_json_get(json, "usage") &&
            sc_json_get(json, "message"))
        sc_failure_of_error(&parser->options.source, json, err);
}

/* --- the end --- */

/* Moves a <think> part from the text to the reasoning. */
static void split_text(struct chat *chat)
{
    const char *content = sc_buf_text(&chat->content);
    size_t space = strspn(content, " \t\r\n");
    const char *inside = content + space + sizeof(think_tag) - 1;
    const char *end = strstr(content, think_end);

    if (!end || strncmp(content + space, think_tag, sizeof(think_tag) - 1) != 0) {
        sc_buf_adds(&chat->base.text, content);
        return;
    }
    sc_buf_add(&chat->base.reasoning, inside, (size_t)(end - inside));
    end += sizeof(think_end) - 1;
    sc_buf_adds(&chat->base.text, end + strspn(end, "\r\n"));
}

/* The assistant turn of a stream, in the shape a whole body would have had. */
static struct sc_json *build_native(const struct chat *chat, const char *content)
{
    struct sc_json *native = sc_json_new_object();
    const struct sc_calls *calls = &chat->base.calls;

    sc_json_add(native, "role", sc_json_new_string("assistant"));
    sc_json_add(native, "content",
            *content || !calls->count ? sc_json_new_string(content) : sc_json_new_null());
    if (chat->reasoning_name)
        sc_json_add(native, chat->reasoning_name,
                sc_json_new_string(sc_buf_text(&chat->base.reasoning)));
    if (chat->details)
        sc_json_add(native, "reasoning_details", sc_json_copy(chat->details));
    if (calls->count)
        sc_json_add(native, "tool_calls", sc_calls_json(calls));
    return native;
}

/* A whole body's message goes back as it came, but for ids that were made up and
 * arguments that were empty. */
static void mend_native(struct sc_parser *parser)
{
    struct sc_json *entry = sc_json_first(sc_json_get(parser->native, "tool_calls"));

    for (size_t i = 0; entry && i < parser->calls.count; i++) {
        const struct sc_call_parts *call = &parser->calls.items[i];
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

static void chat_settle(struct sc_parser *parser)
{
    struct chat *chat = chat_of(parser);
    bool from_text;

    close_detail(chat);
    split_text(chat);
    from_text = sc_parser_take_calls_from_text(parser);
    sc_calls_settle(&parser->calls);
    if (from_text || !parser->native) {
        sc_json_free(parser->native);
        parser->native = build_native(
                chat, sc_buf_text(from_text ? &parser->text : &chat->content));
        if (from_text)
            sc_parser_add_written(parser, parser->native);
    } else {
        mend_native(parser);
    }
}

static void chat_check(struct sc_parser *parser, struct sc_error *err)
{
    static const char *const failed[] = { "error", "network_error",
        "insufficient_system_resource" };
    const char *host = parser->options.source.host;

    if (!parser->finish) {
        sc_failure_of_break(&parser->options.source, err);
        return;
    }
    for (size_t i = 0; i < sizeof(failed) / sizeof(failed[0]); i++)
        if (strcmp(parser->finish, failed[i]) == 0)
            sc_fail(err, SC_UNAVAILABLE, "%s gave up within its reply (%s)", host,
                    parser->finish);
    if (strcmp(parser->finish, "content_filter") == 0 && !parser->calls.count)
        sc_failure_of_filter(&parser->options.source, err);
}

const struct sc_format sc_format_chat = {
    .word = "chat",
    .path = "/chat/completions",
    .stream_path = "/chat/completions",
    .key_header = "Authorization",
    .key_prefix = "Bearer ",
    .encode = sc_chat_encode,
    .parser_size = sizeof(struct chat),
    .payload = chat_payload,
    .body = chat_payload,
    .settle = chat_settle,
    .check = chat_check,
    .release = chat_release,
};
