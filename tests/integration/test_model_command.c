/* supercargo model: what there is, what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integration/drive.h"

static const struct sc_json *model_named(struct driver *d, const char *name)
{
    SC_JSON_EACH(model, sc_json_get(d->json, "models"))
    if (strcmp(sc_json_get_string(model, "model", ""), name) == 0)
        return model;
    fail_msg("no '%s' in %s", name, d->out);
    return NULL;
}

static void prices_are_listed_with_the_day_of_the_table(void **state)
{
    struct driver *d = *state;

    drive(d, "model", "prices", "deepseek-v4-pro", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "1.32 / 0.044 / 3.96; off-peak: 0.66 / 0.022 / 1.98\n");
    assert_says(d->out, "2026-");
    assert_says_not(d->out, "qwen");
    drive(d, "model", "prices", "qwen3*MAX", "--language", "zh", NULL);
    assert_says(d->out, "qwen3-max");
    assert_says(d->out, "价格表日期");
    drive(d, "model", "prices", "nothing-has-this-name", "--language", "ja", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "その名前のモデルはありません。");
    drive(d, "model", "prices", "--json", NULL);
    assert_true(sc_json_count(sc_json_get(d->json, "models")) > 300);
    assert_int_equal(strlen(driver_text(d, "date")), 10);
}

static void a_price_file_of_ones_own_goes_first(void **state)
{
    struct driver *d = *state;
    const struct sc_json *model;

    driver_write(
            d, "config/supercargo.lua", "return config { prices = \"prices.json\" }\n");
    driver_write(d, "config/prices.json",
            "{\"models\":{\"deepseek-v4-pro\":{\"input\":0.5,\"output\":2.25}}}");
    drive(d, "model", "prices", "deepseek-v4-pro", "--json", NULL);
    model = model_named(d, "deepseek-v4-pro");
    assert_string_equal(sc_json_get_string(model, "source", ""), "file");
    assert_string_equal(sc_json_number(sc_json_get(model, "output")), "2.25");
    model = model_named(d, "deepseek/deepseek-v4-pro");
    assert_string_equal(sc_json_get_string(model, "source", ""), "table");
    drive(d, "model", "prices", "deepseek-v4-pro", NULL);
    assert_says(d->out, "deepseek-v4-pro* ");
}

static void a_price_file_with_an_unknown_field_is_refused_in_one_sentence(void **state)
{
    struct driver *d = *state;

    driver_write(
            d, "config/supercargo.lua", "return config { prices = \"prices.json\" }\n");
    driver_write(d, "config/prices.json",
            "{\"models\":{\"mine\":{\"input\":0.5,\"ouput\":2.25}}}");
    drive(d, "model", "prices", NULL);
    assert_one_sentence(d, 1,
            "prices.json: 'mine' has no field 'ouput'; did you mean "
            "'output'?");
    drive(d, "run", "add one and one", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->err, "'mine' has no field 'ouput'");
    driver_write(
            d, "config/supercargo.lua", "return config { prices = \"none.json\" }\n");
    drive(d, "model", "prices", NULL);
    assert_one_sentence(d, 1, "none.json");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, driver_setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(prices_are_listed_with_the_day_of_the_table),
        T(a_price_file_of_ones_own_goes_first),
        T(a_price_file_with_an_unknown_field_is_refused_in_one_sentence),
    };
    return cmocka_run_group_tests_name("integration/model_command", tests, NULL, NULL);
}
