/* Large lists: in pieces to the evaluator, one by one into the journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/exec_bed.h"

static int setup(void **state)
{
    struct exec_bed *bed = calloc(1, sizeof(*bed));

    exec_bed_init(bed, NULL);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    exec_bed_release(*state);
    free(*state);
    return 0;
}

static const struct sc_json *result_of(const struct exec_bed *bed, const char *id)
{
    return sc_json_get(exec_bed_step(bed, id), "result");
}

struct kinds {
    size_t results, prepared;
};

static void count_kind(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    struct kinds *kinds = arg;

    (void)seq, (void)at_ms, (void)body;
    kinds->results += strcmp(kind, "result") == 0;
    kinds->prepared += strcmp(kind, "prepared") == 0;
}

static void twenty_thousand_elements_go_in_pieces(void **state)
{
    enum { COUNT = 20000, PIECE = 1000 };
    struct exec_bed *bed = *state;
    struct kinds kinds = { 0 };
    const struct sc_json *items;

    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":20000}},"
            "{\"id\":\"a\",\"tool\":\"f.value\",\"each\":\"=sheet.rows\","
            "\"where\":\"=item.amount <= 19999\","
            "\"args\":{\"value\":\"=item.amount + 1\"}}],"
            "\"checks\":[{\"that\":\"=#a == 19999\",\"say\":\"all but one\"}]}");
    items = sc_json_get(result_of(bed, "a"), "items");

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(sc_json_count(items), COUNT - 1);
    assert_int_equal(sc_json_get_int(sc_json_at(items, 5), "value", 0), 7);
    assert_int_equal(sc_json_get_int(sc_json_at(items, COUNT - 2), "value", 0), COUNT);
    assert_int_equal(bed->most_evaluated, PIECE);
    assert_true(bed->eval_count >= COUNT / PIECE);
    assert_int_equal(
            sc_store_journal_read(bed->store, bed->task_id, count_kind, &kinds, NULL),
            SC_OK);
    assert_int_equal(kinds.results, COUNT); /* and that of the sheet */
    assert_int_equal(kinds.prepared, 1);
}

static void wide_rows_go_in_smaller_pieces(void **state)
{
    enum { WIDE = 20000, ROWS = 200 };
    struct exec_bed *bed = *state;
    struct sc_json *plan, *row;
    struct sc_task_spec spec = exec_bed_spec(&plan,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"each\":\"=inputs.rows\","
            "\"args\":{\"value\":\"=item.id + 1\"}}]}");
    struct sc_json *inputs = sc_json_new_object();
    struct sc_json *rows = sc_json_add(inputs, "rows", sc_json_new_array());
    char *wide = calloc(1, WIDE + 1);

    memset(wide, 'w', WIDE);
    for (int i = 0; i < ROWS; i++) {
        row = sc_json_append(rows, sc_json_new_object());
        sc_json_set_int(row, "id", i);
        sc_json_set_string(row, "text", wide);
    }
    spec.inputs = inputs;
    spec.yes = true;
    exec_bed_run(bed, &spec);
    free(wide);
    sc_json_free(inputs);
    sc_json_free(plan);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(sc_json_count(sc_json_get(result_of(bed, "a"), "items")), ROWS);
    assert_true(bed->most_evaluated < ROWS);
}

/* --- what was done before --- */

static const char fifty[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":50}},"
        "{\"id\":\"a\",\"tool\":\"f.write\",\"each\":\"=sheet.rows\","
        "\"where\":\"=item.amount <= 30\",\"once\":\"=item.id\","
        "\"args\":{\"what\":\"=item.id\"}}]}";

static const char the_others[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":50}},"
        "{\"id\":\"a\",\"tool\":\"f.write\",\"each\":\"=sheet.rows\","
        "\"where\":\"=not done('f.write', item.id)\",\"once\":\"=item.id\","
        "\"args\":{\"what\":\"=item.id\"}}],"
        "\"checks\":[{\"that\":\"=done('f.write', 'r50')\",\"say\":\"the last\"},"
        "{\"that\":\"=not done('f.write', 'r51')\",\"say\":\"none after\"}]}";

static void of_what_is_done_only_what_is_asked_about_is_read(void **state)
{
    struct exec_bed *bed = *state;

    exec_bed_run_plan(bed, fifty);
    assert_string_equal(exec_bed_state(bed), "done");
    exec_bed_run_plan(bed, the_others);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(sc_json_count(sc_json_get(result_of(bed, "a"), "items")), 20);
    assert_int_equal(sc_json_count(sc_json_get(result_of(bed, "a"), "skipped")), 30);
    assert_int_equal(exec_bed_effects(bed, "r1"), 1);
    assert_int_equal(exec_bed_effects(bed, "r50"), 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(twenty_thousand_elements_go_in_pieces),
        T(wide_rows_go_in_smaller_pieces),
        T(of_what_is_done_only_what_is_asked_about_is_read),
    };
    return cmocka_run_group_tests_name("exec/each", tests, NULL, NULL);
}
