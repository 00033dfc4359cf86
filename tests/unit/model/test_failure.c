#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
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

/* In the words of OpenAI, Anthropic, llama.cpp, Kimi, MiniMax, Gemini and DashScope. */
static void too_long_is_understood_in_all_words(void **state)
{
    static const char *const says[] = { "context_length_exceeded",
        "This model's maximum context length is 8192 tokens",
        "Your input exceeds the context window of this model",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "the request exceeds the available context size",
        "Your request exceeded model token limit: 8192",
        "invalid params, context window exceeds limit",
        "The input token count (1200000) exceeds the maximum",
        "Range of input length should be [1, 30720]" };
    struct sc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(says) / sizeof(*says); i++) {
        char *text = sc_strdupf("{\"error\":{\"message\":\"%s\"}}", says[i]);

        assert_status(&err, 400, text, SC_INVALID, false);
        assert_non_null(strstr(err.msg, "the request is longer than m-1 can read"));
        free(text);
    }
}

/* Also where the status alone would say "slow down" or "refused". */
static void an_empty_account_is_understood_in_all_words(void **state)
{
    static const char *const says[] = { "insufficient_quota", "credit_balance_exhausted",
        "exceeded_current_quota_error", "AccountOverdueError", "Arrearage",
        "billing_error" };
    static const long statuses[] = { 400, 403, 429 };
    struct sc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(says) / sizeof(*says); i++) {
        char *text = sc_strdupf("{\"error\":{\"type\":\"%s\"}}", says[i]);

        for (size_t j = 0; j < sizeof(statuses) / sizeof(*statuses); j++)
            assert_status(&err, statuses[j], text, SC_BUDGET, false);
        free(text);
    }
}

/* There the status says nothing. */
static void what_passes_is_tried_again_inside_a_200_too(void **state)
{
    static const struct {
        const char *type;
        enum sc_code code;
    } rows[] = { { "rate_limit_exceeded", SC_BUSY }, { "slow_down", SC_BUSY },
        { "overloaded_error", SC_UNAVAILABLE },
        { "server_is_overloaded", SC_UNAVAILABLE }, { "server_error", SC_UNAVAILABLE },
        { "timeout_error", SC_UNAVAILABLE },
        { "insufficient_system_resource", SC_UNAVAILABLE } };
    const struct sc_model_source source = { .host = "h", .model = "m", .key_name = "K" };
    struct sc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sc_json *json = sc_json_new_object();

        sc_json_set_string(json, "type", rows[i].type);
        assert_int_equal(sc_failure_of_error(&source, json, &err), rows[i].code);
        assert_true(err.retryable);
        sc_json_free(json);
    }
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
        cmocka_unit_test(too_long_is_understood_in_all_words),
        cmocka_unit_test(an_empty_account_is_understood_in_all_words),
        cmocka_unit_test(what_passes_is_tried_again_inside_a_200_too),
        cmocka_unit_test(a_gateway_page_is_unavailable),
        cmocka_unit_test(a_gateway_that_gave_up_waiting_may_have_to_be_paid_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
