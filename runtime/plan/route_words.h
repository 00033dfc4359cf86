/* plan/route_words.h - words cut into tokens, with the values found among them.
 *
 * Purpose:   one reading of words for phrases and tasks: Latin words are folded and
 *            stemmed, each CJK character stands alone, values of slots are recognised.
 * Ownership: the list owns its tokens.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

enum sc_token_kind {
    SC_TOKEN_WORD,   /* a content word (folded, stemmed) or one CJK character */
    SC_TOKEN_FILLER, /* carries no wish: "the", "please", 请, を */
    SC_TOKEN_SLOT    /* a value, or in a phrase a {slot} */
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

struct sc_token {
    enum sc_token_kind kind;
    enum sc_slot_type type;
    char *text;             /* of a word; of a slot in a phrase: its name */
    struct sc_json *values; /* of a slot in words: an array, in order */
};

struct sc_tokens {
    struct sc_token *items;
    size_t count;
};

/* A task: values are recognised, and lists of one type ("Germany and Japan") are one
 * token. */
void sc_tokens_read(struct sc_tokens *tokens, const char *words, const char *today);

/* A phrase: {name} is a slot of the type that inputs declare. */
void sc_tokens_read_phrase(
        struct sc_tokens *tokens, const char *phrase, const struct sc_json *inputs);
void sc_tokens_release(struct sc_tokens *tokens);

enum sc_slot_type sc_slot_type_of(const char *word);
const char *sc_slot_type_word(enum sc_slot_type type);
