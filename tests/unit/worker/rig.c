#include "rig.h"

static void on_host_call(void *arg, struct sc_host_call *call)
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

void rig_open(struct rig *rig, const char *worker, int max_workers)
{
    struct sc_pool_options options = { .worker_path = worker,
        .max_workers = max_workers,
        .memory_limit = 32 << 20,
        .on_host_call = on_host_call,
        .arg = rig };

    *rig = (struct rig){ .loop = sc_loop_new(NULL) };
    sc_scope_init(&rig->scope, rig->loop);
    rig->pool = sc_pool_new(rig->loop, &options);
}

static void on_closed(void *arg)
{
    ((struct rig *)arg)->closed = true;
}

void rig_close(struct rig *rig)
{
    sc_pool_close(rig->pool, on_closed, rig);
    assert_true(bounded_run(sc_loop_uv(rig->loop), &rig->closed, LIMIT_MS));
    sc_json_free(rig->answer);
    sc_json_free(rig->host_args);
    sc_loop_free(rig->loop);
}

void rig_wait(struct rig *rig)
{
    assert_true(bounded_run(sc_loop_uv(rig->loop), &rig->done, LIMIT_MS));
}

void rig_keep(struct rig *rig, const struct sc_error *err, struct sc_json **answer)
{
    rig->done = true;
    rig->err = err ? *err : (struct sc_error){ 0 };
    sc_json_free(rig->answer);
    rig->answer = *answer;
    *answer = NULL;
}

static void on_defined(struct sc_op *op, const struct sc_error *err)
{
    rig_keep(op->arg, err, sc_define_answer(op));
}

void rig_on_ran(struct sc_op *op, const struct sc_error *err)
{
    struct sc_tool_outcome *outcome = sc_lua_tool_class.outcome(op);
    struct rig *rig = op->arg;

    rig->kind = outcome->kind;
    rig->after_ms = outcome->after_ms;
    rig->maybe_happened = outcome->maybe_happened;
    rig_keep(rig, err, &outcome->value);
}

static void on_evaluated(struct sc_op *op, const struct sc_error *err)
{
    struct rig *rig = op->arg;

    rig_keep(rig, err, sc_pool_evaluator(rig->pool)->answer(op));
}

void rig_define(struct rig *rig, const char *kind, const char *source)
{
    struct sc_define_spec spec = {
        .kind = kind, .path = "tools/x/tool.lua", .source = source, .len = strlen(source)
    };

    rig->done = false;
    sc_define_start(&rig->scope, rig->pool, &spec, on_defined, rig);
    rig_wait(rig);
}

struct sc_json *json(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    return value;
}

void assert_json(const struct sc_json *value, const char *text)
{
    struct sc_json *wanted = json(text);

    if (!sc_json_equal(value, wanted)) {
        char *is = sc_json_text(value);

        fail_msg("is %s, not %s", is, text);
    }
    sc_json_free(wanted);
}

void assert_says(const struct sc_error *err, enum sc_code code, const char *part)
{
    if (err->code != code || !strstr(err->msg, part))
        fail_msg("is %s: %s", sc_code_word(err->code), err->msg);
}

char *tool_source(const char *body)
{
    return sc_strdupf("return tool { name = 'x', summary = 's', effect = 'none',\n"
                      "  params = { type = 'object' }, returns = { type = 'object' },\n"
                      "  run = function(args, ctx)\n%s\n  end }",
            body);
}

struct sc_tool *rig_tool(struct rig *rig, const char *body)
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

struct sc_op *rig_start(
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

void rig_run(struct rig *rig, struct sc_tool *tool, const char *args)
{
    rig_start(rig, tool, args, 5000);
    rig_wait(rig);
}

void rig_evaluate(struct rig *rig, const char *request)
{
    struct sc_evaluator *evaluator = sc_pool_evaluator(rig->pool);
    struct sc_json *value = json(request);

    rig->done = false;
    evaluator->start(evaluator, &rig->scope, value, on_evaluated, rig);
    sc_json_free(value);
    rig_wait(rig);
}
