#include "exec/machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

/* --- small things that every file uses --- */

void machine_note(struct sc_command *ret, enum sc_event_kind kind, struct sc_json *body)
{
    *ret = (struct sc_command){ .kind = SC_COMMAND_NOTE, .event = kind, .body = body };
}

void machine_stop_note(struct sc_command *ret, const char *step_id, struct sc_json *error)
{
    struct sc_json *body = sc_json_new_object();

    if (step_id)
        sc_json_add(body, "step", sc_json_new_string(step_id));
    sc_json_add(body, "error", error);
    machine_note(ret, SC_EVENT_STOPPED, body);
}

struct sc_json *machine_error(const struct sc_error *err)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_add(json, "code", sc_json_new_string(sc_code_word(err->code)));
    sc_json_add(json, "message", sc_json_new_string(err->msg));
    return json;
}

void machine_error_from(const struct sc_json *json, struct sc_error *ret_err)
{
    sc_fail(ret_err, sc_code_of_word(sc_json_get_string(json, "code", "internal")), "%s",
            sc_json_get_string(json, "message", ""));
}

void machine_queue(struct sc_machine *m, size_t step)
{
    if (m->steps[step].queued)
        return;
    if (m->queue_count == m->queue_cap) {
        size_t cap = m->queue_cap ? 2 * m->queue_cap : 8;
        size_t *queue = sc_new_array(size_t, cap);

        for (size_t i = 0; i < m->queue_count; i++)
            queue[i] = m->queue[(m->queue_head + i) % m->queue_cap];
        free(m->queue);
        m->queue = queue;
        m->queue_head = 0;
        m->queue_cap = cap;
    }
    m->queue[(m->queue_head + m->queue_count++) % m->queue_cap] = step;
    m->steps[step].queued = true;
}

static void unqueue_first(struct sc_machine *m)
{
    m->steps[m->queue[m->queue_head]].queued = false;
    m->queue_head = (m->queue_head + 1) % m->queue_cap;
    m->queue_count--;
}

/* --- life --- */

static void put_name(struct sc_machine *m, const char *name)
{
    const struct sc_json *value = sc_json_get(m->spec, name);

    sc_json_add(m->names, name, value ? sc_json_copy(value) : sc_json_new_object());
}

static void take_given_plan(struct sc_machine *m)
{
    struct sc_error err;
    struct sc_plan *plan = sc_plan_read(sc_json_get(m->spec, "plan"), NULL, &err);

    if (plan && plan->kind == SC_PLAN_STEPS) {
        machine_take_plan(m, plan);
        return;
    }
    if (plan)
        sc_fail(&err, SC_INVALID, "what was given is not a plan with steps");
    sc_plan_free(plan);
    m->stopping = true;
    m->stop_error = machine_error(&err);
}

struct sc_machine *sc_machine_new(
        const struct sc_machine_options *options, struct sc_json *take_spec)
{
    struct sc_machine *m = sc_new(struct sc_machine);

    m->registry = options->registry;
    m->task_id = sc_strdup(options->task_id);
    m->parallel = options->parallel > 0 ? options->parallel : 8;
    m->has_model = options->has_model;
    m->spec = take_spec;
    m->loop = strcmp(sc_json_get_string(m->spec, "strategy", "plan"), "loop") == 0;
    m->yes = sc_json_get_bool(m->spec, "yes", false);
    m->dry_run = sc_json_get_bool(m->spec, "dry_run", false);
    m->plan_only = sc_json_get_bool(m->spec, "plan_only", false);
    m->replan_for = SC_NO_STEP;
    m->names = sc_json_new_object();
    put_name(m, "inputs");
    put_name(m, "env");
    sc_map_init(&m->once_held);
    m->early = machine_early_new();
    m->phase = MACHINE_ASKING;
    if (sc_json_get(m->spec, "plan")) {
        m->loop = false;
        m->unchecked = true;
        take_given_plan(m);
    }
    return m;
}

void sc_machine_free(struct sc_machine *m)
{
    if (!m)
        return;
    machine_drop_plan(m);
    machine_turns_release(m);
    machine_money_release(m);
    machine_early_release(m);
    sc_map_release(&m->once_held, NULL);
    sc_json_free(m->names);
    sc_json_free(m->spec);
    sc_json_free(m->stop_error);
    sc_json_free(m->checks);
    sc_json_free(m->missing);
    free(m->answer);
    sc_json_free(m->checked);
    sc_json_free(m->known.pairs);
    free(m->broken);
    free(m->answer_broken);
    free(m->task_id);
    free(m->queue);
    free(m->sleepers);
    free(m->deferred);
    free(m->steps);
    free(m->edges);
    free(m);
}

/* --- the fold --- */

static void apply_asked(struct sc_machine *m, size_t s, struct sc_json *body)
{
    struct run_step *step = &m->steps[s];

    if (sc_json_get_bool(body, "gate", false)) {
        step->gate_asked = true;
        sc_json_free(step->gate_what);
        step->gate_what = sc_json_detach(body, "what");
    } else if (sc_json_get_bool(body, "approval", false)) {
        const char *hash = sc_json_get_string(body, "hash", "");
        size_t len = strlen(hash);

        step->approval = APPROVAL_ASKED;
        step->ticked = false;
        sc_json_free(step->previews);
        step->previews = sc_json_detach(body, "previews");
        if (len >= SC_HASH_TEXT)
            len = SC_HASH_TEXT - 1;
        memcpy(step->args_hash, hash, len);
        step->args_hash[len] = 0;
    } else {
        size_t i = (size_t)sc_json_get_int(body, "element", 0);
        struct element *e = machine_element(m, s, i);

        step->asking += e->state != EL_ASKING;
        e->state = EL_ASKING;
        sc_json_free(e->value);
        e->value = sc_json_detach(body, "what");
        machine_again(m, s, i);
    }
}

void machine_apply_stopped(struct sc_machine *m, struct sc_json *body)
{
    m->stopping = true;
    if (sc_json_get_bool(body, "budget", false))
        m->over_budget = true;
    if (!m->stop_error)
        m->stop_error = sc_json_detach(body, "error");
    if (!m->missing)
        m->missing = sc_json_detach(body, "missing");
    machine_stop_steps(m);
}

static enum sc_task_state state_of_word(const char *word)
{
    for (unsigned state = SC_TASK_DONE; state < SC_TASK_STATES; state++)
        if (strcmp(sc_task_state_word(state), word) == 0)
            return state;
    return SC_TASK_FAILED;
}

static void apply_ended(struct sc_machine *m, struct sc_json *body)
{
    m->phase = MACHINE_ENDED;
    machine_keep_partial(m);
    m->end_state = state_of_word(sc_json_get_string(body, "state", ""));
    free(m->answer); /* of the turn: the same */
    m->answer = NULL;
    if (sc_json_is(sc_json_get(body, "answer"), SC_JSON_STRING))
        m->answer = sc_strdup(sc_json_string(sc_json_get(body, "answer")));
    sc_json_free(m->checks);
    m->checks = sc_json_detach(body, "checks");
    if (sc_json_get(body, "error")) {
        sc_json_free(m->stop_error);
        m->stop_error = sc_json_detach(body, "error");
    }
}

static void apply_task_event(struct sc_machine *m, enum sc_event_kind kind, int64_t at_ms,
        struct sc_json *body)
{
    if (kind == SC_EVENT_MODEL_FAILED) {
        m->model_attempts++;
        m->model_wait_ms = sc_json_get_int(body, "wait_ms", 0);
        m->model_due_ms = at_ms + m->model_wait_ms;
    } else if (kind == SC_EVENT_SENT || kind == SC_EVENT_EARLY) {
        ; /* what was asked, and read, is kept for a reader; nothing follows from it */

    } else if (kind == SC_EVENT_SHOWN) {
        machine_apply_shown(m, body);
    } else if (kind == SC_EVENT_STOPPED) {
        machine_apply_stopped(m, body);
    } else if (kind == SC_EVENT_CANCELLED) {
        m->cancelled = true;
        machine_apply_stopped(m, body);
    } else if (kind == SC_EVENT_ENDED) {
        apply_ended(m, body);
    } else {
        machine_apply_money(m, kind, body);
    }
}

static enum sc_code apply_step_event(struct sc_machine *m, enum sc_event_kind kind,
        int64_t at_ms, struct sc_json *body, struct sc_error *err)
{
    const char *id = sc_json_get_string(body, "step", "");
    size_t s = m->plan ? sc_plan_find(m->plan, id) : SC_NO_STEP;
    int64_t number = sc_json_get_int(body, "element", -1);
    size_t element = number < 0 ? SC_NO_ELEMENT : (size_t)number;

    if (s == SC_NO_STEP)
        return sc_fail(err, SC_INVALID, "the journal names an unknown step '%s'", id);
    if (number > SC_MACHINE_ELEMENTS)
        return sc_fail(err, SC_INVALID, "step '%s': impossible element", id);
    if (!m->steps[s].started_ms)
        m->steps[s].started_ms = at_ms - sc_json_get_int(body, "ms", 0);
    m->steps[s].touched = true;
    machine_queue(m, s);
    if (sc_json_get(body, "early"))
        machine_apply_adopted(m, s, sc_json_get_string(body, "early", ""));
    if (kind == SC_EVENT_PREPARED)
        machine_apply_prepared(m, s, at_ms, body);
    else if (kind == SC_EVENT_ASKED)
        apply_asked(m, s, body);
    else if (kind == SC_EVENT_ANSWERED)
        machine_apply_answered(m, s, element, at_ms, body);
    else if (kind == SC_EVENT_LEFT_OUT)
        machine_apply_left_out(m, s, at_ms, body);
    else
        machine_apply_element(m, kind, &(struct sc_event_at){ s, element, at_ms }, body);
    return SC_OK;
}

enum sc_code sc_machine_apply(struct sc_machine *m, enum sc_event_kind kind,
        int64_t at_ms, struct sc_json *take_body, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    m->seen_ms = at_ms;
    if (m->phase == MACHINE_ENDED)
        code = sc_fail(err, SC_INVALID, "the journal goes on after the end");
    else if (kind == SC_EVENT_TURN)
        code = machine_apply_turn(m, take_body, err);
    else if (sc_json_get(take_body, "step") && kind != SC_EVENT_STOPPED)
        code = apply_step_event(m, kind, at_ms, take_body, err);
    else
        apply_task_event(m, kind, at_ms, take_body);
    sc_json_free(take_body);
    return code;
}

/* --- what to do --- */

static bool next_queued(struct sc_machine *m, struct sc_command *ret)
{
    while (m->queue_count > 0 && m->flying < (size_t)m->parallel) {
        if (machine_next_step(m, m->queue[m->queue_head], ret))
            return true;
        unqueue_first(m);
    }
    return false;
}

/* Nothing can go on: a person or a time is waited for, or the plan is at odds. */
static bool next_stuck(struct sc_machine *m, struct sc_command *ret)
{
    struct sc_error err;

    if (m->sleeper_count > 0)
        return false;
    for (size_t s = 0; s < m->step_count; s++) {
        const struct run_step *step = &m->steps[s];

        if (step_ended(step))
            continue;
        if (step->asking > 0 || step->approval == APPROVAL_ASKED || step->gate_asked)
            return false;
    }
    sc_fail(&err, SC_INTERNAL, "the steps that are left wait for each other");
    machine_stop_note(ret, NULL, machine_error(&err));
    return true;
}

static bool next_in_steps(struct sc_machine *m, struct sc_command *ret);

/* Nothing is under way, nothing is ready: on to what follows, or wait. */
static bool next_after_steps(struct sc_machine *m, struct sc_command *ret)
{
    bool replan = m->replan_for != SC_NO_STEP && !m->stopping;

    /* What may have happened comes to its end first: a new plan may drop its step. */
    if ((replan || m->stopping) && m->open_intents > 0)
        return next_stuck(m, ret);
    if (replan) {
        m->phase = MACHINE_ASKING;
        return machine_next_turn(m, 0, ret);
    }
    if (m->phase == MACHINE_STEPS && (m->stopping || m->open_steps == 0)) {
        if (m->looking && !m->stopping)
            return machine_next_show(m, ret);
        machine_start_finally(m);
        return next_in_steps(m, ret);
    }
    if (m->phase == MACHINE_FINALLY && m->open_finally == 0) {
        m->phase = MACHINE_CHECKING;
        return machine_next_finish(m, ret);
    }
    return next_stuck(m, ret);
}

static bool next_in_steps(struct sc_machine *m, struct sc_command *ret)
{
    if (m->plan_only && m->plan && !m->looking && !m->stopping) {
        m->phase = MACHINE_CHECKING;
        return machine_next_finish(m, ret);
    }
    if (next_queued(m, ret))
        return true;
    if (m->flying > 0 || m->queue_count > 0)
        return false;
    return next_after_steps(m, ret);
}

/* The clock was set back: what was to be waited for so long is not waited for longer.
 * Only a time that the plan names stays what it is. */
static void look_at_clock(struct sc_machine *m, int64_t now_ms)
{
    bool back = now_ms < m->seen_ms;

    m->seen_ms = now_ms;
    if (back && m->model_due_ms > now_ms + m->model_wait_ms)
        m->model_due_ms = now_ms + m->model_wait_ms;
    if (m->wake_ms && (back || m->wake_ms <= now_ms))
        machine_wake(m, now_ms);
}

bool sc_machine_next(struct sc_machine *m, int64_t now_ms, struct sc_command *ret_command)
{
    *ret_command = (struct sc_command){ .step = SC_NO_STEP };
    if (m->unchecked && machine_next_check_plan(m, ret_command))
        return true;
    look_at_clock(m, now_ms);
    if (m->stopping && !m->calls_stopped && m->flying > 0) {
        m->calls_stopped = true;
        ret_command->kind = SC_COMMAND_STOP_CALLS;
        return true;
    }
    if (machine_next_stop_early(m, ret_command))
        return true;
    if (m->pause && !m->stopping && m->phase != MACHINE_ENDED)
        return machine_next_pause(m, ret_command);
    switch (m->phase) {
    case MACHINE_ASKING:
        return machine_next_turn(m, now_ms, ret_command);
    case MACHINE_STEPS:
    case MACHINE_FINALLY:
        return next_in_steps(m, ret_command);
    case MACHINE_CHECKING:
        return machine_next_finish(m, ret_command);
    case MACHINE_ENDED:
        break;
    }
    return false;
}

void sc_command_release(struct sc_machine *m, struct sc_command *command)
{
    if (command->kind == SC_COMMAND_EVALUATE)
        machine_lend_back(m, command->body, command->step);
    sc_json_free(command->body);
    command->body = NULL;
}

bool sc_machine_cancelled(struct sc_machine *m, struct sc_command *ret_note)
{
    struct sc_error err;

    if (m->phase == MACHINE_ENDED || m->cancelled)
        return false;
    sc_fail(&err, SC_CANCELLED, "the task was cancelled");
    machine_stop_note(ret_note, NULL, machine_error(&err));
    ret_note->event = SC_EVENT_CANCELLED;
    return true;
}

/* --- looking --- */

bool sc_machine_ended(const struct sc_machine *m)
{
    return m->phase == MACHINE_ENDED;
}

bool sc_machine_busy(const struct sc_machine *m)
{
    return m->flying > 0 || m->questions > 0;
}

bool sc_machine_asks_model(const struct sc_machine *m)
{
    return m->phase == MACHINE_ASKING;
}

int64_t sc_machine_wake_ms(const struct sc_machine *m)
{
    if (m->pause && !m->stopping) /* nothing begins by itself */
        return 0;
    return m->phase == MACHINE_ASKING ? m->model_due_ms : m->wake_ms;
}

int64_t sc_machine_cost_micro(const struct sc_machine *m)
{
    return m->usage.cost_micro;
}

const struct sc_json *sc_machine_spec(const struct sc_machine *m)
{
    return m->spec;
}

const char *sc_machine_answer_text(const struct sc_machine *m)
{
    return m->answer;
}

enum sc_task_state sc_machine_state(const struct sc_machine *m)
{
    if (m->phase == MACHINE_ENDED)
        return m->end_state;
    if (m->pause && !m->stopping && m->flying == 0)
        return SC_TASK_WAITING;
    if (m->flying == 0 && m->queue_count == 0 &&
            (m->phase != MACHINE_ASKING || m->model_due_ms))
        return SC_TASK_WAITING;
    return m->plan || m->loop ? SC_TASK_RUNNING : SC_TASK_PLANNING;
}
