#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/store_bed.h"
#include "store/memory.h"
#include "store/prune.h"

enum { DAY = 86400000, NOW = 2000000000, BIG = 200000 };

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

/* A task with two journal entries and two prompts, one of which all share. */
static void add_task(struct sc_store_bed *bed, const char *id, enum sc_task_state state,
        int64_t ended_ms, size_t bytes)
{
    struct sc_change *change = sc_change_new();
    struct sc_task_row row = sc_store_bed_task(id, state);
    char *body = sc_zalloc(bytes + 1);

    memset(body, 'x', bytes);
    row.ended_ms = ended_ms;
    row.created_ms = ended_ms ? ended_ms : 1000;
    sc_change_task_create(change, &row);
    sc_change_journal(change, id, 1, 1, "turn", body);
    sc_change_journal(change, id, 2, 2, "ended", "{}");
    sc_change_prompt(change, "shared", "rules", row.created_ms);
    sc_change_prompt(change, id, "the task", row.created_ms);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    free(body);
}

static void add_effect(struct sc_store_bed *bed, const char *task, const char *once,
        enum sc_effect_state state)
{
    struct sc_change *change = sc_change_new();
    struct sc_effect_row row = sc_store_bed_effect(task, task, once);

    sc_change_effect_intend(change, &row, NULL);
    if (state != SC_EFFECT_INTENT)
        sc_change_effect_settle(change, row.tool, row.key, state, "{\"id\":7}", 2);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
}

struct total {
    int64_t tasks, kept_rows;
    int slices;
    bool more;
};

static void on_pruned(struct sc_op *op, const struct sc_error *err)
{
    struct total *total = op->arg;

    assert_null(err);
    total->tasks += sc_store_pruned(op)->tasks;
    total->kept_rows += sc_store_pruned(op)->kept_rows;
    total->more = sc_store_pruned(op)->more;
    total->slices++;
}

static struct total prune(struct sc_store_bed *bed, const struct sc_prune *what)
{
    struct total total = { .more = true };

    while (total.more && total.slices < 1000) {
        sc_store_prune_start(&bed->scope, bed->store, what, on_pruned, &total);
        sc_loop_run(bed->loop);
    }
    assert_false(total.more);
    return total;
}

static struct sc_prune older(int64_t before_ms)
{
    return (struct sc_prune){ .now_ms = NOW, .before_ms = before_ms, .tasks = 2 };
}

static void add_id(void *arg, const struct sc_task_row *row)
{
    sc_buf_addf(arg, "%s%s ", row->id, row->pruned_ms ? "-" : "");
}

static void add_entry(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    (void)seq, (void)at_ms, (void)body;
    sc_buf_addf(arg, "%s ", kind);
}

static void assert_left(struct sc_store_bed *bed, const char *expected)
{
    struct sc_buf seen = { 0 };
    struct sc_json *wrong = sc_store_verify(bed->store, NULL);

    assert_int_equal(sc_store_task_list(bed->store, &(struct sc_task_filter){ 0 }, add_id,
                             &seen, NULL),
            SC_OK);
    assert_string_equal(sc_buf_text(&seen), expected);
    assert_int_equal(sc_json_count(wrong), 0);
    sc_json_free(wrong);
    sc_buf_release(&seen);
}

static bool has_prompt(struct sc_store_bed *bed, const char *hash)
{
    struct sc_error err;
    char *text = sc_store_prompt_get(bed->store, hash, &err);

    free(text);
    return text != NULL;
}

static void what_is_old_goes_with_its_journal_and_prompts(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = older(NOW - DAY);
    struct sc_buf seen = { 0 };

    add_task(bed, "a", SC_TASK_DONE, NOW - 3 * DAY, 10);
    add_task(bed, "b", SC_TASK_FAILED, NOW - 2 * DAY, 10);
    add_task(bed, "c", SC_TASK_DRY_RUN, NOW - 2 * DAY, 10);
    add_task(bed, "d", SC_TASK_DONE, NOW, 10);

    assert_int_equal(prune(bed, &what).tasks, 3);
    assert_left(bed, "d ");
    assert_int_equal(
            sc_store_journal_read(bed->store, "a", add_entry, &seen, NULL), SC_OK);
    assert_string_equal(sc_buf_text(&seen), "");
    assert_false(has_prompt(bed, "a"));
    assert_false(has_prompt(bed, "c"));
    assert_true(has_prompt(bed, "d"));
    assert_true(has_prompt(bed, "shared"));
    assert_int_equal(
            sc_store_task_list(bed->store, &(struct sc_task_filter){ .words = "catalog" },
                    add_id, &seen, NULL),
            SC_OK);
    assert_string_equal(sc_buf_text(&seen), "d ");
    sc_buf_release(&seen);
}

static void a_prompt_stays_while_a_task_of_its_time_does(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = older(NOW - DAY);

    what.keep_failed = true;
    add_task(bed, "a", SC_TASK_DONE, NOW - 5 * DAY, 10);
    add_task(bed, "b", SC_TASK_FAILED, NOW - 3 * DAY, 10);
    add_task(bed, "c", SC_TASK_DONE, NOW - 2 * DAY, 10);

    assert_int_equal(prune(bed, &what).tasks, 2);
    assert_left(bed, "b ");
    assert_false(has_prompt(bed, "a"));
    assert_true(has_prompt(bed, "b"));
    assert_true(has_prompt(bed, "c")); /* b may have used it later than it says */
    assert_true(has_prompt(bed, "shared"));
    what.keep_failed = false;
    assert_int_equal(prune(bed, &what).tasks, 1);
    assert_false(has_prompt(bed, "shared"));
}

static void what_has_not_ended_or_is_in_doubt_stays(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = older(NOW);

    add_task(bed, "a", SC_TASK_RUNNING, 0, 10);
    add_task(bed, "b", SC_TASK_WAITING, 0, 10);
    add_task(bed, "c", SC_TASK_IN_DOUBT, 5, 10);
    add_task(bed, "d", SC_TASK_CANCELLED, 5, 10);
    add_effect(bed, "d", NULL, SC_EFFECT_IN_DOUBT);
    add_task(bed, "e", SC_TASK_FAILED, 5, 10);
    add_effect(bed, "e", NULL, SC_EFFECT_INTENT);

    assert_int_equal(prune(bed, &what).tasks, 0);
    assert_left(bed, "e d c b a ");
}

static void what_failed_can_be_kept(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = older(NOW);

    what.keep_failed = true;
    add_task(bed, "a", SC_TASK_FAILED, 1, 10);
    add_task(bed, "b", SC_TASK_UNPROVEN, 2, 10);
    add_task(bed, "c", SC_TASK_DONE, 3, 10);

    assert_int_equal(prune(bed, &what).tasks, 1);
    assert_left(bed, "b a ");
}

static void the_effect_of_a_pruned_task_still_blocks_a_second(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = older(NOW);
    struct sc_effect_row again = sc_store_bed_effect("b", "other", "INV-7");
    struct sc_change *change = sc_change_new();
    struct total total;

    add_task(bed, "a", SC_TASK_DONE, 1, 10);
    add_effect(bed, "a", "INV-7", SC_EFFECT_DONE);
    total = prune(bed, &what);
    assert_int_equal(total.tasks, 1);
    assert_int_equal(total.kept_rows, 1);
    assert_left(bed, "a- ");

    add_task(bed, "b", SC_TASK_RUNNING, 0, 10);
    sc_change_effect_intend(change, &again, NULL);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_EARLIER);
    assert_string_equal(bed->claim_result, "{\"id\":7}");
    assert_string_equal(bed->claim_task, "a");
    assert_int_equal(prune(bed, &what).tasks, 0); /* not a second time */
}

static int64_t file_bytes(struct sc_store_bed *bed)
{
    char *path = sc_strdupf("%s/store.db", bed->folder);
    struct stat st;

    sc_store_bed_close(bed); /* all is in the file then */
    assert_int_equal(stat(path, &st), 0);
    free(path);
    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    return st.st_size;
}

static void a_size_is_kept_and_the_file_shrinks(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = { .now_ms = NOW, .tasks = 2 };
    struct sc_pruned look;
    int64_t before;
    struct total total;

    what.most_bytes = file_bytes(bed) + 4 * BIG + BIG / 2; /* an empty one has tables */
    for (char id[2] = "a"; id[0] <= 'j'; id[0]++)
        add_task(bed, id, SC_TASK_DONE, id[0], BIG);
    before = file_bytes(bed);
    assert_true(before > 10 * BIG);

    assert_int_equal(sc_store_prunable(bed->store, &what, &look, NULL), SC_OK);
    total = prune(bed, &what);
    assert_int_equal(look.tasks, total.tasks);
    assert_true(total.slices > 1);
    assert_true(file_bytes(bed) <= what.most_bytes);
    assert_left(bed, "j i h g ");
}

static void add_long_fact(struct sc_store_bed *bed, size_t bytes)
{
    struct sc_change *change = sc_change_new();
    char *text = sc_zalloc(bytes + 1);
    const struct sc_memory_row row = { .id = "m",
        .agent = "",
        .subject = "",
        .subject_key = "",
        .text = text,
        .text_key = "m",
        .source = "test",
        .trusted = true };

    memset(text, 'm', bytes);
    sc_change_fact_add(change, &row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    free(text);
}

/* Else large documents would drive out all history, and the file be as large as before.
 */
static void what_is_remembered_drives_out_no_task(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_prune what = { .now_ms = NOW, .tasks = 2 };
    int64_t most = file_bytes(bed) + 2 * BIG + BIG / 2;

    add_long_fact(bed, 10 * BIG);
    add_task(bed, "a", SC_TASK_DONE, 1, BIG);
    add_task(bed, "b", SC_TASK_DONE, 2, BIG);
    assert_int_equal(
            sc_store_history_limit(bed->store, most, &what.most_bytes, NULL), SC_OK);
    assert_true(what.most_bytes >= most + 10 * BIG);
    prune(bed, &what);
    assert_left(bed, "b a ");

    add_task(bed, "c", SC_TASK_DONE, 3, 2 * BIG);
    prune(bed, &what);
    assert_left(bed, "c ");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(what_is_old_goes_with_its_journal_and_prompts),
        T(a_prompt_stays_while_a_task_of_its_time_does),
        T(what_has_not_ended_or_is_in_doubt_stays),
        T(what_failed_can_be_kept),
        T(the_effect_of_a_pruned_task_still_blocks_a_second),
        T(a_size_is_kept_and_the_file_shrinks),
        T(what_is_remembered_drives_out_no_task),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
