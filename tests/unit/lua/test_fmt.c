#include "sandbox.h"

static void numbers_are_grouped_as_the_person_does(void **state)
{
    sandbox_be(state, "Europe/Berlin", "de");

    expect(state, "fmt(1234.5)", "\"1.234,5\"");
    expect(state, "fmt(1234567)", "\"1.234.567\"");
    expect(state, "fmt(1234.5, 2)", "\"1.234,50\"");
    expect(state, "fmt(-0.125, 2)", "\"-0,13\"");
    expect(state, "fmt('1234.50')", "\"1.234,50\"");
}

static void money_has_its_sign_and_decimals(void **state)
{
    sandbox_be(state, "Asia/Tokyo", "ja");

    expect(state, "fmt(money(1980, 'JPY'))", "\"￥1,980\"");
    expect(state, "fmt({amount = 12.5, currency = 'EUR'})", "\"€12.50\"");
    expect(state, "fmt(12.5, 'USD')", "\"$12.50\"");
    expect(state, "fmt(money(12.5, 'EUR'), 0)", "\"€13.00\"");
}

static void dates_are_written_out(void **state)
{
    sandbox_be(state, "Asia/Shanghai", "zh");

    expect(state, "fmt('2026-11-23')", "\"2026年11月23日\"");
    expect(state, "fmt('2026-11-23', 'full')", "\"2026年11月23日星期一\"");
    expect(state, "fmt('2024-02-29', 'short')", "\"2024/2/29\"");
}

static void a_time_is_written_as_its_text_has_it(void **state)
{
    sandbox_be(state, "Asia/Shanghai", "de");

    expect(state, "fmt('2026-11-23T23:30:00-08:00', 'time')", "\"23:30\"");
    expect(state, "fmt('2026-11-23T23:30:00-08:00', 'date')", "\"23.11.2026\"");
    expect(state, "fmt('2026-11-23 09:05', 'short')", "\"23.11.26, 09:05\"");
}

static void a_tool_says_the_language(void **state)
{
    expect(state, "fmt(1234.5, {language = 'de'})", "\"1.234,5\"");
    expect(state, "fmt('2026-11-23', {language = 'en', form = 'long'})",
            "\"November 23, 2026\"");
    expect_error(state, "fmt(1)", "fmt: argument 2 must say {language = …} here");
}

static void what_has_no_form_is_refused(void **state)
{
    sandbox_be(state, "UTC", "en");

    expect_error(state, "fmt({})", "fmt: argument 1 is a table, not a number");
    expect_error(
            state, "fmt('soon')", "fmt: argument 1 is wrong: 'soon' is not a number");
    expect_error(state, "fmt(nil)", "fmt: argument 1 is nil, not a number");
    expect_error(state, "fmt(1, 'long')",
            "fmt: argument 2 is 'long': for a number say decimals, or a currency");
    expect_error(state, "fmt('2026-11-23', 'time')",
            "fmt: argument 2 must be 'short', 'medium', 'long', 'full', 'date' or 'time' "
            "for this");
    expect_error(
            state, "fmt(1, 99)", "fmt: argument 2 must be a whole number from 0 to 15");
    expect_error(state, "fmt(1, {language = 'xx'})",
            "fmt: 'xx' is not a locale such as de or zh-Hans");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(numbers_are_grouped_as_the_person_does),
        T(money_has_its_sign_and_decimals),
        T(dates_are_written_out),
        T(a_time_is_written_as_its_text_has_it),
        T(a_tool_says_the_language),
        T(what_has_no_form_is_refused),
    };
    return cmocka_run_group_tests_name("lua/fmt", tests, NULL, NULL);
}
