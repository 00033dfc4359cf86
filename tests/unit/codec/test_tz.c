#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/tz.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sc_tz *zone_of(const char *name)
{
    struct sc_error err;
    struct sc_tz *zone = sc_tz_new(name, &err);

    if (!zone)
        fail_msg("%s", err.msg);
    return zone;
}

/* What text means in the zone, written again. */
static void assert_meant(struct sc_tz *zone, const char *text, const char *expected)
{
    char written[SC_ISO_TEXT];
    struct sc_error err;
    int64_t instant;

    if (sc_tz_parse(zone, text, &instant, &err))
        fail_msg("%s", err.msg);
    sc_tz_format(zone, instant, written);
    assert_string_equal(written, expected);
}

static int64_t instant_of(struct sc_tz *zone, const char *text)
{
    int64_t instant = 0;

    assert_int_equal(sc_tz_parse(zone, text, &instant, NULL), SC_OK);
    return instant;
}

static void assert_instant(struct sc_tz *zone, int64_t instant, const char *expected)
{
    char written[SC_ISO_TEXT];

    sc_tz_format(zone, instant, written);
    assert_string_equal(written, expected);
}

static void local_times_are_those_of_the_zone(void **state)
{
    static const struct {
        const char *zone, *text, *meant;
    } cases[] = {
        { "Asia/Shanghai", "2026-11-23", "2026-11-23T00:00:00+08:00" },
        { "Asia/Shanghai", "2026-11-23T01:30:00Z", "2026-11-23T09:30:00+08:00" },
        { "Asia/Kolkata", "2026-11-23T09:30", "2026-11-23T09:30:00+05:30" },
        { "America/Los_Angeles", "2026-11-27T00:00", "2026-11-27T00:00:00-08:00" },
        { "America/Los_Angeles", "2026-07-04T12:00:00.250",
                "2026-07-04T12:00:00.250-07:00" },
        { "UTC", "2024-02-29 12:00:00+0200", "2024-02-29T10:00:00+00:00" },
        { "UTC", "0001-01-01", "0001-01-01T00:00:00+00:00" },
        { "UTC", "1500-03-01", "1500-03-01T00:00:00+00:00" },
        { "UTC", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999+00:00" },
        /* the hour that is skipped, its edges, and the one that comes twice */
        { "Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00" },
        { "Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T03:30:00+02:00" },
        { "Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00" },
        { "Europe/Berlin", "2026-10-25T01:59:59", "2026-10-25T01:59:59+02:00" },
        { "Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00" },
        { "Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00" },
        { "Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T02:45:00+11:00" },
        /* a day that was skipped as a whole */
        { "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T12:00:00+14:00" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_tz *zone = zone_of(cases[i].zone);

        assert_meant(zone, cases[i].text, cases[i].meant);
        sc_tz_free(zone);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const texts[] = { "", "2026", "2026-11", "2026-11-31",
        "2025-02-29", "2026-13-01", "0000-01-01", "26-11-23", "2026-11-23T",
        "2026-11-23T24:00", "2026-11-23T09", "2026-11-23T09:60", "2026-11-23T09:00:60",
        "2026-11-23T09:00.5", "2026-11-23T09:00:00.", "2026-11-23T09:00+8",
        "2026-11-23T09:00Zx", "23.11.2026", "2026-11-23 ", " 2026-11-23" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct sc_iso_time time;
        struct sc_error err = { 0 };

        if (sc_iso_parse(texts[i], &time, &err) != SC_INVALID)
            fail_msg("'%s' was taken", texts[i]);
        assert_non_null(strstr(err.msg, "is not a date"));
    }
}

static void an_unknown_zone_is_refused(void **state)
{
    static const char *const names[] = { "", "Mars/Olympus", "Shanghai", "+08:00",
        "A/very/long/name/that/no/zone/has/and/that/does/not/fit/into/the/room/for/it" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sc_error err = { 0 };

        if (sc_tz_new(names[i], &err))
            fail_msg("'%s' was taken", names[i]);
        assert_int_equal(err.code, SC_INVALID);
    }
}

static void adding_days_keeps_the_wall_clock(void **state)
{
    struct sc_tz *zone = zone_of("Europe/Berlin");
    int64_t start = instant_of(zone, "2026-03-28T09:00");

    (void)state;
    assert_instant(zone, sc_tz_add_days(zone, start, 1), "2026-03-29T09:00:00+02:00");
    assert_instant(zone, sc_tz_add_days(zone, start, -30), "2026-02-26T09:00:00+01:00");
    sc_tz_free(zone);
}

static void adding_months_stays_in_the_month(void **state)
{
    struct sc_tz *zone = zone_of("UTC");
    int64_t start = instant_of(zone, "2026-01-31T09:00");

    (void)state;
    assert_instant(zone, sc_tz_add_months(zone, start, 1), "2026-02-28T09:00:00+00:00");
    assert_instant(zone, sc_tz_add_months(zone, start, 25), "2028-02-29T09:00:00+00:00");
    assert_instant(zone, sc_tz_add_months(zone, start, -1), "2025-12-31T09:00:00+00:00");
    assert_instant(zone, sc_tz_add_months(zone, start, -14), "2024-11-30T09:00:00+00:00");
    sc_tz_free(zone);
}

static void units_start_where_the_zone_says(void **state)
{
    struct sc_tz *zone = zone_of("America/New_York");
    int64_t now = instant_of(zone, "2026-11-01T10:47:11.5");

    (void)state;
    assert_instant(
            zone, sc_tz_start_of(zone, SC_TZ_HOUR, now), "2026-11-01T10:00:00-05:00");
    assert_instant(
            zone, sc_tz_start_of(zone, SC_TZ_DAY, now), "2026-11-01T00:00:00-04:00");
    assert_instant(
            zone, sc_tz_start_of(zone, SC_TZ_WEEK, now), "2026-10-26T00:00:00-04:00");
    assert_instant(
            zone, sc_tz_start_of(zone, SC_TZ_MONTH, now), "2026-11-01T00:00:00-04:00");
    assert_instant(
            zone, sc_tz_start_of(zone, SC_TZ_YEAR, now), "2026-01-01T00:00:00-05:00");
    sc_tz_free(zone);
}

static void days_and_dates_go_there_and_back(void **state)
{
    int year = 0, month = 12, day = 31;

    (void)state;
    for (int64_t days = sc_days_of_date(1, 1, 1); days < 1000000; days++) {
        struct sc_local date = sc_date_of_days(days);
        bool next_day = date.year == year && date.month == month && date.day == day + 1;
        bool next_month = date.day == 1 && day == sc_days_in_month(year, month);

        if (!next_day && !next_month)
            fail_msg("%d-%d-%d after %d-%d-%d", date.year, date.month, date.day, year,
                    month, day);
        assert_int_equal(sc_days_of_date(date.year, date.month, date.day), days);
        year = date.year;
        month = date.month;
        day = date.day;
    }
}

static void weekdays_are_right(void **state)
{
    (void)state;
    assert_int_equal(sc_weekday(2026, 11, 23), 1);
    assert_int_equal(sc_weekday(1970, 1, 1), 4);
    assert_int_equal(sc_weekday(1969, 12, 28), 7);
    assert_int_equal(sc_weekday(2000, 2, 29), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_times_are_those_of_the_zone),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(an_unknown_zone_is_refused),
        cmocka_unit_test(adding_days_keeps_the_wall_clock),
        cmocka_unit_test(adding_months_stays_in_the_month),
        cmocka_unit_test(units_start_where_the_zone_says),
        cmocka_unit_test(days_and_dates_go_there_and_back),
        cmocka_unit_test(weekdays_are_right),
    };
    return cmocka_run_group_tests_name("codec/tz", tests, NULL, NULL);
}
