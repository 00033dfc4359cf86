#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/route_numbers.h"

/* rest: what stands behind the date. */
static void date(const char *text, const char *expected, const char *rest)
{
    char got[SC_ROUTE_DATE] = "none";
    size_t len = sc_route_date(text, "2026-11-30", got);

    assert_string_equal(got, expected);
    assert_string_equal(text + len, rest);
}

static void number(const char *text, const char *expected, bool percent, const char *rest)
{
    char got[SC_ROUTE_NUMBER] = "none";
    bool got_percent = false;
    size_t len = sc_route_number(text, got, &got_percent);

    assert_string_equal(got, *expected ? expected : "none");
    assert_int_equal(got_percent, percent);
    assert_string_equal(text + len, rest);
}

static void dates_are_read_as_people_write_them(void **state)
{
    (void)state;
    date("2026-11-27 x", "2026-11-27", " x");
    date("2026/1/5", "2026-01-05", "");
    date("2026年11月27日の", "2026-11-27", "の");
    date("11月27日", "2026-11-27", "");
    date("11月27号前", "2026-11-27", "前");
    date("27 nov 2026", "2026-11-27", "");
    date("27th of november", "2026-11-27", "");
    date("nov 27, 2027 at", "2027-11-27", " at");
    date("27. sept", "2026-09-27", "");
    date("tomorrow", "2026-12-01", "");
    date("后天下单", "2026-12-02", "下单");
    date("昨日", "2026-11-29", "");
}

static void words_for_days_pass_the_end_of_a_month(void **state)
{
    char got[SC_ROUTE_DATE];

    (void)state;
    assert_true(sc_route_date("day after tomorrow", "2024-02-28", got) > 0);
    assert_string_equal(got, "2024-03-01");
    assert_true(sc_route_date("tomorrow", "2024-02-28", got) > 0);
    assert_string_equal(got, "2024-02-29");
    assert_true(sc_route_date("yesterday", "2027-01-01", got) > 0);
    assert_string_equal(got, "2026-12-31");
    assert_int_equal(sc_route_date("2026-02-29", "2026-01-01", got), 0);
    assert_true(sc_route_date("2028-02-29", "2026-01-01", got) > 0);
}

static void what_is_no_date_is_left(void **state)
{
    (void)state;
    date("2026-02-30", "none", "2026-02-30");
    date("27 items", "none", "27 items");
    date("27 mayor", "none", "27 mayor");
    date("may i", "none", "may i");
    date("13月1日", "none", "13月1日");
    date("tomorrows", "none", "tomorrows");
    date("27", "none", "27");
}

static void numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    number("35 % x", "35", true, " x");
    number("35%", "35", true, "");
    number("12.50 percent", "12.50", true, "");
    number("百分之三十五的", "35", true, "的");
    number("百分之五", "5", true, "");
    number("三成毛利", "30", true, "毛利");
    number("两成半", "25", true, "");
    number("3割で", "30", true, "で");
    number("30割", "30", false, "割");
    number("1,250.75 usd", "1250.75", false, " usd");
    number("1,2", "1", false, ",2");
    number("007", "7", false, "");
    number("二十天", "20", false, "天");
    number("十五", "15", false, "");
    number("一万二千", "12000", false, "");
    number("三百零", "300", false, "零");
    number("1.5万美元", "15000", false, "美元");
    number("0.5万", "5000", false, "");
    number(".5%", "0.5", true, "");
    number(".5万", "5000", false, "");
    number("1.23456万", "12345.6", false, "");
    number("3千", "3000", false, "");
}

static void what_is_no_number_is_left(void **state)
{
    (void)state;
    number("一下", "", false, "一下");
    number("千", "", false, "千");
    number("百分之", "", false, "百分之");
    number("..5", "", false, "..5");
    number("", "", false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_as_people_write_them),
        cmocka_unit_test(words_for_days_pass_the_end_of_a_month),
        cmocka_unit_test(what_is_no_date_is_left),
        cmocka_unit_test(numbers_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_number_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
