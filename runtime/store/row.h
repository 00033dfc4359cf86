/* store/row.h - what is kept of a task and of an effect.
 *
 * Purpose:   the rows that changes write and reads hand out.
 * Ownership: texts are borrowed: changes copy them, a read's are valid in its callback.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum sc_task_state {
    SC_TASK_PLANNING,
    SC_TASK_RUNNING,
    SC_TASK_WAITING, /* for a person (approval, question) or a time */
    SC_TASK_DONE,
    SC_TASK_UNPROVEN,
    SC_TASK_FAILED,
    SC_TASK_CANCELLED,
    SC_TASK_IN_DOUBT,
    SC_TASK_OVER_BUDGET,
    SC_TASK_PLANNED, /* done, and only a plan was asked for */
    SC_TASK_DRY_RUN, /* done, and nothing was to be changed */
    SC_TASK_STATES
};

/* "planning", "in_doubt", … as in the database, in JSON and in filters. */
const char *sc_task_state_word(enum sc_task_state state);
bool sc_task_state_of_word(const char *word, enum sc_task_state *ret_state);
/* Has a task come to its end in it? */
bool sc_task_state_ends(enum sc_task_state state);

struct sc_task_row {
    const char *id, *agent, *words;
    enum sc_task_state state;
    int64_t created_ms, ended_ms; /* 0 exactly when the state is not an end */
    const char *spec;             /* JSON: inputs, files, out dir, options */
    const char *answer;           /* or NULL */
    int64_t wake_ms;              /* waiting for a time; 0: not */
    int64_t cost_micro;
    const char *routine; /* or NULL */
    int64_t pruned_ms;   /* when its journal was dropped; 0: it is there */
};

enum sc_effect_state {
    SC_EFFECT_INTENT,
    SC_EFFECT_DONE,
    SC_EFFECT_FAILED, /* surely did not happen */
    SC_EFFECT_IN_DOUBT
};
const char *sc_effect_state_word(enum sc_effect_state state);
bool sc_effect_state_of_word(const char *word, enum sc_effect_state *ret_state);

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
    int64_t at_ms;      /* of the intent */
};

/* --- money; all sums are micro-units of the currency of model prices, USD --- */

struct sc_cost_row {
    const char *task_id, *agent, *model;
    int64_t cost_micro;
    bool cost_known;
    int64_t at_ms;
    int64_t requests, input_tokens, output_tokens;
    int64_t cached_tokens, written_tokens, reasoning_tokens;
};

/* What a request may cost, until it is known what it did cost. */
struct sc_reservation_row {
    const char *key; /* unique */
    const char *task_id, *agent, *model;
    int64_t micro, at_ms;
};

struct sc_spending_filter {
    const char *agent, *task_id; /* or NULL; not both */
    int64_t from_ms, to_ms;
};

struct sc_spending {
    int64_t cost_micro;     /* of what is settled */
    int64_t lost_micro;     /* of what a process that ended never settled: it may have
                               been paid */
    int64_t reserved_micro; /* of what is under way */
};

enum sc_spending_by {
    SC_SPENDING_IN_ALL,
    SC_SPENDING_BY_AGENT,
    SC_SPENDING_BY_MODEL,
    SC_SPENDING_BY_TASK
};

struct sc_spending_row {
    const char *name; /* of the agent, model or task; "" in all */
    int64_t requests, input_tokens, output_tokens, cost_micro;
    bool cost_known; /* of every one of them */
};
