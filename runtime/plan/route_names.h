/* plan/route_names.h - names of markets and currencies, and words without a wish.
 *
 * Purpose:   the tables behind plan/route_words; names are folded (lower case).
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "plan/route_words.h"

/* The longest name that text starts with; its length in bytes, 0 if none. A Latin name
 * must end where a word ends. */
size_t sc_route_name(
        const char *text, enum sc_slot_type *ret_type, const char **ret_value);

/* Two or three capital letters as they stand in the words: "DE", "EUR". */
bool sc_route_code(const char *code, size_t len, enum sc_slot_type *ret_type,
        const char **ret_value);

/* Words that say nothing about what is to be done; of CJK, the longest run at text. */
bool sc_route_filler(const char *word);
size_t sc_route_cjk_filler(const char *text);

/* "a 12 % fee" is "12 % fee": between a word and a value they tell nothing at all. */
bool sc_route_article(const char *word);

/* "and" between values of one list; length in bytes, 0 if none. */
bool sc_route_joins(const char *word);

/* Does a word say no, or begin an exception ("except", 以外, ないで)? */
bool sc_route_negates(const char *word);
bool sc_route_cjk_negates(const char *text);

/* The word that stands for this one ("product" for "items"), or NULL; of CJK, the length
 * of a word for 商品. */
const char *sc_route_synonym(const char *word);
size_t sc_route_cjk_synonym(const char *text);
