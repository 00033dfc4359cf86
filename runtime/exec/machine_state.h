/* exec/machine_state.h - what a machine holds; for the machine*.c files, and replay*.c,
 * only.
 *
 * Purpose:   share the structs between the files that each hold one concern: turns
 *            (the model), prepare (expressions to arguments), steps (which element
 *            next), outcome (what a call meant), finish (checks and answer), report.
 * Contract:  fields marked volatile say what is under way in this process; they are
 *            empty after a fold and never journaled.
 * Thread:    loop.
 */
#pragma once

#include "base/map.h"
#include "exec/machine_parts.h"
#include "exec/machine_step.h"

struct turn {
    struct sc_model_reply *reply;
    struct sc_json *answers; /* messages, or NULL */
    struct sc_json *told;    /* loop: what answers calls that are no steps */
    size_t first_step;       /* loop: its steps are [first_step, +step_count) */
    size_t step_count;
    size_t bytes; /* loop: of answers */
};

enum machine_phase {
    MACHINE_ASKING, /* the model's turn */
    MACHINE_STEPS,
    MACHINE_FINALLY, /* the steps that run whatever happened */
    MACHINE_CHECKING,
    MACHINE_ENDED
};

struct sleeper {
    size_t step, element;
};

struct sc_machine {
    const struct sc_registry *registry;
    char *task_id;
    int parallel;
    bool has_model;

    struct sc_json *spec;
    bool loop, yes, dry_run, plan_only;
    enum machine_phase phase;
    struct sc_plan *plan;
    bool looking; /* the plan is a `look` */
    struct run_step *steps;
    size_t step_count, step_cap;
    struct edge *edges;
    size_t edge_count, edge_cap;
    struct sc_json *names; /* inputs, env, results by step id */
    size_t open_steps;     /* not `finally`, not ended */
    size_t open_finally;

    struct sc_json *messages, *tools; /* volatile: of the last request */
    size_t told_turns;                /* volatile: how many are in messages */
    struct turn *turns;
    size_t turn_count, turn_cap;
    size_t cleared_turns; /* loop: so many are told with the handles of their results */
    int repairs, looks, finds, replans, model_attempts;
    int64_t model_due_ms, model_wait_ms;
    struct sc_model_usage usage;
    struct early *early; /* see machine_early.h */
    size_t replan_for;   /* the step that failed and wants a new plan, or SC_NO_STEP */
    bool splitting;      /* in smaller steps, as it has failed before */
    char *planned_anew,
            *split; /* ids of the last step for which that was done; or NULL */

    bool stopping, cancelled, over_budget;
    bool in_doubt;
    size_t open_intents;
    struct sc_json *stop_error;
    enum sc_task_state end_state;
    char *answer;
    struct sc_json *checks;
    struct sc_json *missing;            /* of a `cannot` */
    struct sc_json *allowed, *warnings; /* keys of budgets; bodies; NULL: none */
    struct sc_json *pause; /* nothing new begins until the person allows it; or NULL */

    /* volatile */
    size_t *queue; /* ring of steps that have something to do */
    size_t queue_head, queue_count, queue_cap;
    size_t flying;    /* commands under way */
    size_t questions; /* handed out to somebody who is there */
    bool pause_asked;
    bool unchecked; /* the given plan was not yet held against the tools */
    bool model_flying, calls_stopped;
    bool finishing_again;
    struct known known; /* of what is evaluated at the end */
    bool finishing;     /* an evaluation of show, checks or answer is under way */
    size_t checks_done; /* how many are decided */
    struct sc_json *checked;
    char *broken; /* what is wrong with check broken_check; or NULL */
    size_t broken_check;
    char *answer_broken;
    struct sleeper *sleepers;
    size_t sleeper_count, sleeper_cap;
    int64_t wake_ms;
    int64_t seen_ms;          /* the clock when it was last looked at */
    struct sleeper *deferred; /* wait for another element with the same `once` */
    size_t deferred_count, deferred_cap;
    struct sc_map once_held; /* tool and once of elements under way: their `given` */
};
