#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/store_bed.h"
#include "store/memory.h"
#include "store/prune.h"
#include "store/terms.h"
#include "store/vectors.h"

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

/* --- helpers --- */

/* Has keys of the heap: free_keys. */
static struct sc_memory_row fact(const char *id, const char *subject, const char *text)
{
    return (struct sc_memory_row){ .id = id,
        .agent = "",
        .subject = subject,
        .subject_key = sc_terms_key(subject),
        .text = text,
        .text_key = sc_terms_key(text),
        .source = "test",
        .trusted = true,
        .valid_from_ms = 1000,
        .created_ms = 1000 };
}

static void free_keys(const struct sc_memory_row *row)
{
    free((void *)(uintptr_t)row->subject_key);
    free((void *)(uintptr_t)row->text_key);
}

static void add_row(struct sc_store_bed *bed, const struct sc_memory_row *row)
{
    struct sc_change *change = sc_change_new();

    sc_change_fact_add(change, row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_int_equal(bed->claim_count, 1);
    free_keys(row);
}

static enum sc_claim_kind add(struct sc_store_bed *bed, const char *id, const char *text)
{
    struct sc_memory_row row = fact(id, "", text);

    add_row(bed, &row);
    return bed->claims[0].kind;
}

static enum sc_code correct(
        struct sc_store_bed *bed, const char *old, const char *id, const char *text)
{
    struct sc_change *change = sc_change_new();
    struct sc_memory_row row = fact(id, "", text);

    row.supersedes = old;
    row.created_ms = 2000;
    sc_change_fact_correct(change, &row);
    free_keys(&row);
    return sc_store_bed_apply(bed, change);
}

static void on_forgotten(struct sc_op *op, const struct sc_error *err)
{
    ((struct sc_store_bed *)op->arg)->err = err ? *err : (struct sc_error){ 0 };
}

static enum sc_code forget(struct sc_store_bed *bed, const char *id)
{
    bed->err = (struct sc_error){ .code = SC_INTERNAL };
    sc_store_forget_start(&bed->scope, bed->store, id, on_forgotten, bed);
    sc_loop_run(bed->loop);
    return bed->err.code;
}

static void add_id(void *arg, const struct sc_memory_row *row)
{
    sc_buf_addf(arg, "%s ", row->id);
}

static void assert_query(struct sc_store_bed *bed, const struct sc_memory_query *query,
        const char *expected)
{
    struct sc_buf seen = { 0 };
    struct sc_error err = { 0 };

    assert_int_equal(
            sc_store_memory_search(bed->store, query, add_id, &seen, &err), SC_OK);
    assert_string_equal(sc_buf_text(&seen), expected);
    sc_buf_release(&seen);
}

static void assert_found(
        struct sc_store_bed *bed, const char *words, const char *expected)
{
    assert_query(bed, &(struct sc_memory_query){ .words = words }, expected);
}

/* --- finding --- */

static void facts_are_found_in_any_script(void **state)
{
    struct sc_store_bed *bed = *state;

    add(bed, "en", "Blue Mug ships from Hamburg in three days.");
    add(bed, "de", "Die Mindestbestellmenge für Kerzen ist 40 Stück.");
    add(bed, "zh", "德国仓库每周三发货,运费按重量计算。");
    add(bed, "ja", "東京の倉庫は土曜日に出荷しません。カタログは毎月更新。");

    assert_found(bed, "how long does shipping of a mug take", "en ");
    assert_found(bed, "MUGS", "en ");
    assert_found(bed, "Bestellmenge", "de ");
    assert_found(bed, "kerze stuck", "de ");
    assert_found(bed, "运费怎么算", "zh ");
    assert_found(bed, "仓库", "zh ");
    assert_found(bed, "倉庫の出荷", "ja ");
    assert_found(bed, "ｶﾀﾛｸﾞ", "ja ");
    assert_found(bed, "税", "");
    assert_found(bed, "费", "zh ");
    assert_found(bed, "", "");
    assert_found(bed, "\" * NEAR(", "");
}

static void the_best_is_first(void **state)
{
    struct sc_store_bed *bed = *state;

    add(bed, "a", "Sales tax in Texas is due on the 20th.");
    add(bed, "b", "VAT in Germany is 19 percent.");
    add(bed, "c", "VAT in Japan is called consumption tax.");

    assert_query(
            bed, &(struct sc_memory_query){ .words = "VAT Germany", .limit = 1 }, "b ");
    assert_query(bed, &(struct sc_memory_query){ .words = "consumption tax", .limit = 1 },
            "c ");
}

static void an_agent_finds_its_own_and_shared_facts(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_memory_row row = fact("own", "", "mugs are counted on Monday");

    row.agent = "price-keeper";
    add_row(bed, &row);
    add(bed, "all", "mugs are blue");

    assert_query(bed,
            &(struct sc_memory_query){ .words = "mugs", .agent = "price-keeper" },
            "all own ");
    assert_query(bed, &(struct sc_memory_query){ .words = "mugs", .agent = "operator" },
            "all ");
}

static void a_fact_is_found_while_it_is_valid(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_memory_row row = fact("may", "", "the fair is in hall 5");

    row.valid_to_ms = 5000;
    add_row(bed, &row);

    assert_query(
            bed, &(struct sc_memory_query){ .words = "fair", .at_ms = 4999 }, "may ");
    assert_query(bed, &(struct sc_memory_query){ .words = "fair", .at_ms = 5000 }, "");
    assert_query(bed, &(struct sc_memory_query){ .words = "fair", .at_ms = 999 }, "");
}

static void add_score(void *arg, const struct sc_memory_row *row)
{
    sc_buf_addf(arg, "%s %.1f ", row->id, row->score);
}

static void what_was_found_otherwise_must_fit_too(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_memory_row row = fact("own", "", "mugs are counted on Monday");
    struct sc_buf seen = { 0 };
    struct sc_error err;

    row.agent = "price-keeper";
    row.trusted = false;
    add_row(bed, &row);
    add(bed, "old", "mugs are blue");
    assert_int_equal(correct(bed, "old", "new", "mugs are red"), SC_OK);
    for (int64_t n = 0; n < 5; n++) {
        const struct sc_memory_hit hit = { n, (double)n };
        const struct sc_memory_query queries[] = { { .trusted = true },
            { .agent = "operator" }, { .agent = "price-keeper", .facts = true } };

        for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
            assert_int_equal(sc_store_memory_row(bed->store, &queries[i], &hit, add_score,
                                     &seen, &err),
                    SC_OK);
    }
    assert_string_equal(sc_buf_text(&seen), "own 1.0 new 3.0 new 3.0 new 3.0 ");
    sc_buf_release(&seen);
}

static void only_trusted_facts_can_be_asked_for(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_memory_row row = fact("mail", "", "mugs cost nothing today");

    row.trusted = false;
    add_row(bed, &row);

    assert_found(bed, "mugs", "mail ");
    assert_query(bed, &(struct sc_memory_query){ .words = "mugs", .trusted = true }, "");
}

/* More rows than are ranked at all. */
static void a_word_in_every_fact_is_no_obstacle(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    for (int i = 0; i < 5000; i++) {
        char id[16], text[64];
        struct sc_memory_row row;

        snprintf(id, sizeof(id), "f%d", i);
        snprintf(text, sizeof(text), "item number %d has a price", i);
        row = fact(id, "", text);
        sc_change_fact_add(change, &row);
        free_keys(&row);
    }
    sc_store_apply_start(&bed->scope, bed->store, change, on_forgotten, bed);
    sc_loop_run(bed->loop);
    assert_int_equal(bed->err.code, SC_OK);

    assert_query(bed,
            &(struct sc_memory_query){ .words = "price of item 137", .limit = 1 },
            "f137 ");
    assert_query(bed, &(struct sc_memory_query){ .words = "price item", .limit = 2 },
            "f4999 f4998 ");
}

/* --- correcting --- */

static void add_row_text(void *arg, const struct sc_memory_row *row)
{
    sc_buf_addf(arg, "%s<%s to %lld", row->supersedes ? row->supersedes : "",
            row->superseded_by ? row->superseded_by : "", (long long)row->valid_to_ms);
}

static void assert_row(struct sc_store_bed *bed, const char *id, const char *expected)
{
    struct sc_buf seen = { 0 };
    struct sc_error err;

    assert_int_equal(
            sc_store_memory_get(bed->store, id, add_row_text, &seen, &err), SC_OK);
    assert_string_equal(sc_buf_text(&seen), expected);
    sc_buf_release(&seen);
}

static void a_corrected_fact_never_comes_back(void **state)
{
    struct sc_store_bed *bed = *state;

    add(bed, "old", "Hamburg ships on Monday.");
    assert_int_equal(correct(bed, "old", "new", "Hamburg ships on Friday."), SC_OK);

    assert_found(bed, "Hamburg", "new ");
    assert_found(bed, "Monday", "");
    assert_query(
            bed, &(struct sc_memory_query){ .words = "Hamburg", .at_ms = 1500 }, "new ");
    assert_row(bed, "old", "<new to 2000");
    assert_row(bed, "new", "old< to 0");

    assert_int_equal(add(bed, "again", "hamburg  ships on MONDAY"), SC_CLAIM_CORRECTED);
    assert_string_equal(bed->claim_result, "new");
    assert_found(bed, "Monday", "");
    assert_int_equal(correct(bed, "new", "third", "Hamburg ships daily."), SC_OK);
    assert_int_equal(add(bed, "again", "Hamburg ships on Monday"), SC_CLAIM_CORRECTED);
    assert_string_equal(bed->claim_result, "third");
}

static void a_person_may_correct_a_correction(void **state)
{
    struct sc_store_bed *bed = *state;

    add(bed, "a", "Hamburg ships on Monday.");
    assert_int_equal(correct(bed, "a", "b", "Hamburg ships on Friday."), SC_OK);
    assert_int_equal(correct(bed, "b", "c", "Hamburg ships on Monday."), SC_OK);

    assert_found(bed, "Hamburg", "c ");
    assert_int_equal(add(bed, "d", "Hamburg ships on Monday"), SC_CLAIM_EARLIER);
    assert_string_equal(bed->claim_result, "c");
    assert_int_equal(add(bed, "e", "Hamburg ships on Friday"), SC_CLAIM_CORRECTED);
}

static void a_fact_is_corrected_once(void **state)
{
    struct sc_store_bed *bed = *state;

    add(bed, "a", "one");
    assert_int_equal(correct(bed, "a", "b", "two"), SC_OK);
    assert_int_equal(correct(bed, "a", "c", "three"), SC_CONFLICT);
    assert_non_null(strstr(bed->err.msg, "correct b"));
    assert_int_equal(correct(bed, "none", "c", "three"), SC_NOT_FOUND);
}

static void a_fact_is_kept_once(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_int_equal(add(bed, "a", "VAT is 19 %."), SC_CLAIM_OK);
    assert_int_equal(add(bed, "b", "vat is 19%"), SC_CLAIM_EARLIER);
    assert_string_equal(bed->claim_result, "a");
    assert_int_equal(add(bed, "c", "VAT is 1.9 %"), SC_CLAIM_OK);
}

static void statements_on_two_subjects_are_two_facts(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_memory_row row = fact("a", "candles", "The minimum is 40.");

    add_row(bed, &row);
    row = fact("b", "mugs", "The minimum is 40.");
    add_row(bed, &row);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
    assert_int_equal(add(bed, "c", "the minimum is 40"), SC_CLAIM_EARLIER);
    assert_int_equal(correct(bed, "a", "d", "The minimum is 50."), SC_OK);
    row = fact("e", "Candles", "The minimum is 40.");
    add_row(bed, &row);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_CORRECTED);
}

static void a_trusted_source_takes_over_what_an_untrusted_one_said(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_memory_row row = fact("mail", "", "mugs are blue");

    row.trusted = false;
    add_row(bed, &row);
    assert_int_equal(add(bed, "person", "Mugs are blue."), SC_CLAIM_OK);

    assert_query(bed, &(struct sc_memory_query){ .words = "mugs", .trusted = true },
            "person ");
    row = fact("mail2", "", "mugs are blue");
    row.trusted = false;
    add_row(bed, &row);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_EARLIER);
    assert_found(bed, "mugs", "person ");
}

/* --- erasing --- */

/* Is the text in any file of the data folder? */
static bool is_on_disk(struct sc_store_bed *bed, const char *text)
{
    static const char *const names[] = { "store.db", "store.db-wal", "store.db-shm" };
    bool found = false;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *path = sc_strdupf("%s/%s", bed->folder, names[i]);
        FILE *file = fopen(path, "rb");
        struct sc_buf bytes = { 0 };
        char part[4096];
        size_t n;

        while (file && (n = fread(part, 1, sizeof(part), file)) > 0)
            sc_buf_add(&bytes, part, n);
        found = found || (bytes.len && memmem(bytes.data, bytes.len, text, strlen(text)));
        sc_buf_release(&bytes);
        if (file)
            fclose(file);
        free(path);
    }
    return found;
}

static void a_forgotten_fact_leaves_no_byte(void **state)
{
    struct sc_store_bed *bed = *state;

    add(bed, "other", "Hamburg is a harbour.");
    add(bed, "old", "Xanthippe lives in Quedlinburg.");
    assert_int_equal(correct(bed, "old", "new", "Xanthippe lives in Zwickau."), SC_OK);
    assert_true(is_on_disk(bed, "Quedlinburg"));
    assert_true(is_on_disk(bed, "zwickau")); /* a term of the index */

    assert_int_equal(forget(bed, "new"), SC_OK);

    assert_found(bed, "Xanthippe", "");
    assert_found(bed, "Hamburg", "other ");
    assert_false(is_on_disk(bed, "anthipp"));
    assert_false(is_on_disk(bed, "uedlinbu"));
    assert_false(is_on_disk(bed, "wickau"));
    assert_true(is_on_disk(bed, "amburg"));
    assert_int_equal(forget(bed, "new"), SC_NOT_FOUND);
}

static void a_vector_of_a_forgotten_fact_leaves_no_byte(void **state)
{
    static const char bytes[] = "numbers-of-Xanthippe";
    const struct sc_vector_row vector = {
        .item = 1, .model = "m", .dims = 5, .bytes = bytes, .len = sizeof(bytes) - 1
    };
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    add(bed, "old", "She lives in Quedlinburg.");
    sc_change_vector(change, &vector);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_true(is_on_disk(bed, bytes));

    assert_int_equal(forget(bed, "old"), SC_OK);

    assert_false(is_on_disk(bed, "Xanthipp"));
}

/* Rows of a table, whatever readers show of them. */
static int count_rows(struct sc_store_bed *bed, const char *sql)
{
    char *path = sc_strdupf("%s/store.db", bed->folder);
    sqlite3_stmt *stmt;
    sqlite3 *db;
    int rows;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    rows = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    free(path);
    return rows;
}

static void a_vector_goes_with_the_correction_of_its_fact(void **state)
{
    static const char count[] = "SELECT COUNT(*) FROM memory_vectors";
    const struct sc_vector_row vector = {
        .item = 1, .model = "m", .dims = 1, .bytes = "1234", .len = 4
    };
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    add(bed, "old", "She lives in Quedlinburg.");
    sc_change_vector(change, &vector);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_int_equal(count_rows(bed, count), 1);
    assert_int_equal(correct(bed, "old", "new", "She lives in Zwickau."), SC_OK);
    assert_int_equal(count_rows(bed, count), 0);

    change = sc_change_new(); /* one that was asked for before the correction */
    sc_change_vector(change, &vector);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(count_rows(bed, count), 0);
}

/* Another program looks at an old state of the file. */
static void a_reader_in_the_way_of_erasing_is_told(void **state)
{
    struct sc_store_bed *bed = *state;
    char *path = sc_strdupf("%s/store.db", bed->folder);
    sqlite3 *other;

    add(bed, "a", "Xanthippe lives in Quedlinburg.");
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN; SELECT COUNT(*) FROM memory_items", NULL,
                             NULL, NULL),
            SQLITE_OK);

    assert_int_equal(forget(bed, "a"), SC_BUSY);
    assert_non_null(strstr(bed->err.msg, "it is forgotten"));
    assert_found(bed, "Xanthippe", "");
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    sc_store_bed_close(bed);
    assert_false(is_on_disk(bed, "uedlinbu"));
    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    free(path);
}

static void a_document_is_found_by_its_pieces_and_erased_whole(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    const struct sc_document_row row = { .id = "doc",
        .agent = "",
        .name = "returns.md",
        .source = "test",
        .trusted = true,
        .hash = "h" };

    sc_change_document_add(change, &row);
    sc_change_piece_add(
            change, "doc", "doc.0", 0, "Returns are free within thirty days.");
    sc_change_piece_add(change, "doc", "doc.1", 1, "Broken candles are Ypsilonswapped.");
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_found(bed, "candles", "doc.1 ");
    assert_query(bed, &(struct sc_memory_query){ .words = "candles", .facts = true }, "");
    assert_found(bed, "returns.md days", "doc.0 doc.1 ");

    change = sc_change_new();
    sc_change_document_add(change, &row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_CONFLICT);

    assert_int_equal(forget(bed, "doc"), SC_OK);
    assert_found(bed, "candles", "");
    assert_false(is_on_disk(bed, "psilonswapp"));
}

static void add_text(void *arg, const char *text)
{
    sc_buf_addf(arg, "%s ", text);
}

static void what_else_holds_a_fact_is_known(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_buf seen = { 0 };
    struct sc_error err;

    add(bed, "a", "mugs are blue");
    sc_change_memory_use(change, "a", "t1");
    sc_change_memory_use(change, "a", "t2");
    sc_change_memory_use(change, "a", "t1");
    sc_change_memory_use(change, "gone", "t1");
    sc_change_memory_exported(change, "", 86400000);
    sc_change_memory_exported(change, "", 500);
    sc_change_memory_exported(change, "operator", 172800000);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(
            sc_store_memory_uses(bed->store, "a", 10, add_text, &seen, &err), SC_OK);
    assert_string_equal(sc_buf_text(&seen), "t2 t1 ");
    sc_buf_clear(&seen);
    assert_int_equal(
            sc_store_memory_exports(bed->store, "a", add_text, &seen, &err), SC_OK);
    assert_string_equal(sc_buf_text(&seen), "1970-01-03T00:00:00Z 1970-01-02T00:00:00Z ");
    sc_buf_release(&seen);
}

static void a_task_that_was_pruned_holds_it_no_more(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_task_row row = sc_store_bed_task("t1", SC_TASK_DONE);
    const struct sc_prune prune = { .now_ms = 100, .before_ms = 50, .tasks = 5 };
    struct sc_buf seen = { 0 };
    struct sc_error err;

    add(bed, "a", "mugs are blue");
    row.ended_ms = 10;
    sc_change_task_create(change, &row);
    sc_change_memory_use(change, "a", "t1");
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    sc_store_prune_start(&bed->scope, bed->store, &prune, on_forgotten, bed);
    sc_loop_run(bed->loop);

    assert_int_equal(
            sc_store_memory_uses(bed->store, "a", 10, add_text, &seen, &err), SC_OK);
    assert_string_equal(sc_buf_text(&seen), "");
    sc_buf_release(&seen);
}

/* --- terms --- */

static void assert_terms(const char *text, const char *expected)
{
    char *terms = sc_terms_of(text);

    assert_string_equal(terms, expected);
    free(terms);
}

static void words_lose_case_accents_and_endings(void **state)
{
    (void)state;
    assert_terms("VAT", "vat ");
    assert_terms("\xef\xbc\xb6\xef\xbc\xa1\xef\xbc\xb4 \xef\xbc\x95", "vat 5 ");
    assert_terms("Preise", "preis \xc2\xabpreis preis\xc2\xbb ");
    assert_terms("größe", "gross \xc2\xabgross gross\xc2\xbb ");
    assert_terms("SKU-1200", "sku 1200 ");
    assert_terms("shipped", "ship \xc2\xabship ship\xc2\xbb ");
}

static void scripts_without_spaces_become_pairs(void **state)
{
    (void)state;
    assert_terms("税", "税 ");
    assert_terms("运费税", "运 运费 费 费税 税 ");
    assert_terms("按30%毛利", "按 30 毛 毛利 利 ");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(facts_are_found_in_any_script),
        T(the_best_is_first),
        T(an_agent_finds_its_own_and_shared_facts),
        T(a_fact_is_found_while_it_is_valid),
        T(what_was_found_otherwise_must_fit_too),
        T(only_trusted_facts_can_be_asked_for),
        T(a_word_in_every_fact_is_no_obstacle),
        T(a_corrected_fact_never_comes_back),
        T(a_person_may_correct_a_correction),
        T(a_fact_is_corrected_once),
        T(a_fact_is_kept_once),
        T(statements_on_two_subjects_are_two_facts),
        T(a_trusted_source_takes_over_what_an_untrusted_one_said),
        T(a_forgotten_fact_leaves_no_byte),
        T(a_vector_of_a_forgotten_fact_leaves_no_byte),
        T(a_vector_goes_with_the_correction_of_its_fact),
        T(a_reader_in_the_way_of_erasing_is_told),
        T(a_document_is_found_by_its_pieces_and_erased_whole),
        T(what_else_holds_a_fact_is_known),
        T(a_task_that_was_pruned_holds_it_no_more),
        T(words_lose_case_accents_and_endings),
        T(scripts_without_spaces_become_pairs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
#undef T
}
