/* bench_history: how long a long history makes people wait.
 * usage: bench_history FOLDER [TASKS]
 * Fills the folder with that many tasks (1000000) when it is empty, as the executor
 * writes them, and reads: lists by every filter, one task, its record, what is to be gone
 * on with; then prunes a slice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/exec.h"
#include "exec/record.h"
#include "loop/loop.h"
#include "store/prune.h"
#include "store/store.h"

enum { AT_ONCE = 4096, READS = 50, PAGE = 51, STEP_MS = 31000 };

static const int64_t first_ms = 1765000000000;

struct bench {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_store *store;
    int64_t tasks, pruned;
};

static void fail(const struct sc_error *err)
{
    fprintf(stderr, "bench_history: %s\n", err->msg);
    exit(1);
}

static double ms_since(uint64_t start_ns)
{
    return (double)(uv_hrtime() - start_ns) / 1e6;
}

/* --- filling --- */

static const char *const words[] = {
    "price the new catalog for Germany and Japan",
    "把catalog.xlsx按30%毛利给德国和日本定价",
    "在庫が14日分より少ない商品を一覧にして",
    "list what to restock",
    "refund order 4711 and write to the customer",
    "列出需要补货的商品",
    "translate the listing of the tent into French",
    "pay the approved suppliers",
};
enum { WORDS = sizeof(words) / sizeof(*words) };

static enum sc_task_state state_of(int64_t i, int64_t tasks)
{
    if (i > tasks - 20)
        return SC_TASK_RUNNING;
    return i % 50 == 0 ? SC_TASK_FAILED : i % 33 == 0 ? SC_TASK_DRY_RUN : SC_TASK_DONE;
}

static void add_journal(struct sc_change *change, const char *id, int64_t at_ms)
{
    static const char *const kinds[] = { "prepared", "result", "ended" };
    static const char *const bodies[] = {
        "{\"step\":\"a\",\"values\":[{\"args\":{\"value\":1}}]}",
        "{\"step\":\"a\",\"element\":0,\"attempt\":1,\"ms\":3,\"version\":"
        "\"705ed044616e1a03\",\"value\":{\"rows\":[{\"sku\":\"A-1\",\"n\":3}]}}",
        "{\"state\":\"done\",\"answer\":\"26 of 64 products\",\"checks\":[]}",
    };

    for (int i = 0; i < 3; i++)
        sc_change_journal(change, id, i + 1, at_ms + i, kinds[i], bodies[i]);
}

static void add_receipt(struct sc_change *change, const char *id, int64_t at_ms)
{
    struct sc_effect_row row = { .task_id = id,
        .step_id = "a",
        .element = -1,
        .tool = "table.write",
        .version = "b1e85d860a541da7",
        .key = id,
        .agent = "operator",
        .args_hash = "",
        .args = "{\"path\":\"list.xlsx\"}",
        .approver = "--yes",
        .at_ms = at_ms };

    sc_change_effect_intend(change, &row, NULL);
    sc_change_effect_settle(change, row.tool, id, SC_EFFECT_DONE, "{}", at_ms);
}

static void make_id(int64_t i, char ret_id[16])
{
    snprintf(ret_id, 16, "%013llx",
            (unsigned long long)(i * 2654435761) & 0xfffffffffffff);
}

static struct sc_change *new_task(const struct bench *bench, int64_t i)
{
    struct sc_change *change = sc_change_new();
    char id[16], text[128];
    struct sc_task_row row = { .id = id,
        .agent = i % 100 == 0 ? "stock-watcher" : "operator",
        .words = text,
        .routine = i % 4 == 0     ? "price-catalog"
                   : i % 997 == 0 ? "price-watch"
                                  : NULL,
        .state = state_of(i, bench->tasks),
        .created_ms = first_ms + i * STEP_MS,
        .spec = "{\"inputs\":{\"markets\":[\"DE\",\"JP\"]},\"files\":[],\"plan\":{"
                "\"goal\":\"g\",\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":{}}"
                "]}}",
        .answer = "26 of 64 products must be reordered" };

    make_id(i, id);
    snprintf(text, sizeof(text), "%s, lot %lld", words[i % WORDS], (long long)(i / 100));
    row.ended_ms = row.state == SC_TASK_RUNNING ? 0 : row.created_ms + 5;
    sc_change_task_create(change, &row);
    if (row.state != SC_TASK_RUNNING)
        add_journal(change, id, row.created_ms);
    if (i % 20 == 0 && row.state == SC_TASK_DONE)
        add_receipt(change, id, row.created_ms);
    return change;
}

static void on_written(struct sc_op *op, const struct sc_error *err)
{
    (void)op;
    if (err)
        fail(err);
}

static void fill(struct bench *bench)
{
    uint64_t start = uv_hrtime();

    for (int64_t i = 0; i < bench->tasks; i++) {
        sc_store_apply_start(
                &bench->scope, bench->store, new_task(bench, i), on_written, NULL);
        if (i % AT_ONCE == AT_ONCE - 1)
            sc_loop_run(bench->loop);
    }
    sc_loop_run(bench->loop);
    printf("filled with %lld tasks in %.1f s\n", (long long)bench->tasks,
            ms_since(start) / 1e3);
}

/* --- reading --- */

static void count_task(void *arg, const struct sc_task_row *row)
{
    (void)row;
    ++*(int64_t *)arg;
}

static void count_effect(void *arg, const struct sc_effect_row *row)
{
    (void)row;
    ++*(int64_t *)arg;
}

struct reading {
    const char *name;
    struct sc_task_filter filter;
};

static void tell(const char *name, double first_ms_taken, double all_ms, int64_t rows)
{
    printf("%-34s first %7.3f ms, then %7.3f ms, %lld rows\n", name, first_ms_taken,
            all_ms / READS, (long long)rows);
}

static void list(struct bench *bench, const struct reading *reading)
{
    uint64_t start = uv_hrtime();
    double first = 0;
    int64_t rows = 0;
    struct sc_error err;

    for (int i = 0; i <= READS; i++) {
        rows = 0;
        if (sc_store_task_list(bench->store, &reading->filter, count_task, &rows, &err))
            fail(&err);
        if (i == 0) {
            first = ms_since(start);
            start = uv_hrtime();
        }
    }
    tell(reading->name, first, ms_since(start), rows);
}

static void list_all(struct bench *bench)
{
    const int64_t last_ms = first_ms + bench->tasks * STEP_MS;
    char middle[16];
    make_id(bench->tasks / 2, middle);
    const struct reading readings[] = {
        { "list", { .limit = PAGE } },
        { "list --after, a page in the middle", { .limit = PAGE, .after = middle } },
        { "list --state failed", { .limit = PAGE, .state = "failed" } },
        { "list --state dry_run", { .limit = PAGE, .state = "dry_run" } },
        { "list --state in_doubt, none", { .limit = PAGE, .state = "in_doubt" } },
        { "list --agent", { .limit = PAGE, .agent = "stock-watcher" } },
        { "list --agent --state",
                { .limit = PAGE, .agent = "stock-watcher", .state = "failed" } },
        { "list --routine, a quarter of all",
                { .limit = PAGE, .routine = "price-catalog" } },
        { "list --routine, few", { .limit = PAGE, .routine = "price-watch" } },
        { "list --since a week ago",
                { .limit = PAGE, .since_ms = last_ms - 7LL * 86400000 } },
        { "list --until the middle",
                { .limit = PAGE, .until_ms = first_ms + bench->tasks / 2 * STEP_MS } },
        { "list --since --state failed", { .limit = PAGE,
                                                 .since_ms = last_ms - 7LL * 86400000,
                                                 .state = "failed" } },
        { "list --since a week ago --agent", { .limit = PAGE,
                                                     .since_ms = last_ms - 7LL * 86400000,
                                                     .agent = "operator" } },
        { "list --grep restock, many", { .limit = PAGE, .words = "restock" } },
        { "list --grep 补货, many", { .limit = PAGE, .words = "补货" } },
        { "list --grep 商品を一覧, many", { .limit = PAGE, .words = "商品を一覧" } },
        { "list --grep, a lot of 100", { .limit = PAGE, .words = "lot 4711" } },
        { "list --grep, none", { .limit = PAGE, .words = "zeppelin" } },
        { "list --grep --state failed",
                { .limit = PAGE, .words = "price", .state = "failed" } },
        { "the unfinished (next to go on with)", { .unfinished = true } },
    };

    for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++)
        list(bench, &readings[i]);
}

static void show_one(struct bench *bench, const char *id)
{
    struct sc_error err;
    struct sc_json *report = sc_exec_report_of(bench->store, id, &err);

    if (!report)
        fail(&err);
    sc_json_free(report);
}

static void why_one(struct bench *bench, const char *id)
{
    int64_t effects = 0;
    struct sc_error err;
    struct sc_json *record = sc_record_read(bench->store, id, &err);

    if (!record || sc_store_effects_of(bench->store, id, count_effect, &effects, &err))
        fail(&err);
    sc_json_free(record);
    show_one(bench, id);
}

static void read_tasks(struct bench *bench, const char *name,
        void (*read)(struct bench *bench, const char *id))
{
    uint64_t start = uv_hrtime();
    double first = 0;
    char id[16];

    for (int64_t i = 0; i <= READS; i++) {
        make_id(bench->tasks / 2 + i * 20, id); /* those before it are pruned */
        read(bench, id);
        if (i == 0) {
            first = ms_since(start);
            start = uv_hrtime();
        }
    }
    tell(name, first, ms_since(start), 1);
}

/* --- pruning --- */

static void on_pruned(struct sc_op *op, const struct sc_error *err)
{
    struct bench *bench = op->arg;

    if (err)
        fail(err);
    bench->pruned += sc_store_pruned(op)->tasks;
}

static void prune(struct bench *bench)
{
    const struct sc_prune what = { .now_ms = first_ms + bench->tasks * STEP_MS,
        .before_ms = first_ms + bench->tasks * STEP_MS / 2,
        .tasks = 20 };
    uint64_t start = uv_hrtime();

    for (int i = 0; i < READS; i++) {
        sc_store_prune_start(&bench->scope, bench->store, &what, on_pruned, bench);
        sc_loop_run(bench->loop);
    }
    printf("%-34s %.3f ms a slice of 20, %lld tasks\n", "prune", ms_since(start) / READS,
            (long long)bench->pruned);
}

int main(int argc, char **argv)
{
    struct bench bench = { .tasks = argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000 };
    struct sc_error err = { 0 };
    int64_t found = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: bench_history FOLDER [TASKS]\n");
        return 2;
    }
    bench.loop = sc_loop_new(&err);
    bench.store = bench.loop
                          ? sc_store_open(bench.loop,
                                    &(struct sc_store_options){ .folder = argv[1] }, &err)
                          : NULL;
    if (!bench.store)
        fail(&err);
    sc_scope_init(&bench.scope, bench.loop);
    if (sc_store_task_list(bench.store, &(struct sc_task_filter){ .limit = 1 },
                count_task, &found, &err))
        fail(&err);
    if (!found)
        fill(&bench);
    list_all(&bench);
    read_tasks(&bench, "task show", show_one);
    read_tasks(&bench, "why, what it reads", why_one);
    prune(&bench);
    sc_store_close(bench.store);
    sc_loop_free(bench.loop);
    return 0;
}
