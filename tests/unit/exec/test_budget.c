#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "exec/budget.h"
#include "fakes/exec_bed.h"

/* A request of the bed costs 500, and 1000 at worst. */
static const char *const answer[] = { "{\"text\":\"forty-two\"}", NULL };

enum { DAY_MS = 24 * 3600 * 1000 };

static int setup(void **state)
{
    struct exec_bed *bed = calloc(1, sizeof(*bed));

    exec_bed_init(bed, NULL);
    bed->replies = answer;
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    exec_bed_release(*state);
    free(*state);
    return 0;
}

static void run_with(struct exec_bed *bed, int64_t budget_micro)
{
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.strategy = SC_STRATEGY_LOOP;
    spec.budget_micro = budget_micro;
    exec_bed_run(bed, &spec);
}

static void run(struct exec_bed *bed)
{
    run_with(bed, -1);
}

static void on_applied(struct sc_op *op, const struct sc_error *err)
{
    (void)op;
    assert_null(err);
}

/* Earlier today, by an agent. */
static void spend(struct exec_bed *bed, const char *agent, int64_t micro)
{
    struct sc_change *change = sc_change_new();

    sc_change_cost_add(change, &(struct sc_cost_row){ .task_id = "t",
                                       .agent = agent,
                                       .model = "m",
                                       .cost_micro = micro,
                                       .at_ms = bed->now_ms });
    sc_store_apply_start(&bed->scope, bed->store, change, on_applied, NULL);
    sc_loop_run(bed->loop);
}

static struct sc_spending spending_of(struct exec_bed *bed)
{
    const struct sc_spending_filter all = { .to_ms = INT64_MAX };
    struct sc_spending spending;

    sc_loop_run(bed->loop); /* what nobody waited for */
    assert_int_equal(sc_store_spending(bed->store, &all, &spending, NULL), SC_OK);
    return spending;
}

static const char *message_of(const struct exec_bed *bed)
{
    return sc_json_get_string(sc_json_get(bed->report, "error"), "message", "");
}

static const char *warning_of(const struct exec_bed *bed)
{
    return sc_json_get_string(
            sc_json_first(sc_json_get(bed->report, "warnings")), "text", "");
}

static void assert_state(const struct exec_bed *bed, const char *state)
{
    if (strcmp(exec_bed_state(bed), state) != 0)
        fail_msg("ended as %s: %s", exec_bed_state(bed), message_of(bed));
}

/* --- the day --- */

static void what_is_settled_is_the_real_cost(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    run(bed);

    assert_state(bed, "done");
    assert_int_equal(spending_of(bed).cost_micro, 500);
    assert_int_equal(spending_of(bed).reserved_micro, 0);
}

static void a_day_without_room_refuses_before_the_model_is_asked(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 10001);
    run(bed);

    assert_state(bed, "over_budget");
    assert_int_equal(bed->model_count, 0);
    assert_non_null(strstr(message_of(bed), "the day budget (2023-11-14)"));
    assert_non_null(strstr(message_of(bed), "0.000000 USD are left"));
    assert_non_null(strstr(message_of(bed), "starts anew at 2023-11-15T00:00:00"));
}

static void the_next_day_has_its_own_budget(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 10001);
    bed->now_ms += DAY_MS;
    run(bed);

    assert_state(bed, "done");
}

static void the_month_counts_the_days_before(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, 10000);
    spend(bed, "other", 10001);
    bed->now_ms += DAY_MS;
    run(bed);

    assert_state(bed, "over_budget");
    assert_non_null(strstr(message_of(bed), "the month budget (2023-11)"));
}

static void the_budget_of_an_agent_does_not_count_others(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, "tester", 10000, -1);
    spend(bed, "other", 10001);
    run(bed);
    assert_state(bed, "done");

    spend(bed, "tester", 10001);
    run(bed);
    assert_state(bed, "over_budget");
    assert_non_null(strstr(message_of(bed), "the day budget of agent tester"));
}

static void a_refused_request_gives_back_what_it_reserved(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    bed->model_failures = 1; /* busy, then it answers */
    run(bed);

    assert_state(bed, "done");
    assert_int_equal(spending_of(bed).cost_micro, 500);
    assert_int_equal(spending_of(bed).reserved_micro, 0);
}

static void a_reply_that_a_filter_kept_back_was_paid(void **state)
{
    static const char *const nothing[] = { "{\"text\":\"\"}", NULL };
    struct exec_bed *bed = *state;

    bed->replies = nothing;
    bed->filtered = true;
    run(bed);
    assert_state(bed, "failed");
    assert_int_equal(spending_of(bed).cost_micro, 500);

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    run(bed);
    assert_int_equal(spending_of(bed).cost_micro, 500 + 1000); /* at worst */
}

/* Its process ended meanwhile, and nobody settled it. */
static void a_request_left_open_stays_counted_for_its_task(void **state)
{
    struct sc_change *change = sc_change_new();
    struct exec_bed *bed = *state;
    char id[32];

    bed->model_failures = 1;
    bed->model_wait_ms = 1000000; /* it is parked */
    run_with(bed, 1500);
    snprintf(id, sizeof(id), "%s", bed->task_id);
    sc_change_reserve(change, &(struct sc_reservation_row){ .key = "k",
                                      .task_id = id,
                                      .agent = "tester",
                                      .model = "m",
                                      .micro = 1000,
                                      .at_ms = bed->now_ms });
    sc_store_apply_start(&bed->scope, bed->store, change, on_applied, NULL);
    sc_loop_run(bed->loop);
    bed->now_ms += 1000000;
    exec_bed_resume(bed, id);

    assert_state(bed, "over_budget");
    assert_int_equal(bed->model_count, 1);
}

static void without_a_kept_budget_the_cost_is_written_all_the_same(void **state)
{
    struct exec_bed *bed = *state;

    run(bed);

    assert_int_equal(spending_of(bed).cost_micro, 500);
}

/* --- three quarters, nine tenths --- */

static void three_quarters_are_told_once(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 7600);
    run(bed);

    assert_state(bed, "done");
    assert_int_equal(sc_json_count(sc_json_get(bed->report, "warnings")), 1);
    assert_non_null(strstr(warning_of(bed), "76 % of the day budget (2023-11-14)"));
}

static void the_request_that_passes_three_quarters_tells_it(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 7200);
    run(bed);

    assert_non_null(strstr(warning_of(bed), "77 %"));
}

static void at_nine_tenths_the_task_waits_for_the_person(void **state)
{
    const struct sc_json *waiting;
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 9000);
    run(bed);

    waiting = sc_json_first(sc_json_get(bed->report, "waiting"));
    assert_state(bed, "waiting");
    assert_int_equal(bed->model_count, 0);
    assert_string_equal(sc_json_get_string(waiting, "step", ""), "$budget");
    assert_non_null(
            strstr(sc_json_get_string(sc_json_get(waiting, "what"), "preview", ""),
                    "Go on with the rest?"));
}

static void what_was_allowed_goes_on_after_a_restart(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 9000);
    run(bed);
    snprintf(id, sizeof(id), "%s", bed->task_id);
    bed->answer = "{\"approve\":true}";
    exec_bed_resume(bed, id);

    assert_state(bed, "done");
    assert_int_equal(bed->question_count, 2);
    assert_int_equal(bed->model_count, 1);
}

static void a_no_ends_the_task_over_budget(void **state)
{
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 9000);
    bed->answer = "{\"approve\":false}";
    run(bed);

    assert_state(bed, "over_budget");
    assert_int_equal(bed->model_count, 0);
}

static void the_last_tenth_is_asked_about_once(void **state)
{
    const char *const replies[] = { "{\"calls\":[{\"id\":\"c\",\"name\":\"f.value\","
                                    "\"arguments\":\"{\\\"value\\\":1}\"}]}",
        "{\"text\":\"done\"}", NULL };
    struct exec_bed *bed = *state;

    sc_budgets_limit(bed->budgets, NULL, 20000, -1);
    spend(bed, "other", 18000);
    bed->replies = replies;
    bed->answer = "{\"approve\":true}";
    run(bed);

    assert_state(bed, "done");
    assert_int_equal(bed->model_count, 2);
    assert_int_equal(bed->question_count, 1);
}

static void the_budget_of_a_task_asks_too(void **state)
{
    const char *const replies[] = { "{\"calls\":[{\"id\":\"c\",\"name\":\"f.value\","
                                    "\"arguments\":\"{\\\"value\\\":1}\"}]}",
        "{\"calls\":[{\"id\":\"d\",\"name\":\"f.value\",\"arguments\":\"{\\\"value\\\":1}"
        "\"}]}",
        "{\"text\":\"done\"}", NULL };
    struct exec_bed *bed = *state;

    bed->priced_as = "gpt-4.1-nano";
    bed->longest_answer = 1;
    bed->replies = replies;
    run_with(bed, 1100);

    assert_state(bed, "waiting");
    assert_int_equal(bed->model_count, 2);
    assert_non_null(strstr(warning_of(bed), "90 % of the budget of the task is used"));
}

/* --- a tool that asks the model --- */

struct asking {
    struct sc_op op, *step;
    struct sc_model *model;
    struct sc_tool_outcome outcome;
};

static void asking_cancel(struct sc_op *op)
{
    sc_op_cancel(sc_container_of(op, struct asking, op)->step);
}

static void asking_release(struct sc_op *op)
{
    struct asking *asking = sc_container_of(op, struct asking, op);

    sc_json_free(asking->outcome.value);
    free(asking);
}

static void on_asked(struct sc_op *step, const struct sc_error *err)
{
    struct asking *asking = step->arg;

    sc_model_reply_free(sc_model_take(asking->model, step));
    if (!err)
        asking->outcome.value = sc_json_new_object();
    sc_op_finish(&asking->op, err);
}

static struct sc_op *asking_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *call, sc_op_done_fn *done, void *arg)
{
    static const struct sc_op_class asking_class = { "asking", asking_cancel,
        asking_release };
    struct asking *asking = sc_new(struct asking);
    struct sc_json *none = sc_json_new_array();
    const struct sc_model_account account = { .task_id = call->context->task_id,
        .agent = call->context->agent,
        .task_budget_micro = -1 };
    const struct sc_model_request request = { .messages = none, .account = &account };

    asking->model = sc_budgets_model(((struct exec_bed *)tool->impl)->budgets);
    sc_op_begin(&asking->op, &asking_class, scope, done, arg);
    asking->step = asking->model->start(
            asking->model, asking->op.scope, &request, on_asked, asking);
    sc_json_free(none);
    return &asking->op;
}

static struct sc_tool_outcome *asking_outcome(struct sc_op *op)
{
    return &sc_container_of(op, struct asking, op)->outcome;
}

static void asking_forget(struct sc_tool *tool)
{
    tool->impl = NULL;
}

static void run_asking_tool(struct exec_bed *bed)
{
    static const struct sc_tool_class class = { "asking", asking_start, asking_outcome,
        asking_forget };
    static const char text[] = "{\"name\":\"f.asking\",\"summary\":\"S.\",\"effect\":"
                               "\"none\",\"idempotent\":true,\"builtin\":\"x\","
                               "\"retry\":{\"attempts\":2,\"wait\":0.002},"
                               "\"params\":{\"type\":\"object\"},\"returns\":{}}";
    struct sc_tool *tool = sc_tool_new(
            sc_json_parse(text, sizeof(text) - 1, NULL, NULL), &class, bed, NULL);

    assert_non_null(tool);
    sc_registry_add(bed->registry, tool);
    sc_budgets_limit(bed->budgets, NULL, 10000, -1);
    spend(bed, "other", 9000);
    exec_bed_run_plan(
            bed, "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.asking\",\"args\":{}}]}");
}

static void a_tool_waits_for_the_person_at_nine_tenths_too(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    run_asking_tool(bed);
    assert_state(bed, "waiting");
    assert_int_equal(bed->model_count, 0);

    snprintf(id, sizeof(id), "%s", bed->task_id);
    bed->answer = "{\"approve\":true}";
    exec_bed_resume(bed, id);
    assert_state(bed, "done");
    assert_int_equal(bed->model_count, 1);
    assert_string_equal(exec_bed_step_state(bed, "a"), "done");
}

static void a_no_ends_the_tool_over_budget(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "{\"approve\":false}";
    run_asking_tool(bed);

    assert_state(bed, "over_budget");
    assert_int_equal(bed->model_count, 0);
}

/* --- words --- */

static void sums_are_told_in_the_currency_of_the_person(void **state)
{
    const struct sc_budget_money yuan = { "CNY", 7100000 };
    char text[SC_BUDGET_SUM];

    (void)state;
    sc_budget_sum(500000, &yuan, text);

    assert_string_equal(text, "3.550000 CNY");
}

static void the_sentences_fit_in_each_language(void **state)
{
    static const char *const languages[] = { "en", "zh", "ja" };
    const struct sc_budget_line line = { .kind = SC_BUDGET_AGENT_MONTH,
        .agent = "价格管理员",
        .zone = "Asia/Shanghai",
        .from_ms = 1700000000000,
        .to_ms = 1702000000000,
        .most_micro = 123456789012,
        .used_micro = 123456789000 };
    char text[SC_BUDGET_TEXT];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct sc_budget_style style = { languages[i], { "CNY", 7100000 } };

        sc_budget_text_refused(&line, 123456789, &style, text);
        assert_non_null(strstr(text, "2023-12-0")); /* the end is there */
        sc_budget_text_used(&line, true, &style, text);
        assert_non_null(strpbrk(text, "?"));
    }
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_is_settled_is_the_real_cost),
        T(a_day_without_room_refuses_before_the_model_is_asked),
        T(the_next_day_has_its_own_budget),
        T(the_month_counts_the_days_before),
        T(the_budget_of_an_agent_does_not_count_others),
        T(a_refused_request_gives_back_what_it_reserved),
        T(a_reply_that_a_filter_kept_back_was_paid),
        T(a_request_left_open_stays_counted_for_its_task),
        T(without_a_kept_budget_the_cost_is_written_all_the_same),
        T(three_quarters_are_told_once),
        T(the_request_that_passes_three_quarters_tells_it),
        T(at_nine_tenths_the_task_waits_for_the_person),
        T(what_was_allowed_goes_on_after_a_restart),
        T(a_no_ends_the_task_over_budget),
        T(the_last_tenth_is_asked_about_once),
        T(the_budget_of_a_task_asks_too),
        T(a_tool_waits_for_the_person_at_nine_tenths_too),
        T(a_no_ends_the_tool_over_budget),
        T(sums_are_told_in_the_currency_of_the_person),
        T(the_sentences_fit_in_each_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
