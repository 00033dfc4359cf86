/* The program against servers of other people, from npm (tests/peers/). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/peer_process.h"
#include "integration/drive.h"

enum { SKIPPED = 77 };

#define TASK "add twenty and twenty-two"

struct fixture {
    struct driver d;
    struct peer_process peer, upstream; /* behind a gateway; port 0: there is none */
    char *url, *model, *log;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    driver_init(&f->d);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(peer_process_stop(&f->peer), 0);
    if (f->upstream.port)
        assert_int_equal(peer_process_stop(&f->upstream), 0);
    driver_release(&f->d);
    free(f->log);
    free(f->url);
    free(f->model);
    free(f);
    return 0;
}

/* --- @dwmkerr/mock-llm: chat completions --- */

/* A model that no table knows costs as much as the dearest: so it has a price here. */
static void use_mock(struct fixture *f, const char *model, const char *stream)
{
    char *config = sc_strdupf("return config { model = { stream = %s, price = { input = "
                              "1, output = 2 } } }\n",
            stream);

    const char *args[] = { "/usr/bin/env", "node", SC_PEERS "/mock_llm.cjs", NULL };

    driver_write(&f->d, "config/supercargo.lua", config);
    free(config);
    assert_true(peer_process_start(&f->peer, args));
    f->url = sc_strdupf("OPENAI_BASE_URL=http://127.0.0.1:%d/v1", f->peer.port);
    f->model = sc_strdupf("OPENAI_MODEL=%s", model);
    f->d.env[0] = f->url;
    f->d.env[1] = f->model;
    f->d.env[2] = "OPENAI_API_KEY=sk-test-never-print-this";
}

static void assert_done(struct fixture *f, const char *answer)
{
    if (f->d.code != 0)
        fail_msg("%d %s%s", f->d.code, f->d.out, f->d.err);
    assert_string_equal(driver_text(&f->d, "answer"), answer);
}

static void mock_llm_plans_in_one_piece(void **state)
{
    struct fixture *f = *state;

    use_mock(f, "plans", "false");
    drive(&f->d, "run", TASK, "--json", NULL);
    assert_done(f, "The sum is 42.");
    assert_string_equal(driver_text(&f->d, "usage.requests"), "1");
}

static void mock_llm_streams_an_answer(void **state)
{
    struct fixture *f = *state;

    use_mock(f, "talks", "true");
    drive(&f->d, "run", TASK, "--strategy", "loop", "--json", NULL);
    assert_done(f, "It is 42, as ever.");
    assert_true(strtoll(driver_text(&f->d, "usage.output_tokens"), NULL, 10) > 0);
}

static void a_refusal_that_mock_llm_streams_with_status_200_is_a_refusal(void **state)
{
    struct fixture *f = *state;

    use_mock(f, "refuses", "true");
    drive(&f->d, "run", TASK, "--json", NULL);
    assert_error(&f->d, "denied", "Incorrect API key.");
}

static void a_busy_mock_llm_is_asked_again(void **state)
{
    struct fixture *f = *state;

    use_mock(f, "busy", "true");
    drive(&f->d, "run", TASK, "--strategy", "loop", "--json", NULL);
    assert_done(f, "Now I have time."); /* what it says from the second request on */
}

/* --- @musistudio/llms: Messages come in, chat completions go to our scripted peer --- */

static void start_upstream(struct fixture *f, const char *replies)
{
    char *script = sc_strdupf("%s/script.json", f->d.folder);
    char *text = sc_strdupf("{\"replies\":[%s]}", replies);
    const char *args[] = { SC_MODEL_PEER, script, NULL, NULL };

    f->log = sc_strdupf("%s/log.jsonl", f->d.folder);
    args[2] = f->log;
    driver_write(&f->d, "script.json", text);
    assert_true(peer_process_start(&f->upstream, args));
    free(text);
    free(script);
}

static void use_gateway(struct fixture *f, const char *replies, const char *stream)
{
    const char *args[] = { "/usr/bin/env", "node", SC_PEERS "/gateway.cjs", NULL, NULL };
    char *config, *upstream;

    start_upstream(f, replies);
    upstream = sc_strdupf("http://127.0.0.1:%d/v1/chat/completions", f->upstream.port);
    args[3] = upstream;
    assert_true(peer_process_start(&f->peer, args));
    config = sc_strdupf(
            "return config { model = { provider = \"anthropic\", name = \"up,scripted\", "
            "url = \"http://127.0.0.1:%d\", stream = %s, price = { input = 1, output = 2 "
            "} } }\n",
            f->peer.port, stream);
    driver_write(&f->d, "config/supercargo.lua", config);
    f->d.env[0] = "ANTHROPIC_API_KEY=sk-test-never-print-this";
    free(config);
    free(upstream);
}

#define PLAN                                                                            \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"add\",\"steps\":[{"  \
    "\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":20}},{\"id\":\"b\",\"tool\":"  \
    "\"value\",\"args\":{\"value\":\"=a + 22\"}}],\"answer\":\"The sum is {{b}}.\"}}]," \
    "\"times\":0}"

static void a_plan_streams_through_a_gateway_in_the_form_of_messages(void **state)
{
    struct fixture *f = *state;
    char *log;

    use_gateway(f, PLAN, "true");
    drive(&f->d, "run", TASK, "--json", NULL);
    assert_done(f, "The sum is 42.");
    log = driver_read(&f->d, "log.jsonl");
    assert_says(log, "\"stream\":true");
    assert_says(log, "\"role\":\"system\"");
    assert_says(log, "{\"type\":\"function\",\"function\":{\"name\":\"plan\"");
    assert_says(log, TASK);
    assert_says_not(log, "sk-test-never");
    free(log);
}

static void a_plan_comes_through_a_gateway_in_one_piece(void **state)
{
    struct fixture *f = *state;

    use_gateway(f, PLAN, "false");
    drive(&f->d, "run", TASK, "--json", NULL);
    assert_done(f, "The sum is 42.");
    assert_string_equal(driver_text(&f->d, "usage.input_tokens"), "10");
    assert_string_equal(driver_text(&f->d, "usage.output_tokens"), "5");
}

/* What goes back over two formats: each result to its call, both in one turn. */
static void calls_and_their_results_go_through_a_gateway(void **state)
{
    struct fixture *f = *state;
    char *log, *second;

    use_gateway(f,
            "{\"tool_calls\":[{\"id\":\"call_a\",\"name\":\"value\",\"arguments\":{"
            "\"value\":20}},{\"id\":\"call_b\",\"name\":\"value\",\"arguments\":{"
            "\"value\":22}}]},{\"text\":\"It is 42.\"}",
            "true");
    drive(&f->d, "run", TASK, "--strategy", "loop", "--json", NULL);
    assert_done(f, "It is 42.");
    assert_string_equal(driver_text(&f->d, "usage.requests"), "2");
    assert_true(strtoll(driver_text(&f->d, "usage.input_tokens"), NULL, 10) > 0);
    log = driver_read(&f->d, "log.jsonl");
    second = strchr(log, '\n');
    assert_non_null(second);
    assert_says(second, "\"tool_call_id\":\"call_a\"");
    assert_says(second, "\"tool_call_id\":\"call_b\"");
    free(log);
}

static void what_fails_behind_a_gateway_is_one_clear_sentence(void **state)
{
    struct fixture *f = *state;

    use_gateway(f,
            "{\"status\":401,\"times\":0,\"body\":{\"error\":{\"message\":\"Bad key.\","
            "\"code\":\"invalid_api_key\"}}}",
            "true");
    drive(&f->d, "run", TASK, "--json", NULL);
    assert_error(&f->d, "denied", "Bad key.");
}

static void a_gateway_passes_the_test_of_models(void **state)
{
    struct fixture *f = *state;

    use_gateway(f,
            "{\"tool_calls\":[{\"name\":\"report_word\",\"arguments\":{\"word\":"
            "\"ready\"}}],\"times\":0}",
            "true");
    drive(&f->d, "model", "test", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    assert_true(sc_json_get_bool(f->d.json, "tools", false));
    assert_true(sc_json_get_bool(f->d.json, "streamed", false));
}

/* Says why the peers are not there; false when they are. */
static bool is_missing(void)
{
    FILE *file = fopen(SC_PEERS "/missing", "r");
    char why[256] = "";

    if (!file)
        return false;
    if (fgets(why, sizeof(why), file))
        printf("skipped: %s", why);
    fclose(file);
    return true;
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(mock_llm_plans_in_one_piece),
        T(mock_llm_streams_an_answer),
        T(a_refusal_that_mock_llm_streams_with_status_200_is_a_refusal),
        T(a_busy_mock_llm_is_asked_again),
        T(a_plan_streams_through_a_gateway_in_the_form_of_messages),
        T(a_plan_comes_through_a_gateway_in_one_piece),
        T(calls_and_their_results_go_through_a_gateway),
        T(what_fails_behind_a_gateway_is_one_clear_sentence),
        T(a_gateway_passes_the_test_of_models),
    };

    if (is_missing())
        return SKIPPED;
    return cmocka_run_group_tests_name("integration/peers", tests, NULL, NULL);
}
