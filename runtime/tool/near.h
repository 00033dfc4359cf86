/* tool/near.h - the known word nearest to one that is not known, candidate by candidate.
 *
 * Purpose:   "did you mean" for tools, fields, steps and enum words, which lie in trees
 *            and maps rather than in one array (for that: base/words.h).
 * Contract:  a candidate counts when at most a third of the letters (one of three, two
 *            of four or five, at most four) differ, or when it shares the last part after
 * a dot. The first of equally near ones wins. Ownership: borrows the word and the
 * candidates until read. Thread:    any.
 */
#pragma once

#include <stddef.h>

struct sc_near {
    const char *word;
    const char *best; /* NULL: none is near */
    size_t distance;
};

void sc_near_init(struct sc_near *near, const char *word);
void sc_near_try(struct sc_near *near, const char *candidate);

/* "; did you mean 'x'?" or "" in the caller's ret_text. */
const char *sc_near_hint(const struct sc_near *near, char *ret_text, size_t size);
