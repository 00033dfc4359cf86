#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/money.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sc_money amount(const char *text)
{
    struct sc_money value;
    struct sc_error err;

    if (sc_money_parse(text, &value, &err))
        fail_msg("%s: %s", text, err.msg);
    return value;
}

static void assert_amount(const struct sc_money *value, const char *expected)
{
    char text[SC_MONEY_TEXT];

    sc_money_format(value, text);
    assert_string_equal(text, expected);
}

static void plain_text_goes_there_and_back(void **state)
{
    static const struct {
        const char *text, *plain;
    } cases[] = { { "12.30", "12.30" }, { "0", "0" }, { "-0.05", "-0.05" },
        { "1.5e3", "1500" }, { "15e-3", "0.015" }, { "-0", "0" },
        { "0.000000000000000000000000000001", "0.000000000000000000000000000001" },
        { "99999999999999999999999999999999999999",
                "99999999999999999999999999999999999999" },
        { "170141183460469231731687303715884105727",
                "170141183460469231731687303715884105727" },
        { "1.50E2", "150" } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_money value = amount(cases[i].text);

        assert_amount(&value, cases[i].plain);
    }
}

static void what_is_no_plain_number_or_too_large_is_refused(void **state)
{
    static const char *const texts[] = { "", " 1", "1,5", "1.", ".5", "abc", "0x1", "--1",
        "1e99", "170141183460469231731687303715884105728",
        "0.0000000000000000000000000000001", "1e999999999", "1e-40" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct sc_error err = { 0 };
        struct sc_money value;

        if (sc_money_parse(texts[i], &value, &err) != SC_INVALID || !err.msg[0])
            fail_msg("%s was taken", texts[i]);
    }
}

/* --- locales --- */

static const struct {
    const char *text, *locale, *plain;
} numbers[] = {
    { "1.234,50", "de", "1234.50" },
    { "1.200", "de", "1200" },
    { "1.200", "en", "1.200" },
    { "12,5", "de", "12.5" },
    { "-1,234,567.8", "en", "-1234567.8" },
    { "12,34,567.89", "en_IN", "1234567.89" },
    { "1\xe2\x80\xaf"
      "234,5",
            "fr", "1234.5" }, /* narrow space */
    { "1 234,5", "fr", "1234.5" },
    { "1'234.50", "de_CH", "1234.50" },
    { "\xef\xbc\x91\xef\xbc\x8c\xef\xbc\x92\xef\xbc\x90\xef\xbc\x90", "ja", "1200" },
    { "(5.00)", "en", "-5.00" },
    { "\xe2\x88\x92"
      "5",
            "en", "-5" }, /* minus sign */
    { ".5", "en", "0.5" },
    { " 7 ", "en", "7" },
    { "007", "en", "7" },
    { "1234567", "de", "1234567" },
    { "12,30", "en", NULL },
    { "1,2345", "en", NULL },
    { "1.2", "de", NULL },
    { ",200", "en", NULL },
    { "1,,200", "en", NULL },
    { "12.5K", "en", NULL },
    { "5 %", "en", NULL },
    { "1.200.50", "de", NULL },
    { "1,5.5", "en", NULL },
    { "5.", "en", NULL },
    { "", "en", NULL },
    { "-", "en", NULL },
    { "abc", "en", NULL },
    { "EUR 5", "en", NULL },
    { "5", "xx-nowhere", NULL },
};

static void numbers_are_read_as_the_locale_writes_them_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct sc_money value;
        struct sc_error err = { 0 };
        enum sc_code code =
                sc_money_parse_number(numbers[i].text, numbers[i].locale, &value, &err);

        if ((code == SC_OK) != (numbers[i].plain != NULL))
            fail_msg("'%s' in %s: %s", numbers[i].text, numbers[i].locale, err.msg);
        if (code == SC_OK)
            assert_amount(&value, numbers[i].plain);
        else
            assert_int_equal(code, SC_INVALID);
    }
}

static const struct {
    const char *text, *locale, *plain, *currency;
} prices[] = {
    { "\xc2\xa5"
      "1,200",
            "ja", "1200", "JPY" },
    { "\xc2\xa5"
      "1,200",
            "zh", "1200", "CNY" },
    { "\xc2\xa5"
      "1,200",
            "en", "1200", "JPY" },
    { "1,200\xe5\x86\x86", "ja", "1200", "JPY" },
    { "1.234,50 \xe2\x82\xac", "de", "1234.50", "EUR" },
    { "EUR 12.50", "en", "12.50", "EUR" },
    { "12,50EUR", "de", "12.50", "EUR" },
    { "$5", "en", "5", "USD" },
    { "$5", "en_CA", "5", "CAD" },
    { "$5", "de", "5", "USD" },
    { "US$5", "en_CA", "5", "USD" },
    { "-$5.00", "en", "-5.00", "USD" },
    { "$-5.00", "en", "-5.00", "USD" },
    { "100 kr", "sv", "100", "SEK" },
    { "100 kr", "en", "100", "" },
    { "42", "en", "42", "" },
};

static void currencies_are_told_by_code_sign_and_locale(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(prices); i++) {
        char currency[SC_CURRENCY_TEXT] = "?";
        struct sc_money value;
        struct sc_error err = { 0 };

        if (sc_money_parse_local(
                    prices[i].text, prices[i].locale, &value, currency, &err) ||
                strcmp(currency, prices[i].currency) != 0)
            fail_msg("%s in %s: %s %s", prices[i].text, prices[i].locale, currency,
                    err.msg);
        assert_amount(&value, prices[i].plain);
    }
}

static void amounts_are_written_for_a_locale(void **state)
{
    static const struct {
        const char *plain, *currency, *locale, *text;
    } cases[] = { { "1234.5", "EUR", "de", "1.234,50\xc2\xa0\xe2\x82\xac" },
        { "1234.567", "USD", "en", "$1,234.567" },
        { "1200", "JPY", "ja",
                "\xef\xbf\xa5"
                "1,200" },
        { "1200.00", "JPY", "en",
                "\xc2\xa5"
                "1,200.00" },
        { "3", "KWD", "en",
                "KWD\xc2\xa0"
                "3.000" },
        { "-5.5", "CNY", "zh",
                "-\xc2\xa5"
                "5.50" },
        { "12345678901234567890.12", NULL, "en", "12,345,678,901,234,567,890.12" },
        { "1234567", NULL, "de", "1.234.567" } };
    struct sc_buf out;

    (void)state;
    sc_buf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_money value = amount(cases[i].plain);

        sc_buf_clear(&out);
        assert_int_equal(sc_money_format_local(
                                 &value, cases[i].currency, cases[i].locale, &out, NULL),
                SC_OK);
        assert_string_equal(sc_buf_text(&out), cases[i].text);
    }
    sc_buf_release(&out);
}

static void an_amount_of_too_many_digits_is_refused_not_rounded(void **state)
{
    struct sc_money value = amount("12345678901234567890123456789012345.6");
    struct sc_error err = { 0 };
    struct sc_buf out;

    (void)state;
    sc_buf_init(&out);
    assert_int_equal(sc_money_format_local(&value, "EUR", "de", &out, &err), SC_INVALID);
    assert_non_null(strstr(err.msg, "more than 34 digits"));
    sc_buf_release(&out);
}

static void digits_of_currencies_are_known(void **state)
{
    (void)state;
    assert_int_equal(sc_money_digits("EUR"), 2);
    assert_int_equal(sc_money_digits("JPY"), 0);
    assert_int_equal(sc_money_digits("KWD"), 3);
    assert_int_equal(sc_money_digits("ZZZ"), -1);
    assert_int_equal(sc_money_digits("eur"), -1);
    assert_int_equal(sc_money_digits(""), -1);
}

/* --- arithmetic --- */

static void sums_are_exact(void **state)
{
    struct sc_money a = amount("0.1"), b = amount("0.20"), sum;

    (void)state;
    assert_int_equal(sc_money_add(&a, &b, &sum, NULL), SC_OK);
    assert_amount(&sum, "0.30");
    assert_int_equal(sc_money_sub(&a, &b, &sum, NULL), SC_OK);
    assert_amount(&sum, "-0.10");
    a = amount("19.99");
    b = amount("3");
    assert_int_equal(sc_money_mul(&a, &b, &sum, NULL), SC_OK);
    assert_amount(&sum, "59.97");
}

static void what_does_not_fit_is_refused_not_wrapped(void **state)
{
    struct sc_money most = amount("170141183460469231731687303715884105727"), result;
    struct sc_money one = amount("1"), tiny = amount("0.01"), small;
    struct sc_error err = { 0 };

    (void)state;
    assert_int_equal(sc_money_add(&most, &one, &result, &err), SC_INVALID);
    assert_int_equal(sc_money_add(&most, &tiny, &result, &err), SC_INVALID);
    assert_int_equal(sc_money_mul(&most, &most, &result, &err), SC_INVALID);
    small = amount("0.00000000000000000001");
    assert_int_equal(sc_money_mul(&small, &small, &result, &err), SC_INVALID);
    assert_non_null(strstr(err.msg, "round before"));
    assert_int_equal(sc_money_div(&most, &tiny, (struct sc_money_round){ 2, SC_ROUND_UP },
                             &result, &err),
            SC_INVALID);
    result = amount("0.00");
    assert_int_equal(sc_money_div(&one, &result,
                             (struct sc_money_round){ 2, SC_ROUND_UP }, &result, &err),
            SC_INVALID);
    assert_string_equal(err.msg, "division by zero");
}

static void every_rounding_does_what_its_name_says(void **state)
{
    static const struct {
        const char *amount, *half_even, *half_up, *up, *down;
    } cases[] = { { "2.5", "2", "3", "3", "2" }, { "3.5", "4", "4", "4", "3" },
        { "-2.5", "-2", "-3", "-3", "-2" }, { "2.51", "3", "3", "3", "2" },
        { "2.49", "2", "2", "3", "2" }, { "2", "2", "2", "2", "2" },
        { "-0.1", "0", "0", "-1", "0" } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const wanted[] = { cases[i].half_even, cases[i].half_up, cases[i].up,
            cases[i].down };
        struct sc_money value = amount(cases[i].amount), rounded;

        for (int r = 0; r < 4; r++) {
            struct sc_money_round round = { 0, (enum sc_rounding)r };

            assert_int_equal(sc_money_round(&value, round, &rounded, NULL), SC_OK);
            assert_amount(&rounded, wanted[r]);
        }
    }
}

static void rounding_pads_and_division_has_the_scale_asked_for(void **state)
{
    struct sc_money value = amount("1.5"), by = amount("3"), result;

    (void)state;
    assert_int_equal(sc_money_round(&value, (struct sc_money_round){ 3, SC_ROUND_DOWN },
                             &result, NULL),
            SC_OK);
    assert_amount(&result, "1.500");
    value = amount("100");
    assert_int_equal(
            sc_money_div(&value, &by, (struct sc_money_round){ 2, SC_ROUND_HALF_EVEN },
                    &result, NULL),
            SC_OK);
    assert_amount(&result, "33.33");
    value = amount("-0.005");
    by = amount("-0.01");
    assert_int_equal(
            sc_money_div(&value, &by, (struct sc_money_round){ 0, SC_ROUND_HALF_UP },
                    &result, NULL),
            SC_OK);
    assert_amount(&result, "1");
}

static void prices_round_to_steps(void **state)
{
    struct sc_money value = amount("12.37"), step = amount("0.05"), result;

    (void)state;
    assert_int_equal(
            sc_money_round_step(&value, &step, SC_ROUND_HALF_UP, &result, NULL), SC_OK);
    assert_amount(&result, "12.35");
    step = amount("100");
    assert_int_equal(
            sc_money_round_step(&value, &step, SC_ROUND_UP, &result, NULL), SC_OK);
    assert_amount(&result, "100");
    step = amount("0");
    assert_int_equal(
            sc_money_round_step(&value, &step, SC_ROUND_UP, &result, NULL), SC_INVALID);
}

static void comparing_is_by_value(void **state)
{
    struct sc_money a = amount("1.0"), b = amount("1"), c = amount("-1.01");
    struct sc_money most = amount("170141183460469231731687303715884105727");

    (void)state;
    assert_int_equal(sc_money_compare(&a, &b), 0);
    assert_true(sc_money_compare(&c, &a) < 0);
    assert_true(sc_money_compare(&most, &a) > 0);
}

static void rounding_words_are_known(void **state)
{
    enum sc_rounding rounding;

    (void)state;
    assert_true(sc_rounding_of_word("half_up", &rounding));
    assert_int_equal(rounding, SC_ROUND_HALF_UP);
    assert_false(sc_rounding_of_word("nearest", &rounding));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_goes_there_and_back),
        cmocka_unit_test(what_is_no_plain_number_or_too_large_is_refused),
        cmocka_unit_test(numbers_are_read_as_the_locale_writes_them_or_refused),
        cmocka_unit_test(currencies_are_told_by_code_sign_and_locale),
        cmocka_unit_test(amounts_are_written_for_a_locale),
        cmocka_unit_test(an_amount_of_too_many_digits_is_refused_not_rounded),
        cmocka_unit_test(digits_of_currencies_are_known),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(what_does_not_fit_is_refused_not_wrapped),
        cmocka_unit_test(every_rounding_does_what_its_name_says),
        cmocka_unit_test(rounding_pads_and_division_has_the_scale_asked_for),
        cmocka_unit_test(prices_round_to_steps),
        cmocka_unit_test(comparing_is_by_value),
        cmocka_unit_test(rounding_words_are_known),
    };
    return cmocka_run_group_tests_name("codec/money", tests, NULL, NULL);
}
