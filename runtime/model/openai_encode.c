#include <string.h>

#include "model/openai_chat.h"

static void add_string(struct sc_buf *out, const char *text)
{
    sc_json_write_string(out, text, strlen(text));
}

/* A turn with calls and no reasoning_content: some providers refuse it. */
static bool lacks_reasoning(const struct sc_json *message)
{
    return sc_json_get(message, "tool_calls") != NULL &&
           sc_json_get(message, "reasoning_content") == NULL;
}

static void add_message(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_json *message)
{
    sc_json_write(out, message);
    if (profile->needs_reasoning && lacks_reasoning(message)) {
        out->len--; /* the brace */
        sc_buf_adds(out, ",\"reasoning_content\":\"\"}");
    }
}

static void add_tool(struct sc_buf *out, const struct sc_json *tool)
{
    const struct sc_json *parameters = sc_json_get(tool, "parameters");

    sc_buf_adds(out, "{\"type\":\"function\",\"function\":{\"name\":");
    add_string(out, sc_json_get_string(tool, "name", ""));
    sc_buf_adds(out, ",\"description\":");
    add_string(out, sc_json_get_string(tool, "description", ""));
    sc_buf_adds(out, ",\"parameters\":");
    if (parameters)
        sc_json_write(out, parameters);
    else
        sc_buf_adds(out, "{\"type\":\"object\",\"properties\":{}}");
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
        add_string(out, request->force_tool);
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
    const char *before = "";

    sc_buf_adds(out, "{\"model\":");
    add_string(out, model);
    if (sc_json_count(request->tools))
        add_tools(out, profile, request);
    sc_buf_adds(out, ",\"messages\":[");
    SC_JSON_EACH(message, request->messages)
    {
        sc_buf_adds(out, before);
        add_message(out, profile, message);
        before = ",";
    }
    sc_buf_addc(out, ']');
    if (request->max_output_tokens)
        sc_buf_addf(out, ",\"%s\":%lld", profile->max_tokens_field,
                (long long)request->max_output_tokens);
    if (profile->extra)
        sc_buf_addf(out, ",%s", profile->extra);
    if (stream)
        sc_buf_adds(out, ",\"stream\":true");
    if (stream && profile->stream_usage)
        sc_buf_adds(out, ",\"stream_options\":{\"include_usage\":true}");
    sc_buf_addc(out, '}');
}
