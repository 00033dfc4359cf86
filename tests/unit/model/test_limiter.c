#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/limiter.h"

static void durations_come_in_several_forms(void **state)
{
    (void)state;
    assert_int_equal(sc_limiter_duration_ms("6m0s"), 360000);
    assert_int_equal(sc_limiter_duration_ms("12ms"), 12);
    assert_int_equal(sc_limiter_duration_ms("1h2m3.5s"), 3723500);
    assert_int_equal(sc_limiter_duration_ms("20"), 20000);
    assert_int_equal(sc_limiter_duration_ms("0.5"), 500);
    assert_int_equal(sc_limiter_duration_ms(""), -1);
    assert_int_equal(sc_limiter_duration_ms("soon"), -1);
    assert_int_equal(sc_limiter_duration_ms("-5s"), -1);
    assert_int_equal(sc_limiter_duration_ms("2026-11-22T10:00:00Z"), -1);
    assert_int_equal(sc_limiter_duration_ms("99999999h"), 24 * 3600 * 1000);
}

static void without_headers_nothing_waits(void **state)
{
    struct sc_limiter limiter = { 0 };

    (void)state;
    sc_limiter_learn(&limiter, "x-request-id", "7", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-limit-requests", "0", 0);
    sc_limiter_take(&limiter, 0);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 0), 0);
}

static void an_empty_bucket_waits_until_one_is_in_it(void **state)
{
    struct sc_limiter limiter = { 0 };

    (void)state;
    sc_limiter_learn(&limiter, "X-RateLimit-Limit-Requests", "60", 1000);
    sc_limiter_learn(&limiter, "X-RateLimit-Remaining-Requests", "0", 1000);
    sc_limiter_learn(&limiter, "X-RateLimit-Reset-Requests", "1m0s", 1000);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 1000), 1001);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 2001), 0);
}

static void what_goes_out_is_taken_before_the_next_headers(void **state)
{
    struct sc_limiter limiter = { 0 };

    (void)state;
    sc_limiter_learn(&limiter, "x-ratelimit-reset-requests", "20s", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-remaining-requests", "2", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-limit-requests", "10", 0);
    sc_limiter_take(&limiter, 0);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 0), 0);
    sc_limiter_take(&limiter, 0);
    assert_true(sc_limiter_wait_ms(&limiter, 0) > 1000);
}

static void tokens_that_ran_out_hold_requests_back_too(void **state)
{
    struct sc_limiter limiter = { 0 };

    (void)state;
    sc_limiter_learn(&limiter, "x-ratelimit-limit-tokens", "60000", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-remaining-tokens", "0", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-reset-tokens", "60s", 0);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 0), 2);
}

static void times_of_anthropic_are_read(void **state)
{
    const int64_t noon_ms = 1763812800000; /* 2025-11-22T12:00:00Z */
    struct sc_limiter limiter = { 0 };

    (void)state;
    sc_limiter_learn(&limiter, "anthropic-ratelimit-input-tokens-limit", "10", noon_ms);
    sc_limiter_learn(
            &limiter, "anthropic-ratelimit-input-tokens-remaining", "0", noon_ms);
    sc_limiter_learn(&limiter, "anthropic-ratelimit-input-tokens-reset",
            "2025-11-22T12:00:30Z", noon_ms);
    assert_int_equal(sc_limiter_wait_ms(&limiter, noon_ms), 3001);
}

static void a_clock_that_is_set_back_prolongs_no_wait(void **state)
{
    struct sc_limiter limiter = { 0 }, other;
    const int64_t day_ms = 24 * 3600 * 1000;

    (void)state;
    sc_limiter_learn(&limiter, "x-ratelimit-limit-requests", "60", day_ms);
    sc_limiter_learn(&limiter, "x-ratelimit-remaining-requests", "0", day_ms);
    other = limiter;
    assert_int_equal(sc_limiter_wait_ms(&limiter, 0), 1001);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 1001), 0);

    sc_limiter_take(&other, 0);
    assert_in_range(sc_limiter_wait_ms(&other, 0), 1001, 60000);
    sc_limiter_learn(&other, "x-ratelimit-remaining-requests", "0", 0);
    assert_int_equal(sc_limiter_wait_ms(&other, 0), 1001);
}

static void nonsense_in_a_header_is_left_alone(void **state)
{
    struct sc_limiter limiter = { 0 };

    (void)state;
    sc_limiter_learn(&limiter, "x-ratelimit-limit-requests", "many", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-remaining-requests", "-4", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-remaining-requests", "nan", 0);
    sc_limiter_learn(&limiter, "x-ratelimit-reset-requests", "tomorrow", 0);
    assert_int_equal(sc_limiter_wait_ms(&limiter, 0), 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test(fn)
    const struct CMUnitTest tests[] = {
        T(durations_come_in_several_forms),
        T(without_headers_nothing_waits),
        T(an_empty_bucket_waits_until_one_is_in_it),
        T(what_goes_out_is_taken_before_the_next_headers),
        T(tokens_that_ran_out_hold_requests_back_too),
        T(times_of_anthropic_are_read),
        T(a_clock_that_is_set_back_prolongs_no_wait),
        T(nonsense_in_a_header_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
