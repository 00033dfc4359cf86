/* memory/meaning.h - vectors of what is known and of what is asked.
 *
 * Purpose:   a model for embeddings turns items and questions into vectors.
 * Contract:  filling goes on where it stopped.
 * Ownership: store and model outlive it. A sense is the taker's.
 * Thread:    loop.
 * Errors:    those of model/embed.h and SC_STORAGE.
 */
#pragma once

#include "memory/sense.h"
#include "model/model.h"

struct sc_meaning;

struct sc_meaning_parts {
    struct sc_store *store;
    struct sc_model *model;
    size_t batch; /* texts that the provider takes in a request; 0: many */
    bool exact;   /* keep float32 rather than int8: four times as large */
};

struct sc_meaning *sc_meaning_new(const struct sc_meaning_parts *parts);
void sc_meaning_free(struct sc_meaning *meaning);               /* NULL is fine */
const char *sc_meaning_model(const struct sc_meaning *meaning); /* by its full name */

/* --- filling: vectors for items that have none --- */

struct sc_meaning_fill {
    int64_t newest; /* only of so many newest items; 0: of all */
    const struct sc_model_account *account;
};
struct sc_meaning_filled {
    int64_t items; /* that have a vector now */
    struct sc_model_usage usage;
};

/* After a failure what was filled before it stays. */
struct sc_op *sc_meaning_fill_start(struct sc_scope *scope, struct sc_meaning *meaning,
        const struct sc_meaning_fill *fill, sc_op_done_fn *done, void *arg);
const struct sc_meaning_filled *sc_meaning_filled(struct sc_op *op); /* inside done */

/* --- asking --- */

/* Only the beginning of very long words counts. */
struct sc_op *sc_meaning_ask_start(struct sc_scope *scope, struct sc_meaning *meaning,
        const char *words, const struct sc_model_account *account, sc_op_done_fn *done,
        void *arg);

/* Inside done: what the words mean; NULL after a failure. */
struct sc_sense *sc_meaning_take_sense(struct sc_op *op);
