/* What a command is about, and the report of a task. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

/* The same for the same effect whenever it is computed. Without `once` it stands for
 * this element of this step with these arguments. */
static void make_key(
        const struct sc_machine *m, size_t s, size_t i, struct sc_call_view *view)
{
    const char *once = view->once;
    struct sc_json *parts = sc_json_new_array();

    if (once) {
        sc_json_append(parts, sc_json_new_string("once"));
        sc_json_append(
                parts, sc_json_new_string(sc_json_get_string(m->spec, "agent", "")));
        sc_json_append(parts, sc_json_new_string(m->plan->steps[s].tool));
        sc_json_append(parts, sc_json_new_string(once));
    } else {
        sc_json_append(parts, sc_json_new_string("step"));
        sc_json_append(parts, sc_json_new_string(m->task_id));
        sc_json_append(parts, sc_json_new_string(m->plan->steps[s].id));
        sc_json_append(parts, sc_json_new_int((int64_t)i));
        sc_json_append(parts, sc_json_new_string(view->args_hash));
    }
    sc_json_hash(parts, view->key);
    sc_json_free(parts);
}

void sc_machine_call(const struct sc_machine *m, size_t s, size_t element,
        struct sc_call_view *ret_view)
{
    const struct sc_step *step = &m->plan->steps[s];
    const struct run_step *run = &m->steps[s];
    const struct sc_json *given = run->elements[element].given;

    *ret_view = (struct sc_call_view){ .step_id = step->id };
    ret_view->tool = machine_tool(m, s);
    ret_view->tool_name = step->tool;
    ret_view->args = sc_json_get(given, "args");
    ret_view->element = step->each ? (int64_t)element : -1;
    ret_view->once = sc_json_get_string(given, "once", NULL);
    ret_view->hearsay = machine_hearsay(m, s);
    ret_view->approver = run->approver ? run->approver : m->yes ? "--yes" : "policy";
    if (machine_effect(m, s) > SC_EFFECT_READ) {
        sc_json_hash(ret_view->args, ret_view->args_hash);
        make_key(m, s, element, ret_view);
    }
    ret_view->limit.n = -1;
    if (step->limit.n >= 0) {
        ret_view->limit.n = step->limit.n;
        ret_view->limit.key = sc_json_get_string(
                given, "limit", step->limit.key ? step->limit.key : step->tool);
        ret_view->limit_per = step->limit.per;
    }
}

const char *sc_machine_step_id(const struct sc_machine *m, size_t step)
{
    return step == SC_NO_STEP ? SC_BUDGET_STEP : m->plan->steps[step].id;
}

/* --- the report --- */

static const struct sc_json *error_of(const struct run_step *step)
{
    if (step->error)
        return step->error;
    return step->count == 1 ? step->elements[0].error : NULL;
}

static int64_t attempts_of(const struct run_step *step)
{
    int64_t attempts = 0;

    for (size_t i = 0; i < step->count; i++)
        attempts += step->elements[i].attempts;
    return attempts;
}

static struct sc_json *report_step(const struct sc_machine *m, size_t s)
{
    const struct run_step *step = &m->steps[s];
    const struct sc_json *value = sc_json_get(m->names, m->plan->steps[s].id);
    struct sc_json *json = sc_json_new_object();

    sc_json_add(json, "id", sc_json_new_string(m->plan->steps[s].id));
    sc_json_add(json, "tool", sc_json_new_string(m->plan->steps[s].tool));
    sc_json_add(json, "state", sc_json_new_string(machine_step_word(m, s)));
    sc_json_add(json, "attempts", sc_json_new_int(attempts_of(step)));
    if (step->early)
        sc_json_add(json, "early", sc_json_new_bool(true));
    if (step->started_ms)
        sc_json_add(json, "started_ms", sc_json_new_int(step->started_ms));
    if (step->ended_ms)
        sc_json_add(json, "ended_ms", sc_json_new_int(step->ended_ms));
    if (step->why)
        sc_json_add(json, "why", sc_json_new_string(step->why));
    if (value)
        sc_json_add(json, "result", sc_json_copy(value));
    if (error_of(step))
        sc_json_add(json, "error", sc_json_copy(error_of(step)));
    return json;
}

static void add_waiting(const struct sc_machine *m, size_t s, struct sc_json *list)
{
    const struct run_step *step = &m->steps[s];
    struct sc_json *item = NULL, *what = NULL;

    if (step_ended(step))
        return;
    if (step->gate_asked) {
        what = sc_json_copy(step->gate_what);
    } else if (step->asking) {
        for (size_t i = 0; i < step->count && !what; i++)
            if (step->elements[i].state == EL_ASKING)
                what = sc_json_copy(step->elements[i].value);
    } else if (step->approval == APPROVAL_ASKED) {
        what = machine_question(m, s);
    }
    if (!what)
        return;
    item = sc_json_new_object();
    sc_json_add(item, "step", sc_json_new_string(m->plan->steps[s].id));
    sc_json_add(item, "approval",
            sc_json_new_bool(!step->asking && step->approval == APPROVAL_ASKED));
    sc_json_add(item, "what", what);
    sc_json_append(list, item);
}

static void add_files(
        const struct sc_json *value, const char *out_dir, struct sc_json *files)
{
    const char *path = sc_json_get_string(value, "path", "");
    size_t len = strlen(out_dir);

    if (len && strncmp(path, out_dir, len) == 0)
        sc_json_append(files, sc_json_new_string(path));
    SC_JSON_EACH(item, sc_json_get(value, "items"))
    add_files(item, out_dir, files);
}

static struct sc_json *report_usage(const struct sc_machine *m)
{
    struct sc_json *usage = sc_model_usage_to_json(&m->usage);

    sc_json_set_string(usage, "currency", "USD");
    return usage;
}

/* What was asked, of whom. */
static void add_request(const struct sc_machine *m, struct sc_json *json)
{
    static const char *const fields[] = { "words", "agent", "routine", "inputs" };

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const struct sc_json *value = sc_json_get(m->spec, fields[i]);

        if (value)
            sc_json_add(json, fields[i], sc_json_copy(value));
    }
}

static void add_outcome(const struct sc_machine *m, struct sc_json *json)
{
    if (m->answer)
        sc_json_set_string(json, "answer", m->answer);
    if (m->stop_error)
        sc_json_add(json, "error", sc_json_copy(m->stop_error));
}

struct sc_json *sc_machine_report(const struct sc_machine *m, bool brief)
{
    struct sc_json *json = sc_json_new_object(), *list, *files;
    const char *out_dir = sc_json_get_string(m->spec, "out_dir", "");

    sc_json_add(json, "id", sc_json_new_string(m->task_id));
    sc_json_add(
            json, "state", sc_json_new_string(sc_task_state_word(sc_machine_state(m))));
    if (brief) {
        add_outcome(m, json);
        return json;
    }
    add_request(m, json);
    add_outcome(m, json);
    if (m->plan)
        sc_json_add(json, "plan", sc_json_copy(m->plan->json));
    SC_ASSERT(m->plan || m->step_count == 0);
    list = sc_json_add(json, "steps", sc_json_new_array());
    files = sc_json_new_array();
    for (size_t s = 0; s < m->step_count; s++) {
        sc_json_append(list, report_step(m, s));
        add_files(sc_json_get(m->names, m->plan->steps[s].id), out_dir, files);
    }
    sc_json_add(json, "files", files);
    sc_json_add(json, "usage", report_usage(m));
    machine_report_money(m, json);
    if (m->checks)
        sc_json_add(json, "checks", sc_json_copy(m->checks));
    if (m->missing)
        sc_json_add(json, "missing", sc_json_copy(m->missing));
    if (m->phase == MACHINE_ENDED)
        return json;
    list = sc_json_add(json, "waiting", sc_json_new_array());
    machine_report_pause(m, list);
    for (size_t s = 0; s < m->step_count; s++)
        add_waiting(m, s, list);
    if (sc_machine_wake_ms(m))
        sc_json_set_int(json, "wake_ms", sc_machine_wake_ms(m));
    return json;
}
