/* bench_memory: how long much knowledge makes a task wait.
 * usage: bench_memory FOLDER [FACTS]
 * Fills the folder with that many facts (1000000) when it is empty, in four languages,
 * with words of which some are in every tenth fact and most are rare; then recalls for
 * tasks, searches, adds, corrects and forgets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/loop.h"
#include "memory/memory.h"

enum { AT_ONCE = 2048, READS = 50, LIMIT = 8 };

struct bench {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_store *store;
    struct sc_memory *memory;
    int64_t facts;
};

static void fail(const struct sc_error *err)
{
    fprintf(stderr, "bench_memory: %s\n", err->msg);
    exit(1);
}

static double ms_since(uint64_t start_ns)
{
    return (double)(uv_hrtime() - start_ns) / 1e6;
}

static void tell(const char *name, double first_ms, double all_ms, size_t rows)
{
    printf("%-44s first %7.3f ms, then %7.3f ms, %zu items\n", name, first_ms,
            all_ms / READS, rows);
}

/* --- filling --- */

static const char *const forms[] = {
    "Supplier %s delivers article %lld to the warehouse in %lld days.",
    "Article %2$lld of %1$s weighs %3$lld grams and needs a label for Germany.",
    "Die Mindestbestellmenge für Artikel %2$lld bei %1$s ist %3$lld Stück.",
    "Rechnungen von %s zu Auftrag %lld werden nach %lld Tagen bezahlt.",
    "供应商%s的商品%lld从德国仓库发货需要%lld天。",
    "商品%2$lld由%1$s生产,毛利不得低于百分之%3$lld。",
    "%sの商品%lldは東京の倉庫から%lld日で出荷します。",
    "Customer %s asked for refund %lld after %lld days; the price was right.",
    "The import duty on goods of group %2$lld from %1$s is %3$lld percent.",
    "Never sell article %2$lld of %1$s below %3$lld euros in Japan.",
};
enum { FORMS = sizeof(forms) / sizeof(*forms) };

/* One of some 17,000 names. */
static void make_name(int64_t i, char ret_name[16])
{
    static const char *const parts[] = { "ba", "ke", "lo", "mi", "nu", "ra", "se", "ti",
        "vo", "wu", "ya", "zen", "hal" };
    int64_t n = i * 7919 % 17017;
    size_t len = 0;

    for (int part = 0; part < 4; part++, n /= 13)
        len += (size_t)snprintf(ret_name + len, 16 - len, "%s", parts[n % 13]);
    ret_name[0] = (char)(ret_name[0] - 'a' + 'A');
}

/* The format is one of the table. */
static void make_statement(int64_t i, char *ret_text, size_t size)
{
    char name[16];

    make_name(i, name);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(ret_text, size, forms[i % FORMS], name, (long long)i, (long long)(i % 97));
#pragma GCC diagnostic pop
}

static void on_written(struct sc_op *op, const struct sc_error *err)
{
    (void)op;
    if (err)
        fail(err);
}

static void put(struct bench *bench, struct sc_change *change, int64_t i,
        char ret_id[SC_ID_LEN + 1])
{
    char text[256], subject[32];
    const struct sc_fact fact = {
        .subject = subject, .statement = text, .source = "bench", .trusted = true
    };
    struct sc_error err;

    make_statement(i, text, sizeof(text));
    snprintf(subject, sizeof(subject), "article %lld", (long long)(i / 2));
    if (sc_memory_put_fact(bench->memory, change, &fact, ret_id, &err))
        fail(&err);
}

static void fill(struct bench *bench)
{
    uint64_t start = uv_hrtime();
    char id[SC_ID_LEN + 1];

    for (int64_t i = 0; i < bench->facts; i++) {
        struct sc_change *change = sc_change_new();

        put(bench, change, i, id);
        sc_store_apply_start(&bench->scope, bench->store, change, on_written, NULL);
        if (i % AT_ONCE == AT_ONCE - 1)
            sc_loop_run(bench->loop);
    }
    sc_loop_run(bench->loop);
    printf("filled with %lld facts in %.1f s\n", (long long)bench->facts,
            ms_since(start) / 1e3);
}

/* --- reading --- */

static void recall(struct bench *bench, const char *name, const char *words)
{
    const struct sc_recall what = { .agent = "operator", .words = words };
    uint64_t start = uv_hrtime();
    double first = 0;
    size_t rows = 0;
    struct sc_error err;

    for (int i = 0; i <= READS; i++) {
        struct sc_json *items = sc_memory_recall(bench->memory, &what, &err);

        if (!items)
            fail(&err);
        rows = sc_json_count(items);
        sc_json_free(items);
        if (i == 0) {
            first = ms_since(start);
            start = uv_hrtime();
        }
    }
    tell(name, first, ms_since(start), rows);
}

static void recall_all(struct bench *bench)
{
    static const struct {
        const char *name, *words;
    } tasks[] = {
        { "recall: a task of many words",
                "price the new catalog for Germany and Japan at 30 % margin, with duty "
                "and shipping from the warehouse, and list what suppliers deliver late" },
        { "recall: one rare word", "what does Bakelomi deliver" },
        { "recall: common words alone", "supplier article warehouse days" },
        { "recall: a number", "why was refund 471107 made" },
        { "recall: German, a compound", "Bestellmenge Artikel 300002 Lieferant" },
        { "recall: Chinese", "把德国仓库的商品按百分之三十毛利定价" },
        { "recall: Japanese", "東京の倉庫から出荷する商品を一覧にして" },
        { "recall: nothing known", "zeppelin" },
    };

    for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++)
        recall(bench, tasks[i].name, tasks[i].words);
}

/* --- changing --- */

static void change_all(struct bench *bench)
{
    char id[SC_ID_LEN + 1], corrected[SC_ID_LEN + 1];
    uint64_t start = uv_hrtime();
    struct sc_change *change;
    struct sc_error err;

    for (int i = 0; i < READS; i++) {
        change = sc_change_new();
        put(bench, change, bench->facts + (int64_t)(uv_hrtime() % 1000000000), id);
        sc_store_apply_start(&bench->scope, bench->store, change, on_written, NULL);
        sc_loop_run(bench->loop);
    }
    printf("%-44s %.3f ms\n", "add, on disk", ms_since(start) / READS);

    start = uv_hrtime();
    change = sc_change_new();
    if (sc_memory_put_correction(bench->memory, change, id,
                &(struct sc_fact){ .statement = "Corrected.", .trusted = true },
                corrected, &err))
        fail(&err);
    sc_store_apply_start(&bench->scope, bench->store, change, on_written, NULL);
    sc_loop_run(bench->loop);
    printf("%-44s %.3f ms\n", "correct, on disk", ms_since(start));

    start = uv_hrtime();
    sc_store_forget_start(&bench->scope, bench->store, corrected, on_written, NULL);
    sc_loop_run(bench->loop);
    printf("%-44s %.1f ms\n", "forget, out of the index and the log", ms_since(start));
}

static void count_row(void *arg, const struct sc_memory_row *row)
{
    (void)row;
    ++*(int64_t *)arg;
}

int main(int argc, char **argv)
{
    struct bench bench = { .facts = argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000 };
    const struct sc_memory_query any = { .limit = 1 };
    struct sc_error err = { 0 };
    int64_t found = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: bench_memory FOLDER [FACTS]\n");
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
    bench.memory = sc_memory_new(bench.store, sc_clock_system());
    if (sc_store_memory_list(bench.store, &any, 0, count_row, &found, &err))
        fail(&err);
    if (!found)
        fill(&bench);
    recall_all(&bench);
    change_all(&bench);
    sc_memory_free(bench.memory);
    sc_store_close(bench.store);
    sc_loop_free(bench.loop);
    return 0;
}
