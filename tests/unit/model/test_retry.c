#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/retry.h"

static const struct sc_model_retry *const rules = &sc_model_retry_default;

static struct sc_error failure(enum sc_code code, uint32_t retry_after_ms)
{
    struct sc_error err;

    sc_fail(&err, code, "x");
    err.retry_after_ms = retry_after_ms;
    return err;
}

static void waits_grow_under_a_cap_and_differ_by_chance(void **state)
{
    struct sc_error err = failure(SC_UNAVAILABLE, 0);
    struct sc_model_retry many = *rules;
    int64_t wait = 0;

    (void)state;
    many.attempts = 20;
    assert_true(sc_model_retry_next(&many, &err, 1, 0, &wait));
    assert_int_equal(wait, 0);
    assert_true(sc_model_retry_next(&many, &err, 1, 500, &wait));
    assert_int_equal(wait, 500);
    assert_true(sc_model_retry_next(&many, &err, 1, 501, &wait));
    assert_int_equal(wait, 0);
    assert_true(sc_model_retry_next(&many, &err, 2, 1000, &wait));
    assert_int_equal(wait, 1000);
    assert_true(sc_model_retry_next(&many, &err, 15, 8000, &wait));
    assert_int_equal(wait, 8000);
}

static void attempts_run_out(void **state)
{
    struct sc_error err = failure(SC_UNAVAILABLE, 0);
    int64_t wait;

    (void)state;
    assert_true(sc_model_retry_next(rules, &err, 2, 0, &wait));
    assert_false(sc_model_retry_next(rules, &err, 3, 0, &wait));
}

static void what_will_not_change_is_not_retried(void **state)
{
    struct sc_error denied = failure(SC_DENIED, 0), budget = failure(SC_BUDGET, 0);
    int64_t wait;

    (void)state;
    assert_false(sc_model_retry_next(rules, &denied, 1, 0, &wait));
    assert_false(sc_model_retry_next(rules, &budget, 1, 0, &wait));
}

static void the_server_s_delay_is_obeyed_up_to_a_cap(void **state)
{
    struct sc_error soon = failure(SC_BUSY, 1500), late = failure(SC_BUSY, 60001);
    int64_t wait = 0;

    (void)state;
    assert_true(sc_model_retry_next(rules, &soon, 1, 77, &wait));
    assert_int_equal(wait, 1500);
    assert_false(sc_model_retry_next(rules, &late, 1, 77, &wait));
}

static void delays_are_read_from_both_headers(void **state)
{
    (void)state;
    assert_int_equal(sc_model_retry_after("250", "9", 0), 250);
    assert_int_equal(sc_model_retry_after("", "9", 0), 9000);
    assert_int_equal(sc_model_retry_after(NULL, "1.5", 0), 1500);
    assert_int_equal(sc_model_retry_after(NULL, NULL, 0), 0);
    assert_int_equal(sc_model_retry_after("x", "soon", 0), 0);
    assert_int_equal(sc_model_retry_after(NULL, "1e99", 0), UINT32_MAX);
    assert_int_equal(sc_model_retry_after(NULL, "nan", 0), 0);
    assert_int_equal(sc_model_retry_after(NULL, "-3", 0), 0);
}

static void a_date_is_counted_from_now(void **state)
{
    static const char when[] = "Mon, 23 Nov 2026 03:00:05 GMT";
    static const int64_t now_ms = 1795402800000;

    (void)state;
    assert_int_equal(sc_model_retry_after(NULL, when, now_ms), 5000);
    assert_int_equal(sc_model_retry_after(NULL, when, now_ms + 60000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_grow_under_a_cap_and_differ_by_chance),
        cmocka_unit_test(attempts_run_out),
        cmocka_unit_test(what_will_not_change_is_not_retried),
        cmocka_unit_test(the_server_s_delay_is_obeyed_up_to_a_cap),
        cmocka_unit_test(delays_are_read_from_both_headers),
        cmocka_unit_test(a_date_is_counted_from_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
