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
    struct peer_process peer;
    char *url, *model;
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
    driver_release(&f->d);
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
    };

    if (is_missing())
        return SKIPPED;
    return cmocka_run_group_tests_name("integration/peers", tests, NULL, NULL);
}
