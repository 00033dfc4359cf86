/* model/openai_chat.h - the wire format of chat completions, without a wire.
 *
 * Purpose:   a request as text; a reply from what a stream's events carry, or from one
 *            JSON body. docs/models.md lists what providers do differently; the parser
 *            takes all of it.
 * Contract:  feed payloads in order, then end. The parser forgives what is odd and
 *            refuses what is wrong: an error inside the stream, what is not JSON, a
 *            stream that stops before it says how it finished, text over the limit. Once
 *            it has failed it goes on failing. The reply may be read at any time after
 *            end, also after a failure: it holds what came before.
 * Ownership: options are borrowed until the parser is freed; the reply is the parser's.
 * Thread:    that of the owner.
 * Errors:    SC_PROTOCOL (retryable when truncated), and those of model/failure.h.
 */
#pragma once

#include "base/buf.h"
#include "model/failure.h"
#include "model/model.h"
#include "model/profile.h"

/* Appends the request body. */
void sc_chat_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream);

enum { SC_CHAT_TEXT_MAX = 5 * 1024 * 1024 };

struct sc_chat_options {
    struct sc_model_source source;
    size_t max_text; /* of content, reasoning and arguments together; 0: 5 MiB */
    /* Names of the tools in the request, each followed by a NUL: a call of one of them
     * written as text (<tool_call>{…}</tool_call>) is taken for a call. */
    const char *tool_names;
    size_t tool_names_len;
    void (*on_text)(void *arg, const char *text, size_t len); /* or NULL */
    void *on_text_arg;
};

struct sc_chat_parser;

struct sc_chat_parser *sc_chat_parser_new(const struct sc_chat_options *options);
void sc_chat_parser_free(struct sc_chat_parser *parser);

/* The data of one event: a chunk, "[DONE]", or nothing. */
enum sc_code sc_chat_parser_feed(struct sc_chat_parser *parser, const char *data,
        size_t len, struct sc_error *err);

/* The body of a reply that does not stream. */
enum sc_code sc_chat_parser_body(struct sc_chat_parser *parser, const char *data,
        size_t len, struct sc_error *err);

enum sc_code sc_chat_parser_end(struct sc_chat_parser *parser, struct sc_error *err);

/* Was a piece of the answer seen? Then the request is not made again. */
bool sc_chat_parser_started(const struct sc_chat_parser *parser);
bool sc_chat_parser_finished(const struct sc_chat_parser *parser); /* "[DONE]" came */

/* usage.requests is 0 and no cost is filled in: the caller knows. */
struct sc_model_reply *sc_chat_parser_reply(struct sc_chat_parser *parser);
