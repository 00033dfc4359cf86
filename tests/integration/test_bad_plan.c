/* Plans, expressions, tools and configuration that are no good: what is wrong is said,
 * the good ones stay, and nothing hangs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "integration/drive.h"

enum { MANY_STEPS = 100000 };

#define VALUE(id, value) \
    "{\"id\":\"" id "\",\"tool\":\"value\",\"args\":{\"value\":" value "}}"

static void run_routine(struct driver *d, const char *name)
{
    drive(d, "routine", "run", name, "--json", NULL);
}

/* The state of a step of the last report. */
static const char *state_of(struct driver *d, const char *id)
{
    SC_JSON_EACH(step, sc_json_get(d->json, "steps"))
    if (strcmp(sc_json_get_string(step, "id", ""), id) == 0)
        return sc_json_get_string(step, "state", "");
    return "";
}

/* --- plans --- */

static void a_cycle_is_named(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "cycle",
            "{\"steps\":[" VALUE("a", "\"=b\"") "," VALUE("b", "\"=a\"") "]}");
    run_routine(d, "cycle");
    assert_error(d, "invalid", "steps wait for each other: a → b → a");
    assert_int_equal(sc_json_count(sc_json_get(d->json, "files")), 0);
    drive(d, "check", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "steps wait for each other: a → b → a");
}

static void unknown_tools_and_steps_are_named(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "tool",
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"table.raed\",\"args\":{}}]}");
    run_routine(d, "tool");
    assert_error(d, "invalid", "table.raed");
    assert_says(driver_text(d, "error.message"), "table.read");
    driver_routine(d, "step", "{\"steps\":[" VALUE("a", "\"=nowhere.rows\"") "]}");
    run_routine(d, "step");
    assert_error(d, "invalid", "'nowhere' is no step, input or helper");
    driver_routine(d, "after",
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":1},"
            "\"after\":[\"nowhere\"]}]}");
    run_routine(d, "after");
    assert_error(d, "invalid", "nowhere");
}

static void a_plan_of_a_hundred_thousand_steps_is_refused(void **state)
{
    struct driver *d = *state;
    struct sc_buf plan;

    sc_buf_init(&plan);
    sc_buf_adds(&plan, "{\"steps\":[");
    for (int i = 0; i < MANY_STEPS; i++)
        sc_buf_addf(&plan, "%s{\"id\":\"s%d\",\"tool\":\"wait\"}", i ? "," : "", i);
    sc_buf_adds(&plan, "]}");
    driver_routine(d, "many", plan.data);
    sc_buf_release(&plan);
    run_routine(d, "many");
    assert_error(d, "invalid", "10000");
    assert_says(driver_text(d, "error.message"), "routines/many.json");
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "routines/many.json");
    drive(d, "tool", "call", "value", "--args", "{\"value\":1}", NULL);
    assert_int_equal(d->code, 0);
}

static void a_routine_that_is_no_json_leaves_the_good_ones(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/routines/broken.json", "{\"name\":\"broken\",\n");
    driver_write(d, "config/routines/empty.json", "");
    driver_write(d, "config/routines/other.json", "[1]");
    driver_routine(d, "good", "{\"steps\":[" VALUE("a", "1") "]}");
    drive(d, "routine", "run", "broken", NULL);
    assert_one_sentence(d, 1, "routines/broken.json: line 2, column 1");
    run_routine(d, "empty");
    assert_error(d, "invalid", "routines/empty.json");
    run_routine(d, "other");
    assert_error(d, "invalid", "routines/other.json");
    run_routine(d, "good");
    assert_int_equal(d->code, 0);
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "WRONG tools");
    assert_says(d->out, "routines/broken.json");
}

/* --- expressions --- */

static void an_expression_that_loops_is_ended(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "loop",
            "{\"steps\":[" VALUE(
                    "a", "\"=(function() while true do end end)()\"") "," VALUE("b",
                    "1") "]}");
    run_routine(d, "loop");
    assert_error(d, "timeout", "the script used up its time");
    assert_string_equal(driver_text(d, "error.step"), "a");
    assert_string_equal(state_of(d, "b"), "done");
}

static void an_expression_that_allocates_is_ended(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "grow",
            "{\"steps\":[" VALUE("a", "\"=(function() local s = 'x' while true do s = s "
                                      ".. s end end)()\"") "]}");
    run_routine(d, "grow");
    assert_error(d, "no_memory", "the script used up its memory");
    driver_routine(
            d, "huge", "{\"steps\":[" VALUE("a", "\"=string.rep('x', 1 << 40)\"") "]}");
    run_routine(d, "huge");
    assert_error(d, "script", "args.value: resulting string too large");
}

static void an_expression_that_throws_says_where(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "throw", "{\"steps\":[" VALUE("a", "\"=nil + 1\"") "]}");
    run_routine(d, "throw");
    assert_int_equal(d->code, 1);
    assert_says(driver_text(d, "error.message"), "args.value");
    assert_string_equal(driver_text(d, "error.step"), "a");
}

static void an_expression_that_is_none_is_refused(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "syntax", "{\"steps\":[" VALUE("a", "\"=1 +\"") "]}");
    run_routine(d, "syntax");
    assert_error(d, "invalid", "step 'a', args.value");
}

/* --- tools --- */

#define TOOL(name, timeout, body)                                                 \
    "return tool { name = \"" name "\", summary = \"Bad.\", effect = \"none\",\n" \
    "  timeout = " timeout                                                        \
    ", retry = { attempts = 1 }, params = { type = \"object\" },\n"               \
    "  returns = { type = \"integer\" },\n  run = function(args) " body " end }\n"

static void a_tool_that_loops_is_ended_and_other_steps_are_not(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/tools/bad.loop/tool.lua",
            TOOL("bad.loop", "1", "while true do end"));
    driver_routine(d, "hang",
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"bad.loop\",\"args\":{}}," VALUE(
                    "b", "1") "," VALUE("c", "\"=b + 1\"") "]}");
    run_routine(d, "hang");
    assert_int_equal(d->code, 1);
    assert_string_equal(driver_text(d, "error.code"), "timeout");
    assert_string_equal(driver_text(d, "error.step"), "a");
    assert_string_equal(state_of(d, "c"), "done");
}

static void a_tool_that_allocates_is_ended(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/tools/bad.grow/tool.lua",
            TOOL("bad.grow", "30", "local s = 'x' while true do s = s .. s end"));
    drive(d, "tool", "call", "bad.grow", "--json", NULL);
    assert_int_equal(d->code, 1);
    assert_string_equal(driver_text(d, "state"), "failed");
    assert_says(driver_text(d, "error.message"), "memory");
}

static void a_tool_that_throws_is_one_sentence(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/tools/bad.throw/tool.lua",
            TOOL("bad.throw", "30", "error({ deep = {} })"));
    driver_write(d, "config/tools/bad.lines/tool.lua",
            TOOL("bad.lines", "30", "error(\"one\\ntwo\\27[31m\")"));
    driver_write(d, "config/tools/bad.type/tool.lua",
            TOOL("bad.type", "30", "return \"text\""));
    driver_write(d, "config/tools/bad.circle/tool.lua",
            TOOL("bad.circle", "30", "local a = {} a.a = a return a"));
    drive(d, "tool", "call", "bad.throw", "--json", NULL);
    assert_int_equal(d->code, 1);
    assert_string_equal(driver_text(d, "state"), "failed");
    drive(d, "tool", "call", "bad.lines", NULL);
    assert_int_equal(d->code, 1);
    assert_says_not(d->out, "\x1b");
    assert_says_not(d->err, "\x1b");
    drive(d, "tool", "call", "bad.circle", "--json", NULL);
    assert_int_equal(d->code, 1);
    assert_says(driver_text(d, "error.message"), "nests too deep (or in a circle)");
    drive(d, "tool", "call", "bad.type", "--json", NULL);
    assert_int_equal(d->code, 1);
    assert_says(driver_text(d, "error.message"), "must be");
}

static void broken_tools_and_agents_are_named(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/tools/broken/tool.lua", "return tool { name = \n");
    driver_write(d, "config/tools/nothing/tool.lua", "");
    driver_write(d, "config/tools/hangs/tool.lua", "while true do end");
    driver_write(d, "config/agents/sad/agent.lua", "return agent {");
    drive(d, "tool", "show", "broken", NULL);
    assert_one_sentence(d, 1, "broken/tool.lua:2:");
    drive(d, "tool", "call", "nothing", "--json", NULL);
    assert_error(d, "invalid", "nothing/tool.lua");
    drive(d, "agent", "show", "sad", NULL);
    assert_one_sentence(d, 1, "sad/agent.lua");
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "hangs/tool.lua");
}

#define SCHEMAS "params = { type = 'object' }, returns = { type = 'object' }"
#define TRY     "tests = { { name = 'one', args = {}, gives = {} } }"

static void mistakes_in_a_tool_name_the_mend(void **state)
{
    static const struct {
        const char *rest, *says;
    } cases[] = {
        { "timout = 3, run = function() return {} end",
                "tool.lua:1: tool: unknown field 'timout'; did you mean 'timeout'?" },
        { "run = function() total = 1 return {} end, " TRY,
                "tool.lua:1: a script makes no globals: write local total = …" },
        { "run = function() end, " TRY,
                "run gave nothing back: bad: result: must be an object, is null" },
        { "data = { 'zones.json' }, run = function() return {} end, " TRY,
                "field 'data' names 'zones.json', which is not in its folder" },
        { "run = function() return nil, { code = 'odd', message = 'no' } end, " TRY,
                "'odd' is no code of an error; its message: no" },
        { "run = function() return {} end, tests = { { name = 'x', args = {} } }",
                "field 'tests' holds a test without gives and fails, or with both" },
        { "hosts = { 'example.com' }, run = function() "
          "return http.request { url = 'https://example.com/x', method = 'GET' } "
          "end, " TRY,
                "no recording of this test answers 'https://example.com/x'" },
    };
    struct driver *d = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *text = sc_strdupf("return tool { name = 'bad', summary = 's', "
                                "effect = 'read', idempotent = true, " SCHEMAS ", %s }",
                cases[i].rest);

        driver_write(d, "work/bad/tool.lua", text);
        drive(d, "check", "bad", NULL);
        assert_int_equal(d->code, 1);
        assert_says(d->out, cases[i].says);
        assert_says(d->out, " 1 failed");
        free(text);
    }
}

static void two_tools_of_one_name_side_by_side_are_told(void **state)
{
    static const char twin[] = "return tool { name = 'twin', summary = 's', effect = "
                               "'none', " SCHEMAS ", run = function() return {} end }";
    struct driver *d = *state;

    driver_write(d, "config/tools/a/tool.lua", twin);
    driver_write(d, "config/tools/b/tool.lua", twin);
    drive(d, "check", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "tools/b/tool.lua: there is a tool 'twin' already, in ");
}

/* --- supercargo.lua --- */

/* With defaults instead of what it says, it would be another task. */
static void a_broken_configuration_stops_tasks_but_not_looking(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "return config { language =", "supercargo.lua:" },
        { "return 5", "supercargo.lua" },
        { "return config { langage = \"zh\" }",
                "there is no field langage; did you mean 'language'?" },
        { "return config { zone = 8 }", "zone must be of type string" },
        { "return config { model = { ulr = \"x\" } }",
                "there is no field model.ulr; did you mean 'url'?" },
        { "return config { zone = \"Mars/Olympus\" }",
                "supercargo.lua: zone: 'Mars/Olympus' is not a time zone" },
        { "while true do end", "supercargo.lua" },
    };
    struct driver *d = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].text);
        driver_write(d, "config/supercargo.lua", cases[i].text);
        drive(d, "tool", "call", "value", "--args", "{\"value\":1}", NULL);
        assert_one_sentence(d, 1, cases[i].says);
        drive(d, "doctor", NULL);
        assert_int_equal(d->code, 1);
        assert_says(d->out, cases[i].says);
        drive(d, "tool", "list", NULL);
        assert_int_equal(d->code, 0);
        assert_says(d->out, "price.landed");
    }
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, driver_setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(a_cycle_is_named),
        T(unknown_tools_and_steps_are_named),
        T(a_plan_of_a_hundred_thousand_steps_is_refused),
        T(a_routine_that_is_no_json_leaves_the_good_ones),
        T(an_expression_that_loops_is_ended),
        T(an_expression_that_allocates_is_ended),
        T(an_expression_that_throws_says_where),
        T(an_expression_that_is_none_is_refused),
        T(a_tool_that_loops_is_ended_and_other_steps_are_not),
        T(a_tool_that_allocates_is_ended),
        T(a_tool_that_throws_is_one_sentence),
        T(broken_tools_and_agents_are_named),
        T(mistakes_in_a_tool_name_the_mend),
        T(two_tools_of_one_name_side_by_side_are_told),
        T(a_broken_configuration_stops_tasks_but_not_looking),
    };
    return cmocka_run_group_tests_name("integration/bad_plan", tests, NULL, NULL);
}
