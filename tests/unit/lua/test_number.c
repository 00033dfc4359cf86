#include "sandbox.h"

static void round_goes_half_away_from_zero(void **state)
{
    expect(state, "round(2.5)", "3");
    expect(state, "round(-2.5)", "-3");
    expect(state, "round(2.4)", "2");
    expect(state, "round(7)", "7");
}

static void places_count_decimals_and_below_zero_tens(void **state)
{
    expect(state, "round(19.995, 2)", "20");
    expect(state, "round(14.161, 2)", "14.16");
    expect(state, "round(1250, -2)", "1300");
    expect(state, "floor(1299, -2)", "1200");
    expect(state, "ceil(1201, -2)", "1300");
    expect(state, "round(1.5, 3)", "1.5");
}

static void decimals_are_what_people_see_not_what_binary_has(void **state)
{
    expect(state, "round(1.005, 2)", "1.01");
    expect(state, "ceil(0.1 + 0.2, 1)", "0.3");
    expect(state, "floor(0.1 * 3 * 10)", "3");
    expect(state, "ceil(1.1 * 1.1, 2)", "1.21");
    expect(state, "floor((0.1 + 0.7) * 10)", "8");
}

static void a_true_difference_is_no_noise(void **state)
{
    expect(state, "floor(123456789012.9996)", "123456789012");
    expect(state, "round(12345678901234.56, 2)", "12345678901234.56");
    expect(state, "ceil(2.000001)", "3");
}

static void ceil_and_floor_go_up_and_down_on_both_sides_of_zero(void **state)
{
    expect(state, "ceil(2.1)", "3");
    expect(state, "ceil(-2.1)", "-2");
    expect(state, "floor(2.9)", "2");
    expect(state, "floor(-2.1)", "-3");
    expect(state, "floor(-2.15, 1)", "-2.2");
    expect(state, "ceil(-0.4)", "0");
}

static void money_is_rounded_to_its_currency(void **state)
{
    expect(state, "round({amount = 12.345, currency = 'EUR'})",
            "{\"amount\":12.35,\"currency\":\"EUR\"}");
    expect(state, "floor({amount = 1980.9, currency = 'JPY'})",
            "{\"amount\":1980,\"currency\":\"JPY\"}");
    expect(state, "ceil({amount = 1.0001, currency = 'KWD'})",
            "{\"amount\":1.001,\"currency\":\"KWD\"}");
}

static void texts_are_read_as_their_locale_writes_them(void **state)
{
    expect(state, "number('1.234,56', 'de')", "1234.56");
    expect(state, "number('1,234.56', 'en')", "1234.56");
    expect(state, "number('1.200', 'de')", "1200");
    expect(state, "number('1.200', 'en')", "1.2");
    expect(state, "number('１，９８０', 'ja')", "1980");
    expect(state, "number('-12,50 €', 'de')", "-12.5");
    expect(state, "number('(5.00)', 'en')", "-5");
}

static void without_a_locale_only_clear_texts_are_read(void **state)
{
    expect(state, "number('12.50')", "12.5");
    expect(state, "number('1.234,56')", "1234.56");
    expect(state, "number('0.125')", "0.125");
    expect(state, "number(' 42 ')", "42");
    expect(state, "number(12)", "12");
    expect_error(state, "number('1.200')",
            "number: '1.200' can mean two numbers: say how it is written, as in "
            "number(text, 'de')");
    expect_error(state, "number('1,200')",
            "number: '1,200' can mean two numbers: say how it is written, as in "
            "number(text, 'de')");
}

static void sizes_behind_a_number_count(void **state)
{
    expect(state, "number('12.5K')", "12500");
    expect(state, "number('12,5 K', 'de')", "12500");
    expect(state, "number('3M')", "3000000");
    expect(state, "number('1.5万')", "15000");
    expect(state, "number('2億円', 'ja')", "200000000");
    expect(state, "number('30 %')", "30");
}

static void numbers_that_no_float_holds_stay_exact(void **state)
{
    expect(state, "number('12345678901234567890')", "\"12345678901234567890\"");
    expect(state, "number('9007199254740993')", "9007199254740993");
    expect(state, "round('12345678901234567890.5')", "\"12345678901234567891\"");
}

static void wrong_arguments_are_named(void **state)
{
    expect_error(state, "round({})", "round: argument 1 is a table, not a number");
    expect_error(state, "floor(nil)", "floor: argument 1 is nil, not a number");
    expect_error(state, "ceil(1/0)", "ceil: argument 1 is wrong: it is not finite");
    expect_error(
            state, "round('12a')", "round: argument 1 is wrong: '12a' is not a number");
    expect_error(state, "round(1, 1.5)",
            "round: argument 2 must be a whole number from -15 to 15");
    expect_error(state, "number('12', 'xx')",
            "number: 'xx' is not a locale such as de or zh-Hans");
    expect_error(state, "number({})", "number: argument 1 is a table, not a text");
    expect_error(state, "number('1.2', 'de')",
            "number: '1.2' is not a number as it is written in de");
    expect_error(state, "number('')", "number: '' is not a number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(round_goes_half_away_from_zero),
        T(places_count_decimals_and_below_zero_tens),
        T(decimals_are_what_people_see_not_what_binary_has),
        T(a_true_difference_is_no_noise),
        T(ceil_and_floor_go_up_and_down_on_both_sides_of_zero),
        T(money_is_rounded_to_its_currency),
        T(texts_are_read_as_their_locale_writes_them),
        T(without_a_locale_only_clear_texts_are_read),
        T(sizes_behind_a_number_count),
        T(numbers_that_no_float_holds_stay_exact),
        T(wrong_arguments_are_named),
    };
    return cmocka_run_group_tests_name("lua/number", tests, NULL, NULL);
}
