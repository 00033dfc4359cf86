/* plan/route_words.h - words cut into tokens, with the values found among them.
 *
 * Purpose:   one reading of words for phrases and tasks: Latin words are folded and
 *            stemmed, each CJK character stands alone, values of slots are recognised.
 * Ownership: the list owns its tokens.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

enum sc_route_token_kind {
    SC_ROUTE_WORD,   /* a content word (folded, stemmed) or one CJK character */
    SC_ROUTE_FILLER, /* carries no wish: "for", "please", 请, を */
    SC_ROUTE_SLOT    /* a value, or in a phrase a {slot} */
};

enum sc_slot_type {
    SC_SLOT_FILE,
    SC_SLOT_MARKET,
    SC_SLOT_CURRENCY,
    SC_SLOT_PERCENT,
    SC_SLOT_NUMBER,
    SC_SLOT_DATE,
    SC_SLOT_TEXT,
    SC_SLOT_NONE
};

struct sc_route_token {
    enum sc_route_token_kind kind;
    enum sc_slot_type type;
    char *text;             /* of a word; of a slot in a phrase: its name */
    struct sc_json *values; /* of a slot in words: an array, in order */
    bool loose;             /* a file whose name may have begun later */
};

struct sc_route_tokens {
    struct sc_route_token *items;
    size_t count;
    size_t negations; /* how often it says no: "not", 不, ない */
};

/* A task: values are recognised, and lists of one type ("Germany and Japan") are one
 * token. */
void sc_route_read(struct sc_route_tokens *tokens, const char *words, const char *today);

/* A phrase: {name} is a slot of the type that inputs declare. */
void sc_route_read_phrase(
        struct sc_route_tokens *tokens, const char *phrase, const struct sc_json *inputs);
void sc_route_tokens_release(struct sc_route_tokens *tokens);

enum sc_slot_type sc_route_slot_of(const char *word);
const char *sc_route_slot_word(enum sc_slot_type type);
