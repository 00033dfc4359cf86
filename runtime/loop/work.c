#include "loop/work.h"

#include <stdlib.h>

#include "base/mem.h"
#include "loop/loop.h"

struct work_op {
    struct sc_op op;
    uv_work_t request;
    sc_work_fn *work;
    void *data;
    struct sc_error err; /* the pool thread's until after_work */
};

static void on_pool_thread(uv_work_t *request)
{
    struct work_op *w = sc_container_of(request, struct work_op, request);

    w->err.code = w->work(w->data, &w->err);
}

static void after_work(uv_work_t *request, int status)
{
    struct work_op *w = sc_container_of(request, struct work_op, request);

    if (status == UV_ECANCELED)
        sc_op_finish_cancelled(&w->op);
    else
        sc_op_finish(&w->op, w->err.code ? &w->err : NULL);
}

static void work_cancel(struct sc_op *op)
{
    struct work_op *w = sc_container_of(op, struct work_op, op);

    /* It refuses when the work runs already. Either way after_work follows. */
    uv_cancel((uv_req_t *)&w->request);
}

static void work_release(struct sc_op *op)
{
    free(sc_container_of(op, struct work_op, op));
}

static const struct sc_op_class work_class = {
    .name = "work",
    .cancel = work_cancel,
    .release = work_release,
};

struct sc_op *sc_work_start(struct sc_scope *scope, sc_work_fn *work, void *data,
        sc_op_done_fn *done, void *arg)
{
    struct work_op *w = sc_new(struct work_op);
    int r;

    w->work = work;
    w->data = data;
    sc_op_begin(&w->op, &work_class, scope, done, arg);
    if (scope->cancelled) {
        sc_op_finish_cancelled(&w->op);
        return &w->op;
    }
    r = uv_queue_work(sc_loop_uv(scope->loop), &w->request, on_pool_thread, after_work);
    SC_ASSERT(r == 0); /* it fails only without a function */
    return &w->op;
}
