#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/exec_bed.h"

static int setup(void **state)
{
    struct exec_bed *bed = calloc(1, sizeof(*bed));

    exec_bed_init(bed, NULL);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    exec_bed_release(*state);
    free(*state);
    return 0;
}

static const char *message_of(const struct exec_bed *bed)
{
    return sc_json_get_string(sc_json_get(bed->report, "error"), "message", "");
}

/* The end of the last request. */
static const char *told_last(const struct exec_bed *bed)
{
    const struct sc_json *messages = sc_json_at(bed->sent, sc_json_count(bed->sent) - 1);

    return sc_json_get_string(
            sc_json_at(messages, sc_json_count(messages) - 1), "content", "");
}

static void run(
        struct exec_bed *bed, const char *const *replies, enum sc_strategy strategy)
{
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.yes = true;
    spec.strategy = strategy;
    bed->replies = replies;
    exec_bed_run(bed, &spec);
}

#define PLAN_CALL(text) \
    "{\"calls\":[{\"id\":\"p\",\"name\":\"plan\",\"arguments\":\"" text "\"}]}"
#define STEP(id, tool, args) \
    "{\\\"id\\\":\\\"" id "\\\",\\\"tool\\\":\\\"" tool "\\\",\\\"args\\\":" args "}"
#define TOOL_CALL(id, tool, args) \
    "{\"id\":\"" id "\",\"name\":\"" tool "\",\"arguments\":\"" args "\"}"

static const char good_plan[] = PLAN_CALL(
        "{\\\"steps\\\":[" STEP("a", "f.write", "{\\\"what\\\":\\\"x\\\"}") "]}");

/* --- plan --- */

static void a_plan_of_the_model_is_run(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(
            sc_json_get_int(sc_json_get(bed->report, "usage"), "cost_micro", 0), 500);
}

static void nonsense_is_repaired_twice_at_most(void **state)
{
    const char *const mended[] = { "{\"text\":\"hm\"}", "{\"text\":\"<html>\"}",
        good_plan, NULL };
    const char *const hopeless[] = { "{\"text\":\"hm\"}", "{\"text\":\"hm\"}",
        "{\"text\":\"hm\"}", NULL };
    struct exec_bed *bed = *state;

    run(bed, mended, SC_STRATEGY_PLAN);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 3);
    run(bed, hopeless, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_non_null(strstr(message_of(bed), "no valid plan"));
    assert_int_equal(bed->model_count, 6);
}

static void the_model_may_look_before_it_plans(void **state)
{
    const char *const replies[] = {
        PLAN_CALL("{\\\"look\\\":[" STEP(
                "s", "f.rows", "{\\\"n\\\":2}") "],"
                                                "\\\"show\\\":{\\\"rows\\\":\\\"=s."
                                                "rows\\\"},\\\"why\\\":\\\"w\\\"}"),
        PLAN_CALL("{\\\"steps\\\":[" STEP(
                "s", "f.rows", "{\\\"n\\\":3}") "],"
                                                "\\\"answer\\\":\\\"{{#s.rows}}\\\"}"),
        NULL
    };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "3");
    assert_int_equal(bed->call_count, 2);
}

#define FIND PLAN_CALL("{\\\"find\\\":[\\\"write something\\\"]}")

static void the_model_may_search_for_tools_twice(void **state)
{
    const char *const replies[] = { FIND, FIND, good_plan, NULL };
    const char *const restless[] = { FIND, FIND, FIND, good_plan, NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 3);
    run(bed, restless, SC_STRATEGY_PLAN); /* the third is sent back */
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 7);
    assert_int_equal(exec_bed_effects(bed, "x"), 2);
}

static void a_search_is_no_plan_to_run(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, "{\"find\":[\"x\"]}");
    assert_string_equal(exec_bed_state(bed), "failed");
    assert_string_equal(message_of(bed), "what was given is not a plan with steps");
    exec_bed_run_plan(bed, "{\"cannot\":\"x\"}");
    assert_string_equal(exec_bed_state(bed), "failed");
}

static void cannot_ends_the_task_with_its_reason(void **state)
{
    const char *const replies[] = { PLAN_CALL("{\\\"cannot\\\":\\\"there is no shop\\\","
                                              "\\\"missing\\\":[\\\"a shop\\\"]}"),
        NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_string_equal(message_of(bed), "there is no shop");
    assert_int_equal(sc_json_count(sc_json_get(bed->report, "missing")), 1);
}

static void a_failed_step_may_be_planned_anew(void **state)
{
    const char *const replies[] = {
        PLAN_CALL("{\\\"steps\\\":[" STEP("a", "f.write",
                "{\\\"what\\\":\\\"x\\\"}") ","
                                            "{\\\"id\\\":\\\"b\\\",\\\"tool\\\":\\\"f."
                                            "value\\\","
                                            "\\\"on_error\\\":\\\"replan\\\","
                                            "\\\"after\\\":[\\\"a\\\"],"
                                            "\\\"args\\\":{\\\"fail\\\":\\\"invalid\\\"}}"
                                            ","
                                            "{\\\"id\\\":\\\"c\\\",\\\"tool\\\":\\\"f."
                                            "write\\\","
                                            "\\\"args\\\":{\\\"what\\\":\\\"=b.value\\\"}"
                                            "}]}"),
        PLAN_CALL("{\\\"steps\\\":[" STEP("b", "f.value",
                "{\\\"value\\\":\\\"y\\\"}") ",{\\\"id\\\":\\\"c\\\",\\\"tool\\\":\\\"f."
                                             "write\\\","
                                             "\\\"args\\\":{\\\"what\\\":\\\"=b."
                                             "value\\\"}}]}"),
        NULL
    };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
}

static void planning_anew_ends_after_three_times(void **state)
{
#define FAILING(id)                                                                \
    PLAN_CALL("{\\\"steps\\\":[{\\\"id\\\":\\\"" id                                \
              "\\\",\\\"tool\\\":\\\"f.value\\\",\\\"on_error\\\":\\\"replan\\\"," \
              "\\\"args\\\":{\\\"fail\\\":\\\"invalid\\\"}}]}")
    const char *const replies[] = { FAILING("a"), FAILING("b"), FAILING("c"),
        FAILING("d"), NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_int_equal(bed->model_count, 4);
}

/* "a" writes x once; "b" fails with n in its arguments; "c" writes what b gave. */
#define WRITES_X STEP("a", "f.write", "{\\\"what\\\":\\\"x\\\"}")
#define FAILS(n)                                                                      \
    "{\\\"id\\\":\\\"b\\\",\\\"tool\\\":\\\"f.value\\\",\\\"on_error\\\":"            \
    "\\\"replan\\\",\\\"after\\\":[\\\"a\\\"],\\\"args\\\":{\\\"fail\\\":\\\"invalid" \
    "\\\",\\\"value\\\":" n "}}"
#define WRITES_B STEP("c", "f.write", "{\\\"what\\\":\\\"=b.value\\\"}")
#define WHOLE(n) PLAN_CALL("{\\\"steps\\\":[" WRITES_X "," FAILS(n) "," WRITES_B "]}")

static void a_step_that_fails_again_is_split(void **state)
{
    const char *const replies[] = { WHOLE("1"), WHOLE("2"),
        PLAN_CALL("{\\\"steps\\\":[" STEP("b1", "f.rows", "{\\\"n\\\":2}") "," STEP(
                "b", "f.value", "{\\\"value\\\":\\\"=b1.rows[2].id\\\"}") "]}"),
        NULL };
    struct exec_bed *bed = *state;

    bed->sent = sc_json_new_array();
    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "r2"), 1);
    assert_int_equal(bed->model_count, 3);
    assert_non_null(strstr(told_last(bed), "Split that step"));
    assert_non_null(strstr(told_last(bed), "\"id\":\"a\""));
    sc_json_free(bed->sent);
}

static void a_step_is_split_once(void **state)
{
    const char *const replies[] = { WHOLE("1"), WHOLE("2"),
        PLAN_CALL("{\\\"steps\\\":[" FAILS("3") "]}"), WHOLE("4"), NULL };
    struct exec_bed *bed = *state;

    bed->sent = sc_json_new_array();
    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_int_equal(bed->model_count, 4);
    assert_null(strstr(told_last(bed), "Split that step"));
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    sc_json_free(bed->sent);
}

static void the_smaller_steps_must_fit_the_others(void **state)
{
    const char *const replies[] = { WHOLE("1"), WHOLE("2"),
        PLAN_CALL("{\\\"steps\\\":[" STEP("d", "f.value", "{\\\"value\\\":1}") "]}"),
        PLAN_CALL("{\\\"steps\\\":[" FAILS("2") "]}"),
        PLAN_CALL("{\\\"steps\\\":[" STEP(
                "b", "f.value", "{\\\"value\\\":\\\"y\\\"}") "]}"),
        NULL };
    struct exec_bed *bed = *state;

    bed->sent = sc_json_new_array();
    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 5);
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
    assert_non_null(strstr(told_last(bed), "has failed with these arguments"));
    sc_json_free(bed->sent);
}

static void instead_of_a_split_the_model_may_plan_all_of_it(void **state)
{
    const char *const replies[] = { WHOLE("1"), WHOLE("2"),
        PLAN_CALL("{\\\"steps\\\":[" WRITES_X
                  "," STEP("d", "f.write", "{\\\"what\\\":\\\"z\\\"}") "]}"),
        NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "z"), 1);
}

static void a_model_that_is_busy_is_asked_again(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    bed->step_ms = 60000;
    bed->model_failures = 2;
    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 3);
}

static void a_model_that_stays_busy_ends_the_task(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    bed->step_ms = 60000;
    bed->model_failures = 100;
    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_string_equal(message_of(bed), "too many requests");
}

static void a_reply_on_disk_is_never_asked_again(void **state)
{
    const char *const replies[] = {
        PLAN_CALL("{\\\"steps\\\":[" STEP("a", "f.pay", "{\\\"what\\\":\\\"x\\\"}") "]}"),
        NULL
    };
    struct exec_bed *bed = *state;
    char id[32];

    run(bed, replies, SC_STRATEGY_PLAN);
    assert_string_equal(exec_bed_state(bed), "waiting");
    snprintf(id, sizeof(id), "%s", bed->task_id);
    bed->answer = "{\"approve\":true}";
    exec_bed_resume(bed, id);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 1);
}

static void the_budget_is_kept_before_the_request(void **state)
{
    const char *const replies[] = { "{\"text\":\"hm\"}", good_plan, NULL };
    struct exec_bed *bed = *state;
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.budget_micro = 1400;
    bed->replies = replies;
    exec_bed_run(bed, &spec);

    assert_string_equal(exec_bed_state(bed), "over_budget");
    assert_int_equal(bed->model_count, 1);
}

/* One US cent for a task that a model plans. */
static void run_for_a_cent(struct exec_bed *bed, const char *const *replies)
{
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.yes = true;
    spec.budget_micro = 10000;
    bed->replies = replies;
    exec_bed_run(bed, &spec);
}

static void a_cent_is_enough_for_a_cheap_model(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    bed->priced_as = "gpt-4.1-nano";
    run_for_a_cent(bed, replies);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 1);
}

/* The longest answer that this model may give would cost half a dollar. */
static void a_small_budget_asks_for_a_shorter_answer(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    bed->priced_as = "gpt-5.4-mini";
    bed->longest_answer = 128000;
    bed->replies = replies;
    spec.yes = true;
    spec.budget_micro = 200000;
    exec_bed_run(bed, &spec);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->answer_limit, 16384);
}

static void an_ample_budget_leaves_the_length_to_the_model(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    bed->longest_answer = 128000;
    run_for_a_cent(bed, replies);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->answer_limit, 0);
}

static void a_model_without_a_price_is_refused_before_it_is_asked(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    bed->priced_as = "a-model-nobody-knows";
    run_for_a_cent(bed, replies);

    assert_string_equal(exec_bed_state(bed), "over_budget");
    assert_int_equal(bed->model_count, 0);
}

static void a_cost_nobody_can_say_passes_no_budget(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    bed->unpriced = true;
    run_for_a_cent(bed, replies);

    assert_string_equal(exec_bed_state(bed), "over_budget");
    assert_int_equal(bed->model_count, 0);
}

static void a_long_wait_that_a_provider_asks_for_parks_the_task(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;
    char id[32];

    bed->model_failures = 1;
    bed->model_wait_ms = 3600000;
    run(bed, replies, SC_STRATEGY_PLAN);
    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_true(sc_json_get_int(bed->report, "wake_ms", 0) >= bed->now_ms + 3599000);

    snprintf(id, sizeof(id), "%s", bed->task_id);
    exec_bed_resume(bed, id); /* too early */
    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_int_equal(bed->model_count, 1);

    bed->now_ms += 3600000;
    exec_bed_resume(bed, id);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 2);
}

static void a_plan_is_asked_for_by_its_tool(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_PLAN);

    assert_string_equal(bed->forced_tool, "plan");
}

static void without_a_model_words_cannot_be_planned(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_lose_model(bed);
    run(bed, NULL, SC_STRATEGY_PLAN);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_non_null(strstr(message_of(bed), "no model is configured"));
}

static void plan_only_runs_nothing(void **state)
{
    const char *const replies[] = { good_plan, NULL };
    struct exec_bed *bed = *state;
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.plan_only = true;
    bed->replies = replies;
    exec_bed_run(bed, &spec);

    assert_string_equal(exec_bed_state(bed), "planned");
    assert_int_equal(sc_json_count(sc_json_get(bed->report, "steps")), 1);
    assert_int_equal(bed->call_count, 0);
}

static void plan_only_runs_nothing_of_a_given_plan_either(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *plan;
    struct sc_task_spec spec = exec_bed_spec(&plan,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.told\",\"args\":{\"what\":\"x\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"finally\":true,\"args\":{}}],"
            "\"checks\":[{\"that\":\"=a.id == 7\",\"say\":\"s\"}],"
            "\"answer\":\"{{a.what}}\"}");

    spec.plan_only = spec.yes = true;
    bed->answer = "{\"approve\":true}";
    exec_bed_run(bed, &spec);
    sc_json_free(plan);

    assert_string_equal(exec_bed_state(bed), "planned");
    assert_non_null(sc_json_get(bed->report, "plan"));
    assert_int_equal(bed->call_count + bed->preview_count + bed->question_count, 0);
    assert_int_equal(bed->eval_count, 0);
}

static void plan_only_still_looks(void **state)
{
    const char *const replies[] = {
        PLAN_CALL("{\\\"look\\\":[" STEP("a", "f.rows", "{}") "],\\\"why\\\":\\\"w\\\"}"),
        good_plan, NULL
    };
    struct exec_bed *bed = *state;
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.plan_only = true;
    bed->replies = replies;
    exec_bed_run(bed, &spec);

    assert_string_equal(exec_bed_state(bed), "planned");
    assert_int_equal(bed->model_count, 2);
    assert_int_equal(bed->call_count, 1);
}

/* --- loop --- */

static void the_loop_goes_on_until_a_reply_without_calls(void **state)
{
    const char *const replies[] = { "{\"calls\":[" TOOL_CALL("c1", "f__value",
                                            "{\\\"value\\\":1}") "," TOOL_CALL("c2",
                                            "f__write", "{\\\"what\\\":\\\"x\\\"}") "]}",
        "{\"calls\":[" TOOL_CALL("c1", "f__write", "{\\\"what\\\":\\\"y\\\"}") "]}",
        "{\"text\":\"all is done\"}", NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_LOOP);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "all is done");
    assert_int_equal(sc_json_count(sc_json_get(bed->report, "steps")), 3);
    assert_string_equal(bed->forced_tool, "");
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
}

static void what_fails_in_the_loop_is_told_to_the_model(void **state)
{
    const char *const replies[] = { "{\"calls\":[" TOOL_CALL("c1", "f__nothing",
                                            "{}") "," TOOL_CALL("c2", "f__value",
                                            "{\\\"fail\\\":\\\"invalid\\\"}") "]}",
        "{\"calls\":[" TOOL_CALL("c3", "f__nothing", "not json") "]}",
        "{\"text\":\"it did not work\"}", NULL };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_LOOP);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 3);
}

static void a_loop_in_doubt_stops(void **state)
{
    const char *const replies[] = {
        "{\"calls\":[" TOOL_CALL("c1", "f__post",
                "{\\\"what\\\":\\\"x\\\",\\\"fail\\\":\\\"timeout\\\","
                "\\\"late\\\":true}") "]}",
        NULL
    };
    struct exec_bed *bed = *state;

    run(bed, replies, SC_STRATEGY_LOOP);

    assert_string_equal(exec_bed_state(bed), "in_doubt");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void a_loop_ends_after_forty_turns(void **state)
{
    enum { TURNS = 50 };
    const char *replies[TURNS + 1] = { NULL };
    struct exec_bed *bed = *state;

    for (size_t i = 0; i < TURNS; i++)
        replies[i] = "{\"calls\":[" TOOL_CALL("c1", "f__value", "{}") "]}";
    run(bed, replies, SC_STRATEGY_LOOP);

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_int_equal(bed->model_count, 40);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_plan_of_the_model_is_run),
        T(nonsense_is_repaired_twice_at_most),
        T(the_model_may_look_before_it_plans),
        T(the_model_may_search_for_tools_twice),
        T(a_search_is_no_plan_to_run),
        T(cannot_ends_the_task_with_its_reason),
        T(a_failed_step_may_be_planned_anew),
        T(planning_anew_ends_after_three_times),
        T(a_step_that_fails_again_is_split),
        T(a_step_is_split_once),
        T(the_smaller_steps_must_fit_the_others),
        T(instead_of_a_split_the_model_may_plan_all_of_it),
        T(a_model_that_is_busy_is_asked_again),
        T(a_model_that_stays_busy_ends_the_task),
        T(a_reply_on_disk_is_never_asked_again),
        T(the_budget_is_kept_before_the_request),
        T(a_cent_is_enough_for_a_cheap_model),
        T(a_model_without_a_price_is_refused_before_it_is_asked),
        T(a_small_budget_asks_for_a_shorter_answer),
        T(an_ample_budget_leaves_the_length_to_the_model),
        T(a_cost_nobody_can_say_passes_no_budget),
        T(a_long_wait_that_a_provider_asks_for_parks_the_task),
        T(a_plan_is_asked_for_by_its_tool),
        T(without_a_model_words_cannot_be_planned),
        T(plan_only_runs_nothing),
        T(plan_only_runs_nothing_of_a_given_plan_either),
        T(plan_only_still_looks),
        T(the_loop_goes_on_until_a_reply_without_calls),
        T(what_fails_in_the_loop_is_told_to_the_model),
        T(a_loop_in_doubt_stops),
        T(a_loop_ends_after_forty_turns),
    };
    return cmocka_run_group_tests_name("exec/turns", tests, NULL, NULL);
}
