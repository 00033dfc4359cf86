/* exec/machine.h - one task as a pure machine: what happened, and what to do now.
 *
 * Purpose:   every decision about a task. State is the fold of its journal over its
 *            spec; nothing here reads a clock, a file or a socket.
 * Contract:  sc_machine_apply folds one event. sc_machine_next says the next thing to
 *            do, one at a time, until it answers false; what it handed out counts as
 *            under way until its outcome comes back through one of the functions below,
 *            which turn outcomes into events (a NOTE to journal and apply).
 *            A machine folded from a prefix of a journal goes on from there: what was
 *            under way is handed out again, an open intent as RECOVER.
 * Ownership: the machine owns its state; a command's body is freed or returned by
 *            sc_command_release.
 * Thread:    loop.
 */
#pragma once
#include "exec/event.h"
#include "model/model.h"
#include "plan/planner.h"
#include "store/store.h"
#include "tool/registry.h"

enum sc_command_kind {
    SC_COMMAND_NOTE,     /* journal (event, body), then apply it */
    SC_COMMAND_MODEL,    /* ask the model: sc_machine_request */
    SC_COMMAND_EVALUATE, /* body is a request of plan/evaluate.h */
    SC_COMMAND_INTEND,   /* sc_machine_intent; a NOTE of it rides in the same change */
    SC_COMMAND_RECOVER,  /* an intent from before: what does the store know? */
    SC_COMMAND_CALL,
    SC_COMMAND_EARLY, /* and STOP_EARLY: see machine_early.h */
    SC_COMMAND_STOP_EARLY,
    SC_COMMAND_PREVIEW,   /* let the tool say what its call would do */
    SC_COMMAND_QUESTION,  /* body is the question */
    SC_COMMAND_STOP_CALLS /* cancel running calls of none and read */
};

#define SC_NO_ELEMENT ((size_t)-1)

struct sc_command {
    enum sc_command_kind kind;
    enum sc_event_kind event;
    size_t step, element; /* element 0 also where there is no each */
    struct sc_json *body;
    bool approval; /* QUESTION: of an effect */
    bool settles;  /* NOTE: the intent of step and element comes to this end */
    enum sc_effect_state settle;
};

struct sc_machine;

#define SC_BUDGET_STEP "$budget" /* asks for a budget; no step has such an id */

struct sc_machine_options {
    const struct sc_registry *registry;
    const char *task_id;
    int parallel;
    bool has_model;
};

/* take_spec: see exec/spec.h. Never NULL: a bad plan in the spec is a task that stops. */
struct sc_machine *sc_machine_new(
        const struct sc_machine_options *options, struct sc_json *take_spec);
void sc_machine_free(struct sc_machine *machine);

/* SC_INVALID: the journal says something impossible. */
enum sc_code sc_machine_apply(struct sc_machine *machine, enum sc_event_kind kind,
        int64_t at_ms, struct sc_json *take_body, struct sc_error *err);

bool sc_machine_next(
        struct sc_machine *machine, int64_t now_ms, struct sc_command *ret_command);
void sc_command_release(struct sc_machine *machine, struct sc_command *command);

/* --- outcomes. Each fills a NOTE and returns true, or returns false when there is
 * nothing to journal. chance is a random number. --- */
bool sc_machine_replied(struct sc_machine *machine, const struct sc_model_reply *reply,
        struct sc_command *ret_note);
bool sc_machine_model_failed(struct sc_machine *machine, const struct sc_error *why,
        uint64_t chance, struct sc_command *ret_note);
/* What a budget says (exec/budget.h); what requests of tools did cost. */
void sc_machine_noted(struct sc_json *take_note, struct sc_command *ret_note);
void sc_machine_spent(const struct sc_model_usage *usage, struct sc_command *ret_note);
/* answer is taken when not NULL; why otherwise. */
bool sc_machine_evaluated(struct sc_machine *machine, size_t step,
        struct sc_json *take_answer, const struct sc_error *why,
        struct sc_command *ret_note);
/* done() asked about what had happened: the next request tells. step: or SC_NO_STEP. */
void sc_machine_known(
        struct sc_machine *machine, size_t step, struct sc_json *take_pairs);
int sc_machine_known_rounds(const struct sc_machine *machine, size_t step);
bool sc_machine_claimed(struct sc_machine *machine, const struct sc_command *intend,
        const struct sc_claim *claim, struct sc_command *ret_note);
/* row NULL: the store has none. */
bool sc_machine_recovered(struct sc_machine *machine, const struct sc_command *recover,
        const struct sc_effect_row *row, struct sc_command *ret_note);

struct sc_called {
    const struct sc_tool *tool;      /* that was called */
    struct sc_tool_outcome *outcome; /* value is taken */
    const struct sc_error *err;
    int64_t took_ms, now_ms;
    uint64_t chance;
};
bool sc_machine_called(struct sc_machine *machine, size_t step, size_t element,
        struct sc_called *called, struct sc_command *ret_note);
/* text NULL: the tool said nothing, its summary has to do. */
bool sc_machine_previewed(struct sc_machine *machine, size_t step, size_t element,
        const char *text, struct sc_command *ret_note);
/* false also when nothing waits for this answer. by: "terminal". */
bool sc_machine_answered(struct sc_machine *machine, const char *step_id,
        const struct sc_json *answer, const char *by, struct sc_command *ret_note);
bool sc_machine_cancelled(struct sc_machine *machine, struct sc_command *ret_note);
/* Nobody is there to answer the question just handed out. */
void sc_machine_unasked(struct sc_machine *machine, const struct sc_command *question);

/* --- what a command is about --- */

const char *sc_machine_step_id(const struct sc_machine *machine, size_t step);

struct sc_call_view {
    struct sc_tool *tool; /* NULL: gone */
    const char *tool_name, *step_id;
    const struct sc_json *args;
    char key[SC_HASH_TEXT]; /* "" for none and read */
    char args_hash[SC_HASH_TEXT];
    int64_t element; /* -1: no each */
    bool hearsay;    /* its arguments may hold what others wrote */
    const char *once, *approver;
    struct sc_effect_limit limit; /* key NULL: none */
    const char *limit_per;
};
void sc_machine_call(const struct sc_machine *machine, size_t step, size_t element,
        struct sc_call_view *ret_view);
/* They belong to the machine, until the next request. */
void sc_machine_request(struct sc_machine *machine, const struct sc_json **ret_messages,
        const struct sc_json **ret_tools);
/* The tool through which the answer must come, or NULL: the model chooses. */
const char *sc_machine_forced_tool(const struct sc_machine *machine);

/* --- looking --- */

enum sc_task_state sc_machine_state(const struct sc_machine *machine);
bool sc_machine_ended(const struct sc_machine *machine);
bool sc_machine_busy(const struct sc_machine *machine);       /* something is under way */
bool sc_machine_asks_model(const struct sc_machine *machine); /* its turn comes next */
int64_t sc_machine_wake_ms(const struct sc_machine *machine); /* 0: no timer */
int64_t sc_machine_cost_micro(const struct sc_machine *machine);
/* The keys of the budgets whose last tenth it may use, or NULL. */
const struct sc_json *sc_machine_allowed(const struct sc_machine *machine);
const struct sc_json *sc_machine_spec(const struct sc_machine *machine);
const char *sc_machine_answer_text(const struct sc_machine *machine);
struct sc_json *sc_machine_report(const struct sc_machine *machine, bool brief);
