/* store/change.h - what to write, as a list of parts that are applied all or none.
 *
 * Purpose:   collect the writes that belong together before they go to the writer.
 * Contract:  building cannot fail and touches no file; the order of parts is kept.
 *            What a part needs and does not find makes the whole change fail.
 * Ownership: parts copy what they are given. sc_store_apply_start takes the change.
 * Thread:    loop.
 * Errors:    told when applied. SC_CONFLICT: a task id or (task, seq) is used already, or
 *            an idempotency key with other arguments. SC_BUDGET: no room. SC_NOT_FOUND:
 * update of a task, settle of an effect that is not there.
 */
#pragma once

#include <stddef.h>

#include "store/row.h"

struct sc_change;

struct sc_change *sc_change_new(void);
void sc_change_free(struct sc_change *change);
bool sc_change_empty(const struct sc_change *change);

/* How long it is; and back to that: what was added since is forgotten. */
size_t sc_change_mark(const struct sc_change *change);
void sc_change_cut(struct sc_change *change, size_t mark);

void sc_change_task_create(struct sc_change *change, const struct sc_task_row *row);

/* How it goes with the task: state, ended_ms, answer, wake_ms and cost_micro of the row.
 * What was asked does not change. */
void sc_change_task_update(struct sc_change *change, const struct sc_task_row *row);

void sc_change_journal(struct sc_change *change, const char *task_id, int64_t seq,
        int64_t at_ms, const char *kind, const char *body);

/* Records the intent. With once: claims it; when an effect of that agent, tool and once
 * already exists (done, in doubt or intended) nothing is recorded and the claim says
 * what is there; the same for an effect with that tool and key and the same arguments. An
 * effect that failed surely did not happen: it is replaced. With a limit: counts one
 * against agent and limit key within [from_ms, to_ms), where failed effects do not
 * count; when the count is full nothing is recorded and the claim says so. All in the
 * transaction of the change, in which earlier parts are seen. */
struct sc_effect_limit {
    const char *key;
    int64_t n; /* negative: no limit, but counted for others */
    int64_t from_ms, to_ms;
};
void sc_change_effect_intend(struct sc_change *change, const struct sc_effect_row *row,
        const struct sc_effect_limit *limit);

/* What a model was asked, kept once by its hash. It stays while there is a task from
 * before used_ms: who goes on using it says so again within SC_PROMPT_USE_MS. */
enum { SC_PROMPT_USE_MS = 30 * 60 * 1000 };
void sc_change_prompt(
        struct sc_change *change, const char *hash, const char *body, int64_t used_ms);

/* result: JSON text; a done effect has one. What is done or failed stays so. */
void sc_change_effect_settle(struct sc_change *change, const char *tool, const char *key,
        enum sc_effect_state state, const char *result, int64_t at_ms);

void sc_change_state_put(struct sc_change *change, const char *agent, const char *key,
        const char *value, int64_t at_ms); /* value NULL: delete */
void sc_change_cache_put(struct sc_change *change, const char *key, const char *value,
        int64_t at_ms, int64_t expires_ms);

void sc_change_cost_add(struct sc_change *change, const struct sc_cost_row *row);

/* Fails the change with SC_BUDGET, detail being number, unless what has been spent and
 * reserved within [from_ms, to_ms), and more_micro on top, is at most most_micro. */
struct sc_room {
    const char *agent; /* or NULL: of all */
    int64_t from_ms, to_ms, most_micro, more_micro;
    int number;
};
void sc_change_room(struct sc_change *change, const struct sc_room *room);
void sc_change_reserve(struct sc_change *change, const struct sc_reservation_row *row);
void sc_change_unreserve(struct sc_change *change, const char *key);
/* Marks every reservation that is there: nobody lives who could settle it. */
void sc_change_lose_reservations(struct sc_change *change);

/* What became of an intent, or of a fact. */
enum sc_claim_kind {
    SC_CLAIM_OK,
    SC_CLAIM_EARLIER,
    SC_CLAIM_LIMIT,
    SC_CLAIM_CORRECTED /* of facts, see store/memory.h */
};
struct sc_claim {
    enum sc_claim_kind kind;
    enum sc_effect_state state; /* of the earlier one */
    const char *result;         /* of the earlier one, JSON text, or NULL; or an id */
    const char *task_id;        /* that did it */
};
