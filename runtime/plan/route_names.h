/* plan/route_names.h - names of markets, currencies and days, and words without a wish.
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

/* "tomorrow" 1, "today" 0, "yesterday" -1 and their twins; length in bytes, 0 if none. */
size_t sc_route_day(const char *text, int *ret_days);

/* Two or three capital letters as they stand in the words: "DE", "EUR". */
bool sc_route_code(const char *code, size_t len, enum sc_slot_type *ret_type,
        const char **ret_value);

/* Words that say nothing about what is to be done; of CJK, the longest run at text. */
bool sc_route_filler(const char *word);
size_t sc_route_cjk_filler(const char *text);

/* "and" between values of one list; length in bytes, 0 if none. */
bool sc_route_joins(const char *word);
