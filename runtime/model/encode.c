#include "model/encode.h"

#include <stdio.h>
#include <string.h>

void sc_encode_string(struct sc_buf *out, const char *text)
{
    sc_json_write_string(out, text, strlen(text));
}

void sc_encode_member(struct sc_buf *out, const char *name, const char *text)
{
    sc_buf_addf(out, ",\"%s\":", name);
    sc_encode_string(out, text);
}

void sc_encode_cache_key(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_model_request *request)
{
    const char *agent = request->account ? request->account->agent : NULL;
    char key[64]; /* the longest that is taken */

    if (!profile->cache_key || !request->stable_messages || !agent)
        return;
    snprintf(key, sizeof(key), "supercargo-%s", agent);
    sc_encode_member(out, "prompt_cache_key", key);
}

void sc_encode_parameters(struct sc_buf *out, const struct sc_json *tool)
{
    const struct sc_json *parameters = sc_json_get(tool, "parameters");

    if (parameters)
        sc_json_write(out, parameters);
    else
        sc_buf_adds(out, "{\"type\":\"object\",\"properties\":{}}");
}

static void add_text_of(struct sc_buf *out, const struct sc_json *content)
{
    if (sc_json_is(content, SC_JSON_STRING))
        sc_buf_adds(out, sc_json_string(content));
    SC_JSON_EACH(part, content)
    sc_buf_adds(out, sc_json_get_string(part, "text", ""));
}

char *sc_encode_text_of(const struct sc_json *message)
{
    struct sc_buf text = { 0 };

    add_text_of(&text, sc_json_get(message, "content"));
    return sc_buf_detach(&text);
}

void sc_encode_schema_words(struct sc_buf *out, const struct sc_json *schema)
{
    sc_buf_adds(out, "\n\nAnswer with one JSON value that is valid by this JSON Schema, "
                     "and nothing else:\n");
    sc_json_write(out, schema);
}

char *sc_encode_system(const struct sc_model_request *request, bool schema_in_words,
        const struct sc_json **ret_first)
{
    const struct sc_json *message = sc_json_first(request->messages);
    struct sc_buf text = { 0 };

    for (; message; message = sc_json_next(message)) {
        if (strcmp(sc_json_get_string(message, "role", ""), "system") != 0)
            break;
        if (text.len)
            sc_buf_adds(&text, "\n\n");
        add_text_of(&text, sc_json_get(message, "content"));
    }
    if (request->output_schema && schema_in_words)
        sc_encode_schema_words(&text, request->output_schema);
    *ret_first = message;
    return sc_buf_detach(&text);
}

bool sc_encode_image(const struct sc_json *part, char ret_type[64], const char **ret_data)
{
    static const char scheme[] = "data:", mark[] = ";base64,";
    const struct sc_json *image = sc_json_get(part, "image_url");
    const char *url = sc_json_get_string(image, "url", "");
    const char *end = strstr(url, mark);
    size_t len;

    if (strncmp(url, scheme, sizeof(scheme) - 1) != 0 || !end)
        return false;
    url += sizeof(scheme) - 1;
    len = (size_t)(end - url);
    if (len == 0 || len >= 64)
        return false;
    snprintf(ret_type, 64, "%.*s", (int)len, url);
    *ret_data = end + sizeof(mark) - 1;
    return true;
}
