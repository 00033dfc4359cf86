#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/failing_vfs.h"
#include "fakes/store_bed.h"

/* Each test runs its small history with a fault at the 1st, 2nd, 3rd … write, sync or
 * open, until it runs through without meeting the fault. */

enum { FAULTS_MAX = 2000 };

static enum sc_code step_create(struct sc_store_bed *bed)
{
    struct sc_change *change = sc_change_new();
    struct sc_task_row task = sc_store_bed_task("t1", SC_TASK_RUNNING);

    sc_change_task_create(change, &task);
    sc_change_journal(change, "t1", 1, 0, "start", "{}");
    return sc_store_bed_apply(bed, change);
}

static enum sc_code step_intend(struct sc_store_bed *bed)
{
    struct sc_change *change = sc_change_new();
    struct sc_effect_row effect = sc_store_bed_effect("t1", "k1", "same");
    enum sc_code code;

    sc_change_effect_intend(change, &effect, NULL);
    sc_change_journal(change, "t1", 2, 0, "intent", "{}");
    code = sc_store_bed_apply(bed, change);

    /* Whatever failed before: it is the first of its kind. */
    if (!code)
        assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
    return code;
}

static enum sc_code step_settle(struct sc_store_bed *bed)
{
    struct sc_change *change = sc_change_new();

    sc_change_effect_settle(change, "payments.pay", "k1", SC_EFFECT_DONE, "1", 0);
    sc_change_journal(change, "t1", 3, 0, "receipt", "{}");
    return sc_store_bed_apply(bed, change);
}

static enum sc_code step_keep(struct sc_store_bed *bed)
{
    struct sc_change *change = sc_change_new();
    char *long_text = malloc(100001);

    memset(long_text, 'x', 100000);
    long_text[100000] = '\0';
    sc_change_state_put(change, "operator", "long", long_text, 0);
    free(long_text);
    return sc_store_bed_apply(bed, change);
}

static enum sc_code step_end(struct sc_store_bed *bed)
{
    struct sc_change *change = sc_change_new();
    struct sc_task_row task = sc_store_bed_task("t1", SC_TASK_DONE);

    sc_change_task_update(change, &task);
    sc_change_journal(change, "t1", 4, 0, "end", "{}");
    return sc_store_bed_apply(bed, change);
}

static enum sc_code (*const steps[])(struct sc_store_bed *bed) = {
    step_create,
    step_intend,
    step_settle,
    step_keep,
    step_end,
};

static void count_entry(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    (void)seq, (void)at_ms, (void)kind, (void)body;
    ++*(int *)arg;
}

static void assert_sound(struct sc_store_bed *bed)
{
    struct sc_json *wrong = sc_store_verify(bed->store, NULL);

    assert_non_null(wrong);
    assert_int_equal(sc_json_count(wrong), 0);
    sc_json_free(wrong);
}

static void assert_whole_history(struct sc_store_bed *bed)
{
    int entries = 0;
    char *kept = sc_store_state_get(bed->store, "operator", "long", NULL);

    assert_non_null(kept);
    assert_int_equal(strlen(kept), 100000);
    free(kept);
    assert_int_equal(
            sc_store_journal_read(bed->store, "t1", count_entry, &entries, NULL), SC_OK);
    assert_int_equal(entries, 4);
    assert_sound(bed);
}

static void assert_storage(struct sc_store_bed *bed)
{
    assert_int_equal(bed->err.code, SC_STORAGE);
    assert_non_null(strstr(bed->err.msg, bed->folder)); /* says which file */
}

/* The step that met the fault is the one that fails, and it works the second time. */
static void run_step(struct sc_store_bed *bed, size_t i)
{
    int64_t before = sc_failing_vfs_fired();
    enum sc_code code = steps[i](bed);

    assert_int_equal(code != SC_OK, sc_failing_vfs_fired() > before);
    if (!code)
        return;
    assert_storage(bed);
    assert_int_equal(steps[i](bed), SC_OK);
}

static void open_with_fault(struct sc_store_bed *bed)
{
    if (sc_store_bed_open(bed, false)) {
        assert_true(sc_failing_vfs_fired() > 0);
        assert_storage(bed);
        assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    }
}

static bool history_meets_fault(enum sc_vfs_fault fault, int64_t nth)
{
    struct sc_store_bed bed;
    bool met;

    sc_store_bed_init(&bed);
    sc_failing_vfs_arm(fault, nth, false);
    open_with_fault(&bed);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        run_step(&bed, i);
    sc_store_bed_close(&bed);
    met = sc_failing_vfs_fired() > 0;
    sc_failing_vfs_disarm();
    assert_int_equal(sc_store_bed_open(&bed, false), SC_OK);
    assert_whole_history(&bed);
    sc_store_bed_release(&bed);
    return met;
}

static void try_every_fault(enum sc_vfs_fault fault, int64_t at_least)
{
    int64_t nth = 1;

    while (nth < FAULTS_MAX && history_meets_fault(fault, nth))
        nth++;
    assert_in_range(nth, at_least, FAULTS_MAX - 1);
}

static void a_write_that_fails_is_told_and_the_store_goes_on(void **state)
{
    (void)state;
    try_every_fault(SC_VFS_WRITE, 60);
}

static void a_full_disk_is_told_and_the_store_goes_on(void **state)
{
    (void)state;
    try_every_fault(SC_VFS_FULL, 60);
}

static void a_sync_that_fails_is_told_and_the_store_goes_on(void **state)
{
    (void)state;
    try_every_fault(SC_VFS_SYNC, 5);
}

static void an_open_that_fails_is_told(void **state)
{
    (void)state;
    try_every_fault(SC_VFS_OPEN, 2);
}

/* --- many at once --- */

enum { MANY = 400 };

struct one_of_many {
    bool ended, ok;
};

static void on_one(struct sc_op *op, const struct sc_error *err)
{
    struct one_of_many *one = op->arg;

    assert_false(one->ended);
    one->ended = true;
    one->ok = !err;
    if (err)
        assert_int_equal(err->code, SC_STORAGE);
}

static void start_many(struct sc_store_bed *bed, struct one_of_many *many)
{
    for (int i = 0; i < MANY; i++) {
        struct sc_change *change = sc_change_new();
        char id[16];
        struct sc_task_row task = sc_store_bed_task(id, SC_TASK_RUNNING);

        snprintf(id, sizeof(id), "t%03d", i);
        sc_change_task_create(change, &task);
        sc_change_journal(change, id, 1, 0, "start", "{}");
        sc_store_apply_start(&bed->scope, bed->store, change, on_one, &many[i]);
    }
    sc_loop_run(bed->loop);
}

static void mark_there(void *arg, const struct sc_task_row *row)
{
    bool *there = arg;

    there[strtol(row->id + 1, NULL, 10)] = true;
}

static void assert_there_as_told(struct sc_store_bed *bed, const struct one_of_many *many)
{
    bool there[MANY] = { false };

    assert_int_equal(sc_store_task_list(bed->store, &(struct sc_task_filter){ 0 },
                             mark_there, there, NULL),
            SC_OK);
    for (int i = 0; i < MANY; i++) {
        assert_true(many[i].ended);
        assert_int_equal(there[i], many[i].ok);
    }
    assert_sound(bed);
}

static void of_many_at_once_exactly_the_failed_are_not_there(void **state)
{
    struct sc_store_bed bed;
    int64_t nth = 1, failed = 0;

    (void)state;
    for (bool met = true; met; nth += 3) {
        struct one_of_many many[MANY] = { { false, false } };

        sc_store_bed_init(&bed);
        assert_int_equal(sc_store_bed_open(&bed, false), SC_OK);
        sc_failing_vfs_arm(SC_VFS_WRITE, nth, false);
        start_many(&bed, many);
        met = sc_failing_vfs_fired() > 0;
        sc_failing_vfs_disarm();
        assert_there_as_told(&bed, many);
        sc_store_bed_close(&bed);
        assert_int_equal(sc_store_bed_open(&bed, false), SC_OK);
        assert_there_as_told(&bed, many);
        for (int i = 0; i < MANY; i++)
            failed += !many[i].ok;
        sc_store_bed_release(&bed);
    }
    assert_true(failed > 0);
}

/* --- full for a while --- */

static void writes_work_again_when_there_is_space_again(void **state)
{
    struct sc_store_bed bed;

    (void)state;
    sc_store_bed_init(&bed);
    assert_int_equal(sc_store_bed_open(&bed, false), SC_OK);
    sc_failing_vfs_arm(SC_VFS_FULL, 1, true);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(step_create(&bed), SC_STORAGE);
        assert_non_null(strstr(bed.err.msg, "the disk is full; free some space"));
        assert_non_null(strstr(bed.err.msg, "/store.db"));
    }
    sc_failing_vfs_disarm();

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        assert_int_equal(steps[i](&bed), SC_OK);
    assert_whole_history(&bed);
    sc_store_bed_release(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_that_fails_is_told_and_the_store_goes_on),
        cmocka_unit_test(a_full_disk_is_told_and_the_store_goes_on),
        cmocka_unit_test(a_sync_that_fails_is_told_and_the_store_goes_on),
        cmocka_unit_test(an_open_that_fails_is_told),
        cmocka_unit_test(of_many_at_once_exactly_the_failed_are_not_there),
        cmocka_unit_test(writes_work_again_when_there_is_space_again),
    };
    sc_failing_vfs_install();
    return cmocka_run_group_tests_name("store/faults", tests, NULL, NULL);
}
