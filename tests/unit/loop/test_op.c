#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "loop/loop.h"
#include "loop/op.h"

/* An op that ends when the test says so. */
struct manual {
    struct sc_op op;
    int *released;
};

static void manual_cancel(struct sc_op *op)
{
    sc_op_finish_cancelled(op);
}

static void manual_release(struct sc_op *op)
{
    struct manual *m = sc_container_of(op, struct manual, op);

    ++*m->released;
    free(m);
}

static const struct sc_op_class manual_class = { "manual", manual_cancel,
    manual_release };

struct fixture {
    struct sc_loop *loop;
    struct sc_scope scope;
    int ok, failed, cancelled, released, emptied;
    int starts_left; /* for restart_when_cancelled */
    bool inside;     /* a start or cancel is on the stack */
    struct sc_op *order[4];
    int delivered;
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

    assert_true(sc_list_empty(&f->scope.ops));
    sc_loop_free(f->loop);
    free(f);
    return 0;
}

static void count(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    assert_false(f->inside);
    if (f->delivered < 4)
        f->order[f->delivered] = op;
    f->delivered++;
    if (!err)
        f->ok++;
    else if (err->code == SC_CANCELLED)
        f->cancelled++;
    else
        f->failed++;
}

static struct sc_op *start(struct fixture *f, sc_op_done_fn *done)
{
    struct manual *m = sc_new(struct manual);

    m->released = &f->released;
    sc_op_begin(&m->op, &manual_class, &f->scope, done, f);
    if (f->scope.cancelled)
        sc_op_finish_cancelled(&m->op);
    return &m->op;
}

static void on_empty(struct sc_scope *scope)
{
    struct fixture *f = sc_container_of(scope, struct fixture, scope);

    assert_false(f->inside);
    f->emptied++;
}

static void done_runs_later_once_and_then_the_op_is_released(void **state)
{
    struct fixture *f = *state;
    struct sc_op *op = start(f, count);

    f->inside = true;
    sc_op_finish(op, NULL);
    sc_op_cancel(op);
    f->inside = false;
    assert_int_equal(f->delivered, 0);
    sc_loop_run(f->loop);

    assert_int_equal(f->ok, 1);
    assert_int_equal(f->delivered, 1);
    assert_int_equal(f->released, 1);
}

static void an_error_arrives_as_it_was_given(void **state)
{
    struct fixture *f = *state;
    struct sc_error err;

    sc_fail(&err, SC_BUSY, "later");
    sc_op_finish(start(f, count), &err);
    sc_loop_run(f->loop);

    assert_int_equal(f->failed, 1);
}

static void ops_are_delivered_in_the_order_in_which_they_ended(void **state)
{
    struct fixture *f = *state;
    struct sc_op *a = start(f, count), *b = start(f, count), *c = start(f, count);

    sc_op_finish(b, NULL);
    sc_op_finish(c, NULL);
    sc_op_finish(a, NULL);
    sc_loop_run(f->loop);

    assert_ptr_equal(f->order[0], b);
    assert_ptr_equal(f->order[1], c);
    assert_ptr_equal(f->order[2], a);
}

static void cancelling_a_scope_ends_each_op_once(void **state)
{
    struct fixture *f = *state;
    struct sc_op *known = start(f, count);

    start(f, count);
    start(f, count);
    sc_op_finish(known, NULL);
    f->inside = true;
    sc_scope_cancel(&f->scope);
    sc_scope_cancel(&f->scope);
    f->inside = false;
    sc_loop_run(f->loop);

    assert_int_equal(f->ok, 1); /* its result was known already */
    assert_int_equal(f->cancelled, 2);
    assert_int_equal(f->released, 3);
}

static void start_again(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    count(op, err);
    if (f->starts_left-- > 0)
        start(f, start_again);
}

static void closing_waits_for_ops_that_start_while_it_closes(void **state)
{
    struct fixture *f = *state;

    f->starts_left = 3;
    start(f, start_again);
    f->inside = true;
    sc_scope_close(&f->scope, on_empty);
    f->inside = false;
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 4);
    assert_int_equal(f->emptied, 1);
}

static void an_empty_scope_closes_from_the_loop_too(void **state)
{
    struct fixture *f = *state;

    f->inside = true;
    sc_scope_close(&f->scope, on_empty);
    f->inside = false;
    assert_int_equal(f->emptied, 0);
    sc_loop_run(f->loop);

    assert_int_equal(f->emptied, 1);
}

static void cancel_other(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    count(op, err);
    sc_scope_cancel(&f->scope);
}

static void a_done_may_cancel_what_waits_behind_it(void **state)
{
    struct fixture *f = *state;
    struct sc_op *first = start(f, cancel_other), *ended = start(f, count);

    start(f, count);
    sc_op_finish(first, NULL);
    sc_op_finish(ended, NULL);
    sc_loop_run(f->loop);

    assert_int_equal(f->ok, 2);
    assert_int_equal(f->cancelled, 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(done_runs_later_once_and_then_the_op_is_released),
        T(an_error_arrives_as_it_was_given),
        T(ops_are_delivered_in_the_order_in_which_they_ended),
        T(cancelling_a_scope_ends_each_op_once),
        T(closing_waits_for_ops_that_start_while_it_closes),
        T(an_empty_scope_closes_from_the_loop_too),
        T(a_done_may_cancel_what_waits_behind_it),
    };
    return cmocka_run_group_tests_name("loop/op", tests, NULL, NULL);
}
