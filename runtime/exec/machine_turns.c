/* The model's turns: what is asked, what a reply means, what answers it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"
#include "model/retry.h"

enum { MAX_REPAIRS = 2, MAX_LOOKS = 1, MAX_FINDS = 2, MAX_TURNS = 40 };

static struct turn *last_turn(struct sc_machine *m)
{
    return m->turn_count ? &m->turns[m->turn_count - 1] : NULL;
}

static struct sc_plan_scope scope_of(const struct sc_machine *m)
{
    return (struct sc_plan_scope){ .registry = m->registry,
        .tools = sc_json_get(m->spec, "tools"),
        .inputs = sc_json_get(m->spec, "inputs") };
}

/* --- asking --- */

static bool stop_turns(struct sc_command *ret, enum sc_code code, const char *why)
{
    struct sc_error err;

    sc_fail(&err, code, "%s", why);
    machine_stop_note(ret, NULL, machine_error(&err));
    return true;
}

bool machine_next_turn(struct sc_machine *m, int64_t now_ms, struct sc_command *ret)
{
    if (m->model_flying)
        return !m->stopping && machine_next_early(m, ret);
    if (m->stopping) {
        m->phase = MACHINE_STEPS;
        return sc_machine_next(m, now_ms, ret);
    }
    if (!m->has_model)
        return stop_turns(
                ret, SC_UNAVAILABLE, "no model is configured to plan this task");
    if (m->loop && m->turn_count >= MAX_TURNS)
        return stop_turns(
                ret, SC_BUDGET, "the model took 40 turns without coming to an answer");
    if (m->model_due_ms > now_ms)
        return false;
    machine_early_drop_old(m);
    ret->kind = SC_COMMAND_MODEL;
    m->model_flying = true;
    m->flying++;
    return true;
}

/* --- what answers the last reply; computed, never journaled: it follows from the state
 */

static struct sc_json *done_in_short(const struct sc_machine *m)
{
    struct sc_json *done = sc_json_new_array();

    for (size_t s = 0; s < m->step_count; s++) {
        const struct sc_json *value = sc_json_get(m->names, m->plan->steps[s].id);
        struct sc_json *item;

        if (m->steps[s].phase != PHASE_DONE || !value)
            continue;
        item = sc_json_new_object();
        sc_json_add(item, "id", sc_json_new_string(m->plan->steps[s].id));
        sc_json_add(item, "tool", sc_json_new_string(m->plan->steps[s].tool));
        sc_json_add(item, "result", sc_shape_of(value));
        sc_json_append(done, item);
    }
    return done;
}

static struct sc_json *replan_messages(
        const struct sc_machine *m, const struct turn *turn)
{
    struct sc_json *done = done_in_short(m), *messages;
    struct sc_error why;

    machine_error_from(m->steps[m->replan_for].error, &why);
    messages = (m->splitting ? sc_planner_split : sc_planner_failed)(
            turn->reply, done, m->plan->steps[m->replan_for].id, &why);
    sc_json_free(done);
    return messages;
}

static void answer_last(struct sc_machine *m)
{
    struct turn *turn = last_turn(m);

    if (!turn || turn->answers)
        return;
    if (m->loop)
        machine_answer_calls(m, turn);
    else if (m->replan_for != SC_NO_STEP)
        turn->answers = replan_messages(m, turn);
}

struct sc_json *machine_shown_messages(struct sc_machine *m, const struct sc_json *shapes)
{
    return sc_planner_show(last_turn(m)->reply, shapes);
}

void machine_apply_shown(struct sc_machine *m, struct sc_json *body)
{
    struct turn *turn = last_turn(m);

    if (turn && !turn->answers)
        turn->answers = sc_json_detach(body, "messages");
    m->looks++;
    m->phase = MACHINE_ASKING;
}

static struct sc_planner_task task_of(const struct sc_machine *m)
{
    const struct sc_json *spec = m->spec;

    return (struct sc_planner_task){ .words = sc_json_get_string(spec, "words", ""),
        .language = sc_json_get_string(spec, "language", "en"),
        .instructions = sc_json_get_string(spec, "instructions", NULL),
        .env = sc_json_get(m->names, "env"),
        .inputs = sc_json_get(m->names, "inputs"),
        .shapes = sc_json_get(spec, "shapes"),
        .memory = sc_json_get(spec, "memory"),
        .registry = m->registry,
        .tools = sc_json_get(spec, "tools"),
        .results = m->names };
}

static void first_request(struct sc_machine *m)
{
    struct sc_planner_task task = task_of(m);
    struct sc_planner_turn *turns =
            sc_new_array(struct sc_planner_turn, m->turn_count + 1);

    for (size_t i = 0; i < m->turn_count; i++)
        turns[i] = (struct sc_planner_turn){ m->turns[i].reply->native,
            m->turns[i].answers };
    (m->loop ? sc_loop_request : sc_planner_request)(
            &task, turns, m->turn_count, &m->messages, &m->tools);
    free(turns);
}

/* The messages of a request begin with those of the request before it, unless old results
 * were cleared. */
static void add_turns(struct sc_machine *m)
{
    for (size_t i = m->told_turns; i < m->turn_count; i++) {
        sc_json_append(m->messages, sc_json_copy(m->turns[i].reply->native));
        SC_JSON_EACH(message, m->turns[i].answers)
        sc_json_append(m->messages, sc_json_copy(message));
    }
}

void sc_machine_request(struct sc_machine *m, const struct sc_json **ret_messages,
        const struct sc_json **ret_tools)
{
    answer_last(m);
    if (m->messages)
        add_turns(m);
    else
        first_request(m);
    m->told_turns = m->turn_count;
    *ret_messages = m->messages;
    *ret_tools = m->tools;
}

const char *sc_machine_forced_tool(const struct sc_machine *m)
{
    return m->loop ? NULL : sc_json_get_string(sc_json_first(m->tools), "name", NULL);
}

/* --- deciding what a reply means --- */

static void put_stop(struct sc_json *body, enum sc_code code, const char *why)
{
    struct sc_json *error = sc_json_new_object();

    sc_json_add(error, "code", sc_json_new_string(sc_code_word(code)));
    sc_json_add(error, "message", sc_json_new_string(why));
    sc_json_add(body, "stop", error);
}

static void decide_loop(
        struct sc_machine *m, const struct sc_model_reply *reply, struct sc_json *body)
{
    struct sc_planner_task task = task_of(m);
    struct sc_json *told = NULL, *steps;

    if (reply->call_count == 0) {
        if (*reply->text)
            sc_json_add(body, "answer", sc_json_new_string(reply->text));
        else
            put_stop(body, SC_PROTOCOL, "the model answered with nothing");
        return;
    }
    steps = sc_loop_steps(reply, m->turn_count + 1, &task, &told);
    sc_json_add(body, "steps", steps ? steps : sc_json_new_array());
    if (told)
        sc_json_add(body, "told", told);
}

static void decide_repair(struct sc_machine *m, const struct sc_model_reply *reply,
        struct sc_json *take_errors, struct sc_json *body)
{
    if (m->repairs < MAX_REPAIRS) {
        sc_json_add(body, "repair", sc_planner_repair(reply, take_errors));
    } else {
        char *why = sc_strdupf("the model gave no valid plan: %s",
                sc_json_string(sc_json_first(take_errors)));

        put_stop(body, SC_PROTOCOL, why);
        free(why);
    }
    sc_json_free(take_errors);
}

static char *objection_to(const struct sc_machine *m, const struct sc_plan *plan,
        const struct sc_step *step)
{
    const struct sc_tool *tool = sc_registry_get(m->registry, step->tool);
    size_t old = m->plan ? sc_plan_find(m->plan, step->id) : SC_NO_STEP;
    bool anew = !m->splitting || old == m->replan_for; /* else it stands as it was */

    if (plan->kind == SC_PLAN_LOOK && tool && tool->effect > SC_EFFECT_READ)
        return sc_strdupf("step '%s': a look may only read", step->id);
    if (old != SC_NO_STEP && anew && m->steps[old].phase == PHASE_FAILED &&
            sc_json_equal(m->plan->steps[old].args, step->args))
        return sc_strdupf("step '%s' has failed with these arguments: change it, or do "
                          "the work by another step",
                step->id);
    return NULL;
}

/* An effect in a `look`, a second look, a step that failed given once more as it was. */
static struct sc_json *objections(const struct sc_machine *m, const struct sc_plan *plan)
{
    struct sc_json *errors = sc_json_new_array();

    if (plan->kind == SC_PLAN_LOOK && m->looks >= MAX_LOOKS)
        sc_json_append(errors,
                sc_json_new_string("you have looked already: answer with a plan now"));
    if (plan->kind == SC_PLAN_FIND && m->finds >= MAX_FINDS)
        sc_json_append(errors,
                sc_json_new_string("you have searched twice: answer with a plan now, or "
                                   "say why it cannot be done"));
    for (size_t s = 0; s < plan->step_count; s++) {
        char *text = objection_to(m, plan, &plan->steps[s]);

        if (text)
            sc_json_append(errors, sc_json_new_string(text));
        free(text);
    }
    if (sc_json_count(errors) > 0)
        return errors;
    sc_json_free(errors);
    return NULL;
}

/* A new plan for a task that has done steps: together they must make sense. */
static struct sc_json *join_plans(
        struct sc_machine *m, const struct sc_plan *plan, struct sc_json **ret_errors)
{
    struct sc_plan_scope scope = scope_of(m);
    struct sc_json *merged;
    struct sc_plan *joined;

    if (m->replan_for == SC_NO_STEP)
        return sc_json_copy(plan->json);
    merged = machine_merged(m, plan);
    joined = sc_plan_read(merged, ret_errors, NULL);
    if (joined && sc_plan_valid(joined, &scope, ret_errors)) {
        sc_plan_free(joined);
        return merged;
    }
    sc_plan_free(joined);
    sc_json_free(merged);
    return NULL;
}

static void decide_cannot(const struct sc_plan *plan, struct sc_json *body)
{
    put_stop(body, SC_NOT_FOUND, plan->cannot);
    if (plan->missing)
        sc_json_add(body, "missing", sc_json_copy(plan->missing));
}

static void decide_found(const struct sc_machine *m, const struct sc_model_reply *reply,
        const struct sc_plan *plan, struct sc_json *body)
{
    struct sc_planner_task task = task_of(m);

    sc_json_add(body, "found", sc_planner_found(reply, &task, plan->find));
}

static void decide_steps(struct sc_machine *m, const struct sc_model_reply *reply,
        const struct sc_plan *plan, struct sc_json *body)
{
    struct sc_json *errors = NULL, *joined = join_plans(m, plan, &errors);

    if (joined)
        sc_json_add(body, "plan", joined);
    else
        decide_repair(m, reply, errors ? errors : sc_json_new_array(), body);
}

static void decide_plan(
        struct sc_machine *m, const struct sc_model_reply *reply, struct sc_json *body)
{
    struct sc_plan_scope scope = scope_of(m);
    struct sc_json *errors = NULL;
    struct sc_plan *plan =
            m->splitting ? sc_planner_read_split(reply, m->plan->json,
                                   m->plan->steps[m->replan_for].id, &scope, &errors)
                         : sc_planner_read(reply, &scope, &errors);

    if (plan)
        errors = objections(m, plan);
    if (errors || !plan)
        decide_repair(m, reply, errors ? errors : sc_json_new_array(), body);
    else if (plan->kind == SC_PLAN_CANNOT)
        decide_cannot(plan, body);
    else if (plan->kind == SC_PLAN_FIND)
        decide_found(m, reply, plan, body);
    else
        decide_steps(m, reply, plan, body);
    sc_plan_free(plan);
}

bool sc_machine_replied(struct sc_machine *m, const struct sc_model_reply *reply,
        struct sc_command *ret_note)
{
    struct sc_json *body = sc_json_new_object();

    m->flying--;
    m->model_flying = false;
    machine_early_end(m);
    sc_json_add(body, "reply", sc_model_reply_to_json(reply));
    if (m->stopping)
        ; /* paid for, hence kept; nothing follows from it */
    else if (m->loop)
        decide_loop(m, reply, body);
    else
        decide_plan(m, reply, body);
    machine_note(ret_note, SC_EVENT_TURN, body);
    return true;
}

/* What a server says is obeyed however long it is: the task is parked meanwhile. */
bool sc_machine_model_failed(struct sc_machine *m, const struct sc_error *why,
        uint64_t chance, struct sc_command *ret_note)
{
    static const struct sc_model_retry rules = { .attempts = 5,
        .wait_ms = 500,
        .max_wait_ms = 60000,
        .max_server_wait_ms = UINT32_MAX };
    struct sc_json *body;
    int64_t wait_ms;

    m->flying--;
    m->model_flying = false;
    machine_early_end(m);
    if (m->stopping || m->pause)
        return false;
    if (!sc_model_retry_next(&rules, why, m->model_attempts + 1, chance, &wait_ms)) {
        machine_stop_note(ret_note, NULL, machine_error(why));
        return true;
    }
    body = sc_json_new_object();
    sc_json_add(body, "error", machine_error(why));
    sc_json_add(body, "wait_ms", sc_json_new_int(wait_ms));
    machine_note(ret_note, SC_EVENT_MODEL_FAILED, body);
    return true;
}

/* --- folding a turn --- */

static struct turn *add_turn(struct sc_machine *m)
{
    if (m->turn_count == m->turn_cap) {
        m->turn_cap = m->turn_cap ? 2 * m->turn_cap : 4;
        m->turns = sc_realloc(m->turns, m->turn_cap * sizeof(*m->turns));
    }
    m->turns[m->turn_count] = (struct turn){ 0 };
    return &m->turns[m->turn_count++];
}

static void note_replan(struct sc_machine *m)
{
    char **id = m->splitting ? &m->split : &m->planned_anew;

    free(*id);
    *id = sc_strdup(m->plan->steps[m->replan_for].id);
    m->splitting = false;
    m->replans++;
}

static enum sc_code adopt_plan(
        struct sc_machine *m, const struct sc_json *json, struct sc_error *err)
{
    struct sc_plan *plan = sc_plan_read(json, NULL, err);

    if (!plan)
        return err->code;
    if (m->replan_for != SC_NO_STEP)
        note_replan(m);
    m->replan_for = SC_NO_STEP;
    m->repairs = 0;
    machine_take_plan(m, plan);
    return SC_OK;
}

static enum sc_code adopt_steps(struct sc_machine *m, struct turn *turn,
        const struct sc_json *steps, struct sc_error *err)
{
    turn->first_step = m->step_count;
    turn->step_count = sc_json_count(steps);
    return turn->step_count ? machine_append(m, steps, err) : SC_OK;
}

static void stop_by(struct sc_machine *m, struct sc_json *body)
{
    m->stopping = true;
    m->stop_error = sc_json_detach(body, "stop");
    m->missing = sc_json_detach(body, "missing");
}

enum sc_code machine_apply_turn(
        struct sc_machine *m, struct sc_json *body, struct sc_error *err)
{
    struct sc_json *json = sc_json_detach(body, "reply");
    const struct sc_json *steps = sc_json_get(body, "steps");
    struct sc_model_reply *reply = sc_model_reply_take_json(json, err);
    struct turn *turn;
    enum sc_code code = SC_OK;

    if (!reply)
        return sc_wrap(err, "a journaled reply");
    answer_last(m);
    turn = add_turn(m);
    turn->reply = reply;
    sc_model_usage_add(&m->usage, &reply->usage);
    m->model_attempts = 0;
    m->model_due_ms = 0;
    turn->answers = sc_json_detach(body, "repair");
    turn->told = sc_json_detach(body, "told");
    if (turn->answers)
        m->repairs++;
    else if ((turn->answers = sc_json_detach(body, "found")))
        m->finds++;
    else if (sc_json_get(body, "stop"))
        stop_by(m, body);
    else if (sc_json_get(body, "answer"))
        m->answer = sc_strdup(sc_json_get_string(body, "answer", ""));
    else if (sc_json_get(body, "plan"))
        code = adopt_plan(m, sc_json_get(body, "plan"), err);
    else if (steps)
        code = adopt_steps(m, turn, steps, err);
    if (m->answer)
        m->phase = MACHINE_STEPS;
    machine_early_turn(m, sc_json_get(body, "plan") != NULL);
    return code;
}

void machine_turns_release(struct sc_machine *m)
{
    for (size_t i = 0; i < m->turn_count; i++) {
        sc_model_reply_free(m->turns[i].reply);
        sc_json_free(m->turns[i].answers);
        sc_json_free(m->turns[i].told);
    }
    free(m->turns);
    free(m->planned_anew);
    free(m->split);
    sc_json_free(m->messages);
    sc_json_free(m->tools);
}
