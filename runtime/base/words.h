/* base/words.h - the nearest of some words: for "did you mean".
 *
 * Purpose:   one place that guesses what was meant.
 * Thread:    any.
 */
#pragma once

#include <stddef.h>

/* The word with the fewest edits to `given` (at most a third of its length, two at
 * least), or NULL. Upper and lower case count as the same. */
const char *sc_words_nearest(const char *given, const char *const *words, size_t count);

/* The number of single-byte edits between two words; SC_WORDS_FAR when either is longer
 * than 64 bytes. */
enum { SC_WORDS_FAR = 1000 };
size_t sc_words_distance(const char *a, const char *b);
