/* plan/planner.h - from a task in words to a plan, through a model.
 *
 * Purpose:   the pure half of planning: what to ask the model, and what its answer
 *            means. exec performs the request, journals the reply, and calls back here.
 * Contract:  pure: the same input gives the same bytes. The prefix (rules, format,
 *            tools) depends on tools and agent only, so that a provider can cache it; the
 *            messages of a request begin with those of the request a turn before.
 * Ownership: what is returned is the caller's.
 * Thread:    any.
 */
#pragma once

#include "model/model.h"
#include "plan/plan.h"

struct sc_planner_task {
    const char *words;            /* the task */
    const char *language;         /* of the answer: "en" "zh" "ja" … */
    const char *instructions;     /* of the agent, or NULL */
    const struct sc_json *env;    /* now, zone, … */
    const struct sc_json *inputs; /* declared inputs and their values */
    const struct sc_json *shapes; /* input files by shape: columns, types, three rows */
    const struct sc_json *memory; /* what is known: items with a label; or NULL */
    const struct sc_registry *registry;
    const struct sc_json *tools; /* patterns the agent may use */
    const struct sc_json
            *results; /* loop: what there is to hand on, by handle; or NULL */
};

/* One exchange that has happened: the reply, and what was said to it. */
struct sc_planner_turn {
    const struct sc_json *native;  /* the assistant's message */
    const struct sc_json *answers; /* messages that answer it (tool results, errors) */
};

/* Messages, and the tool through which the plan comes; the caller frees both. All tools
 * are shown while they are few; else those that the agent names, in the prefix, and those
 * that fit the words best, behind it. */
void sc_planner_request(const struct sc_planner_task *task,
        const struct sc_planner_turn *turns, size_t turn_count,
        struct sc_json **ret_messages, struct sc_json **ret_tools);

/* The plan in a reply: a call of the tool `plan`, or JSON in the text (also in a fence,
 * or after prose). On failure NULL and the list of what is wrong. */
struct sc_plan *sc_planner_read(const struct sc_model_reply *reply,
        const struct sc_plan_scope *scope, struct sc_json **ret_errors);

/* The messages that answer a reply with errors (repair), with looked-at shapes, with the
 * tools found for its words, or with a failed step (replan: the done steps in short, the
 * error). */
struct sc_json *sc_planner_repair(
        const struct sc_model_reply *reply, const struct sc_json *errors);
struct sc_json *sc_planner_show(
        const struct sc_model_reply *reply, const struct sc_json *shapes);
struct sc_json *sc_planner_found(const struct sc_model_reply *reply,
        const struct sc_planner_task *task, const struct sc_json *finds);
struct sc_json *sc_planner_failed(const struct sc_model_reply *reply,
        const struct sc_json *done_steps, const char *step_id,
        const struct sc_error *why);

/* When the same step has failed again after that: it is to be split. */
struct sc_json *sc_planner_split(const struct sc_model_reply *reply,
        const struct sc_json *done_steps, const char *step_id,
        const struct sc_error *why);

/* The answer to that, as a whole plan: its steps stand in plan (JSON) where the step
 * was. One that repeats other steps of the plan is a whole plan already. */
struct sc_plan *sc_planner_read_split(const struct sc_model_reply *reply,
        const struct sc_json *plan, const char *step_id,
        const struct sc_plan_scope *scope, struct sc_json **ret_errors);

/* Loop strategy: the model calls tools itself. Names are written `table__read` on the
 * wire (no dots there). With many tools those that the agent names and those that fit the
 * words are offered, and tool__find and tool__call reach the others; result__look shows
 * more of a result. */
void sc_loop_request(const struct sc_planner_task *task,
        const struct sc_planner_turn *turns, size_t turn_count,
        struct sc_json **ret_messages, struct sc_json **ret_tools);

/* The calls of a reply as steps in plan form (ids t<turn>_<n>), or NULL when there are
 * none. What is answered without a step is an entry of *ret_told: {id, found} of
 * tool__find, {id, message} of a call that cannot be made (unknown tool or result,
 * arguments that are not JSON); never a crash. A look is neither: it is answered from the
 * results. */
struct sc_json *sc_loop_steps(const struct sc_model_reply *reply, size_t turn,
        const struct sc_planner_task *task, struct sc_json **ret_told);
bool sc_loop_is_look(const struct sc_model_call *call);

/* What came of a call. handle: under which result__look finds it, or NULL; value NULL:
 * the call was not made; is_look: it was asked for as it is. */
struct sc_loop_result {
    const char *handle;
    const struct sc_json *value;
    bool is_look;
};

/* The tool messages for the results of a reply's calls, in their order. A long one with a
 * handle is shown by its shape; of the others what is too long is cut, with a note. */
struct sc_json *sc_loop_answers(
        const struct sc_model_reply *reply, const struct sc_loop_result *results);

/* The same messages with nothing but the handle in place of each long one that has one.
 */
struct sc_json *sc_loop_cleared(
        const struct sc_json *answers, const struct sc_loop_result *results);

/* What result__look answers: {what, of, from, items|text|value} or {error}. results has
 * them by name. */
struct sc_json *sc_loop_look(const struct sc_json *results, const struct sc_json *args);

/* A value by shape: type, count, columns with types and distinct short values, three
 * sample rows. What a model gets to see of data. */
struct sc_json *sc_shape_of(const struct sc_json *value);
