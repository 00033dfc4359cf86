#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "loop/loop.h"
#include "model/failure.h"
#include "model/fallback.h"

enum { MODELS = 2 };

/* One that fails as it is told, else answers with its name. */
struct fake {
    struct sc_model model; /* first */
    const char *name;
    enum sc_code fails;
    int status;
    bool says_first; /* a piece, before it fails */
    size_t asked;
};

struct fixture {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_clock clock;
    int64_t now_ms;
    struct fake fakes[MODELS];
    struct sc_limiter limiter;
    struct sc_model *model;
    char answered_by[16];
    struct sc_error err;
    bool done;
};

struct fake_op {
    struct sc_op op;
    struct sc_model_reply reply;
};

static void nothing(struct sc_op *op)
{
    (void)op;
}

static void fake_release(struct sc_op *op)
{
    free(sc_container_of(op, struct fake_op, op));
}

static const struct sc_op_class fake_class = { "fake", nothing, fake_release };

static struct sc_op *fake_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    struct fake *fake = sc_container_of(model, struct fake, model);
    struct fake_op *op = sc_new(struct fake_op);
    struct sc_error err;

    fake->asked++;
    op->reply = (struct sc_model_reply){ .text = fake->name,
        .reasoning = "",
        .finish = "stop",
        .model = fake->name,
        .request_id = "",
        .provider = "",
        .purse = "" };
    sc_op_begin(&op->op, &fake_class, scope, done, arg);
    if (fake->fails && fake->says_first && request->on_text)
        request->on_text(request->on_arg, "Hel", 3);
    if (fake->fails) {
        sc_fail(&err, fake->fails, "%s failed", fake->name);
        err.detail = fake->status;
    }
    sc_op_finish(&op->op, fake->fails ? &err : NULL);
    return &op->op;
}

static const struct sc_model_reply *fake_reply(struct sc_op *op)
{
    return &sc_container_of(op, struct fake_op, op)->reply;
}

static int64_t fake_worst(struct sc_model *model, const struct sc_model_request *request)
{
    (void)request;
    return model == NULL ? 0 : 10 + sc_container_of(model, struct fake, model)->status;
}

static const char *fake_name(struct sc_model *model)
{
    return sc_container_of(model, struct fake, model)->name;
}

static int64_t tell_time(struct sc_clock *clock)
{
    return sc_container_of(clock, struct fixture, clock)->now_ms;
}

static int setup(void **state)
{
    static const char *const names[MODELS] = { "first", "second" };
    struct fixture *f = calloc(1, sizeof(*f));
    struct sc_fallback_model models[MODELS];

    f->loop = sc_loop_new(NULL);
    sc_scope_init(&f->scope, f->loop);
    f->clock = (struct sc_clock){ tell_time, tell_time };
    f->now_ms = 1000000;
    for (size_t i = 0; i < MODELS; i++) {
        f->fakes[i] = (struct fake){ .name = names[i] };
        f->fakes[i].model =
                (struct sc_model){ fake_start, fake_reply, fake_worst, fake_name, NULL };
        models[i] =
                (struct sc_fallback_model){ &f->fakes[i].model, i ? NULL : &f->limiter };
    }
    f->model = sc_fallback_new(models, MODELS, &f->clock);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_fallback_free(f->model);
    sc_loop_free(f->loop);
    free(f);
    return 0;
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;
    const struct sc_model_reply *reply = f->model->reply(op);

    f->done = true;
    f->err = err ? *err : (struct sc_error){ 0 };
    snprintf(f->answered_by, sizeof(f->answered_by), "%s",
            err || !reply ? "nobody" : reply->text);
}

static void on_text(void *arg, const char *text, size_t len)
{
    (void)arg, (void)text, (void)len;
}

static void ask_for(struct fixture *f, const char *model)
{
    struct sc_json *messages = sc_json_new_array();
    const struct sc_model_request request = {
        .messages = messages, .model = model, .on_text = on_text
    };

    f->done = false;
    f->answered_by[0] = '\0';
    f->model->start(f->model, &f->scope, &request, on_done, f);
    sc_json_free(messages); /* the request ends with start */
    sc_loop_run(f->loop);
    assert_true(f->done);
}

static void an_agent_has_an_order_of_its_own(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_account account = { .agent = "turned" };
    const struct sc_model_request request = { .account = &account };

    sc_fallback_order(f->model, "turned", (const size_t[]){ 1, 0 }, 2);
    f->answered_by[0] = '\0';
    f->model->start(f->model, &f->scope, &request, on_done, f);
    sc_loop_run(f->loop);

    assert_string_equal(f->answered_by, "second");
}

static void ask(struct fixture *f)
{
    ask_for(f, NULL);
}

static void the_first_answers_when_it_can(void **state)
{
    struct fixture *f = *state;

    ask(f);

    assert_string_equal(f->answered_by, "first");
    assert_int_equal(f->fakes[1].asked, 0);
}

static void an_overloaded_one_is_followed_by_the_next(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_UNAVAILABLE;
    f->fakes[0].status = 529;
    ask(f);

    assert_string_equal(f->answered_by, "second");
}

static void without_credit_the_next_is_asked(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_BUDGET;
    f->fakes[0].status = 402;
    ask(f);

    assert_string_equal(f->answered_by, "second");
}

static void a_wrong_request_is_wrong_everywhere(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_INVALID;
    f->fakes[0].status = 400;
    ask(f);

    assert_string_equal(f->answered_by, "nobody");
    assert_int_equal(f->fakes[1].asked, 0);
}

static void a_piece_that_was_used_stays_the_last_word(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_UNAVAILABLE;
    f->fakes[0].status = 503;
    f->fakes[0].says_first = true;
    ask(f);

    assert_string_equal(f->answered_by, "nobody");
    assert_int_equal(f->fakes[1].asked, 0);
}

static void what_may_have_been_paid_is_not_paid_again_elsewhere(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_TIMEOUT; /* sent, and no answer in time */
    ask(f);

    assert_int_equal(f->err.code, SC_TIMEOUT);
    assert_int_equal(f->fakes[1].asked, 0);
}

static void who_names_a_model_gets_that_or_nothing(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_UNAVAILABLE;
    f->fakes[0].status = 503;
    ask_for(f, "first");

    assert_string_equal(f->answered_by, "nobody");
}

static void one_that_keeps_failing_is_not_asked_for_a_while(void **state)
{
    struct fixture *f = *state;

    f->fakes[0].fails = SC_UNAVAILABLE;
    f->fakes[0].status = 500;
    for (int i = 0; i < 5; i++)
        ask(f);
    assert_int_equal(f->fakes[0].asked, 3);
    assert_string_equal(f->answered_by, "second");

    f->fakes[0].fails = SC_OK;
    f->now_ms += 20000;
    ask(f);
    assert_string_equal(f->answered_by, "first");
}

static void when_all_are_left_alone_the_soonest_is_told(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < MODELS; i++) {
        f->fakes[i].fails = SC_UNAVAILABLE;
        f->fakes[i].status = 500;
    }
    for (int i = 0; i < 4; i++)
        ask(f);

    assert_int_equal(f->fakes[0].asked + f->fakes[1].asked, 6);
    assert_int_equal(f->err.code, SC_UNAVAILABLE);
    assert_true(f->err.retryable);
    assert_int_equal(f->err.retry_after_ms, 15000);
    assert_true(sc_failure_costs_nothing(&f->err, false));
}

static void a_key_with_nothing_left_for_long_makes_room_for_the_next(void **state)
{
    struct fixture *f = *state;

    sc_limiter_learn(&f->limiter, "x-ratelimit-limit-requests", "1", f->now_ms);
    sc_limiter_learn(&f->limiter, "x-ratelimit-remaining-requests", "0", f->now_ms);
    sc_limiter_learn(&f->limiter, "x-ratelimit-reset-requests", "2h", f->now_ms);
    ask(f);

    assert_string_equal(f->answered_by, "second");
}

static void a_short_wait_for_the_rate_is_waited(void **state)
{
    struct fixture *f = *state;

    sc_limiter_learn(&f->limiter, "x-ratelimit-limit-requests", "1", f->now_ms);
    sc_limiter_learn(&f->limiter, "x-ratelimit-remaining-requests", "0", f->now_ms);
    sc_limiter_learn(&f->limiter, "x-ratelimit-reset-requests", "2ms", f->now_ms);
    ask(f);

    assert_string_equal(f->answered_by, "first");
}

static void who_is_cancelled_in_that_wait_has_asked_nobody(void **state)
{
    struct fixture *f = *state;
    struct sc_model_request request = { .model = NULL };

    sc_limiter_learn(&f->limiter, "x-ratelimit-limit-requests", "1", f->now_ms);
    sc_limiter_learn(&f->limiter, "x-ratelimit-remaining-requests", "0", f->now_ms);
    sc_limiter_learn(&f->limiter, "x-ratelimit-reset-requests", "50s", f->now_ms);
    sc_op_cancel(f->model->start(f->model, &f->scope, &request, on_done, f));
    sc_loop_run(f->loop);

    assert_int_equal(f->err.code, SC_CANCELLED);
    assert_true(sc_failure_costs_nothing(&f->err, false));
}

static void the_worst_case_is_that_of_the_dearest(void **state)
{
    struct fixture *f = *state;
    const struct sc_model_request request = { .model = NULL };

    f->fakes[1].status = 7;
    assert_int_equal(f->model->worst_case_micro(f->model, &request), 17);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_first_answers_when_it_can),
        T(an_overloaded_one_is_followed_by_the_next),
        T(without_credit_the_next_is_asked),
        T(a_wrong_request_is_wrong_everywhere),
        T(a_piece_that_was_used_stays_the_last_word),
        T(what_may_have_been_paid_is_not_paid_again_elsewhere),
        T(who_names_a_model_gets_that_or_nothing),
        T(one_that_keeps_failing_is_not_asked_for_a_while),
        T(when_all_are_left_alone_the_soonest_is_told),
        T(a_key_with_nothing_left_for_long_makes_room_for_the_next),
        T(a_short_wait_for_the_rate_is_waited),
        T(who_is_cancelled_in_that_wait_has_asked_nobody),
        T(the_worst_case_is_that_of_the_dearest),
        T(an_agent_has_an_order_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
