/* What a call, a claim, a recovery or an answer meant; and the fold of it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "exec/backoff.h"
#include "exec/expect.h"
#include "exec/machine_state.h"
#include "tool/check.h"

enum {
    EFFECT_ATTEMPTS = 3, /* at least, to find out how a call with a key ended */
    TOOL_WAIT_MS = 500,
    TOOL_MAX_WAIT_MS = 60000
};

/* --- notes --- */

void machine_result_note(
        struct sc_machine *m, size_t s, size_t element, struct sc_command *ret)
{
    struct sc_json *body = sc_json_new_object();

    sc_json_add(body, "step", sc_json_new_string(m->plan->steps[s].id));
    if (element != SC_NO_ELEMENT)
        sc_json_add(body, "element", sc_json_new_int((int64_t)element));
    machine_note(ret, SC_EVENT_RESULT, body);
    ret->step = s;
    ret->element = element;
}

static void settle(struct sc_command *ret, enum sc_effect_state state)
{
    ret->settles = true;
    ret->settle = state;
}

/* A failure that is final; of an effect: it surely did not happen. */
void machine_error_note(struct sc_machine *m, size_t s, size_t element,
        const struct sc_error *err, struct sc_command *ret)
{
    machine_result_note(m, s, element, ret);
    sc_json_add(ret->body, "error", machine_error(err));
    if (element != SC_NO_ELEMENT && m->steps[s].elements[element].intent)
        settle(ret, SC_EFFECT_FAILED);
}

void machine_doubt_note(struct sc_machine *m, size_t s, size_t element,
        const struct sc_error *err, struct sc_command *ret)
{
    machine_error_note(m, s, element, err, ret);
    sc_json_add(ret->body, "in_doubt", sc_json_new_bool(true));
    if (ret->settles)
        ret->settle = SC_EFFECT_IN_DOUBT;
}

/* --- a call came back --- */

struct calling {
    struct sc_machine *m;
    size_t step, element;
    struct element *e;
    const struct sc_tool *tool;
    struct sc_called *called;
};

static void add_try(const struct calling *c, struct sc_json *body)
{
    sc_json_add(body, "attempt", sc_json_new_int(c->e->attempts + 1));
    sc_json_add(body, "ms", sc_json_new_int(c->called->took_ms));
    sc_json_add(body, "version", sc_json_new_string(c->tool->version));
}

static void try_again(const struct calling *c, const struct sc_error *err, bool maybe,
        struct sc_command *ret)
{
    const struct sc_retry *retry = &c->tool->retry;

    machine_result_note(c->m, c->step, c->element, ret);
    ret->event = SC_EVENT_ATTEMPT;
    add_try(c, ret->body);
    sc_json_add(ret->body, "error", machine_error(err));
    if (maybe)
        sc_json_add(ret->body, "maybe", sc_json_new_bool(true));
    sc_json_add(ret->body, "wait_ms",
            sc_json_new_int(sc_backoff_ms(
                    retry->wait_ms > 0 ? retry->wait_ms : TOOL_WAIT_MS,
                    retry->max_wait_ms > 0 ? retry->max_wait_ms : TOOL_MAX_WAIT_MS,
                    c->e->attempts + 1, err->retry_after_ms, c->called->chance)));
}

static bool may_have_happened(const struct calling *c, const struct sc_error *err)
{
    if (c->called->outcome && c->called->outcome->maybe_happened)
        return true;
    return err->code == SC_TIMEOUT || err->code == SC_PROTOCOL ||
           err->code == SC_CANCELLED;
}

static void effect_failed(
        const struct calling *c, const struct sc_error *err, struct sc_command *ret)
{
    bool maybe = may_have_happened(c, err) || c->e->maybe;
    bool stopped = c->m->stopping && !c->m->plan->steps[c->step].finally;
    int tries = c->e->attempts + 1;

    if (maybe && c->tool->idempotent != SC_IDEMPOTENT_NO &&
            (tries < c->tool->retry.attempts || tries < EFFECT_ATTEMPTS)) {
        try_again(c, err, true, ret);
    } else if (maybe) {
        machine_doubt_note(c->m, c->step, c->element, err, ret);
        add_try(c, ret->body);
    } else if (err->retryable && tries < c->tool->retry.attempts && !stopped) {
        try_again(c, err, false, ret);
    } else {
        machine_error_note(c->m, c->step, c->element, err, ret);
        add_try(c, ret->body);
    }
}

static void call_failed(
        const struct calling *c, const struct sc_error *err, struct sc_command *ret)
{
    bool paused = c->m->pause && err->code == SC_BUDGET; /* until it is allowed */

    if (c->e->intent) {
        effect_failed(c, err, ret);
    } else if (paused || (err->retryable && !c->m->stopping &&
                                 c->e->attempts + 1 < c->tool->retry.attempts)) {
        try_again(c, err, false, ret);
    } else {
        machine_error_note(c->m, c->step, c->element, err, ret);
        add_try(c, ret->body);
    }
}

static void call_value(
        const struct calling *c, struct sc_json *take_value, struct sc_command *ret)
{
    const struct sc_step *step = &c->m->plan->steps[c->step];
    struct sc_error err = { 0 };

    if (!take_value)
        take_value = sc_json_new_null();
    if (sc_tool_check_result(c->tool, take_value, &err) == SC_OK && step->expect)
        (void)sc_expect_check(step->expect, take_value, &err);
    if (err.code && !c->e->intent) {
        sc_json_free(take_value);
        call_failed(c, &err, ret);
        return;
    }
    machine_result_note(c->m, c->step, c->element, ret);
    add_try(c, ret->body);
    sc_json_add(ret->body, "value", take_value);
    /* An effect happened whatever its receipt looks like. */
    if (err.code)
        sc_json_add(ret->body, "odd", sc_json_new_string(err.msg));
    if (c->e->intent)
        settle(ret, SC_EFFECT_DONE);
}

static void call_waits(
        const struct calling *c, struct sc_tool_outcome *outcome, struct sc_command *ret)
{
    struct sc_json *value = sc_json_new_object();
    char until[SC_TIME_TEXT];

    sc_time_format(outcome->until_ms, until);
    sc_json_add(value, "until", sc_json_new_string(until));
    machine_result_note(c->m, c->step, c->element, ret);
    sc_json_add(ret->body, "value", value);
    if (outcome->until_ms > c->called->now_ms) {
        ret->event = SC_EVENT_SLEEPING;
        sc_json_add(ret->body, "until_ms", sc_json_new_int(outcome->until_ms));
    }
}

static void call_outcome(const struct calling *c, struct sc_command *ret)
{
    struct sc_tool_outcome *outcome = c->called->outcome;
    struct sc_error err;

    if (outcome->kind == SC_TOOL_VALUE) {
        call_value(c, outcome->value, ret);
        outcome->value = NULL;
        return;
    }
    if (c->e->intent || outcome->kind == SC_TOOL_PENDING) {
        outcome->maybe_happened = true;
        sc_fail(&err, SC_PROTOCOL, "'%s' answered without a result", c->tool->name);
        call_failed(c, &err, ret);
        return;
    }
    if (outcome->kind == SC_TOOL_WAIT) {
        call_waits(c, outcome, ret);
        return;
    }
    machine_result_note(c->m, c->step, c->element, ret);
    ret->event = SC_EVENT_ASKED;
    sc_json_add(ret->body, "what", outcome->value);
    outcome->value = NULL;
}

bool sc_machine_called(struct sc_machine *m, size_t s, size_t element,
        struct sc_called *called, struct sc_command *ret_note)
{
    struct calling c = { m, s, element, &m->steps[s].elements[element],
        machine_tool(m, s), called };

    m->flying--;
    machine_queue(m, s);
    if (!c.tool)
        c.tool = called->tool;
    if (called->err)
        call_failed(&c, called->err, ret_note);
    else
        call_outcome(&c, ret_note);
    return true;
}

/* --- a claim, a recovery --- */

static void earlier_note(struct sc_machine *m, size_t s, size_t element,
        const struct sc_claim *claim, struct sc_command *ret)
{
    struct sc_json *value = NULL;
    struct sc_error err;

    if (claim->state == SC_EFFECT_DONE) {
        if (claim->result)
            value = sc_json_parse(claim->result, strlen(claim->result), NULL, NULL);
        machine_result_note(m, s, element, ret);
        if (sc_json_is(value, SC_JSON_OBJECT))
            sc_json_set(value, "earlier", sc_json_new_bool(true));
        sc_json_add(ret->body, "value", value ? value : sc_json_new_null());
        sc_json_add(ret->body, "earlier", sc_json_new_string(claim->task_id));
        return;
    }
    sc_fail(&err, SC_CONFLICT, "the same effect of task %s is not known to have ended",
            claim->task_id);
    machine_doubt_note(m, s, element, &err, ret);
}

/* Of a second try: the store has the first one's, and that is ours. */
static bool is_claimed_already(const struct element *e, const struct sc_claim *claim)
{
    return e->attempts > 0 && claim->kind == SC_CLAIM_EARLIER &&
           claim->state == SC_EFFECT_INTENT;
}

bool sc_machine_claimed(struct sc_machine *m, const struct sc_command *intend,
        const struct sc_claim *claim, struct sc_command *ret_note)
{
    size_t s = intend->step, i = intend->element;
    struct element *e = &m->steps[s].elements[i];

    m->flying--;
    e->claiming = false;
    if (claim->kind == SC_CLAIM_OK || is_claimed_already(e, claim)) {
        e->state = EL_GRANTED;
        machine_again(m, s, i);
        return false;
    }
    machine_queue(m, s);
    machine_unintend(m, e);
    if (claim->kind == SC_CLAIM_EARLIER) {
        earlier_note(m, s, i, claim, ret_note);
    } else {
        machine_result_note(m, s, i, ret_note);
        sc_json_add(ret_note->body, "skipped", sc_json_new_string("limit"));
    }
    return true;
}

static bool is_ours(const struct sc_machine *m, const struct sc_command *command,
        const struct sc_effect_row *row)
{
    return strcmp(row->task_id, m->task_id) == 0 &&
           strcmp(row->step_id, m->plan->steps[command->step].id) == 0 &&
           (row->element < 0 ? 0 : (size_t)row->element) == command->element;
}

bool sc_machine_recovered(struct sc_machine *m, const struct sc_command *recover,
        const struct sc_effect_row *row, struct sc_command *ret_note)
{
    size_t s = recover->step, i = recover->element;
    struct element *e = &m->steps[s].elements[i];
    const struct sc_tool *tool = machine_tool(m, s);
    struct sc_error err;

    m->flying--;
    e->claiming = false;
    machine_queue(m, s);
    if (!row || !is_ours(m, recover, row)) {
        /* The claim was refused, or never came to the store: claim again. */
        machine_unintend(m, e);
        machine_once_release(m, s, e);
        e->state = EL_NEW;
        machine_again(m, s, i);
        return false;
    }
    if (row->state == SC_EFFECT_INTENT && tool && tool->idempotent != SC_IDEMPOTENT_NO) {
        e->state = EL_BACKOFF; /* a try may have happened: this is another */
        e->maybe = e->due = true;
        machine_again(m, s, i);
        return false;
    }
    if (row->state == SC_EFFECT_DONE) {
        machine_result_note(m, s, i, ret_note);
        sc_json_add(ret_note->body, "value",
                row->result ? sc_json_parse(row->result, strlen(row->result), NULL, NULL)
                            : sc_json_new_null());
        return true;
    }
    if (row->state == SC_EFFECT_FAILED) {
        sc_fail(&err, SC_UNAVAILABLE, "the effect did not happen");
        machine_error_note(m, s, i, &err, ret_note);
        return true;
    }
    sc_fail(&err, SC_UNAVAILABLE,
            "the program ended while '%s' was at work: it may have happened",
            m->plan->steps[s].tool);
    machine_doubt_note(m, s, i, &err, ret_note);
    return true;
}

/* --- a person answered --- */

static bool gives_approval(const struct sc_json *answer)
{
    const struct sc_json *approve = sc_json_get(answer, "approve");

    return sc_json_true(approve) || sc_json_count(approve) > 0;
}

static size_t asking_element(const struct run_step *step)
{
    for (size_t i = 0; i < step->count; i++)
        if (step->elements[i].state == EL_ASKING)
            return i;
    return SC_NO_ELEMENT;
}

bool sc_machine_answered(struct sc_machine *m, const char *step_id,
        const struct sc_json *answer, const char *by, struct sc_command *ret_note)
{
    size_t s = m->plan ? sc_plan_find(m->plan, step_id) : SC_NO_STEP;
    size_t element = SC_NO_ELEMENT;
    struct run_step *step;

    if (strcmp(step_id, SC_BUDGET_STEP) == 0)
        return machine_pause_answered(m, answer, by, ret_note);
    if (s == SC_NO_STEP || m->phase == MACHINE_ENDED)
        return false;
    step = &m->steps[s];
    if (step->asking)
        element = asking_element(step);
    else if (step_ended(step) || (!step->gate_asked && step->approval != APPROVAL_ASKED))
        return false;
    machine_result_note(m, s, element, ret_note);
    ret_note->event = SC_EVENT_ANSWERED;
    if (step->gate_asked)
        sc_json_add(ret_note->body, "gate", sc_json_new_bool(true));
    else if (element == SC_NO_ELEMENT)
        sc_json_add(ret_note->body, "hash", sc_json_new_string(step->args_hash));
    sc_json_add(ret_note->body, "answer", sc_json_copy(answer));
    sc_json_add(ret_note->body, "by", sc_json_new_string(by));
    if (step->asked && m->questions > 0)
        m->questions--;
    if (element != SC_NO_ELEMENT && step->elements[element].asked && m->questions > 0)
        m->questions--;
    return true;
}

static bool names_element(const struct sc_json *approve, size_t element)
{
    if (!sc_json_is(approve, SC_JSON_ARRAY))
        return sc_json_true(approve);
    SC_JSON_EACH(item, approve)
    {
        int64_t index;

        if (sc_json_int(item, &index) && index == (int64_t)element)
            return true;
    }
    return false;
}

static void apply_approval(struct sc_machine *m, size_t s, int64_t at_ms,
        const struct sc_json *answer, const char *by)
{
    struct run_step *step = &m->steps[s];
    const struct sc_json *approve = sc_json_get(answer, "approve");

    step->approval = gives_approval(answer) ? APPROVAL_GIVEN : APPROVAL_NONE;
    step->ticked = false;
    free(step->approver);
    step->approver = sc_strdup(by);
    for (size_t i = 0; i < step->count; i++) {
        struct element *e = &step->elements[i];

        if (element_ended(e) || names_element(approve, i))
            continue;
        e->state = EL_SKIPPED;
        e->why = "denied";
        step->open--;
    }
    machine_step_settle(m, s, at_ms);
}

/* `approves`: ticks, or a yes, are the permission for another step. */
static void apply_ticks(
        struct sc_machine *m, size_t s, const struct sc_json *answer, const char *by)
{
    const char *other = m->plan->steps[s].approves;
    size_t to = other ? sc_plan_find(m->plan, other) : SC_NO_STEP;
    const struct sc_json *rows =
            sc_json_is(answer, SC_JSON_ARRAY) ? answer : sc_json_get(answer, "rows");

    if (to == SC_NO_STEP || step_ended(&m->steps[to]))
        return;
    if (sc_json_count(rows) == 0 && !sc_json_true(answer) && !gives_approval(answer))
        return;
    m->steps[to].approval = APPROVAL_GIVEN;
    m->steps[to].ticked = true;
    free(m->steps[to].approver);
    m->steps[to].approver = sc_strdup(by);
}

static void apply_gate_answer(
        struct sc_machine *m, size_t s, const struct sc_json *answer)
{
    struct run_step *step = &m->steps[s];
    struct sc_error err;

    step->gate_asked = false;
    step->gate_passed = sc_json_true(answer) || gives_approval(answer);
    if (step->gate_passed)
        return;
    sc_fail(&err, SC_DENIED, "%s",
            sc_json_get_string(step->gate_what, "question", "a gate was not passed"));
    if (!m->stop_error)
        m->stop_error = machine_error(&err);
    machine_stop_steps(m);
}

/* {answer, rows}: what was said, or the rows that were ticked. */
static struct sc_json *result_of_ask(struct sc_json *take_answer)
{
    struct sc_json *result = take_answer;

    if (!sc_json_is(take_answer, SC_JSON_OBJECT)) {
        result = sc_json_new_object();
        sc_json_add(result, sc_json_is(take_answer, SC_JSON_ARRAY) ? "rows" : "answer",
                take_answer ? take_answer : sc_json_new_null());
    }
    if (!sc_json_get(result, "answer"))
        sc_json_add(result, "answer", sc_json_new_string(""));
    return result;
}

void machine_apply_answered(struct sc_machine *m, size_t s, size_t element, int64_t at_ms,
        struct sc_json *body)
{
    const struct sc_json *answer = sc_json_get(body, "answer");
    const char *by = sc_json_get_string(body, "by", "");

    if (sc_json_get_bool(body, "gate", false)) {
        apply_gate_answer(m, s, answer);
    } else if (element == SC_NO_ELEMENT) {
        apply_approval(m, s, at_ms, answer, by);
    } else {
        const struct sc_event_at at = { s, element, at_ms };
        struct sc_json *value;

        apply_ticks(m, s, answer, by);
        value = result_of_ask(sc_json_detach(body, "answer"));
        sc_json_set(body, "value", value);
        machine_apply_element(m, SC_EVENT_RESULT, &at, body);
    }
}

/* --- the fold of results --- */

void machine_unintend(struct sc_machine *m, struct element *e)
{
    if (e->intent)
        m->open_intents--;
    e->intent = false;
}

/* Some of what it was to do in the world is done: no other steps may do it again. */
static bool has_done_effects(const struct sc_machine *m, size_t s)
{
    const struct run_step *step = &m->steps[s];

    if (machine_effect(m, s) <= SC_EFFECT_READ)
        return false;
    for (size_t i = 0; i < step->count; i++)
        if (step->elements[i].state == EL_DONE)
            return true;
    return false;
}

/* It has failed again after the model planned it anew: once it is split. */
static bool keeps_failing(const struct sc_machine *m, size_t s)
{
    const char *id = m->plan->steps[s].id;

    return m->planned_anew && strcmp(m->planned_anew, id) == 0 &&
           !(m->split && strcmp(m->split, id) == 0) && !has_done_effects(m, s);
}

static void step_failed(struct sc_machine *m, size_t s, enum step_phase to,
        const struct sc_json *error, int64_t at_ms)
{
    const struct sc_step *step = &m->plan->steps[s];
    bool split = to == PHASE_FAILED && keeps_failing(m, s);
    bool replan = (step->on_error == SC_ON_ERROR_REPLAN || split) && to == PHASE_FAILED &&
                  m->turn_count > 0 && !m->loop && m->replans < SC_MACHINE_REPLANS;

    if (!m->steps[s].error && error)
        m->steps[s].error = sc_json_copy(error);
    machine_queue(m, s);
    if (to == PHASE_IN_DOUBT)
        m->in_doubt = true;
    if (step->on_error != SC_ON_ERROR_SKIP && replan && !m->stopping) {
        m->replan_for = s;
        m->splitting = split;
        m->steps[s].cursor = 0; /* its other elements: as in a stop */
    } else if (step->on_error != SC_ON_ERROR_SKIP && (!m->loop || m->in_doubt)) {
        if (!m->stop_error && error) {
            m->stop_error = sc_json_copy(error);
            sc_json_set_string(m->stop_error, "step", step->id);
        }
        machine_stop_steps(m);
    }
    machine_step_end(m, s, to, at_ms);
}

void machine_element_failed(
        struct sc_machine *m, size_t s, struct element *e, int64_t at_ms)
{
    bool doubt = e->state == EL_UNKNOWN;

    if (!doubt)
        e->state = EL_FAILED;
    if (m->plan->steps[s].each && m->plan->steps[s].on_error == SC_ON_ERROR_SKIP)
        m->in_doubt = m->in_doubt || doubt;
    else if (!step_ended(&m->steps[s]))
        step_failed(m, s, doubt ? PHASE_IN_DOUBT : PHASE_FAILED, e->error, at_ms);
    else if (doubt)
        m->in_doubt = true;
}

/* All elements have ended: so has the step. */
void machine_step_settle(struct sc_machine *m, size_t s, int64_t at_ms)
{
    struct run_step *step = &m->steps[s];

    if (step->open > 0 || step_ended(step) || (m->plan->steps[s].each && !step->values))
        return;
    if (!m->plan->steps[s].each && step->count > 0 &&
            step->elements[0].state == EL_SKIPPED) {
        free(step->why);
        step->why = sc_strdup(step->elements[0].why);
        machine_step_end(m, s, PHASE_LEFT_OUT, at_ms);
        return;
    }
    machine_step_end(m, s, PHASE_DONE, at_ms);
}

static const char *word_of_skip(const char *word)
{
    return strcmp(word, "limit") == 0    ? "limit"
           : strcmp(word, "denied") == 0 ? "denied"
                                         : "where";
}

static void apply_result(struct sc_machine *m, const struct sc_event_at *at,
        struct element *e, struct sc_json *body)
{
    struct run_step *step = &m->steps[at->step];

    if (e->state == EL_ASKING)
        step->asking--;
    machine_unintend(m, e);
    sc_json_free(e->value);
    sc_json_free(e->error);
    e->value = sc_json_detach(body, "value");
    e->error = sc_json_detach(body, "error");
    if (sc_json_get_bool(body, "dry_run", false))
        step->simulated = true;
    if (sc_json_get(body, "skipped")) {
        e->state = EL_SKIPPED;
        e->why = word_of_skip(sc_json_get_string(body, "skipped", ""));
    } else if (e->error) {
        e->state = sc_json_get_bool(body, "in_doubt", false) ? EL_UNKNOWN : EL_FAILED;
    } else {
        e->state = EL_DONE;
    }
    step->ended_ms = at->at_ms;
    if (step->open > 0)
        step->open--;
    if (e->error)
        machine_element_failed(m, at->step, e, at->at_ms);
    machine_once_release(m, at->step, e);
    machine_step_settle(m, at->step, at->at_ms);
}

static void apply_intent(struct sc_machine *m, size_t s, struct element *e)
{
    machine_once_hold(m, s, e); /* also when another process began it */
    e->state = EL_INTENT;
    if (!e->intent)
        m->open_intents++;
    e->intent = true;
}

static void apply_attempt(struct sc_machine *m, const struct sc_event_at *at,
        struct element *e, struct sc_json *body)
{
    e->state = EL_BACKOFF;
    e->due = false;
    e->maybe = sc_json_get_bool(body, "maybe", false);
    e->wait_ms = sc_json_get_int(body, "wait_ms", 0);
    e->due_ms = at->at_ms + e->wait_ms;
    sc_json_free(e->error);
    e->error = sc_json_detach(body, "error");
    machine_sleep(m, at->step, at->element, e->due_ms);
}

static void apply_sleeping(struct sc_machine *m, const struct sc_event_at *at,
        struct element *e, struct sc_json *body)
{
    e->state = EL_SLEEPING;
    e->due = false;
    e->due_ms = sc_json_get_int(body, "until_ms", 0);
    sc_json_free(e->value);
    e->value = sc_json_detach(body, "value");
    machine_sleep(m, at->step, at->element, e->due_ms);
}

void machine_apply_element(struct sc_machine *m, enum sc_event_kind kind,
        const struct sc_event_at *at, struct sc_json *body)
{
    struct element *e;

    if (at->element == SC_NO_ELEMENT) {
        if (!step_ended(&m->steps[at->step]))
            step_failed(m, at->step, PHASE_FAILED, sc_json_get(body, "error"), at->at_ms);
        return;
    }
    e = machine_element(m, at->step, at->element);
    e->attempts = (int)sc_json_get_int(body, "attempt", e->attempts);
    if (element_ended(e))
        return;
    if (kind == SC_EVENT_INTENT)
        apply_intent(m, at->step, e);
    else if (kind == SC_EVENT_ATTEMPT)
        apply_attempt(m, at, e, body);
    else if (kind == SC_EVENT_SLEEPING)
        apply_sleeping(m, at, e, body);
    else if (kind == SC_EVENT_RESULT)
        apply_result(m, at, e, body);
}
