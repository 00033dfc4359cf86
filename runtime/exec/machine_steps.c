/* Which element of a step comes next, and what is done with it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"
#include "tool/check.h"

struct element *machine_element(struct sc_machine *m, size_t s, size_t element)
{
    struct run_step *step = &m->steps[s];

    if (element >= step->cap) {
        size_t cap = element < 2 * step->cap ? 2 * step->cap : element + 1;

        step->elements = sc_realloc(step->elements, cap * sizeof(*step->elements));
        memset(step->elements + step->cap, 0,
                (cap - step->cap) * sizeof(*step->elements));
        step->cap = cap;
    }
    if (element >= step->count)
        step->count = element + 1;
    return &step->elements[element];
}

void machine_again(struct sc_machine *m, size_t s, size_t element)
{
    struct run_step *step = &m->steps[s];

    if (step->again_count == step->again_cap) {
        step->again_cap = step->again_cap ? 2 * step->again_cap : 4;
        step->again = sc_realloc(step->again, step->again_cap * sizeof(*step->again));
    }
    step->again[step->again_count++] = element;
    machine_queue(m, s);
}

/* NULL: there is none of that name; nor are there any when only a report is wanted. */
struct sc_tool *machine_tool(const struct sc_machine *m, size_t s)
{
    return m->registry ? sc_registry_get(m->registry, m->plan->steps[s].tool) : NULL;
}

enum sc_effect machine_effect(const struct sc_machine *m, size_t s)
{
    const struct sc_tool *tool = machine_tool(m, s);

    /* A tool that is gone cannot be called; an effect is the safe guess. */
    return tool ? tool->effect : SC_EFFECT_SPEND;
}

/* --- time --- */

void machine_sleep(struct sc_machine *m, size_t s, size_t element, int64_t due_ms)
{
    if (m->sleeper_count == m->sleeper_cap) {
        m->sleeper_cap = m->sleeper_cap ? 2 * m->sleeper_cap : 4;
        m->sleepers = sc_realloc(m->sleepers, m->sleeper_cap * sizeof(*m->sleepers));
    }
    m->sleepers[m->sleeper_count++] = (struct sleeper){ s, element };
    if (!m->wake_ms || due_ms < m->wake_ms)
        m->wake_ms = due_ms;
}

static bool still_sleeps(const struct sc_machine *m, const struct sleeper *sleeper)
{
    const struct element *e = &m->steps[sleeper->step].elements[sleeper->element];

    return (e->state == EL_BACKOFF || e->state == EL_SLEEPING) && !e->due;
}

void machine_wake(struct sc_machine *m, int64_t now_ms)
{
    size_t kept = 0;

    m->wake_ms = 0;
    for (size_t i = 0; i < m->sleeper_count; i++) {
        struct sleeper sleeper = m->sleepers[i];
        struct element *e = &m->steps[sleeper.step].elements[sleeper.element];

        if (!still_sleeps(m, &sleeper))
            continue;
        if (e->state == EL_BACKOFF && e->due_ms > now_ms + e->wait_ms)
            e->due_ms = now_ms + e->wait_ms;
        if (e->due_ms <= now_ms) {
            e->due = true;
            machine_again(m, sleeper.step, sleeper.element);
            continue;
        }
        m->sleepers[kept++] = sleeper;
        if (!m->wake_ms || e->due_ms < m->wake_ms)
            m->wake_ms = e->due_ms;
    }
    m->sleeper_count = kept;
}

/* --- elements --- */

/* Another element under way holds the same `once`: this one waits for how it ends. From
 * now on this one holds it otherwise. */
bool machine_once_hold(struct sc_machine *m, size_t s, const struct element *e)
{
    const char *once = sc_json_get_string(e->given, "once", NULL);
    char *key;
    bool held;

    if (!once)
        return false;
    key = sc_strdupf("%s\n%s", m->plan->steps[s].tool, once);
    held = sc_map_get(&m->once_held, key) != NULL;
    if (!held)
        sc_map_set(&m->once_held, key, (void *)(uintptr_t)e->given);
    free(key);
    return held;
}

/* Until an element with the same `once` has ended. */
static void defer(struct sc_machine *m, size_t s, size_t element)
{
    if (m->deferred_count == m->deferred_cap) {
        m->deferred_cap = m->deferred_cap ? 2 * m->deferred_cap : 4;
        m->deferred = sc_realloc(m->deferred, m->deferred_cap * sizeof(*m->deferred));
    }
    m->deferred[m->deferred_count++] = (struct sleeper){ s, element };
}

void machine_once_release(struct sc_machine *m, size_t s, const struct element *e)
{
    const char *once = sc_json_get_string(e->given, "once", NULL);
    char *key;
    bool held;

    if (!once)
        return;
    key = sc_strdupf("%s\n%s", m->plan->steps[s].tool, once);
    held = sc_map_get(&m->once_held, key) == e->given;
    if (held)
        sc_map_remove(&m->once_held, key);
    free(key);
    if (!held)
        return;
    for (size_t i = 0; i < m->deferred_count; i++)
        machine_again(m, m->deferred[i].step, m->deferred[i].element);
    m->deferred_count = 0;
}

/* What is to be called went away meanwhile. */
static bool gone(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct sc_error err;

    sc_fail(&err, SC_NOT_FOUND, "there is no tool '%s'", m->plan->steps[s].tool);
    if (m->steps[s].elements[i].maybe)
        machine_doubt_note(m, s, i, &err, ret);
    else
        machine_error_note(m, s, i, &err, ret);
    return true;
}

static bool call(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    if (!machine_tool(m, s))
        return gone(m, s, i, ret);
    m->steps[s].elements[i].state = EL_CALLING;
    m->flying++;
    ret->kind = SC_COMMAND_CALL;
    ret->step = s;
    ret->element = i;
    return true;
}

static bool intend(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    machine_result_note(m, s, i, ret);
    m->steps[s].elements[i].claiming = true;
    m->flying++;
    ret->kind = SC_COMMAND_INTEND;
    ret->event = SC_EVENT_INTENT;
    return true;
}

static bool next_new(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct element *e = &m->steps[s].elements[i];
    const struct sc_json *args = sc_json_get(e->given, "args");
    const struct sc_tool *tool = machine_tool(m, s);
    struct sc_error err;
    bool command;

    if (!tool)
        return gone(m, s, i, ret);
    if (sc_tool_check_args(tool, args, &err)) {
        machine_error_note(m, s, i, &err, ret);
        return true;
    }
    if (tool->effect <= SC_EFFECT_READ && machine_next_adopted(m, s, i, ret, &command))
        return command;
    if (tool->effect <= SC_EFFECT_READ)
        return call(m, s, i, ret);
    if (m->dry_run)
        return machine_next_simulated(m, s, i, ret);
    if (machine_once_hold(m, s, e)) {
        defer(m, s, i);
        return false;
    }
    return intend(m, s, i, ret);
}

/* An intent without a result that this process did not make. */
static bool next_recover(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct element *e = &m->steps[s].elements[i];

    if (e->claiming)
        return false;
    e->claiming = true;
    m->flying++;
    ret->kind = SC_COMMAND_RECOVER;
    ret->step = s;
    ret->element = i;
    return true;
}

/* The task stops: an effect that surely did not happen is not tried any more. */
static bool give_up(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct sc_error err;

    sc_fail(&err, SC_CANCELLED, "the task stopped before it was done");
    machine_error_note(m, s, i, &err, ret);
    return true;
}

/* Of an effect that surely did not happen yet, without a key: after a crash nobody could
 * tell whether this try took place, so it has an intent of its own. */
static bool needs_intent(const struct sc_machine *m, size_t s, const struct element *e)
{
    const struct sc_tool *tool = machine_tool(m, s);

    return e->intent && tool && tool->idempotent == SC_IDEMPOTENT_NO;
}

static bool next_due(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct element *e = &m->steps[s].elements[i];

    if (!e->due)
        return false;
    if (e->state == EL_BACKOFF)
        return needs_intent(m, s, e) ? intend(m, s, i, ret) : call(m, s, i, ret);
    machine_result_note(m, s, i, ret);
    sc_json_add(ret->body, "value", e->value);
    e->value = NULL;
    return true;
}

/* Nothing new begins; what may have happened is brought to its end. */
static bool next_stopped(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct element *e = &m->steps[s].elements[i];

    if (e->state == EL_INTENT)
        return next_recover(m, s, i, ret);
    if (e->state == EL_GRANTED)
        return give_up(m, s, i, ret);
    if (e->state == EL_BACKOFF && e->intent)
        return e->maybe ? next_due(m, s, i, ret) : give_up(m, s, i, ret);
    return false;
}

static bool next_asking(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    struct element *e = &m->steps[s].elements[i];

    if (e->asked)
        return false;
    e->asked = true;
    return machine_hand_out_question(m, s, i, sc_json_copy(e->value), ret);
}

static bool next_element(struct sc_machine *m, size_t s, size_t i, struct sc_command *ret)
{
    if ((m->stopping && !m->plan->steps[s].finally) || step_ended(&m->steps[s]))
        return next_stopped(m, s, i, ret);
    switch (m->steps[s].elements[i].state) {
    case EL_NEW:
        return next_new(m, s, i, ret);
    case EL_INTENT:
        return next_recover(m, s, i, ret);
    case EL_GRANTED:
        return call(m, s, i, ret);
    case EL_BACKOFF:
    case EL_SLEEPING:
        return next_due(m, s, i, ret);
    case EL_ASKING:
        return next_asking(m, s, i, ret);
    case EL_CALLING:
    case EL_DONE:
    case EL_FAILED:
    case EL_SKIPPED:
    case EL_UNKNOWN:
        break;
    }
    return false;
}

static bool next_running(struct sc_machine *m, size_t s, struct sc_command *ret)
{
    struct run_step *step = &m->steps[s];

    while (step->again_count > 0)
        if (next_element(m, s, step->again[--step->again_count], ret))
            return true;
    while (step->cursor < step->count)
        if (next_element(m, s, step->cursor++, ret))
            return true;
    return false;
}

bool machine_next_step(struct sc_machine *m, size_t s, struct sc_command *ret)
{
    struct run_step *step = &m->steps[s];
    bool finally = m->plan->steps[s].finally;
    bool holds = !finally && (m->stopping || m->replan_for != SC_NO_STEP);
    bool command;

    if (step->phase < PHASE_PREPARED) {
        if (holds || step->flying || step->waits > 0 ||
                (finally && m->phase != MACHINE_FINALLY))
            return false;
        return machine_next_prepare(m, s, ret);
    }
    if (step->phase == PHASE_PREPARED) {
        if (m->replan_for != SC_NO_STEP && !finally)
            return false;
        if (machine_next_approval(m, s, ret, &command))
            return command;
        step->phase = PHASE_RUNNING;
    }
    /* A step that failed may still have effects to account for. */
    if (step->phase == PHASE_RUNNING || step->phase == PHASE_FAILED ||
            step->phase == PHASE_IN_DOUBT)
        return next_running(m, s, ret);
    return false;
}
