#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tool/near.h"

static const char *nearest(const char *word)
{
    static const char *const known[] = { "table.read", "table.write", "payments.pay",
        "steps", "id", "n", "fx.rates" };
    struct sc_near near;

    sc_near_init(&near, word);
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        sc_near_try(&near, known[i]);
    return near.best;
}

static void a_slip_of_the_pen_is_found(void **state)
{
    (void)state;
    assert_string_equal(nearest("table.raed"), "table.read");
    assert_string_equal(nearest("stpes"), "steps");
    assert_string_equal(nearest("fx.rate"), "fx.rates");
}

static void the_right_last_part_is_enough(void **state)
{
    (void)state;
    assert_string_equal(nearest("money.pay"), "payments.pay");
}

static void nothing_is_made_up(void **state)
{
    (void)state;
    assert_null(nearest("mail.send"));
    assert_null(nearest("x"));
    assert_null(nearest(""));
}

static void the_hint_is_empty_when_nothing_is_near(void **state)
{
    struct sc_near near;
    char hint[64];

    (void)state;
    sc_near_init(&near, "colour");
    assert_string_equal(sc_near_hint(&near, hint, sizeof(hint)), "");
    sc_near_try(&near, "color");
    assert_string_equal(
            sc_near_hint(&near, hint, sizeof(hint)), "; did you mean 'color'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_of_the_pen_is_found),
        cmocka_unit_test(the_right_last_part_is_enough),
        cmocka_unit_test(nothing_is_made_up),
        cmocka_unit_test(the_hint_is_empty_when_nothing_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
