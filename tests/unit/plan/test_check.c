#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "plan/order.h"
#include "plan_bed.h"

struct fixture {
    struct sc_registry *registry;
    struct sc_json *tools, *inputs;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->registry = bed_registry();
    f->inputs = bed_json("{\"sheet\":\"a.csv\",\"margin\":30}");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_registry_free(f->registry);
    sc_json_free(f->tools);
    sc_json_free(f->inputs);
    free(f);
    return 0;
}

/* The errors of a plan, one a line; "" when it is valid. */
static void gives(struct fixture *f, const char *text, const char *expected)
{
    const struct sc_plan_scope scope = {
        .registry = f->registry, .tools = f->tools, .inputs = f->inputs
    };
    struct sc_plan *plan = bed_plan(text);
    struct sc_json *errors = NULL;
    bool valid = sc_plan_valid(plan, &scope, &errors);
    char *lines = bed_lines(errors);

    assert_string_equal(lines, expected);
    assert_int_equal(valid, !*expected);
    free(lines);
    sc_json_free(errors);
    sc_plan_free(plan);
}

#define ORDERS "{\"id\":\"o\",\"tool\":\"shop.orders\"},"

/* A step `a` behind a step `o` that reads orders. */
static void step_gives(struct fixture *f, const char *members, const char *expected)
{
    char text[2048];

    snprintf(text, sizeof(text), "{\"steps\":[" ORDERS "{\"id\":\"a\",%s}]}", members);
    gives(f, text, expected);
}

/* A `value` of one expression over the orders. */
static void expr_gives(struct fixture *f, const char *expr, const char *expected)
{
    char members[1024], line[1024];

    snprintf(members, sizeof(members), "\"tool\":\"value\",\"args\":{\"value\":\"=%s\"}",
            expr);
    snprintf(line, sizeof(line), "%s%s", *expected ? "step 'a', args.value: " : "",
            expected);
    step_gives(f, members, line);
}

static void tools_are_known_and_allowed(void **state)
{
    struct fixture *f = *state;

    f->tools = bed_json("[\"shop.*\",\"value\"]");
    gives(f,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"shop.order\"},{\"id\":\"b\",\"tool\":"
            "\"table.read\",\"args\":{\"path\":\"x\"}},{\"id\":\"c\",\"tool\":\"mail\"}]"
            "}",
            "step 'a', tool: there is no tool 'shop.order'; did you mean 'shop.orders'?\n"
            "step 'b', tool: this agent may not use 'table.read'\n"
            "step 'c', tool: there is no tool 'mail'");
}

static void cycles_are_named(void **state)
{
    struct fixture *f = *state;

    gives(f,
            "{\"steps\":[{\"id\":\"z\",\"tool\":\"value\",\"args\":{\"value\":\"=a\"}},"
            "{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":\"=c\"}},{\"id\":\"b\","
            "\"tool\":\"value\",\"args\":{\"value\":\"=a\"}},{\"id\":\"c\",\"tool\":"
            "\"value\",\"args\":{\"value\":\"=b\"}}]}",
            "steps wait for each other: a → c → b → a");
    gives(f,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":\"=a\"}}]}",
            "steps wait for each other: a → a");
    gives(f,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":1}},{"
            "\"id\":"
            "\"b\",\"tool\":\"value\",\"args\":{\"value\":\"=a\"}}],\"gates\":[{"
            "\"before\":"
            "\"a\",\"require\":\"=b > 1\"}]}",
            "steps wait for each other: a → b → a");
}

static void literal_arguments_are_checked_fully(void **state)
{
    struct fixture *f = *state;

    step_gives(f, "\"tool\":\"payments.pay\",\"args\":{\"to\":\"x\",\"amount\":1}", "");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"=o.orders[1].id\","
            "\"amount\":-1,\"tags\":[\"a\",\"c\"]}",
            "step 'a': args.amount: must be at least 0, is -1\n"
            "step 'a': args.tags[1]: must be one of \"a\" or \"b\", is \"c\"");
}

static void inputs_are_checked_as_the_values_they_have(void **state)
{
    struct fixture *f = *state;

    sc_json_free(f->inputs);
    f->inputs = bed_json("{\"low\":-1,\"good\":1,\"later\":null,\"odd\":\"=x\"}");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"x\",\"amount\":\"=inputs."
            "low\"}",
            "step 'a': args.amount: must be at least 0, is -1");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"=inputs.good\",\"amount\":1}",
            "step 'a': args.to: must be a string, is 1");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"=inputs.odd\",\"amount\":\"="
            "inputs.later\"}",
            "");
    step_gives(f,
            "\"when\":\"=inputs.low > 0\",\"tool\":\"payments.pay\","
            "\"args\":{\"to\":\"x\",\"amount\":\"=inputs.low\"}",
            "");
}

static void arguments_around_expressions_are_checked_by_name(void **state)
{
    struct fixture *f = *state;

    step_gives(f, "\"tool\":\"payments.pay\",\"args\":{\"too\":\"=o.orders[1].id\"}",
            "step 'a', args: argument 'to' is missing\n"
            "step 'a', args: argument 'amount' is missing\n"
            "step 'a', args: there is no argument 'too'; did you mean 'to'?");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"x\",\"amount\":1,\"lines\":["
            "{\"qty\":\"=o.orders[1].total\"}]}",
            "step 'a', args.lines[0]: argument 'sku' is missing");
}

static void expressions_are_checked_by_type(void **state)
{
    struct fixture *f = *state;

    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"=o.orders\",\"amount\":"
            "\"{{inputs.margin}}\"}",
            "step 'a', args.to: must be a text, but the expression gives a list\n"
            "step 'a', args.amount: must be a number, but the expression gives a text");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"args\":{\"to\":\"=o.orders[1].id\","
            "\"amount\":\"=o.orders[1].total\"}",
            "");
}

static void fields_that_a_result_does_not_have_are_found(void **state)
{
    struct fixture *f = *state;

    expr_gives(f, "o.order", "o has no field 'order'; did you mean 'orders'?");
    expr_gives(f, "o.orders[1].totl",
            "o.orders[1] has no field 'totl'; did you mean 'total'?");
    expr_gives(f, "o.orders.total",
            "o.orders is a list, so '.total' needs an element of "
            "it, as o.orders[1].total");
    expr_gives(f, "o.orders[1].lines[2].sku", "");
    expr_gives(f, "o.orders[1].id.x", "o.orders[1].id is a text, so it has no field 'x'");
    expr_gives(f, "#o.orders[1].total",
            "o.orders[1].total is a number, so it has no "
            "length");
}

static void types_follow_helpers_functions_and_locals(void **state)
{
    struct fixture *f = *state;

    expr_gives(f, "map(o.orders, function(x) return x.totl end)",
            "x has no field 'totl'; did you mean 'total'?");
    expr_gives(f, "filter(o.orders, function(x) return x.total > 1 end)[1].idd",
            "filter(…)[1] has no field 'idd'; did you mean 'id'?");
    expr_gives(f, "map(o.orders, 'totl')",
            "the elements of o.orders have no field 'totl'; did you mean 'total'?");
    expr_gives(f, "sum(o.orders, 'total')", "");
    expr_gives(f, "map(map(o.orders, function(x) return {n = x.id} end), 'm')",
            "the elements of map(…) have no field 'm'");
    expr_gives(f, "(function() local t = o.orders[1] return t.statu end)()",
            "t has no field 'statu'; did you mean 'status'?");
    expr_gives(f, "(function() local t = o.orders[1] t = {} return t.any end)()", "");
    expr_gives(f,
            "(function() for i, x in ipairs(o.orders) do if x.ids then return i end "
            "end end)()",
            "x has no field 'ids'; did you mean 'id'?");
    expr_gives(f, "index_by(o.orders, 'id')['7'].totl",
            "index_by(…)['7'] has no field 'totl'; did you mean 'total'?");
    expr_gives(f, "first(o.orders).total", "");
    expr_gives(f, "default(o.orders[1].total, 0) + 1", "");
}

static void a_value_has_the_type_of_what_it_was_given(void **state)
{
    struct fixture *f = *state;

    gives(f,
            "{\"steps\":[" ORDERS "{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":"
            "\"=filter(o.orders, 'status', 'lost')\"}},{\"id\":\"b\",\"tool\":\"value\","
            "\"each\":\"=a\",\"args\":{\"value\":\"=item.totl\"}}]}",
            "step 'b', args.value: item has no field 'totl'; did you mean 'total'?");
}

static void enum_words_are_compared_with_words_that_exist(void **state)
{
    struct fixture *f = *state;

    expr_gives(f, "filter(o.orders, function(x) return x.status == 'aproved' end)",
            "x.status is never 'aproved'; it is one of: approved open lost");
    expr_gives(f, "filter(o.orders, function(x) return 'lost' ~= x.status end)", "");
    expr_gives(f, "count(o.orders, 'status', 'lst')",
            "'status' is never 'lst'; it is one of: approved open lost");
    expr_gives(f, "filter(o.orders, 'status', 'lost')[1].id", "");
    expr_gives(f, "o.orders[1].total == '5'",
            "o.orders[1].total is compared, but a number is never equal to a text");
}

static void helpers_are_called_with_what_they_take(void **state)
{
    struct fixture *f = *state;

    expr_gives(f, "filter(o.orders)", "filter takes at least 2 arguments, not 1");
    expr_gives(f, "round(1, 2, 'x')", "round takes at most 2 arguments, not 3");
    expr_gives(f, "done('payments.pya', 'x')",
            "there is no tool 'payments.pya'; did you mean 'payments.pay'?");
    expr_gives(f, "count(o, 'x')", "count needs a list, but o is an object");
}

static void inputs_and_env_are_known(void **state)
{
    struct fixture *f = *state;

    expr_gives(f, "inputs.margin + #inputs.sheet", "");
    expr_gives(
            f, "inputs.marging", "there is no input 'marging'; did you mean 'margin'?");
    expr_gives(f, "env.today .. env.zone", "");
    expr_gives(f, "env.timezone", "env has no 'timezone'");
}

static void each_needs_a_list_and_gives_one(void **state)
{
    struct fixture *f = *state;

    step_gives(f, "\"tool\":\"value\",\"each\":\"=o\",\"args\":{\"value\":1}",
            "step 'a', each: 'each' must be a list, but is an object");
    step_gives(f,
            "\"tool\":\"value\",\"each\":\"=o.orders\",\"where\":\"=item.status == "
            "'lst'\",\"args\":{\"value\":\"=item.totl + index\"}",
            "step 'a', where: item.status is never 'lst'; it is one of: approved open "
            "lost\n"
            "step 'a', args.value: item has no field 'totl'; did you mean 'total'?");
}

#define PAID                                                                        \
    "{\"steps\":[" ORDERS "{\"id\":\"paid\",\"tool\":\"payments.pay\",\"each\":"    \
    "\"=o.orders\",\"as\":\"order\",\"once\":\"=order.id\",\"args\":{\"to\":"       \
    "\"=order.id\",\"amount\":\"=order.total\"}},{\"id\":\"v\",\"tool\":\"value\"," \
    "\"args\":{\"value\":\"="

static void the_result_of_an_each_step_carries_its_element(void **state)
{
    struct fixture *f = *state;

    gives(f,
            PAID "map(paid, function(p) return {p.payment_id, p.order.total, p.earlier} "
                 "end)\"}}]}",
            "");
    gives(f, PAID "paid.payment_id\"}}]}",
            "step 'v', args.value: paid is a list, so '.payment_id' needs an element of "
            "it, "
            "as paid[1].payment_id");
    gives(f, PAID "#paid.failed + #paid.unknown + #paid.skipped\"}}]}", "");
    gives(f, PAID "paid.failed[1].order.totl\"}}]}",
            "step 'v', args.value: paid.failed[1].order has no field 'totl'; did you "
            "mean "
            "'total'?");
    gives(f, PAID "paid[1].item.total\"}}]}",
            "step 'v', args.value: paid[1] has no field "
            "'item'");
}

static void elements_keep_the_names_they_came_with(void **state)
{
    struct fixture *f = *state;
    static const char plan[] =
            "{\"steps\":[" ORDERS "{\"id\":\"a\",\"tool\":\"ask\",\"each\":\"=o.orders\","
            "\"as\":\"order\"},{\"id\":\"b\",\"tool\":\"ask\",\"each\":\"=a\",\"as\":"
            "\"reply\"},{\"id\":\"v\",\"tool\":\"value\",\"args\":{\"value\":[\"=b[1]."
            "reply."
            "answer\",\"=b[1].order.total\",\"=b[1].reply.order.totl\"]}}]}";

    gives(f, plan,
            "step 'v', args.value[2]: b[1].reply.order has no field 'totl'; did you "
            "mean 'total'?");
}

static void a_result_that_is_no_object_is_its_value(void **state)
{
    struct fixture *f = *state;

    gives(f,
            "{\"steps\":[{\"id\":\"t\",\"tool\":\"text.render\",\"each\":[\"a\"],"
            "\"args\":{}},{"
            "\"id\":\"v\",\"tool\":\"value\",\"args\":{\"value\":[\"=t[1].value\",\"=t[1]"
            "."
            "item\",\"=t[1].text\",\"=t[1].value.x\"]}}]}",
            "step 'v', args.value[2]: t[1] has no field 'text'\n"
            "step 'v', args.value[3]: t[1].value is a text, so it has no field 'x'");
}

static void collect_joins_a_list_of_the_results(void **state)
{
    struct fixture *f = *state;
    static const char good[] =
            "{\"steps\":[{\"id\":\"every\",\"tool\":\"shop.orders\",\"each\":[\"a\","
            "\"b\"],"
            "\"collect\":\"orders\",\"args\":{\"shop\":\"=item\"}},{\"id\":\"v\","
            "\"tool\":"
            "\"value\",\"args\":{\"value\":[\"=sum(every, "
            "'total')\",\"=every[1].source\","
            "\"=#every.failed\",\"=every[1].totl\"]}}]}";

    gives(f, good,
            "step 'v', args.value[3]: every[1] has no field 'totl'; did you mean "
            "'total'?");
    gives(f,
            "{\"steps\":[{\"id\":\"a_b\",\"tool\":\"table.read\",\"each\":[\"a\"],"
            "\"collect\":\"row_count\",\"args\":{\"path\":\"=item\"}}]}",
            "step 'a_b', collect: 'collect' must name a list of the result, 'row_count' "
            "is "
            "none");
}

static void once_belongs_to_effects_and_elements(void **state)
{
    struct fixture *f = *state;

    step_gives(f, "\"tool\":\"value\",\"once\":\"x\",\"args\":{\"value\":1}",
            "step 'a', once: 'value' has no effect to be kept from happening again");
    step_gives(f,
            "\"tool\":\"payments.pay\",\"each\":[\"a\",\"b\"],\"once\":\"pay\","
            "\"args\":{\"to\":\"=item\",\"amount\":1}",
            "step 'a', once: is the same for every element; it must name the element's "
            "own "
            "key");
}

static void finally_steps_come_last(void **state)
{
    struct fixture *f = *state;

    gives(f,
            "{\"steps\":[{\"id\":\"r\",\"tool\":\"value\",\"finally\":true,\"on_error\":"
            "\"replan\",\"args\":{\"value\":1}},{\"id\":\"b\",\"tool\":\"value\","
            "\"args\":"
            "{\"value\":\"=r\"}}]}",
            "step 'r', on_error: a 'finally' step cannot ask for a new plan\n"
            "step 'b': waits for 'r', which is 'finally' and runs after all others");
}

static void an_approval_belongs_to_a_step_that_waits_for_it(void **state)
{
    struct fixture *f = *state;
    static const char format[] =
            "{\"steps\":[{\"id\":\"sure\",\"tool\":\"ask\",\"approves\":\"%s\",\"args\":{"
            "\"question\":\"?\"}},{\"id\":\"pay\",\"tool\":\"payments.pay\",\"args\":{"
            "\"to\":\"%s\",\"amount\":1}}]}";
    char text[512];

    snprintf(text, sizeof(text), format, "pay", "=sure.answer");
    gives(f, text, "");
    snprintf(text, sizeof(text), format, "pay", "x");
    gives(f, text,
            "step 'sure', approves: step 'pay' does not wait for this one; use what "
            "was ticked there, or name it in 'after'");
    snprintf(text, sizeof(text), format, "send", "x");
    gives(f, text, "step 'sure', approves: 'send' is not the id of a step");
}

static void a_look_only_reads(void **state)
{
    struct fixture *f = *state;

    gives(f,
            "{\"look\":[{\"id\":\"a\",\"tool\":\"payments.pay\",\"args\":{\"to\":\"x\","
            "\"amount\":1}}],\"show\":{\"x\":\"=a.payment\"}}",
            "step 'a', tool: 'payments.pay' changes something; a look may only read\n"
            "show.x: a has no field 'payment'; did you mean 'payment_id'?");
}

static void gates_checks_and_the_answer_are_followed(void **state)
{
    struct fixture *f = *state;

    gives(f,
            "{\"steps\":[" ORDERS
            "{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":1}}]"
            ",\"gates\":[{\"before\":\"a\",\"require\":\"=o.x == 1\"}],\"checks\":[{"
            "\"that\":\"=#o.y == 1\"}],\"answer\":\"{{o.z}}\"}",
            "gates[0], require: o has no field 'x'\n"
            "checks[0], that: o has no field 'y'\n"
            "answer: o has no field 'z'");
}

/* Random graphs without cycles, in any order of the text: each step comes after those it
 * waits for, and nothing is lost. */
static void random_plans_are_put_in_order(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 200; round++) {
        enum { STEPS = 25 };
        size_t order[STEPS], place[STEPS] = { 0 }, at[STEPS];
        struct sc_buf text;
        struct sc_plan *plan;
        char *cycle = NULL;

        for (size_t i = 0; i < STEPS; i++)
            at[i] = i;
        for (size_t i = STEPS - 1; i > 0; i--) { /* rank of each step, shuffled */
            size_t j, keep = at[i];

            seed = seed * 6364136223846793005u + 1442695040888963407u;
            j = (size_t)(seed >> 33) % (i + 1);
            at[i] = at[j];
            at[j] = keep;
        }
        sc_buf_init(&text);
        sc_buf_adds(&text, "{\"steps\":[");
        for (size_t i = 0; i < STEPS; i++) {
            sc_buf_addf(&text, "%s{\"id\":\"s%zu\",\"tool\":\"x\",\"after\":[",
                    i ? "," : "", i);
            for (size_t d = 0, n = 0; d < STEPS; d++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                if (at[d] < at[i] && (seed >> 40) % 5 == 0)
                    sc_buf_addf(&text, "%s\"s%zu\"", n++ ? "," : "", d);
            }
            sc_buf_adds(&text, "]}");
        }
        sc_buf_adds(&text, "]}");
        plan = bed_plan(sc_buf_text(&text));
        assert_true(sc_plan_order(plan, order, &cycle));
        for (size_t i = 0; i < STEPS; i++)
            place[order[i]] = i + 1;
        for (size_t i = 0; i < STEPS; i++) {
            assert_int_not_equal(place[i], 0);
            for (size_t d = 0; d < plan->steps[i].dep_count; d++)
                assert_true(place[plan->steps[i].deps[d]] < place[i]);
        }
        sc_plan_free(plan);
        sc_buf_release(&text);
    }
}

static void ten_thousand_steps_in_a_chain_are_checked(void **state)
{
    struct fixture *f = *state;
    struct sc_buf text;

    sc_buf_init(&text);
    sc_buf_adds(&text, "{\"steps\":[" ORDERS "{\"id\":\"s1\",\"tool\":\"value\",\"each\":"
                       "\"=o.orders\",\"args\":{\"value\":1}}");
    for (int i = 2; i < 9999; i++)
        sc_buf_addf(&text,
                ",{\"id\":\"s%d\",\"tool\":\"value\",\"each\":\"=s%d\",\"args\":{"
                "\"value\":1}}",
                i, i - 1);
    sc_buf_adds(&text, "]}");
    gives(f, sc_buf_text(&text), "");
    sc_buf_release(&text);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(tools_are_known_and_allowed),
        T(cycles_are_named),
        T(literal_arguments_are_checked_fully),
        T(inputs_are_checked_as_the_values_they_have),
        T(arguments_around_expressions_are_checked_by_name),
        T(expressions_are_checked_by_type),
        T(fields_that_a_result_does_not_have_are_found),
        T(types_follow_helpers_functions_and_locals),
        T(a_value_has_the_type_of_what_it_was_given),
        T(enum_words_are_compared_with_words_that_exist),
        T(helpers_are_called_with_what_they_take),
        T(inputs_and_env_are_known),
        T(each_needs_a_list_and_gives_one),
        T(the_result_of_an_each_step_carries_its_element),
        T(elements_keep_the_names_they_came_with),
        T(a_result_that_is_no_object_is_its_value),
        T(collect_joins_a_list_of_the_results),
        T(once_belongs_to_effects_and_elements),
        T(finally_steps_come_last),
        T(an_approval_belongs_to_a_step_that_waits_for_it),
        T(a_look_only_reads),
        T(gates_checks_and_the_answer_are_followed),
        T(random_plans_are_put_in_order),
        T(ten_thousand_steps_in_a_chain_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
