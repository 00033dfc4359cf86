/* How many of the facts that answer a question are among the first five that are found.
 * Prints recall at 5 by language, and fails when it falls. */
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
#include "fakes/store_bed.h"
#include "loop/file.h"
#include "memory/memory.h"

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
        line = strchr(line, '\t');
        assert_int_equal(line != NULL, i + 1 < count);
        if (line)
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

static int setup(void **state)
{
    struct bed *bed = calloc(1, sizeof(*bed));

    sc_store_bed_init(&bed->store);
    assert_int_equal(sc_store_bed_open(&bed->store, false), SC_OK);
    bed->clock = (struct sc_clock){ now_ms, now_ms };
    bed->memory = sc_memory_new(bed->store.store, &bed->clock);
    read_fixture(bed);
    remember_all(bed);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    struct bed *bed = *state;

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
    for (size_t i = 0; i < bed->fact_count; i++)
        if (strlen(bed->facts[i].key) == key_len &&
                memcmp(bed->facts[i].key, key, key_len) == 0)
            return &bed->facts[i];
    fail_msg("queries.tsv names a fact that there is not: %s", key);
    return NULL;
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

static struct sc_json *find(const struct bed *bed, const struct query *query)
{
    const struct sc_memory_query asked = { .words = query->words, .limit = FIRST };
    struct sc_error err = { 0 };
    struct sc_json *items = sc_memory_find(bed->memory, &asked, &err);

    if (!items)
        fail_msg("%s: %s", query->words, err.msg);
    return items;
}

static void measure(const struct bed *bed, const char *kind, struct recall *ret)
{
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
    print_message("recall at 5, %-28s", how);
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

    measure(*state, "words", &recall);
    show("words alone, sharing words", &recall);
    assert_least(&recall, least);
}

static void words_alone_find_some_of_what_is_said_otherwise(void **state)
{
    static const double least[LANGUAGES] = { 0.22, 0.15, 0.08, 0.18 };
    struct recall recall;

    measure(*state, "paraphrase", &recall);
    show("words alone, said otherwise", &recall);
    assert_least(&recall, least);
    measure(*state, NULL, &recall);
    show("words alone", &recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_alone_find_what_shares_words),
        cmocka_unit_test(words_alone_find_some_of_what_is_said_otherwise),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
