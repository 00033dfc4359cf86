#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/store_bed.h"
#include "store/db.h"

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

static void keep(struct sc_store_bed *bed, enum sc_task_state task_state,
        enum sc_effect_state effect_state, const char *result)
{
    struct sc_change *change = sc_change_new();
    struct sc_task_row task = sc_store_bed_task("t1", task_state);
    struct sc_effect_row effect = sc_store_bed_effect("t1", "k1", NULL);

    sc_change_task_create(change, &task);
    sc_change_journal(change, "t1", 1, 0, "start", "{}");
    sc_change_journal(change, "t1", 2, 0, "end", "{}");
    sc_change_effect_intend(change, &effect, NULL);
    if (effect_state != SC_EFFECT_INTENT)
        sc_change_effect_settle(change, effect.tool, "k1", effect_state, result, 1);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
}

/* As another program would, behind the store's back. */
static void meddle(struct sc_store_bed *bed, const char *sql)
{
    char path[80];
    struct sc_db *db;

    snprintf(path, sizeof(path), "%s/store.db", bed->folder);
    db = sc_db_open(path, SC_DB_WRITE, NULL);
    assert_non_null(db);
    assert_int_equal(sc_db_exec(db, sql, NULL), SC_OK);
    sc_db_close(db);
}

static void assert_verdict(struct sc_store_bed *bed, const char *expected)
{
    struct sc_json *wrong = sc_store_verify(bed->store, &bed->err);

    assert_non_null(wrong);
    assert_string_equal(sc_json_string(sc_json_at(wrong, 0)), expected);
    assert_int_equal(sc_json_count(wrong), *expected ? 1 : 0);
    sc_json_free(wrong);
}

static void a_sound_store_has_nothing_wrong(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_verdict(bed, "");
    keep(bed, SC_TASK_DONE, SC_EFFECT_DONE, "1");
    assert_verdict(bed, "");
}

static void an_open_intent_of_a_running_task_is_no_fault(void **state)
{
    struct sc_store_bed *bed = *state;

    keep(bed, SC_TASK_RUNNING, SC_EFFECT_INTENT, NULL);
    assert_verdict(bed, "");
}

static void an_open_intent_of_a_done_task_is_told(void **state)
{
    struct sc_store_bed *bed = *state;

    keep(bed, SC_TASK_DONE, SC_EFFECT_INTENT, NULL);
    assert_verdict(bed, "task t1 is done, but whether payments.pay (key k1) took place "
                        "was never recorded");
}

static void a_done_effect_without_result_is_told(void **state)
{
    struct sc_store_bed *bed = *state;

    keep(bed, SC_TASK_DONE, SC_EFFECT_DONE, NULL);
    assert_verdict(
            bed, "an effect of payments.pay (key k1, task t1) is done and has no result");
}

static void a_hole_in_a_journal_is_told(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    keep(bed, SC_TASK_DONE, SC_EFFECT_DONE, "1");
    sc_change_journal(change, "t1", 4, 0, "late", "{}");
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_verdict(bed, "the journal of task t1 has holes: 3 entries from 1 to 4");
}

static void a_journal_without_its_task_is_told(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    sc_change_journal(change, "t9", 1, 0, "start", "{}");
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_verdict(bed, "the journal has entries of task t9, which is not there");
}

static void an_effect_without_its_task_is_told(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_effect_row effect = sc_store_bed_effect("t9", "k1", NULL);

    sc_change_effect_intend(change, &effect, NULL);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_verdict(
            bed, "an effect of payments.pay (key k1) is of task t9, which is not there");
}

static void ignore_task(void *arg, const struct sc_task_row *row)
{
    (void)arg, (void)row;
}

static void a_state_that_is_none_is_told_and_never_read_as_another(void **state)
{
    struct sc_store_bed *bed = *state;

    keep(bed, SC_TASK_DONE, SC_EFFECT_DONE, "1");
    meddle(bed, "UPDATE tasks SET state = 'finished'");
    assert_verdict(bed, "task t1 is in the state finished, which is none");
    assert_int_equal(sc_store_task_get(bed->store, "t1", ignore_task, NULL, &bed->err),
            SC_STORAGE);
}

static void fill(struct sc_store_bed *bed)
{
    struct sc_change *change = sc_change_new();

    for (int i = 0; i < 2000; i++) { /* far more than the tables' first pages */
        char id[16];
        struct sc_task_row task = sc_store_bed_task(id, SC_TASK_DONE);

        snprintf(id, sizeof(id), "t%04d", i);
        sc_change_task_create(change, &task);
    }
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
}

/* The later half of the pages is overwritten, each from its middle on. */
static void damage(const struct sc_store_bed *bed)
{
    char path[80], noise[1000];
    FILE *file;
    long size;

    snprintf(path, sizeof(path), "%s/store.db", bed->folder);
    file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    memset(noise, 0xa5, sizeof(noise));
    for (long page = size / 8192 * 4096; page < size; page += 4096) {
        assert_int_equal(fseek(file, page + 2048, SEEK_SET), 0);
        assert_int_equal(fwrite(noise, 1, sizeof(noise), file), sizeof(noise));
    }
    fclose(file);
}

static void a_damaged_file_is_told_with_what_to_do(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_json *wrong;

    fill(bed);
    sc_store_bed_close(bed);
    damage(bed);

    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    wrong = sc_store_verify(bed->store, &bed->err);
    assert_non_null(wrong);
    assert_memory_equal(sc_json_string(sc_json_at(wrong, 0)), "the file: ", 10);
    sc_json_free(wrong);
    assert_int_equal(sc_store_task_list(bed->store, &(struct sc_task_filter){ 0 },
                             ignore_task, NULL, &bed->err),
            SC_STORAGE);
    assert_non_null(strstr(bed->err.msg, "restore a backup"));
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_sound_store_has_nothing_wrong),
        T(an_open_intent_of_a_running_task_is_no_fault),
        T(an_open_intent_of_a_done_task_is_told),
        T(a_done_effect_without_result_is_told),
        T(a_hole_in_a_journal_is_told),
        T(a_journal_without_its_task_is_told),
        T(an_effect_without_its_task_is_told),
        T(a_damaged_file_is_told_with_what_to_do),
        T(a_state_that_is_none_is_told_and_never_read_as_another),
    };
    return cmocka_run_group_tests_name("store/verify", tests, NULL, NULL);
}
