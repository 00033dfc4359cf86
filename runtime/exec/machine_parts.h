/* exec/machine_parts.h - what the machine*.c files do for each other.
 *
 * Purpose:   one file holds one concern; here is which.
 * Contract:  machine_next_* fill a command and return true, or return false when there
 *            is nothing to do now. machine_apply_* fold an event. Both are pure.
 * Thread:    loop.
 */
#pragma once

#include "exec/machine_step.h"

/* machine.c */
void machine_note(struct sc_command *ret, enum sc_event_kind kind, struct sc_json *body);
void machine_stop_note(
        struct sc_command *ret, const char *step_id, struct sc_json *error);
void machine_apply_stopped(struct sc_machine *m, struct sc_json *body);
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
void machine_keep_partial(struct sc_machine *m);
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

/* machine_early.c: reads that begin while the plan streams in */
struct early *machine_early_new(void);
void machine_early_release(struct sc_machine *m);
void machine_early_end(struct sc_machine *m);
void machine_early_drop_old(struct sc_machine *m);
bool machine_next_early(struct sc_machine *m, struct sc_command *ret);
bool machine_next_stop_early(struct sc_machine *m, struct sc_command *ret);
void machine_early_turn(struct sc_machine *m, bool planned);
bool machine_next_adopted(struct sc_machine *m, size_t step, size_t element,
        struct sc_command *ret, bool *ret_command);
void machine_apply_adopted(struct sc_machine *m, size_t step, const char *hash);

/* machine_calls.c: what answers the calls of a loop's turn */
struct turn;
void machine_answer_calls(struct sc_machine *m, struct turn *turn);

/* machine_prepare.c: from templates to arguments */
bool machine_next_prepare(struct sc_machine *m, size_t step, struct sc_command *ret);
void machine_apply_prepared(
        struct sc_machine *m, size_t step, int64_t at_ms, struct sc_json *body);

/* machine_trust.c */
bool machine_hearsay(const struct sc_machine *m, size_t step);

/* machine_eval.c: requests to the evaluator, and those it need not see */
struct sc_json *machine_eval_request(void);
void machine_eval_add(
        struct sc_json *request, const char *name, const struct sc_json *of);
void machine_eval_add_text(struct sc_json *request, const char *name, const char *of);
void machine_eval_bind(struct sc_machine *m, size_t step, struct sc_json *request);
void machine_forget_known(struct known *known);
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
bool machine_once_hold(struct sc_machine *m, size_t step, const struct element *e);
void machine_once_release(struct sc_machine *m, size_t step, const struct element *e);

/* machine_approve.c: what a person is shown before an effect, and in a dry run */
bool machine_next_approval(
        struct sc_machine *m, size_t step, struct sc_command *ret, bool *ret_command);
bool machine_next_simulated(
        struct sc_machine *m, size_t step, size_t element, struct sc_command *ret);
struct sc_json *machine_question(const struct sc_machine *m, size_t step);
bool machine_hand_out_question(struct sc_machine *m, size_t step, size_t element,
        struct sc_json *take_what, struct sc_command *ret);

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
void machine_doubt_note(struct sc_machine *m, size_t step, size_t element,
        const struct sc_error *err, struct sc_command *ret);

/* machine_result.c: the result of a step from those of its elements */
struct sc_json *machine_step_result(struct sc_machine *m, size_t step);

/* machine_money.c: budgets */
bool machine_next_pause(struct sc_machine *m, struct sc_command *ret);
bool machine_pause_answered(struct sc_machine *m, const struct sc_json *answer,
        const char *by, struct sc_command *ret_note);
void machine_apply_money(
        struct sc_machine *m, enum sc_event_kind kind, struct sc_json *body);
void machine_report_money(const struct sc_machine *m, struct sc_json *json);
void machine_report_pause(const struct sc_machine *m, struct sc_json *waiting);
void machine_money_release(struct sc_machine *m);

/* machine_finish.c: what a `look` shows, checks and the answer */
bool machine_next_show(struct sc_machine *m, struct sc_command *ret);
bool machine_next_finish(struct sc_machine *m, struct sc_command *ret);
bool machine_finish_evaluated(struct sc_machine *m, struct sc_json *take_answer,
        const struct sc_error *why, struct sc_command *ret);
