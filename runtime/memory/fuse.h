/* memory/fuse.h - one list out of several that rank the same things differently.
 *
 * Purpose:   reciprocal rank fusion: a thing counts 1 / (60 + rank) in each list that has
 *            it. Scores of different kinds are never compared, only places.
 * Ownership: the caller owns all memory.
 * Thread:    any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct sc_ranked {
    int64_t n;
    double score;
};

struct sc_ranks {
    const int64_t *numbers; /* each once, best first */
    size_t count;
};

/* Best first, each once; of equal ones the one that stands in an earlier list. ret has
 * room for all of all lists. Returns how many. */
size_t sc_fuse(const struct sc_ranks *lists, size_t count, struct sc_ranked *ret);
