#include "loop/post.h"

#include <stdlib.h>

#include "base/mem.h"
#include "loop/loop.h"

struct sc_postbox {
    uv_async_t wake;
    uv_mutex_t mutex;
    struct sc_list waiting; /* under mutex */
};

/* Runs what was waiting on entry. */
static void run_all(struct sc_postbox *box)
{
    struct sc_list batch;

    sc_list_init(&batch);
    uv_mutex_lock(&box->mutex);
    while (!sc_list_empty(&box->waiting)) {
        struct sc_list *node = box->waiting.next;

        sc_list_remove(node);
        sc_list_append(&batch, node);
    }
    uv_mutex_unlock(&box->mutex);
    while (!sc_list_empty(&batch)) {
        struct sc_message *message =
                sc_container_of(batch.next, struct sc_message, in_box);

        sc_list_remove(&message->in_box);
        message->run(message);
    }
}

static void on_wake(uv_async_t *async)
{
    run_all(sc_container_of(async, struct sc_postbox, wake));
}

struct sc_postbox *sc_postbox_new(struct sc_loop *loop, struct sc_error *err)
{
    struct sc_postbox *box = sc_new(struct sc_postbox);
    int r = uv_mutex_init(&box->mutex);

    if (r < 0)
        goto failed;
    sc_list_init(&box->waiting);
    r = uv_async_init(sc_loop_uv(loop), &box->wake, on_wake);
    if (r < 0) {
        uv_mutex_destroy(&box->mutex);
        goto failed;
    }
    uv_unref((uv_handle_t *)&box->wake);
    return box;

failed:
    sc_fail(err, SC_INTERNAL, "a mailbox could not be set up: %s", uv_strerror(r));
    free(box);
    return NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct sc_postbox *box =
            sc_container_of((uv_async_t *)handle, struct sc_postbox, wake);

    uv_mutex_destroy(&box->mutex);
    free(box);
}

void sc_postbox_free(struct sc_postbox *box)
{
    if (!box)
        return;
    run_all(box);
    uv_close((uv_handle_t *)&box->wake, on_closed);
}

void sc_post(struct sc_postbox *box, struct sc_message *message)
{
    uv_mutex_lock(&box->mutex);
    sc_list_append(&box->waiting, &message->in_box);
    uv_mutex_unlock(&box->mutex);
    uv_async_send(&box->wake);
}
