/* worker/pool.c - the processes, and which of them gets a call. */
#include "worker/pool.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "worker/pool_private.h"

enum {
    MAX_WORKERS = 2,
    /* A call that waits for so long in one worker makes another worth its start and its
     * share of the cores. Definitions do not: all of them take less time than a start. */
    LATE_MS = 100,
    START_MS = 10 * 1000, /* to say hello */
    FAST_DEATH_MS = 1000,
    BACKOFF_MS = 100,
    MAX_BACKOFF_MS = 5000,
    GIVE_UP = 4, /* starts that failed in a row */
};

int64_t sc_pool_now(const struct sc_pool *pool)
{
    return (int64_t)uv_now(sc_loop_uv(pool->loop));
}

/* --- the end of a worker --- */

static void finish_pool(struct sc_pool *pool)
{
    void (*on_closed)(void *arg) = pool->on_closed;
    void *arg = pool->closed_arg;

    if (!pool->closing || pool->timer_open || !sc_list_empty(&pool->workers))
        return;
    free(pool->worker_path);
    free(pool);
    if (on_closed)
        on_closed(arg);
}

static void on_part_closed(void *arg)
{
    struct sc_worker *worker = arg;
    struct sc_pool *pool = worker->pool;

    if (--worker->open_parts > 0)
        return;
    sc_list_remove(&worker->in_pool);
    sc_map_release(&worker->versions, NULL);
    free(worker);
    finish_pool(pool);
}

/* Its calls end, and nothing is sent to it any more. */
static void close_worker(struct sc_worker *worker, const struct sc_error *why)
{
    struct sc_pool *pool = worker->pool;
    bool soon = sc_pool_now(pool) - worker->started_ms < FAST_DEATH_MS;

    if (worker->state == WORKER_CLOSING)
        return;
    if (soon && !pool->closing) {
        int64_t wait = BACKOFF_MS << (pool->failed_starts < 6 ? pool->failed_starts : 6);

        pool->failed_starts++;
        pool->start_after_ms =
                sc_pool_now(pool) + (wait < MAX_BACKOFF_MS ? wait : MAX_BACKOFF_MS);
    } else {
        pool->failed_starts = 0;
    }
    worker->state = WORKER_CLOSING;
    pool->worker_count--;
    while (!sc_list_empty(&worker->calls))
        sc_call_fail(sc_container_of(worker->calls.next, struct sc_call, in_list), why);
    sc_wire_close(worker->wire, on_part_closed, worker);
    sc_proc_close(worker->proc, on_part_closed, worker);
    if (!pool->closing)
        sc_pool_dispatch(pool);
}

static void lose_worker(struct sc_worker *worker, const char *how)
{
    struct sc_error err;

    sc_log(worker->pool->options.log, SC_DEBUG, "worker.lost", "pid=%d how=%s",
            sc_proc_pid(worker->proc), how);
    sc_fail(&err, SC_UNAVAILABLE, "the worker process %s", how);
    close_worker(worker, &err);
}

static void on_proc_exit(void *arg, int status, int signum)
{
    (void)status;
    lose_worker(arg, signum ? "was killed" : "has ended");
}

static void on_wire_end(void *arg, const struct sc_error *err)
{
    lose_worker(arg, err ? "does not answer" : "has ended");
}

static void on_frame(void *arg, const struct sc_frame *frame)
{
    struct sc_worker *worker = arg;
    struct sc_id_entry *found;

    if (frame->kind == SC_FRAME_HELLO) {
        worker->state = WORKER_READY;
        worker->pool->failed_starts = 0;
        sc_pool_dispatch(worker->pool);
        return;
    }
    found = sc_id_find(&worker->ids, frame->call);
    if (found && !sc_call_on_frame(sc_container_of(found, struct sc_call, entry), frame))
        lose_worker(worker, "broke the protocol");
}

static void on_drained(void *arg)
{
    sc_pool_dispatch(((struct sc_worker *)arg)->pool);
}

/* --- the start of one --- */

static void say_hello(struct sc_worker *worker)
{
    struct sc_buf *out = sc_wire_begin(worker->wire, SC_FRAME_HELLO, 0, 0);

    sc_buf_addf(out, "{\"memory_limit\":%zu}", worker->pool->options.memory_limit);
    sc_wire_end(worker->wire, NULL);
}

static enum sc_code start_worker(struct sc_pool *pool, struct sc_error *err)
{
    static const int fds[] = { -1, -1, 2 };
    const char *args[] = { pool->worker_path, "--worker", NULL };
    struct sc_worker *worker = sc_new(struct sc_worker);
    struct sc_proc_spec spec = {
        .path = pool->worker_path,
        .args = args,
        .fds = fds,
        .fd_count = 3,
        .socket = true,
        .on_exit = on_proc_exit,
        .arg = worker,
    };
    struct sc_wire_spec wire = { on_frame, on_wire_end, on_drained, worker };

    worker->pool = pool;
    worker->proc = sc_proc_new(pool->loop, &spec, err);
    if (!worker->proc) {
        free(worker);
        return err->code;
    }
    worker->wire = sc_wire_new(pool->loop, sc_proc_take_socket(worker->proc), &wire);
    say_hello(worker);
    worker->open_parts = 2;
    worker->started_ms = sc_pool_now(pool);
    sc_map_init(&worker->versions);
    sc_list_init(&worker->calls);
    sc_list_init(&worker->at_work);
    sc_id_init(&worker->ids);
    sc_list_append(&pool->workers, &worker->in_pool);
    pool->worker_count++;
    sc_pool_arm(pool, worker->started_ms + START_MS);
    return SC_OK;
}

/* --- dispatch --- */

void sc_call_works(struct sc_call *call)
{
    if (!call->worker || call->what == CALL_DEFINE)
        return;
    call->works_since_ms = sc_pool_now(call->pool);
    sc_list_append(&call->worker->at_work, &call->in_work);
    call->worker->work_count++;
}

void sc_call_rests(struct sc_call *call)
{
    if (sc_list_empty(&call->in_work))
        return;
    sc_list_remove(&call->in_work);
    call->worker->work_count--;
}

static bool is_late(const struct sc_worker *worker)
{
    const struct sc_list *head = &worker->at_work;

    return head->next != head &&
           sc_pool_now(worker->pool) -
                           sc_container_of(head->next, struct sc_call, in_work)
                                   ->works_since_ms >
                   LATE_MS;
}

/* Who gets the next call. */
struct choice {
    struct sc_worker *worker; /* NULL: nobody can take one */
    bool late;                /* so are all others */
    bool starting;            /* another one is about to be there */
};

static bool takes_calls(const struct sc_worker *worker)
{
    return worker->state == WORKER_READY && worker->told_count == 0 &&
           sc_wire_queued(worker->wire) <= SC_WIRE_HIGH;
}

/* The first that keeps up: one busy process wakes less often than two half idle ones.
 * Else the one with the least to do. */
static struct choice choose(struct sc_pool *pool)
{
    struct choice choice = { .late = true };
    struct sc_list *head = &pool->workers;

    for (struct sc_list *node = head->next; node != head; node = node->next) {
        struct sc_worker *worker = sc_container_of(node, struct sc_worker, in_pool);

        choice.starting = choice.starting || worker->state == WORKER_STARTING;
        if (!choice.late || !takes_calls(worker))
            continue;
        choice.late = is_late(worker);
        if (!choice.late || !choice.worker ||
                worker->work_count < choice.worker->work_count)
            choice.worker = worker;
    }
    return choice;
}

static void fail_queue(struct sc_pool *pool, const struct sc_error *err)
{
    while (!sc_list_empty(&pool->queue))
        sc_call_fail(sc_container_of(pool->queue.next, struct sc_call, in_list), err);
}

static void want_worker(struct sc_pool *pool)
{
    struct sc_error err;

    if (pool->failed_starts >= GIVE_UP) {
        sc_fail(&err, SC_UNAVAILABLE, "worker processes die as soon as they start");
        pool->failed_starts = 0; /* later calls try anew */
        fail_queue(pool, &err);
        return;
    }
    if (pool->worker_count >= pool->options.max_workers ||
            sc_pool_now(pool) < pool->start_after_ms)
        return;
    if (start_worker(pool, &err) != SC_OK) {
        sc_wrap(&err, "start of a worker");
        err.code = SC_UNAVAILABLE;
        if (pool->worker_count == 0)
            fail_queue(pool, &err);
    }
}

void sc_pool_dispatch(struct sc_pool *pool)
{
    while (!sc_list_empty(&pool->queue) && !pool->closing) {
        struct choice choice = choose(pool);

        if (choice.late && !choice.starting) {
            want_worker(pool);
            choice = choose(pool);
        }
        if (!choice.worker || (choice.late && choice.starting) ||
                sc_list_empty(&pool->queue))
            break;
        sc_call_send(sc_container_of(pool->queue.next, struct sc_call, in_list),
                choice.worker);
    }
    if (!sc_list_empty(&pool->queue) && pool->start_after_ms > sc_pool_now(pool))
        sc_pool_arm(pool, pool->start_after_ms);
}

void sc_pool_call_left(struct sc_call *call)
{
    if (!call->listed)
        return;
    call->listed = false;
    sc_list_remove(&call->in_list);
    if (call->worker) {
        sc_call_rests(call);
        call->worker->told_count -= call->told;
        sc_id_remove(&call->entry);
    }
    call->worker = NULL;
    sc_call_unref(call);
}

/* --- time --- */

static int64_t earliest(const struct sc_list *calls, int64_t than)
{
    for (struct sc_list *node = calls->next; node != calls; node = node->next) {
        const struct sc_call *call = sc_container_of(node, struct sc_call, in_list);
        int64_t at = call->told ? call->kill_ms : call->deadline_ms;

        if (at < than)
            than = at;
    }
    return than;
}

static void on_timer(uv_timer_t *timer);

void sc_pool_arm(struct sc_pool *pool, int64_t at_ms)
{
    int64_t now = sc_pool_now(pool);

    if (pool->closing || at_ms == INT64_MAX ||
            (uv_is_active((uv_handle_t *)&pool->timer) && pool->armed_ms <= at_ms))
        return;
    pool->armed_ms = at_ms;
    uv_timer_start(&pool->timer, on_timer, at_ms > now ? (uint64_t)(at_ms - now) : 0, 0);
}

/* For the earliest of all. */
static void arm_again(struct sc_pool *pool)
{
    int64_t at = earliest(&pool->queue, INT64_MAX);
    struct sc_list *head = &pool->workers;

    for (struct sc_list *node = head->next; node != head; node = node->next) {
        struct sc_worker *worker = sc_container_of(node, struct sc_worker, in_pool);

        at = earliest(&worker->calls, at);
        if (worker->state == WORKER_STARTING && worker->started_ms + START_MS < at)
            at = worker->started_ms + START_MS;
    }
    sc_pool_arm(pool, at);
}

static void expire(struct sc_list *calls, int64_t now)
{
    for (struct sc_list *node = calls->next, *next; node != calls; node = next) {
        struct sc_call *call = sc_container_of(node, struct sc_call, in_list);

        next = node->next;
        if (!call->told && call->deadline_ms <= now)
            sc_call_expire(call);
    }
}

/* Is there a call that was told to stop, and did not? */
static bool is_stuck(const struct sc_worker *worker, int64_t now)
{
    const struct sc_list *head = &worker->calls;

    if (worker->state == WORKER_STARTING)
        return worker->started_ms + START_MS <= now;
    for (struct sc_list *node = head->next; node != head; node = node->next) {
        const struct sc_call *call = sc_container_of(node, struct sc_call, in_list);

        if (call->told && call->kill_ms <= now)
            return true;
    }
    return false;
}

static void on_timer(uv_timer_t *timer)
{
    struct sc_pool *pool = sc_container_of(timer, struct sc_pool, timer);
    struct sc_list *head = &pool->workers;
    int64_t now = sc_pool_now(pool);

    expire(&pool->queue, now);
    for (struct sc_list *node = head->next, *next; node != head; node = next) {
        struct sc_worker *worker = sc_container_of(node, struct sc_worker, in_pool);

        next = node->next;
        if (worker->state == WORKER_CLOSING)
            continue;
        expire(&worker->calls, now);
        if (is_stuck(worker, now)) {
            sc_proc_kill(worker->proc, SIGKILL);
            lose_worker(worker, "hung and was killed");
        }
    }
    sc_pool_dispatch(pool);
    arm_again(pool);
}

/* --- life --- */

struct sc_pool *sc_pool_new(struct sc_loop *loop, const struct sc_pool_options *options)
{
    struct sc_pool *pool = sc_new(struct sc_pool);

    pool->loop = loop;
    pool->options = *options;
    pool->worker_path = sc_strdup(options->worker_path);
    if (pool->options.max_workers <= 0)
        pool->options.max_workers = MAX_WORKERS;
    sc_list_init(&pool->workers);
    sc_list_init(&pool->queue);
    uv_timer_init(sc_loop_uv(loop), &pool->timer);
    pool->timer_open = true;
    return pool;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct sc_pool *pool = sc_container_of((uv_timer_t *)handle, struct sc_pool, timer);

    pool->timer_open = false;
    finish_pool(pool);
}

void sc_pool_close(struct sc_pool *pool, void (*on_closed)(void *arg), void *arg)
{
    struct sc_list *head = &pool->workers;
    struct sc_error err;

    SC_ASSERT(!pool->closing);
    pool->closing = true;
    pool->on_closed = on_closed;
    pool->closed_arg = arg;
    sc_fail(&err, SC_CANCELLED, "shutting down");
    fail_queue(pool, &err);
    for (struct sc_list *node = head->next, *next; node != head; node = next) {
        next = node->next;
        close_worker(sc_container_of(node, struct sc_worker, in_pool), &err);
    }
    uv_close((uv_handle_t *)&pool->timer, on_timer_closed);
}
