/* store/terms.h - a text as terms that can be looked up, in any script.
 *
 * Purpose:   find facts by some of their words, best first. Words are folded (width,
 *            case, accents: ICU's NFKC) and lose the endings of English and German; of a
 *            longer word its first and last letters are terms too, so that
 *            "Mindestbestellmenge" and "Menge" meet. A run of a script without spaces
 *            becomes its pairs and its single characters.
 * Contract:  a text and a query with a word in common have a term in common.
 * Ownership: the caller frees or releases what it gets.
 * Thread:    any.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* What an index keeps: all terms with a space after each. */
char *sc_terms_of(const char *text);

/* What a query looks for, each once; of a long one all words and some of their parts. */
enum { SC_TERMS_MAX = 48, SC_TERM_LEN = 64 };
struct sc_term {
    char text[SC_TERM_LEN];
    double weight; /* 1: a word; less: a part of one */
};
struct sc_terms {
    struct sc_term items[SC_TERMS_MAX];
    size_t count;
};
void sc_terms_read(struct sc_terms *terms, const char *query);

/* Two texts that say the same in other letters, widths or spaces have the same key. */
char *sc_terms_key(const char *text);

/* Makes sc_terms(text) known to SQL. */
int sc_terms_register(sqlite3 *handle);
