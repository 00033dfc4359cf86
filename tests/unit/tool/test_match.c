#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tool/match.h"

/* What is said of the two; "" when they match. */
static void expect(const char *expected, const char *given, const char *sentence)
{
    struct sc_json *want = sc_json_parse(expected, strlen(expected), NULL, NULL);
    struct sc_json *got = sc_json_parse(given, strlen(given), NULL, NULL);
    char *why = sc_json_mismatch(want, got, "gives");

    assert_string_equal(why ? why : "", sentence);
    free(why);
    sc_json_free(want);
    sc_json_free(got);
}

static void more_members_than_expected_are_fine(void **state)
{
    (void)state;
    expect("{\"a\":1}", "{\"a\":1.0,\"b\":2}", "");
    expect("[{\"a\":1}]", "[{\"a\":1,\"b\":2}]", "");
}

static void the_first_place_that_differs_is_named_from_zero(void **state)
{
    (void)state;
    expect("{\"rows\":[1,2]}", "{\"rows\":[1,3]}", "gives.rows[1] should be 2, is 3");
    expect("{\"a\":1}", "{}", "gives.a should be 1, is nothing");
    expect("[1]", "[]", "gives should have 1 items, has 0");
    expect("1", "\"1\"", "gives should be 1, is \"1\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_members_than_expected_are_fine),
        cmocka_unit_test(the_first_place_that_differs_is_named_from_zero),
    };
    return cmocka_run_group_tests_name("tool/match", tests, NULL, NULL);
}
