#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/names.h"

extern const char sc_prompt_planner[]; /* prompts/planner.md */

static size_t helper_count(void)
{
    size_t n = 0;

    while (sc_helper_at(n))
        n++;
    return n;
}

/* "sort_by(list, f, order?): …": the name, and how many arguments it may have. */
static void check_line(const char *line)
{
    size_t len = strcspn(line, "("), end = strcspn(line, ")");
    char *name = strndup(line, len);
    const struct sc_helper *helper = sc_helper_find(name);
    int min = 0, max = 0;
    bool many = false;

    if (!helper)
        fail_msg("the prompt has '%s', the table has not", name);
    for (size_t i = len; i < end; i++) {
        if (line[i] == '(' || line[i] == ',') {
            max++;
            min++;
        }
        min -= line[i] == '?';
        many = many || strncmp(line + i, "…", 3) == 0;
    }
    if (helper->min_args != min - many || (!many && helper->max_args != max) ||
            (many && helper->max_args <= max))
        fail_msg("'%s' takes %d to %d arguments in the prompt", name, min, max);
    free(name);
}

static void the_prompt_and_the_table_have_the_same_helpers(void **state)
{
    const char *line = strstr(sc_prompt_planner, "\n# Helpers\n");
    size_t count = 0;

    (void)state;
    assert_non_null(line);
    while ((line = strchr(line + 1, '\n')) && line[1]) {
        size_t len = strspn(line + 1, "abcdefghijklmnopqrstuvwxyz_");

        if (!len || line[1 + len] != '(')
            continue; /* prose */
        check_line(line + 1);
        count++;
    }
    assert_int_equal(count, helper_count());
}

static void names_that_mean_something_cannot_be_taken(void **state)
{
    (void)state;
    assert_null(sc_name_wrong("sheet"));
    assert_null(sc_name_wrong("a1_b"));
    assert_string_equal(sc_name_wrong("map"), "is a helper");
    assert_string_equal(sc_name_wrong("end"), "is a word of Lua");
    assert_string_equal(sc_name_wrong("inputs"), "is reserved");
    assert_string_equal(sc_name_wrong("string"), "is reserved");
    assert_non_null(sc_name_wrong(""));
    assert_non_null(sc_name_wrong("1a"));
    assert_non_null(sc_name_wrong("_a"));
    assert_non_null(sc_name_wrong("aB"));
    assert_non_null(sc_name_wrong("a.b"));
    assert_null(sc_name_wrong("a234567890123456789012345678901234567890"));
    assert_non_null(sc_name_wrong("a2345678901234567890123456789012345678901"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_prompt_and_the_table_have_the_same_helpers),
        cmocka_unit_test(names_that_mean_something_cannot_be_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
