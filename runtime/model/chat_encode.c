#include <string.h>

#include "model/encode.h"

/* A turn with calls and no reasoning_content: some providers refuse it. */
static bool lacks_reasoning(const struct sc_json *message)
{
    return sc_json_get(message, "tool_calls") != NULL &&
           sc_json_get(message, "reasoning_content") == NULL;
}

/* What providers add to a turn; to others it is nothing, and some refuse it. */
static const char *const thoughts[] = { "reasoning_content", "reasoning",
    "reasoning_text", "reasoning_details" };

enum { THOUGHTS = sizeof(thoughts) / sizeof(thoughts[0]) };

static bool has_thoughts(const struct sc_json *message)
{
    for (size_t i = 0; i < THOUGHTS; i++)
        if (sc_json_get(message, thoughts[i]))
            return true;
    return false;
}

/* The provider's own turn of another format is nothing to this one. */
static void add_cleaned(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_json *message)
{
    struct sc_json *copy = sc_json_copy(message);

    sc_json_free(sc_json_detach(copy, "native"));
    for (size_t i = 0; profile->own_members && i < THOUGHTS; i++)
        sc_json_free(sc_json_detach(copy, thoughts[i]));
    sc_json_write(out, copy);
    sc_json_free(copy);
}

/* The first message with the schema in words behind its text, or as a part of its own. */
static void add_with_schema(
        struct sc_buf *out, const struct sc_json *message, const struct sc_json *schema)
{
    struct sc_json *copy = sc_json_copy(message), *part;
    struct sc_json *content = sc_json_get(copy, "content");
    struct sc_buf text = { 0 };

    sc_buf_adds(&text, sc_json_string(content));
    sc_encode_schema_words(&text, schema);
    if (sc_json_is(content, SC_JSON_ARRAY)) {
        part = sc_json_append(content, sc_json_new_object());
        sc_json_set_string(part, "type", "text");
        sc_json_set_string(part, "text", text.data);
    } else {
        sc_json_set_string(copy, "content", text.data);
    }
    sc_json_write(out, copy);
    sc_buf_release(&text);
    sc_json_free(copy);
}

static void add_message(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_json *message)
{
    if (sc_json_get(message, "native") || (profile->own_members && has_thoughts(message)))
        add_cleaned(out, profile, message);
    else
        sc_json_write(out, message);
    if (profile->needs_reasoning && lacks_reasoning(message)) {
        out->len--; /* the brace */
        sc_buf_adds(out, ",\"reasoning_content\":\"\"}");
    }
}

static void add_messages(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_model_request *request)
{
    bool in_words = request->output_schema && profile->schema != SC_SCHEMA_STRICT;
    const char *before = "";

    sc_buf_adds(out, ",\"messages\":[");
    SC_JSON_EACH(message, request->messages)
    {
        sc_buf_adds(out, before);
        if (in_words && !*before)
            add_with_schema(out, message, request->output_schema);
        else
            add_message(out, profile, message);
        before = ",";
    }
    sc_buf_addc(out, ']');
}

static void add_schema(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_json *schema)
{
    if (profile->schema == SC_SCHEMA_OBJECT)
        sc_buf_adds(out, ",\"response_format\":{\"type\":\"json_object\"}");
    if (profile->schema != SC_SCHEMA_STRICT)
        return;
    sc_buf_adds(out, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{"
                     "\"name\":\"answer\",\"schema\":");
    sc_json_write(out, schema);
    sc_buf_adds(out, "}}");
}

static void add_tool(struct sc_buf *out, const struct sc_json *tool)
{
    sc_buf_adds(out, "{\"type\":\"function\",\"function\":{\"name\":");
    sc_encode_string(out, sc_json_get_string(tool, "name", ""));
    sc_buf_adds(out, ",\"description\":");
    sc_encode_string(out, sc_json_get_string(tool, "description", ""));
    sc_buf_adds(out, ",\"parameters\":");
    sc_encode_parameters(out, tool);
    sc_buf_adds(out, "}}");
}

static void add_choice(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_model_request *request)
{
    bool only = sc_json_count(request->tools) == 1;

    if (profile->force == SC_FORCE_REQUIRED && only) {
        sc_buf_adds(out, ",\"tool_choice\":\"required\"");
    } else if (profile->force != SC_FORCE_NONE) {
        sc_buf_adds(
                out, ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":");
        sc_encode_string(out, request->force_tool);
        sc_buf_adds(out, "}}");
    }
}

static void add_tools(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_model_request *request)
{
    const char *before = "";

    sc_buf_adds(out, ",\"tools\":[");
    SC_JSON_EACH(tool, request->tools)
    {
        sc_buf_adds(out, before);
        add_tool(out, tool);
        before = ",";
    }
    sc_buf_addc(out, ']');
    if (profile->parallel_calls)
        sc_buf_adds(out, ",\"parallel_tool_calls\":true");
    if (request->force_tool)
        add_choice(out, profile, request);
}

/* The order (model, tools, messages) keeps what is the same from request to request in
 * front. */
void sc_chat_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream)
{
    sc_buf_adds(out, "{\"model\":");
    sc_encode_string(out, model);
    if (sc_json_count(request->tools))
        add_tools(out, profile, request);
    add_messages(out, profile, request);
    if (request->output_schema)
        add_schema(out, profile, request->output_schema);
    if (request->max_output_tokens)
        sc_buf_addf(out, ",\"%s\":%lld", profile->max_tokens_field,
                (long long)request->max_output_tokens);
    sc_encode_cache_key(out, profile, request);
    if (profile->extra)
        sc_buf_addf(out, ",%s", profile->extra);
    if (stream)
        sc_buf_adds(out, ",\"stream\":true");
    if (stream && profile->stream_usage)
        sc_buf_adds(out, ",\"stream_options\":{\"include_usage\":true}");
    sc_buf_addc(out, '}');
}
