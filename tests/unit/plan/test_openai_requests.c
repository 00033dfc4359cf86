/* Our requests against OpenAI's own schema of them (tests/data/openai). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/format.h"
#include "model/profile.h"
#include "plan/planner.h"

struct fixture {
    struct sc_schema *schema;
    struct sc_registry *registry;
    struct sc_planner_task task;
    struct sc_json *env, *messages, *tools;
};

static char *read_file(const char *name)
{
    char *path = sc_strdupf("%s/%s", SC_TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    struct sc_buf text = { 0 };
    char piece[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        sc_buf_add(&text, piece, got);
    fclose(file);
    free(path);
    return sc_buf_detach(&text);
}

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

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);
    char *schema = read_file("openai/chat_request.schema.json");
    char *tools = read_file("prompts/tools.json");
    struct sc_json *document = parse(schema), *list = parse(tools);

    f->schema = sc_schema_new(document, NULL, NULL);
    assert_non_null(f->schema);
    f->registry = sc_registry_new();
    SC_JSON_EACH(json, list)
    sc_registry_add(
            f->registry, sc_tool_new(sc_json_copy(json), &fake_class, NULL, NULL));
    f->env = parse("{\"now\":\"2026-11-23T09:00:00+08:00\"}");
    f->task = (struct sc_planner_task){
        .words = "read it", .language = "en", .env = f->env, .registry = f->registry
    };
    sc_json_free(list);
    sc_json_free(document);
    free(schema);
    free(tools);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_json_free(f->messages);
    sc_json_free(f->tools);
    sc_json_free(f->env);
    sc_registry_free(f->registry);
    sc_schema_free(f->schema);
    free(f);
    return 0;
}

static bool fits(const struct fixture *f, const char *text, struct sc_json **ret_errors)
{
    struct sc_json *json = parse(text);
    bool good = sc_schema_check(f->schema, json, "request", 5, ret_errors);

    sc_json_free(json);
    return good;
}

static void assert_accepted(struct fixture *f, const char *force, bool stream)
{
    struct sc_model_request request = { .messages = f->messages,
        .tools = f->tools,
        .force_tool = force,
        .max_output_tokens = 1000 };
    struct sc_buf body = { 0 };
    struct sc_json *errors = NULL;

    sc_format_chat.encode(
            &body, sc_profile_of_host("api.openai.com"), "gpt-5.6", &request, stream);
    if (!fits(f, body.data, &errors))
        fail_msg("%s", sc_json_string(sc_json_first(errors)));
    sc_buf_release(&body);
}

/* The reply in a recording, as a conversation goes on from it. */
static struct sc_parser *recorded(const char *name)
{
    struct sc_parser_options options = {
        .source = { .host = "h", .model = "m", .key_name = "K" }
    };
    struct sc_parser *parser = sc_parser_new(&sc_format_chat, &options);
    char *text = read_file(name);

    assert_int_equal(sc_parser_body(parser, text, strlen(text), NULL), SC_OK);
    assert_int_equal(sc_parser_end(parser, NULL), SC_OK);
    free(text);
    return parser;
}

static void the_schema_refuses_what_is_wrong(void **state)
{
    struct fixture *f = *state;

    assert_false(fits(f, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", NULL));
    assert_false(fits(f, "{\"model\":\"m\",\"messages\":[]}", NULL));
    assert_false(fits(f,
            "{\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}",
            NULL));
    assert_true(fits(f,
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
            NULL));
}

static void a_planner_s_request_is_accepted(void **state)
{
    struct fixture *f = *state;

    sc_planner_request(&f->task, NULL, 0, &f->messages, &f->tools);

    assert_accepted(f, "plan", false);
    assert_accepted(f, NULL, true);
}

static void a_repair_s_request_is_accepted(void **state)
{
    struct fixture *f = *state;
    struct sc_parser *parser = recorded("streams/deepseek-tools-with-thinking.2.json");
    const struct sc_model_reply *reply = sc_parser_reply(parser);
    struct sc_json *errors = parse("[\"step 'a' is wrong\"]");
    struct sc_json *answers = sc_planner_repair(reply, errors);
    struct sc_planner_turn turn = { reply->native, answers };

    assert_int_equal(reply->call_count, 2);
    sc_planner_request(&f->task, &turn, 1, &f->messages, &f->tools);

    assert_accepted(f, "plan", true);
    sc_json_free(answers);
    sc_json_free(errors);
    sc_parser_free(parser);
}

static void a_loop_s_request_is_accepted(void **state)
{
    struct fixture *f = *state;
    struct sc_parser *parser = recorded("streams/deepseek-tools-with-thinking.1.json");
    const struct sc_model_reply *reply = sc_parser_reply(parser);
    const struct sc_loop_result results[4] = { { 0 } };
    struct sc_json *answers = sc_loop_answers(reply, results);
    struct sc_planner_turn turn = { reply->native, answers };

    sc_loop_request(&f->task, &turn, 1, &f->messages, &f->tools);

    assert_accepted(f, NULL, true);
    sc_json_free(answers);
    sc_parser_free(parser);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_schema_refuses_what_is_wrong),
        T(a_planner_s_request_is_accepted),
        T(a_repair_s_request_is_accepted),
        T(a_loop_s_request_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
