#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/breaker.h"

static struct sc_error failure(enum sc_code code)
{
    struct sc_error err;

    sc_fail(&err, code, "x");
    return err;
}

/* Three failures, the last one at 1000. */
static struct sc_breaker opened(void)
{
    struct sc_breaker breaker = { 0 };
    struct sc_error down = failure(SC_UNAVAILABLE);

    for (int i = 0; i < 3; i++)
        sc_breaker_told(&breaker, &down, 1000);
    return breaker;
}

static void three_failures_open_it(void **state)
{
    struct sc_breaker breaker = opened();
    int64_t wait_ms = 0;

    (void)state;
    assert_false(sc_breaker_allows(&breaker, 1001, &wait_ms));
    assert_int_equal(wait_ms, 14999);
}

static void a_clock_that_is_set_back_keeps_it_open_no_longer(void **state)
{
    struct sc_breaker breaker = opened();
    int64_t wait_ms = 0;

    (void)state;
    assert_false(sc_breaker_allows(&breaker, -3600000, &wait_ms));
    assert_int_equal(wait_ms, 15000);
    assert_true(sc_breaker_allows(&breaker, -3600000 + 15000, &wait_ms));
}

static void a_success_between_starts_the_count_anew(void **state)
{
    struct sc_breaker breaker = { 0 };
    struct sc_error down = failure(SC_TIMEOUT);
    int64_t wait_ms;

    (void)state;
    sc_breaker_told(&breaker, &down, 1);
    sc_breaker_told(&breaker, &down, 2);
    sc_breaker_told(&breaker, NULL, 3);
    sc_breaker_told(&breaker, &down, 4);
    assert_true(sc_breaker_allows(&breaker, 5, &wait_ms));
}

static void a_wrong_request_says_nothing_against_the_endpoint(void **state)
{
    struct sc_breaker breaker = { 0 };
    struct sc_error wrong = failure(SC_INVALID), busy = failure(SC_BUSY);
    int64_t wait_ms;

    (void)state;
    for (int i = 0; i < 9; i++) {
        sc_breaker_told(&breaker, &wrong, i);
        sc_breaker_told(&breaker, &busy, i);
    }
    assert_true(sc_breaker_allows(&breaker, 10, &wait_ms));
}

static void half_open_lets_one_request_through(void **state)
{
    struct sc_breaker breaker = opened();
    int64_t wait_ms;

    (void)state;
    assert_true(sc_breaker_allows(&breaker, 16000, &wait_ms));
    assert_false(sc_breaker_allows(&breaker, 16001, &wait_ms));
    sc_breaker_told(&breaker, NULL, 16500);
    assert_true(sc_breaker_allows(&breaker, 16501, &wait_ms));
    assert_true(sc_breaker_allows(&breaker, 16502, &wait_ms));
}

static void a_probe_that_fails_keeps_it_open_twice_as_long(void **state)
{
    struct sc_breaker breaker = opened();
    struct sc_error down = failure(SC_UNAVAILABLE);
    int64_t wait_ms = 0;

    (void)state;
    assert_true(sc_breaker_allows(&breaker, 16000, &wait_ms));
    sc_breaker_told(&breaker, &down, 17000);
    assert_false(sc_breaker_allows(&breaker, 46999, &wait_ms));
    assert_true(sc_breaker_allows(&breaker, 47000, &wait_ms));
}

static void a_cancelled_probe_is_made_again(void **state)
{
    struct sc_breaker breaker = opened();
    struct sc_error gone = failure(SC_CANCELLED);
    int64_t wait_ms;

    (void)state;
    assert_true(sc_breaker_allows(&breaker, 16000, &wait_ms));
    sc_breaker_told(&breaker, &gone, 16100);
    assert_true(sc_breaker_allows(&breaker, 16200, &wait_ms));
}

int main(void)
{
#define T(fn) cmocka_unit_test(fn)
    const struct CMUnitTest tests[] = {
        T(three_failures_open_it),
        T(a_clock_that_is_set_back_keeps_it_open_no_longer),
        T(a_success_between_starts_the_count_anew),
        T(a_wrong_request_says_nothing_against_the_endpoint),
        T(half_open_lets_one_request_through),
        T(a_probe_that_fails_keeps_it_open_twice_as_long),
        T(a_cancelled_probe_is_made_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
