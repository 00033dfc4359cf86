#include "plan/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "plan/build.h"
#include "plan/names.h"
#include "plan/schedule.h"
#include "tool/near.h"

void sc_build_error(struct build *b, const char *field, const char *fmt, ...)
{
    size_t count = sc_json_count(b->errors);
    struct sc_buf text;
    va_list ap;

    if (count > SC_PLAN_MAX_ERRORS)
        return;
    sc_buf_init(&text);
    if (count == SC_PLAN_MAX_ERRORS) {
        sc_buf_adds(&text, "and more errors after these");
    } else {
        sc_buf_adds(&text, b->where);
        sc_buf_addf(&text, "%s%s", b->where[0] && field ? ", " : "", field ? field : "");
        sc_buf_adds(&text, text.len ? ": " : "");
        va_start(ap, fmt);
        sc_buf_vaddf(&text, fmt, ap);
        va_end(ap);
    }
    sc_json_append(b->errors, sc_json_new_string(sc_buf_text(&text)));
    sc_buf_release(&text);
}

static bool is_one_of(const char *word, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(*names, word) == 0)
            return true;
    }
    return false;
}

void sc_build_known(
        struct build *b, const struct sc_json *object, const char *const *names)
{
    SC_JSON_EACH(member, object)
    {
        const char *key = sc_json_key(member);
        struct sc_near near;
        char hint[96];

        if (is_one_of(key, names))
            continue;
        sc_near_init(&near, key);
        for (size_t i = 0; names[i]; i++)
            sc_near_try(&near, names[i]);
        sc_build_error(b, NULL, "unknown field '%.60s'%s", key,
                sc_near_hint(&near, hint, sizeof(hint)));
    }
}

const char *sc_build_text(
        struct build *b, const struct sc_json *object, const char *name, size_t max)
{
    const struct sc_json *value = sc_json_get(object, name);

    if (!value)
        return NULL;
    if (!sc_json_is(value, SC_JSON_STRING)) {
        sc_build_error(
                b, name, "must be a text, is %s", sc_json_type_word(sc_json_type(value)));
        return NULL;
    }
    if (strlen(sc_json_string(value)) > max) {
        sc_build_error(b, name, "is longer than %zu bytes", max);
        return NULL;
    }
    return sc_json_string(value);
}

const struct sc_json *sc_build_expr(
        struct build *b, const struct sc_json *object, const char *name)
{
    const struct sc_json *value = sc_json_get(object, name);
    const char *text = sc_json_string(value);

    if (!value || sc_json_is(value, SC_JSON_BOOL))
        return value;
    if (!sc_json_is(value, SC_JSON_STRING) || text[0] != '=' || text[1] == '=') {
        sc_build_error(b, name, "must be an expression that starts with '='");
        return NULL;
    }
    return value;
}

static const struct sc_json *of_type(struct build *b, const struct sc_json *object,
        const char *name, enum sc_json_type type)
{
    const struct sc_json *value = sc_json_get(object, name);

    if (!value || sc_json_is(value, type))
        return value;
    sc_build_error(b, name, "must be %s, is %s", sc_json_type_word(type),
            sc_json_type_word(sc_json_type(value)));
    return NULL;
}

/* --- steps --- */

static struct sc_step *add_step(struct own_plan *own)
{
    struct sc_plan *plan = &own->plan;

    if (plan->step_count == own->step_cap) {
        own->step_cap = own->step_cap ? own->step_cap * 2 : 16;
        plan->steps = sc_realloc(plan->steps, own->step_cap * sizeof(*plan->steps));
    }
    plan->steps[plan->step_count] = (struct sc_step){ .limit.n = -1 };
    return &plan->steps[plan->step_count++];
}

static void add_id(struct build *b, const char *id, size_t index)
{
    size_t *place = sc_arena_new(&b->own->arena, size_t);

    if (!*id)
        return;
    *place = index;
    if (sc_map_get(&b->own->index_of, id))
        sc_build_error(b, "id", "is used twice; every step needs an id of its own");
    else
        sc_map_set(&b->own->index_of, id, place);
}

/* Reads the steps behind those that are there: first all ids, then fields and edges,
 * so that a step may refer to a later one. */
static void read_steps(struct build *b, const struct sc_json *steps)
{
    size_t first = b->own->plan.step_count, number = first;
    char where[96];

    SC_JSON_EACH(json, steps)
    {
        struct sc_step *step = add_step(b->own);
        const char *id = sc_json_get_string(json, "id", "");

        number++;
        if (*id)
            snprintf(where, sizeof(where), "step '%.40s'", id);
        else
            snprintf(where, sizeof(where), "steps[%zu]", number - 1);
        b->where = where;
        sc_build_step(b, step, json);
        add_id(b, id, number - 1);
    }
    for (size_t i = first; i < b->own->plan.step_count; i++) {
        snprintf(where, sizeof(where), "step '%.40s'", b->own->plan.steps[i].id);
        b->where = where;
        sc_build_step_edges(b, i);
    }
    b->where = "";
}

/* --- gates, checks and the rest --- */

static void read_gate(struct build *b, struct sc_gate *gate, const struct sc_json *json)
{
    static const char *const names[] = { "before", "require", "say", "else", NULL };
    const char *before = sc_json_get_string(json, "before", "");
    const char *otherwise = sc_json_get_string(json, "else", "stop");

    sc_build_known(b, json, names);
    gate->before = sc_plan_find(&b->own->plan, before);
    if (gate->before == SC_NO_STEP)
        sc_build_error(b, "before", "must be the id of a step, '%.40s' is none", before);
    gate->require = sc_build_expr(b, json, "require");
    if (!sc_json_get(json, "require"))
        sc_build_error(b, "require", "is missing");
    gate->say = sc_build_text(b, json, "say", SC_PLAN_MAX_SAY);
    if (!gate->say)
        gate->say = "";
    gate->ask = strcmp(otherwise, "ask") == 0;
    if (!gate->ask && strcmp(otherwise, "stop") != 0)
        sc_build_error(b, "else", "must be \"stop\" or \"ask\"");
    sc_build_gate_edges(b, gate);
}

static void read_gates(struct build *b, const struct sc_json *gates)
{
    struct sc_plan *plan = &b->own->plan;
    char where[32];

    plan->gates = sc_new_array(struct sc_gate, sc_json_count(gates));
    SC_JSON_EACH(json, gates)
    {
        snprintf(where, sizeof(where), "gates[%zu]", plan->gate_count);
        b->where = where;
        read_gate(b, &plan->gates[plan->gate_count++], json);
    }
    b->where = "";
}

static void read_checks(struct build *b, const struct sc_json *checks)
{
    static const char *const names[] = { "that", "say", NULL };
    struct sc_plan *plan = &b->own->plan;
    char where[32];

    plan->checks = sc_new_array(struct sc_plan_check, sc_json_count(checks));
    SC_JSON_EACH(json, checks)
    {
        struct sc_plan_check *check = &plan->checks[plan->check_count++];

        snprintf(where, sizeof(where), "checks[%zu]", plan->check_count - 1);
        b->where = where;
        sc_build_known(b, json, names);
        check->that = sc_build_expr(b, json, "that");
        if (!sc_json_get(json, "that"))
            sc_build_error(b, "that", "is missing");
        check->say = sc_build_text(b, json, "say", SC_PLAN_MAX_SAY);
        if (!check->say)
            check->say = "";
        sc_build_names(b, check->that, "that");
        sc_build_names(b, sc_json_get(json, "say"), "say");
    }
    b->where = "";
}

static void read_money(struct build *b, const struct sc_json *budget)
{
    static const char *const names[] = { "amount", "currency", NULL };
    double amount;

    b->where = "budget";
    sc_build_known(b, budget, names);
    if (!sc_json_double(sc_json_get(budget, "amount"), &amount) || amount < 0)
        sc_build_error(b, "amount", "must be a number that is not negative");
    if (strlen(sc_json_get_string(budget, "currency", "")) != 3)
        sc_build_error(b, "currency", "must be a currency of three letters, as \"EUR\"");
    b->where = "";
}

static void read_schedule(struct build *b, const struct sc_json *schedule)
{
    static const char *const names[] = { "cron", "zone", NULL };

    b->where = "schedule";
    sc_build_known(b, schedule, names);
    if (!sc_cron_valid(sc_json_get_string(schedule, "cron", "")))
        sc_build_error(b, "cron", "must be five fields, as \"0 9 * * *\"");
    if (!sc_zone_valid(sc_json_get_string(schedule, "zone", "")))
        sc_build_error(b, "zone", "must be a time zone, as \"Asia/Shanghai\"");
    b->where = "";
}

static void read_plan_fields(struct build *b, const struct sc_json *json)
{
    static const char *const names[] = { "goal", "assume", "budget", "steps", "gates",
        "checks", "answer", "schedule", NULL };
    struct sc_plan *plan = &b->own->plan;

    sc_build_known(b, json, names);
    plan->goal = sc_build_text(b, json, "goal", SC_PLAN_MAX_SAY);
    plan->answer = sc_build_text(b, json, "answer", SC_PLAN_MAX_TEXT);
    plan->assume = of_type(b, json, "assume", SC_JSON_ARRAY);
    plan->budget = of_type(b, json, "budget", SC_JSON_OBJECT);
    plan->schedule = of_type(b, json, "schedule", SC_JSON_OBJECT);
    if (plan->budget)
        read_money(b, plan->budget);
    if (plan->schedule)
        read_schedule(b, plan->schedule);
    read_steps(b, of_type(b, json, "steps", SC_JSON_ARRAY));
    read_gates(b, of_type(b, json, "gates", SC_JSON_ARRAY));
    read_checks(b, of_type(b, json, "checks", SC_JSON_ARRAY));
    sc_build_names(b, sc_json_get(json, "answer"), "answer");
}

static void read_look(struct build *b, const struct sc_json *json)
{
    static const char *const names[] = { "look", "show", "why", NULL };
    struct sc_plan *plan = &b->own->plan;

    plan->kind = SC_PLAN_LOOK;
    sc_build_known(b, json, names);
    plan->why = sc_build_text(b, json, "why", SC_PLAN_MAX_SAY);
    plan->show = of_type(b, json, "show", SC_JSON_OBJECT);
    read_steps(b, of_type(b, json, "look", SC_JSON_ARRAY));
    sc_build_names(b, plan->show, "show");
}

static void read_find(struct build *b, const struct sc_json *json)
{
    static const char *const names[] = { "find", "why", NULL };
    struct sc_plan *plan = &b->own->plan;

    plan->kind = SC_PLAN_FIND;
    sc_build_known(b, json, names);
    plan->find = of_type(b, json, "find", SC_JSON_ARRAY);
    plan->why = sc_build_text(b, json, "why", SC_PLAN_MAX_SAY);
    if (sc_json_count(plan->find) == 0)
        sc_build_error(b, "find", "must say in words what the tools should do");
    SC_JSON_EACH(words, plan->find)
    {
        if (!sc_json_is(words, SC_JSON_STRING))
            sc_build_error(b, "find", "must be a list of texts");
    }
}

static void read_cannot(struct build *b, const struct sc_json *json)
{
    static const char *const names[] = { "cannot", "missing", NULL };
    struct sc_plan *plan = &b->own->plan;

    plan->kind = SC_PLAN_CANNOT;
    sc_build_known(b, json, names);
    plan->cannot = sc_build_text(b, json, "cannot", SC_PLAN_MAX_SAY);
    plan->missing = of_type(b, json, "missing", SC_JSON_ARRAY);
}

static bool few_enough(struct build *b, size_t count)
{
    if (count <= SC_PLAN_MAX_STEPS)
        return true;
    sc_build_error(b, NULL,
            "a plan of %zu steps is over the limit of %d; use 'each' for many of a kind",
            count, SC_PLAN_MAX_STEPS);
    return false;
}

static void read_plan(struct build *b, const struct sc_json *json)
{
    const struct sc_json *steps = sc_json_get(json, "steps");
    const struct sc_json *look = sc_json_get(json, "look");

    if (!sc_json_is(json, SC_JSON_OBJECT))
        sc_build_error(b, NULL, "a plan must be an object with 'steps'");
    else if (!few_enough(b, sc_json_count(steps)) || !few_enough(b, sc_json_count(look)))
        return;
    else if (sc_json_get(json, "cannot"))
        read_cannot(b, json);
    else if (look)
        read_look(b, json);
    else if (sc_json_get(json, "find"))
        read_find(b, json);
    else if (sc_json_count(steps) == 0)
        sc_build_error(b, "steps", "must be a list with at least one step");
    else
        read_plan_fields(b, json);
}

/* Hands out the errors, if there are any; says whether. */
static bool settle(struct build *b, struct sc_json **ret_errors, struct sc_error *err)
{
    bool good = sc_json_count(b->errors) == 0;

    if (!good)
        sc_fail(err, SC_INVALID, "%s", sc_json_string(sc_json_first(b->errors)));
    if (!good && ret_errors)
        *ret_errors = b->errors;
    else
        sc_json_free(b->errors);
    return good;
}

struct sc_plan *sc_plan_read(
        const struct sc_json *json, struct sc_json **ret_errors, struct sc_error *err)
{
    struct own_plan *own = sc_new(struct own_plan);
    struct build b = { .own = own, .errors = sc_json_new_array(), .where = "" };

    if (sc_json_count(sc_json_get(json, "steps")) <= SC_PLAN_MAX_STEPS)
        own->json = sc_json_copy(json);
    own->plan.json = own->json;
    own->plan.index_of = &own->index_of;
    read_plan(&b, own->json ? own->json : json);
    if (settle(&b, ret_errors, err))
        return &own->plan;
    sc_plan_free(&own->plan);
    return NULL;
}

void sc_plan_free(struct sc_plan *plan)
{
    struct own_plan *own;

    if (!plan)
        return;
    own = sc_container_of(plan, struct own_plan, plan);
    free(plan->steps);
    free(plan->gates);
    free(plan->checks);
    sc_map_release(&own->index_of, NULL);
    sc_arena_release(&own->arena);
    sc_json_free(own->json);
    free(own);
}

size_t sc_plan_find(const struct sc_plan *plan, const char *id)
{
    const size_t *place = sc_map_get(plan->index_of, id);

    return place ? *place : SC_NO_STEP;
}

/* Takes back what a failed append had added. */
static void cut_steps(struct own_plan *own, size_t count)
{
    for (size_t i = count; i < own->plan.step_count; i++) {
        const char *id = own->plan.steps[i].id;

        if (sc_plan_find(&own->plan, id) == i)
            sc_map_remove(&own->index_of, id);
    }
    own->plan.step_count = count;
}

enum sc_code sc_plan_append(struct sc_plan *plan, const struct sc_json *steps,
        struct sc_json **ret_errors, struct sc_error *err)
{
    struct own_plan *own = sc_container_of(plan, struct own_plan, plan);
    struct build b = { .own = own, .errors = sc_json_new_array(), .where = "" };
    const char *list = plan->kind == SC_PLAN_LOOK ? "look" : "steps";
    struct sc_json *copy = NULL, *all = sc_json_get(own->json, list);
    size_t count = plan->step_count;

    if (!all)
        sc_build_error(&b, NULL, "this plan says why it cannot be; it takes no steps");
    else if (!sc_json_is(steps, SC_JSON_ARRAY))
        sc_build_error(&b, "steps", "must be a list");
    else if (few_enough(&b, count + sc_json_count(steps)))
        read_steps(&b, copy = sc_json_copy(steps));
    if (!settle(&b, ret_errors, err)) {
        cut_steps(own, count);
        sc_json_free(copy);
        return SC_INVALID;
    }
    for (struct sc_json *item; (item = sc_json_first(copy));)
        sc_json_append(all, sc_json_detach_item(copy, item));
    sc_json_free(copy);
    return SC_OK;
}
