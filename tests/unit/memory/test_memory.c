#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/store_bed.h"
#include "memory/memory.h"

enum { DAY_MS = 86400000 };

struct bed {
    struct sc_store_bed store;
    struct sc_clock clock;
    int64_t now_ms;
    struct sc_memory *memory;
    char id[SC_ID_LEN + 1]; /* of the last fact */
    struct sc_error err;
};

static int64_t now_ms(struct sc_clock *clock)
{
    return sc_container_of(clock, struct bed, clock)->now_ms;
}

static int setup(void **state)
{
    struct bed *bed = calloc(1, sizeof(*bed));

    sc_store_bed_init(&bed->store);
    assert_int_equal(sc_store_bed_open(&bed->store, false), SC_OK);
    bed->clock = (struct sc_clock){ now_ms, now_ms };
    bed->now_ms = 20 * (int64_t)DAY_MS;
    bed->memory = sc_memory_new(bed->store.store, &bed->clock);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    struct bed *bed = *state;

    sc_memory_free(bed->memory);
    sc_store_bed_release(&bed->store);
    free(bed);
    return 0;
}

/* --- helpers --- */

static enum sc_code put(struct bed *bed, const struct sc_fact *fact)
{
    struct sc_change *change = sc_change_new();
    enum sc_code code = sc_memory_put_fact(bed->memory, change, fact, bed->id, &bed->err);

    if (!code)
        return sc_store_bed_apply(&bed->store, change);
    sc_change_free(change);
    return code;
}

static void add(struct bed *bed, const char *subject, const char *statement)
{
    const struct sc_fact fact = {
        .subject = subject, .statement = statement, .source = "ann", .trusted = true
    };

    bed->now_ms++;
    assert_int_equal(put(bed, &fact), SC_OK);
    assert_int_equal(bed->store.claims[0].kind, SC_CLAIM_OK);
}

static enum sc_code correct(struct bed *bed, const char *id, const struct sc_fact *fact)
{
    struct sc_change *change = sc_change_new();
    char made[SC_ID_LEN + 1];
    enum sc_code code =
            sc_memory_put_correction(bed->memory, change, id, fact, made, &bed->err);

    if (!code) {
        memcpy(bed->id, made, sizeof(made));
        return sc_store_bed_apply(&bed->store, change);
    }
    sc_change_free(change);
    return code;
}

static struct sc_json *find(struct bed *bed, const char *words)
{
    const struct sc_memory_query query = { .words = words };
    struct sc_json *found = sc_memory_find(bed->memory, &query, NULL, &bed->err);

    assert_non_null(found);
    return found;
}

static size_t found(struct bed *bed, const char *words)
{
    struct sc_json *items = find(bed, words);
    size_t count = sc_json_count(items);

    sc_json_free(items);
    return count;
}

static struct sc_json *add_document(
        struct bed *bed, const char *name, const char *text, size_t len)
{
    const struct sc_document document = {
        .name = name, .source = "ann", .trusted = true, .text = text, .len = len
    };
    struct sc_change *change = sc_change_new();
    struct sc_json *json =
            sc_memory_put_document(bed->memory, change, &document, &bed->err);

    if (json && !sc_change_empty(change)) {
        assert_int_equal(sc_store_bed_apply(&bed->store, change), SC_OK);
        return json;
    }
    sc_change_free(change);
    return json;
}

/* --- facts --- */

static void a_fact_has_its_source_label_and_time(void **state)
{
    struct bed *bed = *state;
    const struct sc_fact fact = { .agent = "price-keeper",
        .subject = "VAT Germany",
        .statement = "VAT in Germany is 19 %.",
        .source = "a mail",
        .valid_from_ms = DAY_MS,
        .valid_to_ms = 90 * (int64_t)DAY_MS };
    struct sc_json *items;
    char *text, *expected;

    assert_int_equal(put(bed, &fact), SC_OK);
    items = find(bed, "Germany");
    text = sc_json_text(items);
    expected = sc_strdupf(
            "[{\"id\":\"%s\",\"kind\":\"fact\",\"agent\":\"price-keeper\","
            "\"subject\":\"VAT Germany\",\"statement\":\"VAT in Germany is 19 %%.\","
            "\"source\":\"a mail\",\"label\":\"untrusted\","
            "\"valid_from\":\"1970-01-02T00:00:00.000Z\","
            "\"valid_to\":\"1970-04-01T00:00:00.000Z\","
            "\"created\":\"1970-01-21T00:00:00.000Z\"}]",
            bed->id);
    assert_string_equal(text, expected);
    free(expected);
    free(text);
    sc_json_free(items);
}

static void what_is_no_fact_is_refused(void **state)
{
    struct bed *bed = *state;
    struct sc_buf text = { 0 };
    struct sc_fact fact = { .statement = " .\n" };

    assert_int_equal(put(bed, &fact), SC_INVALID);
    assert_string_equal(bed->err.msg, "the statement has no words");
    fact.statement = "\xff\xfe";
    assert_int_equal(put(bed, &fact), SC_INVALID);
    fact = (struct sc_fact){
        .statement = "x", .valid_from_ms = DAY_MS, .valid_to_ms = DAY_MS
    };
    assert_int_equal(put(bed, &fact), SC_INVALID);

    for (int i = 0; i < 50 * 1024; i++)
        sc_buf_addf(&text, "%1024d", i);
    fact = (struct sc_fact){ .statement = text.data };
    assert_int_equal(put(bed, &fact), SC_INVALID);
    assert_string_equal(bed->err.msg, "the statement has 52428800 bytes, at most 2000: "
                                      "put a long text into a file and add that with "
                                      "--file");
    sc_buf_release(&text);
}

/* --- contradictions --- */

static void a_fact_that_contradicts_three_others_is_shown_with_them(void **state)
{
    struct bed *bed = *state;
    struct sc_json *items, *others;

    add(bed, "MOQ candles", "The minimum order is 40 pieces.");
    add(bed, "moq candles", "The minimum order is 50 pieces.");
    add(bed, "MOQ  Candles", "The minimum order is 60 pieces.");
    add(bed, "MOQ mugs", "The minimum order is 10 pieces.");
    add(bed, "MOQ candles", "The minimum order is 80 pieces.");

    others = sc_memory_conflicts(bed->memory, bed->id, &bed->err);
    assert_int_equal(sc_json_count(others), 3);
    assert_string_equal(sc_json_get_string(sc_json_first(others), "statement", ""),
            "The minimum order is 40 pieces.");
    assert_string_equal(sc_json_get_string(sc_json_first(others), "source", ""), "ann");
    sc_json_free(others);

    items = find(bed, "candles");
    assert_int_equal(sc_json_count(items), 4);
    SC_JSON_EACH(item, items)
    assert_int_equal(sc_json_count(sc_json_get(item, "conflicts")), 3);
    sc_json_free(items);
}

static void facts_of_different_times_or_agents_do_not_conflict(void **state)
{
    struct bed *bed = *state;
    struct sc_fact fact = { .subject = "fair",
        .statement = "The fair is in hall 5.",
        .valid_from_ms = DAY_MS,
        .valid_to_ms = 10 * (int64_t)DAY_MS };
    struct sc_json *others;

    assert_int_equal(put(bed, &fact), SC_OK);
    fact.statement = "The fair is in hall 6.";
    fact.valid_from_ms = 10 * (int64_t)DAY_MS;
    fact.valid_to_ms = 0;
    fact.agent = "operator";
    assert_int_equal(put(bed, &fact), SC_OK);
    fact.statement = "The fair is in hall 7.";
    fact.agent = "price-keeper";
    assert_int_equal(put(bed, &fact), SC_OK);

    others = sc_memory_conflicts(bed->memory, bed->id, &bed->err);
    assert_int_equal(sc_json_count(others), 0);
    sc_json_free(others);
}

/* --- corrections --- */

static void a_correction_keeps_what_it_does_not_change(void **state)
{
    struct bed *bed = *state;
    const struct sc_fact fact = { .agent = "operator",
        .subject = "VAT",
        .statement = "VAT is 16 %.",
        .source = "ann",
        .trusted = true,
        .valid_from_ms = DAY_MS };
    struct sc_json *json, *earlier;
    char old[SC_ID_LEN + 1];

    assert_int_equal(put(bed, &fact), SC_OK);
    memcpy(old, bed->id, sizeof(old));
    assert_int_equal(
            correct(bed, old,
                    &(struct sc_fact){ .statement = "VAT is 19 %.", .trusted = true }),
            SC_OK);

    json = sc_memory_show(bed->memory, bed->id, &bed->err);
    assert_string_equal(sc_json_get_string(json, "agent", ""), "operator");
    assert_string_equal(sc_json_get_string(json, "subject", ""), "VAT");
    assert_string_equal(
            sc_json_get_string(json, "valid_from", ""), "1970-01-02T00:00:00.000Z");
    assert_null(sc_json_get(json, "conflicts"));
    earlier = sc_json_get(json, "earlier");
    assert_int_equal(sc_json_count(earlier), 1);
    assert_string_equal(
            sc_json_get_string(sc_json_first(earlier), "statement", ""), "VAT is 16 %.");
    sc_json_free(json);

    assert_int_equal(found(bed, "16"), 0);
    assert_int_equal(put(bed, &fact), SC_OK);
    assert_int_equal(bed->store.claims[0].kind, SC_CLAIM_CORRECTED);
    assert_int_equal(correct(bed, old, &fact), SC_CONFLICT);
}

static void a_piece_of_a_document_cannot_be_corrected(void **state)
{
    struct bed *bed = *state;
    struct sc_json *json = add_document(bed, "a.txt", "one", 3);
    char *piece = sc_strdupf("%s.0", sc_json_get_string(json, "id", ""));

    assert_int_equal(
            correct(bed, piece, &(struct sc_fact){ .statement = "two" }), SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "correct the file"));
    free(piece);
    sc_json_free(json);
}

/* --- documents --- */

static void a_document_is_kept_once_and_replaced_by_name(void **state)
{
    struct bed *bed = *state;
    struct sc_json *first, *again, *other, *shown;

    first = add_document(bed, "returns.md", "# Returns\nFree.", 15);
    again = add_document(bed, "copy.md", "# Returns\nFree.", 15);
    other = add_document(bed, "returns.md", "# Returns\nPaid.", 15);

    assert_true(sc_json_get_bool(again, "known", false));
    assert_string_equal(
            sc_json_get_string(again, "id", ""), sc_json_get_string(first, "id", "?"));
    assert_string_equal(sc_json_get_string(other, "replaces", ""),
            sc_json_get_string(first, "id", "?"));
    shown = sc_memory_show(bed->memory, sc_json_get_string(first, "id", ""), &bed->err);
    assert_string_equal(
            sc_json_get_string(sc_json_first(sc_json_get(shown, "pieces")), "text", ""),
            "# Returns\nFree.");
    sc_json_free(shown);
    sc_json_free(first);
    sc_json_free(again);
    sc_json_free(other);
}

static void what_is_no_document_is_refused(void **state)
{
    struct bed *bed = *state;
    size_t len = 50 << 20;
    char *big = sc_zalloc(len);

    memset(big, 'x', len);
    assert_null(add_document(bed, "big.txt", big, len));
    assert_string_equal(bed->err.msg, "'big.txt' has 52428800 bytes; a document has at "
                                      "most 16777216: split it");
    assert_null(add_document(bed, "a.bin", "a\0b", 3));
    assert_non_null(strstr(bed->err.msg, "is not text"));
    free(big);
}

/* --- who else holds it --- */

static void what_else_says_the_same_is_told(void **state)
{
    struct bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_json *holders, *document;
    char *text;

    document = add_document(bed, "terms.txt", "We say: VAT is 19 %. Always.", 28);
    add(bed, NULL, "VAT is 19 %.");
    sc_change_memory_use(change, bed->id, "task1");
    assert_int_equal(sc_store_bed_apply(&bed->store, change), SC_OK);

    holders = sc_memory_holders(bed->memory, bed->id, &bed->err);
    text = sc_json_text(sc_json_get(holders, "tasks"));
    assert_string_equal(text, "[\"task1\"]");
    assert_int_equal(sc_json_count(sc_json_get(holders, "items")), 1);
    assert_string_equal(
            sc_json_get_string(sc_json_first(sc_json_get(holders, "items")), "id", ""),
            sc_json_get_string(document, "id", "?"));
    free(text);
    sc_json_free(document);
    sc_json_free(holders);
}

/* --- recall --- */

static struct sc_json *recall(
        struct bed *bed, const char *words, int64_t limit, int64_t bytes)
{
    const struct sc_recall what = {
        .agent = "operator", .words = words, .limit = limit, .bytes = bytes
    };
    struct sc_json *items = sc_memory_recall(bed->memory, &what, &bed->err);

    assert_non_null(items);
    return items;
}

static void recall_keeps_its_limits(void **state)
{
    struct bed *bed = *state;
    struct sc_json *items;
    struct sc_buf text = { 0 };

    for (int i = 0; i < 20; i++) {
        char *statement = sc_strdupf("Mugs number %d are blue.", i);

        add(bed, NULL, statement);
        free(statement);
    }
    items = recall(bed, "mugs", 3, 0);
    assert_int_equal(sc_json_count(items), 3);
    sc_json_free(items);

    items = recall(bed, "mugs", 20, 500);
    sc_json_write(&text, items);
    assert_in_range(sc_json_count(items), 2, 4);
    assert_true(text.len <= 502);
    sc_json_free(items);
    sc_buf_release(&text);

    items = recall(bed, "candles", 20, 0);
    assert_int_equal(sc_json_count(items), 0);
    sc_json_free(items);
}

static void recall_tells_label_and_contradictions(void **state)
{
    struct bed *bed = *state;
    const struct sc_fact mail = {
        .subject = "VAT", .statement = "VAT is 7 %.", .source = "a mail"
    };
    struct sc_json *items, *item;

    add(bed, "VAT", "VAT is 19 %.");
    assert_int_equal(put(bed, &mail), SC_OK);

    items = recall(bed, "VAT 7", 1, 0);
    item = sc_json_first(items);
    assert_string_equal(sc_json_get_string(item, "label", ""), "untrusted");
    assert_int_equal(sc_json_count(sc_json_get(item, "conflicts_with")), 1);
    assert_null(sc_json_get(item, "conflicts"));
    sc_json_free(items);
}

static void a_fact_of_the_past_is_not_recalled(void **state)
{
    struct bed *bed = *state;
    const struct sc_fact fact = { .statement = "Mugs were on sale.",
        .valid_from_ms = DAY_MS,
        .valid_to_ms = 2 * (int64_t)DAY_MS };
    struct sc_json *items;

    assert_int_equal(put(bed, &fact), SC_OK);
    items = recall(bed, "mugs", 0, 0);
    assert_int_equal(sc_json_count(items), 0);
    sc_json_free(items);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_fact_has_its_source_label_and_time),
        T(what_is_no_fact_is_refused),
        T(a_fact_that_contradicts_three_others_is_shown_with_them),
        T(facts_of_different_times_or_agents_do_not_conflict),
        T(a_correction_keeps_what_it_does_not_change),
        T(a_piece_of_a_document_cannot_be_corrected),
        T(a_document_is_kept_once_and_replaced_by_name),
        T(what_is_no_document_is_refused),
        T(what_else_says_the_same_is_told),
        T(recall_keeps_its_limits),
        T(recall_tells_label_and_contradictions),
        T(a_fact_of_the_past_is_not_recalled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
#undef T
}
