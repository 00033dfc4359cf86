/* OpenAI's Responses: requests. Nothing is kept at the provider: each request holds all.
 */
#include <stdlib.h>
#include <string.h>

#include "model/encode.h"
#include "model/parser.h"

static bool has_role(const struct sc_json *message, const char *role)
{
    return strcmp(sc_json_get_string(message, "role", ""), role) == 0;
}

static void add_part(struct sc_buf *out, const struct sc_json *part)
{
    const struct sc_json *image = sc_json_get(part, "image_url");

    if (image) {
        sc_buf_adds(out, "{\"type\":\"input_image\",\"detail\":\"auto\"");
        sc_encode_member(out, "image_url", sc_json_get_string(image, "url", ""));
    } else {
        sc_buf_adds(out, "{\"type\":\"input_text\"");
        sc_encode_member(out, "text", sc_json_get_string(part, "text", ""));
    }
    sc_buf_addc(out, '}');
}

static void add_person(struct sc_buf *out, const struct sc_json *message)
{
    const struct sc_json *content = sc_json_get(message, "content");
    const char *before = "";

    sc_buf_adds(out, "{\"role\":\"user\",\"content\":");
    if (!sc_json_is(content, SC_JSON_ARRAY)) {
        sc_encode_string(out, sc_json_string(content));
    } else {
        sc_buf_addc(out, '[');
        SC_JSON_EACH(part, content)
        {
            sc_buf_adds(out, before);
            add_part(out, part);
            before = ",";
        }
        sc_buf_addc(out, ']');
    }
    sc_buf_addc(out, '}');
}

static void add_result(struct sc_buf *out, const struct sc_json *message)
{
    char *text = sc_encode_text_of(message);

    sc_buf_adds(out, "{\"type\":\"function_call_output\"");
    sc_encode_member(out, "call_id", sc_json_get_string(message, "tool_call_id", ""));
    sc_encode_member(out, "output", text);
    sc_buf_addc(out, '}');
    free(text);
}

/* Items separated by commas; false when there are none. */
static bool add_items(struct sc_buf *out, const struct sc_json *items)
{
    const char *before = "";

    SC_JSON_EACH(item, items)
    {
        sc_buf_adds(out, before);
        sc_json_write(out, item);
        before = ",";
    }
    return *before != '\0';
}

static void add_turn(
        struct sc_buf *out, const char *provider, const struct sc_json *message)
{
    char *text;
    const char *before = "";

    if (add_items(out, sc_native_turn(message, &sc_format_responses, provider)))
        return;
    text = sc_encode_text_of(message);
    if (*text || !sc_json_get(message, "tool_calls")) {
        sc_buf_adds(out, "{\"role\":\"assistant\"");
        sc_encode_member(out, "content", text);
        sc_buf_addc(out, '}');
        before = ",";
    }
    SC_JSON_EACH(call, sc_json_get(message, "tool_calls"))
    {
        const struct sc_json *function = sc_json_get(call, "function");

        sc_buf_addf(out, "%s{\"type\":\"function_call\"", before);
        sc_encode_member(out, "call_id", sc_json_get_string(call, "id", ""));
        sc_encode_member(out, "name", sc_json_get_string(function, "name", ""));
        sc_encode_member(
                out, "arguments", sc_json_get_string(function, "arguments", "{}"));
        sc_buf_addc(out, '}');
        before = ",";
    }
    free(text);
}

static void add_input(
        struct sc_buf *out, const char *provider, const struct sc_json *message)
{
    const char *before = "";

    sc_buf_adds(out, ",\"input\":[");
    for (; message; message = sc_json_next(message)) {
        sc_buf_adds(out, before);
        before = ",";
        if (has_role(message, "assistant"))
            add_turn(out, provider, message);
        else if (has_role(message, "tool"))
            add_result(out, message);
        else
            add_person(out, message);
    }
    sc_buf_addc(out, ']');
}

static void add_tools(struct sc_buf *out, const struct sc_model_request *request)
{
    const char *before = "";

    sc_buf_adds(out, ",\"tools\":[");
    SC_JSON_EACH(tool, request->tools)
    {
        sc_buf_addf(out, "%s{\"type\":\"function\"", before);
        sc_encode_member(out, "name", sc_json_get_string(tool, "name", ""));
        sc_encode_member(out, "description", sc_json_get_string(tool, "description", ""));
        sc_buf_adds(out, ",\"parameters\":");
        sc_encode_parameters(out, tool);
        sc_buf_adds(out, ",\"strict\":false}");
        before = ",";
    }
    sc_buf_addc(out, ']');
    if (request->force_tool) {
        sc_buf_adds(out, ",\"tool_choice\":{\"type\":\"function\"");
        sc_encode_member(out, "name", request->force_tool);
        sc_buf_addc(out, '}');
    }
}

void sc_responses_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream)
{
    bool strict = profile->schema == SC_SCHEMA_STRICT;
    const struct sc_json *first;
    char *system = sc_encode_system(request, !strict, &first);

    sc_buf_adds(out, "{\"model\":");
    sc_encode_string(out, model);
    if (*system)
        sc_encode_member(out, "instructions", system);
    if (sc_json_count(request->tools))
        add_tools(out, request);
    add_input(out, profile->id, first);
    if (request->output_schema && strict) {
        sc_buf_adds(out, ",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":"
                         "\"answer\",\"strict\":false,\"schema\":");
        sc_json_write(out, request->output_schema);
        sc_buf_adds(out, "}}");
    }
    if (request->max_output_tokens)
        sc_buf_addf(out, ",\"max_output_tokens\":%lld",
                (long long)request->max_output_tokens);
    sc_encode_cache_key(out, profile, request);
    sc_buf_adds(out, ",\"store\":false,\"include\":[\"reasoning.encrypted_content\"]");
    if (stream)
        sc_buf_adds(out, ",\"stream\":true");
    sc_buf_addc(out, '}');
    free(system);
}
