#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

struct fixture {
    struct sc_plan *plan;
    struct sc_json *errors;
    struct sc_error err;
};

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_plan_free(f->plan);
    sc_json_free(f->errors);
    free(f);
    return 0;
}

static struct sc_json *json(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    return value;
}

static bool read_text(struct fixture *f, const char *text)
{
    struct sc_json *value = json(text);

    sc_plan_free(f->plan);
    sc_json_free(f->errors);
    f->errors = NULL;
    f->plan = sc_plan_read(value, &f->errors, &f->err);
    sc_json_free(value);
    return f->plan != NULL;
}

static void good(struct fixture *f, const char *text)
{
    if (!read_text(f, text))
        fail_msg("%s", f->err.msg);
}

/* All errors, one a line. */
static void wrong(struct fixture *f, const char *text, const char *expected)
{
    struct sc_buf lines;

    if (read_text(f, text))
        fail_msg("accepted: %s", text);
    sc_buf_init(&lines);
    SC_JSON_EACH(sentence, f->errors)
    sc_buf_addf(&lines, "%s%s", lines.len ? "\n" : "", sc_json_string(sentence));
    assert_string_equal(sc_buf_text(&lines), expected);
    assert_int_equal(f->err.code, SC_INVALID);
    sc_buf_release(&lines);
}

static void wrong_step(struct fixture *f, const char *members, const char *expected)
{
    char text[1024];

    snprintf(text, sizeof(text),
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"table.read\"},"
            "{\"id\":\"a\",\"tool\":\"value\",%s}]}",
            members);
    wrong(f, text, expected);
}

static const char payments[] =
        "{\"goal\":\"Pay\",\"assume\":[\"x\"],\"budget\":{\"amount\":5000,\"currency\":"
        "\"EUR\"},\"steps\":[{\"id\":\"sheet\",\"tool\":\"table.read\",\"args\":{"
        "\"path\":"
        "\"=inputs.sheet\"},\"expect\":{\"rows\":10,\"types\":{\"amount\":\"number\"},"
        "\"unique\":[\"invoice\",[\"supplier\",\"date\"]]}},"
        "{\"id\":\"paid\",\"tool\":\"payments.pay\",\"each\":\"=sheet.rows\",\"where\":"
        "\"=item.status == 'approved'\",\"once\":\"=item.invoice\",\"on_error\":\"skip\","
        "\"limit\":{\"n\":5,\"per\":\"day\",\"key\":\"pay\"},"
        "\"args\":{\"amount\":\"=money(item.amount, item.currency)\",\"reference\":"
        "\"Invoice {{item.invoice}} {{index}}\"}},"
        "{\"id\":\"list\",\"tool\":\"table.write\",\"args\":{\"path\":\"payments.csv\","
        "\"rows\":\"=map(paid, function(p) return {supplier=p.item.supplier} end)\"},"
        "\"after\":[\"sheet\"]},"
        "{\"id\":\"restore\",\"tool\":\"value\",\"finally\":true,\"args\":{\"value\":"
        "\"=default(list.path, sheet.path)\"}}],"
        "\"gates\":[{\"before\":\"paid\",\"require\":\"=sum(sheet.rows,'amount') <= "
        "5000\","
        "\"say\":\"over 5000\",\"else\":\"ask\"}],"
        "\"checks\":[{\"that\":\"=#paid == #sheet.rows\",\"say\":\"all\"}],"
        "\"answer\":\"{{#paid}} paid, {{#paid.failed}} failed.\"}";

static void the_whole_format_is_read(void **state)
{
    struct fixture *f = *state;
    const struct sc_step *paid, *list, *restore;

    good(f, payments);
    paid = &f->plan->steps[1];
    list = &f->plan->steps[2];
    restore = &f->plan->steps[3];
    assert_int_equal(f->plan->step_count, 4);
    assert_string_equal(f->plan->goal, "Pay");
    assert_string_equal(paid->as, "item");
    assert_int_equal(paid->on_error, SC_ON_ERROR_SKIP);
    assert_int_equal(paid->limit.n, 5);
    assert_string_equal(paid->limit.per, "day");
    assert_int_equal(paid->dep_count, 1);
    assert_int_equal(paid->deps[0], 0);
    assert_int_equal(list->dep_count, 2);
    assert_int_equal(list->limit.n, -1);
    assert_true(restore->finally);
    assert_true(restore->dep_optional[0]);
    assert_false(restore->dep_optional[1]);
    assert_true(f->plan->gates[0].ask);
    assert_int_equal(f->plan->gates[0].before, 1);
    assert_int_equal(f->plan->gates[0].deps[0], 0);
    assert_int_equal(sc_plan_find(f->plan, "list"), 2);
    assert_int_equal(sc_plan_find(f->plan, "lists"), SC_NO_STEP);
}

static void an_input_of_a_steps_own_name_is_no_dependency(void **state)
{
    struct fixture *f = *state;

    good(f, payments);
    assert_int_equal(f->plan->steps[0].dep_count, 0);
    assert_int_equal(f->plan->steps[0].name_count, 1);
    assert_string_equal(f->plan->steps[0].names[0], "inputs");
}

static void look_and_cannot_are_plans_too(void **state)
{
    struct fixture *f = *state;

    good(f, "{\"look\":[{\"id\":\"s\",\"tool\":\"table.read\"}],\"show\":{\"rows\":"
            "\"=s.rows\"},\"why\":\"to see\"}");
    assert_int_equal(f->plan->kind, SC_PLAN_LOOK);
    assert_string_equal(f->plan->why, "to see");
    good(f, "{\"cannot\":\"no shop\",\"missing\":[\"a shop\"]}");
    assert_int_equal(f->plan->kind, SC_PLAN_CANNOT);
    wrong(f, "{\"look\":[{\"id\":\"s\",\"tool\":\"x\"}],\"show\":{\"r\":\"=t.rows\"}}",
            "show.r: 't' is no step, input or helper");
}

static void unknown_fields_are_named_with_the_nearest(void **state)
{
    struct fixture *f = *state;

    wrong(f,
            "{\"stpes\":[],\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"arg\":{},"
            "\"onerror\":\"skip\"}]}",
            "unknown field 'stpes'; did you mean 'steps'?\n"
            "step 'a': unknown field 'arg'; did you mean 'args'?\n"
            "step 'a': unknown field 'onerror'; did you mean 'on_error'?");
}

static void ids_are_checked(void **state)
{
    struct fixture *f = *state;

    wrong(f,
            "{\"steps\":[{\"id\":\"A\",\"tool\":\"x\"},{\"id\":\"end\",\"tool\":\"x\"},"
            "{\"id\":\"map\",\"tool\":\"x\"},{\"id\":\"item\",\"tool\":\"x\"},"
            "{\"id\":\"b\",\"tool\":\"x\"},{\"id\":\"b\",\"tool\":\"x\"},{\"tool\":\"x\"}"
            ","
            "{\"id\":\"c\"},7]}",
            "step 'A', id: 'A' must be a lower-case letter, then letters, digits or '_', "
            "at most 40\n"
            "step 'end', id: 'end' is a word of Lua\n"
            "step 'map', id: 'map' is a helper\n"
            "step 'item', id: 'item' is reserved\n"
            "step 'b', id: is used twice; every step needs an id of its own\n"
            "steps[6], id: is missing\n"
            "step 'c', tool: is missing\n"
            "steps[8]: a step must be an object");
}

static void each_is_one_list_or_several(void **state)
{
    struct fixture *f = *state;

    good(f, "{\"steps\":[{\"id\":\"a\",\"tool\":\"x\",\"each\":{\"row\":[1,2],\"market\":"
            "[\"DE\",\"JP\"]},\"args\":{\"v\":\"={row, market, index}\"}},"
            "{\"id\":\"b\",\"tool\":\"x\",\"each\":\"=a\",\"as\":\"mail\",\"args\":"
            "{\"v\":\"=mail.row\"}}]}");
    assert_int_equal(f->plan->steps[1].dep_count, 1);
    wrong_step(f, "\"each\":\"sheet.rows\"",
            "step 'a', each: must be a list, or an expression that starts with '='");
    wrong_step(f, "\"each\":{\"row\":[1]}",
            "step 'a', each: must name two lists or more, or be one list");
    wrong_step(f, "\"each\":{\"row\":[1],\"map\":[1]},\"as\":\"x\"",
            "step 'a', as: cannot stand beside several lists, which have names");
    wrong_step(f, "\"where\":\"=true\",\"collect\":\"x\"",
            "step 'a', where: needs 'each'; for the whole step use 'when'\n"
            "step 'a', collect: needs 'each'");
}

static void names_are_checked_where_they_are_bound(void **state)
{
    struct fixture *f = *state;

    wrong_step(f, "\"args\":{\"v\":\"=item.x + index\"}",
            "step 'a', args.v: 'item' exists only inside 'each'\n"
            "step 'a', args.v: 'index' exists only inside 'each'");
    wrong_step(f, "\"each\":\"=sheet.rows\",\"as\":\"row\",\"args\":{\"v\":\"=item.x\"}",
            "step 'a', args.v: 'item' exists only inside 'each'; here the element is "
            "called 'row'");
    wrong_step(f, "\"each\":\"=shete.rows\",\"when\":\"=item.x\"",
            "step 'a', each: 'shete' is no step, input or helper; did you mean 'sheet'?\n"
            "step 'a', when: 'item' exists only inside 'each'");
    wrong_step(f, "\"args\":{\"v\":[1,{\"w\":\"=fliter(sheet, f)\"}]}",
            "step 'a', args.v[1].w: 'fliter' is no step, input or helper; did you mean "
            "'filter'?\n"
            "step 'a', args.v[1].w: 'f' is no step, input or helper");
}

static void expressions_are_checked(void **state)
{
    struct fixture *f = *state;

    wrong_step(f, "\"args\":{\"v\":\"=1 +\"}",
            "step 'a', args.v: expected a value, found the end (at character 4)");
    wrong_step(f, "\"when\":\"sheet\"",
            "step 'a', when: must be an expression that starts with '='");
    wrong_step(f, "\"args\":{\"v\":\"=a {{b}}\"}",
            "step 'a', args.v: '=' and '{{…}}' in one string: write one expression (with "
            "'..' to join), or text with '{{…}}' and no '=' in front; a table in a table "
            "is '{ {'");
}

static void the_other_fields_are_checked(void **state)
{
    struct fixture *f = *state;

    wrong_step(f, "\"limit\":{\"n\":-1,\"per\":\"year\"}",
            "step 'a', limit: must have a whole number 'n'\n"
            "step 'a', limit: must have 'per': hour, day, week or month");
    wrong_step(f, "\"on_error\":\"ignore\"",
            "step 'a', on_error: must be \"stop\", \"skip\" or \"replan\"");
    wrong_step(f, "\"after\":[\"sheet\",\"nobody\"],\"finally\":1",
            "step 'a', finally: must be true or false\n"
            "step 'a', after: 'nobody' is not the id of a step");
    wrong_step(f, "\"expect\":{\"row\":1,\"types\":{\"x\":\"money\"},\"unique\":\"x\"}",
            "step 'a': unknown field 'row'; did you mean 'rows'?\n"
            "step 'a', expect.types: 'x' must be number, integer, text, date or boolean\n"
            "step 'a', expect.unique: must be a list of columns, or of lists of columns "
            "for pairs");
    wrong_step(
            f, "\"args\":[1]", "step 'a', args: must be an object of arguments by name");
}

static void gates_and_checks_are_checked(void **state)
{
    struct fixture *f = *state;

    wrong(f,
            "{\"steps\":[{\"id\":\"a\",\"tool\":\"x\"}],\"gates\":[{\"before\":\"b\","
            "\"require\":\"a\",\"else\":\"go\"}],\"checks\":[{\"say\":\"x\"},{\"that\":"
            "\"=#c == 0\"}],\"answer\":\"{{d}}\",\"budget\":{\"amount\":\"5\"}}",
            "budget, amount: must be a number that is not negative\n"
            "budget, currency: must be a currency of three letters, as \"EUR\"\n"
            "gates[0], before: must be the id of a step, 'b' is none\n"
            "gates[0], require: must be an expression that starts with '='\n"
            "gates[0], else: must be \"stop\" or \"ask\"\n"
            "checks[0], that: is missing\n"
            "checks[1], that: 'c' is no step, input or helper\n"
            "answer: 'd' is no step, input or helper");
}

static void what_is_no_plan_is_refused(void **state)
{
    struct fixture *f = *state;

    wrong(f, "[]", "a plan must be an object with 'steps'");
    wrong(f, "{}", "steps: must be a list with at least one step");
    wrong(f, "{\"steps\":{}}", "steps: must be a list with at least one step");
}

static void a_hundred_thousand_steps_are_one_error(void **state)
{
    struct fixture *f = *state;
    struct sc_buf text;

    sc_buf_init(&text);
    sc_buf_adds(&text, "{\"steps\":[");
    for (int i = 0; i < 100000; i++)
        sc_buf_addf(&text, "%s{\"id\":\"s%d\",\"tool\":\"x\"}", i ? "," : "", i);
    sc_buf_adds(&text, "]}");
    wrong(f, sc_buf_text(&text),
            "a plan of 100000 steps is over the limit of 10000; use 'each' for many of a "
            "kind");
    sc_buf_release(&text);
}

static void many_errors_are_cut(void **state)
{
    struct fixture *f = *state;
    struct sc_buf text;

    sc_buf_init(&text);
    sc_buf_adds(&text, "{\"steps\":[");
    for (int i = 0; i < 100; i++)
        sc_buf_addf(&text, "%s{\"id\":\"s%d\"}", i ? "," : "", i);
    sc_buf_adds(&text, "]}");
    assert_false(read_text(f, sc_buf_text(&text)));
    assert_int_equal(sc_json_count(f->errors), 41);
    assert_string_equal(
            sc_json_string(sc_json_at(f->errors, 40)), "and more errors after these");
    sc_buf_release(&text);
}

static void steps_can_be_appended(void **state)
{
    struct fixture *f = *state;
    struct sc_json *more =
            json("[{\"id\":\"b\",\"tool\":\"x\",\"args\":{\"v\":\"=a\"}}]");

    good(f, "{\"steps\":[{\"id\":\"a\",\"tool\":\"x\"}]}");
    assert_int_equal(sc_plan_append(f->plan, more, NULL, &f->err), SC_OK);
    assert_int_equal(f->plan->step_count, 2);
    assert_int_equal(f->plan->steps[1].deps[0], 0);
    assert_int_equal(sc_json_count(sc_json_get(f->plan->json, "steps")), 2);
    sc_json_free(more);
}

static void a_look_takes_steps_and_a_refusal_does_not(void **state)
{
    struct fixture *f = *state;
    struct sc_json *more = json("[{\"id\":\"b\",\"tool\":\"x\"}]");

    good(f, "{\"look\":[{\"id\":\"a\",\"tool\":\"x\"}]}");
    assert_int_equal(sc_plan_append(f->plan, more, NULL, &f->err), SC_OK);
    assert_int_equal(sc_json_count(sc_json_get(f->plan->json, "look")), 2);
    good(f, "{\"cannot\":\"no\"}");
    assert_int_equal(sc_plan_append(f->plan, more, NULL, &f->err), SC_INVALID);
    sc_json_free(more);
}

static void a_wrong_append_leaves_the_plan_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct sc_json *more = json("[{\"id\":\"b\",\"tool\":\"x\"},{\"id\":\"a\",\"tool\":"
                                "\"x\"},{\"id\":\"c\",\"tool\":\"x\",\"args\":{\"v\":"
                                "\"=nobody\"}}]");

    good(f, "{\"steps\":[{\"id\":\"a\",\"tool\":\"x\"}]}");
    assert_int_equal(sc_plan_append(f->plan, more, &f->errors, &f->err), SC_INVALID);
    assert_int_equal(sc_json_count(f->errors), 2);
    assert_int_equal(f->plan->step_count, 1);
    assert_int_equal(sc_plan_find(f->plan, "a"), 0);
    assert_int_equal(sc_plan_find(f->plan, "b"), SC_NO_STEP);
    assert_int_equal(sc_json_count(sc_json_get(f->plan->json, "steps")), 1);
    sc_json_free(more);
}

/* Random plans: every edge of a step is one that was put into it, and none is lost. */
static void random_plans_keep_their_edges(void **state)
{
    struct fixture *f = *state;
    uint64_t seed = 42;

    for (int round = 0; round < 200; round++) {
        enum { STEPS = 20 };
        bool wanted[STEPS][STEPS] = { { false } };
        struct sc_buf text;

        sc_buf_init(&text);
        sc_buf_adds(&text, "{\"steps\":[");
        for (int i = 0; i < STEPS; i++) {
            sc_buf_addf(&text, "%s{\"id\":\"s%d\",\"tool\":\"x\",\"args\":{\"v\":[0",
                    i ? "," : "", i);
            for (int d = 0; d < i; d++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                wanted[i][d] = (seed >> 40) % 4 == 0;
                if (wanted[i][d])
                    sc_buf_addf(&text,
                            (seed >> 50) % 2 ? ",\"=s%d.s%d\"" : ",\"{{s%d}}%d\"", d, i);
            }
            sc_buf_adds(&text, "]}}");
        }
        sc_buf_adds(&text, "]}");
        good(f, sc_buf_text(&text));
        for (size_t i = 0; i < STEPS; i++) {
            size_t count = 0;

            for (size_t d = 0; d < STEPS; d++)
                count += wanted[i][d];
            assert_int_equal(f->plan->steps[i].dep_count, count);
            for (size_t d = 0; d < count; d++)
                assert_true(wanted[i][f->plan->steps[i].deps[d]]);
        }
        sc_buf_release(&text);
    }
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_whole_format_is_read),
        T(an_input_of_a_steps_own_name_is_no_dependency),
        T(look_and_cannot_are_plans_too),
        T(unknown_fields_are_named_with_the_nearest),
        T(ids_are_checked),
        T(each_is_one_list_or_several),
        T(names_are_checked_where_they_are_bound),
        T(expressions_are_checked),
        T(the_other_fields_are_checked),
        T(gates_and_checks_are_checked),
        T(what_is_no_plan_is_refused),
        T(a_hundred_thousand_steps_are_one_error),
        T(many_errors_are_cut),
        T(steps_can_be_appended),
        T(a_look_takes_steps_and_a_refusal_does_not),
        T(a_wrong_append_leaves_the_plan_as_it_was),
        T(random_plans_keep_their_edges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
