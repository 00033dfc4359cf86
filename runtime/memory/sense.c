#include "memory/sense.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "memory/fuse.h"
#include "store/vectors.h"

enum { POOL = 50, POOL_MOST = 1000 }; /* of each kind that are put together */

struct sc_sense {
    char *model;
    float *values;
    unsigned char *packed;
    size_t dims;
};

struct sc_sense *sc_sense_new(const char *model, const float *values, size_t dims)
{
    struct sc_sense *sense = sc_new(struct sc_sense);

    sense->model = sc_strdup(model);
    sense->dims = dims;
    sense->values = sc_new_array(float, dims);
    memcpy(sense->values, values, dims * sizeof(float));
    sense->packed = sc_zalloc(SC_VECTOR_SCALE + dims);
    sc_vector_pack(values, dims, sense->packed);
    return sense;
}

void sc_sense_free(struct sc_sense *sense)
{
    if (!sense)
        return;
    free(sense->model);
    free(sense->values);
    free(sense->packed);
    free(sense);
}

/* --- the two lists --- */

struct list {
    int64_t *numbers;
    size_t count, most;
};

static void on_found(void *arg, const struct sc_memory_row *row)
{
    struct list *list = arg;

    if (list->count < list->most)
        list->numbers[list->count++] = row->n;
}

struct scan {
    const struct sc_sense *sense;
    struct sc_nearest nearest;
    float *values; /* of a row, where floats may lie */
};

static float score_of(struct scan *scan, const struct sc_vector_row *row)
{
    const struct sc_sense *sense = scan->sense;

    if (row->packed)
        return sc_vector_dot_packed(sense->packed, row->bytes, sense->dims);
    memcpy(scan->values, row->bytes, row->len);
    return sc_vector_dot(sense->values, scan->values, sense->dims);
}

/* Another length than that of the question: the provider has changed its model. */
static void on_vector(void *arg, const struct sc_vector_row *row)
{
    struct scan *scan = arg;
    const struct sc_sense *sense = scan->sense;
    size_t len =
            row->packed ? SC_VECTOR_SCALE + sense->dims : sense->dims * sizeof(float);

    if (row->dims == (int64_t)sense->dims && row->len == len)
        sc_nearest_offer(&scan->nearest, row->item, score_of(scan, row));
}

static enum sc_code find_near(struct sc_store *store, const struct sc_memory_query *query,
        const struct sc_sense *sense, struct list *list, struct sc_error *err)
{
    struct scan scan = { .sense = sense, .nearest = { .most = list->most } };
    enum sc_code code;

    scan.nearest.items = sc_new_array(struct sc_near, list->most);
    scan.values = sc_new_array(float, sense->dims);
    code = sc_store_vectors(store, sense->model, query, on_vector, &scan, err);
    sc_nearest_sort(&scan.nearest);
    for (; list->count < scan.nearest.count; list->count++)
        list->numbers[list->count] = scan.nearest.items[list->count].n;
    free(scan.nearest.items);
    free(scan.values);
    return code;
}

/* --- together --- */

static size_t pool_of(const struct sc_memory_query *query)
{
    if (query->limit <= POOL)
        return query->limit > 0 ? POOL : POOL_MOST;
    return query->limit < POOL_MOST ? (size_t)query->limit : POOL_MOST;
}

struct found {
    struct list words, near;
    struct sc_ranked *all;
    size_t count;
};

static enum sc_code find_both(struct sc_store *store, const struct sc_memory_query *query,
        const struct sc_sense *sense, struct found *found, struct sc_error *err)
{
    struct sc_memory_query pooled = *query;
    size_t most = pool_of(query);

    pooled.limit = (int64_t)most;
    found->words = (struct list){ .numbers = sc_new_array(int64_t, most), .most = most };
    found->near = (struct list){ .numbers = sc_new_array(int64_t, most), .most = most };
    found->all = sc_new_array(struct sc_ranked, 2 * most);
    if (sc_store_memory_search(store, &pooled, on_found, &found->words, err) ||
            find_near(store, &pooled, sense, &found->near, err))
        return err->code;
    found->count = sc_fuse(
            (const struct sc_ranks[]){ { found->words.numbers, found->words.count },
                    { found->near.numbers, found->near.count } },
            2, found->all);
    return SC_OK;
}

enum sc_code sc_sense_search(struct sc_store *store, const struct sc_memory_query *query,
        const struct sc_sense *sense, sc_memory_row_fn *fn, void *arg,
        struct sc_error *err)
{
    struct found found = { 0 };
    enum sc_code code = find_both(store, query, sense, &found, err);
    size_t limit = query->limit > 0 ? (size_t)query->limit : found.count;

    for (size_t i = 0; i < found.count && i < limit && !code; i++) {
        const struct sc_memory_hit hit = { found.all[i].n, found.all[i].score };

        code = sc_store_memory_row(store, query, &hit, fn, arg, err);
    }
    free(found.words.numbers);
    free(found.near.numbers);
    free(found.all);
    return code;
}
