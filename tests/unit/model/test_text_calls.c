/* Calls written as text: which are read, and which stay words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/text_calls.h"

static const char names[] = "orders__list\0orders__refund";

struct fixture {
    struct sc_calls calls;
    struct sc_buf said;
    size_t len;
};

static int setup(void **state)
{
    *state = sc_new(struct fixture);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_calls_release(&f->calls);
    sc_buf_release(&f->said);
    free(f);
    return 0;
}

static bool read_as(struct fixture *f, enum sc_text_calls mode, const char *text)
{
    const struct sc_text_source source = { text, mode, names, sizeof(names) };

    return sc_calls_from_text(&f->calls, &source, &f->said, &f->len);
}

static void assert_stays_text(struct fixture *f, const char *text)
{
    assert_false(read_as(f, SC_TEXT_CALLS_MAYBE, text));
    assert_int_equal(f->calls.count, 0);
}

static void assert_call(
        const struct fixture *f, size_t i, const char *name, const char *arguments)
{
    assert_true(i < f->calls.count);
    assert_string_equal(f->calls.items[i].name ? f->calls.items[i].name : "", name);
    assert_string_equal(sc_buf_text(&f->calls.items[i].arguments), arguments);
}

/* --- read --- */

static void tagged_calls_are_read_one_after_the_other(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "I look.\n<tool_call>{\"name\":\"orders__list\",\"arguments\":{\"n\":1}}"
            "</tool_call>\n<tool_call>\n{\"name\":\"orders__refund\",\"parameters\":"
            "{\"id\":\"7\"}}\n</tool_call>\n"));

    assert_int_equal(f->calls.count, 2);
    assert_call(f, 0, "orders__list", "{\"n\":1}");
    assert_call(f, 1, "orders__refund", "{\"id\":\"7\"}");
    assert_string_equal(sc_buf_text(&f->said), "I look.\n");
}

static void a_last_tag_may_lack_its_end(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "<tool_call>{\"name\":\"orders__list\",\"arguments\":{}}"));

    assert_call(f, 0, "orders__list", "{}");
}

static void a_fence_at_the_end_is_read(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "我先看一下订单。\n```json\n{\"tool\":\"orders__list\",\"args\":{\"n\":2}}\n`"
            "``"));

    assert_call(f, 0, "orders__list", "{\"n\":2}");
    assert_string_equal(sc_buf_text(&f->said), "我先看一下订单。\n");
}

static void a_bare_object_is_read(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "注文を見ます。\n{\"name\": \"orders__list\",\n \"arguments\": "
            "{\"n\":3}}\n"));

    assert_call(f, 0, "orders__list", "{\"n\":3}");
}

static void an_array_and_the_form_of_the_wire_are_read(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "{\"tool_calls\":[{\"function\":{\"name\":\"orders__list\",\"arguments\":"
            "\"{\\\"n\\\":4}\"}},{\"name\":\"orders__refund\",\"input\":{}}]}"));

    assert_call(f, 0, "orders__list", "{\"n\":4}");
    assert_call(f, 1, "orders__refund", "{}");
}

static void an_action_with_its_input_is_read(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "Thought: I need the orders.\nAction: orders__list\n"
            "Action Input: {\"n\":5}"));

    assert_call(f, 0, "orders__list", "{\"n\":5}");
    assert_string_equal(sc_buf_text(&f->said), "Thought: I need the orders.\n");
}

static void results_that_a_model_makes_up_are_cut_off(void **state)
{
    static const char text[] =
            "<tool_call>{\"name\":\"orders__list\",\"arguments\":{}}</tool_call>\n"
            "<tool_result>[{\"id\":\"99\"}]</tool_result>\n"
            "<tool_call>{\"name\":\"orders__refund\",\"arguments\":{\"id\":\"99\"}}"
            "</tool_call>";
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE, text));

    assert_int_equal(f->calls.count, 1);
    assert_call(f, 0, "orders__list", "{}");
    assert_int_equal(f->len, strcspn(text, "\n"));
}

static void an_observation_of_its_own_is_cut_off_too(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE,
            "Action: orders__list\nAction Input: {}\nObservation: none\n"
            "Action: orders__refund\nAction Input: {\"id\":\"1\"}"));

    assert_int_equal(f->calls.count, 1);
    assert_call(f, 0, "orders__list", "{}");
}

/* --- not read --- */

static void a_call_within_a_sentence_stays_text(void **state)
{
    assert_stays_text(*state,
            "The review says \"<tool_call>{\"name\":\"orders__refund\",\"arguments\":{}}"
            "</tool_call>\", which I did not do.");
}

static void a_call_in_code_that_is_shown_stays_text(void **state)
{
    assert_stays_text(*state,
            "It would be:\n```\n<tool_call>{\"name\":\"orders__refund\",\"arguments\":{}}"
            "</tool_call>\n```");
    assert_stays_text(*state,
            "Write `<tool_call>{\"name\":\"orders__refund\",\"arguments\":{}}"
            "</tool_call>`");
    assert_stays_text(*state,
            "```json\n{\"name\":\"orders__refund\",\"arguments\":{}}\n```\n"
            "is what the mail asks for; I leave it.");
}

static void json_that_calls_nothing_stays_text(void **state)
{
    assert_stays_text(*state, "{\"name\":\"Lena\",\"arguments\":\"none\"}");
    assert_stays_text(*state, "[]");
    assert_stays_text(*state, "```json\n[1,2]\n```");
    assert_stays_text(*state, "``");
    assert_stays_text(*state, "Action: buy more\nAction Input: {}");
}

static void one_bad_call_leaves_all_of_it_text(void **state)
{
    assert_stays_text(*state,
            "<tool_call>{\"name\":\"orders__list\",\"arguments\":{}}</tool_call>"
            "<tool_call>{\"name\":\"rm\",\"arguments\":{}}</tool_call>");
    assert_stays_text(
            *state, "[{\"name\":\"orders__list\",\"arguments\":{}},{\"name\":\"rm\"}]");
}

/* Each line may begin a call, and all behind it must be read to know. */
static void a_long_text_is_not_looked_through_for_ever(void **state)
{
    enum { LONG = 3 << 20, LINES = 8 };
    struct fixture *f = *state;
    struct sc_buf text = { 0 };

    for (int i = 0; i < LINES; i++)
        sc_buf_adds(&text, "[\n");
    memset(sc_buf_reserve(&text, LONG), 'x', LONG);
    text.len += LONG;
    sc_buf_adds(&text, "\n{\"name\":\"orders__list\",\"arguments\":{}}");
    assert_stays_text(f, text.data);
    assert_true(read_as(f, SC_TEXT_CALLS_MAYBE, text.data + 2L * LINES));
    sc_buf_release(&text);
}

static void nothing_is_read_of_a_model_that_calls_as_it_should(void **state)
{
    assert_false(read_as(*state, SC_TEXT_CALLS_NONE,
            "<tool_call>{\"name\":\"orders__refund\",\"arguments\":{}}</tool_call>"));
}

static void in_words_a_bad_call_comes_to_who_can_say_so(void **state)
{
    struct fixture *f = *state;

    assert_true(read_as(f, SC_TEXT_CALLS_ONLY,
            "<tool_call>{\"name\":\"order.list\",\"arguments\":{}}</tool_call>\n"
            "<tool_call>{\"name\":\"orders__list\",</tool_call>"));

    assert_call(f, 0, "order.list", "{}");
    assert_call(f, 1, "", "{\"name\":\"orders__list\",");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(tagged_calls_are_read_one_after_the_other),
        T(a_last_tag_may_lack_its_end),
        T(a_fence_at_the_end_is_read),
        T(a_bare_object_is_read),
        T(an_array_and_the_form_of_the_wire_are_read),
        T(an_action_with_its_input_is_read),
        T(results_that_a_model_makes_up_are_cut_off),
        T(an_observation_of_its_own_is_cut_off_too),
        T(a_call_within_a_sentence_stays_text),
        T(a_call_in_code_that_is_shown_stays_text),
        T(json_that_calls_nothing_stays_text),
        T(one_bad_call_leaves_all_of_it_text),
        T(a_long_text_is_not_looked_through_for_ever),
        T(nothing_is_read_of_a_model_that_calls_as_it_should),
        T(in_words_a_bad_call_comes_to_who_can_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
