/* fuzz: model */
/* Fuzzes the reply parsers: events of a stream, one a line. The first byte says of which
 * format, and whether the rest is one body instead. A reply must always be readable
 * afterwards, survive its way through JSON, have an id for every call, and go back in the
 * next request as JSON. */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "model/format.h"
#include "model/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed_lines(struct sc_parser *parser, const char *text, size_t len)
{
    while (len) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len;

        if (sc_parser_feed(parser, text, line, NULL) != SC_OK)
            return;
        text += line + (end != NULL);
        len -= line + (end != NULL);
    }
}

static void check_reply(const struct sc_model_reply *reply)
{
    struct sc_json *json = sc_model_reply_to_json(reply);
    struct sc_model_reply *again = sc_model_reply_from_json(json, NULL);

    SC_ASSERT(again && again->call_count == reply->call_count);
    SC_ASSERT(strcmp(again->text, reply->text) == 0);
    for (size_t i = 0; i < reply->call_count; i++)
        SC_ASSERT(*reply->calls[i].id != '\0');
    sc_model_reply_free(again);
    sc_json_free(json);
}

static void check_goes_back(
        const struct sc_profile *profile, const struct sc_json *native)
{
    struct sc_json *messages = sc_json_new_array(), *json;
    struct sc_model_request request = { .messages = messages };
    struct sc_buf body = { 0 };

    sc_json_append(messages, sc_json_copy(native));
    profile->format->encode(&body, profile, "m", &request, true);
    json = sc_json_parse(body.data, body.len, NULL, NULL);
    SC_ASSERT(json);
    sc_json_free(json);
    sc_json_free(messages);
    sc_buf_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char names[] = "f\0table__read";
    struct sc_parser_options options = { .source = { "h", "m", "K", NULL, NULL },
        .text_calls = SC_TEXT_CALLS_ONLY,
        .tool_names = names,
        .tool_names_len = sizeof(names) };
    static const char *const providers[] = { "openai", "openai-responses", "anthropic",
        "gemini" };
    const struct sc_profile *profile;
    struct sc_parser *parser;
    const char *id;

    if (!size)
        return 0;
    id = providers[data[0] >> 1 & 3];
    profile = sc_profile_of_id(id, strlen(id));
    parser = sc_parser_new(profile->format, &options);
    if (data[0] & 1)
        feed_lines(parser, (const char *)data + 1, size - 1);
    else
        (void)!sc_parser_body(parser, (const char *)data + 1, size - 1, NULL);
    (void)!sc_parser_end(parser, NULL);
    check_reply(sc_parser_reply(parser));
    check_goes_back(profile, sc_parser_reply(parser)->native);
    sc_parser_free(parser);
    return 0;
}
