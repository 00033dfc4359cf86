/* plan/plan.h - a graph of steps that answers a task: data, not code.
 *
 * Purpose:   the plan format of docs/plan-format.md as C structs, with its references
 *            parsed and its edges known.
 * Contract:  a plan read here is well-formed (fields, ids, syntax of expressions);
 *            whether it makes sense against tools is plan/check.h's business. Steps may
 *            be appended later (the loop strategy, a replan), never removed.
 * Ownership: the plan owns everything in it, the JSON it was read from included.
 * Thread:    loop.
 * Errors:    a list of sentences, each naming the step and the field, so that a model
 *            or a person can mend all at once.
 */
#pragma once

#include "base/map.h"
#include "codec/json.h"
#include "tool/registry.h"

enum sc_on_error { SC_ON_ERROR_STOP, SC_ON_ERROR_SKIP, SC_ON_ERROR_REPLAN };

struct sc_limit {
    int64_t n;
    const char *per; /* "hour" "day" "week" "month" */
    const char *key;
};

struct sc_step {
    const struct sc_json *json; /* as read */
    const char *id, *tool;
    const struct sc_json *args; /* template; NULL: {} */
    const struct sc_json *each; /* template, or object of two or more lists; or NULL */
    const char *as;             /* "item" unless named */
    const struct sc_json *where, *when, *once; /* templates or NULL */
    struct sc_limit limit;                     /* n < 0: none */
    const char *collect;                       /* or NULL */
    const struct sc_json *expect;              /* or NULL */
    const char *approves; /* ask: the step whose approval the ticks are */
    enum sc_on_error on_error;
    bool finally;
    const size_t *deps; /* indexes of steps it waits for: free names and `after` */
    size_t dep_count;
    const char *const *names; /* free names of its expressions that are not step ids */
    size_t name_count;
    /* Dependencies read inside default(…): a step left out does not leave this out. */
    const bool *dep_optional;
};

struct sc_gate {
    size_t before; /* step index */
    const struct sc_json *require;
    const char *say;
    bool ask; /* else: stop */
    const size_t *deps;
    size_t dep_count;
};

struct sc_plan_check {
    const struct sc_json *that;
    const char *say;
};

/* FIND asks for further tools, by words; nothing runs. */
enum sc_plan_kind { SC_PLAN_STEPS, SC_PLAN_LOOK, SC_PLAN_FIND, SC_PLAN_CANNOT };

struct sc_plan {
    enum sc_plan_kind kind;
    const struct sc_json *json; /* all of it, as read */
    const char *goal, *answer, *cannot, *why;
    const struct sc_json *assume, *missing, *show, *schedule, *budget, *find;
    struct sc_step *steps;
    size_t step_count;
    struct sc_gate *gates;
    size_t gate_count;
    struct sc_plan_check *checks;
    size_t check_count;
    const struct sc_map *index_of; /* step id -> size_t */
};

/* Reads a plan. On failure returns NULL, and *ret_errors (if not NULL) is an array of
 * sentences; *err has the first. */
struct sc_plan *sc_plan_read(
        const struct sc_json *json, struct sc_json **ret_errors, struct sc_error *err);
void sc_plan_free(struct sc_plan *plan);

/* Index of a step by id, or SC_NO_STEP. */
#define SC_NO_STEP ((size_t)-1)
size_t sc_plan_find(const struct sc_plan *plan, const char *id);

/* Adds steps (an array in plan form) that may refer to those before them. */
enum sc_code sc_plan_append(struct sc_plan *plan, const struct sc_json *steps,
        struct sc_json **ret_errors, struct sc_error *err);

struct sc_plan_scope {
    const struct sc_registry *registry;
    const struct sc_json
            *tools; /* what the agent may use: names and patterns; NULL: all */
    /* the task's inputs with their values, null where that is not known; NULL: any */
    const struct sc_json *inputs;
};

/* The static check: known tools, cycles, arguments (literals fully, references by
 * declared result type), fields and enum words, names, limits on size. All errors in
 * one list. True when there are none. */
bool sc_plan_valid(const struct sc_plan *plan, const struct sc_plan_scope *scope,
        struct sc_json **ret_errors);

/* The plan as sentences, one a step, with effects and approvals to come; inputs: the
 * task's, to show what they stand for, or NULL; language "en" "zh" "ja". Text lines in an
 * array. */
struct sc_json *sc_plan_sentences(const struct sc_plan *plan,
        const struct sc_registry *registry, const struct sc_json *inputs,
        const char *language);

/* A text for the reader with what inputs are in place of "{{inputs.NAME}}"; files by
 * their name. The caller's. */
char *sc_plan_fill(const char *text, const struct sc_json *inputs);

/* Can this template be resolved without an evaluator: literals, and strings that are
 * one plain reference (`=a.b[1].c`)? */
bool sc_template_is_plain(const struct sc_json *template_json);

/* Resolves a plain template against names. NULL with SC_INVALID when a field is missing
 * (the sentence names it). */
struct sc_json *sc_template_resolve(const struct sc_json *template_json,
        const struct sc_json *names, struct sc_error *err);
