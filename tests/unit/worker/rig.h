/* What the tests of the pool share: a loop, a pool with real worker processes, and
 * waiting for one op at a time. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/bounded.h"
#include "loop/loop.h"
#include "worker/pool.h"

enum { LIMIT_MS = 30 * 1000 };

struct rig {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_pool *pool;
    bool done, closed;
    struct sc_error err;
    struct sc_json *answer; /* of the last op */
    enum sc_tool_outcome_kind kind;
    int64_t after_ms;
    bool maybe_happened;
    int host_calls;
    char host_name[64];
    struct sc_json *host_args;
    struct sc_host_call *held; /* not answered */
    bool hold;
    enum sc_code host_failure;
};

static inline void rig_on_host_call(void *arg, struct sc_host_call *call)
{
    struct rig *rig = arg;
    struct sc_error err;

    rig->host_calls++;
    strncpy(rig->host_name, call->name, sizeof(rig->host_name) - 1);
    sc_json_free(rig->host_args);
    rig->host_args = sc_json_copy(call->args);
    if (rig->hold) {
        rig->held = call;
        rig->done = true; /* lets the test go on */
    } else if (rig->host_failure) {
        sc_fail(&err, rig->host_failure, "the host says no");
        sc_host_fail(call, &err);
    } else {
        sc_host_reply(call, sc_json_copy(call->args));
    }
}

static inline void rig_open(struct rig *rig, const char *worker, int max_workers)
{
    struct sc_pool_options options = { .worker_path = worker,
        .max_workers = max_workers,
        .memory_limit = 32 << 20,
        .on_host_call = rig_on_host_call,
        .arg = rig };

    *rig = (struct rig){ .loop = sc_loop_new(NULL) };
    sc_scope_init(&rig->scope, rig->loop);
    rig->pool = sc_pool_new(rig->loop, &options);
}

static inline void rig_on_closed(void *arg)
{
    ((struct rig *)arg)->closed = true;
}

static inline void rig_close(struct rig *rig)
{
    sc_pool_close(rig->pool, rig_on_closed, rig);
    assert_true(bounded_run(sc_loop_uv(rig->loop), &rig->closed, LIMIT_MS));
    sc_json_free(rig->answer);
    sc_json_free(rig->host_args);
    sc_loop_free(rig->loop);
}

static inline void rig_wait(struct rig *rig)
{
    assert_true(bounded_run(sc_loop_uv(rig->loop), &rig->done, LIMIT_MS));
}

static inline void rig_keep(
        struct rig *rig, const struct sc_error *err, struct sc_json **answer)
{
    rig->done = true;
    rig->err = err ? *err : (struct sc_error){ 0 };
    sc_json_free(rig->answer);
    rig->answer = *answer;
    *answer = NULL;
}

static inline void rig_on_defined(struct sc_op *op, const struct sc_error *err)
{
    rig_keep(op->arg, err, sc_define_answer(op));
}

static inline void rig_on_ran(struct sc_op *op, const struct sc_error *err)
{
    struct sc_tool_outcome *outcome = sc_lua_tool_class.outcome(op);
    struct rig *rig = op->arg;

    rig->kind = outcome->kind;
    rig->after_ms = outcome->after_ms;
    rig->maybe_happened = outcome->maybe_happened;
    rig_keep(rig, err, &outcome->value);
}

static inline void rig_on_answered(struct sc_op *op, const struct sc_error *err)
{
    rig_keep(op->arg, err, sc_lua_function_answer(op));
}

static inline void rig_on_evaluated(struct sc_op *op, const struct sc_error *err)
{
    struct rig *rig = op->arg;

    rig_keep(rig, err, sc_pool_evaluator(rig->pool)->answer(op));
}

static inline void rig_define(struct rig *rig, const char *kind, const char *source)
{
    struct sc_define_spec spec = {
        .kind = kind, .path = "tools/x/tool.lua", .source = source, .len = strlen(source)
    };

    rig->done = false;
    sc_define_start(&rig->scope, rig->pool, &spec, rig_on_defined, rig);
    rig_wait(rig);
}

static inline struct sc_json *json(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    return value;
}

static inline void assert_json(const struct sc_json *value, const char *text)
{
    struct sc_json *wanted = json(text);

    if (!sc_json_equal(value, wanted)) {
        char *is = sc_json_text(value);

        fail_msg("is %s, not %s", is, text);
    }
    sc_json_free(wanted);
}

static inline void assert_says(
        const struct sc_error *err, enum sc_code code, const char *part)
{
    if (err->code != code || !strstr(err->msg, part))
        fail_msg("is %s: %s", sc_code_word(err->code), err->msg);
}

/* A tool whose run is `body`, a function body over args and ctx. */
static inline char *tool_source(const char *body)
{
    return sc_strdupf("return tool { name = 'x', summary = 's', effect = 'none',\n"
                      "  params = { type = 'object' }, returns = { type = 'object' },\n"
                      "  run = function(args, ctx)\n%s\n  end }",
            body);
}

/* A tool as the registry would hold it, as far as the pool looks. */
static inline struct sc_tool *rig_tool(struct rig *rig, const char *body)
{
    char *source = tool_source(body);
    struct sc_tool *tool;
    struct sc_error err;

    rig_define(rig, "tool", source);
    assert_int_equal(rig->err.code, SC_OK);
    tool = sc_tool_new(sc_json_detach(rig->answer, "define"), &sc_lua_tool_class,
            sc_lua_tool_impl(rig->pool, "tools/x/tool.lua", source, strlen(source), NULL),
            &err);
    if (!tool)
        fail_msg("%s", err.msg);
    free(source);
    return tool;
}

static inline struct sc_op *rig_start(
        struct rig *rig, struct sc_tool *tool, const char *args, int64_t timeout_ms)
{
    struct sc_json *value = json(args);
    struct sc_tool_call call = { .args = value, .timeout_ms = timeout_ms };
    struct sc_op *op;

    rig->done = false;
    op = sc_tool_start(tool, &rig->scope, &call, rig_on_ran, rig);
    sc_json_free(value);
    return op;
}

static inline void rig_run(struct rig *rig, struct sc_tool *tool, const char *args)
{
    rig_start(rig, tool, args, 5000);
    rig_wait(rig);
}

static inline void rig_evaluate(struct rig *rig, const char *request)
{
    struct sc_evaluator *evaluator = sc_pool_evaluator(rig->pool);
    struct sc_json *value = json(request);

    rig->done = false;
    evaluator->start(evaluator, &rig->scope, value, rig_on_evaluated, rig);
    sc_json_free(value);
    rig_wait(rig);
}
