#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <signal.h>
#include <unistd.h>

#include "fakes/bounded.h"
#include "loop/loop.h"
#include "loop/signal.h"

struct fixture {
    struct sc_loop *loop;
    struct sc_signals *signals;
    uv_timer_t alive;
    int last;
    bool caught;
};

static void on_signal(void *arg, int signum)
{
    struct fixture *f = arg;

    f->last = signum;
    f->caught = true;
}

static void on_never(uv_timer_t *timer)
{
    (void)timer;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->loop = sc_loop_new(NULL);
    f->signals = sc_signals_new(f->loop, on_signal, f, NULL);
    uv_timer_init(sc_loop_uv(f->loop), &f->alive);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_signals_free(f->signals);
    uv_close((uv_handle_t *)&f->alive, NULL);
    sc_loop_free(f->loop);
    free(f);
    return 0;
}

static void both_signals_are_reported(void **state)
{
    struct fixture *f = *state;

    uv_timer_start(&f->alive, on_never, 60000, 0);
    kill(getpid(), SIGTERM);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->caught, 5000));
    assert_int_equal(f->last, SIGTERM);
    f->caught = false;
    kill(getpid(), SIGINT);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->caught, 5000));
    assert_int_equal(f->last, SIGINT);
}

static void waiting_for_signals_does_not_hold_the_loop(void **state)
{
    struct fixture *f = *state;

    sc_loop_run(f->loop);

    assert_false(f->caught);
}

static void a_pipe_that_closes_does_not_kill(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(both_signals_are_reported),
        T(waiting_for_signals_does_not_hold_the_loop),
        T(a_pipe_that_closes_does_not_kill),
    };
    return cmocka_run_group_tests_name("loop/signal", tests, NULL, NULL);
}
