/* exec/budget.h - what models may cost, counted before a request is sent.
 *
 * Purpose:   a struct sc_model around another one, through which every request of a task
 *            goes, a planning turn as well as a tool's: its worst case is reserved from
 *            all budgets that apply, and settled to what it did cost.
 * Contract:  budgets are those of the task, and of a day or month of one agent or of all.
 *            With one of the latter a request starts only when its reservation is
 *            durable, and what was not settled when the process ended stays counted:
 *            it may have been paid. Without one nothing waits for the disk.
 *            A request that does not fit while others are under way waits for them;
 *            alone it is tried with shorter answers, then refused (SC_BUDGET). At 75 %
 *            of a budget there is a note, at 90 % the request is refused until the
 *            person allows it; a note tells which.
 *            A failure that surely cost nothing is given back, any other costs the
 *            worst case.
 * Ownership: the model, store and clock outlive it; texts are copied.
 * Thread:    loop.
 * Errors:    as model/model.h; SC_BUDGET with a note is a refusal of ours.
 */
#pragma once

#include "base/clock.h"
#include "exec/budget_text.h"
#include "model/model.h"
#include "store/store.h"

struct sc_budgets;

struct sc_budgets_parts {
    struct sc_loop *loop;
    struct sc_model *model;    /* that is asked, or NULL */
    struct sc_model *embedder; /* for vectors of texts, or NULL */
    struct sc_store *store;
    struct sc_clock *clock;
    const char *zone;             /* of days and months; NULL: UTC */
    struct sc_budget_money money; /* how sums are told; zeroed: in dollars */
};

struct sc_budgets *sc_budgets_new(const struct sc_budgets_parts *parts);

/* After the last request is done: writes what is to be settled, frees, then calls
 * on_closed (which may be NULL). */
void sc_budgets_close(
        struct sc_budgets *budgets, void (*on_closed)(void *arg), void *arg);

/* Around the one and the other; NULL: there is none. */
struct sc_model *sc_budgets_model(struct sc_budgets *budgets);
struct sc_model *sc_budgets_embedder(struct sc_budgets *budgets);

/* Micro-dollars; -1: no such budget. agent NULL: of all together. */
void sc_budgets_limit(struct sc_budgets *budgets, const char *agent, int64_t day_micro,
        int64_t month_micro);

/* A task runs here from now on, until it is forgotten. allowed: the keys of the budgets
 * whose last tenth it may use, an array, or NULL. */
void sc_budgets_begin(struct sc_budgets *budgets, const struct sc_model_account *account,
        const char *language, const struct sc_json *allowed);
void sc_budgets_allow(struct sc_budgets *budgets, const char *task_id, const char *key);
void sc_budgets_forget(struct sc_budgets *budgets, const char *task_id);

/* The next thing to journal about the task, the caller's to free; NULL: nothing.
 * {kind: "warned" | "paused" | "refused", key, text}. */
struct sc_json *sc_budgets_take_note(struct sc_budgets *budgets, const char *task_id);

/* What requests of the task have cost that nobody took with sc_budgets_take_cost. false:
 * nothing. */
bool sc_budgets_take_usage(struct sc_budgets *budgets, const char *task_id,
        struct sc_model_usage *ret_usage);

/* Inside the done of a request: what it did cost, no longer part of the above. Its row
 * goes into change unless it was written already; a row that nobody takes is written. */
void sc_budgets_take_cost(
        struct sc_op *op, struct sc_change *change, struct sc_model_usage *ret_usage);
