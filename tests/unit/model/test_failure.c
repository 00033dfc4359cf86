#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/failure.h"

static void assert_status(struct sc_error *err, long status, const char *text,
        enum sc_code code, bool retryable)
{
    struct sc_model_source source = {
        .host = "api.example.com", .model = "m-1", .key_name = "EXAMPLE_KEY"
    };

    assert_int_equal(
            sc_failure_of_status(&source, status, text, strlen(text), err), code);
    assert_int_equal(err->retryable, retryable);
    assert_int_equal(err->detail, status);
}

static void a_429_without_credit_is_not_retried(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 429,
            "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded\"}}",
            SC_BUDGET, false);
}

static void a_429_is_busy(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 429, "{\"error\":{\"message\":\"Provider returned error\"}}",
            SC_BUSY, true);
    assert_status(&err, 429, "<html>slow down</html>", SC_BUSY, true);
}

static void a_key_without_money_is_a_budget_matter(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 402, "{\"error\":{\"message\":\"Insufficient Balance\"}}",
            SC_BUDGET, false);
    assert_status(&err, 403, "{\"error\":{\"code\":\"AccountOverdueError\"}}", SC_BUDGET,
            false);
}

static void a_refused_key_names_the_mend(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 401, "", SC_DENIED, false);
    assert_string_equal(err.msg,
            "the key was refused by api.example.com: set EXAMPLE_KEY "
            "to one that is valid there");
}

static void an_unknown_model_is_named(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 404, "{\"error\":{\"message\":\"no\"}}", SC_INVALID, false);
    assert_string_equal(err.msg, "api.example.com has no model 'm-1' there: check the "
                                 "model's name and url: 'no'");
}

static void too_long_a_request_says_so(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 400,
            "{\"error\":{\"message\":\"This model's maximum context length is 8192\"}}",
            SC_INVALID, false);
    assert_non_null(strstr(err.msg, "the request is longer than m-1 can read"));
}

static void a_gateway_page_is_unavailable(void **state)
{
    struct sc_error err;

    (void)state;
    assert_status(&err, 502, "<html>Bad gateway</html>", SC_UNAVAILABLE, true);
    assert_status(&err, 503, "", SC_UNAVAILABLE, true);
    assert_status(&err, 404, "<html>nothing here</html>", SC_PROTOCOL, false);
}

static void a_gateway_that_gave_up_waiting_may_have_to_be_paid_for(void **state)
{
    static const long given_up[] = { 408, 504, 524 }, refused[] = { 429, 500, 503, 529 };
    struct sc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(given_up) / sizeof(*given_up); i++) {
        assert_status(&err, given_up[i], "", SC_UNAVAILABLE, true);
        assert_false(sc_failure_costs_nothing(&err, false));
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        assert_status(&err, refused[i], "", i ? SC_UNAVAILABLE : SC_BUSY, true);
        assert_true(sc_failure_costs_nothing(&err, false));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_429_without_credit_is_not_retried),
        cmocka_unit_test(a_429_is_busy),
        cmocka_unit_test(a_key_without_money_is_a_budget_matter),
        cmocka_unit_test(a_refused_key_names_the_mend),
        cmocka_unit_test(an_unknown_model_is_named),
        cmocka_unit_test(too_long_a_request_says_so),
        cmocka_unit_test(a_gateway_page_is_unavailable),
        cmocka_unit_test(a_gateway_that_gave_up_waiting_may_have_to_be_paid_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
