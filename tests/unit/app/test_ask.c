#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/ask.h"

/* what: the question; a line; what it means, as JSON; "": not understood. */
static void assert_means(
        bool approval, const char *what, const char *line, const char *means)
{
    struct sc_json *asked = sc_json_parse(what, strlen(what), NULL, NULL);
    struct sc_json *answer = sc_answer_of_line(line, approval, asked);
    char *text = answer ? sc_json_text(answer) : NULL;

    assert_non_null(asked);
    if (strcmp(text ? text : "", means) != 0)
        fail_msg("'%s' to %s means %s, not %s", line, what, text ? text : "nothing",
                means);
    free(text);
    sc_json_free(answer);
    sc_json_free(asked);
}

static void yes_and_no_in_three_languages(void **state)
{
    static const char *const yes[] = { "y", "Y", "yes", "YES", "是", "好", "批准",
        "はい" };
    static const char *const no[] = { "", "n", "N", "no", "否", "不", "拒绝", "いいえ" };

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
        assert_means(true, "{}", yes[i], "{\"approve\":true}");
    for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
        assert_means(true, "{}", no[i], "{\"approve\":false}");
}

/* Whoever types something else did not approve. */
static void nothing_else_approves(void **state)
{
    static const char *const lines[] = { "yes please", "ye", " y", "1", "ok?", "-",
        "true", "y y" };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        assert_means(true, "{\"tool\":\"x\"}", lines[i], "");
}

static void some_of_many_are_picked_by_number(void **state)
{
    static const char five[] = "{\"elements\":[1,2,3,4,5]}";

    (void)state;
    assert_means(true, five, "1", "{\"approve\":[0]}");
    assert_means(true, five, "1,3-5", "{\"approve\":[0,2,3,4]}");
    assert_means(true, five, "5 2", "{\"approve\":[4,1]}");
    assert_means(true, five, "2-2", "{\"approve\":[1]}");
    assert_means(true, five, "y", "{\"approve\":true}");
}

static void the_same_number_twice_is_one(void **state)
{
    (void)state;
    assert_means(true, "{\"elements\":[1,2,3]}", "2,2,1-3", "{\"approve\":[1,0,2]}");
    assert_means(false, "{\"rows\":[{\"a\":1},{\"a\":2}]}", "1,1", "[{\"a\":1}]");
}

static void numbers_that_are_none_are_not_understood(void **state)
{
    static const char *const lines[] = { "0", "6", "-1", "3-1", "1-6", "1-", "1,x", "1;2",
        "99999999999999999999", "1-99999999999999999999", "1.5", " -1", "," };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        assert_means(true, "{\"elements\":[1,2,3,4,5]}", lines[i], "");
}

static void one_choice_is_one(void **state)
{
    static const char choices[] = "{\"choices\":[\"half\",\"all of it\"]}";

    (void)state;
    assert_means(false, choices, "2", "\"all of it\"");
    assert_means(false, choices, "all of it", "\"all of it\"");
    assert_means(false, choices, "1,2", "");
    assert_means(false, choices, "", "");
    assert_means(false, choices, "none", "");
}

static void rows_come_back_whole(void **state)
{
    static const char rows[] = "{\"rows\":[{\"sku\":\"A\"},{\"sku\":\"B\"}]}";

    (void)state;
    assert_means(false, rows, "2", "[{\"sku\":\"B\"}]");
    assert_means(false, rows, "all", "[{\"sku\":\"A\"},{\"sku\":\"B\"}]");
    assert_means(false, rows, "全部", "[{\"sku\":\"A\"},{\"sku\":\"B\"}]");
}

static void free_text_is_what_was_typed(void **state)
{
    (void)state;
    assert_means(false, "{\"question\":\"Why?\"}", "=1+1 {{x}}", "\"=1+1 {{x}}\"");
    assert_means(false, "{\"question\":\"Why?\"}", "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yes_and_no_in_three_languages),
        cmocka_unit_test(nothing_else_approves),
        cmocka_unit_test(some_of_many_are_picked_by_number),
        cmocka_unit_test(the_same_number_twice_is_one),
        cmocka_unit_test(numbers_that_are_none_are_not_understood),
        cmocka_unit_test(one_choice_is_one),
        cmocka_unit_test(rows_come_back_whole),
        cmocka_unit_test(free_text_is_what_was_typed),
    };
    return cmocka_run_group_tests_name("app/ask", tests, NULL, NULL);
}
