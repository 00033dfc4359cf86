#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/budget.h"

static const char sample[] = "{\"date\":\"2019-11-11\",\"rates\":{\"USD\":\"1.1\","
                             "\"CNY\":\"7.7\",\"JPY\":\"120\"}}";

static enum sc_code read(const char *text, struct sc_budget *ret, struct sc_error *err)
{
    struct sc_json *rates = sc_json_parse(sample, strlen(sample), NULL, NULL);
    enum sc_code code = sc_budget_read(text, rates, ret, err);

    sc_json_free(rates);
    return code;
}

static void assert_reads(const char *text, int64_t micro, const char *currency)
{
    struct sc_budget budget;
    struct sc_error err;

    if (read(text, &budget, &err))
        fail_msg("'%s': %s", text, err.msg);
    if (budget.micro_usd != micro)
        fail_msg("'%s' is %lld", text, (long long)budget.micro_usd);
    assert_string_equal(budget.currency, currency);
}

static void dollars_are_meant_without_a_currency(void **state)
{
    (void)state;
    assert_reads("0.50", 500000, "USD");
    assert_reads("0", 0, "USD");
    assert_reads("3", 3000000, "USD");
    assert_reads("2USD", 2000000, "USD");
    assert_reads("2 usd", 2000000, "USD");
    assert_reads("0.0000019", 1, "USD");
}

static void other_currencies_are_converted_at_the_sample(void **state)
{
    struct sc_budget budget;
    struct sc_error err;

    (void)state;
    assert_reads("7.7CNY", 1100000, "CNY");
    assert_reads("1EUR", 1100000, "EUR");
    assert_reads("120 jpy", 1100000, "JPY");
    assert_reads("0.01CNY", 1428, "CNY"); /* down: never more than was allowed */
    assert_int_equal(read("1EUR", &budget, &err), SC_OK);
    assert_string_equal(budget.rate_date, "2019-11-11");
    assert_int_equal(read("1", &budget, &err), SC_OK);
    assert_string_equal(budget.rate_date, "");
}

static void what_is_no_amount_is_refused(void **state)
{
    static const char *const texts[] = { "", "much", "-1", "+1", "1e5", "1.2.3", ".",
        "5X", "5EURO", "5XYZ", "EUR5", "1,50", "1000000001", "5 EUR ", "0x10", "nan",
        "99999999999999999999999999999999999999999999999" };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct sc_budget budget;
        struct sc_error err;

        if (read(texts[i], &budget, &err) != SC_INVALID)
            fail_msg("'%s' was taken", texts[i]);
        assert_non_null(strstr(err.msg, "a budget is an amount"));
    }
}

static void a_currency_without_a_rate_is_not_guessed(void **state)
{
    struct sc_budget budget;
    struct sc_error err;

    (void)state;
    assert_int_equal(read("5GBP", &budget, &err), SC_INVALID);
    assert_non_null(strstr(err.msg, "no exchange rate"));
    assert_int_equal(sc_budget_read("5EUR", NULL, &budget, &err), SC_INVALID);
    assert_int_equal(sc_budget_read("5USD", NULL, &budget, &err), SC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dollars_are_meant_without_a_currency),
        cmocka_unit_test(other_currencies_are_converted_at_the_sample),
        cmocka_unit_test(what_is_no_amount_is_refused),
        cmocka_unit_test(a_currency_without_a_rate_is_not_guessed),
    };
    return cmocka_run_group_tests_name("app/budget", tests, NULL, NULL);
}
