#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/cell_text.h"

#define T(fn) cmocka_unit_test(fn)

static void expect_number(const char *text, const char *locale, const char *wanted)
{
    struct sc_writing writing;
    char number[SC_NUMBER_TEXT] = "";
    enum sc_reading reading;

    assert_true(sc_writing_of(locale, &writing));
    reading = sc_cell_number(text, &writing, number);
    if (!wanted && reading == SC_READ_OK)
        fail_msg("'%s' (%s) was read as %s", text, locale ? locale : "-", number);
    if (wanted && (reading != SC_READ_OK || strcmp(number, wanted) != 0))
        fail_msg("'%s' (%s) is %s, not %s", text, locale ? locale : "-", number, wanted);
}

static void numbers_of_a_known_writing_are_read(void **state)
{
    (void)state;
    expect_number("1.234,50", "de", "1234.50");
    expect_number("1.200", "de", "1200");
    expect_number("1,200", "en", "1200");
    expect_number("1.200", "en", "1.200");
    expect_number("1 234,5 €", "fr", "1234.5");
    expect_number("1'234.50", "de-CH", "1234.50");
    expect_number("¥１，９８０", "ja", "1980");
    expect_number("EUR -12,30", "de", "-12.30");
    expect_number("-¥5", "zh", "-5");
    expect_number("007", "en", "7");
}

static void numbers_of_unknown_writing_are_read_only_when_clear(void **state)
{
    (void)state;
    expect_number("1.234,50", NULL, "1234.50");
    expect_number("1,234.50", NULL, "1234.50");
    expect_number("12,5", NULL, "12.5");
    expect_number("0.125", NULL, "0.125");
    expect_number("1,234,567", NULL, "1234567");
    expect_number("1.200", NULL, NULL);
    expect_number("1,200", NULL, NULL);
}

static void what_is_no_number_is_not_read(void **state)
{
    static const char *const texts[] = { "", "-", "12.5K", "n/a", "1,2,3", "1.2.3,4",
        "--5", "1e5", "0x10", "12,34,567", "1.", ".5", "∞", "1 2", "12a", "$",
        "1,234,56" };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        expect_number(texts[i], NULL, NULL);
        expect_number(texts[i], "en", NULL);
    }
}

static void plain_numbers_are_those_that_need_no_country(void **state)
{
    (void)state;
    assert_true(sc_cell_is_plain_number("12"));
    assert_true(sc_cell_is_plain_number("-3.50"));
    assert_true(sc_cell_is_plain_number("0.125"));
    assert_false(sc_cell_is_plain_number("007"));
    assert_false(sc_cell_is_plain_number("1.200"));
    assert_false(sc_cell_is_plain_number("1e5"));
    assert_false(sc_cell_is_plain_number("1234567890123456"));
}

static void expect_date(const char *text, const char *locale, const char *wanted)
{
    struct sc_writing writing;
    char date[SC_DATE_TEXT] = "";
    enum sc_reading reading;

    assert_true(sc_writing_of(locale, &writing));
    reading = sc_cell_date(text, &writing, date);
    if (!wanted && reading == SC_READ_OK)
        fail_msg("'%s' was read as %s", text, date);
    if (wanted && (reading != SC_READ_OK || strcmp(date, wanted) != 0))
        fail_msg("'%s' is '%s', not %s", text, date, wanted);
}

static void dates_become_iso(void **state)
{
    (void)state;
    expect_date("2026-11-23", NULL, "2026-11-23");
    expect_date("2026/3/1", NULL, "2026-03-01");
    expect_date("2026年3月1日", NULL, "2026-03-01");
    expect_date("31.12.2026", NULL, "2026-12-31");
    expect_date("12/31/2026", "en-US", "2026-12-31");
    expect_date("1/2/2026", "fr", "2026-02-01");
    expect_date("2026-11-23 08:30", NULL, "2026-11-23T08:30");
    expect_date("2024-02-29", NULL, "2024-02-29");
}

static void days_that_are_none_or_doubtful_are_not_read(void **state)
{
    (void)state;
    expect_date("2026-02-29", NULL, NULL);
    expect_date("2026-13-01", NULL, NULL);
    expect_date("1/2/2026", NULL, NULL);
    expect_date("2026-11-23 25:00", NULL, NULL);
    expect_date("2026-11-23x", NULL, NULL);
    expect_date("23.11.26", NULL, NULL);
    expect_date("12345", NULL, NULL);
}

static void an_amount_that_says_another_currency_does_not_fit(void **state)
{
    static const struct {
        const char *text, *currency;
        bool fits;
    } cases[] = { { "12.50", "CNY", true }, { "", "EUR", true }, { "¥12", "CNY", true },
        { "￥12", "JPY", true }, { "¥12", "USD", false }, { "12元", "CNY", true },
        { "12元", "JPY", false }, { "1200円", "CNY", false }, { "$3.50", "CNY", false },
        { "$3.50", "CAD", true }, { "＄3.50", "USD", true }, { "€2,80", "EUR", true },
        { "2,80 EUR", "EUR", true }, { "2,80 EUR", "CHF", false },
        { "RMB 5", "CNY", true }, { "RMB 5", "USD", false },
        { "成本(USD)", "CNY", false }, { "SKU", "CNY", true }, { "FOB", "CNY", true },
        { "COST", "CNY", true } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (sc_cell_fits_currency(cases[i].text, cases[i].currency) != cases[i].fits)
            fail_msg("'%s' and %s", cases[i].text, cases[i].currency);
}

static void a_currency_is_told_from_a_unit(void **state)
{
    (void)state;
    assert_true(sc_cell_is_currency("usd"));
    assert_true(sc_cell_is_currency("CNY"));
    assert_true(sc_cell_is_currency("rmb"));
    assert_true(sc_cell_is_currency("€"));
    assert_true(sc_cell_is_currency("元"));
    assert_false(sc_cell_is_currency("kg"));
    assert_false(sc_cell_is_currency("g"));
    assert_false(sc_cell_is_currency("pcs"));
    assert_false(sc_cell_is_currency(""));
    assert_false(sc_cell_is_currency("天"));
}

static void an_unknown_locale_is_told(void **state)
{
    struct sc_writing writing;

    (void)state;
    assert_false(sc_writing_of("xx", &writing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(numbers_of_a_known_writing_are_read),
        T(numbers_of_unknown_writing_are_read_only_when_clear),
        T(what_is_no_number_is_not_read),
        T(plain_numbers_are_those_that_need_no_country),
        T(dates_become_iso),
        T(days_that_are_none_or_doubtful_are_not_read),
        T(an_amount_that_says_another_currency_does_not_fit),
        T(a_currency_is_told_from_a_unit),
        T(an_unknown_locale_is_told),
    };
    return cmocka_run_group_tests_name("codec/cell_text", tests, NULL, NULL);
}
