#include "app/recorded.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"

/* An op whose outcome is known when it starts. */
struct answer_op {
    struct sc_op op;
    struct sc_tool_outcome outcome;
    struct sc_model_reply *reply;
};

static struct answer_op *answer_of(struct sc_op *op)
{
    return sc_container_of(op, struct answer_op, op);
}

static void answer_cancel(struct sc_op *op)
{
    (void)op; /* it is finishing already */
}

static void answer_release(struct sc_op *op)
{
    struct answer_op *answer = answer_of(op);

    sc_json_free(answer->outcome.value);
    sc_model_reply_free(answer->reply);
    free(answer);
}

static const struct sc_op_class answer_class = {
    .name = "recorded", .cancel = answer_cancel, .release = answer_release
};

static const struct sc_json *events_of(const struct sc_json *record)
{
    return sc_json_get(record, "events");
}

static bool is_kind(const struct sc_json *event, const char *kind)
{
    return strcmp(sc_json_get_string(event, "kind", ""), kind) == 0;
}

static bool is_of_step(const struct sc_json *event, const char *step)
{
    return strcmp(sc_json_get_string(sc_json_get(event, "body"), "step", ""), step) == 0;
}

/* --- tools --- */

struct recorded_tool {
    const struct sc_json *record;
};

/* The element that had these arguments; -1: it is not told, or there is only one. */
static int64_t element_of(const struct sc_json *record, const struct sc_tool_call *call)
{
    int64_t element = 0;

    SC_JSON_EACH(event, events_of(record))
    {
        if (!is_kind(event, "prepared") || !is_of_step(event, call->context->step_id))
            continue;
        element = 0;
        SC_JSON_EACH(given, sc_json_get(sc_json_get(event, "body"), "values"))
        {
            if (sc_json_equal(sc_json_get(given, "args"), call->args))
                return element;
            element++;
        }
    }
    return -1;
}

static const struct sc_json *find_answer(
        const struct sc_json *record, const struct sc_tool_call *call)
{
    int64_t element = element_of(record, call);

    SC_JSON_EACH(event, events_of(record))
    {
        const struct sc_json *body = sc_json_get(event, "body");

        if (is_kind(event, "result") && is_of_step(event, call->context->step_id) &&
                sc_json_get(body, "element") &&
                (element < 0 || sc_json_get_int(body, "element", -1) == element))
            return body;
    }
    return NULL;
}

static struct sc_op *recorded_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *call, sc_op_done_fn *done, void *arg)
{
    const struct recorded_tool *recorded = tool->impl;
    const struct sc_json *body = find_answer(recorded->record, call);
    const struct sc_json *error = sc_json_get(body, "error");
    struct answer_op *answer = sc_new(struct answer_op);
    struct sc_error err = { 0 };

    if (!body)
        sc_fail(&err, SC_NOT_FOUND, "the record has no answer of '%s' for step '%s'",
                tool->name, call->context->step_id);
    else if (error)
        sc_fail(&err, sc_code_of_word(sc_json_get_string(error, "code", "internal")),
                "%s", sc_json_get_string(error, "message", ""));
    else if (sc_json_get(body, "value"))
        answer->outcome.value = sc_json_copy(sc_json_get(body, "value"));
    sc_op_begin(&answer->op, &answer_class, scope, done, arg);
    sc_op_finish(&answer->op, err.code ? &err : NULL);
    return &answer->op;
}

static struct sc_tool_outcome *recorded_outcome(struct sc_op *op)
{
    return &answer_of(op)->outcome;
}

static void recorded_release(struct sc_tool *tool)
{
    free(tool->impl);
}

static const struct sc_tool_class recorded_class = { .kind = "recorded",
    .start = recorded_start,
    .outcome = recorded_outcome,
    .release = recorded_release };

/* Does it touch nothing but what goes with the test? */
static bool runs_here(const struct sc_tool *tool)
{
    if (tool->effect == SC_EFFECT_NONE)
        return true;
    return tool->effect == SC_EFFECT_WRITE &&
           sc_json_count(sc_json_get(tool->descriptor, "hosts")) == 0 &&
           sc_json_count(sc_json_get(tool->descriptor, "secrets")) == 0;
}

static struct sc_tool *recorded_tool_new(
        const struct sc_tool *tool, const struct sc_json *record)
{
    struct recorded_tool *recorded = sc_new(struct recorded_tool);
    struct sc_error err;
    struct sc_tool *copy;

    recorded->record = record;
    copy = sc_tool_new(sc_json_copy(tool->descriptor), &recorded_class, recorded, &err);
    SC_ASSERT(copy != NULL); /* its descriptor was read before */
    return copy;
}

struct sc_registry *sc_recorded_tools(
        const struct sc_registry *registry, const struct sc_json *record)
{
    struct sc_registry *tools = sc_registry_new();

    for (size_t i = 0; i < sc_registry_count(registry); i++) {
        struct sc_tool *tool = sc_registry_at(registry, i);

        sc_registry_add(tools,
                runs_here(tool) ? sc_tool_ref(tool) : recorded_tool_new(tool, record));
    }
    return tools;
}

/* --- the model --- */

struct recorded_model {
    struct sc_model model;
    const struct sc_json *next; /* event */
};

static struct sc_op *model_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    struct recorded_model *recorded =
            sc_container_of(model, struct recorded_model, model);
    struct answer_op *answer = sc_new(struct answer_op);
    struct sc_error err = { 0 };

    (void)request;
    while (recorded->next && !is_kind(recorded->next, "turn"))
        recorded->next = sc_json_next(recorded->next);
    if (recorded->next) {
        const struct sc_json *body = sc_json_get(recorded->next, "body");

        answer->reply = sc_model_reply_from_json(sc_json_get(body, "reply"), &err);
        recorded->next = sc_json_next(recorded->next);
    } else {
        sc_fail(&err, SC_NOT_FOUND, "the record has no further reply of a model");
    }
    sc_op_begin(&answer->op, &answer_class, scope, done, arg);
    sc_op_finish(&answer->op, err.code ? &err : NULL);
    return &answer->op;
}

static const struct sc_model_reply *model_reply(struct sc_op *op)
{
    return answer_of(op)->reply;
}

static int64_t model_worst_case(
        struct sc_model *model, const struct sc_model_request *request)
{
    (void)model;
    (void)request;
    return 0;
}

static const char *model_name(struct sc_model *model)
{
    (void)model;
    return "recorded";
}

struct sc_model *sc_recorded_model_new(const struct sc_json *record)
{
    struct recorded_model *recorded = sc_new(struct recorded_model);

    recorded->model = (struct sc_model){ .start = model_start,
        .reply = model_reply,
        .worst_case_micro = model_worst_case,
        .name = model_name };
    recorded->next = sc_json_first(events_of(record));
    return &recorded->model;
}

void sc_recorded_model_free(struct sc_model *model)
{
    free(sc_container_of(model, struct recorded_model, model));
}
