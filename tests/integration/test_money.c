/* Budgets and costs end to end: refused, asked about, told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/program.h"
#include "integration/drive.h"

struct fixture {
    struct driver d;
    pid_t peer;
    int peer_in, peer_out;
    char url[64], *url_env, *script, *log;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    driver_init(&f->d);
    *state = f;
    return 0;
}

static void stop_peer(struct fixture *f)
{
    if (!f->peer)
        return;
    close(f->peer_in);
    close(f->peer_out);
    program_stop(f->peer);
    f->peer = 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    stop_peer(f);
    driver_release(&f->d);
    free(f->url_env);
    free(f->script);
    free(f->log);
    free(f);
    return 0;
}

/* Starts the peer with these replies (the items of a JSON array). */
static void peer(struct fixture *f, const char *replies)
{
    char port[16], *text = sc_strdupf("{\"replies\":[%s]}", replies);
    const char *argv[4] = { SC_MODEL_PEER };

    driver_write(&f->d, "script.json", text);
    free(text);
    f->script = sc_strdupf("%s/script.json", f->d.folder);
    f->log = sc_strdupf("%s/log.jsonl", f->d.folder);
    argv[1] = f->script;
    argv[2] = f->log;
    f->peer = program_start(argv, &f->peer_in, &f->peer_out);
    program_read_line(f->peer_out, port, sizeof(port));
    f->url_env = sc_strdupf("OPENAI_BASE_URL=http://127.0.0.1:%s/v1", port);
    f->d.env[0] = f->url_env;
    f->d.env[1] = "OPENAI_API_KEY=sk-test-never-print-this";
    f->d.env[2] = "OPENAI_MODEL=gpt-4.1-nano";
}

#define GOOD_PLAN                                                                        \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"add\",\"steps\":["    \
    "{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":42}}],\"answer\":\"{{a}}\"}}]" \
    "}"

static void configure(struct fixture *f, const char *fields)
{
    char *text = sc_strdupf("return config { zone = 'UTC', %s }", fields);

    driver_write(&f->d, "config/supercargo.lua", text);
    free(text);
}

static void costs_are_told_by_model_and_by_day(void **state)
{
    struct fixture *f = *state;
    const struct sc_json *row;

    peer(f, GOOD_PLAN "," GOOD_PLAN);
    configure(f, "currency = 'EUR', budget = { day = { amount = 5, currency = 'EUR' } }");
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    assert_int_equal(f->d.code, 0);

    drive(&f->d, "cost", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    assert_string_equal(driver_text(&f->d, "total.requests"), "1");
    assert_string_equal(driver_text(&f->d, "currency"), "EUR");
    assert_string_equal(driver_text(&f->d, "rate_date"), "2019-11-11");
    assert_string_equal(driver_text(&f->d, "reserved_micro_usd"), "0");
    row = sc_json_first(sc_json_get(f->d.json, "budgets"));
    assert_memory_equal(sc_json_get_string(row, "name", "      "), "day 20", 6);
    assert_true(sc_json_get_int(row, "used_micro_usd", 0) > 0);

    drive(&f->d, "cost", "--by", "day", "--json", NULL);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "rows")), 1);
    drive(&f->d, "cost", "--by", "agent", "--language", "zh", NULL);
    assert_says(f->d.out, "operator");
    assert_says(f->d.out, "合计");
    assert_says(f->d.out, "汇率日期 2019-11-11");
}

static void nothing_was_spent_before_the_first_task(void **state)
{
    struct fixture *f = *state;

    drive(&f->d, "cost", NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "Total  0.000000 USD");
}

static void a_day_without_room_ends_with_its_code_and_one_sentence(void **state)
{
    struct fixture *f = *state;

    peer(f, GOOD_PLAN);
    configure(f, "budget = { day = { amount = 0.000001, currency = 'USD' } }");
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    assert_int_equal(f->d.code, 6);
    assert_says(driver_text(&f->d, "error.message"), "the day budget (20");
    assert_says(driver_text(&f->d, "error.message"), "0.000001 USD are left");
    assert_says(driver_text(&f->d, "error.message"), "starts anew at 20");
}

static void a_wrong_budget_is_named(void **state)
{
    struct fixture *f = *state;

    peer(f, GOOD_PLAN);
    configure(f, "budget = { day = { amount = 'much' } }");
    drive(&f->d, "run", "add twenty and twenty-two", NULL);
    assert_one_sentence(&f->d, 1, "supercargo.lua: budget.day must be { amount = 5");
    configure(f, "budget = { day = { amount = 5, currency = 'XAU' } }");
    drive(&f->d, "run", "add twenty and twenty-two", NULL);
    assert_one_sentence(&f->d, 1, "supercargo.lua: budget.day");
    configure(f, "budget = { week = { amount = 5 } }");
    drive(&f->d, "run", "add twenty and twenty-two", NULL);
    assert_one_sentence(&f->d, 1, "there is no field budget.week");
}

static void the_next_model_answers_when_the_first_is_down(void **state)
{
    struct fixture *f = *state;

    peer(f, GOOD_PLAN);
    f->d.env[3] = "DEEPSEEK_BASE_URL=http://127.0.0.1:9"; /* nobody listens */
    f->d.env[4] = "DEEPSEEK_API_KEY=sk-test-never-print-that";
    configure(f, "models = { 'deepseek/deepseek-chat', 'openai/gpt-4.1-nano' }");
    drive(&f->d, "run", "add twenty and twenty-two", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    drive(&f->d, "cost", "--json", NULL);
    assert_string_equal(driver_text(&f->d, "total.requests"), "1");
}

static void a_list_of_models_that_is_none_is_named(void **state)
{
    struct fixture *f = *state;

    peer(f, GOOD_PLAN);
    configure(f, "models = { 7 }");
    drive(&f->d, "run", "add twenty and twenty-two", NULL);
    assert_one_sentence(&f->d, 1, "supercargo.lua: models must be a list of names");
}

static void what_the_cost_is_asked_by_must_be_known(void **state)
{
    struct fixture *f = *state;

    drive(&f->d, "cost", "--by", "colour", NULL);
    assert_one_sentence(&f->d, 1, "--by is agent, model, day or task");
    drive(&f->d, "cost", "--since", "yesterday", NULL);
    assert_one_sentence(&f->d, 1, "--since");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(costs_are_told_by_model_and_by_day),
        T(nothing_was_spent_before_the_first_task),
        T(a_day_without_room_ends_with_its_code_and_one_sentence),
        T(a_wrong_budget_is_named),
        T(the_next_model_answers_when_the_first_is_down),
        T(a_list_of_models_that_is_none_is_named),
        T(what_the_cost_is_asked_by_must_be_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
