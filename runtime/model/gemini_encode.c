/* Gemini's generateContent: requests. */
#include <stdlib.h>
#include <string.h>

#include "model/encode.h"
#include "model/parser.h"

static void add_text(struct sc_buf *out, const char *text)
{
    sc_buf_adds(out, "{\"text\":");
    sc_encode_string(out, text);
    sc_buf_addc(out, '}');
}

static void add_part(struct sc_buf *out, const struct sc_json *part)
{
    const char *data;
    char type[64];

    if (!sc_encode_image(part, type, &data)) {
        add_text(out, sc_json_get_string(part, "text", ""));
        return;
    }
    sc_buf_adds(out, "{\"inlineData\":{\"mimeType\":");
    sc_encode_string(out, type);
    sc_encode_member(out, "data", data);
    sc_buf_adds(out, "}}");
}

static bool has_role(const struct sc_json *message, const char *role)
{
    return strcmp(sc_json_get_string(message, "role", ""), role) == 0;
}

/* The call with this id in the messages before `until`: results go back by its name. */
static const struct sc_json *find_call(
        const struct sc_json *messages, const struct sc_json *until, const char *id)
{
    const struct sc_json *found = NULL;

    SC_JSON_EACH(message, messages)
    {
        if (message == until)
            break;
        SC_JSON_EACH(call, sc_json_get(message, "tool_calls"))
        {
            if (strcmp(sc_json_get_string(call, "id", ""), id) == 0)
                found = call;
        }
    }
    return found;
}

/* Was the id the provider's own? Those that were made up here mean nothing to it. */
static bool is_its_id(const struct sc_json *messages, const char *id)
{
    SC_JSON_EACH(message, messages)
    {
        const struct sc_json *turn = sc_native_turn(message, &sc_format_gemini, NULL);

        SC_JSON_EACH(part, sc_json_get(turn, "parts"))
        {
            const struct sc_json *call = sc_json_get(part, "functionCall");

            if (strcmp(sc_json_get_string(call, "id", ""), id) == 0)
                return true;
        }
    }
    return false;
}

static void add_result(
        struct sc_buf *out, const struct sc_json *messages, const struct sc_json *message)
{
    const char *id = sc_json_get_string(message, "tool_call_id", "");
    const struct sc_json *call = find_call(messages, message, id);
    char *text = sc_encode_text_of(message);

    sc_buf_adds(out, "{\"functionResponse\":{\"name\":");
    sc_encode_string(out, sc_json_get_string(sc_json_get(call, "function"), "name", ""));
    if (*id && is_its_id(messages, id))
        sc_encode_member(out, "id", id);
    sc_buf_adds(out, ",\"response\":{\"output\":");
    sc_encode_string(out, text);
    sc_buf_adds(out, "}}}");
    free(text);
}

/* Calls without a signature are refused. For those that it did not make itself, this word
 * in the place of one is what its documents give. */
static const char foreign_signature[] =
        ",\"thoughtSignature\":\"skip_thought_signature_validator\"";

static void add_foreign_turn(struct sc_buf *out, const struct sc_json *message)
{
    char *text = sc_encode_text_of(message);
    const char *before = "", *signature = foreign_signature;

    sc_buf_adds(out, "{\"role\":\"model\",\"parts\":[");
    if (*text || !sc_json_get(message, "tool_calls")) {
        add_text(out, text);
        before = ",";
    }
    SC_JSON_EACH(call, sc_json_get(message, "tool_calls"))
    {
        const struct sc_json *function = sc_json_get(call, "function");
        const char *arguments = sc_json_get_string(function, "arguments", "{}");
        struct sc_json *args = sc_json_parse(arguments, strlen(arguments), NULL, NULL);

        sc_buf_addf(out, "%s{\"functionCall\":{\"name\":", before);
        sc_encode_string(out, sc_json_get_string(function, "name", ""));
        sc_buf_adds(out, ",\"args\":");
        if (sc_json_is(args, SC_JSON_OBJECT))
            sc_json_write(out, args);
        else
            sc_buf_adds(out, "{}");
        sc_buf_addf(out, "}%s}", signature);
        sc_json_free(args);
        before = ",";
        signature = ""; /* the first of a turn carries it */
    }
    sc_buf_adds(out, "]}");
    free(text);
}

static void add_turn(
        struct sc_buf *out, const char *provider, const struct sc_json *message)
{
    const struct sc_json *turn = sc_native_turn(message, &sc_format_gemini, provider);

    if (sc_json_count(sc_json_get(turn, "parts")))
        sc_json_write(out, turn);
    else
        add_foreign_turn(out, message);
}

static const struct sc_json *add_user(
        struct sc_buf *out, const struct sc_json *messages, const struct sc_json *message)
{
    const char *before = "";

    sc_buf_adds(out, "{\"role\":\"user\",\"parts\":[");
    for (; message && !has_role(message, "assistant"); message = sc_json_next(message)) {
        const struct sc_json *content = sc_json_get(message, "content");

        sc_buf_adds(out, before);
        before = ",";
        if (has_role(message, "tool")) {
            add_result(out, messages, message);
        } else if (sc_json_is(content, SC_JSON_ARRAY)) {
            const char *between = "";

            SC_JSON_EACH(part, content)
            {
                sc_buf_adds(out, between);
                add_part(out, part);
                between = ",";
            }
        } else {
            add_text(out, sc_json_string(content));
        }
    }
    sc_buf_adds(out, "]}");
    return message;
}

static void add_contents(struct sc_buf *out, const char *provider,
        const struct sc_json *messages, const struct sc_json *message)
{
    const char *before = "";

    sc_buf_adds(out, "\"contents\":[");
    while (message) {
        sc_buf_adds(out, before);
        before = ",";
        if (has_role(message, "assistant")) {
            add_turn(out, provider, message);
            message = sc_json_next(message);
        } else {
            message = add_user(out, messages, message);
        }
    }
    sc_buf_addc(out, ']');
}

static void add_tools(struct sc_buf *out, const struct sc_model_request *request)
{
    const char *before = "";

    sc_buf_adds(out, "\"tools\":[{\"functionDeclarations\":[");
    SC_JSON_EACH(tool, request->tools)
    {
        sc_buf_addf(out, "%s{\"name\":", before);
        sc_encode_string(out, sc_json_get_string(tool, "name", ""));
        sc_encode_member(out, "description", sc_json_get_string(tool, "description", ""));
        sc_buf_adds(out, ",\"parametersJsonSchema\":");
        sc_encode_parameters(out, tool);
        sc_buf_addc(out, '}');
        before = ",";
    }
    sc_buf_adds(out, "]}],");
    if (request->force_tool) {
        sc_buf_adds(out, "\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"ANY\","
                         "\"allowedFunctionNames\":[");
        sc_encode_string(out, request->force_tool);
        sc_buf_adds(out, "]}},");
    }
}

static void add_limits(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_model_request *request)
{
    bool strict = request->output_schema && profile->schema == SC_SCHEMA_STRICT;
    const char *before = "";

    if (!strict && !request->max_output_tokens)
        return;
    sc_buf_adds(out, ",\"generationConfig\":{");
    if (request->max_output_tokens) {
        sc_buf_addf(
                out, "\"maxOutputTokens\":%lld", (long long)request->max_output_tokens);
        before = ",";
    }
    if (strict) {
        sc_buf_addf(out,
                "%s\"responseMimeType\":\"application/json\","
                "\"responseJsonSchema\":",
                before);
        sc_json_write(out, request->output_schema);
    }
    sc_buf_addc(out, '}');
}

/* The model's name is in the address. */
void sc_gemini_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream)
{
    const struct sc_json *first;
    char *system = sc_encode_system(request, profile->schema != SC_SCHEMA_STRICT, &first);

    (void)model;
    (void)stream;
    sc_buf_addc(out, '{');
    if (*system) {
        sc_buf_adds(out, "\"systemInstruction\":{\"parts\":[");
        add_text(out, system);
        sc_buf_adds(out, "]},");
    }
    if (sc_json_count(request->tools))
        add_tools(out, request);
    add_contents(out, profile->id, request->messages, first);
    add_limits(out, profile, request);
    sc_buf_addc(out, '}');
    free(system);
}
