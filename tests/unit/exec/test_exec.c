#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/exec_bed.h"
#include "store/prune.h"

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

static const struct sc_json *result_of(const struct exec_bed *bed, const char *id)
{
    return sc_json_get(exec_bed_step(bed, id), "result");
}

static const char *error_of(const struct exec_bed *bed)
{
    return sc_json_get_string(sc_json_get(bed->report, "error"), "message", "");
}

static size_t count_of(const struct exec_bed *bed, const char *id, const char *list)
{
    return sc_json_count(sc_json_get(result_of(bed, id), list));
}

static void ignore_done(struct sc_op *op, const struct sc_error *err)
{
    (void)op, (void)err;
}

/* --- plans of reads --- */

static void values_pass_from_step_to_step(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":["
            "{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":3}},"
            "{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{\"value\":\"=sheet.rows\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{\"value\":\"=#a.value + 1\"}}],"
            "\"checks\":[{\"that\":\"=b.value == 4\",\"say\":\"one more\"}],"
            "\"answer\":\"{{#sheet.rows}} rows, {{b.value}}\"}");

    assert_int_equal(bed->err.code, SC_OK);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "3 rows, 4");
    assert_true(sc_json_true(
            sc_json_get(sc_json_first(sc_json_get(bed->report, "checks")), "holds")));
}

static void a_check_that_fails_leaves_the_task_unproven(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{\"value\":1}}],"
            "\"checks\":[{\"that\":\"=a.value == 1\",\"say\":\"is one\"},"
            "{\"that\":\"=a.nothing == 1\",\"say\":\"is broken\"},"
            "{\"that\":\"=a.value == 2\",\"say\":\"is "
            "two\"}],\"answer\":\"{{a.value}}\"}");

    assert_string_equal(exec_bed_state(bed), "unproven");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "1");
    assert_true(sc_json_true(
            sc_json_get(sc_json_at(sc_json_get(bed->report, "checks"), 0), "holds")));
    for (size_t i = 1; i < 3; i++)
        assert_false(sc_json_true(
                sc_json_get(sc_json_at(sc_json_get(bed->report, "checks"), i), "holds")));
}

static void a_read_is_tried_again_as_its_tool_says(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.rows\","
                           "\"args\":{\"fail\":\"unavailable\",\"times\":2}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(sc_json_get_int(exec_bed_step(bed, "a"), "attempts", 0), 3);
}

static void a_failed_step_stops_the_task_and_the_rest_does_not_run(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\","
            "\"args\":{\"fail\":\"invalid\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{},\"after\":[\"a\"]}]}");

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_string_equal(error_of(bed), "it said invalid");
    assert_int_equal(bed->call_count, 1);
    assert_string_equal(exec_bed_step_state(bed, "b"), "pending");
}

static void who_needs_a_skipped_step_is_left_out(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"on_error\":\"skip\","
            "\"args\":{\"fail\":\"invalid\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{\"value\":\"=a.value\"}},"
            "{\"id\":\"c\",\"tool\":\"f.value\",\"args\":{\"value\":1}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(exec_bed_step_state(bed, "a"), "failed");
    assert_string_equal(exec_bed_step_state(bed, "b"), "left_out");
    assert_string_equal(exec_bed_step_state(bed, "c"), "done");
}

static void when_leaves_a_step_out(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{\"value\":1}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"when\":\"=a.value == 2\"},"
            "{\"id\":\"c\",\"tool\":\"f.value\",\"when\":\"=a.value == 1\"}]}");

    assert_string_equal(exec_bed_step_state(bed, "b"), "left_out");
    assert_string_equal(exec_bed_step_state(bed, "c"), "done");
}

static void no_more_calls_at_once_than_allowed(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":50}},"
            "{\"id\":\"a\",\"tool\":\"f.value\",\"each\":\"=sheet.rows\","
            "\"args\":{\"value\":\"=item.amount\"}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(count_of(bed, "a", "items"), 50);
    assert_true(bed->most_running <= 4);
}

static void what_is_read_must_be_as_expected(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.rows\",\"args\":{\"n\":2},"
            "\"expect\":{\"rows\":2,\"types\":{\"amount\":\"text\"}}}]}");

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_non_null(strstr(error_of(bed), "'amount' to be a text: in row 1"));
}

/* --- each --- */

static void results_carry_their_elements_without_holes(void **state)
{
    struct exec_bed *bed = *state;
    const struct sc_json *item;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":4}},"
            "{\"id\":\"a\",\"tool\":\"f.value\",\"each\":\"=sheet.rows\",\"as\":\"row\","
            "\"where\":\"=row.amount <= 2\",\"args\":{\"value\":\"=row.id\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"each\":\"=a\","
            "\"args\":{\"value\":\"=item.row.amount\"}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(count_of(bed, "a", "items"), 2);
    assert_int_equal(count_of(bed, "a", "skipped"), 2);
    item = sc_json_at(sc_json_get(result_of(bed, "b"), "items"), 1);
    assert_int_equal(sc_json_get_int(item, "value", 0), 2);
    assert_string_equal(sc_json_get_string(sc_json_get(item, "row"), "id", ""), "r2");
    assert_string_equal(sc_json_get_string(sc_json_get(item, "item"), "value", ""), "r2");
}

static void two_lists_make_every_pair(void **state)
{
    struct exec_bed *bed = *state;
    const struct sc_json *item;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":2}},"
            "{\"id\":\"a\",\"tool\":\"f.value\",\"each\":{\"row\":\"=sheet.rows\","
            "\"market\":[\"DE\",\"JP\"]},\"args\":{\"value\":\"=market\"}}]}");

    assert_int_equal(count_of(bed, "a", "items"), 4);
    item = sc_json_at(sc_json_get(result_of(bed, "a"), "items"), 1);
    assert_string_equal(sc_json_get_string(item, "value", ""), "JP");
    assert_string_equal(sc_json_get_string(sc_json_get(item, "row"), "id", ""), "r1");
}

static void no_element_is_an_empty_list(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":0}},"
            "{\"id\":\"a\",\"tool\":\"f.write\",\"each\":\"=sheet.rows\",\"args\":{}}],"
            "\"answer\":\"{{#a}}\"}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "0");
}

static void collect_joins_the_lists_of_all_results(void **state)
{
    struct exec_bed *bed = *state;
    const struct sc_json *row;

    exec_bed_run_plan(bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.rows\",\"each\":[2,3],"
                           "\"collect\":\"rows\",\"args\":{\"n\":\"=item\"}}]}");

    assert_int_equal(count_of(bed, "a", "items"), 5);
    row = sc_json_at(sc_json_get(result_of(bed, "a"), "items"), 2);
    assert_string_equal(sc_json_get_string(row, "id", ""), "r1");
    assert_int_equal(sc_json_get_int(row, "source", 0), 3);
}

static void a_failed_element_is_listed_and_the_rest_goes_on(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"on_error\":\"skip\","
            "\"each\":[{\"f\":\"invalid\"},{\"f\":\"\"},{}],"
            "\"args\":{\"fail\":\"=item.f\",\"id\":\"=item.f\",\"times\":1}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(count_of(bed, "a", "failed"), 3);
}

/* --- effects --- */

static void an_effect_happens_once_with_its_intent(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\","
            "\"each\":[\"x\",\"y\",\"z\"],\"args\":{\"what\":\"=item\"}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
    assert_int_equal(exec_bed_effects(bed, "z"), 1);
}

static void a_timeout_of_an_effect_without_key_is_in_doubt(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.post\","
            "\"args\":{\"what\":\"x\",\"fail\":\"timeout\",\"late\":true}}]}");

    assert_string_equal(exec_bed_state(bed), "in_doubt");
    assert_string_equal(exec_bed_step_state(bed, "a"), "in_doubt");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void a_timeout_of_an_effect_with_a_key_is_asked_again(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\","
                           "\"args\":{\"what\":\"x\",\"fail\":\"timeout\",\"times\":1,"
                           "\"late\":true}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(bed->call_count, 2);
}

static void the_same_once_never_happens_again(void **state)
{
    static const char plan[] =
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.post\",\"each\":[\"x\",\"x\",\"y\"],"
            "\"once\":\"=item\",\"args\":{\"what\":\"=item\"}}]}";
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, plan);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(count_of(bed, "a", "items"), 3);
    exec_bed_run_plan(bed, plan);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_true(sc_json_true(sc_json_get(
            sc_json_first(sc_json_get(result_of(bed, "a"), "items")), "earlier")));
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
}

static void a_plan_may_ask_what_was_done_before(void **state)
{
    static const char plan[] =
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.post\",\"once\":\"x\","
            "\"when\":\"=not done('f.post', 'x')\",\"args\":{\"what\":\"x\"}}]}";
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, plan);
    assert_string_equal(exec_bed_step_state(bed, "a"), "done");
    exec_bed_run_plan(bed, plan);

    assert_string_equal(exec_bed_step_state(bed, "a"), "left_out");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

/* Takes the place in the journal that the task's intent is to have. */
static void take_its_place(struct exec_bed *bed, const struct sc_exec_event *event)
{
    struct sc_change *change = sc_change_new();

    if (strcmp(event->kind, "prepared") == 0)
        sc_change_journal(change, event->task_id, 2, 1, "x", "{}");
    sc_store_apply_start(&bed->scope, bed->store, change, ignore_done, NULL);
}

static void without_its_intent_on_disk_an_effect_does_not_happen(void **state)
{
    struct exec_bed *bed = *state;

    bed->on_event = take_its_place;
    exec_bed_run_plan(bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\","
                           "\"args\":{\"what\":\"x\"}}]}");

    assert_int_equal(bed->err.code, SC_CONFLICT);
    assert_int_equal(exec_bed_effects(bed, "x"), 0);
}

static void a_limit_counts_across_tasks(void **state)
{
    static const char plan[] =
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"each\":[1,2,3,4],"
            "\"limit\":{\"n\":5,\"per\":\"day\",\"key\":\"five\"},"
            "\"args\":{\"what\":\"w\"}}]}";
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, plan);
    assert_int_equal(count_of(bed, "a", "items"), 4);
    exec_bed_run_plan(bed, plan);

    assert_int_equal(count_of(bed, "a", "items"), 1);
    assert_int_equal(count_of(bed, "a", "skipped"), 3);
    assert_int_equal(exec_bed_effects(bed, "w"), 5);
}

static void a_dry_run_has_no_effects(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *plan;
    struct sc_task_spec spec = exec_bed_spec(&plan,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{\"value\":\"=a.what\"}}],"
            "\"checks\":[{\"that\":\"=a.id == 7\",\"say\":\"s\"}]}");

    spec.dry_run = true;
    exec_bed_run(bed, &spec);
    sc_json_free(plan);

    assert_string_equal(exec_bed_state(bed), "dry_run");
    assert_true(sc_json_true(sc_json_get(result_of(bed, "a"), "dry_run")));
    assert_string_equal(exec_bed_step_state(bed, "b"), "left_out");
    assert_int_equal(exec_bed_effects(bed, "x"), 0);
}

/* --- people and time --- */

static void run_unapproved(struct exec_bed *bed, const char *text)
{
    struct sc_json *plan;
    struct sc_task_spec spec = exec_bed_spec(&plan, text);

    exec_bed_run(bed, &spec);
    sc_json_free(plan);
}

static const char pay_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.pay\",\"each\":[\"x\",\"y\"],"
        "\"args\":{\"what\":\"=item\"}}],\"answer\":\"{{#a}} of {{#a.skipped}}\"}";

static void without_a_person_an_effect_waits_durably(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    run_unapproved(bed, pay_plan);
    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_int_equal(sc_json_count(sc_json_get(bed->report, "waiting")), 1);
    assert_int_equal(exec_bed_effects(bed, "x"), 0);
    bed->answer = "{\"approve\":true}";
    snprintf(id, sizeof(id), "%s", bed->task_id);
    exec_bed_resume(bed, id);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
    assert_int_equal(sc_json_count(sc_json_get(bed->question, "elements")), 2);
}

static void an_answer_may_come_inside_the_question(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "{\"approve\":true}";
    bed->answer_at_once = true;
    run_unapproved(bed, pay_plan);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->question_count, 1);
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void spending_is_asked_for_even_with_yes(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, pay_plan);

    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_string_equal(bed->question_step, "a");
    assert_int_equal(exec_bed_effects(bed, "x"), 0);
}

static void some_of_a_batch_may_be_denied(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "{\"approve\":[1]}";
    run_unapproved(bed, pay_plan);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "1 of 1");
    assert_int_equal(exec_bed_effects(bed, "x"), 0);
    assert_int_equal(exec_bed_effects(bed, "y"), 1);
}

static void an_answer_becomes_the_result_of_ask(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "\"blue\"";
    run_unapproved(bed,
            "{\"steps\":[{\"id\":\"q\",\"tool\":\"ask\","
            "\"args\":{\"question\":\"Which?\"}}],\"answer\":\"{{q.answer}}\"}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(sc_json_get_string(bed->report, "answer", ""), "blue");
    assert_string_equal(sc_json_get_string(bed->question, "question", ""), "Which?");
}

static void ticks_approve_no_more_than_was_ticked(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "[{\"id\":\"r1\",\"amount\":1}]";
    run_unapproved(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":3}},"
            "{\"id\":\"q\",\"tool\":\"ask\",\"approves\":\"send\","
            "\"args\":{\"question\":\"Which?\",\"rows\":\"=sheet.rows\"}},"
            "{\"id\":\"send\",\"tool\":\"f.pay\",\"each\":\"=sheet.rows\","
            "\"after\":[\"q\"],\"args\":{\"what\":\"=item.id\"}}]}");

    assert_int_equal(bed->question_count, 2);
    assert_string_equal(bed->question_step, "send");
    assert_int_equal(sc_json_count(sc_json_get(bed->question, "elements")), 3);
    assert_int_equal(exec_bed_effects(bed, "r2"), 0);
}

static void ticks_approve_the_step_they_are_for(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "[{\"id\":\"r1\"}]";
    run_unapproved(bed,
            "{\"steps\":[{\"id\":\"q\",\"tool\":\"ask\",\"approves\":\"send\","
            "\"args\":{\"question\":\"Which?\"}},"
            "{\"id\":\"send\",\"tool\":\"f.pay\",\"each\":\"=q.rows\","
            "\"args\":{\"what\":\"=item.id\"}}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->question_count, 1);
    assert_int_equal(exec_bed_effects(bed, "r1"), 1);
}

static void a_long_wait_parks_the_task(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"w\",\"tool\":\"f.wait\",\"args\":{\"ms\":3600000}},"
            "{\"id\":\"a\",\"tool\":\"f.write\",\"after\":[\"w\"],"
            "\"args\":{\"what\":\"x\"}}]}");
    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_true(sc_json_get_int(bed->report, "wake_ms", 0) > bed->now_ms);
    snprintf(id, sizeof(id), "%s", bed->task_id);
    exec_bed_resume(bed, id);
    assert_string_equal(exec_bed_state(bed), "waiting");
    bed->now_ms += 3600000;
    exec_bed_resume(bed, id);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void a_gate_stops_with_its_sentence(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"s\",\"tool\":\"f.rows\",\"args\":{\"n\":9}},"
            "{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}}],"
            "\"gates\":[{\"before\":\"a\",\"require\":\"=#s.rows <= 5\","
            "\"say\":\"too many rows\"}]}");

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_string_equal(error_of(bed), "too many rows");
    assert_int_equal(exec_bed_effects(bed, "x"), 0);
}

static void a_gate_may_ask_the_person(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "true";
    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"s\",\"tool\":\"f.rows\",\"args\":{\"n\":9}},"
            "{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}}],"
            "\"gates\":[{\"before\":\"a\",\"require\":\"=#s.rows <= 5\","
            "\"say\":\"too many rows\",\"else\":\"ask\"}]}");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(
            sc_json_get_string(bed->question, "question", ""), "too many rows");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void finally_runs_after_a_failure(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}},"
            "{\"id\":\"b\",\"tool\":\"f.value\",\"after\":[\"a\"],"
            "\"args\":{\"fail\":\"invalid\"}},"
            "{\"id\":\"back\",\"tool\":\"f.write\",\"finally\":true,"
            "\"args\":{\"what\":\"back\"}}]}");

    assert_string_equal(exec_bed_state(bed), "failed");
    assert_int_equal(exec_bed_effects(bed, "back"), 1);
    assert_string_equal(exec_bed_step_state(bed, "back"), "done");
}

static void cancelling_ends_reads_and_runs_finally(void **state)
{
    struct exec_bed *bed = *state;

    bed->cancel_at_call = true;
    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{\"hang\":true}},"
            "{\"id\":\"back\",\"tool\":\"f.write\",\"finally\":true,"
            "\"args\":{\"what\":\"back\"}}]}");

    assert_string_equal(exec_bed_state(bed), "cancelled");
    assert_int_equal(exec_bed_effects(bed, "back"), 1);
}

static void finally_is_asked_for_as_any_effect_is(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, "{\"steps\":[{\"id\":\"b\",\"tool\":\"f.value\","
                           "\"args\":{\"fail\":\"invalid\"}},"
                           "{\"id\":\"back\",\"tool\":\"f.pay\",\"finally\":true,"
                           "\"args\":{\"what\":\"back\"}}]}");

    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_string_equal(bed->question_step, "back");
    assert_int_equal(exec_bed_effects(bed, "back"), 0);
}

static void giving_up_a_run_leaves_the_task_to_be_resumed(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    bed->give_up_at_call = true;
    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"s\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}},"
            "{\"id\":\"a\",\"tool\":\"f.value\",\"after\":[\"s\"],"
            "\"args\":{\"hang\":true}}]}");
    assert_int_equal(bed->err.code, SC_CANCELLED);
    snprintf(id, sizeof(id), "%s", bed->task_id);
    bed->give_up_at_call = false;
    exec_bed_resume(bed, id);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void a_task_that_ended_is_only_reported(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    exec_bed_run_plan(
            bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{}}]}");
    snprintf(id, sizeof(id), "%s", bed->task_id);
    exec_bed_resume(bed, id);

    assert_int_equal(bed->err.code, SC_OK);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->call_count, 1);
    assert_false(sc_exec_cancel(bed->exec, id));
    exec_bed_resume(bed, "nothing");
    assert_int_equal(bed->err.code, SC_NOT_FOUND);
}

static void on_pruned(struct sc_op *op, const struct sc_error *err)
{
    assert_null(err);
    assert_int_equal(sc_store_pruned(op)->kept_rows, 1);
}

/* Its journal is gone: nothing tells what it was to do, or that it ended. */
static void a_task_that_was_pruned_does_not_begin_again(void **state)
{
    struct exec_bed *bed = *state;
    const struct sc_prune all = { .now_ms = 1, .before_ms = INT64_MAX, .tasks = 9 };
    struct sc_json *report;
    char id[32];

    exec_bed_run_plan(bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{"
                           "\"what\":\"x\"}}]}");
    snprintf(id, sizeof(id), "%s", bed->task_id);
    sc_store_prune_start(&bed->scope, bed->store, &all, on_pruned, NULL);
    sc_loop_run(bed->loop);
    exec_bed_resume(bed, id);

    assert_int_equal(bed->err.code, SC_NOT_FOUND);
    assert_non_null(strstr(bed->err.msg, "pruned"));
    assert_null(bed->report);
    assert_int_equal(bed->model_count, 0);
    report = sc_exec_report_of(bed->store, id, NULL);
    assert_string_equal(sc_json_get_string(report, "state", ""), "done");
    sc_json_free(report);
    bed->replays_differ = true; /* there is nothing to replay */
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(values_pass_from_step_to_step),
        T(a_check_that_fails_leaves_the_task_unproven),
        T(a_read_is_tried_again_as_its_tool_says),
        T(a_failed_step_stops_the_task_and_the_rest_does_not_run),
        T(who_needs_a_skipped_step_is_left_out),
        T(when_leaves_a_step_out),
        T(no_more_calls_at_once_than_allowed),
        T(what_is_read_must_be_as_expected),
        T(results_carry_their_elements_without_holes),
        T(two_lists_make_every_pair),
        T(no_element_is_an_empty_list),
        T(collect_joins_the_lists_of_all_results),
        T(a_failed_element_is_listed_and_the_rest_goes_on),
        T(an_effect_happens_once_with_its_intent),
        T(a_timeout_of_an_effect_without_key_is_in_doubt),
        T(a_timeout_of_an_effect_with_a_key_is_asked_again),
        T(the_same_once_never_happens_again),
        T(a_plan_may_ask_what_was_done_before),
        T(without_its_intent_on_disk_an_effect_does_not_happen),
        T(a_limit_counts_across_tasks),
        T(a_dry_run_has_no_effects),
        T(without_a_person_an_effect_waits_durably),
        T(an_answer_may_come_inside_the_question),
        T(spending_is_asked_for_even_with_yes),
        T(some_of_a_batch_may_be_denied),
        T(an_answer_becomes_the_result_of_ask),
        T(ticks_approve_the_step_they_are_for),
        T(ticks_approve_no_more_than_was_ticked),
        T(a_long_wait_parks_the_task),
        T(a_gate_stops_with_its_sentence),
        T(a_gate_may_ask_the_person),
        T(finally_runs_after_a_failure),
        T(cancelling_ends_reads_and_runs_finally),
        T(finally_is_asked_for_as_any_effect_is),
        T(giving_up_a_run_leaves_the_task_to_be_resumed),
        T(a_task_that_ended_is_only_reported),
        T(a_task_that_was_pruned_does_not_begin_again),
    };
    return cmocka_run_group_tests_name("exec/exec", tests, NULL, NULL);
}
