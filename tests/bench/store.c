/* store_bench: how many rows a second the store keeps. usage: store_bench FOLDER
 * [SECONDS] One journal row a change, 1, 16, 64, 256 and 1000 changes waiting at once.
 * Reads are measured by history.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "loop/loop.h"
#include "store/store.h"

enum { BODY = 300, ROWS_A_TASK = 20 };

struct bench {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_store *store;
    char body[BODY + 1];
    uint64_t end_ns;
    int64_t done, tasks;
    uint64_t slowest_turn_ns, turn_ns;
};

static void fail(const struct sc_error *err)
{
    fprintf(stderr, "store_bench: %s\n", err->msg);
    exit(1);
}

/* --- writing --- */

struct chain {
    struct bench *bench;
    char task_id[24];
    int64_t seq;
};

static void on_written(struct sc_op *op, const struct sc_error *err);

static void write_next(struct chain *chain)
{
    struct sc_change *change = sc_change_new();

    if (chain->seq % ROWS_A_TASK == 0)
        snprintf(chain->task_id, sizeof(chain->task_id), "w%012lld",
                (long long)++chain->bench->tasks);
    sc_change_journal(change, chain->task_id, ++chain->seq, 1795404000000, "step_done",
            chain->bench->body);
    sc_store_apply_start(
            &chain->bench->scope, chain->bench->store, change, on_written, chain);
}

static void on_written(struct sc_op *op, const struct sc_error *err)
{
    struct chain *chain = op->arg;

    if (err)
        fail(err);
    chain->bench->done++;
    if (uv_hrtime() < chain->bench->end_ns)
        write_next(chain);
}

/* How long the loop is away between two timers of a millisecond. */
static void on_tick(uv_timer_t *timer)
{
    struct bench *bench = timer->data;
    uint64_t now = uv_hrtime(), turn = now - bench->turn_ns;

    if (turn > bench->slowest_turn_ns)
        bench->slowest_turn_ns = turn;
    bench->turn_ns = now;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void write_rows(struct bench *bench, int waiting, double seconds)
{
    struct chain *chains = sc_new_array(struct chain, (size_t)waiting);
    uv_timer_t *timer = sc_new(uv_timer_t);
    uint64_t start = uv_hrtime();
    double took;

    bench->done = 0;
    bench->slowest_turn_ns = 0;
    bench->turn_ns = start;
    bench->end_ns = start + (uint64_t)(seconds * 1e9);
    uv_timer_init(sc_loop_uv(bench->loop), timer);
    timer->data = bench;
    uv_timer_start(timer, on_tick, 1, 1);
    uv_unref((uv_handle_t *)timer);
    for (int i = 0; i < waiting; i++) {
        chains[i].bench = bench;
        write_next(&chains[i]);
    }
    sc_loop_run(bench->loop);
    took = (double)(uv_hrtime() - start) / 1e9;
    printf("%5d waiting: %8.0f rows/s, %7.3f ms a row, loop away at most %.1f ms\n",
            waiting, (double)bench->done / took,
            took * 1e3 * waiting / (double)bench->done,
            (double)bench->slowest_turn_ns / 1e6);
    uv_close((uv_handle_t *)timer, on_timer_closed);
    free(chains);
}

int main(int argc, char **argv)
{
    static const int waiting[] = { 1, 16, 64, 256, 1000 };
    struct bench bench = { 0 };
    struct sc_error err = { 0 };
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 2;

    if (argc < 2) {
        fprintf(stderr, "usage: store_bench FOLDER [SECONDS]\n");
        return 2;
    }
    memset(bench.body, 'x', BODY);
    bench.loop = sc_loop_new(&err);
    bench.store = bench.loop
                          ? sc_store_open(bench.loop,
                                    &(struct sc_store_options){ .folder = argv[1] }, &err)
                          : NULL;
    if (!bench.store)
        fail(&err);
    sc_scope_init(&bench.scope, bench.loop);
    for (int i = 0; i < 5; i++)
        write_rows(&bench, waiting[i], seconds);
    sc_store_close(bench.store);
    sc_loop_free(bench.loop);
    return 0;
}
