/* memory/sense.h - what some words mean, and what is known near to that.
 *
 * Purpose:   the vector of a question; the items nearest to it, put together with those
 *            that its words find.
 * Contract:  vectors of one model are never compared with those of another. An item
 *            without a vector is found by its words.
 * Ownership: the caller frees a sense.
 * Thread:    any; the search: loop.
 * Errors:    SC_STORAGE.
 */
#pragma once

#include "memory/vector.h"
#include "store/memory.h"

struct sc_sense;

/* values: of length 1, copied. */
struct sc_sense *sc_sense_new(const char *model, const float *values, size_t dims);
void sc_sense_free(struct sc_sense *sense); /* NULL is fine */

/* As sc_store_memory_search. */
enum sc_code sc_sense_search(struct sc_store *store, const struct sc_memory_query *query,
        const struct sc_sense *sense, sc_memory_row_fn *fn, void *arg,
        struct sc_error *err);
