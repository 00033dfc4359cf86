/* model/parser.h - what the parsers of all formats gather.
 *
 * Purpose:   text, reasoning, calls, usage and the words that tell of the end are kept
 *            in one place; a format only says where each stands in its JSON.
 * Contract:  a format's own parser struct begins with this one.
 * Thread:    that of the owner.
 */
#pragma once

#include "base/buf.h"
#include "model/calls.h"
#include "model/format.h"

/* What a part counts for beside its text, so that many empty ones are a long reply too.
 */
enum { SC_PART_COST = 64 };

struct sc_parser {
    const struct sc_format *format;
    struct sc_parser_options options;
    struct sc_buf text, reasoning;
    struct sc_calls calls;
    char *finish, *model, *id;
    struct sc_json *native; /* the turn that goes back */
    char *written;          /* the text, when calls were found in it; else NULL */
    struct sc_model_usage usage;
    size_t kept; /* bytes in all */
    bool done;   /* the last word was said */
    bool started, ended;
    struct sc_error failure;

    struct sc_model_call *reply_calls;
    struct sc_model_reply reply;
};

void sc_parser_add_text(struct sc_parser *parser, const char *text);
void sc_parser_show(struct sc_parser *parser, const char *text, size_t len);
void sc_parser_add_reasoning(struct sc_parser *parser, const char *text);

/* A piece of the arguments of the call at this place of the list. */
void sc_parser_add_arguments(struct sc_parser *parser, size_t call, const char *text);
/* Tells of one that is there already. */
void sc_parser_tell_arguments(struct sc_parser *parser, size_t call, const char *text);

/* Calls that stand in the text (model/text_calls.h); true when there were some. The turn
 * goes back in chat form then, with what was written as its native part. */
bool sc_parser_take_calls_from_text(struct sc_parser *parser);
void sc_parser_add_written(const struct sc_parser *parser, struct sc_json *message);

/* Replaces a word when json is a string that is not empty. */
void sc_parser_keep_word(char **ret_word, const struct sc_json *json);

/* A number that may be absent, null or negative: then 0. */
int64_t sc_parser_count(const struct sc_json *json, const char *name);

/* The turn in chat form, with the provider's own beside it: {role, content, tool_calls,
 * native: {format, turn}}. */
void sc_parser_set_native(struct sc_parser *parser, struct sc_json *take_turn);

/* The provider's own turn within a message, if it is of this format and provider (NULL:
 * of any); else NULL. Signatures mean nothing to anybody else. */
const struct sc_json *sc_native_turn(const struct sc_json *message,
        const struct sc_format *format, const char *provider);
