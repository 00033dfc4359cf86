#include "sandbox.h"

static void a_date_is_found_in_a_text(void **state)
{
    expect(state, "date('2026-11-23')", "\"2026-11-23\"");
    expect(state, "date('2026-11-23T23:30:00-08:00')", "\"2026-11-23\"");
    expect(state, "date('2026/3/1')", "\"2026-03-01\"");
    expect(state, "date('2026年3月1日')", "\"2026-03-01\"");
    expect(state, "date('31.12.2026')", "\"2026-12-31\"");
    expect(state, "date('03/04/2026', 'dmy')", "\"2026-04-03\"");
    expect(state, "date('03/04/2026', 'mdy')", "\"2026-03-04\"");
    expect(state, "date('2024-02-29')", "\"2024-02-29\"");
}

static void a_doubtful_or_wrong_date_is_refused(void **state)
{
    expect_error(state, "date('03/04/2026')",
            "date: argument 1 is '03/04/2026', which can mean two days: say date(text, "
            "'dmy') or 'mdy'");
    expect_error(state, "date('2026-02-29')",
            "date: argument 1 is '2026-02-29', which is no date");
    expect_error(state, "date(20261123)", "date: argument 1 is a number, not a text");
    expect_error(state, "date('1/2/2026', 'ymd')",
            "date: argument 2 is 'ymd', not 'dmy' or 'mdy'");
}

static void days_are_counted_on_the_calendar(void **state)
{
    expect(state, "days_between('2026-11-23', '2026-11-30')", "7");
    expect(state, "days_between('2026-11-30', '2026-11-23')", "-7");
    expect(state, "days_between('2024-02-28', '2024-03-01')", "2");
    expect(state, "days_between('2026-10-24', '2026-10-26')", "2");
    expect(state, "days_between('2026-11-23', '2026-11-24T00:01:00+08:00')", "1");
}

static void two_moments_are_compared_on_the_clock_of_the_first(void **state)
{
    expect(state,
            "days_between('2026-11-23T23:30:00-08:00', '2026-11-24T15:30:00+08:00')",
            "0");
    expect(state, "days_between('2026-11-23T23:30:00+08:00', '2026-11-23T17:00:00Z')",
            "1");
    expect(state, "days_between('1969-12-31T12:00:00Z', '1969-12-30T23:00:00Z')", "-1");
}

static void hours_pass_between_moments(void **state)
{
    expect(state, "hours_between('2026-11-23T09:00:00+08:00', '2026-11-23T03:30:00Z')",
            "2.5");
    expect(state, "hours_between('2026-11-23T09:00:00Z', '2026-11-23T08:00:00Z')", "-1");
}

static void a_night_of_summer_time_has_other_hours(void **state)
{
    sandbox_be(state, "Europe/Berlin", "de");

    expect(state, "hours_between('2026-03-29 00:00', '2026-03-30 00:00')", "23");
    expect(state, "hours_between('2026-10-25 00:00', '2026-10-26 00:00')", "25");
    /* 02:30 is skipped and means 03:30; on the way back it comes twice: the first. */
    expect(state, "hours_between('2026-03-29 01:30', '2026-03-29 02:30')", "1");
    expect(state, "hours_between('2026-10-25 02:30', '2026-10-25 03:30')", "2");
}

static void hours_need_moments(void **state)
{
    expect_error(state, "hours_between('2026-11-23', '2026-11-24T00:00:00Z')",
            "hours_between: argument 1 is '2026-11-23', a date without a time");
    expect_error(state, "hours_between('2026-11-24T00:00:00Z', '2026-11-24 10:00')",
            "hours_between: argument 2 is '2026-11-24 10:00', which has no offset such "
            "as "
            "+08:00");
}

static void days_are_added_on_the_calendar(void **state)
{
    expect(state, "add_days('2026-11-23', 30)", "\"2026-12-23\"");
    expect(state, "add_days('2024-02-28', 1)", "\"2024-02-29\"");
    expect(state, "add_days('2026-03-01', -1)", "\"2026-02-28\"");
    expect(state, "add_days('2026-11-23', 2.0)", "\"2026-11-25\"");
    expect(state, "add_days('2026-11-23 09:00', 1)", "\"2026-11-24 09:00\"");
}

static void the_clock_shows_the_same_time_days_later(void **state)
{
    sandbox_be(state, "Europe/Berlin", "de");

    expect(state, "add_days('2026-10-24T09:00:00+02:00', 1)",
            "\"2026-10-25T09:00:00+01:00\"");
    expect(state, "add_days('2026-03-28T02:30:00+01:00', 1)",
            "\"2026-03-29T03:30:00+02:00\"");
    /* not of this zone: no rule is known for it */
    expect(state, "add_days('2026-10-24T09:00:00-07:00', 1)",
            "\"2026-10-25T09:00:00-07:00\"");
}

static void adding_days_has_bounds(void **state)
{
    expect_error(state, "add_days('9999-12-31', 1)",
            "add_days: argument 2 leads outside the years 1 to 9999");
    expect_error(state, "add_days('2026-11-23', 1.5)",
            "add_days: argument 2 must be a whole number from -3700000 to 3700000");
    expect_error(state, "add_days('2026-11-23', '1')",
            "add_days: argument 2 must be a whole number from -3700000 to 3700000");
    expect_error(state, "add_days('23.11.2026', 1)",
            "add_days: argument 1 is wrong: '23.11.2026' is not a date such as "
            "2026-11-23 "
            "or 2026-11-23T09:00:00+08:00");
}

static void units_begin_on_their_first_day(void **state)
{
    expect(state, "start_of('week', '2026-11-29')", "\"2026-11-23\"");
    expect(state, "start_of('week', '2027-01-01')", "\"2026-12-28\"");
    expect(state, "start_of('month', '2024-02-29T23:00:00+09:00')", "\"2024-02-01\"");
    expect(state, "start_of('quarter', '2026-11-23')", "\"2026-10-01\"");
    expect(state, "start_of('year', '2026-11-23')", "\"2026-01-01\"");
    expect(state, "start_of('day', '2026-11-23T09:00:00Z')", "\"2026-11-23\"");
    expect_error(state, "start_of('decade', '2026-11-23')",
            "start_of: argument 1 is 'decade', not 'day', 'week', 'month', 'quarter' or "
            "'year'");
    expect_error(
            state, "start_of('week', nil)", "start_of: argument 2 is nil, not a text");
}

static void clocks_of_other_zones_are_read(void **state)
{
    expect(state, "in_zone('2026-11-23T09:00:00+08:00', 'America/Los_Angeles')",
            "\"2026-11-22T17:00:00-08:00\"");
    expect(state, "in_zone('2026-07-01T00:00:00Z', 'Europe/Berlin')",
            "\"2026-07-01T02:00:00+02:00\"");
    expect(state, "in_zone('2026-11-23T09:00:00.5Z', 'UTC')",
            "\"2026-11-23T09:00:00.500+00:00\"");
}

static void a_date_never_moves_by_a_zone(void **state)
{
    expect(state, "in_zone('2026-11-23', 'Pacific/Auckland')", "\"2026-11-23\"");
}

static void a_time_without_offset_is_on_the_persons_clock(void **state)
{
    expect_error(state, "in_zone('2026-11-23 09:00', 'UTC')",
            "in_zone: argument 1 is '2026-11-23 09:00', which has no offset such as "
            "+08:00");

    sandbox_be(state, "Asia/Shanghai", "zh");

    expect(state, "in_zone('2026-11-23 09:00', 'UTC')", "\"2026-11-23T01:00:00+00:00\"");
}

static void an_unknown_zone_is_named(void **state)
{
    expect_error(state, "in_zone('2026-11-23T09:00:00Z', 'Mars/Base')",
            "in_zone: argument 2 is wrong: 'Mars/Base' is not a time zone such as "
            "Asia/Shanghai");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_date_is_found_in_a_text),
        T(a_doubtful_or_wrong_date_is_refused),
        T(days_are_counted_on_the_calendar),
        T(two_moments_are_compared_on_the_clock_of_the_first),
        T(hours_pass_between_moments),
        T(a_night_of_summer_time_has_other_hours),
        T(hours_need_moments),
        T(days_are_added_on_the_calendar),
        T(the_clock_shows_the_same_time_days_later),
        T(adding_days_has_bounds),
        T(units_begin_on_their_first_day),
        T(clocks_of_other_zones_are_read),
        T(a_date_never_moves_by_a_zone),
        T(a_time_without_offset_is_on_the_persons_clock),
        T(an_unknown_zone_is_named),
    };
    return cmocka_run_group_tests_name("lua/date", tests, NULL, NULL);
}
