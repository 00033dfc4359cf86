/* That a record comes out as it is, exec_bed checks for every task of every test; here is
 * what a replay says when it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exec/record.h"
#include "fakes/exec_bed.h"

#define THREE                                                                          \
    "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.rows\",\"args\":{\"n\":2}},{\"id\":\"w\"," \
    "\"tool\":\"f.write\",\"each\":\"=a.rows\",\"args\":{\"what\":\"=item.id\"}},"     \
    "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{\"value\":1}}],"                     \
    "\"checks\":[{\"that\":\"=#w == 2\",\"say\":\"both\"}],\"answer\":\"{{#w}}\"}"

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

static struct sc_json *record_of(struct exec_bed *bed)
{
    struct sc_json *record;

    exec_bed_run_plan(bed, THREE);
    assert_string_equal(exec_bed_state(bed), "done");
    record = sc_record_read(bed->store, bed->task_id, &bed->err);
    assert_non_null(record);
    return record;
}

/* The n-th event of that kind. */
static struct sc_json *event_of(struct sc_json *record, const char *kind, int n)
{
    SC_JSON_EACH(event, sc_json_get(record, "events"))
    {
        if (strcmp(sc_json_get_string(event, "kind", ""), kind) == 0 && n-- == 0)
            return event;
    }
    fail();
    return NULL;
}

static const struct sc_json *divergence(const struct sc_json *outcome)
{
    assert_false(sc_json_get_bool(outcome, "same", true));
    return sc_json_get(outcome, "divergence");
}

static void a_record_comes_out_without_a_call(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;
    size_t calls = bed->call_count, effects = exec_bed_effects(bed, "r1");

    outcome = exec_bed_replay_record(bed, record);
    assert_true(sc_json_get_bool(outcome, "same", false));
    assert_true(sc_json_get_bool(outcome, "ended", false));
    assert_int_equal(sc_json_get_int(outcome, "events", 0),
            sc_json_count(sc_json_get(record, "events")));
    assert_int_equal(bed->call_count, calls);
    assert_int_equal(exec_bed_effects(bed, "r1"), effects);
    sc_json_free(outcome);
    sc_json_free(record);
}

static void the_first_decision_that_differs_is_named(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;
    struct sc_json *event = event_of(record, "prepared", 0);
    struct sc_json *given =
            sc_json_first(sc_json_get(sc_json_get(event, "body"), "values"));
    const struct sc_json *found;

    sc_json_set_string(sc_json_get(given, "args"), "what", "another");
    outcome = exec_bed_replay_record(bed, record);
    found = divergence(outcome);
    assert_int_equal(sc_json_get_int(found, "seq", 0), sc_json_get_int(event, "seq", -1));
    assert_string_equal(sc_json_get_string(found, "kind", ""), "prepared");
    assert_string_equal(sc_json_get_string(found, "step", ""), "w");
    assert_non_null(sc_json_get(found, "recorded"));
    assert_non_null(sc_json_get(found, "now"));
    sc_json_free(outcome);
    sc_json_free(record);
}

static void another_answer_of_a_tool_leads_elsewhere(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome, *value = NULL;

    for (int n = 0; !value; n++) /* of f.rows */
        value = sc_json_get(
                sc_json_get(sc_json_get(event_of(record, "result", n), "body"), "value"),
                "rows");
    sc_json_set_int(sc_json_first(value), "id", 5);
    outcome = exec_bed_replay_record(bed, record);
    assert_string_equal(sc_json_get_string(divergence(outcome), "kind", ""), "prepared");
    sc_json_free(outcome);
    sc_json_free(record);
}

static void an_event_that_is_missing_is_named(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;
    struct sc_json *intent = event_of(record, "intent", 1);

    sc_json_free(sc_json_detach_item(sc_json_get(record, "events"), intent));
    outcome = exec_bed_replay_record(bed, record);
    assert_string_equal(sc_json_get_string(divergence(outcome), "why", ""),
            "this is not in the record");
    sc_json_free(outcome);
    sc_json_free(record);
}

static void a_record_that_ends_in_the_middle_is_replayed_so_far(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;
    struct sc_json *events = sc_json_get(record, "events"), *last;

    while ((last = sc_json_at(events, 4)))
        sc_json_free(sc_json_detach_item(events, last));
    outcome = exec_bed_replay_record(bed, record);
    assert_true(sc_json_get_bool(outcome, "same", false));
    assert_false(sc_json_get_bool(outcome, "ended", true));
    sc_json_free(outcome);
    sc_json_free(record);
}

static void a_tool_that_is_gone_is_told_by_name(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;
    struct sc_registry *all = bed->registry;
    const struct sc_json *tool;

    bed->registry = sc_registry_new();
    outcome = exec_bed_replay_record(bed, record);
    sc_registry_free(bed->registry);
    bed->registry = all;
    assert_non_null(strstr(
            sc_json_get_string(divergence(outcome), "why", ""), "there is no tool 'f."));
    tool = sc_json_first(sc_json_get(outcome, "tools"));
    assert_non_null(tool);
    assert_true(sc_json_is(sc_json_get(tool, "now"), SC_JSON_NULL));
    sc_json_free(outcome);
    sc_json_free(record);
}

static void a_tool_that_has_changed_is_told_and_no_divergence(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;
    const struct sc_json *tool;

    sc_json_set_string(
            sc_json_get(event_of(record, "result", 0), "body"), "version", "before");
    outcome = exec_bed_replay_record(bed, record);
    assert_true(sc_json_get_bool(outcome, "same", false));
    tool = sc_json_first(sc_json_get(outcome, "tools"));
    assert_string_equal(sc_json_get_string(tool, "was", ""), "before");
    sc_json_free(outcome);
    sc_json_free(record);
}

static void a_kind_of_event_that_is_none_is_an_error(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_json *record = record_of(bed), *outcome;

    sc_json_set_string(event_of(record, "result", 0), "kind", "dreamt");
    outcome = exec_bed_replay_record(bed, record);
    assert_false(sc_json_get_bool(outcome, "same", true));
    sc_json_free(outcome);
    sc_json_free(record);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_record_comes_out_without_a_call),
        T(the_first_decision_that_differs_is_named),
        T(another_answer_of_a_tool_leads_elsewhere),
        T(an_event_that_is_missing_is_named),
        T(a_record_that_ends_in_the_middle_is_replayed_so_far),
        T(a_tool_that_is_gone_is_told_by_name),
        T(a_tool_that_has_changed_is_told_and_no_divergence),
        T(a_kind_of_event_that_is_none_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
