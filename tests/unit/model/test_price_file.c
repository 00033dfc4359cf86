#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/price_file.h"

static struct sc_price_file *read_file(const char *text, struct sc_error *err)
{
    return sc_price_file_read(text, strlen(text), err);
}

static void an_entry_says_dollars_per_million_tokens(void **state)
{
    struct sc_error err;
    struct sc_price_file *file = read_file(
            "{\"date\":\"2026-11-20\",\"models\":{\"mine\":{\"input\":0.3,\"output\":1.2,"
            "\"window\":128000,\"max_output\":8192}}}",
            &err);
    struct sc_price price;

    (void)state;
    assert_non_null(file);
    assert_string_equal(sc_price_file_date(file), "2026-11-20");
    assert_true(sc_price_file_find(file, NULL, "mine", &price));
    assert_true(price.known);
    assert_int_equal(price.tiers[0].input, 300000);
    assert_int_equal(price.tiers[0].cached, 300000);
    assert_int_equal(price.tiers[0].output, 1200000);
    assert_int_equal(price.window, 128000);
    assert_int_equal(price.max_output, 8192);
    assert_false(sc_price_file_find(file, NULL, "other", &price));
    sc_price_file_free(file);
}

static void the_name_with_its_provider_goes_first(void **state)
{
    struct sc_error err;
    struct sc_price_file *file =
            read_file("{\"models\":{\"m\":{\"input\":1,\"output\":1},"
                      "\"deepseek/m\":{\"input\":2,\"output\":2}}}",
                    &err);
    struct sc_price price;

    (void)state;
    assert_non_null(file);
    assert_true(sc_price_file_find(file, "deepseek", "m", &price));
    assert_int_equal(price.tiers[0].input, 2000000);
    assert_true(sc_price_file_find(file, "moonshot", "m", &price));
    assert_int_equal(price.tiers[0].input, 1000000);
    assert_false(sc_price_file_find(NULL, "moonshot", "m", &price));
    sc_price_file_free(file);
}

static void tiers_and_hours_are_read(void **state)
{
    struct sc_error err;
    struct sc_price_file *file = read_file(
            "{\"models\":{\"m\":{\"input\":1,\"cached\":0.1,\"output\":2,"
            "\"tiers\":[{\"above\":32000,\"input\":2,\"cached\":0.2,\"output\":4}],"
            "\"off_peak\":{\"input\":0.5,\"output\":1},\"peak_utc\":[[1,4],[6,10]]}}}",
            &err);
    struct sc_price price;

    (void)state;
    assert_non_null(file);
    assert_true(sc_price_file_find(file, NULL, "m", &price));
    assert_int_equal(price.tier_count, 2);
    assert_int_equal(price.tiers[1].above, 32000);
    assert_int_equal(price.tiers[1].cached, 200000);
    assert_int_equal(price.off_peak.input, 500000);
    assert_int_equal(price.off_peak.cached, 500000);
    assert_int_equal(price.peak_count, 2);
    assert_int_equal(price.peaks[1].from, 6);
    assert_int_equal(price.peaks[1].to, 10);
    sc_price_file_free(file);
}

static void what_is_wrong_is_named_in_one_sentence(void **state)
{
#define MODEL(fields) "{\"models\":{\"m\":{" fields "}}}"
#define PRICED        "\"input\":1,\"output\":1,"
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "{", "" },
        { "[]", "the file must be an object" },
        { "{}", "the file must have 'models'" },
        { "{\"models\":{},\"modles\":1}",
                "the file has no field 'modles'; did you mean 'models'?" },
        { MODEL("\"inptu\":1"), "'m' has no field 'inptu'; did you mean 'input'?" },
        { MODEL("\"input\":1"), "'m': output must be said" },
        { MODEL("\"input\":-1,\"output\":1"), "'m': input must be said" },
        { MODEL("\"input\":\"1\",\"output\":1"), "'m': input must be said" },
        { MODEL(PRICED "\"window\":1.5"), "'m': window must be a number of tokens" },
        { MODEL(PRICED "\"tiers\":{}"), "'m': tiers must be a list" },
        { MODEL(PRICED "\"tiers\":[{\"above\":1,\"price\":1}]"),
                "'m' has no field 'price'" },
        { MODEL(PRICED "\"tiers\":[{\"above\":9,\"input\":1,\"output\":1},{\"above\":9,"
                       "\"input\":1,\"output\":1}]"),
                "each tier must begin above more tokens" },
        { MODEL(PRICED "\"off_peak\":{\"input\":1,\"output\":1}"), "peak_utc must be" },
        { MODEL(PRICED "\"peak_utc\":[[1,4]]"), "off_peak" },
        { MODEL(PRICED "\"off_peak\":{\"input\":1,\"output\":1},\"peak_utc\":[[4,1]]"),
                "peak_utc must be" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sc_error err;

        if (read_file(cases[i].text, &err) || err.code != SC_INVALID ||
                !strstr(err.msg, cases[i].says))
            fail_msg("%s: %s", cases[i].text, err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_says_dollars_per_million_tokens),
        cmocka_unit_test(the_name_with_its_provider_goes_first),
        cmocka_unit_test(tiers_and_hours_are_read),
        cmocka_unit_test(what_is_wrong_is_named_in_one_sentence),
    };

    return cmocka_run_group_tests_name("model/price_file", tests, NULL, NULL);
}
