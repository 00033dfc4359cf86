#include "memory/fuse.h"

#include <stdlib.h>

#include "base/mem.h"

/* The usual constant: with a larger one, the first places count less. */
static const double depth = 60;

/* A place in a list; then all of one thing together. */
struct place {
    int64_t n;
    size_t first; /* where it was met first */
    double score;
};

static int by_number(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static int by_score(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Places of one thing lie side by side: they become one. */
static size_t add_up(struct place *places, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept && places[kept - 1].n == places[i].n)
            places[kept - 1].score += places[i].score;
        else
            places[kept++] = places[i];
    }
    return kept;
}

size_t sc_fuse(const struct sc_ranks *lists, size_t count, struct sc_ranked *ret)
{
    size_t all = 0, met = 0;
    struct place *places;

    for (size_t i = 0; i < count; i++)
        all += lists[i].count;
    if (all == 0)
        return 0;
    places = sc_new_array(struct place, all);
    for (size_t i = 0; i < count; i++)
        for (size_t rank = 0; rank < lists[i].count; rank++, met++)
            places[met] = (struct place){ .n = lists[i].numbers[rank],
                .first = met,
                .score = 1 / (depth + (double)rank + 1) };
    qsort(places, all, sizeof(*places), by_number);
    all = add_up(places, all);
    qsort(places, all, sizeof(*places), by_score);
    for (size_t i = 0; i < all; i++)
        ret[i] = (struct sc_ranked){ places[i].n, places[i].score };
    free(places);
    return all;
}
