/* store/words.h - text in pieces that an index of words can look up, in any script.
 *
 * Purpose:   find tasks by the words they were asked in. Chinese and Japanese put no
 *            space between words: a run of such characters becomes its pairs, so that
 *            any two or more of them are found wherever they stand, and its single
 *            characters after all pairs.
 * Contract:  the pieces of a text are what the index keeps; a query of the same words
 *            finds it. Case and accents do not matter (the index's tokenizer).
 * Ownership: the caller frees what it gets.
 * Thread:    any.
 */
#pragma once

#include <sqlite3.h>

/* "价格 of tea" -> "价格 of tea 价 格". */
char *sc_words_pieces(const char *text);

/* The query that finds all words of text; a word that ends with `*` stands for all that
 * begin so. NULL: there is no word in it. */
char *sc_words_query(const char *text);

/* Makes sc_words(text) known to SQL. */
int sc_words_register(sqlite3 *handle);
