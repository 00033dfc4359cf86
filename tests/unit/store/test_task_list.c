#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/store_bed.h"
#include "store/words.h"

static int setup(void **state)
{
    struct sc_store_bed *bed = calloc(1, sizeof(*bed));

    sc_store_bed_init(bed);
    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    sc_store_bed_release(*state);
    free(*state);
    return 0;
}

static void ask(struct sc_store_bed *bed, const char *id, const char *words,
        int64_t created_ms, const char *routine)
{
    struct sc_change *change = sc_change_new();
    struct sc_task_row row = sc_store_bed_task(id, SC_TASK_DONE);

    row.words = words;
    row.created_ms = created_ms;
    row.routine = routine;
    sc_change_task_create(change, &row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
}

static void add_id(void *arg, const struct sc_task_row *row)
{
    sc_buf_addf(arg, "%s ", row->id);
}

static void assert_list(struct sc_store_bed *bed, const struct sc_task_filter *filter,
        const char *expected)
{
    struct sc_buf seen = { 0 };
    struct sc_error err = { 0 };

    (void)sc_store_task_list(bed->store, filter, add_id, &seen, &err);
    assert_string_equal(err.msg, "");
    assert_string_equal(sc_buf_text(&seen), expected);
    sc_buf_release(&seen);
}

static void assert_found(
        struct sc_store_bed *bed, const char *words, const char *expected)
{
    assert_list(bed, &(struct sc_task_filter){ .words = words }, expected);
}

static void words_are_found_in_any_script(void **state)
{
    struct sc_store_bed *bed = *state;

    ask(bed, "a", "price catalog.xlsx for Germany and Österreich", 1, NULL);
    ask(bed, "b", "把catalog.xlsx按30%毛利给德国和日本定价", 2, NULL);
    ask(bed, "c", "カタログの価格を日本向けに計算して", 3, NULL);
    ask(bed, "d", "列出需要补货的商品", 4, NULL);

    assert_found(bed, "catalog", "b a ");
    assert_found(bed, "CATALOG.xlsx", "b a ");
    assert_found(bed, "osterreich germany", "a ");
    assert_found(bed, "补货", "d ");
    assert_found(bed, "日本", "c b ");
    assert_found(bed, "日本 定价", "b ");
    assert_found(bed, "価格を日本", "c ");
    assert_found(bed, "货", "d ");
    assert_found(bed, "cat*", "b a ");
    assert_found(bed, "cat", "");
    assert_found(bed, "本日", "");
    assert_found(bed, "补商", "");
}

static void a_query_without_a_word_is_refused(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_error err;

    assert_int_equal(
            sc_store_task_list(bed->store, &(struct sc_task_filter){ .words = " \"* - " },
                    add_id, NULL, &err),
            SC_INVALID);
    assert_found(bed, "\"price\" OR NEAR(a b) \"", "");
}

static void tasks_are_found_by_time_and_routine(void **state)
{
    struct sc_store_bed *bed = *state;

    ask(bed, "a", "one", 100, "restock");
    ask(bed, "b", "two", 300, NULL);
    ask(bed, "c", "one", 200, "restock"); /* the clock was set back */
    ask(bed, "d", "two", 400, "prices");

    assert_list(bed, &(struct sc_task_filter){ .since_ms = 200 }, "d b c ");
    assert_list(bed, &(struct sc_task_filter){ .until_ms = 300 }, "c a ");
    assert_list(
            bed, &(struct sc_task_filter){ .since_ms = 200, .until_ms = 400 }, "b c ");
    assert_list(bed, &(struct sc_task_filter){ .routine = "restock" }, "c a ");
    assert_list(bed, &(struct sc_task_filter){ .words = "one", .since_ms = 150 }, "c ");
    assert_list(bed,
            &(struct sc_task_filter){ .words = "two",
                    .routine = "prices",
                    .agent = "operator",
                    .state = "done" },
            "d ");
}

/* Pages of one are the same as one page of all, also when tasks come in between. */
static void pages_do_not_move(void **state)
{
    static const struct sc_task_filter filters[] = {
        { .limit = 1 },
        { .limit = 1, .since_ms = 1 },
        { .limit = 1, .words = "same" },
        { .limit = 1, .agent = "operator", .until_ms = 1000000 },
    };
    struct sc_store_bed *bed = *state;

    ask(bed, "a", "same", 100, NULL);
    ask(bed, "b", "same", 100, NULL);
    ask(bed, "c", "same", 100, NULL);
    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
        struct sc_task_filter filter = filters[i];
        char newer[2] = { (char)('d' + i), '\0' };

        filter.after = "c";
        ask(bed, newer, "same", 100, NULL);
        assert_list(bed, &filter, "b ");
        filter.after = "b";
        assert_list(bed, &filter, "a ");
        filter.after = "a";
        assert_list(bed, &filter, "");
    }
}

static void a_page_after_no_task_is_refused(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_error err;

    assert_int_equal(
            sc_store_task_list(bed->store, &(struct sc_task_filter){ .after = "zz" },
                    add_id, NULL, &err),
            SC_NOT_FOUND);
}

static void text_without_spaces_becomes_pairs_then_singles(void **state)
{
    char *pieces = sc_words_pieces("把catalog按毛利定价,税");
    char *query = sc_words_query("毛利 税 catalog* \"x");

    (void)state;
    assert_string_equal(pieces, "把 catalog 按毛 毛利 利定 定价 , 税 按 毛 利 定 价 ");
    assert_string_equal(query, "\"毛利\" \"税\" \"catalog\"* \"\"\"x\"");
    free(pieces);
    free(query);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(words_are_found_in_any_script),
        T(a_query_without_a_word_is_refused),
        T(tasks_are_found_by_time_and_routine),
        T(pages_do_not_move),
        T(a_page_after_no_task_is_refused),
        cmocka_unit_test(text_without_spaces_becomes_pairs_then_singles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
