/* The plan taken in: edges between steps, and what the end of one sets free. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

static void step_release(struct run_step *step)
{
    for (size_t i = 0; i < step->cap; i++) {
        sc_json_free(step->elements[i].value);
        sc_json_free(step->elements[i].error);
    }
    free(step->elements);
    free(step->again);
    free(step->approver);
    free(step->why);
    sc_json_free(step->gate_what);
    sc_json_free(step->rows);
    sc_json_free(step->values);
    sc_json_free(step->error);
    sc_json_free(step->previews);
    sc_json_free(step->known.pairs);
    sc_json_free(step->piece.rows);
    sc_json_free(step->piece.passed);
    sc_json_free(step->piece.values);
}

void machine_drop_plan(struct sc_machine *m)
{
    for (size_t s = 0; s < m->step_count; s++)
        step_release(&m->steps[s]);
    sc_plan_free(m->plan);
    m->plan = NULL;
    m->step_count = m->edge_count = m->queue_count = 0;
    m->open_steps = m->open_finally = 0;
    m->sleeper_count = 0;
    m->wake_ms = 0;
}

static void add_edge(struct sc_machine *m, size_t from, size_t to)
{
    if (step_ended(&m->steps[from]))
        return;
    /* A `finally` step starts when all others have ended; it waits for its like only. */
    if (m->plan->steps[to].finally && !m->plan->steps[from].finally)
        return;
    if (m->edge_count == m->edge_cap) {
        m->edge_cap = m->edge_cap ? 2 * m->edge_cap : 16;
        m->edges = sc_realloc(m->edges, m->edge_cap * sizeof(*m->edges));
    }
    m->edges[m->edge_count] = (struct edge){ to, m->steps[from].edges };
    m->steps[from].edges = ++m->edge_count;
    m->steps[to].waits++;
}

static void grow_steps(struct sc_machine *m, size_t count)
{
    if (count > m->step_cap) {
        m->step_cap = count > 2 * m->step_cap ? count : 2 * m->step_cap;
        m->steps = sc_realloc(m->steps, m->step_cap * sizeof(*m->steps));
    }
    if (count == m->step_count)
        return;
    memset(m->steps + m->step_count, 0, (count - m->step_count) * sizeof(*m->steps));
    m->step_count = count;
}

static void link_gate(struct sc_machine *m, const struct sc_gate *gate)
{
    if (step_ended(&m->steps[gate->before]))
        return;
    for (size_t d = 0; d < gate->dep_count; d++)
        if (gate->deps[d] != gate->before)
            add_edge(m, gate->deps[d], gate->before);
}

/* Links the steps from index `first` on; those before are linked already. */
static void link_steps(struct sc_machine *m, size_t first)
{
    if (m->step_count == 0)
        return;
    for (size_t s = first; s < m->step_count; s++) {
        const struct sc_step *step = &m->plan->steps[s];

        if (step_ended(&m->steps[s]))
            continue;
        *(step->finally ? &m->open_finally : &m->open_steps) += 1;
        for (size_t d = 0; d < step->dep_count; d++)
            add_edge(m, step->deps[d], s);
    }
    for (size_t g = 0; first == 0 && g < m->plan->gate_count; g++)
        link_gate(m, &m->plan->gates[g]);
    for (size_t s = first; s < m->step_count; s++)
        if (m->steps[s].waits == 0 && !m->plan->steps[s].finally)
            machine_queue(m, s);
}

/* Steps of the plan before that have run, or run now, keep what they have. */
static bool has_run(const struct run_step *step)
{
    return step->touched && step->phase != PHASE_LEFT_OUT;
}

static bool same_step(const struct sc_step *a, const struct sc_step *b)
{
    return strcmp(a->tool, b->tool) == 0 && sc_json_equal(a->args, b->args) &&
           sc_json_equal(a->each, b->each) && sc_json_equal(a->where, b->where) &&
           sc_json_equal(a->once, b->once);
}

/* What a step of the plan before has goes to the same step of the new plan, or away. */
static void keep_step(
        struct sc_machine *m, const struct sc_step *before, struct run_step *step)
{
    size_t to = sc_plan_find(m->plan, before->id);

    if (to == SC_NO_STEP || !has_run(step) || !same_step(before, &m->plan->steps[to])) {
        sc_json_free(sc_json_detach(m->names, before->id));
        step_release(step);
        return;
    }
    m->steps[to] = *step;
    m->steps[to].edges = m->steps[to].waits = 0;
    m->steps[to].queued = false;
    for (size_t i = 0; i < step->count; i++)
        if (step->elements[i].due_ms > 0)
            machine_sleep(m, to, i, step->elements[i].due_ms);
}

void machine_take_plan(struct sc_machine *m, struct sc_plan *take_plan)
{
    struct sc_plan *before = m->plan;
    struct run_step *steps = m->steps;
    size_t count = m->step_count;

    m->plan = take_plan;
    m->steps = NULL;
    m->step_count = m->step_cap = m->edge_count = m->queue_count = 0;
    m->open_steps = m->open_finally = 0;
    m->sleeper_count = 0;
    grow_steps(m, take_plan->step_count);
    for (size_t s = 0; before && s < count; s++)
        keep_step(m, &before->steps[s], &steps[s]);
    free(steps);
    sc_plan_free(before);
    m->looking = take_plan->kind == SC_PLAN_LOOK;
    m->phase = MACHINE_STEPS;
    link_steps(m, 0);
    for (size_t s = 0; s < m->step_count; s++)
        if (has_run(&m->steps[s]) && !step_ended(&m->steps[s]))
            machine_queue(m, s);
}

enum sc_code machine_append(
        struct sc_machine *m, const struct sc_json *steps, struct sc_error *err)
{
    size_t first = m->step_count;

    if (!m->plan) {
        struct sc_json *json = sc_json_new_object();
        struct sc_plan *plan;

        sc_json_add(json, "goal",
                sc_json_new_string(sc_json_get_string(m->spec, "words", "")));
        sc_json_add(json, "steps", sc_json_copy(steps));
        plan = sc_plan_read(json, NULL, err);
        sc_json_free(json);
        if (!plan)
            return err->code;
        machine_take_plan(m, plan);
        return SC_OK;
    }
    if (sc_plan_append(m->plan, steps, NULL, err))
        return err->code;
    grow_steps(m, m->plan->step_count);
    m->phase = MACHINE_STEPS;
    link_steps(m, first);
    return SC_OK;
}

/* The new plan with the steps of the old one that have run, or must run at the end. */
struct sc_json *machine_merged(const struct sc_machine *m, const struct sc_plan *plan)
{
    struct sc_json *merged = sc_json_copy(plan->json), *steps = sc_json_new_array();
    const struct sc_json *mine = sc_json_get(m->plan->json, "steps");
    size_t s = 0;

    SC_JSON_EACH(item, mine)
    {
        const struct run_step *step = &m->steps[s];
        bool again = sc_plan_find(plan, m->plan->steps[s].id) != SC_NO_STEP;
        bool keep = has_run(step) || (m->plan->steps[s].finally && !step_ended(step));

        if (keep && !(again && (step->phase == PHASE_FAILED || !has_run(step))))
            sc_json_append(steps, sc_json_copy(item));
        s++;
    }
    SC_JSON_EACH(item, sc_json_get(plan->json, "steps"))
    {
        size_t old = sc_plan_find(m->plan, sc_json_get_string(item, "id", ""));

        if (old == SC_NO_STEP || !has_run(&m->steps[old]) ||
                m->steps[old].phase == PHASE_FAILED)
            sc_json_append(steps, sc_json_copy(item));
    }
    sc_json_set(merged, "steps", steps);
    return merged;
}

bool machine_next_check_plan(struct sc_machine *m, struct sc_command *ret)
{
    struct sc_plan_scope scope = { .registry = m->registry,
        .tools = sc_json_get(m->spec, "tools"),
        .inputs = sc_json_get(m->spec, "inputs") };
    struct sc_json *errors = NULL;
    struct sc_error err;

    m->unchecked = false;
    if (m->stopping || !m->plan || sc_plan_valid(m->plan, &scope, &errors))
        return false;
    sc_fail(&err, SC_INVALID, "%s", sc_json_string(sc_json_first(errors)));
    machine_stop_note(ret, NULL, machine_error(&err));
    sc_json_add(ret->body, "errors", errors);
    return true;
}

static void keep_result(struct sc_machine *m, size_t s)
{
    const char *id = m->plan->steps[s].id;
    struct sc_json *result;

    if (sc_json_get(m->names, id))
        return;
    result = machine_step_result(m, s);
    if (result)
        sc_json_add(m->names, id, result);
}

void machine_step_end(struct sc_machine *m, size_t s, enum step_phase to, int64_t at_ms)
{
    struct run_step *step = &m->steps[s];

    if (step_ended(step))
        return;
    step->phase = to;
    step->ended_ms = at_ms;
    if (!step->started_ms)
        step->started_ms = at_ms;
    if (to == PHASE_DONE)
        keep_result(m, s);
    *(m->plan->steps[s].finally ? &m->open_finally : &m->open_steps) -= 1;
    for (size_t e = step->edges; e; e = m->edges[e - 1].next) {
        size_t next = m->edges[e - 1].to;

        if (--m->steps[next].waits == 0)
            machine_queue(m, next);
    }
    if (m->loop && m->open_steps == 0 && !m->stopping)
        m->phase = MACHINE_ASKING;
}

void machine_apply_left_out(
        struct sc_machine *m, size_t s, int64_t at_ms, struct sc_json *body)
{
    free(m->steps[s].why);
    m->steps[s].why = sc_strdup(sc_json_get_string(body, "why", "needs"));
    machine_step_end(m, s, PHASE_LEFT_OUT, at_ms);
}

/* From now on only effects with an open intent are brought to their end. */
void machine_stop_steps(struct sc_machine *m)
{
    m->stopping = true;
    for (size_t s = 0; s < m->step_count; s++) {
        if (m->steps[s].phase >= PHASE_PREPARED && m->steps[s].open > 0) {
            m->steps[s].cursor = 0;
            machine_queue(m, s);
        }
    }
}

/* What an `each` had done before a stop can be seen by the steps that put things right,
 * and in the report. */
void machine_keep_partial(struct sc_machine *m)
{
    for (size_t s = 0; s < m->step_count; s++)
        if (m->plan->steps[s].each && m->steps[s].values)
            keep_result(m, s);
}

void machine_start_finally(struct sc_machine *m)
{
    m->phase = MACHINE_FINALLY;
    machine_keep_partial(m);
    for (size_t s = 0; s < m->step_count; s++)
        if (m->plan->steps[s].finally && m->steps[s].waits == 0)
            machine_queue(m, s);
}
