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
    struct sc_planner_task task;
    struct sc_model_call calls[4];
    struct sc_model_reply reply;
    struct sc_json *steps, *told, *messages;
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

static void add_tool(struct sc_registry *registry, const char *name, const char *returns)
{
    struct sc_json *json =
            parse("{\"summary\":\"S.\",\"effect\":\"read\",\"functions\":["
                  "\"run\"],\"params\":{\"type\":\"object\",\"properties\":{"
                  "\"path\":{\"type\":\"string\"}}}}");
    struct sc_error err;
    struct sc_tool *tool;

    sc_json_set_string(json, "name", name);
    sc_json_set(json, "returns", parse(returns));
    tool = sc_tool_new(json, &fake_class, NULL, &err);
    if (!tool)
        fail_msg("%s", err.msg);
    sc_registry_add(registry, tool);
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->registry = sc_registry_new();
    add_tool(f->registry, "table.read", "{}");
    add_tool(f->registry, "table.write", "{}");
    add_tool(f->registry, "secret.read", "{}");
    add_tool(f->registry, "brief.count", "{\"type\":\"integer\"}");
    f->allowed = parse("[\"table.*\"]");
    f->task = (struct sc_planner_task){ .registry = f->registry, .tools = f->allowed };
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
    sc_json_free(f->told);
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
    f->steps = sc_loop_steps(&f->reply, 3, &f->task, &f->told);

    assert_json(f->steps,
            "[{\"id\":\"t3_1\",\"tool\":\"table.read\",\"args\":{\"path\":\"a.csv\"}},"
            "{\"id\":\"t3_2\",\"tool\":\"table.write\",\"args\":{}}]");
    assert_null(f->told);
}

static void what_cannot_be_called_is_refused_one_by_one(void **state)
{
    struct fixture *f = *state;

    call(f, "c1", "table__raed", "{}");
    call(f, "c2", "table__read", "{\"path\":");
    call(f, "c3", "secret__read", "{}");
    call(f, "c4", "table__read", "{}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->task, &f->told);

    assert_int_equal(sc_json_count(f->steps), 1);
    assert_string_equal(sc_json_get_string(sc_json_first(f->steps), "id", ""), "t1_4");
    assert_int_equal(sc_json_count(f->told), 3);
    assert_string_equal(sc_json_get_string(sc_json_at(f->told, 0), "message", ""),
            "there is no tool 'table__raed': did you mean 'table__read'?");
    assert_string_equal(sc_json_get_string(sc_json_at(f->told, 1), "id", ""), "c2");
    assert_non_null(strstr(sc_json_get_string(sc_json_at(f->told, 1), "message", ""),
            "the arguments are not JSON"));
    assert_string_equal(sc_json_get_string(sc_json_at(f->told, 2), "message", ""),
            "there is no tool 'secret__read'");
}

static void a_reply_without_calls_has_no_steps(void **state)
{
    struct fixture *f = *state;

    assert_null(sc_loop_steps(&f->reply, 1, &f->task, &f->told));
    assert_null(f->told);
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
    f->steps = sc_loop_steps(&f->reply, 1, &f->task, &f->told);
    args = sc_json_get(sc_json_first(f->steps), "args");
    resolved = sc_template_resolve(args, names, &err);

    assert_true(sc_template_is_plain(args));
    assert_non_null(resolved);
    assert_true(sc_json_equal(resolved, f->calls[0].args));
    sc_json_free(resolved);
    sc_json_free(names);
}

static void a_result_is_handed_on_by_its_handle(void **state)
{
    struct fixture *f = *state;
    struct sc_json *results = parse("{\"t1_1\":{\"rows\":[{\"Unit price\":3},7]}}");

    f->task.results = results;
    call(f, "c1", "table__write",
            "{\"rows\":{\"$result\":\"t1_1.rows\"},\"all\":[{\"$result\":\"t1_1\"}],"
            "\"first\":{\"$result\":\"t1_1.rows[1].Unit price\"}}");
    f->steps = sc_loop_steps(&f->reply, 2, &f->task, &f->told);

    assert_json(sc_json_get(sc_json_first(f->steps), "args"),
            "{\"rows\":\"=t1_1.rows\",\"all\":[\"=t1_1\"],"
            "\"first\":\"=t1_1.rows[1]['Unit price']\"}");
    assert_true(sc_template_is_plain(sc_json_get(sc_json_first(f->steps), "args")));
    sc_json_free(results);
}

static void a_result_that_there_is_not_is_refused(void **state)
{
    static const char *const paths[] = { "t9_1", "t1_1.row", "t1_1[0]", "t1_1[2]",
        "t1_1]", "t1_1; os", "", "t1_1['rows']" };
    struct fixture *f = *state;
    struct sc_json *results = parse("{\"t1_1\":[1]}");

    f->task.results = results;
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        char *args = sc_strdupf("{\"rows\":{\"$result\":\"%s\"}}", paths[i]);

        f->reply.call_count = 0;
        call(f, "c1", "table__write", args);
        assert_null(sc_loop_steps(&f->reply, 2, &f->task, &f->told));
        assert_non_null(strstr(sc_json_get_string(sc_json_first(f->told), "message", ""),
                "there is no result '"));
        sc_json_free(f->told);
        f->told = NULL;
        free(args);
    }
    sc_json_free(results);
}

static void an_object_with_more_than_a_reference_is_a_value(void **state)
{
    struct fixture *f = *state;

    call(f, "c1", "table__write", "{\"a\":{\"$result\":\"t1_1\",\"b\":1}}");
    f->steps = sc_loop_steps(&f->reply, 2, &f->task, &f->told);

    assert_json(sc_json_get(sc_json_first(f->steps), "args"),
            "{\"a\":{\"$result\":\"t1_1\",\"b\":1}}");
}

static void braces_in_arguments_become_a_literal_expression(void **state)
{
    struct fixture *f = *state;
    const struct sc_json *args;

    call(f, "c1", "table__read", "{\"a\":\"it's {{os}}\\n\\\\\"}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->task, &f->told);
    args = sc_json_get(sc_json_first(f->steps), "args");

    assert_string_equal(
            sc_json_get_string(args, "a", ""), "='it\\039s \\123\\123os}}\\010\\092'");
}

/* --- calls that are no steps --- */

static void a_found_tool_is_called_through_another(void **state)
{
    struct fixture *f = *state;

    call(f, "c1", "tool__call", "{\"name\":\"table.read\",\"args\":{\"path\":\"a\"}}");
    call(f, "c2", "tool__call", "{\"name\":\"secret__read\",\"args\":{}}");
    call(f, "c3", "tool__call", "{\"name\":\"table__read\",\"args\":[]}");
    f->steps = sc_loop_steps(&f->reply, 2, &f->task, &f->told);

    assert_json(f->steps,
            "[{\"id\":\"t2_1\",\"tool\":\"table.read\",\"args\":{\"path\":\"a\"}}]");
    assert_json(f->told,
            "[{\"id\":\"c2\",\"message\":\"there is no tool 'secret__read'\"},"
            "{\"id\":\"c3\",\"message\":\"the arguments must be a JSON object\"}]");
}

static void a_search_is_answered_with_signatures(void **state)
{
    struct fixture *f = *state;
    const char *found;

    call(f, "c1", "tool__find", "{\"words\":\"write a table\"}");
    call(f, "c2", "tool__find", "{\"words\":\"secret\"}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->task, &f->told);

    assert_null(f->steps);
    found = sc_json_get_string(sc_json_at(f->told, 0), "found", "");
    assert_int_equal(strncmp(found, "table.write [read] S.\n", 22), 0);
    assert_string_equal(sc_json_get_string(sc_json_at(f->told, 1), "found", ""),
            "none but those that are shown");
}

static void a_look_is_no_step_and_nothing_told(void **state)
{
    struct fixture *f = *state;

    call(f, "c1", "result__look", "{\"what\":\"t1_1\"}");
    f->steps = sc_loop_steps(&f->reply, 1, &f->task, &f->told);

    assert_null(f->steps);
    assert_null(f->told);
    assert_true(sc_loop_is_look(&f->calls[0]));
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

    assert_int_equal(sc_json_count(f->steps), 3);
    assert_string_equal(
            sc_json_get_string(sc_json_at(f->steps, 2), "name", ""), "result__look");
    assert_json(sc_json_first(f->steps),
            "{\"name\":\"table__read\",\"description\":\"S. "
            "[read]\",\"parameters\":{\"type\":"
            "\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}}");
    assert_int_equal(sc_json_count(f->messages), 2);
    assert_non_null(strstr(sc_json_get_string(sc_json_first(f->messages), "content", ""),
            "\nBe kind.\n"));
}

static void where_all_results_are_numbers_there_is_no_more_to_look_at(void **state)
{
    struct fixture *f = *state;

    sc_json_append(f->allowed, sc_json_new_string("brief.*"));
    sc_json_free(sc_json_detach_item(f->allowed, sc_json_first(f->allowed)));
    sc_loop_request(&f->task, NULL, 0, &f->messages, &f->steps);

    assert_int_equal(sc_json_count(f->steps), 1);
    assert_string_equal(
            sc_json_get_string(sc_json_first(f->steps), "name", ""), "brief__count");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(calls_become_steps),
        T(what_cannot_be_called_is_refused_one_by_one),
        T(a_reply_without_calls_has_no_steps),
        T(arguments_are_never_evaluated),
        T(a_result_is_handed_on_by_its_handle),
        T(a_result_that_there_is_not_is_refused),
        T(an_object_with_more_than_a_reference_is_a_value),
        T(braces_in_arguments_become_a_literal_expression),
        T(a_found_tool_is_called_through_another),
        T(a_search_is_answered_with_signatures),
        T(a_look_is_no_step_and_nothing_told),
        T(tools_go_out_under_names_without_dots),
        T(where_all_results_are_numbers_there_is_no_more_to_look_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
