#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "builtin_bed.h"

#define T(fn) cmocka_unit_test_setup_teardown(fn, builtin_bed_setup, builtin_bed_teardown)

static void a_question_is_an_outcome_of_its_own(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "ask", "{'question':'Go?','choices':['yes','no']}");
    assert_int_equal(bed->kind, SC_TOOL_ASK);
    builtin_bed_expect(bed, "question", "'Go?'");
    builtin_bed_expect(bed, "choices", "['yes','no']");
}

static void choices_and_rows_exclude_each_other(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(builtin_bed_call(bed, "ask",
                             "{'question':'?','choices':['a','b'],'rows':[{}]}"),
            SC_INVALID);
}

static void a_wait_ends_at_the_time_of_its_zone(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(
            bed, "wait", "{'until':'2026-11-27T00:00','zone':'America/Los_Angeles'}");
    assert_int_equal(bed->kind, SC_TOOL_WAIT);
    builtin_bed_expect(bed, "until", "'2026-11-27T08:00:00.000Z'");
}

static void the_zone_of_the_task_is_taken_otherwise(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "wait", "{'until':'2026-11-27'}");
    builtin_bed_expect(bed, "until", "'2026-11-26T16:00:00.000Z'");
}

static void an_offset_in_the_text_wins_over_the_zone(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(
            bed, "wait", "{'until':'2026-11-27T00:00+09:00','zone':'Europe/Berlin'}");
    builtin_bed_expect(bed, "until", "'2026-11-26T15:00:00.000Z'");
}

static void spans_add_up_from_now(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "wait", "{'days':1,'hours':0.5}");
    assert_int_equal(bed->until_ms, ((int64_t)BED_NOW_S + 86400 + 1800) * 1000);
}

static void a_time_and_a_span_exclude_each_other(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(
            builtin_bed_call(bed, "wait", "{'until':'2026-11-27','days':1}"), SC_INVALID);
    assert_int_equal(builtin_bed_call(bed, "wait", "{}"), SC_INVALID);
}

static void times_and_zones_that_are_none_are_refused(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(
            builtin_bed_call(bed, "wait", "{'until':'next Friday'}"), SC_INVALID);
    assert_int_equal(builtin_bed_call(bed, "wait", "{'until':'2026-02-30'}"), SC_INVALID);
    assert_int_equal(
            builtin_bed_call(bed, "wait", "{'until':'2026-11-27','zone':'Mars/Olympus'}"),
            SC_INVALID);
}

static void an_operation_that_is_none_is_told(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(builtin_bed_call(bed, "os.execute", "{}"), SC_NOT_FOUND);
    assert_null(sc_builtin_impl(bed->builtins, "os.execute"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_question_is_an_outcome_of_its_own),
        T(choices_and_rows_exclude_each_other),
        T(a_wait_ends_at_the_time_of_its_zone),
        T(the_zone_of_the_task_is_taken_otherwise),
        T(an_offset_in_the_text_wins_over_the_zone),
        T(spans_add_up_from_now),
        T(a_time_and_a_span_exclude_each_other),
        T(times_and_zones_that_are_none_are_refused),
        T(an_operation_that_is_none_is_told),
    };
    return cmocka_run_group_tests_name("builtin/person", tests, NULL, NULL);
}
