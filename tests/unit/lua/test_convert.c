#include "sandbox.h"

#define RATES "{base = 'EUR', rates = {USD = 1.1041, JPY = 163.5, CNY = '7.8'}}"

static void money_is_an_amount_and_a_currency(void **state)
{
    expect(state, "money(12.5, 'EUR')", "{\"amount\":12.5,\"currency\":\"EUR\"}");
    expect(state, "money(1980, 'JPY')", "{\"amount\":1980,\"currency\":\"JPY\"}");
    expect(state, "money(-0.125, 'KWD')", "{\"amount\":-0.125,\"currency\":\"KWD\"}");
    expect(state, "money('12.30', 'USD').amount", "12.3");
}

static void money_drops_the_noise_of_floats_and_no_more(void **state)
{
    expect(state, "money(0.1 + 0.2, 'EUR').amount", "0.3");
    expect(state, "money(12345678901234.56, 'EUR').amount", "12345678901234.56");
    expect_error(state, "money(12.345, 'EUR')",
            "money: argument 1 has more decimals than EUR has (2): round it first");
    expect_error(state, "money(1.5, 'JPY')",
            "money: argument 1 has more decimals than JPY has (0): round it first");
}

static void the_library_of_decimals_is_still_there(void **state)
{
    expect(state, "money.add('0.1', 0.2)", "\"0.3\"");
    expect_error(state, "(function() money.add = 1 end)()", "this table is read-only");
}

static void amounts_are_converted_to_the_decimals_of_the_currency(void **state)
{
    expect(state, "convert(10, 'EUR', 'USD', " RATES ")", "11.04");
    expect(state, "convert(1000, 'USD', 'JPY', " RATES ")", "148084");
    expect(state, "convert(100, 'JPY', 'EUR', " RATES ")", "0.61");
    expect(state, "convert(1, 'EUR', 'CNY', " RATES ")", "7.8");
    expect(state, "convert(-10, 'EUR', 'USD', " RATES ")", "-11.04");
    expect(state, "convert(12.345, 'EUR', 'EUR', " RATES ")", "12.345");
}

static void money_converts_to_money(void **state)
{
    expect(state, "convert(money(10, 'EUR'), 'EUR', 'USD', " RATES ")",
            "{\"amount\":11.04,\"currency\":\"USD\"}");
    expect_error(state, "convert(money(10, 'USD'), 'EUR', 'JPY', " RATES ")",
            "convert: argument 1 is in USD, not in EUR");
}

static void bare_rates_must_have_both_currencies(void **state)
{
    expect(state, "convert(1, 'EUR', 'USD', {EUR = 1, USD = 1.25})", "1.25");
    expect_error(state, "convert(1, 'EUR', 'USD', {USD = 1.25})",
            "convert: argument 4 has no rate of EUR: pass the result of fx.rates");
    expect_error(state, "convert(1, 'EUR', 'USD', {EUR = 1, USD = 0})",
            "convert: argument 4 has a rate of USD that is not above 0");
    expect_error(state, "convert(1, 'EUR', 'USD', {EUR = 1, USD = 'n/a'})",
            "convert: argument 4 is wrong: 'n/a' is not a number");
}

static void sums_and_extremes_know_money(void **state)
{
    expect(state, "sum({money(0.1, 'EUR'), money(0.2, 'EUR')})",
            "{\"amount\":0.3,\"currency\":\"EUR\"}");
    expect(state, "sum({{fee = money(5, 'JPY')}, {fee = money(7, 'JPY')}}, 'fee').amount",
            "12");
    expect(state, "max({money(9, 'EUR'), money(10, 'EUR')}).amount", "10");
    expect(state, "min(money(9, 'EUR'), money(10, 'EUR')).amount", "9");
    expect_error(state, "sum({money(1, 'EUR'), money(1, 'USD')})",
            "sum: element 2 is in USD, not in EUR: see convert(...)");
    expect_error(state, "sum({money(1, 'EUR'), 2})", "sum: element 2 is no money");
    expect_error(state, "max({money(1, 'EUR'), money(1, 'USD')})",
            "EUR and USD cannot be compared: see convert(...)");
    expect_error(state, "min({{}, {}})", "min: a table has no order");
    expect_error(state, "max({1, 'a'})", "max: a number and a string cannot be compared");
}

static void wrong_arguments_are_named(void **state)
{
    expect_error(state, "money({}, 'EUR')", "money: argument 1 is a table, not a number");
    expect_error(state, "money(1, 'EURO')",
            "money: argument 2 is 'EURO', not a currency such as EUR");
    expect_error(state, "money(1)", "money: argument 2 is nil, not a text");
    expect_error(state, "money('1.200', 'EUR')",
            "money: argument 1 is wrong: '1.200' can mean two numbers: say how it is "
            "written, as in number(text, 'de')");
    expect_error(state, "convert(1, 'XX1', 'EUR', {})",
            "convert: argument 2 is 'XX1', not a currency such as EUR");
    expect_error(state, "convert(1, 'EUR', 'USD', 1.1)",
            "convert: argument 4 is no table of rates: see fx.rates");
    expect_error(state, "convert('many', 'EUR', 'USD', " RATES ")",
            "convert: argument 1 is wrong: 'many' is not a number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(money_is_an_amount_and_a_currency),
        T(money_drops_the_noise_of_floats_and_no_more),
        T(the_library_of_decimals_is_still_there),
        T(amounts_are_converted_to_the_decimals_of_the_currency),
        T(money_converts_to_money),
        T(bare_rates_must_have_both_currencies),
        T(sums_and_extremes_know_money),
        T(wrong_arguments_are_named),
    };
    return cmocka_run_group_tests_name("lua/convert", tests, NULL, NULL);
}
