#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static int64_t spent(
        struct sc_store_bed *bed, const char *agent, int64_t from_ms, int64_t to_ms)
{
    const struct sc_spending_filter filter = {
        .agent = agent, .from_ms = from_ms, .to_ms = to_ms
    };
    struct sc_spending spending;

    assert_int_equal(sc_store_spending(bed->store, &filter, &spending, NULL), SC_OK);
    return spending.cost_micro;
}

static void costs_add_up_by_agent_and_time(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    struct sc_cost_row row = {
        .task_id = "t1", .agent = "operator", .model = "m", .cost_micro = 5, .at_ms = 100
    };

    sc_change_cost_add(change, &row);
    row.at_ms = 200;
    row.cost_micro = 7;
    sc_change_cost_add(change, &row);
    row.agent = "stock-watcher";
    row.cost_micro = 11;
    sc_change_cost_add(change, &row);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(spent(bed, NULL, 0, 999), 23);
    assert_int_equal(spent(bed, "operator", 0, 999), 12);
    assert_int_equal(spent(bed, "operator", 100, 200), 5);
    assert_int_equal(spent(bed, "none", 0, 999), 0);
}

static const struct sc_room room_of_100 = {
    .to_ms = 999, .most_micro = 100, .number = 7
};

/* Reserves micro of 100, under key. */
static enum sc_code reserve(struct sc_store_bed *bed, const char *key, int64_t micro)
{
    struct sc_change *change = sc_change_new();
    struct sc_room room = room_of_100;

    room.more_micro = micro;
    sc_change_room(change, &room);
    sc_change_reserve(change, &(struct sc_reservation_row){ .key = key,
                                      .task_id = "t1",
                                      .agent = "operator",
                                      .model = "m",
                                      .micro = micro,
                                      .at_ms = 100 });
    return sc_store_bed_apply(bed, change);
}

static struct sc_spending spending_of_all(struct sc_store_bed *bed)
{
    const struct sc_spending_filter filter = { .to_ms = 999 };
    struct sc_spending spending;

    assert_int_equal(sc_store_spending(bed->store, &filter, &spending, NULL), SC_OK);
    return spending;
}

static void what_is_reserved_leaves_no_room_for_others(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_int_equal(reserve(bed, "a", 60), SC_OK);
    assert_int_equal(reserve(bed, "b", 41), SC_BUDGET);
    assert_int_equal(bed->err.detail, 7);
    assert_int_equal(reserve(bed, "c", 40), SC_OK);

    assert_int_equal(spending_of_all(bed).reserved_micro, 100);
    assert_int_equal(spending_of_all(bed).cost_micro, 0);
}

static void a_settled_reservation_counts_as_what_it_did_cost(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    reserve(bed, "a", 60);
    sc_change_unreserve(change, "a");
    sc_change_cost_add(change, &(struct sc_cost_row){ .task_id = "t1",
                                       .agent = "operator",
                                       .model = "m",
                                       .cost_micro = 10,
                                       .at_ms = 100 });
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(reserve(bed, "b", 91), SC_BUDGET);
    assert_int_equal(reserve(bed, "c", 90), SC_OK);
}

static void a_reservation_that_nobody_settled_stays_counted(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();

    reserve(bed, "a", 60);
    sc_store_bed_close(bed);
    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    sc_change_lose_reservations(change);
    assert_int_equal(sc_store_bed_apply(bed, change), SC_OK);

    assert_int_equal(spending_of_all(bed).lost_micro, 60);
    assert_int_equal(spending_of_all(bed).reserved_micro, 0);
    assert_int_equal(reserve(bed, "b", 41), SC_BUDGET);
}

static void keep_row(void *arg, const struct sc_spending_row *row)
{
    char *text = arg;

    snprintf(text + strlen(text), 200 - strlen(text), "%s %lld/%lld %s; ", row->name,
            (long long)row->requests, (long long)row->cost_micro,
            row->cost_known ? "known" : "at most");
}

static void costs_are_told_by_agent_and_by_model(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_change *change = sc_change_new();
    const struct sc_spending_filter filter = { .to_ms = 999 };
    char text[200] = "";

    sc_change_cost_add(change, &(struct sc_cost_row){ .task_id = "t1",
                                       .agent = "operator",
                                       .model = "m",
                                       .requests = 2,
                                       .cost_known = true,
                                       .cost_micro = 5,
                                       .at_ms = 100 });
    sc_change_cost_add(change, &(struct sc_cost_row){ .task_id = "t2",
                                       .agent = "shop",
                                       .model = "m",
                                       .requests = 1,
                                       .cost_micro = 9,
                                       .at_ms = 100 });
    sc_store_bed_apply(bed, change);

    sc_store_spending_by(bed->store, &filter, SC_SPENDING_BY_AGENT, keep_row, text, NULL);
    assert_string_equal(text, "shop 1/9 at most; operator 2/5 known; ");
    *text = '\0';
    sc_store_spending_by(bed->store, &filter, SC_SPENDING_BY_MODEL, keep_row, text, NULL);
    assert_string_equal(text, "m 3/14 at most; ");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(costs_add_up_by_agent_and_time),
        T(what_is_reserved_leaves_no_room_for_others),
        T(a_settled_reservation_counts_as_what_it_did_cost),
        T(a_reservation_that_nobody_settled_stays_counted),
        T(costs_are_told_by_agent_and_by_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
