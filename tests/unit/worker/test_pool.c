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
    };
    return cmocka_run_group_tests_name("worker/pool", tests, NULL, NULL);
}
