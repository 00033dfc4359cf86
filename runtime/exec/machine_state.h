/* exec/machine_state.h - what a machine holds; for the machine*.c files only.
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
#include "exec/machine.h"

enum element_state {
    EL_NEW,
    EL_INTENT,   /* its intent is journaled; the claim is not known */
    EL_GRANTED,  /* the claim is ours: call */
    EL_CALLING,  /* volatile */
    EL_BACKOFF,  /* until due_ms, then EL_NEW or EL_GRANTED */
    EL_SLEEPING, /* a `wait`, until due_ms, then done */
    EL_ASKING,   /* an `ask` waits for a person */
    EL_DONE,     /* from here on: ended */
    EL_FAILED,
    EL_SKIPPED,
    EL_UNKNOWN /* in doubt */
};

struct element {
    enum element_state state;
    bool intent;   /* an intent is open: a second try keeps it */
    bool claiming; /* volatile: its intent is on its way to the store */
    bool asked;    /* volatile: its question was handed out */
    bool maybe;    /* the last try may have had its effect */
    bool due;      /* a sleeper whose time has come */
    int attempts;
    int64_t due_ms;
    const struct sc_json *row;   /* in step->rows: its names */
    const struct sc_json *given; /* in step->values: {args, once, limit} */
    struct sc_json *value;       /* result; question while EL_ASKING */
    struct sc_json *error;       /* also of the try before */
    const char *why;             /* skipped: "where" "limit" "denied"; static */
};

enum { SC_MACHINE_ELEMENTS = 1000000, SC_MACHINE_REPLANS = 3 };

/* Which element of which step, and when. */
struct sc_event_at {
    size_t step, element;
    int64_t at_ms;
};

enum step_phase {
    PHASE_WAITING,  /* for other steps */
    PHASE_LOOKING,  /* gates, `when`, the list of `each` */
    PHASE_ROWS,     /* `where`, `once`, arguments */
    PHASE_PREPARED, /* arguments are known; perhaps an approval */
    PHASE_RUNNING,
    PHASE_DONE, /* from here on: ended */
    PHASE_FAILED,
    PHASE_LEFT_OUT,
    PHASE_IN_DOUBT
};

enum approval { APPROVAL_NONE, APPROVAL_ASKED, APPROVAL_GIVEN };

struct edge {
    size_t to, next; /* next: index + 1; 0: none */
};

struct run_step {
    enum step_phase phase;
    enum approval approval;
    bool touched;     /* the journal has something of it: a replan may not change it */
    bool gate_passed; /* a person let it through */
    bool gate_asked;
    struct sc_json *gate_what; /* what the gate asks */
    size_t asking;             /* elements that wait for a person */
    bool queued;               /* volatile: in machine->queue */
    bool flying;               /* volatile: an evaluation is under way */
    bool asked;                /* volatile: its question was handed out */
    bool evaluated_again;      /* volatile: a worker died, this is the second try */
    bool simulated;            /* dry run: it has no real result */
    size_t waits;              /* dependencies that have not ended */
    size_t edges;              /* of steps that wait for this one; index + 1 */
    size_t cursor;             /* the next element that was never looked at */
    size_t open;               /* elements that have not ended */
    size_t count, cap;
    struct element *elements;
    size_t *again; /* elements to look at again */
    size_t again_count, again_cap;
    struct sc_json *rows, *values;
    struct sc_json *error;        /* why it failed: {code, message} */
    char *why;                    /* left out */
    char args_hash[SC_HASH_TEXT]; /* of what a person approves */
    char *approver;
    int64_t started_ms, ended_ms;
};

struct turn {
    struct sc_model_reply *reply;
    struct sc_json *answers; /* messages, or NULL */
    struct sc_json *refused; /* loop: calls that could not become steps */
    size_t first_step;       /* loop: its steps are [first_step, +step_count) */
    size_t step_count;
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

    struct turn *turns;
    size_t turn_count, turn_cap;
    int repairs, looks, replans, model_attempts;
    int64_t model_due_ms;
    struct sc_model_usage usage;
    size_t replan_for; /* the step that failed and wants a new plan, or SC_NO_STEP */

    bool stopping, cancelled, over_budget;
    bool in_doubt;
    size_t open_intents;
    struct sc_json *stop_error;
    enum sc_task_state end_state;
    char *answer;
    struct sc_json *checks;
    struct sc_json *missing; /* of a `cannot` */

    /* volatile */
    size_t *queue; /* ring of steps that have something to do */
    size_t queue_head, queue_count, queue_cap;
    size_t flying;    /* commands under way */
    size_t questions; /* handed out to somebody who is there */
    bool unchecked;   /* the given plan was not yet held against the tools */
    bool model_flying, calls_stopped;
    bool finishing_again;
    bool finishing;     /* an evaluation of show, checks or answer is under way */
    size_t checks_done; /* how many are decided */
    struct sc_json *checked;
    char *broken; /* what is wrong with check broken_check; or NULL */
    size_t broken_check;
    char *answer_broken;
    struct sleeper *sleepers;
    size_t sleeper_count, sleeper_cap;
    int64_t wake_ms;
    struct sleeper *deferred; /* wait for another element with the same `once` */
    size_t deferred_count, deferred_cap;
    struct sc_map once_held; /* tool and once of elements under way: step index + 1 */
};

static inline bool element_ended(const struct element *e)
{
    return e->state >= EL_DONE;
}

static inline bool step_ended(const struct run_step *step)
{
    return step->phase >= PHASE_DONE;
}

/* machine.c */
void machine_note(struct sc_command *ret, enum sc_event_kind kind, struct sc_json *body);
void machine_stop_note(
        struct sc_command *ret, const char *step_id, struct sc_json *error);
void machine_queue(struct sc_machine *m, size_t step);
struct sc_json *machine_error(const struct sc_error *err);
void machine_error_from(const struct sc_json *json, struct sc_error *ret_err);

/* machine_plan.c: the plan taken in, its edges, steps that end */
void machine_take_plan(struct sc_machine *m, struct sc_plan *take_plan);
void machine_drop_plan(struct sc_machine *m);
enum sc_code machine_append(
        struct sc_machine *m, const struct sc_json *steps, struct sc_error *err);
struct sc_json *machine_merged(const struct sc_machine *m, const struct sc_plan *plan);
void machine_step_end(
        struct sc_machine *m, size_t step, enum step_phase to, int64_t at_ms);
void machine_stop_steps(struct sc_machine *m);
void machine_start_finally(struct sc_machine *m);
bool machine_next_check_plan(struct sc_machine *m, struct sc_command *ret);
void machine_apply_left_out(
        struct sc_machine *m, size_t step, int64_t at_ms, struct sc_json *body);

/* machine_turns.c: the model's turns */
bool machine_next_turn(struct sc_machine *m, int64_t now_ms, struct sc_command *ret);
enum sc_code machine_apply_turn(
        struct sc_machine *m, struct sc_json *body, struct sc_error *err);
void machine_apply_shown(struct sc_machine *m, struct sc_json *body);
void machine_turns_release(struct sc_machine *m);
struct sc_json *machine_shown_messages(
        struct sc_machine *m, const struct sc_json *shapes);

/* machine_prepare.c: from templates to arguments */
bool machine_next_prepare(struct sc_machine *m, size_t step, struct sc_command *ret);
void machine_apply_prepared(
        struct sc_machine *m, size_t step, int64_t at_ms, struct sc_json *body);

/* machine_eval.c: requests to the evaluator, and those it need not see */
struct sc_json *machine_eval_request(struct sc_machine *m, size_t step);
void machine_eval_add(
        struct sc_json *request, const char *name, const struct sc_json *of);
void machine_eval_add_text(struct sc_json *request, const char *name, const char *of);
struct sc_json *machine_eval_here(struct sc_json *request);
bool machine_is_no(const struct sc_json *value); /* false or null, as in Lua */
const char *machine_step_word(const struct sc_machine *m, size_t step);
void machine_lend_back(struct sc_machine *m, struct sc_json *request, size_t step);

/* machine_steps.c: which element of a step comes next */
bool machine_next_step(struct sc_machine *m, size_t step, struct sc_command *ret);
struct element *machine_element(struct sc_machine *m, size_t step, size_t element);
void machine_again(struct sc_machine *m, size_t step, size_t element);
void machine_wake(struct sc_machine *m, int64_t now_ms);
void machine_sleep(struct sc_machine *m, size_t step, size_t element, int64_t due_ms);
struct sc_tool *machine_tool(const struct sc_machine *m, size_t step);
enum sc_effect machine_effect(const struct sc_machine *m, size_t step);
void machine_once_release(struct sc_machine *m, size_t step, const struct element *e);
struct sc_json *machine_question(const struct sc_machine *m, size_t step);

/* machine_outcome.c: what a call, a claim or an answer meant */
void machine_apply_element(struct sc_machine *m, enum sc_event_kind kind,
        const struct sc_event_at *at, struct sc_json *body);
void machine_apply_answered(struct sc_machine *m, size_t step, size_t element,
        int64_t at_ms, struct sc_json *body);
void machine_step_settle(struct sc_machine *m, size_t step, int64_t at_ms);
void machine_element_failed(
        struct sc_machine *m, size_t step, struct element *e, int64_t at_ms);
void machine_unintend(struct sc_machine *m, struct element *e);
void machine_result_note(
        struct sc_machine *m, size_t step, size_t element, struct sc_command *ret);
void machine_error_note(struct sc_machine *m, size_t step, size_t element,
        const struct sc_error *err, struct sc_command *ret);

/* machine_result.c: the result of a step from those of its elements */
struct sc_json *machine_step_result(struct sc_machine *m, size_t step);

/* machine_finish.c: what a `look` shows, checks and the answer */
bool machine_next_show(struct sc_machine *m, struct sc_command *ret);
bool machine_next_finish(struct sc_machine *m, struct sc_command *ret);
bool machine_finish_evaluated(struct sc_machine *m, struct sc_json *take_answer,
        const struct sc_error *why, struct sc_command *ret);
