/* store/store.h - what is kept, as operations of the domain; no SQL outside this layer.
 *
 * Purpose:   tasks, their journal, effects with their keys, limits, agents' state, a
 *            cache, costs. SQLite behind it; the interface assumes nothing of it.
 * Contract:  a change is a list of parts applied in one transaction, all or none. done
 *            without error means durable. Changes are applied in the order of start.
 *            One process owns a data folder; a second one is refused at open.
 *            Reads are answered by read connections and see every change that is done.
 * Ownership: parts copy what they are given. sc_store_close waits for what was started.
 * Thread:    loop.
 * Errors:    SC_STORAGE (full, I/O, read-only: the sentence says which file and what to
 *            do), SC_CONFLICT (id exists; folder in use), SC_NOT_FOUND.
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"

struct sc_store;

struct sc_store_options {
    const char *folder; /* made when missing, mode 0700; the database is store.db in it */
    bool read_only;     /* for looking while another process owns the folder */
};

struct sc_store *sc_store_open(struct sc_loop *loop,
        const struct sc_store_options *options, struct sc_error *err);
void sc_store_close(struct sc_store *store);

enum sc_task_state {
    SC_TASK_PLANNING,
    SC_TASK_RUNNING,
    SC_TASK_WAITING, /* for a person (approval, question) or a time */
    SC_TASK_DONE,
    SC_TASK_UNPROVEN,
    SC_TASK_FAILED,
    SC_TASK_CANCELLED,
    SC_TASK_IN_DOUBT,
    SC_TASK_OVER_BUDGET
};
const char *sc_task_state_word(enum sc_task_state state);

struct sc_task_row {
    const char *id, *agent, *words;
    enum sc_task_state state;
    int64_t created_ms, ended_ms; /* 0: not ended */
    const char *spec;             /* JSON: inputs, files, out dir, options */
    const char *answer;           /* or NULL */
    int64_t wake_ms;              /* waiting for a time; 0: not */
    int64_t cost_micro;
};

enum sc_effect_state {
    SC_EFFECT_INTENT,
    SC_EFFECT_DONE,
    SC_EFFECT_FAILED, /* surely did not happen */
    SC_EFFECT_IN_DOUBT
};

struct sc_effect_row {
    const char *task_id, *step_id;
    int64_t element; /* -1: no each */
    const char *tool, *version;
    const char *key;  /* idempotency key: unique for ever per tool */
    const char *once; /* the plan's own key, or NULL: unique per agent and tool */
    const char *agent;
    const char *args_hash, *args; /* args: JSON text */
    const char *approver;         /* who allowed it: "--yes", "terminal", "policy" */
    enum sc_effect_state state;
    const char *result; /* JSON text or NULL */
    int64_t at_ms;
};

/* --- changes --- */

struct sc_change; /* a list of parts */

struct sc_change *sc_change_new(void);
void sc_change_free(struct sc_change *change);
bool sc_change_empty(const struct sc_change *change);

void sc_change_task_create(struct sc_change *change, const struct sc_task_row *row);
void sc_change_task_update(struct sc_change *change, const struct sc_task_row *row);
void sc_change_journal(struct sc_change *change, const char *task_id, int64_t seq,
        int64_t at_ms, const char *kind, const char *body);

/* Records the intent. With once: claims it; when an effect of that agent, tool and once
 * already exists (done, in doubt or intended) nothing is recorded and the claim says
 * what is there. With limit_n >= 0: counts one against (limit_agent+limit_key) within
 * [limit_from_ms, limit_to_ms); when the count is full nothing is recorded and the claim
 * says so. All in the transaction of the change. */
struct sc_effect_limit {
    const char *key;
    int64_t n;
    int64_t from_ms, to_ms;
};
void sc_change_effect_intend(struct sc_change *change, const struct sc_effect_row *row,
        const struct sc_effect_limit *limit);
void sc_change_effect_settle(struct sc_change *change, const char *tool, const char *key,
        enum sc_effect_state state, const char *result, int64_t at_ms);

void sc_change_state_put(struct sc_change *change, const char *agent, const char *key,
        const char *value, int64_t at_ms); /* value NULL: delete */
void sc_change_cache_put(struct sc_change *change, const char *key, const char *value,
        int64_t at_ms, int64_t expires_ms);
void sc_change_cost_add(struct sc_change *change, const char *task_id, const char *agent,
        const char *model, const char *usage, int64_t cost_micro, int64_t at_ms);

enum sc_claim_kind { SC_CLAIM_OK, SC_CLAIM_EARLIER, SC_CLAIM_LIMIT };
struct sc_claim {
    enum sc_claim_kind kind;
    enum sc_effect_state state; /* of the earlier one */
    const char *result;         /* of the earlier one, JSON text, or NULL */
    const char *task_id;        /* that did it */
};

/* Takes change. claims: one per effect_intend, in order, valid inside done. */
struct sc_op *sc_store_apply_start(struct sc_scope *scope, struct sc_store *store,
        struct sc_change *take_change, sc_op_done_fn *done, void *arg);
const struct sc_claim *sc_store_claims(struct sc_op *op, size_t *ret_count);

/* --- reads: answered on the calling thread from a read connection, each in well under a
 * millisecond; rows are handed to a callback and valid during it. --- */

typedef void sc_task_row_fn(void *arg, const struct sc_task_row *row);
typedef void sc_journal_row_fn(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body);
typedef void sc_effect_row_fn(void *arg, const struct sc_effect_row *row);

/* id may be a unique beginning. SC_NOT_FOUND, SC_CONFLICT (several begin so). */
enum sc_code sc_store_task_get(struct sc_store *store, const char *id, sc_task_row_fn *fn,
        void *arg, struct sc_error *err);
struct sc_task_filter {
    const char *state; /* word or NULL */
    const char *agent; /* or NULL */
    bool unfinished;   /* only planning, running, waiting */
    int64_t limit;     /* newest first */
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
enum sc_code sc_store_once_get(struct sc_store *store, const char *agent,
        const char *tool, const char *once, sc_effect_row_fn *fn, void *arg,
        struct sc_error *err);

/* Text of a kept value on the heap, or NULL with SC_NOT_FOUND. */
char *sc_store_state_get(
        struct sc_store *store, const char *agent, const char *key, struct sc_error *err);
char *sc_store_cache_get(struct sc_store *store, const char *key, int64_t now_ms,
        bool stale_too, int64_t *ret_at_ms, struct sc_error *err);

/* Integrity check of the file and of the invariants; sentences of what is wrong, empty
 * array when all is well. */
struct sc_json *sc_store_verify(struct sc_store *store, struct sc_error *err);
