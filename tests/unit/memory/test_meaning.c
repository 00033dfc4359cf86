#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/bounded.h"
#include "fakes/http_peer.h"
#include "fakes/store_bed.h"
#include "memory/meaning.h"
#include "memory/memory.h"
#include "model/endpoint.h"
#include "model/format.h"
#include "net/curl_multi.h"
#include "store/vectors.h"

/* A text is how often it has each of these letters. */
static const char letters[] = "abcdxyz";

enum { LETTERS = sizeof(letters) - 1 };

struct bed {
    struct sc_store_bed store;
    struct sc_clock clock;
    int64_t now_ms;
    struct sc_memory *memory;
    char id[SC_ID_LEN + 1]; /* of the last fact */

    struct sc_multi *multi;
    struct http_peer *peer;
    struct sc_model *model;
    struct sc_meaning *meaning;
    int left;       /* requests that are answered; then 503 */
    size_t letters; /* of which a vector tells */
    int requests, texts;

    bool done;
    struct sc_op *op;
    struct sc_error err;
    int64_t filled;
    struct sc_sense *sense;
};

static int64_t now_ms(struct sc_clock *clock)
{
    return sc_container_of(clock, struct bed, clock)->now_ms;
}

static void add_vector(struct bed *bed, struct sc_buf *out, const char *text)
{
    const char *before = "{\"embedding\":[";

    for (size_t i = 0; i < bed->letters; i++) {
        int count = 0;

        for (const char *c = text; *c; c++)
            count += *c == letters[i];
        sc_buf_addf(out, "%s%d.01", before, count);
        before = ",";
    }
    sc_buf_adds(out, "]}");
    bed->texts++;
}

static void on_request(void *arg, struct peer_request *request)
{
    struct bed *bed = arg;
    struct sc_json *body = sc_json_parse(request->body, request->body_len, NULL, NULL);
    struct sc_buf out = { 0 };
    const char *before = "";

    bed->requests++;
    sc_buf_adds(&out, "{\"data\":[");
    SC_JSON_EACH(text, sc_json_get(body, "input"))
    {
        sc_buf_adds(&out, before);
        add_vector(bed, &out, sc_json_string(text));
        before = ",";
    }
    sc_buf_adds(&out, "],\"usage\":{\"prompt_tokens\":3}}");
    if (bed->left-- > 0)
        peer_reply(request, 200, "Content-Type: application/json\r\n", out.data, out.len);
    else
        peer_text(request, 503, "{\"error\":{\"message\":\"down\"}}");
    sc_buf_release(&out);
    sc_json_free(body);
}

static void start_meaning(struct bed *bed, bool exact)
{
    sc_meaning_free(bed->meaning);
    bed->meaning = sc_meaning_new(&(struct sc_meaning_parts){
            .store = bed->store.store, .model = bed->model, .exact = exact });
}

static int setup(void **state)
{
    struct bed *bed = calloc(1, sizeof(*bed));
    char url[HTTP_PEER_URL];
    const struct sc_endpoint_config config = {
        .url = url, .model = "letters", .format = &sc_format_embeddings
    };

    sc_store_bed_init(&bed->store);
    assert_int_equal(sc_store_bed_open(&bed->store, false), SC_OK);
    bed->clock = (struct sc_clock){ now_ms, now_ms };
    bed->now_ms = 1000;
    bed->memory = sc_memory_new(bed->store.store, &bed->clock);
    bed->left = 1000;
    bed->letters = LETTERS;
    bed->multi = sc_multi_new(bed->store.loop, NULL);
    bed->peer = http_peer_new(sc_loop_uv(bed->store.loop), on_request, bed);
    http_peer_url(bed->peer, "/v1", url);
    bed->model = sc_endpoint_new(&config, bed->multi, &bed->clock, NULL);
    start_meaning(bed, false);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    struct bed *bed = *state;

    sc_sense_free(bed->sense);
    sc_meaning_free(bed->meaning);
    sc_endpoint_free(bed->model);
    http_peer_free(bed->peer);
    sc_multi_free(bed->multi);
    sc_memory_free(bed->memory);
    sc_store_bed_release(&bed->store);
    free(bed);
    return 0;
}

/* --- helpers --- */

static void run(struct bed *bed)
{
    assert_true(bounded_run(sc_loop_uv(bed->store.loop), &bed->done, 10000));
    bed->done = false;
}

static void add_for(struct bed *bed, const char *agent, const char *statement)
{
    const struct sc_fact fact = {
        .agent = agent, .statement = statement, .source = "ann", .trusted = true
    };
    struct sc_change *change = sc_change_new();

    bed->now_ms++;
    assert_int_equal(
            sc_memory_put_fact(bed->memory, change, &fact, bed->id, NULL), SC_OK);
    assert_int_equal(sc_store_bed_apply(&bed->store, change), SC_OK);
}

static void add(struct bed *bed, const char *statement)
{
    add_for(bed, NULL, statement);
}

static void on_filled(struct sc_op *op, const struct sc_error *err)
{
    struct bed *bed = op->arg;

    bed->filled = sc_meaning_filled(op)->items;
    bed->err = err ? *err : (struct sc_error){ 0 };
    bed->done = true;
}

static int64_t fill(struct bed *bed, int64_t newest)
{
    const struct sc_meaning_fill what = { .newest = newest };

    sc_meaning_fill_start(&bed->store.scope, bed->meaning, &what, on_filled, bed);
    run(bed);
    return bed->filled;
}

static void on_sense(struct sc_op *op, const struct sc_error *err)
{
    struct bed *bed = op->arg;

    bed->err = err ? *err : (struct sc_error){ 0 };
    sc_sense_free(bed->sense);
    bed->sense = sc_meaning_take_sense(op);
    bed->done = true;
}

/* The statements that are found, each with a | behind it. */
static void assert_found(
        struct bed *bed, const char *agent, const char *words, const char *expected)
{
    const struct sc_memory_query query = { .words = words, .agent = agent, .limit = 3 };
    struct sc_buf text = { 0 };
    struct sc_json *items;

    sc_meaning_ask_start(&bed->store.scope, bed->meaning, words, NULL, on_sense, bed);
    run(bed);
    items = sc_memory_find(bed->memory, &query, bed->sense, NULL);
    SC_JSON_EACH(item, items)
    sc_buf_addf(&text, "%s|", sc_json_get_string(item, "statement", ""));
    assert_string_equal(sc_buf_text(&text), expected);
    sc_buf_release(&text);
    sc_json_free(items);
}

static void count_vector(void *arg, const struct sc_vector_row *row)
{
    *(size_t *)arg += row->len;
}

/* Bytes of all vectors. */
static size_t kept(struct bed *bed)
{
    const struct sc_memory_query all = { 0 };
    size_t bytes = 0;

    assert_int_equal(sc_store_vectors(bed->store.store, sc_meaning_model(bed->meaning),
                             &all, count_vector, &bytes, NULL),
            SC_OK);
    return bytes;
}

enum { PACKED = SC_VECTOR_SCALE + LETTERS };

/* --- filling --- */

static void what_shares_no_word_is_found_by_its_meaning(void **state)
{
    struct bed *bed = *state;

    add(bed, "aaa aab");
    add(bed, "xxx xxy");
    assert_int_equal(fill(bed, 0), 2);

    assert_found(bed, NULL, "xyx xx", "xxx xxy|aaa aab|");
    assert_found(bed, NULL, "aba aa", "aaa aab|xxx xxy|");
}

static void what_both_ways_find_comes_first(void **state)
{
    struct bed *bed = *state;

    add(bed, "xyz");
    add(bed, "xyz dcba aabb");
    add(bed, "yxz");
    assert_int_equal(fill(bed, 0), 3);

    assert_found(bed, NULL, "xyz", "xyz|xyz dcba aabb|yxz|");
}

static void what_has_no_vector_is_found_by_its_words(void **state)
{
    struct bed *bed = *state;

    add(bed, "aaa aab");
    assert_int_equal(fill(bed, 0), 1);
    add(bed, "xxx xxy");

    assert_found(bed, NULL, "xxx", "xxx xxy|aaa aab|");
}

static void only_what_is_missing_is_asked_for(void **state)
{
    struct bed *bed = *state;

    add(bed, "aaa");
    assert_int_equal(fill(bed, 0), 1);
    add(bed, "bbb");
    assert_int_equal(fill(bed, 0), 1);
    assert_int_equal(fill(bed, 0), 0);

    assert_int_equal(bed->texts, 2);
    assert_int_equal(bed->requests, 2);
}

static void only_the_newest_can_be_filled(void **state)
{
    struct bed *bed = *state;

    add(bed, "aaa");
    add(bed, "bbb");
    add(bed, "ccc");
    assert_int_equal(fill(bed, 2), 2);
    assert_int_equal(fill(bed, 0), 1);
}

static void filling_goes_on_where_it_failed(void **state)
{
    struct bed *bed = *state;
    char text[32];

    for (int i = 0; i < 150; i++) {
        snprintf(text, sizeof(text), "abc %d", i);
        add(bed, text);
    }
    bed->left = 2;
    assert_int_equal(fill(bed, 0), 128);
    assert_int_equal(bed->err.code, SC_UNAVAILABLE);
    bed->left = 1;
    assert_int_equal(fill(bed, 0), 22);
    assert_int_equal(bed->err.code, SC_OK);
    assert_int_equal(kept(bed), 150 * (size_t)PACKED);
}

static void filling_can_be_cancelled(void **state)
{
    const struct sc_meaning_fill all = { 0 };
    struct bed *bed = *state;

    add(bed, "aaa");
    bed->op =
            sc_meaning_fill_start(&bed->store.scope, bed->meaning, &all, on_filled, bed);
    sc_op_cancel(bed->op);
    run(bed);

    assert_int_equal(bed->err.code, SC_CANCELLED);
    assert_int_equal(kept(bed), 0);
}

static void vectors_can_be_kept_as_they_are(void **state)
{
    struct bed *bed = *state;

    start_meaning(bed, true);
    add(bed, "aaa aab");
    add(bed, "xxx xxy");
    assert_int_equal(fill(bed, 0), 2);

    assert_int_equal(kept(bed), 2 * sizeof(float) * LETTERS);
    assert_found(bed, NULL, "xyx xx", "xxx xxy|aaa aab|");
}

/* --- what is not found --- */

static void another_agents_facts_stay_its_own(void **state)
{
    struct bed *bed = *state;

    add_for(bed, "anna", "xxx xxy");
    add_for(bed, "otto", "xxx xyy");
    assert_int_equal(fill(bed, 0), 2);

    assert_found(bed, "anna", "xx xx", "xxx xxy|");
}

static void what_was_corrected_is_not_found_by_its_meaning(void **state)
{
    struct bed *bed = *state;
    const struct sc_fact better = {
        .statement = "aaa", .source = "ann", .trusted = true
    };
    struct sc_change *change = sc_change_new();
    char id[SC_ID_LEN + 1];

    add(bed, "xxx xxy");
    assert_int_equal(fill(bed, 0), 1);
    assert_int_equal(
            sc_memory_put_correction(bed->memory, change, bed->id, &better, id, NULL),
            SC_OK);
    assert_int_equal(sc_store_bed_apply(&bed->store, change), SC_OK);

    assert_int_equal(kept(bed), 0);
    assert_int_equal(fill(bed, 0), 1);
    assert_found(bed, NULL, "xyx", "aaa|");
}

static void on_forgotten(struct sc_op *op, const struct sc_error *err)
{
    struct bed *bed = op->arg;

    assert_null(err);
    bed->done = true;
}

static void what_was_forgotten_has_no_vector(void **state)
{
    struct bed *bed = *state;

    add(bed, "aaa");
    add(bed, "xxx xxy");
    assert_int_equal(fill(bed, 0), 2);
    sc_store_forget_start(
            &bed->store.scope, bed->store.store, bed->id, on_forgotten, bed);
    run(bed);

    assert_int_equal(kept(bed), PACKED);
    assert_found(bed, NULL, "xyx", "aaa|");
}

/* It came back while the fact was being forgotten. */
static void a_vector_that_comes_too_late_is_not_kept(void **state)
{
    static const struct sc_vector_row late = {
        .item = 2, .model = "late", .dims = 1, .packed = true, .bytes = "12345", .len = 5
    };
    struct bed *bed = *state;
    const struct sc_memory_query all = { 0 };
    struct sc_change *change = sc_change_new();
    size_t bytes = 0;

    add(bed, "aaa");
    add(bed, "bbb");
    sc_store_forget_start(
            &bed->store.scope, bed->store.store, bed->id, on_forgotten, bed);
    run(bed);
    sc_change_vector(change, &late);
    assert_int_equal(sc_store_bed_apply(&bed->store, change), SC_OK);

    assert_int_equal(
            sc_store_vectors(bed->store.store, "late", &all, count_vector, &bytes, NULL),
            SC_OK);
    assert_int_equal(bytes, 0);
}

static void vectors_of_another_length_are_not_compared(void **state)
{
    struct bed *bed = *state;

    add(bed, "xxx xxy");
    assert_int_equal(fill(bed, 0), 1);
    bed->letters--;

    assert_found(bed, NULL, "xyx", "");
    assert_found(bed, NULL, "xxx", "xxx xxy|");
}

static void without_an_answer_there_is_no_sense(void **state)
{
    struct bed *bed = *state;

    add(bed, "xxx xxy");
    assert_int_equal(fill(bed, 0), 1);
    bed->left = 0;

    assert_found(bed, NULL, "xxx", "xxx xxy|");
    assert_null(bed->sense);
    assert_int_equal(bed->err.code, SC_UNAVAILABLE);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_shares_no_word_is_found_by_its_meaning),
        T(what_both_ways_find_comes_first),
        T(what_has_no_vector_is_found_by_its_words),
        T(only_what_is_missing_is_asked_for),
        T(only_the_newest_can_be_filled),
        T(filling_goes_on_where_it_failed),
        T(filling_can_be_cancelled),
        T(vectors_can_be_kept_as_they_are),
        T(another_agents_facts_stay_its_own),
        T(what_was_corrected_is_not_found_by_its_meaning),
        T(what_was_forgotten_has_no_vector),
        T(a_vector_that_comes_too_late_is_not_kept),
        T(vectors_of_another_length_are_not_compared),
        T(without_an_answer_there_is_no_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
