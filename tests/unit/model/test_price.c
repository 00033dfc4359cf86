#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json.h"
#include "model/model.h"
#include "model/price.h"

extern const char sc_prices_json[];
extern const size_t sc_prices_json_len;

/* Monday 2026-11-23: 02:30 UTC is in DeepSeek's peak, 12:00 is not. */
static const int64_t monday_0230 = 1795401000000, monday_1200 = 1795435200000;
static const int64_t sunday_0230 = 1795314600000;

static int64_t cost(const char *provider, const char *model, int64_t wall_ms,
        struct sc_model_usage usage)
{
    struct sc_price price;

    sc_price_find(provider, model, &price);
    sc_price_usage(&price, wall_ms, &usage);
    return usage.cost_micro;
}

static void cached_tokens_cost_their_own_price(void **state)
{
    struct sc_model_usage usage = {
        .input_tokens = 1000000, .cached_tokens = 400000, .output_tokens = 100000
    };

    (void)state;
    /* claude-3-7-sonnet: 3, cached 0.3, out 15 USD a million */
    assert_int_equal(cost(NULL, "claude-3-7-sonnet-20250219", 0, usage),
            600000 * 3 + 120000 + 1500000);
}

static void what_is_put_into_a_cache_costs_a_quarter_more(void **state)
{
    struct sc_model_usage usage = { .input_tokens = 1000000, .written_tokens = 400000 };

    (void)state;
    assert_int_equal(
            cost(NULL, "claude-3-7-sonnet-20250219", 0, usage), 3000000 + 300000);
}

static void a_fraction_of_a_micro_is_rounded_up(void **state)
{
    struct sc_model_usage usage = { .output_tokens = 1 };

    (void)state;
    assert_int_equal(cost("dashscope", "qwen-flash", 0, usage), 1);
}

static void the_provider_is_looked_at_first(void **state)
{
    struct sc_price price;

    (void)state;
    sc_price_find("dashscope", "qwen-flash", &price);
    assert_true(price.known);
    sc_price_find(NULL, "dashscope/qwen-flash", &price);
    assert_true(price.known);
    sc_price_find("dashscope", "gpt-5", &price);
    assert_true(price.known);
}

static void long_input_moves_to_the_dearer_tier(void **state)
{
    struct sc_model_usage little = { .input_tokens = 256000 };
    struct sc_model_usage much = { .input_tokens = 256001 };

    (void)state;
    assert_int_equal(cost("dashscope", "qwen-flash", 0, little), 12800);
    assert_int_equal(cost("dashscope", "qwen-flash", 0, much), 64001);
}

static void off_peak_hours_are_cheaper(void **state)
{
    struct sc_model_usage usage = { .input_tokens = 1000000 };

    (void)state;
    assert_int_equal(cost("deepseek", "deepseek-v4-pro", monday_0230, usage), 1320000);
    assert_int_equal(cost("deepseek", "deepseek-v4-pro", monday_1200, usage), 660000);
    assert_int_equal(cost("deepseek", "deepseek-v4-pro", sunday_0230, usage), 660000);
}

static void an_unknown_model_costs_as_much_as_the_dearest(void **state)
{
    struct sc_model_usage usage = { .input_tokens = 1000, .output_tokens = 1000 };
    struct sc_price price;

    (void)state;
    sc_price_find("nobody", "no-such-model", &price);
    sc_price_usage(&price, 0, &usage);

    assert_false(price.known);
    assert_false(usage.cost_known);
    assert_int_equal(usage.cost_micro, 150000 + 600000);
}

static void the_named_dearest_is_the_dearest(void **state)
{
    char date[SC_PRICE_TEXT], dearest[SC_PRICE_TEXT];
    struct sc_json *all = sc_json_parse(sc_prices_json, sc_prices_json_len, NULL, NULL);
    int64_t most = 0, named = 0;

    (void)state;
    assert_non_null(all);
    sc_price_about(date, dearest);
    SC_JSON_EACH(entry, sc_json_get(all, "models"))
    {
        SC_JSON_EACH(tier, sc_json_get(entry, "tiers"))
        {
            int64_t sum =
                    sc_json_get_int(tier, "in", 0) + sc_json_get_int(tier, "out", 0);

            most = sum > most ? sum : most;
            if (strcmp(sc_json_key(entry), dearest) == 0)
                named = sum;
        }
    }
    assert_int_equal(strlen(date), 10);
    assert_int_equal(named, most);
    sc_json_free(all);
}

static void every_line_of_the_table_is_found(void **state)
{
    struct sc_json *all = sc_json_parse(sc_prices_json, sc_prices_json_len, NULL, NULL);
    size_t found = 0;

    (void)state;
    SC_JSON_EACH(entry, sc_json_get(all, "models"))
    {
        struct sc_price price;

        sc_price_find(NULL, sc_json_key(entry), &price);
        assert_true(price.known);
        assert_true(price.tier_count >= 1);
        for (size_t i = 1; i < price.tier_count; i++)
            assert_true(price.tiers[i].above > price.tiers[i - 1].above);
        found++;
    }
    assert_true(found > 300);
    sc_json_free(all);
}

static void nonsense_counts_do_not_overflow(void **state)
{
    struct sc_model_usage usage = {
        .input_tokens = INT64_MAX, .cached_tokens = -5, .output_tokens = INT64_MAX
    };

    (void)state;
    assert_true(cost(NULL, "o1-pro", 0, usage) > 0);
}

static void the_worst_case_fills_the_cache_at_the_dearest_hour(void **state)
{
    struct sc_price price;

    (void)state;
    sc_price_find("deepseek", "deepseek-v4-pro", &price);
    assert_int_equal(sc_price_worst(&price, 1000000, 1000000), 1650000 + 3960000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cached_tokens_cost_their_own_price),
        cmocka_unit_test(what_is_put_into_a_cache_costs_a_quarter_more),
        cmocka_unit_test(a_fraction_of_a_micro_is_rounded_up),
        cmocka_unit_test(the_provider_is_looked_at_first),
        cmocka_unit_test(long_input_moves_to_the_dearer_tier),
        cmocka_unit_test(off_peak_hours_are_cheaper),
        cmocka_unit_test(an_unknown_model_costs_as_much_as_the_dearest),
        cmocka_unit_test(the_named_dearest_is_the_dearest),
        cmocka_unit_test(every_line_of_the_table_is_found),
        cmocka_unit_test(nonsense_counts_do_not_overflow),
        cmocka_unit_test(the_worst_case_fills_the_cache_at_the_dearest_hour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
