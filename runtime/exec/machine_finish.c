/* What a `look` shows; whether the checks hold; the answer; the end. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

static bool hand_out(
        struct sc_machine *m, struct sc_json *request, struct sc_command *ret)
{
    struct sc_json *answer;

    machine_eval_bind(m, SC_NO_STEP, request);
    answer = machine_eval_here(request);
    if (answer) {
        machine_lend_back(m, request, SC_NO_STEP);
        sc_json_free(request);
        return machine_finish_evaluated(m, answer, NULL, ret) ||
               machine_next_finish(m, ret);
    }
    m->finishing = true;
    m->flying++;
    ret->kind = SC_COMMAND_EVALUATE;
    ret->step = SC_NO_STEP;
    ret->body = request;
    return true;
}

/* --- look --- */

static void shown_note(
        struct sc_machine *m, const struct sc_json *values, struct sc_command *ret)
{
    struct sc_json *shapes = sc_json_new_object(), *body = sc_json_new_object();

    SC_JSON_EACH(value, values)
    sc_json_add(shapes, sc_json_key(value), sc_shape_of(value));
    for (size_t s = 0; !values && s < m->step_count; s++) {
        const char *id = m->plan->steps[s].id;

        if (sc_json_get(m->names, id))
            sc_json_add(shapes, id, sc_shape_of(sc_json_get(m->names, id)));
    }
    sc_json_add(body, "messages", machine_shown_messages(m, shapes));
    sc_json_free(shapes);
    machine_note(ret, SC_EVENT_SHOWN, body);
}

bool machine_next_show(struct sc_machine *m, struct sc_command *ret)
{
    struct sc_json *request;

    if (m->finishing)
        return false;
    if (!sc_json_is(m->plan->show, SC_JSON_OBJECT)) {
        shown_note(m, NULL, ret);
        return true;
    }
    request = machine_eval_request();
    SC_JSON_EACH(member, m->plan->show)
    machine_eval_add(request, sc_json_key(member), member);
    return hand_out(m, request, ret);
}

static void show_evaluated(struct sc_machine *m, const struct sc_json *row,
        const struct sc_error *why, struct sc_command *ret)
{
    const struct sc_json *values = why ? NULL : sc_json_get(row, "values");
    struct sc_json *text = NULL;
    struct sc_error err;

    if (!values) {
        machine_error_from(sc_json_get(row, "error"), &err);
        text = sc_json_new_object();
        sc_json_add(text, "error", sc_json_new_string(why ? why->msg : err.msg));
    }
    shown_note(m, values ? values : text, ret);
    sc_json_free(text);
}

/* --- checks and answer --- */

static void end_note(struct sc_machine *m, enum sc_task_state state, const char *answer,
        struct sc_json *take_error, struct sc_command *ret)
{
    struct sc_json *body = sc_json_new_object();

    sc_json_add(body, "state", sc_json_new_string(sc_task_state_word(state)));
    if (answer)
        sc_json_add(body, "answer", sc_json_new_string(answer));
    if (m->checked)
        sc_json_add(body, "checks", m->checked);
    m->checked = NULL;
    if (take_error)
        sc_json_add(body, "error", take_error);
    machine_note(ret, SC_EVENT_ENDED, body);
}

static enum sc_task_state stopped_state(const struct sc_machine *m)
{
    if (m->in_doubt)
        return SC_TASK_IN_DOUBT;
    if (m->cancelled)
        return SC_TASK_CANCELLED;
    return m->over_budget ? SC_TASK_OVER_BUDGET : SC_TASK_FAILED;
}

/* Was all that the step was to do refused by the person? */
static bool is_refused(const struct run_step *step)
{
    size_t refused = 0;

    for (size_t i = 0; i < step->count; i++) {
        if (step->elements[i].state == EL_DONE)
            return false;
        refused += step->elements[i].why && strcmp(step->elements[i].why, "denied") == 0;
    }
    return refused > 0;
}

/* What a person refused is not done, whatever the answer says. */
static void check_refused(struct sc_machine *m)
{
    for (size_t s = 0; m->plan && s < m->step_count && !m->loop; s++) {
        struct sc_json *item;

        if (!is_refused(&m->steps[s]))
            continue;
        item = sc_json_new_object();
        sc_json_add(item, "say", sc_json_new_string("every step was allowed"));
        sc_json_add(item, "holds", sc_json_new_bool(false));
        sc_json_add(item, "refused", sc_json_new_string(m->plan->steps[s].id));
        if (!m->checked)
            m->checked = sc_json_new_array();
        sc_json_append(m->checked, item);
    }
}

static void end_with(struct sc_machine *m, const char *answer, struct sc_json *take_error,
        struct sc_command *ret)
{
    enum sc_task_state state = m->in_doubt ? SC_TASK_IN_DOUBT : SC_TASK_DONE;

    if (state == SC_TASK_DONE && take_error)
        state = SC_TASK_UNPROVEN;
    check_refused(m);
    SC_JSON_EACH(check, m->checked)
    {
        if (state == SC_TASK_DONE && !sc_json_get_bool(check, "holds", false))
            state = SC_TASK_UNPROVEN;
    }
    if (state == SC_TASK_DONE && (m->plan_only || m->dry_run))
        state = m->plan_only ? SC_TASK_PLANNED : SC_TASK_DRY_RUN;
    end_note(m, state, answer, take_error, ret);
}

static void add_checked(struct sc_machine *m, const struct sc_plan_check *check,
        bool holds, const char *error)
{
    struct sc_json *item = sc_json_new_object();

    sc_json_add(item, "say", sc_json_new_string(check->say ? check->say : ""));
    sc_json_add(item, "holds", sc_json_new_bool(holds));
    if (error)
        sc_json_add(item, "error", sc_json_new_string(error));
    if (!m->checked)
        m->checked = sc_json_new_array();
    sc_json_append(m->checked, item);
    m->checks_done++;
}

/* All checks and the answer in one request. When one of them breaks, the row has no
 * values: those before it are asked again alone, and it is known to be broken. */
static bool next_checks(struct sc_machine *m, struct sc_command *ret)
{
    size_t count = m->broken ? m->broken_check : m->plan->check_count;
    struct sc_json *request;

    if (m->broken && m->checks_done == m->broken_check) {
        add_checked(m, &m->plan->checks[m->checks_done], false, m->broken);
        free(m->broken);
        m->broken = NULL;
        return machine_next_finish(m, ret);
    }
    request = machine_eval_request();
    for (size_t i = m->checks_done; i < count; i++) {
        char *name = sc_strdupf("check%zu", i);

        machine_eval_add(request, name, m->plan->checks[i].that);
        free(name);
    }
    if (m->plan->answer && !m->broken && !m->answer_broken)
        machine_eval_add_text(request, "answer", m->plan->answer);
    return hand_out(m, request, ret);
}

static void end_unanswered(struct sc_machine *m, struct sc_command *ret)
{
    struct sc_error err;

    sc_fail(&err, SC_SCRIPT, "the answer could not be written: %s", m->answer_broken);
    end_with(m, NULL, machine_error(&err), ret);
}

bool machine_next_finish(struct sc_machine *m, struct sc_command *ret)
{
    if (m->finishing)
        return false;
    if (m->stopping) {
        end_note(m, stopped_state(m), NULL,
                m->stop_error ? sc_json_copy(m->stop_error) : NULL, ret);
        return true;
    }
    if (m->loop || m->dry_run || m->plan_only || !m->plan ||
            (m->plan->check_count == m->checks_done && !m->plan->answer)) {
        end_with(m, m->answer, NULL, ret);
        return true;
    }
    if (m->answer_broken && m->checks_done == m->plan->check_count) {
        end_unanswered(m, ret);
        return true;
    }
    return next_checks(m, ret);
}

/* Which check does the evaluator blame? SC_NO_STEP: the answer, or none of them. */
static size_t blamed_check(const struct sc_machine *m, const char *at)
{
    char *end = NULL;
    unsigned long i;

    if (strncmp(at, "check", 5) != 0)
        return SC_NO_STEP;
    i = strtoul(at + 5, &end, 10);
    return !*end && i >= m->checks_done && i < m->plan->check_count ? i : SC_NO_STEP;
}

static void check_broke(struct sc_machine *m, const struct sc_json *error)
{
    const char *at = sc_json_get_string(error, "at", "");
    const char *message = sc_json_get_string(error, "message", "not known");
    size_t check = blamed_check(m, at);

    if (check != SC_NO_STEP && !m->broken) {
        m->broken = sc_strdup(message);
        m->broken_check = check;
    } else if (strcmp(at, "answer") == 0 && !m->answer_broken) {
        m->answer_broken = sc_strdup(message);
    } else {
        while (m->checks_done < m->plan->check_count)
            add_checked(m, &m->plan->checks[m->checks_done], false, message);
        free(m->broken);
        m->broken = NULL;
        if (m->plan->answer && !m->answer_broken)
            m->answer_broken = sc_strdup(message);
    }
}

static char *answer_text(const struct sc_json *value)
{
    if (!value || sc_json_is(value, SC_JSON_NULL))
        return NULL;
    if (sc_json_is(value, SC_JSON_STRING))
        return sc_strdup(sc_json_string(value));
    return sc_json_text(value);
}

static bool checks_evaluated(struct sc_machine *m, const struct sc_json *row,
        const struct sc_error *why, struct sc_command *ret)
{
    const struct sc_json *values = sc_json_get(row, "values");
    char *text;

    if (why || !values) {
        struct sc_json *error = why ? machine_error(why) : NULL;

        check_broke(m, why ? error : sc_json_get(row, "error"));
        sc_json_free(error);
        return false;
    }
    while (m->checks_done < (m->broken ? m->broken_check : m->plan->check_count)) {
        char *name = sc_strdupf("check%zu", m->checks_done);
        const struct sc_json *value = sc_json_get(values, name);

        free(name);
        add_checked(m, &m->plan->checks[m->checks_done], value && !machine_is_no(value),
                NULL);
    }
    if (m->broken || m->answer_broken)
        return false;
    text = answer_text(sc_json_get(values, "answer"));
    end_with(m, text, NULL, ret);
    free(text);
    return true;
}

bool machine_finish_evaluated(struct sc_machine *m, struct sc_json *take_answer,
        const struct sc_error *why, struct sc_command *ret)
{
    const struct sc_json *row = sc_json_first(sc_json_get(take_answer, "rows"));
    bool note = true;

    m->finishing = false;
    machine_forget_known(&m->known);
    if (why && why->code == SC_UNAVAILABLE && !m->finishing_again) {
        m->finishing_again = true;
        return false;
    }
    if (m->phase == MACHINE_CHECKING && !m->stopping)
        note = checks_evaluated(m, row, why, ret);
    else if (m->looking && !m->stopping)
        show_evaluated(m, row, why, ret);
    else
        note = false;
    sc_json_free(take_answer);
    return note;
}
