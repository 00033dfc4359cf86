#include <signal.h>

#include "rig.h"

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    rig_open(rig, SC_WORKER_HOST, 1);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    free(rig);
    return 0;
}

static void a_tool_file_becomes_a_descriptor(void **state)
{
    struct rig *rig = *state;

    rig_define(rig, "tool",
            "return tool { name = 'x.add', summary = 'adds', effect = 'none',\n"
            "params = { type = 'object', required = { 'a' } }, returns = { type = "
            "'number' },\n"
            "hosts = {}, timeout = 2.5, cost = function() end,\n"
            "run = function(args) return args.a end }");

    assert_int_equal(rig->err.code, SC_OK);
    assert_json(sc_json_get(rig->answer, "define"),
            "{\"name\":\"x.add\",\"summary\":\"adds\",\"effect\":\"none\",\"hosts\":[],"
            "\"params\":{\"type\":\"object\",\"required\":[\"a\"]},\"timeout\":2.5,"
            "\"returns\":{\"type\":\"number\"},\"functions\":[\"run\",\"cost\"]}");
    assert_int_equal(strlen(sc_json_get_string(rig->answer, "version", "")), 16);
}

static void a_syntax_error_has_file_and_line(void **state)
{
    struct rig *rig = *state;

    rig_define(rig, "tool", "\n\nreturn tool {{");
    assert_says(&rig->err, SC_SCRIPT, "tools/x/tool.lua:3:");
}

static void a_tool_is_called(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool = rig_tool(rig, "return { sum = args.a + args.b }");

    rig_run(rig, tool, "{\"a\":1,\"b\":2}");

    assert_int_equal(rig->err.code, SC_OK);
    assert_json(rig->answer, "{\"sum\":3}");
    sc_tool_unref(tool);
}

static void a_host_call_goes_out_and_comes_back(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool =
            rig_tool(rig, "local v = cache.get('k') return { got = v.key }");

    rig_run(rig, tool, "{}");

    assert_int_equal(rig->err.code, SC_OK);
    assert_string_equal(rig->host_name, "cache.get");
    assert_json(rig->answer, "{\"got\":\"k\"}");
    sc_tool_unref(tool);
}

/* --- previews --- */

/* A tool that says with `body`, a function body over args and lang, what it would do; its
 * class is not asked, so a built-in one may have a preview as well. */
static struct sc_tool *telling_tool(struct rig *rig, const char *body)
{
    char *source = sc_strdupf(
            "return tool { name = 'x', summary = 's', effect = 'write',\n"
            "  params = { type = 'object' }, returns = { type = 'object' },\n"
            "  run = builtin 'x.y', preview = function(args, lang)\n%s\n  end }",
            body);
    struct sc_tool *tool;
    struct sc_error err;

    rig_define(rig, "tool", source);
    assert_int_equal(rig->err.code, SC_OK);
    tool = sc_tool_new(sc_json_detach(rig->answer, "define"), NULL, NULL, &err);
    if (!tool)
        fail_msg("%s", err.msg);
    sc_lua_tool_add_preview(
            tool, rig->pool, "tools/x/tool.lua", source, strlen(source), NULL);
    free(source);
    return tool;
}

static void on_told(struct sc_op *op, const struct sc_error *err)
{
    rig_keep(op->arg, err, sc_lua_function_answer(op));
}

static void preview(struct rig *rig, struct sc_tool *tool)
{
    struct sc_json *args = json("{\"to\":\"a@b\"}");

    rig->done = false;
    tool->preview->start(tool, &rig->scope, args, "ja", on_told, rig);
    sc_json_free(args);
    rig_wait(rig);
    sc_tool_unref(tool);
}

static void a_tool_says_what_it_would_do(void **state)
{
    struct rig *rig = *state;

    preview(rig, telling_tool(rig, "return lang .. ': to ' .. args.to"));

    assert_int_equal(rig->err.code, SC_OK);
    assert_json(rig->answer, "\"ja: to a@b\"");
}

static void a_preview_reaches_nothing_outside(void **state)
{
    struct rig *rig = *state;

    preview(rig, telling_tool(rig, "local v, err = http.request { url = 'https://a.b', "
                                   "method = 'POST' } return err.code"));

    assert_int_equal(rig->host_calls, 0);
    assert_json(rig->answer, "\"denied\"");
}

static void a_preview_that_hangs_is_given_up(void **state)
{
    struct rig *rig = *state;

    preview(rig, telling_tool(rig, "while true do end"));

    assert_int_not_equal(rig->err.code, SC_OK);
}

static void a_tool_without_a_preview_gets_none(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool = rig_tool(rig, "return {}");

    sc_lua_tool_add_preview(tool, rig->pool, "tools/x/tool.lua", "", 0, NULL);

    assert_null(tool->preview);
    sc_tool_unref(tool);
}

static void a_host_call_that_fails_is_nil_and_an_error(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool =
            rig_tool(rig, "local v, err = http.request { url = 'https://a.example' }\n"
                          "return { v = v == nil, code = err.code, text = err.message }");

    rig->host_failure = SC_DENIED;
    rig_run(rig, tool, "{}");

    assert_json(rig->answer,
            "{\"v\":true,\"code\":\"denied\",\"text\":\"the host says no\"}");
    assert_string_equal(
            sc_json_get_string(rig->host_args, "url", ""), "https://a.example");
    sc_tool_unref(tool);
}

static void a_tool_says_how_it_failed(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool = rig_tool(rig,
            "return nil, { code = 'conflict', message = 'taken', retryable = true,\n"
            "  maybe_happened = true }");

    rig_run(rig, tool, "{}");

    assert_says(&rig->err, SC_CONFLICT, "taken");
    assert_true(rig->err.retryable);
    assert_true(rig->maybe_happened);
    sc_tool_unref(tool);
}

static void an_effect_that_failed_in_doubt_may_have_happened(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *post = rig_tool(rig, "local v, err = http.request { url = "
                                         "'https://a.example', method = args.method }\n"
                                         "return nil, err");

    rig->host_failure = SC_TIMEOUT;
    rig_run(rig, post, "{\"method\":\"POST\"}");
    assert_true(rig->maybe_happened);
    rig_run(rig, post, "{\"method\":\"GET\"}");
    assert_false(rig->maybe_happened);
    rig->host_failure = SC_DENIED; /* it never left */
    rig_run(rig, post, "{\"method\":\"POST\"}");
    assert_false(rig->maybe_happened);
    sc_tool_unref(post);
}

/* The host answers with the arguments: status is what the server says. */
static bool doubtful_after(struct rig *rig, struct sc_tool *tool, const char *args)
{
    rig_run(rig, tool, args);
    assert_int_equal(rig->err.code, SC_CONFLICT);
    return rig->maybe_happened;
}

static void an_error_after_an_answer_that_refuses_nothing_is_in_doubt(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *says = rig_tool(rig,
            "local v = http.request(args)\n"
            "return nil, { code = 'conflict', message = 'status ' .. v.status }");
    struct sc_tool *sure =
            rig_tool(rig, "local v = http.request(args)\n"
                          "return nil, { code = 'conflict', maybe_happened = false }");

    assert_true(doubtful_after(rig, says, "{\"method\":\"POST\",\"status\":504}"));
    assert_true(doubtful_after(rig, says, "{\"method\":\"PUT\",\"status\":200}"));
    assert_true(doubtful_after(rig, says, "{\"method\":\"POST\",\"status\":408}"));
    assert_true(doubtful_after(rig, says, "{\"json\":{},\"status\":500}"));
    assert_false(doubtful_after(rig, says, "{\"method\":\"POST\",\"status\":422}"));
    assert_false(doubtful_after(rig, says, "{\"status\":500}"));
    assert_false(doubtful_after(rig, sure, "{\"json\":{},\"status\":500}"));
    sc_tool_unref(says);
    sc_tool_unref(sure);
}

static void a_remote_job_goes_on(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool =
            rig_tool(rig, "return pending { token = { job = 7 }, after = 2.5 }");

    rig_run(rig, tool, "{}");

    assert_int_equal(rig->err.code, SC_OK);
    assert_int_equal(rig->kind, SC_TOOL_PENDING);
    assert_int_equal(rig->after_ms, 2500);
    assert_json(rig->answer, "{\"job\":7}");
    sc_tool_unref(tool);
}

static void a_result_that_is_no_data_is_refused_by_place(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool =
            rig_tool(rig, "return { rows = { { n = 1 }, { n = 0 / 0 } } }");

    rig_run(rig, tool, "{}");

    assert_says(&rig->err, SC_INVALID, "result.rows[1].n: is not a number");
    sc_tool_unref(tool);
}

/* The rig gives each state 32 MiB. */
static void a_tool_that_meets_its_memory_gets_a_new_state(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool =
            rig_tool(rig, "local t = {}\n"
                          "for i = 1, args.mb * 10 do t[i] = ('x'):rep(100000) .. i end\n"
                          "return { fine = true }");

    rig_run(rig, tool, "{\"mb\":40}");
    assert_int_equal(rig->err.code, SC_NO_MEMORY);
    rig_run(rig, tool, "{\"mb\":20}");
    assert_json(rig->answer, "{\"fine\":true}");
    sc_tool_unref(tool);
}

static void calls_of_a_tool_share_nothing_they_can_write(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool = rig_tool(rig, "calls = (calls or 0) + 1 return { n = calls }");

    rig_run(rig, tool, "{}");

    assert_says(&rig->err, SC_SCRIPT, "unknown name 'calls'");
    sc_tool_unref(tool);
}

static void the_context_reaches_the_script(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *tool = rig_tool(rig, "return { key = ctx.key, task = ctx.task, step "
                                         "= ctx.step, zone = ctx.env.zone }");
    struct sc_json *args = json("{}"), *env = json("{\"zone\":\"Asia/Tokyo\"}");
    struct sc_tool_context context = { .task_id = "t1", .step_id = "pay", .env = env };
    struct sc_tool_call call = {
        .args = args, .key = "k1", .context = &context, .timeout_ms = 5000
    };

    rig->done = false;
    sc_tool_start(tool, &rig->scope, &call, rig_on_ran, rig);
    rig_wait(rig);

    assert_json(rig->answer,
            "{\"key\":\"k1\",\"task\":\"t1\",\"step\":\"pay\",\"zone\":\"Asia/Tokyo\"}");
    sc_json_free(args);
    sc_json_free(env);
    sc_tool_unref(tool);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_tool_file_becomes_a_descriptor),
        T(a_syntax_error_has_file_and_line),
        T(a_tool_is_called),
        T(a_host_call_goes_out_and_comes_back),
        T(a_tool_says_what_it_would_do),
        T(a_preview_reaches_nothing_outside),
        T(a_preview_that_hangs_is_given_up),
        T(a_tool_without_a_preview_gets_none),
        T(a_host_call_that_fails_is_nil_and_an_error),
        T(a_tool_says_how_it_failed),
        T(an_effect_that_failed_in_doubt_may_have_happened),
        T(an_error_after_an_answer_that_refuses_nothing_is_in_doubt),
        T(a_remote_job_goes_on),
        T(a_result_that_is_no_data_is_refused_by_place),
        T(a_tool_that_meets_its_memory_gets_a_new_state),
        T(calls_of_a_tool_share_nothing_they_can_write),
        T(the_context_reaches_the_script),
    };
    return cmocka_run_group_tests_name("worker/pool", tests, NULL, NULL);
}
