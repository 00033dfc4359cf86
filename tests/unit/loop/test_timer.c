#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "loop/loop.h"
#include "loop/timer.h"

struct fixture {
    struct sc_loop *loop;
    struct sc_scope scope;
    int fired, cancelled;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->loop = sc_loop_new(NULL);
    sc_scope_init(&f->scope, f->loop);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_loop_free(f->loop);
    free(f);
    return 0;
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    if (err)
        f->cancelled += err->code == SC_CANCELLED;
    else
        f->fired++;
}

static void on_short(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    assert_int_equal(f->fired, 0);
    on_done(op, err);
}

static void the_shorter_sleep_ends_first(void **state)
{
    struct fixture *f = *state;

    sc_sleep_start(&f->scope, 20, on_done, f);
    sc_sleep_start(&f->scope, 1, on_short, f);
    sc_loop_run(f->loop);

    assert_int_equal(f->fired, 2);
}

static void a_cancelled_sleep_does_not_hold_the_loop(void **state)
{
    struct fixture *f = *state;

    sc_op_cancel(sc_sleep_start(&f->scope, 3600000, on_done, f));
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 1);
}

static void a_cancelled_scope_refuses_to_sleep(void **state)
{
    struct fixture *f = *state;

    sc_scope_cancel(&f->scope);
    sc_sleep_start(&f->scope, 3600000, on_done, f);
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_shorter_sleep_ends_first),
        T(a_cancelled_sleep_does_not_hold_the_loop),
        T(a_cancelled_scope_refuses_to_sleep),
    };
    return cmocka_run_group_tests_name("loop/timer", tests, NULL, NULL);
}
