/* model/format.h - the wire formats of models, without a wire.
 *
 * Purpose:   a request as text; a reply from what a stream's events carry, or from one
 *            JSON body. Four formats, one face: what goes in and comes out is model.h's.
 *            docs/models.md lists what providers do differently; the parsers take all of
 *            it.
 * Contract:  feed payloads in order, then end. A parser forgives what is odd and refuses
 *            what is wrong: an error inside the stream, what is not JSON, a stream that
 *            stops before it says how it finished, text over the limit. Once it has
 *            failed it goes on failing. The reply may be read at any time after end, also
 *            after a failure: it holds what came before.
 * Ownership: formats are static; options are borrowed until the parser is freed; the
 *            reply is the parser's.
 * Thread:    that of the owner.
 * Errors:    SC_PROTOCOL (retryable when truncated), and those of model/failure.h.
 */
#pragma once

#include "base/buf.h"
#include "model/failure.h"
#include "model/model.h"
#include "model/text_calls.h"

struct sc_profile;
struct sc_parser;

struct sc_format_header {
    const char *name, *value;
};

struct sc_format {
    const char *word; /* "chat", "responses", "messages", "gemini", "embeddings" … */
    /* Behind the base address; {model} stands for the model's name. */
    const char *path, *stream_path;
    const char *key_header, *key_prefix;    /* "Authorization", "Bearer " */
    const struct sc_format_header *headers; /* further ones, ended by a NULL name */

    /* Appends the request body. */
    void (*encode)(struct sc_buf *out, const struct sc_profile *profile,
            const char *model, const struct sc_model_request *request, bool stream);

    /* For model/parser.c. payload: an event of a stream; body: a whole reply. */
    size_t parser_size;
    void (*payload)(struct sc_parser *parser, struct sc_json *json, struct sc_error *err);
    void (*body)(struct sc_parser *parser, struct sc_json *json, struct sc_error *err);
    void (*settle)(struct sc_parser *parser); /* all has come: text, calls, native */
    void (*check)(struct sc_parser *parser, struct sc_error *err); /* is it whole? */
    void (*release)(struct sc_parser *parser); /* what is the format's own, or NULL */
};

extern const struct sc_format sc_format_chat;      /* chat completions, as OpenAI's */
extern const struct sc_format sc_format_responses; /* OpenAI's Responses */
extern const struct sc_format sc_format_messages;  /* Anthropic's Messages */
extern const struct sc_format sc_format_gemini;    /* Gemini's generateContent */

/* Embeddings: a vector for each message's text; see model/embed.h. Never streamed. */
extern const struct sc_format sc_format_embeddings;        /* as OpenAI's */
extern const struct sc_format sc_format_gemini_embeddings; /* batchEmbedContents */

enum { SC_REPLY_MAX = 5 * 1024 * 1024 };

struct sc_parser_options {
    struct sc_model_source source;
    size_t max_text; /* of content, reasoning and arguments together; 0: 5 MiB */
    /* Names of the tools in the request, each followed by a NUL; and whether what is
     * written as text may be a call of one of them. */
    enum sc_text_calls text_calls;
    const char *tool_names;
    size_t tool_names_len;
    const char *provider; /* whose turns these are: profile.h's id; or NULL */
    /* As in struct sc_model_request. */
    void (*on_text)(void *arg, const char *text, size_t len);
    void (*on_arguments)(
            void *arg, size_t call, const char *name, const char *text, size_t len);
    void *on_arg;
};

struct sc_parser *sc_parser_new(
        const struct sc_format *format, const struct sc_parser_options *options);
void sc_parser_free(struct sc_parser *parser);

/* The data of one event: JSON, "[DONE]", or nothing. */
enum sc_code sc_parser_feed(
        struct sc_parser *parser, const char *data, size_t len, struct sc_error *err);

/* The body of a reply that does not stream. */
enum sc_code sc_parser_body(
        struct sc_parser *parser, const char *data, size_t len, struct sc_error *err);

enum sc_code sc_parser_end(struct sc_parser *parser, struct sc_error *err);

/* Was a piece of the answer seen? Then the request is not made again. */
bool sc_parser_started(const struct sc_parser *parser);
bool sc_parser_finished(const struct sc_parser *parser); /* the last word was said */
/* After end: with calls, as the format has them. */
bool sc_parser_called(const struct sc_parser *parser);

/* usage.requests is 0 and no cost is filled in: the caller knows. */
struct sc_model_reply *sc_parser_reply(struct sc_parser *parser);

/* The id of the request, when it came in a header. */
void sc_parser_keep_id(struct sc_parser *parser, const char *id);

/* The reply, and the parser with it: sc_model_reply_free frees both. */
struct sc_model_reply *sc_parser_take_reply(struct sc_parser *take_parser);
