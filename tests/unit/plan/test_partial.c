#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/mem.h"
#include "plan/partial.h"

enum { ROUNDS = 2000, PIECE = 7 };

static struct sc_json *fed(const char *text, size_t len, size_t piece)
{
    struct sc_partial *partial = sc_partial_new();
    struct sc_json *steps = sc_json_new_array();

    for (size_t at = 0; at < len; at += piece)
        sc_partial_feed(partial, text + at, len - at < piece ? len - at : piece, steps);
    sc_partial_free(partial);
    return steps;
}

static void gives(const char *text, const char *expected)
{
    for (size_t piece = 1; piece <= PIECE; piece++) {
        struct sc_json *steps = fed(text, strlen(text), piece);
        char *given = sc_json_text(steps);

        assert_string_equal(given, expected);
        free(given);
        sc_json_free(steps);
    }
}

static void a_step_comes_with_its_closing_brace(void **state)
{
    static const char first[] = "{\"goal\":\"x\",\"steps\":[{\"id\":\"a\",\"args\":{}";
    struct sc_partial *partial = sc_partial_new();
    struct sc_json *steps = sc_json_new_array();

    (void)state;
    sc_partial_feed(partial, first, sizeof(first) - 1, steps);
    assert_int_equal(sc_json_count(steps), 0);
    sc_partial_feed(partial, "}", 1, steps);
    assert_int_equal(sc_json_count(steps), 1);
    sc_partial_feed(partial, ",{\"id\":\"b\"} , {\"id\"", 20, steps);
    assert_int_equal(sc_json_count(steps), 2);
    assert_string_equal(sc_json_get_string(sc_json_at(steps, 1), "id", ""), "b");
    sc_json_free(steps);
    sc_partial_free(partial);
}

static void what_stands_before_the_list_does_not_matter(void **state)
{
    (void)state;
    gives("{\"goal\":\"steps\",\"assume\":[{\"steps\":[{\"id\":\"no\"}]},\"}]\\\"\"],"
          "\"budget\":{\"steps\":[{\"no\":1}]},\"steps\":[{\"id\":\"a\"}]}",
            "[{\"id\":\"a\"}]");
    gives(" {\n\t\"steps\" : [ {\"id\":\"a\\\\\"} ,{\"b\":\"}]\\\"{\"}]",
            "[{\"id\":\"a\\\\\"},{\"b\":\"}]\\\"{\"}]");
    gives("{\"st\\u0065ps\":[{\"id\":\"a\"}]}", "[{\"id\":\"a\"}]");
}

static void only_the_list_of_the_plan_counts(void **state)
{
    (void)state;
    gives("{\"look\":[{\"id\":\"a\"}]}", "[]");
    gives("{\"plan\":{\"steps\":[{\"id\":\"a\"}]}}", "[]");
    gives("{\"steps\":{\"x\":{\"id\":\"a\"}}}", "[]");
    gives("{\"steps\":\"[{}]\",\"x\":[{\"id\":\"a\"}]}", "[]");
    gives("{\"x\":\"steps\",\"y\":[{\"id\":\"a\"}]}", "[]");
    gives("[{\"steps\":[{\"id\":\"a\"}]}]", "[]");
    gives("\"steps\":[{\"id\":\"a\"}]", "[]");
    gives("{\"steps\":[{\"id\":\"a\"}],\"gates\":[{\"id\":\"b\"}]}", "[{\"id\":\"a\"}]");
}

static void nothing_follows_what_is_no_plan(void **state)
{
    (void)state;
    gives("{\"steps\":[{\"id\":\"a\"},7,{\"id\":\"b\"}]}", "[{\"id\":\"a\"}]");
    gives("{\"steps\":[[{\"id\":\"a\"}]]}", "[]");
    gives("{\"steps\":[{\"id\":\"a\"},{id:1},{\"id\":\"b\"}]}", "[{\"id\":\"a\"}]");
    gives("{\"steps\":[{\"id\":\"a\",\"id\":\"b\"},{\"id\":\"c\"}]}", "[]");
}

static void limits_end_it(void **state)
{
    struct sc_buf text;
    struct sc_json *steps;

    (void)state;
    sc_buf_init(&text);
    sc_buf_adds(&text, "{\"steps\":[{\"x\":\"");
    for (int i = 0; i < 256 * 1024; i++)
        sc_buf_addc(&text, 'a');
    sc_buf_adds(&text, "\"},{\"id\":\"b\"}]}");
    steps = fed(text.data, text.len, 4096);
    assert_int_equal(sc_json_count(steps), 0);
    sc_json_free(steps);
    sc_buf_clear(&text);
    sc_buf_adds(&text, "{\"steps\":[{\"x\":");
    for (int i = 0; i < 300; i++)
        sc_buf_addc(&text, '[');
    steps = fed(text.data, text.len, 4096);
    assert_int_equal(sc_json_count(steps), 0);
    sc_json_free(steps);
    sc_buf_clear(&text);
    sc_buf_addc(&text, '{');
    for (int i = 0; i < 300; i++) /* a name that is too long is just another one */
        sc_buf_adds(&text, i ? "name" : "\"");
    sc_buf_adds(&text, "\":\"steps\",\"steps\":[{\"id\":\"a\"}]}");
    steps = fed(text.data, text.len, 5);
    assert_int_equal(sc_json_count(steps), 1);
    sc_json_free(steps);
    sc_buf_release(&text);
}

/* --- any split of any plan gives what the whole gives --- */

static size_t below(size_t n)
{
    return (size_t)(sc_random() % n);
}

static struct sc_json *any_value(int depth)
{
    static const char *const words[] = { "", "steps", "}", "[{\"", "\\", "\"", "=a.b[1]",
        "\u4ef7\u683c", "\n" };
    struct sc_json *value;
    size_t kind = below(depth > 0 ? 6 : 4);

    if (kind == 0)
        return sc_json_new_null();
    if (kind == 1)
        return sc_json_new_int((int64_t)below(1000));
    if (kind < 4)
        return sc_json_new_string(words[below(sizeof(words) / sizeof(*words))]);
    value = kind == 4 ? sc_json_new_array() : sc_json_new_object();
    for (size_t i = below(4); i > 0; i--) {
        if (kind == 4)
            sc_json_append(value, any_value(depth - 1));
        else
            sc_json_set(value, words[below(sizeof(words) / sizeof(*words))],
                    any_value(depth - 1));
    }
    return value;
}

static struct sc_json *any_plan(void)
{
    struct sc_json *plan = sc_json_new_object(), *steps;

    for (size_t i = below(4); i > 0; i--)
        sc_json_set(plan, i == 1 ? "goal" : i == 2 ? "assume" : "ste", any_value(3));
    steps = sc_json_set(plan, "steps", sc_json_new_array());
    for (size_t i = below(6); i > 0; i--) {
        struct sc_json *step = sc_json_append(steps, sc_json_new_object());

        sc_json_set(step, "id", any_value(0));
        sc_json_set(step, "args", any_value(4));
    }
    if (below(2))
        sc_json_set(plan, "gates", any_value(3));
    return plan;
}

static void any_split_of_any_plan_gives_its_steps(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct sc_json *plan = any_plan(), *steps;
        struct sc_buf text;

        sc_buf_init(&text);
        if (below(2))
            sc_json_write(&text, plan);
        else
            sc_json_write_pretty(&text, plan);
        steps = fed(text.data, text.len, 1 + below(40));
        if (!sc_json_equal(steps, sc_json_get(plan, "steps")))
            fail_msg("%s", sc_buf_text(&text));
        sc_json_free(steps);
        sc_json_free(plan);
        sc_buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_comes_with_its_closing_brace),
        cmocka_unit_test(what_stands_before_the_list_does_not_matter),
        cmocka_unit_test(only_the_list_of_the_plan_counts),
        cmocka_unit_test(nothing_follows_what_is_no_plan),
        cmocka_unit_test(limits_end_it),
        cmocka_unit_test(any_split_of_any_plan_gives_its_steps),
    };
    return cmocka_run_group_tests_name("plan/partial", tests, NULL, NULL);
}
