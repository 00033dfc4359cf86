#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "builtin/xlsx_style.h"

#define T(fn) cmocka_unit_test(fn)

static void formats_tell_dates_times_and_numbers_apart(void **state)
{
    (void)state;
    assert_int_equal(sc_style_of_format("yyyy-mm-dd"), SC_STYLE_DATE);
    assert_int_equal(sc_style_of_format("[$-804]yyyy\"年\"m\"月\";@"), SC_STYLE_DATE);
    assert_int_equal(sc_style_of_format("mmm"), SC_STYLE_DATE);
    assert_int_equal(sc_style_of_format("h:mm AM/PM"), SC_STYLE_TIME);
    assert_int_equal(sc_style_of_format("[h]:mm:ss"), SC_STYLE_NUMBER);
    assert_int_equal(sc_style_of_format("General"), SC_STYLE_NUMBER);
    assert_int_equal(sc_style_of_format("#,##0.00 \"days\""), SC_STYLE_NUMBER);
    assert_int_equal(sc_style_of_format("0.00\\d"), SC_STYLE_NUMBER);
    assert_int_equal(sc_style_of_format("\"unclosed"), SC_STYLE_NUMBER);
    assert_int_equal(sc_style_of_format("\\"), SC_STYLE_NUMBER);
}

static void serials_round_to_the_second_without_losing_a_day(void **state)
{
    char text[SC_SERIAL_TEXT];

    (void)state;
    assert_true(sc_style_date(46349.9999999, SC_STYLE_DATE, false, text));
    assert_string_equal(text, "2026-11-24");
    assert_true(sc_style_date(0.5, SC_STYLE_TIME, false, text));
    assert_string_equal(text, "12:00:00");
    assert_false(sc_style_date(-1, SC_STYLE_DATE, false, text));
    assert_false(sc_style_date(1e9, SC_STYLE_DATE, false, text));
}

static void formats_tell_what_stands_beside_a_number(void **state)
{
    static const char *const cases[][2] = { { "0.00%", "%" }, { "\"¥\"#,##0.00", "¥" },
        { "[$$-409]#,##0", "$" }, { "#,##0.00 [$CNY]", "CNY" }, { "#,##0.00\\ €", "€" },
        { "[$-409]0", "" }, { "[Red]0.0", "" }, { "0.00E+00", "" },
        { "[$US$-409]0", "$" }, { "0\" kg\"", "kg" }, { "0\" pieces\"", "" },
        { "\\", "" }, { "[$", "" } };
    char unit[SC_UNIT_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        sc_style_unit_of_format(cases[i][0], unit);
        assert_string_equal(unit, cases[i][1]);
    }
    sc_style_unit_of_id(10, unit);
    assert_string_equal(unit, "%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(formats_tell_what_stands_beside_a_number),
        T(formats_tell_dates_times_and_numbers_apart),
        T(serials_round_to_the_second_without_losing_a_day),
    };
    return cmocka_run_group_tests_name("builtin/xlsx_style", tests, NULL, NULL);
}
