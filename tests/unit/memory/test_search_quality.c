/* How many of the facts that answer a question are among the first five that are found.
 * Prints recall at 5 by language, and fails when it falls.
 *
 * The vectors come from a stand-in (fakes/embedder.h), for there is no model here: its
 * figures tell that words and vectors are put together well, and nothing of a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fakes/bounded.h"
#include "fakes/embedder.h"
#include "fakes/store_bed.h"
#include "loop/file.h"
#include "memory/meaning.h"
#include "memory/memory.h"
#include "model/endpoint.h"
#include "model/format.h"
#include "net/curl_multi.h"

enum {
    FACTS_MOST = 400,
    QUERIES_MOST = 100,
    FIRST = 5,
    LANGUAGES = 4,
    FILE_MAX = 1 << 20
};

struct known {
    const char *key, *text;
    char id[SC_ID_LEN + 1];
};

struct query {
    const char *keys, *kind, *words;
};

struct bed {
    struct sc_store_bed store;
    struct sc_clock clock;
    struct sc_memory *memory;
    struct sc_buf facts_text, queries_text;
    struct known facts[FACTS_MOST];
    struct query queries[QUERIES_MOST];
    size_t fact_count, query_count;

    struct sc_multi *multi;
    struct http_peer *peer;
    struct embedder embedder;
    struct sc_model *model;
    struct sc_meaning *meaning;
    struct sc_sense *sense; /* of the question; NULL: words alone */
    bool by_meaning, done;
};

/* Sums of shares, by language. */
struct recall {
    double sum[LANGUAGES];
    int count[LANGUAGES];
};

static const char letters[] = "ecjd";
static const char *const names[LANGUAGES] = { "English", "Chinese", "Japanese",
    "German" };

static int64_t now_ms(struct sc_clock *clock)
{
    (void)clock;
    return 1000;
}

/* --- reading the fixture --- */

/* The next line, cut into its columns; false at the end. */
static bool next_line(char **at, const char **columns, size_t count)
{
    char *line = *at, *end = strchr(line, '\n');

    if (!end)
        return false;
    *end = '\0';
    *at = end + 1;
    for (size_t i = 0; i < count; i++) {
        columns[i] = line;
        line += strcspn(line, "\t");
        assert_int_equal(*line == '\t', i + 1 < count);
        *line++ = '\0';
    }
    return true;
}

static char *read_file(const char *name, struct sc_buf *text)
{
    char *path = sc_strdupf("%s/memory/%s", SC_TEST_DATA, name);

    assert_int_equal(sc_file_read(path, FILE_MAX, text, NULL), SC_OK);
    free(path);
    sc_buf_addc(text, '\0');
    return text->data;
}

static void read_fixture(struct bed *bed)
{
    char *at = read_file("facts.tsv", &bed->facts_text);
    const char *columns[3];

    while (next_line(&at, columns, 2))
        bed->facts[bed->fact_count++] =
                (struct known){ .key = columns[0], .text = columns[1] };
    at = read_file("queries.tsv", &bed->queries_text);
    while (next_line(&at, columns, 3))
        bed->queries[bed->query_count++] =
                (struct query){ columns[0], columns[1], columns[2] };
    assert_true(bed->fact_count >= 300 && bed->query_count >= 60);
}

static void remember_all(struct bed *bed)
{
    struct sc_change *change = NULL;

    for (size_t i = 0; i < bed->fact_count; i++) {
        const struct sc_fact fact = {
            .statement = bed->facts[i].text, .source = "ann", .trusted = true
        };

        if (i % SC_STORE_BED_CLAIMS == 0)
            change = sc_change_new();
        assert_int_equal(
                sc_memory_put_fact(bed->memory, change, &fact, bed->facts[i].id, NULL),
                SC_OK);
        if ((i + 1) % SC_STORE_BED_CLAIMS == 0 || i + 1 == bed->fact_count)
            assert_int_equal(sc_store_bed_apply(&bed->store, change), SC_OK);
    }
}

static void on_request(void *arg, struct peer_request *request)
{
    embedder_answer(arg, request);
}

static void on_filled(struct sc_op *op, const struct sc_error *err)
{
    struct bed *bed = op->arg;

    assert_null(err);
    assert_int_equal(sc_meaning_filled(op)->items, bed->fact_count);
    bed->done = true;
}

/* A vector for each fact. */
static void start_embedder(struct bed *bed)
{
    char *path = sc_strdupf("%s/memory/lexicon.txt", SC_TEST_DATA);
    uv_loop_t *uv = sc_loop_uv(bed->store.loop);
    char url[HTTP_PEER_URL];
    const struct sc_endpoint_config config = {
        .url = url, .model = "stand-in", .format = &sc_format_embeddings
    };
    const struct sc_meaning_fill all = { 0 };

    assert_true(embedder_init(&bed->embedder, path));
    free(path);
    bed->multi = sc_multi_new(bed->store.loop, NULL);
    bed->peer = http_peer_new(uv, on_request, &bed->embedder);
    http_peer_url(bed->peer, "/v1", url);
    bed->model = sc_endpoint_new(&config, bed->multi, &bed->clock, NULL);
    assert_non_null(bed->model);
    bed->meaning = sc_meaning_new(
            &(struct sc_meaning_parts){ .store = bed->store.store, .model = bed->model });
    sc_meaning_fill_start(&bed->store.scope, bed->meaning, &all, on_filled, bed);
    assert_true(bounded_run(uv, &bed->done, 60000));
}

static int setup(void **state)
{
    struct bed *bed = calloc(1, sizeof(*bed));

    sc_store_bed_init(&bed->store);
    assert_int_equal(sc_store_bed_open(&bed->store, false), SC_OK);
    bed->clock = (struct sc_clock){ now_ms, now_ms };
    bed->memory = sc_memory_new(bed->store.store, &bed->clock);
    read_fixture(bed);
    remember_all(bed);
    start_embedder(bed);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    struct bed *bed = *state;

    sc_meaning_free(bed->meaning);
    sc_endpoint_free(bed->model);
    http_peer_free(bed->peer);
    sc_multi_free(bed->multi);
    embedder_release(&bed->embedder);
    sc_memory_free(bed->memory);
    sc_store_bed_release(&bed->store);
    sc_buf_release(&bed->facts_text);
    sc_buf_release(&bed->queries_text);
    free(bed);
    return 0;
}

/* --- measuring --- */

static const struct known *fact_of(const struct bed *bed, const char *key, size_t key_len)
{
    size_t i = 0;

    while (i < bed->fact_count && (strlen(bed->facts[i].key) != key_len ||
                                          memcmp(bed->facts[i].key, key, key_len) != 0))
        i++;
    if (i == bed->fact_count)
        fail_msg("queries.tsv names a fact that there is not: %s", key);
    return &bed->facts[i];
}

static bool is_found(const struct sc_json *items, const char *id)
{
    SC_JSON_EACH(item, items)
    if (strcmp(sc_json_get_string(item, "id", ""), id) == 0)
        return true;
    return false;
}

/* The share of the answers that is there. */
static double share_found(
        const struct bed *bed, const struct query *query, const struct sc_json *items)
{
    int found = 0, count = 0;

    for (const char *key = query->keys; *key; count++) {
        size_t len = strcspn(key, ",");

        found += is_found(items, fact_of(bed, key, len)->id);
        key += len + (key[len] == ',');
    }
    return (double)found / count;
}

static void on_sense(struct sc_op *op, const struct sc_error *err)
{
    struct bed *bed = op->arg;

    assert_null(err);
    bed->sense = sc_meaning_take_sense(op);
    bed->done = true;
}

static struct sc_json *find(struct bed *bed, const struct query *query)
{
    const struct sc_memory_query asked = { .words = query->words, .limit = FIRST };
    struct sc_error err = { 0 };
    struct sc_json *items;

    bed->done = !bed->by_meaning;
    if (bed->by_meaning)
        sc_meaning_ask_start(
                &bed->store.scope, bed->meaning, query->words, NULL, on_sense, bed);
    assert_true(bounded_run(sc_loop_uv(bed->store.loop), &bed->done, 60000));
    items = sc_memory_find(bed->memory, &asked, bed->sense, &err);

    if (!items)
        fail_msg("%s: %s", query->words, err.msg);
    sc_sense_free(bed->sense);
    bed->sense = NULL;
    return items;
}

static void measure(
        struct bed *bed, bool by_meaning, const char *kind, struct recall *ret)
{
    bed->by_meaning = by_meaning;
    *ret = (struct recall){ 0 };
    for (size_t i = 0; i < bed->query_count; i++) {
        const struct query *query = &bed->queries[i];
        size_t language = (size_t)(strchr(letters, query->keys[0]) - letters);
        struct sc_json *items;

        if (kind && strcmp(query->kind, kind) != 0)
            continue;
        items = find(bed, query);
        ret->sum[language] += share_found(bed, query, items);
        ret->count[language]++;
        sc_json_free(items);
    }
}

static double mean(const struct recall *recall)
{
    double sum = 0;
    int count = 0;

    for (size_t i = 0; i < LANGUAGES; i++) {
        sum += recall->sum[i];
        count += recall->count[i];
    }
    return sum / count;
}

static void show(const char *how, const struct recall *recall)
{
    print_message("recall at 5, %-42s", how);
    for (size_t i = 0; i < LANGUAGES; i++)
        print_message("  %s %.2f (%d)", names[i], recall->sum[i] / recall->count[i],
                recall->count[i]);
    print_message("  all %.2f\n", mean(recall));
}

static void assert_least(const struct recall *recall, const double *least)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (recall->sum[i] / recall->count[i] < least[i])
            fail_msg("%s: %.2f of the answers are found, at least %.2f were", names[i],
                    recall->sum[i] / recall->count[i], least[i]);
}

static void words_alone_find_what_shares_words(void **state)
{
    static const double least[LANGUAGES] = { 0.85, 0.83, 0.83, 0.75 };
    struct recall recall;

    measure(*state, false, "words", &recall);
    show("words alone, sharing words", &recall);
    assert_least(&recall, least);
}

static void words_alone_find_some_of_what_is_said_otherwise(void **state)
{
    static const double least[LANGUAGES] = { 0.22, 0.15, 0.08, 0.18 };
    struct recall recall;

    measure(*state, false, "paraphrase", &recall);
    show("words alone, said otherwise", &recall);
    assert_least(&recall, least);
    measure(*state, false, NULL, &recall);
    show("words alone", &recall);
}

static void vectors_find_more_and_lose_little_of_what_words_find(void **state)
{
    static const double least[LANGUAGES] = { 0.75, 0.70, 0.40, 0.60 };
    static const double least_words[LANGUAGES] = { 0.85, 0.83, 0.83, 0.75 };
    struct recall recall;

    measure(*state, true, "words", &recall);
    show("words + stand-in vectors, sharing words", &recall);
    assert_least(&recall, least_words);
    measure(*state, true, "paraphrase", &recall);
    show("words + stand-in vectors, said otherwise", &recall);
    assert_least(&recall, least);
    measure(*state, true, NULL, &recall);
    show("words + stand-in vectors", &recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_alone_find_what_shares_words),
        cmocka_unit_test(words_alone_find_some_of_what_is_said_otherwise),
        cmocka_unit_test(vectors_find_more_and_lose_little_of_what_words_find),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
