/* exec/exec.h - runs tasks: durable, parallel, each effect at most once.
 *
 * Purpose:   the shell around exec/machine.h: journals events, waits for commits where
 *            something must wait, and performs commands (plan, evaluate, call, ask).
 * Contract:  a task started here ends, or waits for a person or a time, or goes on after
 *            the next start of the process (sc_exec_resume). Tools and models are called
 *            only after what they depend on is durable, as docs/architecture.md says.
 * Ownership: exec borrows its parts; they outlive it. A run's op ends when the task has
 *            ended or waits; its report is valid inside done.
 * Thread:    loop.
 */
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "exec/budget.h"
#include "plan/evaluate.h"
#include "plan/planner.h"
#include "store/store.h"

struct sc_exec;

enum sc_strategy { SC_STRATEGY_PLAN, SC_STRATEGY_LOOP };

/* A question to the person: an approval of an effect, or an `ask`. */
struct sc_question {
    const char *task_id, *step_id;
    bool approval;
    const struct sc_json *what; /* approval: {tool, effect, preview, args, elements};
                                   ask: {question, choices?, rows?, multi?} */
};

/* Something that happened to a task, as it goes into its journal (exec/event.h). */
struct sc_exec_event {
    const char *task_id;
    const char *kind; /* a word of the journal; "text": a piece of the model's answer;
                         "begun": a {step, tool} before its plan is there */
    const struct sc_json *body; /* of that event; NULL with text */
    const char *text;
    size_t len;
};

struct sc_exec_parts {
    struct sc_loop *loop;
    struct sc_store *store;
    struct sc_registry *registry;
    struct sc_evaluator *evaluator;
    struct sc_budgets *budgets; /* through which models are asked; NULL: none is there */
    struct sc_clock *clock;
    struct sc_log *log;
    int parallel; /* steps and elements at once per task; 0: 8 */

    /* A wait (a `wait` step, a backoff) up to this long stays in the process; a longer
     * one parks the task: its row has wake_ms. 0: 10 seconds. */
    int64_t patience_ms;
    int64_t model_patience_ms; /* the same for a model to be asked again. 0: 60 seconds */

    /* Live progress; may be NULL. The event is valid during the call. */
    void (*on_event)(void *arg, const struct sc_exec_event *event);
    /* Asks the person now; answered later by sc_exec_answer. NULL or false: nobody is
     * there, the task waits. */
    bool (*on_question)(void *arg, const struct sc_question *question);
    void *arg;
};

struct sc_task_spec {
    const char *words;
    const char *agent;
    const char *language;        /* of words and answer */
    const char *instructions;    /* of the agent */
    const struct sc_json *tools; /* patterns the agent may use, or NULL */
    const struct sc_json *env;
    const struct sc_json *inputs; /* object */
    const struct sc_json *files;  /* array of paths */
    const struct sc_json *shapes; /* of the files, for the planner */
    const struct sc_json *memory; /* what is known of it, for the planner: items with an
                                     id; or NULL */
    const char *out_dir;
    const struct sc_json *origin; /* who asked, from where, how it was routed, versions:
                                     kept for a reader; or NULL */
    const char *routine;          /* name, when the plan comes from one */
    const struct sc_json *plan;   /* given: no model plans */
    enum sc_strategy strategy;
    bool yes; /* approves writes (not spends) beforehand */
    bool dry_run;
    bool plan_only; /* ends as done once the plan is valid; nothing runs but the reads of
                       a `look`, which the planner may need */
    int64_t budget_micro; /* -1: none */
    const char *budget_currency;
};

struct sc_exec *sc_exec_new(const struct sc_exec_parts *parts);
void sc_exec_free(struct sc_exec *exec); /* after its last op is done */

/* Creates the task (durably) and runs it. */
struct sc_op *sc_exec_run_start(struct sc_scope *scope, struct sc_exec *exec,
        const struct sc_task_spec *spec, sc_op_done_fn *done, void *arg);

/* Goes on with a task from its journal. */
struct sc_op *sc_exec_resume_start(struct sc_scope *scope, struct sc_exec *exec,
        const char *task_id, sc_op_done_fn *done, void *arg);

/* The report of a run, valid in done, also after a failure: the object that `--json`
 * prints: id state answer plan steps files usage checks. */
const struct sc_json *sc_exec_report(struct sc_op *op);
/* Of that id, state, answer and error alone; the caller's to free. */
struct sc_json *sc_exec_brief(struct sc_op *op);

/* A person's answer to a question; approval: {"approve": true|false} or, of an `each`,
 * {"approve": [index from 0, …]}; ask: the choice. false: the task does not run here
 * (resume it first), or does not ask this. */
bool sc_exec_answer(struct sc_exec *exec, const char *task_id, const char *step_id,
        const struct sc_json *answer);

/* Durable cancel: running reads are cancelled, a running effect is waited for, `finally`
 * steps run, then the task ends as cancelled. false: the task does not run here; start
 * sc_exec_resume_start and cancel at once (a run is known from its start on). */
bool sc_exec_cancel(struct sc_exec *exec, const char *task_id);

/* After the store was pruned: prompts that it had may be gone. */
void sc_exec_forget_prompts(struct sc_exec *exec);

/* The report of a task that does not run here, from its journal. */
struct sc_json *sc_exec_report_of(
        struct sc_store *store, const char *task_id, struct sc_error *err);
