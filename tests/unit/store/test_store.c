#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fakes/store_bed.h"

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

/* --- what reads give, as text --- */

static void add_id(void *arg, const struct sc_task_row *row)
{
    sc_buf_addf(arg, "%s ", row->id);
}

static void add_task(void *arg, const struct sc_task_row *row)
{
    sc_buf_addf(arg, "%s|%s|%s|%s|%d|%d|%s|%s|%d|%d", row->id, row->agent, row->words,
            sc_task_state_word(row->state), (int)row->created_ms, (int)row->ended_ms,
            row->spec, row->answer ? row->answer : "NULL", (int)row->wake_ms,
            (int)row->cost_micro);
}

static void add_entry(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    sc_buf_addf(arg, "%d@%d %s %s;", (int)seq, (int)at_ms, kind, body);
}

static void add_effect(void *arg, const struct sc_effect_row *row)
{
    sc_buf_addf(arg, "%s %s %d %s/%s %s once=%s %s %s %s by %s: %s %s @%d;", row->task_id,
            row->step_id, (int)row->element, row->tool, row->version, row->key,
            row->once ? row->once : "NULL", row->agent, row->args_hash, row->args,
            row->approver ? row->approver : "NULL", sc_effect_state_word(row->state),
            row->result ? row->result : "NULL", (int)row->at_ms);
}

static void assert_text(struct sc_buf *buf, const char *expected)
{
    assert_string_equal(sc_buf_text(buf), expected);
    sc_buf_release(buf);
}

static enum sc_code create(
        struct sc_store_bed *bed, const char *id, enum sc_task_state state)
{
    struct sc_change *change = sc_change_new();
    struct sc_task_row row = sc_store_bed_task(id, state);

    sc_change_task_create(change, &row);
    return sc_store_bed_apply(bed, change);
}

static enum sc_code intend(struct sc_store_bed *bed, const struct sc_effect_row *row,
        const struct sc_effect_limit *limit)
{
    struct sc_change *change = sc_change_new();

    sc_change_effect_intend(change, row, limit);
    return sc_store_bed_apply(bed, change);
}

static enum sc_code settle(struct sc_store_bed *bed, const char *key,
        enum sc_effect_state state, const char *result)
{
    struct sc_change *change = sc_change_new();

    sc_change_effect_settle(change, "payments.pay", key, state, result, 6000);
    return sc_store_bed_apply(bed, change);
}

/* --- tasks --- */

static void a_task_is_read_as_it_was_written(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_buf seen = { 0 };

    assert_int_equal(create(bed, "t1", SC_TASK_PLANNING), SC_OK);

    assert_int_equal(sc_store_task_get(bed->store, "t1", add_task, &seen, NULL), SC_OK);
    assert_text(&seen, "t1|operator|price the catalog|planning|1000|0|{}|NULL|0|0");
}

static void an_update_changes_how_it_goes_not_what_was_asked(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_buf seen = { 0 };
    struct sc_task_row row = {
        .id = "t1",
        .agent = "price-keeper",
        .words = "other",
        .state = SC_TASK_WAITING,
        .created_ms = 77,
        .ended_ms = 3,
        .spec = "[1]",
        .answer = "well",
        .wake_ms = 4,
        .cost_micro = 5,
    };

    create(bed, "t1", SC_TASK_PLANNING);
    sc_change_task_update(change, &row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(sc_store_task_get(bed->store, "t1", add_task, &seen, NULL), SC_OK);
    assert_text(&seen, "t1|operator|price the catalog|waiting|1000|3|{}|well|4|5");
}

static void a_second_task_of_one_id_is_a_conflict(void **state)
{
    struct sc_store_bed *bed = *state;

    create(bed, "t1", SC_TASK_PLANNING);

    assert_int_equal(create(bed, "t1", SC_TASK_DONE), SC_CONFLICT);
    assert_string_equal(bed->err.msg, "there is a task t1 already");
}

static void updating_a_task_that_is_not_there_is_not_found(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_task_row row = sc_store_bed_task("none", SC_TASK_DONE);

    sc_change_task_update(change, &row);

    assert_int_equal(sc_store_bed_apply(bed, change), SC_NOT_FOUND);
}

static void a_task_is_found_by_a_unique_beginning(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_buf seen = { 0 };
    struct sc_error err;

    create(bed, "abc1", SC_TASK_DONE);
    create(bed, "abd2", SC_TASK_DONE);
    create(bed, "ab", SC_TASK_DONE);

    assert_int_equal(sc_store_task_get(bed->store, "abd", add_id, &seen, NULL), SC_OK);
    assert_int_equal(sc_store_task_get(bed->store, "ab", add_id, &seen, NULL), SC_OK);
    assert_text(&seen, "abd2 ab ");
    assert_int_equal(
            sc_store_task_get(bed->store, "a", add_id, &seen, &err), SC_CONFLICT);
    assert_int_equal(
            sc_store_task_get(bed->store, "abx", add_id, &seen, &err), SC_NOT_FOUND);
    assert_int_equal(
            sc_store_task_get(bed->store, "", add_id, &seen, &err), SC_NOT_FOUND);
}

static void assert_list(struct sc_store_bed *bed, const struct sc_task_filter *filter,
        const char *expected)
{
    struct sc_buf seen = { 0 };

    assert_int_equal(sc_store_task_list(bed->store, filter, add_id, &seen, NULL), SC_OK);
    assert_text(&seen, expected);
}

static void tasks_are_listed_newest_first_by_state_and_agent(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_task_row other = sc_store_bed_task("e", SC_TASK_DONE);
    struct sc_error err;
    struct sc_buf seen = { 0 };

    other.agent = "stock-watcher";
    other.created_ms = 1; /* the clock was set back: it is the newest still */
    create(bed, "b", SC_TASK_DONE);
    create(bed, "a", SC_TASK_RUNNING);
    create(bed, "c", SC_TASK_WAITING);
    sc_change_task_create(change, &other);
    sc_store_bed_apply(bed, change);

    assert_list(bed, &(struct sc_task_filter){ 0 }, "e c a b ");
    assert_list(bed, &(struct sc_task_filter){ .limit = 2 }, "e c ");
    assert_list(bed, &(struct sc_task_filter){ .state = "done" }, "e b ");
    assert_list(bed, &(struct sc_task_filter){ .agent = "operator" }, "c a b ");
    assert_list(
            bed, &(struct sc_task_filter){ .agent = "operator", .state = "done" }, "b ");
    assert_list(bed, &(struct sc_task_filter){ .unfinished = true }, "c a ");
    assert_list(bed, &(struct sc_task_filter){ .unfinished = true, .limit = 1 }, "c ");
    assert_list(bed, &(struct sc_task_filter){ .unfinished = true, .state = "running" },
            "a ");
    assert_list(bed,
            &(struct sc_task_filter){ .unfinished = true, .agent = "stock-watcher" }, "");
    assert_int_equal(
            sc_store_task_list(bed->store,
                    &(struct sc_task_filter){ .state = "finished" }, add_id, &seen, &err),
            SC_INVALID);
}

static void look_inside(void *arg, const struct sc_task_row *row)
{
    struct sc_store_bed *bed = arg;
    struct sc_buf seen = { 0 };

    assert_list(bed, &(struct sc_task_filter){ 0 }, "b a ");
    assert_int_equal(sc_store_task_get(bed->store, row->id, add_id, &seen, NULL), SC_OK);
    sc_buf_release(&seen);
}

static void a_read_may_be_asked_for_inside_another(void **state)
{
    struct sc_store_bed *bed = *state;

    create(bed, "a", SC_TASK_DONE);
    create(bed, "b", SC_TASK_DONE);

    assert_int_equal(sc_store_task_list(bed->store, &(struct sc_task_filter){ 0 },
                             look_inside, bed, NULL),
            SC_OK);
}

/* --- journal --- */

static void the_journal_is_read_by_seq_whatever_the_clock_says(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_buf seen = { 0 };

    sc_change_journal(change, "t1", 1, 900, "start", "{}");
    sc_change_journal(change, "t2", 1, 901, "start", "{}");
    sc_change_journal(change, "t1", 2, 100, "plan", "{\"a\":\"\xe4\xbe\x9b\"}");
    sc_change_journal(change, "t1", 3, 50, "end", "");
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(
            sc_store_journal_read(bed->store, "t1", add_entry, &seen, NULL), SC_OK);
    assert_text(&seen, "1@900 start {};2@100 plan {\"a\":\"\xe4\xbe\x9b\"};3@50 end ;");
}

static void a_seq_used_twice_fails_the_whole_change(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_buf seen = { 0 };

    sc_change_journal(change, "t1", 1, 0, "start", "{}");
    sc_store_bed_apply(bed, change);
    change = sc_change_new();
    sc_change_journal(change, "t1", 2, 0, "half", "{}");
    sc_change_journal(change, "t1", 1, 0, "again", "{}");

    assert_int_equal(sc_store_bed_apply(bed, change), SC_CONFLICT);
    sc_store_journal_read(bed->store, "t1", add_entry, &seen, NULL);
    assert_text(&seen, "1@0 start {};");
}

/* --- effects --- */

static void an_intent_is_recorded_and_settled(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", "invoice-7");
    struct sc_buf seen = { 0 };

    assert_int_equal(intend(bed, &row, NULL), SC_OK);
    assert_int_equal(bed->claim_count, 1);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
    sc_store_effect_get(bed->store, "payments.pay", "k1", add_effect, &seen, NULL);
    assert_text(&seen, "t1 pay -1 payments.pay/1 k1 once=invoice-7 operator h1 "
                       "{\"amount\":5} by --yes: intent NULL @5000;");

    assert_int_equal(settle(bed, "k1", SC_EFFECT_DONE, "{\"id\":9}"), SC_OK);
    assert_int_equal(sc_store_once_get(bed->store,
                             &(struct sc_once){ "operator", "payments.pay", "invoice-7" },
                             add_effect, &seen, NULL),
            SC_OK);
    assert_text(&seen, "t1 pay -1 payments.pay/1 k1 once=invoice-7 operator h1 "
                       "{\"amount\":5} by --yes: done {\"id\":9} @5000;");
}

static void effects_of_a_task_come_in_order(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row one = sc_store_bed_effect("t1", "k2", NULL);
    struct sc_effect_row two = sc_store_bed_effect("t1", "k1", NULL);
    struct sc_effect_row other = sc_store_bed_effect("t2", "k3", NULL);
    struct sc_buf seen = { 0 };

    one.approver = NULL;
    one.element = 3;
    two.at_ms = 1;
    intend(bed, &one, NULL);
    intend(bed, &other, NULL);
    intend(bed, &two, NULL);

    assert_int_equal(
            sc_store_effects_of(bed->store, "t1", add_effect, &seen, NULL), SC_OK);
    assert_text(&seen, "t1 pay 3 payments.pay/1 k2 once=NULL operator h1 {\"amount\":5} "
                       "by NULL: intent NULL @5000;"
                       "t1 pay -1 payments.pay/1 k1 once=NULL operator h1 {\"amount\":5} "
                       "by --yes: intent NULL @1;");
}

static void assert_earlier(struct sc_store_bed *bed, const struct sc_effect_row *row,
        enum sc_effect_state state, const char *result)
{
    assert_int_equal(intend(bed, row, NULL), SC_OK);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_EARLIER);
    assert_int_equal(bed->claims[0].state, state);
    assert_string_equal(bed->claim_result, result);
    assert_string_equal(bed->claim_task, "t1");
}

static void once_is_claimed_by_intent_doubt_and_done(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row first = sc_store_bed_effect("t1", "k1", "invoice-7");
    struct sc_effect_row second = sc_store_bed_effect("t2", "k2", "invoice-7");
    struct sc_error err;
    struct sc_buf seen = { 0 };

    second.args_hash = "h2"; /* the plan's key decides, whatever the arguments */
    intend(bed, &first, NULL);
    assert_earlier(bed, &second, SC_EFFECT_INTENT, "");
    settle(bed, "k1", SC_EFFECT_IN_DOUBT, NULL);
    assert_earlier(bed, &second, SC_EFFECT_IN_DOUBT, "");
    settle(bed, "k1", SC_EFFECT_DONE, "{\"id\":9}");
    assert_earlier(bed, &second, SC_EFFECT_DONE, "{\"id\":9}");

    assert_int_equal(sc_store_effect_get(
                             bed->store, "payments.pay", "k2", add_effect, &seen, &err),
            SC_NOT_FOUND);
}

static void once_is_free_for_another_agent_or_tool(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", "invoice-7");

    intend(bed, &row, NULL);
    row.key = "k2";
    row.agent = "stock-watcher";
    intend(bed, &row, NULL);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
    row.agent = "operator";
    row.tool = "payments.refund";
    intend(bed, &row, NULL);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
}

static void a_failed_effect_is_replaced(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row first = sc_store_bed_effect("t1", "k1", "invoice-7");
    struct sc_effect_row second = sc_store_bed_effect("t2", "k2", "invoice-7");
    struct sc_buf seen = { 0 };
    struct sc_error err;

    intend(bed, &first, NULL);
    settle(bed, "k1", SC_EFFECT_FAILED, "{\"error\":\"refused\"}");
    assert_int_equal(intend(bed, &second, NULL), SC_OK);

    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
    assert_int_equal(sc_store_effect_get(
                             bed->store, "payments.pay", "k1", add_effect, &seen, &err),
            SC_NOT_FOUND);
    sc_store_effects_of(bed->store, "t2", add_effect, &seen, NULL);
    assert_text(&seen, "t2 pay -1 payments.pay/1 k2 once=invoice-7 operator h1 "
                       "{\"amount\":5} by --yes: intent NULL @5000;");
}

static void a_failed_effect_is_tried_again_with_its_own_key(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", NULL);

    intend(bed, &row, NULL);
    settle(bed, "k1", SC_EFFECT_FAILED, NULL);

    assert_int_equal(intend(bed, &row, NULL), SC_OK);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
}

static void a_key_used_before_is_an_earlier_effect(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", NULL);

    intend(bed, &row, NULL);
    settle(bed, "k1", SC_EFFECT_DONE, "7");

    assert_earlier(bed, &row, SC_EFFECT_DONE, "7");
    row.args_hash = "h2";
    assert_int_equal(intend(bed, &row, NULL), SC_CONFLICT);
}

static void two_claims_in_one_change_see_each_other(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row first = sc_store_bed_effect("t1", "k1", "same");
    struct sc_effect_row second = sc_store_bed_effect("t1", "k2", "same");
    struct sc_change *change = sc_change_new();

    sc_change_effect_intend(change, &first, NULL);
    sc_change_effect_intend(change, &second, NULL);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(bed->claim_count, 2);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
    assert_int_equal(bed->claims[1].kind, SC_CLAIM_EARLIER);
    assert_int_equal(bed->claims[1].state, SC_EFFECT_INTENT);
}

static enum sc_claim_kind refund(
        struct sc_store_bed *bed, const char *key, int64_t at_ms, const char *agent)
{
    const struct sc_effect_limit limit = { "refunds", 2, 1000, 2000 };
    struct sc_effect_row row = sc_store_bed_effect("t1", key, NULL);

    row.at_ms = at_ms;
    row.agent = agent;
    assert_int_equal(intend(bed, &row, &limit), SC_OK);
    return bed->claims[0].kind;
}

static void a_limit_counts_its_window_across_tasks(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_int_equal(refund(bed, "before", 999, "operator"), SC_CLAIM_OK);
    assert_int_equal(refund(bed, "after", 2000, "operator"), SC_CLAIM_OK);
    assert_int_equal(refund(bed, "one", 1000, "operator"), SC_CLAIM_OK);
    assert_int_equal(refund(bed, "two", 1999, "operator"), SC_CLAIM_OK);
    assert_int_equal(refund(bed, "three", 1500, "operator"), SC_CLAIM_LIMIT);
    assert_int_equal(refund(bed, "other", 1500, "stock-watcher"), SC_CLAIM_OK);

    /* What failed did not happen, so it does not count. */
    settle(bed, "one", SC_EFFECT_FAILED, NULL);
    assert_int_equal(refund(bed, "three", 1500, "operator"), SC_CLAIM_OK);
    assert_int_equal(refund(bed, "four", 1500, "operator"), SC_CLAIM_LIMIT);
}

static void a_limit_of_nothing_lets_nothing_through(void **state)
{
    struct sc_store_bed *bed = *state;
    const struct sc_effect_limit limit = { "refunds", 0, 0, 9000 };
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", NULL);

    assert_int_equal(intend(bed, &row, &limit), SC_OK);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_LIMIT);
}

static void an_unknown_effect_cannot_be_settled(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_int_equal(settle(bed, "k1", SC_EFFECT_DONE, "1"), SC_NOT_FOUND);
}

static void a_done_effect_does_not_become_a_failed_one(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", NULL);

    intend(bed, &row, NULL);
    settle(bed, "k1", SC_EFFECT_DONE, "1");

    assert_int_equal(settle(bed, "k1", SC_EFFECT_FAILED, NULL), SC_CONFLICT);
    assert_int_equal(settle(bed, "k1", SC_EFFECT_DONE, "1"), SC_OK);
}

static void a_claim_of_a_change_that_fails_leaves_nothing(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", "same");
    struct sc_task_row none = sc_store_bed_task("none", SC_TASK_DONE);
    struct sc_change *change = sc_change_new();

    sc_change_effect_intend(change, &row, NULL);
    sc_change_task_update(change, &none);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_NOT_FOUND);

    assert_int_equal(intend(bed, &row, NULL), SC_OK);
    assert_int_equal(bed->claims[0].kind, SC_CLAIM_OK);
}

/* --- what is kept --- */

static void put_state(struct sc_store_bed *bed, const char *agent, const char *value)
{
    struct sc_change *change = sc_change_new();

    sc_change_state_put(change, agent, "last", value, 1);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
}

static void assert_state(
        struct sc_store_bed *bed, const char *agent, const char *expected)
{
    struct sc_error err = { 0 };
    char *value = sc_store_state_get(bed->store, agent, "last", &err);

    if (expected) {
        assert_non_null(value);
        assert_string_equal(value, expected);
    } else {
        assert_null(value);
        assert_int_equal(err.code, SC_NOT_FOUND);
    }
    free(value);
}

static void state_is_kept_per_agent_and_can_be_dropped(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_state(bed, "a", NULL);
    put_state(bed, "a", "1");
    put_state(bed, "b", "2");
    put_state(bed, "a", "3");
    assert_state(bed, "a", "3");
    assert_state(bed, "b", "2");
    put_state(bed, "a", NULL);
    assert_state(bed, "a", NULL);
    assert_state(bed, "b", "2");
}

static void the_cache_tells_what_is_stale(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_error err = { 0 };
    int64_t at_ms = 0;
    char *value;

    sc_change_cache_put(change, "rates", "{}", 100, 200);
    sc_store_bed_apply(bed, change);

    value = sc_store_cache_get(bed->store, "rates", 199, false, &at_ms, &err);
    assert_string_equal(value, "{}");
    assert_int_equal(at_ms, 100);
    free(value);
    assert_null(sc_store_cache_get(bed->store, "rates", 200, false, &at_ms, &err));
    assert_int_equal(err.code, SC_NOT_FOUND);
    value = sc_store_cache_get(bed->store, "rates", 200, true, &at_ms, &err);
    assert_string_equal(value, "{}");
    free(value);
    assert_null(sc_store_cache_get(bed->store, "other", 0, true, &at_ms, &err));
}

static void what_is_stale_for_a_quarter_leaves_the_cache(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    const int64_t quarter_ms = 90LL * 24 * 3600 * 1000;
    char *value;

    sc_change_cache_put(change, "old", "1", 100, 200);
    sc_change_cache_put(change, "new", "2", 200 + quarter_ms, 300 + quarter_ms);
    sc_store_bed_apply(bed, change);
    value = sc_store_cache_get(bed->store, "old", 0, true, NULL, NULL);
    assert_non_null(value);
    free(value);

    change = sc_change_new();
    sc_change_cache_put(change, "new", "3", 201 + quarter_ms, 300 + quarter_ms);
    sc_store_bed_apply(bed, change);
    assert_null(sc_store_cache_get(bed->store, "old", 0, true, NULL, NULL));
}

static void an_empty_change_is_applied_too(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    assert_true(sc_change_empty(change));
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);
    assert_int_equal(bed->claim_count, 0);
}

static void all_is_there_after_opening_again(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_effect_row row = sc_store_bed_effect("t1", "k1", "same");

    create(bed, "t1", SC_TASK_RUNNING);
    intend(bed, &row, NULL);
    sc_store_bed_close(bed);
    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);

    assert_list(bed, &(struct sc_task_filter){ .unfinished = true }, "t1 ");
    assert_earlier(bed, &row, SC_EFFECT_INTENT, "");
}

static void a_text_that_is_missing_is_refused(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    sc_change_journal(change, "t1", 1, 0, NULL, "{}");

    assert_int_equal(sc_store_bed_apply(bed, change), SC_INVALID);
}

static void a_text_that_is_too_long_is_refused_alone(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    const size_t len = (256 << 20) + 1;
    char *text = malloc(len + 1);

    memset(text, 'x', len);
    text[len] = '\0';
    sc_change_state_put(change, "a", "last", text, 1);
    free(text);

    assert_int_equal(sc_store_bed_apply(bed, change), SC_INVALID);
    assert_state(bed, "a", NULL);
    put_state(bed, "a", "short");
    assert_state(bed, "a", "short");
}

static void a_store_open_for_looking_refuses_changes(void **state)
{
    struct sc_store_bed *bed = *state;

    create(bed, "t1", SC_TASK_DONE);
    sc_store_bed_close(bed);
    assert_int_equal(sc_store_bed_open(bed, true), SC_OK);

    assert_int_equal(create(bed, "t2", SC_TASK_DONE), SC_STORAGE);
    assert_list(bed, &(struct sc_task_filter){ 0 }, "t1 ");
}

static void assert_private(const struct sc_store_bed *bed, const char *name)
{
    char *path = sc_strdupf("%s/%s", bed->folder, name);
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    free(path);
}

/* Whatever the folder that was given allows. */
static void what_is_kept_is_for_its_owner_alone(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_task_row row = sc_store_bed_task("1abc", SC_TASK_DONE);

    sc_change_task_create(change, &row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_private(bed, "store.db");
    assert_private(bed, "store.db-wal");
    assert_private(bed, "store.db-shm");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_task_is_read_as_it_was_written),
        T(an_update_changes_how_it_goes_not_what_was_asked),
        T(a_second_task_of_one_id_is_a_conflict),
        T(updating_a_task_that_is_not_there_is_not_found),
        T(a_task_is_found_by_a_unique_beginning),
        T(tasks_are_listed_newest_first_by_state_and_agent),
        T(a_read_may_be_asked_for_inside_another),
        T(the_journal_is_read_by_seq_whatever_the_clock_says),
        T(a_seq_used_twice_fails_the_whole_change),
        T(an_intent_is_recorded_and_settled),
        T(effects_of_a_task_come_in_order),
        T(once_is_claimed_by_intent_doubt_and_done),
        T(once_is_free_for_another_agent_or_tool),
        T(a_failed_effect_is_replaced),
        T(a_failed_effect_is_tried_again_with_its_own_key),
        T(a_key_used_before_is_an_earlier_effect),
        T(two_claims_in_one_change_see_each_other),
        T(a_limit_counts_its_window_across_tasks),
        T(a_limit_of_nothing_lets_nothing_through),
        T(an_unknown_effect_cannot_be_settled),
        T(a_done_effect_does_not_become_a_failed_one),
        T(a_claim_of_a_change_that_fails_leaves_nothing),
        T(state_is_kept_per_agent_and_can_be_dropped),
        T(the_cache_tells_what_is_stale),
        T(what_is_stale_for_a_quarter_leaves_the_cache),
        T(an_empty_change_is_applied_too),
        T(all_is_there_after_opening_again),
        T(a_text_that_is_missing_is_refused),
        T(a_text_that_is_too_long_is_refused_alone),
        T(a_store_open_for_looking_refuses_changes),
        T(what_is_kept_is_for_its_owner_alone),
    };
    return cmocka_run_group_tests_name("store/store", tests, NULL, NULL);
}
