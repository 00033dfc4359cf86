#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <uv.h>

#include "loop/loop.h"
#include "loop/work.h"

enum { POOL_THREADS = 4 }; /* libuv's default */

struct fixture {
    struct sc_loop *loop;
    struct sc_scope scope;
    uv_thread_t loop_thread;
    uv_sem_t gate; /* holds the pool's threads */
    int ok, failed, cancelled;
    int ran; /* written by one pool thread, read after done */
    struct sc_error err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->loop = sc_loop_new(NULL);
    f->loop_thread = uv_thread_self();
    uv_sem_init(&f->gate, 0);
    sc_scope_init(&f->scope, f->loop);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_loop_free(f->loop);
    uv_sem_destroy(&f->gate);
    free(f);
    return 0;
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    if (!err) {
        f->ok++;
        return;
    }
    f->err = *err;
    if (err->code == SC_CANCELLED)
        f->cancelled++;
    else
        f->failed++;
}

static enum sc_code note_thread(void *data, struct sc_error *err)
{
    struct fixture *f = data;
    uv_thread_t self = uv_thread_self();

    (void)err;
    f->ran = uv_thread_equal(&self, &f->loop_thread) ? -1 : 1;
    return SC_OK;
}

static enum sc_code refuse(void *data, struct sc_error *err)
{
    (void)data;
    return sc_fail(err, SC_STORAGE, "disk full");
}

static enum sc_code wait_for_gate(void *data, struct sc_error *err)
{
    (void)err;
    uv_sem_wait(&((struct fixture *)data)->gate);
    return SC_OK;
}

static void work_runs_on_another_thread(void **state)
{
    struct fixture *f = *state;

    sc_work_start(&f->scope, note_thread, f, on_done, f);
    sc_loop_run(f->loop);

    assert_int_equal(f->ok, 1);
    assert_int_equal(f->ran, 1);
}

static void its_error_arrives_in_done(void **state)
{
    struct fixture *f = *state;

    sc_work_start(&f->scope, refuse, f, on_done, f);
    sc_loop_run(f->loop);

    assert_int_equal(f->failed, 1);
    assert_string_equal(f->err.msg, "disk full");
}

static void cancelled_work_that_waits_never_runs(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < POOL_THREADS; i++)
        sc_work_start(&f->scope, wait_for_gate, f, on_done, f);
    sc_op_cancel(sc_work_start(&f->scope, note_thread, f, on_done, f));
    for (int i = 0; i < POOL_THREADS; i++)
        uv_sem_post(&f->gate);
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 1);
    assert_int_equal(f->ok, POOL_THREADS);
    assert_int_equal(f->ran, 0);
}

static void a_cancelled_scope_starts_no_work(void **state)
{
    struct fixture *f = *state;

    sc_scope_cancel(&f->scope);
    sc_work_start(&f->scope, note_thread, f, on_done, f);
    sc_loop_run(f->loop);

    assert_int_equal(f->cancelled, 1);
    assert_int_equal(f->ran, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(work_runs_on_another_thread),
        T(its_error_arrives_in_done),
        T(cancelled_work_that_waits_never_runs),
        T(a_cancelled_scope_starts_no_work),
    };
    return cmocka_run_group_tests_name("loop/work", tests, NULL, NULL);
}
