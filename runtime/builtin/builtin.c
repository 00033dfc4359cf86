#include "builtin/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/ask_model.h"
#include "builtin/call.h"
#include "loop/work.h"

static const struct sc_builtin_operation operations[] = {
    { "table.read", sc_table_read, NULL },
    { "table.write", sc_table_write, NULL },
    { "file.list", sc_file_ops_list, NULL },
    { "file.read", sc_file_ops_read, NULL },
    { "file.write", sc_file_ops_write, NULL },
    { "state.get", NULL, sc_kept_state_get },
    { "state.put", NULL, sc_kept_state_put },
    { "cache.get", NULL, sc_kept_cache_get },
    { "cache.put", NULL, sc_kept_cache_put },
    { "memory.search", NULL, sc_remember_search },
    { "memory.note", NULL, sc_remember_note },
    { "http.get", NULL, sc_web_get },
    { "http.request", NULL, sc_web_request },
    { "ask", NULL, sc_person_ask },
    { "wait", NULL, sc_person_wait },
    { "model.write", NULL, sc_model_write },
    { "model.extract", NULL, sc_model_extract },
    { "model.classify", NULL, sc_model_classify },
    { "model.translate", NULL, sc_model_translate },
    { "model.look", NULL, sc_model_look },
};

enum { OPERATION_COUNT = sizeof(operations) / sizeof(*operations) };

struct sc_builtins {
    struct sc_builtin_parts parts;
    struct sc_json *no_args; /* {} */
};

struct sc_builtins *sc_builtins_new(const struct sc_builtin_parts *parts)
{
    struct sc_builtins *builtins = sc_new(struct sc_builtins);

    builtins->parts = *parts;
    builtins->no_args = sc_json_new_object();
    return builtins;
}

void sc_builtins_free(struct sc_builtins *builtins)
{
    if (!builtins)
        return;
    sc_json_free(builtins->no_args);
    free(builtins);
}

void sc_builtins_set_meaning(struct sc_builtins *builtins, struct sc_meaning *meaning)
{
    builtins->parts.meaning = meaning;
}

void sc_builtins_set_model(struct sc_builtins *builtins, struct sc_model *model)
{
    builtins->parts.model = model;
}

void sc_builtins_rehearse(struct sc_builtins *builtins, const struct sc_json *recordings)
{
    builtins->parts.recordings = recordings;
}

static const struct sc_builtin_operation *find(const char *name)
{
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    }
    return NULL;
}

/* --- a call as an op --- */

static struct sc_builtin_call *call_of(struct sc_op *op)
{
    return sc_container_of(op, struct sc_builtin_call, op);
}

static void call_cancel(struct sc_op *op)
{
    struct sc_builtin_call *call = call_of(op);

    atomic_store(&call->cancelled, true);
    if (call->inner)
        sc_op_cancel(call->inner); /* its done ends the call */
    else
        sc_op_finish_cancelled(op);
}

static void call_release(struct sc_op *op)
{
    struct sc_builtin_call *call = call_of(op);

    sc_json_free(call->outcome.value);
    free(call->state);
    free(call);
}

static const struct sc_op_class call_class = {
    .name = "builtin",
    .cancel = call_cancel,
    .release = call_release,
};

void sc_builtin_call_wait_for(struct sc_builtin_call *call, struct sc_op *inner)
{
    call->inner = inner;
}

void sc_builtin_call_end(struct sc_builtin_call *call, struct sc_json *take_value)
{
    call->inner = NULL;
    call->outcome.value = take_value;
    sc_op_finish(&call->op, NULL);
}

void sc_builtin_call_fail(struct sc_builtin_call *call, const struct sc_error *err)
{
    call->inner = NULL;
    sc_op_finish(&call->op, err);
}

enum sc_code sc_builtin_call_check(
        const struct sc_builtin_call *call, struct sc_error *err)
{
    if (atomic_load(&call->cancelled))
        return sc_fail(err, SC_CANCELLED, "%s", call->operation->name);
    return SC_OK;
}

static enum sc_code on_pool(void *data, struct sc_error *err)
{
    struct sc_builtin_call *call = data;

    return call->operation->run(call, err);
}

static void on_pool_done(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;

    call->inner = NULL;
    sc_op_finish(&call->op, err);
}

static void begin(struct sc_builtin_call *call, const char *name)
{
    struct sc_scope *scope = call->op.scope;
    struct sc_error err;

    if (!call->operation) {
        sc_fail(&err, SC_NOT_FOUND, "there is no built-in operation '%s'", name);
        sc_op_finish(&call->op, &err);
    } else if (scope->cancelled) {
        sc_op_finish_cancelled(&call->op);
    } else if (call->operation->run) {
        call->inner = sc_work_start(scope, on_pool, call, on_pool_done, call);
    } else {
        call->operation->start(call);
    }
}

/* NOLINTNEXTLINE(readability-function-size): sc_tool_start and what is called */
struct sc_op *sc_builtin_start(struct sc_scope *scope, struct sc_builtins *builtins,
        const char *name, struct sc_tool *tool, const struct sc_tool_call *call,
        sc_op_done_fn *done, void *arg)
{
    struct sc_builtin_call *c = sc_new(struct sc_builtin_call);

    c->builtins = builtins;
    c->parts = &builtins->parts;
    c->operation = find(name);
    c->tool = tool;
    c->request = *call;
    c->args = call->args ? call->args : builtins->no_args;
    sc_op_begin(&c->op, &call_class, scope, done, arg);
    begin(c, name);
    return &c->op;
}

struct sc_tool_outcome *sc_builtin_outcome(struct sc_op *op)
{
    return &call_of(op)->outcome;
}

/* --- as the class of tools whose run is builtin "…" --- */

struct impl {
    struct sc_builtins *builtins;
    const struct sc_builtin_operation *operation;
};

void *sc_builtin_impl(struct sc_builtins *builtins, const char *name)
{
    const struct sc_builtin_operation *operation = find(name);
    struct impl *impl;

    if (!operation)
        return NULL;
    impl = sc_new(struct impl);
    impl->builtins = builtins;
    impl->operation = operation;
    return impl;
}

static struct sc_op *tool_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *call, sc_op_done_fn *done, void *arg)
{
    struct impl *impl = tool->impl;

    return sc_builtin_start(
            scope, impl->builtins, impl->operation->name, tool, call, done, arg);
}

static void tool_release(struct sc_tool *tool)
{
    free(tool->impl);
}

const struct sc_tool_class sc_builtin_tool_class = {
    .kind = "builtin",
    .start = tool_start,
    .outcome = sc_builtin_outcome,
    .release = tool_release,
};
