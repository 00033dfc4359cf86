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

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_tool_file_becomes_a_descriptor),
        T(a_syntax_error_has_file_and_line),
        T(a_tool_is_called),
        T(a_host_call_goes_out_and_comes_back),
    };
    return cmocka_run_group_tests_name("worker/pool", tests, NULL, NULL);
}
