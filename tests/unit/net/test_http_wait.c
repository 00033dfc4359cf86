#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/http_wait.h"

static const struct sc_http_wait example = {
    .first_byte_ms = 50, .idle_ms = 20, .total_ms = 1000, .started_ms = 100
};

static void expect(
        const struct sc_http_wait *wait, int64_t until, enum sc_http_wait_kind kind)
{
    enum sc_http_wait_kind which;

    assert_int_equal(sc_http_wait_until(wait, &which), until);
    assert_int_equal(which, kind);
}

static void the_first_byte_is_waited_for_from_the_start(void **state)
{
    (void)state;
    expect(&example, 150, SC_WAIT_FIRST_BYTE);
}

static void after_a_byte_the_idle_time_runs_from_it(void **state)
{
    struct sc_http_wait wait = example;

    (void)state;
    wait.heard_ms = 600;
    expect(&wait, 620, SC_WAIT_NEXT_BYTE);
}

static void the_total_time_ends_all(void **state)
{
    struct sc_http_wait wait = example;

    (void)state;
    wait.heard_ms = 1090;
    expect(&wait, 1100, SC_WAIT_WHOLE);
}

static void while_paused_only_the_total_time_runs(void **state)
{
    struct sc_http_wait wait = example;

    (void)state;
    wait.heard_ms = 200;
    wait.paused = true;
    expect(&wait, 1100, SC_WAIT_WHOLE);
}

static void without_limits_there_is_no_end(void **state)
{
    struct sc_http_wait wait = { .first_byte_ms = -1, .total_ms = -1, .started_ms = 7 };

    (void)state;
    expect(&wait, INT64_MAX, SC_WAIT_WHOLE);
    wait.heard_ms = 9;
    expect(&wait, INT64_MAX, SC_WAIT_WHOLE);
}

static void the_sentence_names_host_and_limit(void **state)
{
    struct sc_error err;

    (void)state;
    sc_http_wait_fail(&example, SC_WAIT_NEXT_BYTE, "api.example", &err);

    assert_int_equal(err.code, SC_TIMEOUT);
    assert_non_null(strstr(err.msg, "'api.example'"));
    assert_non_null(strstr(err.msg, "20 ms"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_byte_is_waited_for_from_the_start),
        cmocka_unit_test(after_a_byte_the_idle_time_runs_from_it),
        cmocka_unit_test(the_total_time_ends_all),
        cmocka_unit_test(while_paused_only_the_total_time_runs),
        cmocka_unit_test(without_limits_there_is_no_end),
        cmocka_unit_test(the_sentence_names_host_and_limit),
    };
    return cmocka_run_group_tests_name("net/http_wait", tests, NULL, NULL);
}
