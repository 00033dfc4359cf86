/* fuzz: model */
/* Fuzzes the reply parser: events of a stream, one a line; the first byte says whether
 * the rest is one body instead. A reply must always be readable afterwards, survive its
 * way through JSON, and have an id for every call. */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "model/openai_chat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed_lines(struct sc_chat_parser *parser, const char *text, size_t len)
{
    while (len) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len;

        if (sc_chat_parser_feed(parser, text, line, NULL) != SC_OK)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char names[] = "f\0table__read";
    struct sc_chat_options options = { .source = { "h", "m", "K", NULL, NULL },
        .tool_names = names,
        .tool_names_len = sizeof(names) };
    struct sc_chat_parser *parser;

    if (!size)
        return 0;
    parser = sc_chat_parser_new(&options);
    if (data[0] & 1)
        feed_lines(parser, (const char *)data + 1, size - 1);
    else
        (void)!sc_chat_parser_body(parser, (const char *)data + 1, size - 1, NULL);
    (void)!sc_chat_parser_end(parser, NULL);
    check_reply(sc_chat_parser_reply(parser));
    sc_chat_parser_free(parser);
    return 0;
}
