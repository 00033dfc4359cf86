/* What nobody should hand in, and clocks that nobody should set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fakes/exec_bed.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

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

static const char *error_of(const struct exec_bed *bed)
{
    return sc_json_get_string(sc_json_get(bed->report, "error"), "message", "");
}

/* It failed with a sentence that has `part`, and no tool was called. */
static void assert_refused(struct exec_bed *bed, const char *plan, const char *part)
{
    exec_bed_run_plan(bed, plan);

    assert_int_equal(bed->err.code, SC_OK);
    assert_string_equal(exec_bed_state(bed), "failed");
    if (!strstr(error_of(bed), part))
        fail_msg("no '%s' in '%s'", part, error_of(bed));
    assert_null(strchr(error_of(bed), '\n'));
    assert_int_equal(bed->call_count, 0);
}

/* --- plans --- */

static void a_hundred_thousand_steps_are_refused(void **state)
{
    struct sc_buf plan;

    sc_buf_init(&plan);
    sc_buf_adds(&plan, "{\"steps\":[");
    for (int i = 0; i < 100000; i++)
        sc_buf_addf(&plan, "%s{\"id\":\"s%d\",\"tool\":\"f.value\",\"args\":{}}",
                i ? "," : "", i);
    sc_buf_adds(&plan, "]}");
    assert_refused(*state, sc_buf_text(&plan), "100000 steps is over the limit of 10000");
    sc_buf_release(&plan);
}

static void a_cycle_is_refused(void **state)
{
    assert_refused(*state,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{\"value\":\"=b.x\"}"
            "},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{\"value\":\"=c.x\"}},"
            "{\"id\":\"c\",\"tool\":\"f.value\",\"args\":{\"value\":\"=a.x\"}}]}",
            "a");
    assert_non_null(strstr(error_of(*state), "wait"));
}

static void a_step_that_waits_for_itself_is_refused(void **state)
{
    assert_refused(*state,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"after\":[\"a\"],"
            "\"args\":{}}]}",
            "a → a");
}

static void an_unknown_tool_is_refused(void **state)
{
    assert_refused(*state,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{}},"
            "{\"id\":\"b\",\"tool\":\"f.valeu\",\"args\":{}}]}",
            "f.valeu");
}

static void an_unknown_step_is_refused(void **state)
{
    assert_refused(*state,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\","
            "\"args\":{\"value\":\"=nobody.value\"}}]}",
            "nobody");
}

static void an_expression_that_is_none_is_refused(void **state)
{
    assert_refused(*state,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\","
            "\"args\":{\"value\":\"=((1 + \"}}]}",
            "a");
}

/* --- expressions that end badly while the task runs --- */

static const char two_writes[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}},"
        "{\"id\":\"b\",\"tool\":\"f.write\",\"args\":{\"what\":\"y\",\"n\":\"=a.id + "
        "1\"}}]}";

/* The evaluator stops what loops (timeout) or eats memory (no_memory), and says what
 * throws (script). */
static void assert_ends_well(struct exec_bed *bed, enum sc_code code)
{
    bed->eval_failure = code;
    bed->eval_failures = 2;
    exec_bed_run_plan(bed, two_writes);

    assert_int_equal(bed->err.code, SC_OK);
    assert_string_equal(exec_bed_state(bed), "failed");
    assert_non_null(strstr(error_of(bed), sc_code_word(code)));
    assert_string_equal(exec_bed_step_state(bed, "a"), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 0);
}

static void an_expression_that_loops_fails_its_step(void **state)
{
    assert_ends_well(*state, SC_TIMEOUT);
}

static void an_expression_that_eats_memory_fails_its_step(void **state)
{
    assert_ends_well(*state, SC_NO_MEMORY);
}

static void an_expression_that_throws_fails_its_step(void **state)
{
    assert_ends_well(*state, SC_SCRIPT);
}

static void a_worker_that_dies_twice_fails_the_step(void **state)
{
    assert_ends_well(*state, SC_UNAVAILABLE);
}

static void a_worker_that_dies_once_is_replaced(void **state)
{
    struct exec_bed *bed = *state;

    bed->eval_failure = SC_UNAVAILABLE;
    bed->eval_failures = 1;
    exec_bed_run_plan(bed, two_writes);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
}

/* --- clocks --- */

struct journal {
    int64_t last;
    bool in_order;
};

static void on_line(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    struct journal *journal = arg;

    (void)at_ms, (void)kind, (void)body;
    journal->in_order = journal->in_order && seq == journal->last + 1;
    journal->last = seq;
}

static void assert_journal_in_order(struct exec_bed *bed, const char *task_id)
{
    struct journal journal = { 0, true };

    assert_int_equal(
            sc_store_journal_read(bed->store, task_id, on_line, &journal, NULL), SC_OK);
    assert_true(journal.in_order);
    assert_true(journal.last > 0);
}

static void on_task(void *arg, const struct sc_task_row *row)
{
    snprintf(arg, 32, "%s", row->id);
}

static void a_clock_set_back_between_two_runs_harms_nothing(void **state)
{
    static const char pay[] =
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.pay\",\"once\":\"x\","
            "\"args\":{\"what\":\"x\"}}]}";
    const struct sc_task_filter newest = { .limit = 1 };
    struct exec_bed *bed = *state;
    char first[32], id[32] = "";

    exec_bed_run_plan(bed, pay);
    assert_string_equal(exec_bed_state(bed), "waiting");
    snprintf(first, sizeof(first), "%s", bed->task_id);
    bed->now_ms -= DAY_MS;
    bed->answer = "{\"approve\":true}";
    exec_bed_resume(bed, first);
    assert_string_equal(exec_bed_state(bed), "done");
    bed->now_ms -= DAY_MS;
    exec_bed_run_plan(bed, pay);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_not_equal(bed->task_id, first);
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_journal_in_order(bed, first);
    assert_int_equal(sc_store_task_list(bed->store, &newest, on_task, id, NULL), SC_OK);
    assert_string_equal(id, bed->task_id);
}

static void set_back_an_hour(struct exec_bed *bed, const struct sc_exec_event *event)
{
    if (strcmp(event->kind, "attempt") == 0)
        bed->now_ms -= HOUR_MS;
}

static void a_clock_set_back_during_a_run_makes_no_wait_longer(void **state)
{
    struct exec_bed *bed = *state;

    bed->on_event = set_back_an_hour;
    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\","
            "\"fail\":\"unavailable\",\"times\":2}},"
            "{\"id\":\"b\",\"tool\":\"f.write\",\"after\":[\"a\"],"
            "\"args\":{\"what\":\"y\"}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(sc_json_get_int(exec_bed_step(bed, "a"), "attempts", 0), 3);
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
    assert_journal_in_order(bed, bed->task_id);
}

static void set_back_after_failure(
        struct exec_bed *bed, const struct sc_exec_event *event)
{
    if (strcmp(event->kind, "model_failed") == 0)
        bed->now_ms -= HOUR_MS;
}

static void a_busy_model_is_waited_for_as_long_as_was_said(void **state)
{
    static const char *const replies[] = {
        "{\"text\":\"{\\\"steps\\\":[{\\\"id\\\":\\\"a\\\","
        "\\\"tool\\\":\\\"f.value\\\","
        "\\\"args\\\":{}}]}\"}",
        NULL
    };
    struct exec_bed *bed = *state;
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    bed->on_event = set_back_after_failure;
    bed->step_ms = 500;
    bed->model_failures = 1;
    bed->replies = replies;
    exec_bed_run(bed, &spec);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, 2);
}

static void a_clock_set_forward_ends_a_wait(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"w\",\"tool\":\"f.wait\",\"args\":{\"ms\":7200000}}]}");
    assert_string_equal(exec_bed_state(bed), "waiting");
    snprintf(id, sizeof(id), "%s", bed->task_id);
    bed->now_ms -= HOUR_MS;
    exec_bed_resume(bed, id);
    assert_string_equal(exec_bed_state(bed), "waiting");
    bed->now_ms += DAY_MS;
    exec_bed_resume(bed, id);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_journal_in_order(bed, id);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_hundred_thousand_steps_are_refused),
        T(a_cycle_is_refused),
        T(a_step_that_waits_for_itself_is_refused),
        T(an_unknown_tool_is_refused),
        T(an_unknown_step_is_refused),
        T(an_expression_that_is_none_is_refused),
        T(an_expression_that_loops_fails_its_step),
        T(an_expression_that_eats_memory_fails_its_step),
        T(an_expression_that_throws_fails_its_step),
        T(a_worker_that_dies_twice_fails_the_step),
        T(a_worker_that_dies_once_is_replaced),
        T(a_clock_set_back_between_two_runs_harms_nothing),
        T(a_clock_set_back_during_a_run_makes_no_wait_longer),
        T(a_busy_model_is_waited_for_as_long_as_was_said),
        T(a_clock_set_forward_ends_a_wait),
    };
    return cmocka_run_group_tests_name("exec/bad", tests, NULL, NULL);
}
