#include "model/fallback.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "loop/timer.h"
#include "model/breaker.h"
#include "model/failure.h"

enum { MOST_WAIT_MS = 60000 };

struct choice {
    struct sc_model *model;
    struct sc_limiter *limiter;
    struct sc_breaker breaker;
};

/* Which of the choices, in which order. */
struct order {
    size_t *at;
    size_t count;
};

struct fallback {
    struct sc_model model; /* first: that is what is handed out */
    struct sc_clock *clock;
    struct choice *choices;
    struct order *order;  /* of who has none */
    struct sc_map orders; /* agent -> struct order */
};

/* A request on its way: choose, perhaps on_waited, send, on_answered, and choose again.
 */
struct trial {
    struct sc_op op;
    struct fallback *fallback;
    const struct order *order;
    struct sc_op *step;              /* the request or the wait under way */
    size_t at;                       /* in order */
    struct sc_model_request request; /* with texts of its own */
    struct sc_json *messages, *tools, *schema;
    char *force_tool, *model_name, *task_id, *agent;
    struct sc_model_account account;
    void (*on_text)(void *arg, const char *text, size_t len);
    void (*on_arguments)(
            void *arg, size_t call, const char *name, const char *text, size_t len);
    void *on_arg;
    bool named, kept, used, cancelled;
    struct sc_model_reply *reply;
    struct sc_error err; /* of the last one asked */
};

static void choose(struct trial *t);
static void on_waited(struct sc_op *step, const struct sc_error *err);
static void send(struct trial *t);
static void on_answered(struct sc_op *step, const struct sc_error *err);

static struct fallback *fallback_of(struct sc_model *model)
{
    return sc_container_of(model, struct fallback, model);
}

static struct trial *trial_of(struct sc_op *op)
{
    return sc_container_of(op, struct trial, op);
}

static struct choice *choice_of(const struct trial *t)
{
    return &t->fallback->choices[t->order->at[t->at]];
}

static int64_t now_ms(const struct trial *t)
{
    return t->fallback->clock->wall_ms(t->fallback->clock);
}

static struct sc_json *copy_of(const struct sc_json *json)
{
    return json ? sc_json_copy(json) : NULL;
}

/* The caller's request ends with start; what may be sent later needs one of its own. */
static void keep_request(struct trial *t)
{
    struct sc_model_request *request = &t->request;

    if (t->kept)
        return;
    t->kept = true;
    request->messages = t->messages = copy_of(request->messages);
    request->tools = t->tools = copy_of(request->tools);
    request->output_schema = t->schema = copy_of(request->output_schema);
    request->force_tool = t->force_tool = sc_strdup(request->force_tool);
    request->model = t->model_name = sc_strdup(request->model);
    if (!request->account)
        return;
    t->account = *request->account;
    t->account.task_id = t->task_id = sc_strdup(request->account->task_id);
    t->account.agent = t->agent = sc_strdup(request->account->agent);
    request->account = &t->account;
}

/* --- choosing --- */

static void hold(struct trial *t, int64_t wait_ms, const char *why)
{
    const struct choice *choice = choice_of(t);

    if (t->err.code && t->err.retryable && t->err.retry_after_ms > 0 &&
            t->err.retry_after_ms < wait_ms)
        return; /* another one is back sooner */
    sc_fail(&t->err, SC_UNAVAILABLE, "%s %s; it is asked again in %lld s",
            choice->model->name(choice->model), why, (long long)wait_ms / 1000 + 1);
    t->err.retry_after_ms = (uint32_t)wait_ms;
    t->err.detail = SC_FAILURE_UNSENT;
}

static void choose(struct trial *t)
{
    for (; t->at < t->order->count; t->at++) {
        struct choice *choice = choice_of(t);
        int64_t wait_ms = 0;

        if (!sc_breaker_allows(&choice->breaker, now_ms(t), &wait_ms)) {
            hold(t, wait_ms, "has failed several times");
            continue;
        }
        if (choice->limiter)
            wait_ms = sc_limiter_wait_ms(choice->limiter, now_ms(t));
        if (wait_ms > MOST_WAIT_MS) {
            choice->breaker.probing = false; /* it is not sent after all */
            hold(t, wait_ms, "has given all that it allows");
            continue;
        }
        if (wait_ms > 0) {
            keep_request(t);
            t->step = sc_sleep_start(t->op.scope, (uint64_t)wait_ms, on_waited, t);
        } else {
            send(t);
        }
        return;
    }
    sc_op_finish(&t->op, &t->err);
}

static void on_waited(struct sc_op *step, const struct sc_error *err)
{
    struct trial *t = step->arg;

    t->step = NULL;
    if (err) {
        choice_of(t)->breaker.probing = false;
        t->err = *err;
        t->err.detail = SC_FAILURE_UNSENT;
        sc_op_finish(&t->op, &t->err);
    } else {
        send(t);
    }
}

/* --- asking --- */

static void on_text(void *arg, const char *text, size_t len)
{
    struct trial *t = arg;

    t->used = true;
    t->on_text(t->on_arg, text, len);
}

static void on_arguments(
        void *arg, size_t call, const char *name, const char *text, size_t len)
{
    struct trial *t = arg;

    t->used = true;
    t->on_arguments(t->on_arg, call, name, text, len);
}

static void send(struct trial *t)
{
    struct choice *choice = choice_of(t);

    if (choice->limiter)
        sc_limiter_take(choice->limiter, now_ms(t));
    t->step =
            choice->model->start(choice->model, t->op.scope, &t->request, on_answered, t);
}

/* Worth asking another one? What may have been paid is not: that is the caller's to know
 * of, whose next request may find the breaker open. */
static bool is_elsewhere(const struct trial *t, const struct sc_error *err)
{
    bool worth = sc_breaker_counts(err) || err->code == SC_BUSY || err->code == SC_BUDGET;

    return worth && !t->used && !t->cancelled && !t->named &&
           t->at + 1 < t->order->count && sc_failure_costs_nothing(err, false);
}

static void on_answered(struct sc_op *step, const struct sc_error *err)
{
    struct trial *t = step->arg;
    struct choice *choice = choice_of(t);

    t->step = NULL;
    sc_breaker_told(&choice->breaker, err, now_ms(t));
    sc_model_reply_free(t->reply);
    t->reply = sc_model_take(choice->model, step);
    if (!err || !is_elsewhere(t, err)) {
        sc_op_finish(&t->op, err);
        return;
    }
    t->err = *err;
    t->at++;
    choose(t);
}

/* --- the op --- */

static void trial_cancel(struct sc_op *op)
{
    struct trial *t = trial_of(op);

    t->cancelled = true;
    if (t->step)
        sc_op_cancel(t->step); /* its done ends this one */
}

static void trial_release(struct sc_op *op)
{
    struct trial *t = trial_of(op);

    sc_model_reply_free(t->reply);
    sc_json_free(t->messages);
    sc_json_free(t->tools);
    sc_json_free(t->schema);
    free(t->force_tool);
    free(t->model_name);
    free(t->task_id);
    free(t->agent);
    free(t);
}

static const struct sc_op_class trial_class = { "fallback", trial_cancel, trial_release };

static const struct order *order_of(
        const struct fallback *f, const struct sc_model_request *request)
{
    const char *agent = request->account ? request->account->agent : NULL;
    const struct order *own = agent ? sc_map_get(&f->orders, agent) : NULL;

    return own ? own : f->order;
}

static struct sc_op *fallback_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    struct trial *t = sc_new(struct trial);

    t->fallback = fallback_of(model);
    t->order = order_of(t->fallback, request);
    t->request = *request;
    t->named = request->model != NULL;
    t->on_text = request->on_text;
    t->on_arguments = request->on_arguments;
    t->on_arg = request->on_arg;
    t->request.on_text = request->on_text ? on_text : NULL;
    t->request.on_arguments = request->on_arguments ? on_arguments : NULL;
    t->request.on_arg = t;
    if (t->order->count > 1)
        keep_request(t);
    sc_op_begin(&t->op, &trial_class, scope, done, arg);
    choose(t);
    return &t->op;
}

static const struct sc_model_reply *fallback_reply(struct sc_op *op)
{
    return trial_of(op)->reply;
}

static struct sc_model_reply *fallback_take(struct sc_op *op)
{
    struct trial *t = trial_of(op);
    struct sc_model_reply *reply = t->reply;

    t->reply = NULL;
    return reply;
}

/* Of the dearest: any of them may answer. */
static int64_t fallback_worst_case(
        struct sc_model *model, const struct sc_model_request *request)
{
    struct fallback *f = fallback_of(model);
    const struct order *order = order_of(f, request);
    int64_t worst = 0;

    for (size_t i = 0; i < order->count; i++) {
        struct sc_model *one = f->choices[order->at[i]].model;
        int64_t micro = one->worst_case_micro(one, request);

        if (micro < 0)
            return -1;
        if (micro > worst)
            worst = micro;
    }
    return worst;
}

static const char *fallback_name(struct sc_model *model)
{
    const struct fallback *f = fallback_of(model);
    struct sc_model *first = f->choices[f->order->at[0]].model;

    return first->name(first);
}

static struct order *order_new(const size_t *numbers, size_t count)
{
    struct order *order = sc_new(struct order);

    order->count = count;
    order->at = sc_new_array(size_t, count);
    for (size_t i = 0; i < count; i++)
        order->at[i] = numbers ? numbers[i] : i;
    return order;
}

static void order_free(void *value)
{
    struct order *order = value;

    if (order)
        free(order->at);
    free(order);
}

void sc_fallback_order(
        struct sc_model *model, const char *agent, const size_t *numbers, size_t count)
{
    struct fallback *f = fallback_of(model);
    struct order *order = order_new(numbers, count);

    SC_ASSERT(count > 0);
    if (agent) {
        order_free(sc_map_set(&f->orders, agent, order));
        return;
    }
    order_free(f->order);
    f->order = order;
}

struct sc_model *sc_fallback_new(
        const struct sc_fallback_model *models, size_t count, struct sc_clock *clock)
{
    struct fallback *f = sc_new(struct fallback);

    SC_ASSERT(count > 0);
    f->model = (struct sc_model){ .start = fallback_start,
        .reply = fallback_reply,
        .worst_case_micro = fallback_worst_case,
        .name = fallback_name,
        .take = fallback_take };
    f->clock = clock;
    f->choices = sc_new_array(struct choice, count);
    for (size_t i = 0; i < count; i++)
        f->choices[i] = (struct choice){ models[i].model, models[i].limiter, { 0 } };
    f->order = order_new(NULL, count);
    sc_map_init(&f->orders);
    return &f->model;
}

void sc_fallback_free(struct sc_model *model)
{
    struct fallback *f;

    if (!model)
        return;
    f = fallback_of(model);
    sc_map_release(&f->orders, order_free);
    order_free(f->order);
    free(f->choices);
    free(f);
}
