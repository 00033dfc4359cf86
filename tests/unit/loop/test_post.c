#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <uv.h>

#include "base/mem.h"
#include "fakes/bounded.h"
#include "loop/loop.h"
#include "loop/post.h"

enum { THREADS = 3, EACH = 200 };

struct fixture {
    struct sc_loop *loop;
    struct sc_postbox *box;
    int last[THREADS]; /* number of the last message of each thread */
    int total;
    bool all;
};

struct note {
    struct sc_message message;
    struct fixture *fixture;
    int thread, number;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->loop = sc_loop_new(NULL);
    f->box = sc_postbox_new(f->loop, NULL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_postbox_free(f->box);
    sc_loop_free(f->loop);
    free(f);
    return 0;
}

static void on_note(struct sc_message *message)
{
    struct note *note = sc_container_of(message, struct note, message);
    struct fixture *f = note->fixture;

    assert_int_equal(note->number, f->last[note->thread] + 1);
    f->last[note->thread] = note->number;
    f->all = ++f->total == THREADS * EACH;
    free(note);
}

static void post(struct fixture *f, int thread, int number)
{
    struct note *note = sc_new(struct note);

    *note = (struct note){
        .message.run = on_note, .fixture = f, .thread = thread, .number = number
    };
    sc_post(f->box, &note->message);
}

static void on_never(uv_timer_t *timer)
{
    (void)timer;
}

struct poster {
    struct fixture *fixture;
    int thread;
};

static void poster_main(void *arg)
{
    struct poster *poster = arg;

    for (int i = 1; i <= EACH; i++)
        post(poster->fixture, poster->thread, i);
}

static void messages_of_each_thread_run_in_order(void **state)
{
    struct fixture *f = *state;
    struct poster posters[THREADS];
    uv_thread_t threads[THREADS];
    uv_timer_t alive; /* the box does not keep the loop alive */

    uv_timer_init(sc_loop_uv(f->loop), &alive);
    uv_timer_start(&alive, on_never, 60000, 0);
    for (int i = 0; i < THREADS; i++) {
        posters[i] = (struct poster){ f, i };
        uv_thread_create(&threads[i], poster_main, &posters[i]);
    }
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->all, 10000));
    for (int i = 0; i < THREADS; i++)
        uv_thread_join(&threads[i]);
    uv_close((uv_handle_t *)&alive, NULL);
    sc_loop_run(f->loop);

    assert_int_equal(f->total, THREADS * EACH);
}

static void freeing_runs_what_still_waits(void **state)
{
    struct fixture *f = *state;

    post(f, 0, 1);
    post(f, 0, 2);
    sc_postbox_free(f->box);
    assert_int_equal(f->total, 2);

    f->box = sc_postbox_new(f->loop, NULL);
}

static void an_empty_box_does_not_hold_the_loop(void **state)
{
    struct fixture *f = *state;

    sc_loop_run(f->loop);

    assert_int_equal(f->total, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(messages_of_each_thread_run_in_order),
        T(freeing_runs_what_still_waits),
        T(an_empty_box_does_not_hold_the_loop),
    };
    return cmocka_run_group_tests_name("loop/post", tests, NULL, NULL);
}
