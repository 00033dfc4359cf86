/* The two wire formats of embeddings: OpenAI's, which nearly all have, and Gemini's. The
 * texts are the request's messages; the vectors are the reply's native part. */
#include <stdlib.h>

#include "base/mem.h"
#include "model/encode.h"
#include "model/parser.h"
#include "model/profile.h"

/* {vectors: [{at, values}]}: what model/embed.c reads. */
static void keep(struct sc_parser *parser, int64_t at, struct sc_json *take_values)
{
    struct sc_json *vector =
            sc_json_append(sc_json_get(parser->native, "vectors"), sc_json_new_object());

    sc_json_add(vector, "at", sc_json_new_int(at));
    sc_json_add(vector, "values", take_values);
    parser->started = true; /* it is paid */
}

static void begin(struct sc_parser *parser)
{
    sc_json_free(parser->native);
    parser->native = sc_json_new_object();
    sc_json_add(parser->native, "vectors", sc_json_new_array());
}

static void settle(struct sc_parser *parser)
{
    parser->done = true;
}

static void check(struct sc_parser *parser, struct sc_error *err)
{
    if (!parser->started)
        sc_fail(err, SC_PROTOCOL,
                "%s at %s sent no vectors: is it a model for embeddings?",
                parser->options.source.model, parser->options.source.host);
}

/* --- as OpenAI's --- */

static void chat_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream)
{
    const char *before = "";

    (void)profile, (void)stream;
    sc_buf_adds(out, "{\"model\":");
    sc_encode_string(out, model);
    sc_buf_adds(out, ",\"encoding_format\":\"float\",\"input\":[");
    SC_JSON_EACH(message, request->messages)
    {
        sc_buf_adds(out, before);
        sc_encode_string(out, sc_json_get_string(message, "content", ""));
        before = ",";
    }
    sc_buf_adds(out, "]}");
}

static void chat_body(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    struct sc_json *data = sc_json_get(json, "data");
    int64_t at = 0;

    (void)err; /* an error in it is found by who calls */
    begin(parser);
    sc_parser_keep_word(&parser->model, sc_json_get(json, "model"));
    parser->usage.input_tokens =
            sc_parser_count(sc_json_get(json, "usage"), "prompt_tokens");
    SC_JSON_EACH(entry, data)
    {
        keep(parser, sc_json_get_int(entry, "index", at),
                sc_json_detach(entry, "embedding"));
        at++;
    }
}

const struct sc_format sc_format_embeddings = {
    .word = "embeddings",
    .path = "/embeddings",
    .key_header = "Authorization",
    .key_prefix = "Bearer ",
    .encode = chat_encode,
    .parser_size = sizeof(struct sc_parser),
    .body = chat_body,
    .settle = settle,
    .check = check,
};

/* --- Gemini's --- */

static void gemini_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream)
{
    char *name = sc_strdupf("models/%s", model);
    const char *before = "";

    (void)profile, (void)stream;
    sc_buf_adds(out, "{\"requests\":[");
    SC_JSON_EACH(message, request->messages)
    {
        sc_buf_adds(out, before);
        sc_buf_adds(out, "{\"model\":");
        sc_encode_string(out, name);
        sc_buf_adds(out, ",\"content\":{\"parts\":[{\"text\":");
        sc_encode_string(out, sc_json_get_string(message, "content", ""));
        sc_buf_adds(out, "}]}}");
        before = ",";
    }
    sc_buf_adds(out, "]}");
    free(name);
}

/* In the order of the requests. */
static void gemini_body(
        struct sc_parser *parser, struct sc_json *json, struct sc_error *err)
{
    struct sc_json *embeddings = sc_json_get(json, "embeddings");
    int64_t at = 0;

    (void)err;
    begin(parser);
    parser->usage.input_tokens =
            sc_parser_count(sc_json_get(json, "usageMetadata"), "promptTokenCount");
    SC_JSON_EACH(entry, embeddings)
    keep(parser, at++, sc_json_detach(entry, "values"));
}

const struct sc_format sc_format_gemini_embeddings = {
    .word = "gemini-embeddings",
    .path = "/models/{model}:batchEmbedContents",
    .key_header = "x-goog-api-key",
    .key_prefix = "",
    .encode = gemini_encode,
    .parser_size = sizeof(struct sc_parser),
    .body = gemini_body,
    .settle = settle,
    .check = check,
};
