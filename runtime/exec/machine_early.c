#include "exec/machine_early.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/expect.h"
#include "exec/machine_state.h"
#include "plan/partial.h"
#include "tool/check.h"

/* All of it is volatile: after a fold there is none. */

enum { MAX_STEPS = 32, MAX_TRIED = 100, FRESH_MS = 5 * 60 * 1000 };

enum early_state {
    EARLY_NEW,
    EARLY_CALLING,
    EARLY_DONE,
    EARLY_GONE /* failed, adopted or of no use any more */
};

struct early_call {
    enum early_state state;
    char hash[SC_HASH_TEXT]; /* of tool, version and arguments */
    char *version;
    struct sc_json *value; /* when DONE */
    int64_t ms, at_ms;
    bool planned; /* a plan came after it */
    char *id, *tool;
    const struct sc_json *written; /* its arguments as the plan has them, in `args` */
    struct sc_json *args;          /* [as called, as written] */
    bool unwanted, stopped;
    bool awaited; /* by that element */
    size_t step, element;
};

#define NOT_CALLED   ((size_t)-1)
#define NEVER_CALLED ((size_t)-2)

struct early {
    struct early_call *calls;
    size_t count, cap;

    /* of the reply under way */
    struct sc_partial *partial;
    size_t plan_call;     /* the call whose arguments are the plan */
    struct sc_map seen;   /* ids of its steps so far */
    struct sc_plan *plan; /* those that may begin */
    size_t tried;         /* steps held against it */
    size_t of[MAX_STEPS]; /* its steps -> calls */
};

struct early *machine_early_new(void)
{
    struct early *early = sc_new(struct early);

    sc_map_init(&early->seen);
    return early;
}

static void let_go(struct early_call *call)
{
    call->state = EARLY_GONE;
    sc_json_free(call->value);
    sc_json_free(call->args);
    call->value = call->args = NULL;
    call->written = NULL;
}

/* The reply is no longer under way: what has not begun will not. */
void machine_early_end(struct sc_machine *m)
{
    struct early *early = m->early;

    sc_partial_free(early->partial);
    early->partial = NULL;
    sc_plan_free(early->plan);
    early->plan = NULL;
    early->tried = 0;
    sc_map_release(&early->seen, NULL);
    sc_map_init(&early->seen);
    for (size_t i = 0; i < early->count; i++)
        if (early->calls[i].state == EARLY_NEW)
            let_go(&early->calls[i]);
}

void machine_early_release(struct sc_machine *m)
{
    struct early *early = m->early;

    machine_early_end(m);
    for (size_t i = 0; i < early->count; i++) {
        let_go(&early->calls[i]);
        free(early->calls[i].version);
        free(early->calls[i].id);
        free(early->calls[i].tool);
    }
    sc_map_release(&early->seen, NULL);
    free(early->calls);
    free(early);
}

/* --- calls --- */

static void hash_call(const struct sc_tool *tool, const struct sc_json *args,
        char ret_hash[SC_HASH_TEXT])
{
    struct sc_json *parts = sc_json_new_array();

    sc_json_append(parts, sc_json_new_string(tool->name));
    sc_json_append(parts, sc_json_new_string(tool->version));
    sc_json_append(parts, sc_json_copy(args));
    sc_json_hash(parts, ret_hash);
    sc_json_free(parts);
}

static struct early_call *find_call(
        const struct sc_machine *m, const char *hash, enum early_state state)
{
    struct early *early = m->early;

    for (size_t i = 0; i < early->count; i++)
        if (early->calls[i].state == state && strcmp(early->calls[i].hash, hash) == 0)
            return &early->calls[i];
    return NULL;
}

static struct early_call *add_call(struct sc_machine *m, const char *hash)
{
    struct early *early = m->early;
    struct early_call *call;

    if (early->count == early->cap) {
        early->cap = early->cap ? 2 * early->cap : 4;
        early->calls = sc_realloc(early->calls, early->cap * sizeof(*early->calls));
    }
    call = &early->calls[early->count++];
    *call = (struct early_call){ 0 };
    memcpy(call->hash, hash, SC_HASH_TEXT);
    return call;
}

static bool is_fresh(const struct sc_machine *m, const struct early_call *call)
{
    int64_t age_ms = m->seen_ms - call->at_ms;

    return age_ms >= 0 && age_ms <= FRESH_MS;
}

/* --- may it begin? --- */

static bool is_named(const char *name, const char *const *names)
{
    for (; *names; names++) {
        size_t len = strlen(*names);

        if (strncmp(name, *names, len) == 0 && (!name[len] || (*names)[len - 1] == '.'))
            return true;
    }
    return false;
}

/* Asks a person, waits, or asks a model, which costs (memory: of embeddings). */
static bool is_kept_back(const char *name)
{
    static const char *const names[] = { "ask", "wait", "model.", "agent.", "memory.",
        NULL };

    return is_named(name, names);
}

static bool may_begin(const struct sc_machine *m, const struct sc_tool *tool)
{
    const struct sc_json *functions = sc_json_get(tool->descriptor, "functions");

    if (tool->effect > SC_EFFECT_READ || tool->idempotent != SC_IDEMPOTENT_YES)
        return false;
    if (is_kept_back(tool->name) ||
            is_kept_back(sc_json_get_string(tool->descriptor, "builtin", "")))
        return false;
    SC_JSON_EACH(function, functions)
    {
        if (strcmp(sc_json_string(function), "cost") == 0)
            return false;
    }
    return !sc_json_get(tool->descriptor, "rate") &&
           sc_registry_allows(sc_json_get(m->spec, "tools"), tool->name);
}

/* Nothing in it that leaves it out, repeats it, or has it wait for a person. */
static bool is_simple(const struct sc_json *step)
{
    static const char *const names[] = { "id", "tool", "args", "expect", "after",
        "on_error", NULL };

    SC_JSON_EACH(member, step)
    {
        if (!is_named(sc_json_key(member), names))
            return false;
    }
    return true;
}

static bool is_gated(const struct sc_plan *plan, size_t step)
{
    for (size_t g = 0; g < plan->gate_count; g++)
        if (plan->gates[g].before == step)
            return true;
    return false;
}

/* The steps that may begin and this one, as a plan of their own, if that is one. */
static struct sc_plan *joined(const struct sc_machine *m, const struct sc_json *step)
{
    const struct sc_plan_scope scope = { .registry = m->registry,
        .tools = sc_json_get(m->spec, "tools"),
        .inputs = sc_json_get(m->spec, "inputs") };
    const struct sc_plan *before = m->early->plan;
    struct sc_json *json = sc_json_new_object(), *steps;
    struct sc_plan *plan;

    steps = before ? sc_json_copy(sc_json_get(before->json, "steps"))
                   : sc_json_new_array();
    sc_json_append(sc_json_add(json, "steps", steps), sc_json_copy(step));
    plan = sc_plan_read(json, NULL, NULL);
    sc_json_free(json);
    if (plan && sc_plan_valid(plan, &scope, NULL) &&
            sc_template_is_plain(plan->steps[plan->step_count - 1].args))
        return plan;
    sc_plan_free(plan);
    return NULL;
}

static void consider(struct sc_machine *m, const struct sc_json *step)
{
    struct early *early = m->early;
    const char *id = sc_json_get_string(step, "id", "");
    const struct sc_tool *tool =
            sc_registry_get(m->registry, sc_json_get_string(step, "tool", ""));
    bool again = sc_map_get(&early->seen, id) != NULL;
    struct sc_plan *plan;

    sc_map_set(&early->seen, id, early);
    if (again || !tool || !may_begin(m, tool) || !is_simple(step))
        return;
    /* A step of the plan before has its result, or has failed. */
    if (m->plan && sc_plan_find(m->plan, id) != SC_NO_STEP)
        return;
    if ((early->plan && early->plan->step_count == MAX_STEPS) ||
            ++early->tried > MAX_TRIED)
        return;
    plan = joined(m, step);
    if (!plan)
        return;
    sc_plan_free(early->plan);
    early->plan = plan;
    early->of[plan->step_count - 1] = NOT_CALLED;
}

bool sc_machine_may_stream(const struct sc_machine *m)
{
    return !m->loop && !m->plan_only;
}

bool sc_machine_streamed(
        struct sc_machine *m, size_t call, const char *name, const char *text, size_t len)
{
    struct early *early = m->early;
    struct sc_json *steps;
    bool any;

    if (!m->model_flying || m->stopping || strcmp(name, "plan") != 0)
        return false;
    if (!early->partial) {
        early->partial = sc_partial_new();
        early->plan_call = call;
    }
    if (early->plan_call != call)
        return false;
    steps = sc_json_new_array();
    sc_partial_feed(early->partial, text, len, steps);
    SC_JSON_EACH(step, steps)
    consider(m, step);
    any = sc_json_first(steps) != NULL;
    sc_json_free(steps);
    return any;
}

/* --- from steps to calls --- */

/* What the step waits for has come; never: it cannot any more. */
static bool is_ready(const struct early *early, size_t step, bool *ret_never)
{
    const struct sc_step *of = &early->plan->steps[step];

    *ret_never = false;
    for (size_t d = 0; d < of->dep_count; d++) {
        size_t call = early->of[of->deps[d]];

        *ret_never = call == NEVER_CALLED ||
                     (call != NOT_CALLED && early->calls[call].state == EARLY_GONE);
        if (*ret_never || call == NOT_CALLED || early->calls[call].state != EARLY_DONE)
            return false;
    }
    return true;
}

/* Results of the steps that it refers to join the names for as long as that takes. */
static struct sc_json *resolve(struct sc_machine *m, const struct sc_step *step)
{
    struct early *early = m->early;
    struct sc_json *args;
    struct sc_error err;

    if (!step->args)
        return sc_json_new_object();
    for (size_t d = 0; d < step->dep_count; d++)
        sc_json_add(m->names, early->plan->steps[step->deps[d]].id,
                early->calls[early->of[step->deps[d]]].value);
    args = sc_template_resolve(step->args, m->names, &err);
    for (size_t d = 0; d < step->dep_count; d++)
        early->calls[early->of[step->deps[d]]].value =
                sc_json_detach(m->names, early->plan->steps[step->deps[d]].id);
    return args;
}

static bool is_taken(const struct early *early, size_t call)
{
    for (size_t s = 0; s < early->plan->step_count; s++)
        if (early->of[s] == call)
            return true;
    return false;
}

static struct early_call *known_call(const struct sc_machine *m, const char *hash)
{
    struct early_call *call = find_call(m, hash, EARLY_DONE);

    if (!call)
        call = find_call(m, hash, EARLY_CALLING);
    return call ? call : find_call(m, hash, EARLY_NEW);
}

static void make_call(struct sc_machine *m, size_t s)
{
    struct early *early = m->early;
    const struct sc_step *step = &early->plan->steps[s];
    const struct sc_tool *tool = sc_registry_get(m->registry, step->tool);
    struct sc_json *args = resolve(m, step);
    char hash[SC_HASH_TEXT];
    struct early_call *call;
    struct sc_error err;

    early->of[s] = NEVER_CALLED;
    if (!args || !tool || sc_tool_check_args(tool, args, &err)) {
        sc_json_free(args);
        return;
    }
    hash_call(tool, args, hash);
    call = known_call(m, hash);
    if (call) {
        sc_json_free(args);
    } else {
        call = add_call(m, hash);
        call->id = sc_strdup(step->id);
        call->tool = sc_strdup(step->tool);
        call->args = sc_json_new_array();
        sc_json_append(call->args, args);
        call->written = sc_json_append(
                call->args, step->args ? sc_json_copy(step->args) : sc_json_new_object());
    }
    /* Of two steps that are the same, one will adopt it; the other is not early. */
    if (!is_taken(early, (size_t)(call - early->calls)))
        early->of[s] = (size_t)(call - early->calls);
}

static void make_calls(struct sc_machine *m)
{
    struct early *early = m->early;
    bool never;

    for (size_t s = 0; early->plan && s < early->plan->step_count; s++) {
        if (early->of[s] != NOT_CALLED)
            continue;
        if (is_ready(early, s, &never))
            make_call(m, s);
        else if (never)
            early->of[s] = NEVER_CALLED;
    }
}

bool machine_next_early(struct sc_machine *m, struct sc_command *ret)
{
    struct early *early = m->early;

    make_calls(m);
    for (size_t i = 0; i < early->count && m->flying < (size_t)m->parallel; i++) {
        struct early_call *call = &early->calls[i];

        if (call->state == EARLY_NEW && !sc_registry_get(m->registry, call->tool))
            let_go(call); /* the tool is gone */
        if (call->state != EARLY_NEW)
            continue;
        call->state = EARLY_CALLING;
        m->flying++;
        ret->kind = SC_COMMAND_EARLY;
        ret->element = i;
        return true;
    }
    return false;
}

bool machine_next_stop_early(struct sc_machine *m, struct sc_command *ret)
{
    struct early *early = m->early;

    for (size_t i = 0; i < early->count; i++) {
        struct early_call *call = &early->calls[i];

        if (call->state != EARLY_CALLING || !call->unwanted || call->stopped)
            continue;
        call->stopped = true;
        ret->kind = SC_COMMAND_STOP_EARLY;
        ret->element = i;
        return true;
    }
    return false;
}

void sc_machine_early_call(
        const struct sc_machine *m, size_t number, struct sc_call_view *ret_view)
{
    const struct early_call *call = &m->early->calls[number];

    *ret_view = (struct sc_call_view){ .step_id = call->id,
        .tool_name = call->tool,
        .tool = sc_registry_get(m->registry, call->tool),
        .args = sc_json_first(call->args),
        .hearsay = true, /* the safe guess: there is no plan to tell */
        .element = -1,
        .limit.n = -1 };
}

/* --- what came of it --- */

static struct sc_json *value_of(const struct sc_called *called, struct sc_error *err)
{
    struct sc_tool_outcome *outcome = called->outcome;
    struct sc_json *value;

    if (called->err) {
        *err = *called->err;
        return NULL;
    }
    if (outcome->kind != SC_TOOL_VALUE) {
        sc_fail(err, SC_PROTOCOL, "'%s' answered without a result", called->tool->name);
        return NULL;
    }
    value = outcome->value ? outcome->value : sc_json_new_null();
    outcome->value = NULL;
    if (sc_tool_check_result(called->tool, value, err) == SC_OK)
        return value;
    sc_json_free(value);
    return NULL;
}

/* Not while it looks, nor while another plan is asked for. */
static bool runs_plan(const struct sc_machine *m)
{
    return m->plan && !m->looking && m->replan_for == SC_NO_STEP;
}

static void keep_value(struct sc_machine *m, struct early_call *call,
        const struct sc_called *called, struct sc_json *take_value)
{
    call->value = take_value;
    call->version = sc_strdup(called->tool->version);
    call->ms = called->took_ms;
    call->at_ms = called->now_ms;
    call->planned = call->planned || runs_plan(m);
    call->state = EARLY_DONE;
    if (!take_value || call->unwanted)
        let_go(call);
    if (call->awaited)
        machine_again(m, call->step, call->element);
    call->awaited = false;
}

void sc_machine_early_called(struct sc_machine *m, size_t number,
        struct sc_called *called, struct sc_command *ret_note)
{
    struct early_call *call = &m->early->calls[number];
    struct sc_json *body = sc_json_new_object(), *value;
    struct sc_error err;

    m->flying--;
    sc_json_add(body, "id", sc_json_new_string(call->id));
    sc_json_add(body, "tool", sc_json_new_string(call->tool));
    sc_json_add(body, "version", sc_json_new_string(called->tool->version));
    sc_json_add(body, "args", sc_json_copy(sc_json_first(call->args)));
    sc_json_add(body, "hash", sc_json_new_string(call->hash));
    sc_json_add(body, "ms", sc_json_new_int(called->took_ms));
    value = value_of(called, &err);
    if (!value)
        sc_json_add(body, "error", machine_error(&err));
    keep_value(m, call, called, value);
    machine_note(ret_note, SC_EVENT_EARLY, body);
}

/* --- the plan has come, or something else --- */

static bool could_begin(const struct sc_machine *m, size_t s)
{
    return is_simple(m->plan->steps[s].json) && !is_gated(m->plan, s);
}

static bool is_wanted(const struct sc_machine *m, const struct early_call *call)
{
    struct sc_json *none = sc_json_new_object();
    bool wanted = false;

    for (size_t s = 0; s < m->step_count && !wanted; s++) {
        const struct sc_step *step = &m->plan->steps[s];

        wanted = strcmp(step->tool, call->tool) == 0 && could_begin(m, s) &&
                 sc_json_equal(step->args ? step->args : none, call->written);
    }
    sc_json_free(none);
    return wanted;
}

/* Effects of a plan that ran may have changed what was read before it. */
void machine_early_drop_old(struct sc_machine *m)
{
    struct early *early = m->early;

    for (size_t i = 0; i < early->count; i++) {
        struct early_call *call = &early->calls[i];

        if (call->state == EARLY_DONE && (call->planned || !is_fresh(m, call)))
            let_go(call);
    }
}

void machine_early_turn(struct sc_machine *m, bool planned)
{
    struct early *early = m->early;

    machine_early_drop_old(m);
    for (size_t i = 0; i < early->count; i++) {
        struct early_call *call = &early->calls[i];

        call->planned = call->planned || planned;
        if (planned && call->state == EARLY_CALLING)
            call->unwanted = !is_wanted(m, call);
    }
}

static bool may_adopt(const struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];

    for (size_t d = 0; d < step->dep_count; d++)
        if (!m->steps[step->deps[d]].early)
            return false;
    return could_begin(m, s);
}

static bool is_expected(const struct sc_machine *m, size_t s, const struct sc_json *value)
{
    const struct sc_json *expect = m->plan->steps[s].expect;
    struct sc_error err;

    return !expect || sc_expect_check(expect, value, &err) == SC_OK;
}

static void adopted_note(struct sc_machine *m, size_t s, size_t element,
        struct early_call *call, struct sc_command *ret)
{
    machine_result_note(m, s, element, ret);
    sc_json_add(ret->body, "attempt", sc_json_new_int(1));
    sc_json_add(ret->body, "ms", sc_json_new_int(call->ms));
    sc_json_add(ret->body, "version", sc_json_new_string(call->version));
    sc_json_add(ret->body, "value", call->value);
    sc_json_add(ret->body, "early", sc_json_new_string(call->hash));
    call->value = NULL;
}

bool machine_next_adopted(struct sc_machine *m, size_t s, size_t element,
        struct sc_command *ret, bool *ret_command)
{
    const struct sc_tool *tool = machine_tool(m, s);
    struct early_call *call;
    char hash[SC_HASH_TEXT];

    if (m->early->count == 0 || !may_adopt(m, s))
        return false;
    hash_call(tool, sc_json_get(m->steps[s].elements[element].given, "args"), hash);
    call = find_call(m, hash, EARLY_CALLING);
    if (call && !call->awaited && !call->unwanted) {
        call->awaited = true;
        call->step = s;
        call->element = element;
        *ret_command = false;
        return true;
    }
    call = find_call(m, hash, EARLY_DONE);
    if (!call || !call->value || !is_expected(m, s, call->value))
        return false;
    adopted_note(m, s, element, call, ret);
    *ret_command = true;
    return true;
}

void machine_apply_adopted(struct sc_machine *m, size_t s, const char *hash)
{
    struct early_call *call = find_call(m, hash, EARLY_DONE);

    m->steps[s].early = true;
    if (call)
        let_go(call);
}
