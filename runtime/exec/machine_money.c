/* What a task learns about its budgets: warnings, the question at 90 %, the end. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

static struct sc_json *refusal(const char *text)
{
    struct sc_error err;

    sc_fail(&err, SC_BUDGET, "%s", text);
    return machine_error(&err);
}

void sc_machine_noted(struct sc_json *take_note, struct sc_command *ret_note)
{
    const char *kind = sc_json_get_string(take_note, "kind", "");
    bool pauses;

    if (strcmp(kind, "refused") == 0) {
        machine_stop_note(
                ret_note, NULL, refusal(sc_json_get_string(take_note, "text", "")));
        sc_json_set_bool(ret_note->body, "budget", true);
        sc_json_free(take_note);
        return;
    }
    pauses = strcmp(kind, "paused") == 0;
    sc_json_free(sc_json_detach(take_note, "kind"));
    machine_note(ret_note, pauses ? SC_EVENT_PAUSED : SC_EVENT_WARNED, take_note);
}

void sc_machine_spent(const struct sc_model_usage *usage, struct sc_command *ret_note)
{
    struct sc_json *body = sc_json_new_object();

    sc_json_add(body, "usage", sc_model_usage_to_json(usage));
    machine_note(ret_note, SC_EVENT_SPENT, body);
}

/* --- the question --- */

static struct sc_json *question_of(const struct sc_machine *m)
{
    struct sc_json *what = sc_json_new_object();

    sc_json_set_string(what, "tool", "model");
    sc_json_set_string(what, "effect", sc_effect_word(SC_EFFECT_SPEND));
    sc_json_set_string(what, "preview", sc_json_get_string(m->pause, "text", ""));
    return what;
}

bool machine_next_pause(struct sc_machine *m, struct sc_command *ret)
{
    if (m->pause_asked)
        return false;
    m->pause_asked = true;
    machine_hand_out_question(m, SC_NO_STEP, SC_NO_ELEMENT, question_of(m), ret);
    ret->approval = true;
    return true;
}

bool machine_pause_answered(struct sc_machine *m, const struct sc_json *answer,
        const char *by, struct sc_command *ret_note)
{
    bool approve = sc_json_true(sc_json_get(answer, "approve"));
    struct sc_json *body;

    if (!m->pause || m->phase == MACHINE_ENDED)
        return false;
    body = sc_json_new_object();
    sc_json_set_string(body, "key", sc_json_get_string(m->pause, "key", ""));
    sc_json_set_bool(body, "approve", approve);
    sc_json_set_string(body, "by", by);
    if (!approve)
        sc_json_add(body, "error", refusal(sc_json_get_string(m->pause, "text", "")));
    if (m->pause_asked && m->questions > 0)
        m->questions--;
    machine_note(ret_note, SC_EVENT_ALLOWED, body);
    return true;
}

/* --- folding --- */

static void apply_allowed(struct sc_machine *m, struct sc_json *body)
{
    sc_json_free(m->pause);
    m->pause = NULL;
    m->pause_asked = false;
    if (!sc_json_get_bool(body, "approve", false)) {
        sc_json_set_bool(body, "budget", true);
        machine_apply_stopped(m, body);
        return;
    }
    if (!m->allowed)
        m->allowed = sc_json_new_array();
    sc_json_append(m->allowed, sc_json_new_string(sc_json_get_string(body, "key", "")));
}

void machine_apply_money(
        struct sc_machine *m, enum sc_event_kind kind, struct sc_json *body)
{
    struct sc_model_usage usage;

    if (kind == SC_EVENT_SPENT) {
        sc_model_usage_from_json(sc_json_get(body, "usage"), &usage);
        sc_model_usage_add(&m->usage, &usage);
    } else if (kind == SC_EVENT_WARNED) {
        if (!m->warnings)
            m->warnings = sc_json_new_array();
        sc_json_append(m->warnings, sc_json_copy(body));
    } else if (kind == SC_EVENT_PAUSED) {
        sc_json_free(m->pause);
        m->pause = sc_json_copy(body);
    } else {
        apply_allowed(m, body);
    }
}

const struct sc_json *sc_machine_allowed(const struct sc_machine *m)
{
    return m->allowed;
}

/* --- the report --- */

void machine_report_money(const struct sc_machine *m, struct sc_json *json)
{
    if (m->warnings)
        sc_json_add(json, "warnings", sc_json_copy(m->warnings));
}

void machine_report_pause(const struct sc_machine *m, struct sc_json *waiting)
{
    struct sc_json *item;

    if (!m->pause)
        return;
    item = sc_json_new_object();
    sc_json_set_string(item, "step", SC_BUDGET_STEP);
    sc_json_set_bool(item, "approval", true);
    sc_json_add(item, "what", question_of(m));
    sc_json_append(waiting, item);
}

void machine_money_release(struct sc_machine *m)
{
    sc_json_free(m->allowed);
    sc_json_free(m->warnings);
    sc_json_free(m->pause);
}
