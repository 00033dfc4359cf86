/* Plan and loop strategies end to end over HTTP, against a scripted peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/program.h"
#include "integration/model_bed.h"

#define PLAN(args) "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":" args "}]}"
#define GOOD_PLAN                                                                    \
    PLAN("{\"goal\":\"add\",\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":"   \
         "{\"value\":20}},{\"id\":\"b\",\"tool\":\"value\",\"args\":{\"value\":"     \
         "\"=a + 22\"}}],\"checks\":[{\"that\":\"=b == 42\",\"say\":\"it is 42\"}]," \
         "\"answer\":\"The sum is {{b}}.\"}")
#define BAD_PLAN                                                                         \
    PLAN("{\"goal\":\"add\",\"steps\":[{\"id\":\"a\",\"tool\":\"no.such\",\"args\":{}}]" \
         "}")

static void a_model_plans_and_the_program_executes(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_string_equal(driver_text(&f->d, "answer"), "The sum is 42.");
    assert_string_equal(driver_text(&f->d, "usage.requests"), "1");
    assert_string_equal(driver_text(&f->d, "usage.input_tokens"), "10");
    assert_true(strtoll(driver_text(&f->d, "usage.cost_micro"), NULL, 10) > 0);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "steps")), 2);
    assert_int_equal(model_bed_requests(f), 1);
    drive(&f->d, "task", "list", "--json", NULL);
    assert_int_equal(sc_json_count(f->d.json), 1);
}

static void a_wrong_plan_is_repaired_from_the_list_of_errors(void **state)
{
    struct model_bed *f = *state;
    char *log;

    model_bed_start(f, BAD_PLAN "," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    log = driver_read(&f->d, "log.jsonl");
    assert_says(log, "no.such");
    free(log);
}

static void after_two_repairs_it_gives_up(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, BAD_PLAN "," BAD_PLAN "," BAD_PLAN "," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    model_bed_assert_state(f, 1, "failed");
    assert_int_equal(model_bed_requests(f), 3);
}

static void a_look_shows_shapes_before_the_plan(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(
            f, PLAN("{\"look\":[{\"id\":\"rows\",\"tool\":\"value\",\"args\":{\"value\":"
                    "[{\"sku\":\"A-1\",\"n\":3}]}}],\"show\":{\"rows\":\"=rows\"},"
                    "\"why\":\"to see the columns\"}") "," GOOD_PLAN);
    drive(&f->d, "run", "add what is in there", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_int_equal(model_bed_requests(f), 2);
}

static void a_model_that_cannot_says_what_is_missing(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f,
            PLAN("{\"cannot\":\"there is no tool to fly\",\"missing\":[\"a plane\"]}"));
    drive(&f->d, "run", "fly to Berlin", "--json", NULL);
    model_bed_assert_state(f, 1, "failed");
    assert_says(f->d.out, "there is no tool to fly");
}

static void the_loop_calls_tools_turn_by_turn(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f,
            "{\"tool_calls\":[{\"id\":\"c1\",\"name\":\"value\",\"arguments\":{\"value\":"
            "20}},"
            "{\"id\":\"c2\",\"name\":\"value\",\"arguments\":{\"value\":22}}],"
            "\"finish\":\"tool_calls\"},"
            "{\"tool_calls\":[{\"id\":\"c3\",\"name\":\"no_such_tool\",\"arguments\":{}}]"
            "},"
            "{\"text\":\"It is 42.\"}");
    drive(&f->d, "run", "add twenty and twenty-two", "--strategy", "loop", "--json",
            NULL);
    model_bed_assert_state(f, 0, "done");
    assert_string_equal(driver_text(&f->d, "answer"), "It is 42.");
    assert_string_equal(driver_text(&f->d, "usage.requests"), "3");
    assert_int_equal(model_bed_requests(f), 3);
}

static void busy_and_broken_servers_are_tried_again(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f,
            "{\"status\":429,\"headers\":{\"Retry-After\":\"0\"},\"body\":{\"error\":"
            "{\"message\":\"slow down\",\"code\":\"rate_limit_exceeded\"}}},"
            "{\"status\":503,\"body\":\"overloaded\"}," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_int_equal(model_bed_requests(f), 3);
}

static void a_stream_that_breaks_is_not_taken_for_an_answer(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, "{\"text\":\"half\",\"finish\":null,\"no_done\":true}," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_int_equal(model_bed_requests(f), 2);
}

static void money_errors_are_not_tried_again(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f,
            "{\"status\":429,\"body\":{\"error\":{\"message\":\"no credit\",\"code\":"
            "\"insufficient_quota\"}}}," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    assert_true(f->d.code != 0);
    assert_int_equal(model_bed_requests(f), 1);
}

static void what_a_server_says_of_another_try_goes_before_its_status(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f,
            "{\"status\":400,\"headers\":{\"x-should-retry\":\"true\"},\"body\":{}}"
            "," GOOD_PLAN ",{\"status\":503,\"headers\":{\"x-should-retry\":\"false\"}"
            ",\"body\":{}}," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_int_equal(model_bed_requests(f), 2);
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    assert_true(f->d.code != 0);
    assert_int_equal(model_bed_requests(f), 3);
}

static void bad_answers_end_in_one_clear_sentence(void **state)
{
    static const struct {
        const char *name, *replies;
    } cases[] = {
        { "nonsense", "{\"text\":\"I like trains.\",\"times\":0}" },
        { "HTML", "{\"html\":true,\"times\":0}" },
        { "an error inside 200",
                "{\"stream_error\":{\"message\":\"boom\"},\"times\":0}" },
        { "5 MB of text", "{\"text_bytes\":6000000,\"delta\":60000,\"times\":0}" },
        { "a key refused", "{\"status\":401,\"body\":{\"error\":{\"message\":\"bad key "
                           "sk-test-never-print-this\"}},\"times\":0}" },
    };
    struct model_bed *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        model_bed_start(f, cases[i].replies);
        drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
        if (f->d.code != 1 || !f->d.json ||
                !*sc_json_get_string(sc_json_get(f->d.json, "error"), "message", ""))
            fail_msg("%s: %d %s%s", cases[i].name, f->d.code, f->d.out, f->d.err);
        assert_null(strstr(f->d.out, "sk-test-never"));
    }
}

static void a_budget_stops_before_the_request_that_could_pass_it(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--budget", "0.000001", "--json",
            NULL);
    model_bed_assert_state(f, 6, "over_budget");
    assert_says(f->d.out, "raise --budget");
    assert_int_equal((int)model_bed_requests(f), 0);
}

static void a_plan_is_shown_without_being_run(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f,
            PLAN("{\"goal\":\"write\",\"steps\":[{\"id\":\"w\",\"tool\":\"file.write\","
                 "\"args\":{\"path\":\"note.txt\",\"text\":\"hello\"}}],\"answer\":"
                 "\"ok\"}"));
    drive(&f->d, "plan", "write hello into a note", NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "file.write");
    assert_false(driver_has(&f->d, "work/supercargo-out/note.txt"));
}

static void a_write_waits_for_approval_and_goes_on_with_it(void **state)
{
    struct model_bed *f = *state;
    char id[64];

    model_bed_start(f,
            PLAN("{\"goal\":\"write\",\"steps\":[{\"id\":\"w\",\"tool\":\"file.write\","
                 "\"args\":{\"path\":\"note.txt\",\"text\":\"hello\"}}],\"answer\":"
                 "\"ok\"}"));
    drive(&f->d, "run", "write hello into a note", "--json", NULL);
    model_bed_assert_state(f, 3, "waiting");
    assert_false(driver_has(&f->d, "work/supercargo-out/note.txt"));
    snprintf(id, sizeof(id), "%s", driver_text(&f->d, "id"));
    drive(&f->d, "task", "resume", id, "--yes", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_true(driver_has(&f->d, "work/supercargo-out/note.txt"));
    assert_int_equal(model_bed_requests(f), 1);
    drive(&f->d, "task", "resume", id, "--yes", "--json", NULL);
    assert_int_equal(model_bed_requests(f), 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, model_bed_setup, model_bed_teardown)
    const struct CMUnitTest tests[] = {
        T(a_model_plans_and_the_program_executes),
        T(a_wrong_plan_is_repaired_from_the_list_of_errors),
        T(after_two_repairs_it_gives_up),
        T(a_look_shows_shapes_before_the_plan),
        T(a_model_that_cannot_says_what_is_missing),
        T(the_loop_calls_tools_turn_by_turn),
        T(busy_and_broken_servers_are_tried_again),
        T(a_stream_that_breaks_is_not_taken_for_an_answer),
        T(money_errors_are_not_tried_again),
        T(what_a_server_says_of_another_try_goes_before_its_status),
        T(bad_answers_end_in_one_clear_sentence),
        T(a_budget_stops_before_the_request_that_could_pass_it),
        T(a_plan_is_shown_without_being_run),
        T(a_write_waits_for_approval_and_goes_on_with_it),
    };
    return cmocka_run_group_tests_name("integration/model", tests, NULL, NULL);
}
