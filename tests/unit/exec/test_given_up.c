/* What stays of a run that is given up, and what goes. */
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

static void give_up_at_turn(struct exec_bed *bed, const struct sc_exec_event *event)
{
    if (strcmp(event->kind, "turn") == 0)
        sc_op_cancel(bed->op);
}

static void give_up_at_intent(struct exec_bed *bed, const struct sc_exec_event *event)
{
    if (strcmp(event->kind, "intent") == 0)
        sc_op_cancel(bed->op);
}

/* Given up by that, when a first reply was noted but is not on its way to the disk. */
static void assert_paid_once(struct exec_bed *bed, size_t requests)
{
    const struct sc_spending_filter all = { .to_ms = INT64_MAX };
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);
    struct sc_spending spending;
    char id[32];

    spec.strategy = SC_STRATEGY_LOOP;
    spec.yes = true;
    exec_bed_run(bed, &spec);
    assert_int_equal(bed->err.code, SC_CANCELLED);
    assert_int_equal(sc_store_spending(bed->store, &all, &spending, NULL), SC_OK);
    assert_int_equal(spending.cost_micro, 500);

    snprintf(id, sizeof(id), "%s", bed->task_id);
    bed->on_event = NULL;
    exec_bed_resume(bed, id);
    assert_string_equal(exec_bed_state(bed), "done");
    assert_int_equal(bed->model_count, requests);
}

static void a_reply_is_not_paid_again_when_the_run_is_given_up(void **state)
{
    static const char *const replies[] = { "{\"text\":\"forty-two\"}", NULL };
    struct exec_bed *bed = *state;

    bed->replies = replies;
    bed->on_event = give_up_at_turn;
    assert_paid_once(bed, 1);
}

static void an_intent_that_nobody_acted_on_is_not_kept(void **state)
{
    static const char *const replies[] = {
        "{\"calls\":[{\"id\":\"c\",\"name\":\"f.post\",\"arguments\":"
        "\"{\\\"what\\\":\\\"x\\\"}\"}]}",
        "{\"text\":\"done\"}", NULL
    };
    struct exec_bed *bed = *state;

    bed->replies = replies;
    bed->on_event = give_up_at_intent;
    assert_paid_once(bed, 2);
    assert_int_equal(exec_bed_effects(bed, "x"), 1); /* else it would be in doubt */
}

static char rules[SC_HASH_TEXT];

static void give_up(struct sc_op *op, const struct sc_error *err)
{
    (void)err;
    sc_op_cancel(((struct exec_bed *)op->arg)->op);
}

/* The first time, and before that is on its way to the disk. */
static void give_up_once_it_is_sent(
        struct exec_bed *bed, const struct sc_exec_event *event)
{
    if (strcmp(event->kind, "sent") != 0)
        return;
    if (!*rules)
        exec_bed_soon(&bed->scope, give_up, bed);
    snprintf(rules, sizeof(rules), "%s", sc_json_get_string(event->body, "rules", ""));
}

static void what_was_dropped_with_one_task_is_kept_with_the_next(void **state)
{
    static const char *const replies[] = { "{\"text\":\"forty-two\"}", NULL };
    struct exec_bed *bed = *state;
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);
    char *text;

    spec.strategy = SC_STRATEGY_LOOP;
    bed->replies = replies;
    bed->on_event = give_up_once_it_is_sent;
    *rules = '\0';
    exec_bed_run(bed, &spec);
    assert_int_equal(bed->err.code, SC_CANCELLED);
    exec_bed_run(bed, &spec);
    assert_string_equal(exec_bed_state(bed), "done");

    text = sc_store_prompt_get(bed->store, rules, NULL);
    assert_non_null(text);
    free(text);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_reply_is_not_paid_again_when_the_run_is_given_up),
        T(an_intent_that_nobody_acted_on_is_not_kept),
        T(what_was_dropped_with_one_task_is_kept_with_the_next),
    };
    return cmocka_run_group_tests_name("exec/given_up", tests, NULL, NULL);
}
