#include "plan/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/order.h"
#include "plan/template.h"

static bool said_before(const struct sc_json *errors, const char *sentence)
{
    SC_JSON_EACH(error, errors)
    {
        if (strcmp(sc_json_string(error), sentence) == 0)
            return true;
    }
    return false;
}

void sc_check_error(struct check *c, const char *field, const char *fmt, ...)
{
    struct sc_buf text;
    va_list ap;

    if (sc_json_count(c->errors) >= SC_CHECK_MAX_ERRORS)
        return;
    sc_buf_init(&text);
    sc_buf_adds(&text, c->where);
    sc_buf_addf(&text, "%s%s", text.len && field ? ", " : "", field ? field : "");
    sc_buf_adds(&text, text.len ? ": " : "");
    va_start(ap, fmt);
    sc_buf_vaddf(&text, fmt, ap);
    va_end(ap);
    if (!said_before(c->errors, sc_buf_text(&text)))
        sc_json_append(c->errors, sc_json_new_string(sc_buf_text(&text)));
    sc_buf_release(&text);
}

static void on_report(void *arg, const char *sentence)
{
    struct check *c = arg;

    sc_check_error(c, c->field, "%s", sentence);
}

const struct sc_type *sc_check_text(struct check *c, const char *field, const char *text)
{
    c->field = field;
    return sc_infer_text(&c->infer, text);
}

static void on_string(void *arg, const char *where, const struct sc_json *string)
{
    sc_check_text(arg, where, sc_json_string(string));
}

void sc_check_template(
        struct check *c, const struct sc_json *template_json, const char *root)
{
    if (template_json)
        sc_template_each(template_json, root, on_string, c);
}

static const struct sc_tool *tool_of(const struct check *c, const struct sc_step *step)
{
    return sc_registry_get(c->infer.scope->registry, step->tool);
}

static bool has_effect(const struct sc_tool *tool)
{
    return tool->effect == SC_EFFECT_WRITE || tool->effect == SC_EFFECT_SPEND;
}

static void check_tool(struct check *c, const struct sc_step *step)
{
    const struct sc_plan_scope *scope = c->infer.scope;
    const char *nearest;

    if (!tool_of(c, step)) {
        nearest = sc_registry_nearest(scope->registry, step->tool);
        sc_check_error(c, "tool", "there is no tool '%.60s'%s%s%s", step->tool,
                nearest ? "; did you mean '" : "", nearest ? nearest : "",
                nearest ? "'?" : "");
    } else if (!sc_registry_allows(scope->tools, step->tool)) {
        sc_check_error(c, "tool", "this agent may not use '%s'", step->tool);
    }
}

/* --- fields that ask for something of the tool or of other steps --- */

static void check_once(
        struct check *c, const struct sc_step *step, const struct sc_tool *tool)
{
    if (!step->once)
        return;
    if (!has_effect(tool))
        sc_check_error(c, "once", "'%s' has no effect to be kept from happening again",
                step->tool);
    if (step->each && !sc_text_is_dynamic(sc_json_string(step->once)))
        sc_check_error(c, "once",
                "is the same for every element; it must name the element's own key");
}

static void check_look(
        struct check *c, const struct sc_step *step, const struct sc_tool *tool)
{
    if (c->infer.plan->kind == SC_PLAN_LOOK && has_effect(tool))
        sc_check_error(
                c, "tool", "'%s' changes something; a look may only read", step->tool);
}

/* Is b among what a waits for, directly or not? Marks what it has seen. */
static bool waits_for(const struct sc_plan *plan, size_t a, size_t b, bool *seen)
{
    size_t *stack = sc_new_array(size_t, plan->step_count + 1), depth = 0;
    bool found = false;

    stack[depth++] = a;
    while (depth && !found) {
        const struct sc_step *step = &plan->steps[stack[--depth]];

        for (size_t i = 0; i < step->dep_count; i++) {
            size_t next = step->deps[i];

            found = found || next == b;
            if (!seen[next])
                stack[depth++] = next;
            seen[next] = true;
        }
    }
    free(stack);
    return found;
}

static void check_approves(struct check *c, size_t index)
{
    const struct sc_plan *plan = c->infer.plan;
    const struct sc_step *step = &plan->steps[index];
    const struct sc_tool *tool;
    size_t other;
    bool *seen;

    if (!step->approves)
        return;
    other = sc_plan_find(plan, step->approves);
    if (strcmp(step->tool, "ask") != 0)
        sc_check_error(c, "approves", "only an 'ask' step can approve another");
    if (other == SC_NO_STEP) {
        sc_check_error(c, "approves", "'%.40s' is not the id of a step", step->approves);
        return;
    }
    tool = tool_of(c, &plan->steps[other]);
    if (tool && !has_effect(tool))
        sc_check_error(
                c, "approves", "step '%s' has no effect to approve", step->approves);
    seen = sc_new_array(bool, plan->step_count);
    if (!waits_for(plan, other, index, seen))
        sc_check_error(c, "approves",
                "step '%s' does not wait for this one; use what was "
                "ticked there, or name it in 'after'",
                step->approves);
    free(seen);
}

static void check_finally(struct check *c, const struct sc_step *step)
{
    const struct sc_plan *plan = c->infer.plan;

    if (step->finally) {
        if (step->on_error == SC_ON_ERROR_REPLAN)
            sc_check_error(c, "on_error", "a 'finally' step cannot ask for a new plan");
        return;
    }
    for (size_t i = 0; i < step->dep_count; i++) {
        if (plan->steps[step->deps[i]].finally)
            sc_check_error(c, NULL,
                    "waits for '%s', which is 'finally' and runs after all others",
                    plan->steps[step->deps[i]].id);
    }
}

static void check_step(struct check *c, size_t index)
{
    const struct sc_step *step = &c->infer.plan->steps[index];
    const struct sc_tool *tool = tool_of(c, step);

    c->where = sc_arena_printf(&c->arena, "step '%s'", step->id);
    c->field = "each";
    check_tool(c, step);
    c->infer.step = NULL;
    sc_infer_elements(&c->infer, step);
    if (step->when)
        sc_check_template(c, step->when, "when");
    c->infer.step = step->each ? step : NULL;
    sc_check_template(c, step->where, "where");
    sc_check_template(c, step->once, "once");
    if (tool) {
        sc_check_args(c, step, tool);
        check_once(c, step, tool);
        check_look(c, step, tool);
    } else {
        sc_check_template(c, step->args, "args");
    }
    check_approves(c, index);
    check_finally(c, step);
    c->field = "collect";
    sc_infer_result(&c->infer, index);
    c->infer.step = NULL;
    c->infer.elements = NULL;
}

static void check_rest(struct check *c)
{
    const struct sc_plan *plan = c->infer.plan;

    for (size_t i = 0; i < plan->gate_count; i++) {
        c->where = sc_arena_printf(&c->arena, "gates[%zu]", i);
        sc_check_template(c, plan->gates[i].require, "require");
    }
    for (size_t i = 0; i < plan->check_count; i++) {
        c->where = sc_arena_printf(&c->arena, "checks[%zu]", i);
        sc_check_template(c, plan->checks[i].that, "that");
    }
    c->where = "";
    sc_check_template(c, sc_json_get(plan->json, "answer"), "answer");
    sc_check_template(c, plan->show, "show");
}

static void check_plan(struct check *c)
{
    const struct sc_plan *plan = c->infer.plan;
    size_t *order = sc_new_array(size_t, plan->step_count);
    char *cycle = NULL;

    c->infer.steps = sc_arena_array(&c->arena, plan->step_count, sizeof(void *));
    if (!sc_plan_order(plan, order, &cycle)) {
        sc_check_error(c, NULL, "steps wait for each other: %s", cycle);
        for (size_t i = 0; i < plan->step_count; i++) { /* types need an order */
            c->where = sc_arena_printf(&c->arena, "step '%s'", plan->steps[i].id);
            check_tool(c, &plan->steps[i]);
        }
    } else {
        for (size_t i = 0; i < plan->step_count; i++)
            check_step(c, order[i]);
        check_rest(c);
    }
    free(order);
    free(cycle);
}

bool sc_plan_valid(const struct sc_plan *plan, const struct sc_plan_scope *scope,
        struct sc_json **ret_errors)
{
    struct check c = { .errors = sc_json_new_array(), .where = "" };
    bool valid;

    c.infer = (struct sc_infer){
        .arena = &c.arena, .plan = plan, .scope = scope, .report = on_report, .arg = &c
    };
    check_plan(&c);
    valid = sc_json_count(c.errors) == 0;
    if (!valid && ret_errors)
        *ret_errors = c.errors;
    else
        sc_json_free(c.errors);
    sc_arena_release(&c.arena);
    return valid;
}
