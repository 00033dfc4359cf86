/* Reads that begin while the plan still streams in. A mark "|" in a scripted plan holds
 * its stream until one more call was answered: what should begin early and does not makes
 * the test hang. That each record comes out of a replay, exec_bed checks in the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/mem.h"
#include "exec/record.h"
#include "fakes/exec_bed.h"

enum { REPLIES = 4, PIECE = 7, ROUNDS = 30, LATER_MS = 6 * 60 * 1000 };

#define READ(id, args) "{\"id\":\"" id "\",\"tool\":\"f.rows\",\"args\":" args "}"
#define VALUE(id, of) \
    "{\"id\":\"" id "\",\"tool\":\"f.value\",\"args\":{\"value\":" of "}}"
#define WRITE(id, what) \
    "{\"id\":\"" id "\",\"tool\":\"f.write\",\"args\":{\"what\":" what "}}"
#define AFTER_A                                                                          \
    "{\"id\":\"c\",\"tool\":\"f.value\",\"args\":{\"value\":\"=b.value.id\"},\"after\":" \
    "[\"a\"]}|"
#define PLAN(steps) "{\"steps\":[" steps "]}"
#define BAD         "{\"id\":\"bad\",\"tool\":\"no.such\",\"args\":{}}"

struct early_bed {
    struct exec_bed bed;
    char *replies[REPLIES + 1];
    size_t calls_at_turn; /* when the first turn was told */
    size_t begun;         /* told to have */
    bool later;           /* the clock goes on after the first turn */
};

static struct early_bed *of_bed(struct exec_bed *bed)
{
    return (struct early_bed *)bed;
}

static void watch(struct exec_bed *bed, const struct sc_exec_event *event)
{
    struct early_bed *e = of_bed(bed);

    e->begun += strcmp(event->kind, "begun") == 0;
    if (strcmp(event->kind, "turn") != 0 || bed->turns != 1)
        return;
    e->calls_at_turn = bed->call_count;
    if (e->later)
        bed->now_ms += LATER_MS;
}

static int setup(void **state)
{
    struct early_bed *e = calloc(1, sizeof(*e));

    exec_bed_init(&e->bed, NULL);
    e->bed.stream_piece = PIECE;
    e->bed.on_event = watch;
    *state = e;
    return 0;
}

static int teardown(void **state)
{
    struct early_bed *e = *state;

    exec_bed_release(&e->bed);
    for (size_t i = 0; i < REPLIES; i++)
        free(e->replies[i]);
    free(e);
    return 0;
}

static char *reply_of(const char *plan)
{
    struct sc_json *json = sc_json_new_object(), *call;
    char *text;

    call = sc_json_append(
            sc_json_set(json, "calls", sc_json_new_array()), sc_json_new_object());
    sc_json_set_string(call, "id", "p");
    sc_json_set_string(call, "name", "plan");
    sc_json_set_string(call, "arguments", plan);
    text = sc_json_text(json);
    sc_json_free(json);
    return text;
}

static void script(struct early_bed *e, const char *first, const char *second)
{
    const char *const plans[] = { first, second };

    for (size_t i = 0; i < 2; i++) {
        free(e->replies[i]);
        e->replies[i] = plans[i] ? reply_of(plans[i]) : NULL;
    }
    e->bed.replies = (const char *const *)e->replies;
    e->bed.call_count = e->bed.turns = e->begun = e->calls_at_turn = 0;
}

static void run_spec(
        struct early_bed *e, const char *first, const char *second, bool plan_only)
{
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.yes = true;
    spec.plan_only = plan_only;
    script(e, first, second);
    exec_bed_run(&e->bed, &spec);
}

static void run(struct early_bed *e, const char *first, const char *second)
{
    run_spec(e, first, second, false);
    if (strcmp(exec_bed_state(&e->bed), "done") != 0)
        fail_msg("%s: %s", exec_bed_state(&e->bed), sc_json_text(e->bed.report));
}

static bool is_early(struct early_bed *e, const char *id)
{
    return sc_json_get_bool(exec_bed_step(&e->bed, id), "early", false);
}

/* Events of the record: all `early`, or those with an error. */
static size_t recorded(struct early_bed *e, bool failed)
{
    struct sc_json *record = sc_record_read(e->bed.store, e->bed.task_id, &e->bed.err);
    size_t count = 0;

    SC_JSON_EACH(event, sc_json_get(record, "events"))
    {
        if (strcmp(sc_json_get_string(event, "kind", ""), "early") == 0)
            count += !failed || sc_json_get(sc_json_get(event, "body"), "error");
    }
    sc_json_free(record);
    return count;
}

/* --- what begins --- */

static void a_read_is_done_before_the_plan_is_written(void **state)
{
    struct early_bed *e = *state;

    run(e,
            "{\"goal\":\"x\",\"assume\":[\"y\"],\"steps\":[" READ(
                    "a", "{\"n\":2}") "|,"
                                      "{\"id\":\"w\",\"tool\":\"f.write\",\"each\":\"=a."
                                      "rows\",\"args\":{\"what\":"
                                      "\"=item.id\"}}],\"answer\":\"{{#w}}\"}",
            NULL);
    assert_true(is_early(e, "a"));
    assert_false(is_early(e, "w"));
    assert_int_equal(e->begun, 1);
    assert_int_equal(e->calls_at_turn, 1);
    assert_int_equal(e->bed.call_count, 3);
    assert_int_equal(exec_bed_effects(&e->bed, "r1"), 1);
    assert_int_equal(recorded(e, false), 1);
    assert_string_equal(sc_json_get_string(e->bed.report, "answer", ""), "2");
}

static void what_needs_only_early_steps_begins_too(void **state)
{
    static const char plan[] =
            PLAN(READ("a", "{\"n\":2}") "|," VALUE("b", "\"=a.rows[2]\"") "|," AFTER_A);
    struct early_bed *e = *state;

    run(e, plan, NULL);
    assert_true(is_early(e, "a") && is_early(e, "b") && is_early(e, "c"));
    assert_int_equal(e->bed.call_count, 3);
    assert_string_equal(
            sc_json_get_string(
                    sc_json_get(exec_bed_step(&e->bed, "c"), "result"), "value", ""),
            "r2");
}

static void what_still_runs_when_the_plan_is_there_is_waited_for(void **state)
{
    struct early_bed *e = *state;

    run(e, "{\"steps\":[" READ("a", "{\"until\":1}") "," WRITE("w", "\"x\"") "]}", NULL);
    assert_true(is_early(e, "a"));
    assert_int_equal(e->calls_at_turn, 1);
    assert_int_equal(e->bed.call_count, 2);
}

static void no_more_begin_at_once_than_may_run(void **state)
{
    struct early_bed *e = *state;

    run(e,
            "{\"steps\":[" READ("a", "{\"n\":1,\"until\":1}") "," READ(
                    "b", "{\"n\":2,\"until\":1}") "," READ("c",
                    "{\"n\":3,\"until\":1}") "," READ("d", "{\"n\":4,\"until\":1}") "]}",
            NULL);
    assert_int_equal(e->calls_at_turn, 3); /* the request to the model is the fourth */
    assert_int_equal(e->bed.call_count, 4);
    assert_false(is_early(e, "d"));
}

/* --- what never begins --- */

static const struct {
    const char *name, *steps;
} kept_back[] = {
    { "an effect", WRITE("a", "\"x\"") },
    { "a question", "{\"id\":\"a\",\"tool\":\"ask\",\"args\":{\"question\":\"?\"}}" },
    { "each", "{\"id\":\"a\",\"tool\":\"f.value\",\"each\":[1],\"args\":{}}" },
    { "when", "{\"id\":\"a\",\"tool\":\"f.rows\",\"when\":\"=1 == 1\",\"args\":{}}" },
    { "where", "{\"id\":\"a\",\"tool\":\"f.rows\",\"each\":[1],\"where\":\"=1 == "
               "1\",\"args\":{}}" },
    { "finally", "{\"id\":\"a\",\"tool\":\"f.rows\",\"finally\":true,\"args\":{}}" },
    { "an expression", VALUE("a", "\"=1 + 1\"") },
    { "a later step", VALUE("a", "\"=b\"") "," VALUE("b", "1 ") },
    { "a step that is kept back", WRITE("w", "\"x\"") "," VALUE("a", "\"=w\"") },
    { "after such a step", WRITE("w", "\"x\"") ",{\"id\":\"a\",\"tool\":\"f.rows\","
                                               "\"args\":{},\"after\":[\"w\"]}" },
    { "a tool that costs", "{\"id\":\"a\",\"tool\":\"f.dear\",\"args\":{}}" },
    { "a tool with a rate", "{\"id\":\"a\",\"tool\":\"f.rare\",\"args\":{}}" },
    { "a tool not to be repeated", "{\"id\":\"a\",\"tool\":\"f.next\",\"args\":{}}" },
    { "a tool that asks a model", "{\"id\":\"a\",\"tool\":\"f.model\",\"args\":{}}" },
    { "a model's tool", "{\"id\":\"a\",\"tool\":\"model.x\",\"args\":{}}" },
};

static void only_harmless_steps_begin(void **state)
{
    struct early_bed *e = *state;

    e->bed.answer = "\"yes\"";
    for (size_t i = 0; i < sizeof(kept_back) / sizeof(*kept_back); i++) {
        char *plan = sc_strdupf("{\"steps\":[%s]}", kept_back[i].steps);
        bool later = strcmp(kept_back[i].name, "a later step") == 0;

        run(e, plan, NULL);
        if (e->calls_at_turn != later || is_early(e, "a"))
            fail_msg("%s began early", kept_back[i].name);
        free(plan);
    }
}

static void a_plan_that_is_only_wanted_to_be_seen_runs_nothing(void **state)
{
    struct early_bed *e = *state;

    run_spec(e, "{\"steps\":[" READ("a", "{\"n\":2}") "]}", NULL, true);
    assert_int_equal(e->bed.call_count, 0);
}

static void a_step_of_another_agents_tool_does_not_begin(void **state)
{
    struct sc_json *none, *tools = sc_json_new_array();
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);
    struct early_bed *e = *state;

    sc_json_append(tools, sc_json_new_string("f.write"));
    spec.yes = true;
    spec.tools = tools;
    script(e, "{\"steps\":[" READ("a", "{\"n\":2}") "]}",
            "{\"steps\":[" WRITE("w", "\"x\"") "]}");
    exec_bed_run(&e->bed, &spec);
    assert_string_equal(exec_bed_state(&e->bed), "done");
    assert_int_equal(e->bed.call_count, 1);
    sc_json_free(tools);
}

/* --- what is adopted --- */

static void a_repaired_plan_adopts_what_was_read_for_the_first(void **state)
{
    struct early_bed *e = *state;

    run(e, "{\"steps\":[" READ("a", "{\"n\":2}") "|," BAD "]}",
            "{\"steps\":[" READ("b", "{\"n\":2.0}") "]}");
    assert_true(is_early(e, "b"));
    assert_int_equal(e->bed.call_count, 1);
}

static void other_arguments_are_another_call(void **state)
{
    struct early_bed *e = *state;

    run(e, "{\"steps\":[" READ("a", "{\"n\":2}") "|," BAD "]}",
            "{\"steps\":[" READ("a", "{\"n\":3}") "|]}");
    assert_int_equal(e->bed.call_count, 2);
    assert_int_equal(recorded(e, false), 2); /* the first is in the record, not in use */
    assert_int_equal(sc_json_count(sc_json_get(
                             sc_json_get(exec_bed_step(&e->bed, "a"), "result"), "rows")),
            3);
}

static void one_result_is_adopted_by_one_step(void **state)
{
    struct early_bed *e = *state;

    run(e,
            PLAN(READ("a", "{}") "|," READ("b", "{}") "," VALUE(
                    "c", "[\"=a.rows[1].id\",\"=b.rows[2].id\"]")),
            NULL);
    assert_int_equal(e->bed.call_count, 3);
    assert_true(is_early(e, "a") != is_early(e, "b"));
    assert_false(is_early(e, "c"));
    assert_string_equal(
            sc_json_string(sc_json_at(
                    sc_json_get(
                            sc_json_get(exec_bed_step(&e->bed, "c"), "result"), "value"),
                    1)),
            "r2");
}

static void a_stream_that_breaks_leaves_its_results_to_the_next_try(void **state)
{
    struct early_bed *e = *state;

    e->bed.break_at = 60; /* behind the first step */
    run(e, PLAN(READ("a", "{\"n\":2}") "," WRITE("w", "\"x\"")), NULL);
    assert_int_equal(e->bed.model_count, 2);
    assert_true(is_early(e, "a"));
    assert_int_equal(e->bed.call_count, 2);
}

static void what_is_too_old_is_read_again(void **state)
{
    struct early_bed *e = *state;

    e->later = true;
    run(e, "{\"steps\":[" READ("a", "{\"n\":2}") "|," BAD "]}",
            "{\"steps\":[" READ("a", "{\"n\":2}") "|]}");
    assert_int_equal(e->bed.call_count, 2);
}

static void a_gate_is_asked_before_what_it_holds(void **state)
{
    struct early_bed *e = *state;

    run(e,
            "{\"steps\":[" READ(
                    "a", "{\"n\":2}") "|],\"gates\":[{\"before\":\"a\","
                                      "\"require\":\"=1 == 1\",\"say\":\"no\"}]}",
            NULL);
    assert_int_equal(e->bed.call_count, 2);
    assert_false(is_early(e, "a"));
}

static void what_was_not_expected_is_read_again(void **state)
{
    struct early_bed *e = *state;

    run_spec(e,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.rows\",\"args\":{\"n\":2},\"expect\":"
            "{\"rows\":3}}|]}",
            NULL, false);
    assert_string_equal(exec_bed_state(&e->bed), "failed");
    assert_true(e->bed.call_count >= 2);
}

static void a_failure_counts_for_nothing(void **state)
{
    struct early_bed *e = *state;

    run(e, "{\"steps\":[" READ("a", "{\"fail\":\"unavailable\",\"times\":1}") "|]}",
            NULL);
    assert_int_equal(e->bed.call_count, 2);
    assert_int_equal(recorded(e, true), 1);
    assert_int_equal(sc_json_get_int(exec_bed_step(&e->bed, "a"), "attempts", 0), 1);
}

static void what_was_read_before_an_effect_is_not_adopted_after_it(void **state)
{
    struct early_bed *e = *state;

    run(e,
            "{\"steps\":[" READ(
                    "a", "{\"n\":2}") "|,{\"id\":\"w\",\"tool\":\"f.write\","
                                      "\"after\":[\"a\"],\"args\":{\"what\":\"x\","
                                      "\"fail\":\"invalid\"},\"on_error\":"
                                      "\"replan\"}],\"gates\":[{\"before\":\"a\","
                                      "\"require\":\"=1 == 1\"}]}",
            "{\"steps\":[" READ("b", "{\"n\":2}") "|]}");
    assert_int_equal(e->bed.call_count, 4); /* a early, a, w, b early */
    assert_true(is_early(e, "b"));
}

/* --- what is stopped --- */

static void what_the_plan_does_not_want_is_stopped(void **state)
{
    struct early_bed *e = *state;

    run(e, "{\"steps\":[" READ("a", "{\"until\":99}") "," BAD "]}",
            "{\"steps\":[" WRITE("w", "\"x\"") "]}");
    assert_int_equal(e->bed.call_count, 2);
    assert_int_equal(recorded(e, true), 1);
}

static void a_task_that_cannot_be_done_stops_it(void **state)
{
    struct early_bed *e = *state;

    run_spec(e, PLAN(READ("a", "{\"until\":99}") "," BAD), "{\"cannot\":\"no shop\"}",
            false);
    assert_string_equal(exec_bed_state(&e->bed), "failed");
    assert_int_equal(recorded(e, true), 1);
}

static void a_cancelled_task_stops_it(void **state)
{
    struct early_bed *e = *state;

    e->bed.cancel_at_call = true;
    run_spec(e, "{\"steps\":[" READ("a", "{\"hang\":true}") "|]}", NULL, false);
    assert_string_equal(exec_bed_state(&e->bed), "cancelled");
}

static void a_run_that_is_given_up_goes_on_later(void **state)
{
    struct early_bed *e = *state;
    char id[32];

    e->bed.give_up_at_call = true;
    run_spec(e, "{\"steps\":[" READ("a", "{\"hang\":true}") "|]}", NULL, false);
    assert_int_equal(e->bed.err.code, SC_CANCELLED);
    e->bed.give_up_at_call = false;
    memcpy(id, e->bed.task_id, sizeof(id));
    exec_bed_resume(&e->bed, id);
    assert_string_equal(exec_bed_state(&e->bed), "done");
    assert_true(is_early(e, "a"));
}

/* --- any plan, streamed anyhow, comes to what it comes to at once --- */

static size_t below(unsigned *chance, size_t n)
{
    return (size_t)rand_r(chance) % n;
}

static struct sc_json *any_args(unsigned *chance, size_t step)
{
    struct sc_json *args = sc_json_new_object();

    sc_json_set_int(args, "n", (int64_t)below(chance, 3));
    if (below(chance, 4) == 0)
        sc_json_set_int(args, "until", 1);
    if (step > 0 && below(chance, 2)) {
        char *of = sc_strdupf("=s%zu", below(chance, step));

        sc_json_set_string(args, "value", of);
        free(of);
    }
    return args;
}

static char *any_plan(unsigned *chance)
{
    static const char *const tools[] = { "f.rows", "f.value", "f.value", "f.write" };
    struct sc_json *plan = sc_json_new_object(), *steps;
    char *text;

    steps = sc_json_set(plan, "steps", sc_json_new_array());
    for (size_t i = 0; i < 2 + below(chance, 5); i++) {
        struct sc_json *step = sc_json_append(steps, sc_json_new_object()), *args;
        char *id = sc_strdupf("s%zu", i);

        args = any_args(chance, i);
        sc_json_set_string(step, "id", id);
        sc_json_set_string(step, "tool", tools[below(chance, 4)]);
        sc_json_set_string(args, "what", id);
        sc_json_set(step, "args", args);
        if (below(chance, 6) == 0)
            sc_json_set_string(step, "when", "=1 == 1");
        free(id);
    }
    text = sc_json_text(plan);
    sc_json_free(plan);
    return text;
}

/* Of every step: its state and its result. */
static struct sc_json *what_came(const struct exec_bed *bed)
{
    struct sc_json *all = sc_json_new_array();

    SC_JSON_EACH(step, sc_json_get(bed->report, "steps"))
    {
        struct sc_json *one = sc_json_append(all, sc_json_new_object());

        sc_json_set_string(one, "state", sc_json_get_string(step, "state", ""));
        sc_json_set(one, "result",
                sc_json_get(step, "result") ? sc_json_copy(sc_json_get(step, "result"))
                                            : NULL);
    }
    return all;
}

static void any_plan_comes_to_the_same(void **state)
{
    struct early_bed *e = *state;
    unsigned seed = (unsigned)sc_random(), chance = seed;
    size_t early = 0;

    for (int round = 0; round < ROUNDS; round++) {
        char *plan = any_plan(&chance);
        struct sc_json *at_once, *streamed;

        e->bed.stream_piece = 0;
        run(e, plan, NULL);
        at_once = what_came(&e->bed);
        e->bed.stream_piece = 1 + below(&chance, 60);
        e->bed.break_at = below(&chance, 3) ? 0 : 1 + below(&chance, strlen(plan) - 1);
        run(e, plan, NULL);
        e->bed.break_at = 0;
        streamed = what_came(&e->bed);
        early += recorded(e, false);
        if (!sc_json_equal(at_once, streamed))
            fail_msg("seed %u: %s", seed, plan);
        sc_json_free(at_once);
        sc_json_free(streamed);
        free(plan);
    }
    assert_true(early > 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_read_is_done_before_the_plan_is_written),
        T(what_needs_only_early_steps_begins_too),
        T(what_still_runs_when_the_plan_is_there_is_waited_for),
        T(no_more_begin_at_once_than_may_run),
        T(only_harmless_steps_begin),
        T(a_plan_that_is_only_wanted_to_be_seen_runs_nothing),
        T(a_step_of_another_agents_tool_does_not_begin),
        T(a_repaired_plan_adopts_what_was_read_for_the_first),
        T(other_arguments_are_another_call),
        T(one_result_is_adopted_by_one_step),
        T(a_stream_that_breaks_leaves_its_results_to_the_next_try),
        T(what_is_too_old_is_read_again),
        T(a_gate_is_asked_before_what_it_holds),
        T(what_was_not_expected_is_read_again),
        T(a_failure_counts_for_nothing),
        T(what_was_read_before_an_effect_is_not_adopted_after_it),
        T(what_the_plan_does_not_want_is_stopped),
        T(a_task_that_cannot_be_done_stops_it),
        T(a_cancelled_task_stops_it),
        T(a_run_that_is_given_up_goes_on_later),
        T(any_plan_comes_to_the_same),
    };
    return cmocka_run_group_tests_name("exec/early", tests, NULL, NULL);
}
