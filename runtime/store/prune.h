/* store/prune.h - what is old goes, a slice at a time.
 *
 * Purpose:   keep the file small without standing in the way of those who write.
 * Contract:  pruned are tasks that have ended and are not in doubt, the first to have
 *            ended first. Their journal and prompts go; the row too, unless the task had
 *            effects: then row and receipts stay for ever, so that the same effect does
 *            not happen again and can still be proved. Costs stay. The file shrinks by
 *            what was freed.
 * Thread:    loop.
 * Errors:    SC_STORAGE.
 */
#pragma once

#include "store/store.h"

struct sc_prune {
    int64_t now_ms;
    int64_t before_ms;  /* what ended before that; 0: age is no reason */
    int64_t most_bytes; /* more than that is too much; 0: size is no reason */
    bool keep_failed;   /* what did not end well stays */
    int tasks;          /* of this slice, at most */
};

struct sc_pruned {
    int64_t tasks, kept_rows; /* of those: so many had effects */
    int64_t bytes;            /* freed, roughly */
    bool more;                /* another slice has something to do */
};

struct sc_op *sc_store_prune_start(struct sc_scope *scope, struct sc_store *store,
        const struct sc_prune *prune, sc_op_done_fn *done, void *arg);
const struct sc_pruned *sc_store_pruned(struct sc_op *op); /* valid in done */

/* most_bytes for history alone: what agents remember lies in the same file and is never
 * pruned, so that its room comes on top. Reads much when the file is larger. */
enum sc_code sc_store_history_limit(struct sc_store *store, int64_t most_bytes,
        int64_t *ret_bytes, struct sc_error *err);

/* What all slices would do. */
enum sc_code sc_store_prunable(struct sc_store *store, const struct sc_prune *prune,
        struct sc_pruned *ret_pruned, struct sc_error *err);
