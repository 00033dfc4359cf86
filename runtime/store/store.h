/* store/store.h - what is kept, as operations of the domain; no SQL outside this layer.
 *
 * Purpose:   tasks, their journal, effects with their keys, limits, agents' state, a
 *            cache, costs. SQLite behind it; the interface assumes nothing of it.
 * Contract:  a change is a list of parts applied in one transaction, all or none. done
 *            without error means durable. Changes are applied in the order of start.
 *            One process owns a data folder; a second one is refused at open.
 *            Reads are answered by read connections and see every change that is done.
 *            A change that was started is never withdrawn: cancelling its op changes
 *            nothing, and in a cancelled scope none is started (SC_CANCELLED).
 * Ownership: the caller of open closes; no read may be running then.
 * Thread:    loop.
 * Errors:    SC_STORAGE (full, I/O, read-only: the sentence says which file and what to
 *            do), SC_CONFLICT (id exists; folder in use), SC_NOT_FOUND.
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"
#include "store/change.h"
#include "store/row.h"

struct sc_store;

struct sc_store_options {
    const char *folder; /* made when missing, mode 0700; the database is store.db in it */
    bool read_only;     /* for looking while another process owns the folder */
};

struct sc_store *sc_store_open(struct sc_loop *loop,
        const struct sc_store_options *options, struct sc_error *err);

/* Writes what was started to the end; the ops' dones follow on the loop. */
void sc_store_close(struct sc_store *store);

/* --- writing; fails when opened read_only --- */

/* claims: one per effect_intend and fact_add, in order, valid inside a done without
 * error. */
struct sc_op *sc_store_apply_start(struct sc_scope *scope, struct sc_store *store,
        struct sc_change *take_change, sc_op_done_fn *done, void *arg);
const struct sc_claim *sc_store_claims(struct sc_op *op, size_t *ret_count);

/* --- reading: answered on the calling thread from a read connection, each in well under
 * a millisecond; rows are handed to a callback and valid during it. --- */

typedef void sc_task_row_fn(void *arg, const struct sc_task_row *row);
typedef void sc_journal_row_fn(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body);
typedef void sc_effect_row_fn(void *arg, const struct sc_effect_row *row);

/* id may be a unique beginning. SC_NOT_FOUND, SC_CONFLICT (several begin so). */
enum sc_code sc_store_task_get(struct sc_store *store, const char *id, sc_task_row_fn *fn,
        void *arg, struct sc_error *err);
/* Newest first; within a span of time, by the time. What is 0 or NULL does not filter. */
struct sc_task_filter {
    const char *state, *agent, *routine;
    const char *words;          /* all of them, see store/words.h; SC_INVALID: none */
    int64_t since_ms, until_ms; /* asked for within [since, until) */
    const char *after;          /* id of the last one of the page before */
    bool unfinished;            /* only planning, running, waiting */
    int64_t limit;
};
enum sc_code sc_store_task_list(struct sc_store *store,
        const struct sc_task_filter *filter, sc_task_row_fn *fn, void *arg,
        struct sc_error *err);
enum sc_code sc_store_journal_read(struct sc_store *store, const char *task_id,
        sc_journal_row_fn *fn, void *arg, struct sc_error *err);
enum sc_code sc_store_effects_of(struct sc_store *store, const char *task_id,
        sc_effect_row_fn *fn, void *arg, struct sc_error *err);
/* By tool and idempotency key, or by agent, tool and once. SC_NOT_FOUND. */
enum sc_code sc_store_effect_get(struct sc_store *store, const char *tool,
        const char *key, sc_effect_row_fn *fn, void *arg, struct sc_error *err);
struct sc_once {
    const char *agent, *tool, *once;
};
enum sc_code sc_store_once_get(struct sc_store *store, const struct sc_once *once,
        sc_effect_row_fn *fn, void *arg, struct sc_error *err);
/* All of an agent and a tool that have a `once` and did not fail. */
enum sc_code sc_store_once_of(struct sc_store *store, const char *agent, const char *tool,
        sc_effect_row_fn *fn, void *arg, struct sc_error *err);

/* What a model was asked, by its hash, on the heap; or NULL with SC_NOT_FOUND. */
char *sc_store_prompt_get(struct sc_store *store, const char *hash, struct sc_error *err);

/* Text of a kept value on the heap, or NULL with SC_NOT_FOUND. */
char *sc_store_state_get(
        struct sc_store *store, const char *agent, const char *key, struct sc_error *err);
char *sc_store_cache_get(struct sc_store *store, const char *key, int64_t now_ms,
        bool stale_too, int64_t *ret_at_ms, struct sc_error *err);

/* What models have cost within [from_ms, to_ms), and what of it is not settled. */
enum sc_code sc_store_spending(struct sc_store *store,
        const struct sc_spending_filter *filter, struct sc_spending *ret_spending,
        struct sc_error *err);
/* The same as rows, the dearest first. */
typedef void sc_spending_row_fn(void *arg, const struct sc_spending_row *row);
enum sc_code sc_store_spending_by(struct sc_store *store,
        const struct sc_spending_filter *filter, enum sc_spending_by by,
        sc_spending_row_fn *fn, void *arg, struct sc_error *err);

/* Integrity check of the file and of the invariants; sentences of what is wrong, empty
 * array when all is well. */
struct sc_json *sc_store_verify(struct sc_store *store, struct sc_error *err);
