/* Anthropic's Messages: requests. */
#include <stdlib.h>
#include <string.h>

#include "model/encode.h"
#include "model/parser.h"

enum { DEFAULT_MAX_TOKENS = 16384 };

static const char cache_mark[] = ",\"cache_control\":{\"type\":\"ephemeral\"}";

/* --- parts of a message --- */

static void add_text(struct sc_buf *out, const char *text, bool cached)
{
    sc_buf_adds(out, "{\"type\":\"text\",\"text\":");
    sc_encode_string(out, text);
    if (cached)
        sc_buf_adds(out, cache_mark);
    sc_buf_addc(out, '}');
}

static void add_part(struct sc_buf *out, const struct sc_json *part)
{
    const char *data;
    char type[64];

    if (!sc_encode_image(part, type, &data)) {
        add_text(out, sc_json_get_string(part, "text", ""), false);
        return;
    }
    sc_buf_adds(out, "{\"type\":\"image\",\"source\":{\"type\":\"base64\"");
    sc_encode_member(out, "media_type", type);
    sc_encode_member(out, "data", data);
    sc_buf_adds(out, "}}");
}

static void add_result(struct sc_buf *out, const struct sc_json *message)
{
    char *text = sc_encode_text_of(message);

    sc_buf_adds(out, "{\"type\":\"tool_result\",\"tool_use_id\":");
    sc_encode_string(out, sc_json_get_string(message, "tool_call_id", ""));
    sc_encode_member(out, "content", text);
    sc_buf_addc(out, '}');
    free(text);
}

/* --- turns --- */

static bool has_role(const struct sc_json *message, const char *role)
{
    return strcmp(sc_json_get_string(message, "role", ""), role) == 0;
}

/* A turn that another format or provider took, told in this one's words. */
static void add_foreign_turn(struct sc_buf *out, const struct sc_json *message)
{
    char *text = sc_encode_text_of(message);
    const char *before = "";

    sc_buf_addc(out, '[');
    if (*text) {
        add_text(out, text, false);
        before = ",";
    }
    SC_JSON_EACH(call, sc_json_get(message, "tool_calls"))
    {
        const struct sc_json *function = sc_json_get(call, "function");
        const char *arguments = sc_json_get_string(function, "arguments", "{}");
        struct sc_json *input = sc_json_parse(arguments, strlen(arguments), NULL, NULL);

        sc_buf_addf(out, "%s{\"type\":\"tool_use\",\"id\":", before);
        sc_encode_string(out, sc_json_get_string(call, "id", ""));
        sc_encode_member(out, "name", sc_json_get_string(function, "name", ""));
        sc_buf_adds(out, ",\"input\":");
        if (sc_json_is(input, SC_JSON_OBJECT))
            sc_json_write(out, input);
        else
            sc_buf_adds(out, "{}");
        sc_buf_addc(out, '}');
        sc_json_free(input);
        before = ",";
    }
    sc_buf_addc(out, ']');
    free(text);
}

static void add_assistant(
        struct sc_buf *out, const char *provider, const struct sc_json *message)
{
    const struct sc_json *turn = sc_native_turn(message, &sc_format_messages, provider);

    sc_buf_adds(out, "{\"role\":\"assistant\",\"content\":");
    if (sc_json_count(turn))
        sc_json_write(out, turn);
    else
        add_foreign_turn(out, message);
    sc_buf_addc(out, '}');
}

/* Results and words of the person up to the next turn are one message, results first:
 * that is their order in chat form. Returns the message after them. */
static const struct sc_json *add_user(
        struct sc_buf *out, const struct sc_json *message, bool mark_last)
{
    const char *before = "";

    sc_buf_adds(out, "{\"role\":\"user\",\"content\":[");
    for (; message && !has_role(message, "assistant"); message = sc_json_next(message)) {
        const struct sc_json *content = sc_json_get(message, "content");

        sc_buf_adds(out, before);
        before = ",";
        if (has_role(message, "tool")) {
            add_result(out, message);
        } else if (sc_json_is(content, SC_JSON_ARRAY)) {
            const char *between = "";

            SC_JSON_EACH(part, content)
            {
                sc_buf_adds(out, between);
                add_part(out, part);
                between = ",";
            }
        } else {
            add_text(out, sc_json_string(content), false);
        }
    }
    if (mark_last && !message) { /* what comes next begins with all of this */
        out->len--;
        sc_buf_adds(out, cache_mark);
        sc_buf_addc(out, '}');
    }
    sc_buf_adds(out, "]}");
    return message;
}

static void add_messages(struct sc_buf *out, const char *provider,
        const struct sc_json *message, bool mark_last)
{
    const char *before = "";

    sc_buf_adds(out, ",\"messages\":[");
    while (message) {
        sc_buf_adds(out, before);
        before = ",";
        if (has_role(message, "assistant")) {
            add_assistant(out, provider, message);
            message = sc_json_next(message);
        } else {
            message = add_user(out, message, mark_last);
        }
    }
    sc_buf_addc(out, ']');
}

/* --- the rest --- */

static void add_tools(struct sc_buf *out, const struct sc_model_request *request)
{
    const char *before = "";

    sc_buf_adds(out, ",\"tools\":[");
    SC_JSON_EACH(tool, request->tools)
    {
        sc_buf_addf(out, "%s{\"name\":", before);
        sc_encode_string(out, sc_json_get_string(tool, "name", ""));
        sc_encode_member(out, "description", sc_json_get_string(tool, "description", ""));
        sc_buf_adds(out, ",\"input_schema\":");
        sc_encode_parameters(out, tool);
        sc_buf_addc(out, '}');
        before = ",";
    }
    sc_buf_addc(out, ']');
    if (request->force_tool) {
        sc_buf_adds(out, ",\"tool_choice\":{\"type\":\"tool\"");
        sc_encode_member(out, "name", request->force_tool);
        sc_buf_addc(out, '}');
    }
}

/* Has the model spoken already? Then there will be a next request that begins like this
 * one. */
static bool is_a_loop(const struct sc_json *messages)
{
    SC_JSON_EACH(message, messages)
    {
        if (has_role(message, "assistant"))
            return true;
    }
    return false;
}

/* The provider caches in the order tools, system, messages: the mark on the system text
 * covers the tools too. */
void sc_messages_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream)
{
    int64_t max_tokens = request->max_output_tokens;
    const struct sc_json *first;
    char *system = sc_encode_system(request, profile->schema != SC_SCHEMA_STRICT, &first);
    bool cached = request->stable_messages > 0;

    sc_buf_adds(out, "{\"model\":");
    sc_encode_string(out, model);
    if (sc_json_count(request->tools))
        add_tools(out, request);
    if (*system) {
        sc_buf_adds(out, ",\"system\":[");
        add_text(out, system, cached);
        sc_buf_addc(out, ']');
    }
    add_messages(out, profile->id, first, cached && is_a_loop(request->messages));
    if (request->output_schema && profile->schema == SC_SCHEMA_STRICT) {
        sc_buf_adds(out, ",\"output_config\":{\"format\":{\"type\":\"json_schema\","
                         "\"schema\":");
        sc_json_write(out, request->output_schema);
        sc_buf_adds(out, "}}");
    }
    sc_buf_addf(out, ",\"max_tokens\":%lld",
            (long long)(max_tokens ? max_tokens : DEFAULT_MAX_TOKENS));
    if (stream)
        sc_buf_adds(out, ",\"stream\":true");
    sc_buf_addc(out, '}');
    free(system);
}
