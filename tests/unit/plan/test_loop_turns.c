#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "plan/planner.h"
#include "plan/template.h"

struct fixture {
    struct sc_registry *registry;
    struct sc_json *allowed, *args;
    struct sc_plan_scope scope;
    struct sc_model_call calls[4];
    struct sc_model_reply reply;
    struct sc_json *steps, *refused, *messages;
};

static struct sc_json *parse(const char *text)
{
    struct sc_json *json = sc_json_parse(text, strlen(text), NULL, NULL);

    assert_non_null(json);
    return json;
}

static void no_release(struct sc_tool *tool)
{
    (void)tool;
}

static const struct sc_tool_class fake_class = { "fake", NULL, NULL, no_release };

static void add_tool(struct sc_registry *registry, const char *name)
{
    struct sc_json *json =
            parse("{\"summary\":\"S.\",\"effect\":\"read\",\"functions\":["
                  "\"run\"],\"params\":{\"type\":\"object\",\"properties\":{"
                  "\"path\":{\"type\":\"string\"}}},\"returns\":{}}");
    struct sc_error err;
    struct sc_tool *tool;

    sc_json_set_string(json, "name", name);
    tool = sc_tool_new(json, &fake_class, NULL, &err);
    if (!tool)
        fail_msg("%s", err.msg);
    sc_registry_add(registry, tool);
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->registry = sc_registry_new();
    add_tool(f->registry, "table.read");
    add_tool(f->registry, "table.write");
    add_tool(f->registry, "secret.read");
    f->allowed = parse("[\"table.*\"]");
    f->scope = (struct sc_plan_scope){ .registry = f->registry, .tools = f->allowed };
    f->reply = (struct sc_model_reply){
        .text = "", .finish = "tool_calls", .calls = f->calls
    };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_json_free(f->steps);
    sc_json_free(f->refused);
    sc_json_free(f->messages);
    sc_json_free(f->args);
    sc_json_free(f->allowed);
    sc_registry_free(f->registry);
    free(f);
    return 0;
}

static void call(struct fixture *f, const char *id, const char *name, const char *args)
{
    struct sc_json *parsed = sc_json_parse(args, strlen(args), NULL, NULL);

    if (!f->args)
        f->args = sc_json_new_array();
    f->calls[f->reply.call_count++] = (struct sc_model_call){ .id = id,
        .name = name,
        .args = parsed ? sc_json_append(f->args, parsed) : NULL,
        .arguments = args };
}

static void assert_json(const struct sc_json *json, const char *expected)
{
    char *text = sc_json_text(json);

    assert_string_equal(text, expected);
    free(text);
}

/* --- calls as steps --- */

static void calls_become_steps(void **state)
{
    struct fixture *f = *state;

    call(f, "c1", "table__read", "{\"path\":\"a.csv\"}");
    call(f, "c2", "table.write", "{}");
    f->steps = sc_loop_steps(&f->reply, 3, &f->scope, &f->refused);

    assert_json(f->steps,
            "[{\"id\":\"t3_1\",\"tool\":\"table.read\",\"args\":{\"path\":\"a.csv\"}},"
            "{\"id\":\"t3_2\",\"tool\":\"table.write\",\"args\":{}}]");
    assert_null(f->refused);
}

static void what_cannot_be_called_is_refused_one_by_one(void **state)
{
    struct fixture *f = *state;

    call(f, "c1", "table__raed", "{}");
    call(f, "c2", "table__read", "{\"path\":");
    call(f, "c3", "secret__read", "{}");
    call(f, "c4", "table__read", "{}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->scope, &f->refused);

    assert_int_equal(sc_json_count(f->steps), 1);
    assert_string_equal(sc_json_get_string(sc_json_first(f->steps), "id", ""), "t1_4");
    assert_int_equal(sc_json_count(f->refused), 3);
    assert_string_equal(sc_json_get_string(sc_json_at(f->refused, 0), "message", ""),
            "there is no tool 'table__raed': did you mean 'table__read'?");
    assert_string_equal(sc_json_get_string(sc_json_at(f->refused, 1), "id", ""), "c2");
    assert_non_null(strstr(sc_json_get_string(sc_json_at(f->refused, 1), "message", ""),
            "the arguments are not JSON"));
    assert_string_equal(sc_json_get_string(sc_json_at(f->refused, 2), "message", ""),
            "there is no tool 'secret__read'");
}

static void a_reply_without_calls_has_no_steps(void **state)
{
    struct fixture *f = *state;

    assert_null(sc_loop_steps(&f->reply, 1, &f->scope, &f->refused));
    assert_null(f->refused);
}

/* What a model passes is data, whatever it looks like: as a template it is itself. */
static void arguments_are_never_evaluated(void **state)
{
    struct fixture *f = *state;
    struct sc_json *args, *names = sc_json_new_object();
    struct sc_json *resolved;
    struct sc_error err;

    call(f, "c1", "table__read",
            "{\"a\":\"=inputs.x\",\"b\":[\"==y\",{\"c\":\"z\"}],\"n\":1.50}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->scope, &f->refused);
    args = sc_json_get(sc_json_first(f->steps), "args");
    resolved = sc_template_resolve(args, names, &err);

    assert_true(sc_template_is_plain(args));
    assert_non_null(resolved);
    assert_true(sc_json_equal(resolved, f->calls[0].args));
    sc_json_free(resolved);
    sc_json_free(names);
}

static void braces_in_arguments_become_a_literal_expression(void **state)
{
    struct fixture *f = *state;
    const struct sc_json *args;

    call(f, "c1", "table__read", "{\"a\":\"it's {{os}}\\n\\\\\"}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->scope, &f->refused);
    args = sc_json_get(sc_json_first(f->steps), "args");

    assert_string_equal(
            sc_json_get_string(args, "a", ""), "='it\\039s \\123\\123os}}\\010\\092'");
}

/* --- answers --- */

static void every_call_gets_one_answer_in_order(void **state)
{
    struct fixture *f = *state;
    struct sc_json *results =
            parse("{\"c2\":{\"rows\":[1]},\"c1\":{\"error\":{\"message\":\"no\"}}}");

    call(f, "c1", "table__read", "{}");
    call(f, "c2", "table__read", "{}");
    call(f, "c3", "table__read", "{}");
    f->messages = sc_loop_answers(&f->reply, results, 1000);

    assert_json(f->messages,
            "[{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"{\\\"error\\\":{"
            "\\\"message\\\":\\\"no\\\"}}\"},{\"role\":\"tool\",\"tool_call_id\":\"c2\","
            "\"content\":\"{\\\"rows\\\":[1]}\"},{\"role\":\"tool\",\"tool_call_id\":"
            "\"c3\","
            "\"content\":\"{\\\"error\\\":{\\\"message\\\":\\\"this call was not "
            "made\\\"}}\"}]");
    sc_json_free(results);
}

static void a_long_result_is_cut_between_characters_and_says_so(void **state)
{
    struct fixture *f = *state;
    struct sc_json *results = parse("{\"c1\":\"\xe5\x8d\x95\xe5\x8d\x95\xe5\x8d\x95\"}");

    call(f, "c1", "table__read", "{}");
    f->messages = sc_loop_answers(&f->reply, results, 5);

    assert_string_equal(sc_json_get_string(sc_json_first(f->messages), "content", ""),
            "\"\xe5\x8d\x95… [cut: these are the first 4 of 11 bytes]");
    sc_json_free(results);
}

/* --- the request --- */

static void tools_go_out_under_names_without_dots(void **state)
{
    struct fixture *f = *state;
    struct sc_planner_task task = { .words = "w",
        .language = "en",
        .instructions = "Be kind.",
        .registry = f->registry,
        .tools = f->allowed };

    sc_loop_request(&task, NULL, 0, &f->messages, &f->steps);

    assert_int_equal(sc_json_count(f->steps), 2);
    assert_json(sc_json_first(f->steps),
            "{\"name\":\"table__read\",\"description\":\"S. "
            "[read]\",\"parameters\":{\"type\":"
            "\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}}");
    assert_int_equal(sc_json_count(f->messages), 2);
    assert_non_null(strstr(sc_json_get_string(sc_json_first(f->messages), "content", ""),
            "\nBe kind.\n"));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(calls_become_steps),
        T(what_cannot_be_called_is_refused_one_by_one),
        T(a_reply_without_calls_has_no_steps),
        T(arguments_are_never_evaluated),
        T(braces_in_arguments_become_a_literal_expression),
        T(every_call_gets_one_answer_in_order),
        T(a_long_result_is_cut_between_characters_and_says_so),
        T(tools_go_out_under_names_without_dots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
