/* store/vectors.h - what a model for embeddings made of facts and pieces.
 *
 * Purpose:   keep a vector for an item and model, and hand out those of all items that
 *            fit a query. What the bytes mean is the caller's matter.
 * Contract:  an item that was corrected or erased has no vector, also when one is put
 *            later: its number is never used again.
 * Ownership: bytes are borrowed: changes copy them, a read's are valid in its callback.
 * Thread:    loop.
 * Errors:    SC_STORAGE.
 */
#pragma once

#include "store/memory.h"

struct sc_vector_row {
    int64_t item;      /* sc_memory_row's n */
    const char *model; /* "openai/text-embedding-3-small" */
    int64_t dims;
    bool packed; /* int8 numbers with a scale, rather than float32 */
    const void *bytes;
    size_t len;
};

/* Takes the place of the one that the item has of that model. */
void sc_change_vector(struct sc_change *change, const struct sc_vector_row *row);

/* Those of one model that fit the filters of the query, whose words and limit do not
 * count, in no order. */
typedef void sc_vector_row_fn(void *arg, const struct sc_vector_row *row);
enum sc_code sc_store_vectors(struct sc_store *store, const char *model,
        const struct sc_memory_query *query, sc_vector_row_fn *fn, void *arg,
        struct sc_error *err);

/* Items without a vector of the model, by rising number. */
struct sc_vectors_missing {
    const char *model;
    int64_t after;  /* only with a higher number, */
    int64_t newest; /* among so many newest ones; 0: all */
    int64_t limit;
};
enum sc_code sc_store_vectors_missing(struct sc_store *store,
        const struct sc_vectors_missing *missing, sc_memory_row_fn *fn, void *arg,
        struct sc_error *err);
