#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "plan/planner.h"

static void assert_shape(const char *value, const char *expected)
{
    struct sc_json *json = sc_json_parse(value, strlen(value), NULL, NULL);
    struct sc_json *shape;
    char *text;

    assert_non_null(json);
    shape = sc_shape_of(json);
    text = sc_json_text(shape);
    assert_string_equal(text, expected);
    free(text);
    sc_json_free(shape);
    sc_json_free(json);
}

static void rows_show_columns_words_ranges_and_three_samples(void **state)
{
    (void)state;
    assert_shape("[{\"sku\":\"A\",\"n\":3},{\"sku\":\"B\",\"n\":1.50},{\"sku\":\"A\","
                 "\"n\":null},"
                 "{\"sku\":\"\",\"n\":2,\"x\":true}]",
            "{\"type\":\"list\",\"count\":4,\"columns\":[{\"name\":\"sku\",\"type\":"
            "\"text\","
            "\"empty\":1,\"values\":[\"A\",\"B\"]},{\"name\":\"n\",\"type\":\"number\","
            "\"empty\":1,\"min\":1.50,\"max\":3},{\"name\":\"x\",\"type\":\"bool\","
            "\"empty\":3}"
            "],\"sample\":[{\"sku\":\"A\",\"n\":3},{\"sku\":\"B\",\"n\":1.50},{\"sku\":"
            "\"A\","
            "\"n\":null}]}");
}

static void columns_of_two_types_say_so(void **state)
{
    (void)state;
    assert_shape("[{\"a\":1},{\"a\":\"12.5K\"}]",
            "{\"type\":\"list\",\"count\":2,\"columns\":[{\"name\":\"a\",\"type\":"
            "\"mixed\","
            "\"min\":1,\"max\":1,\"values\":[\"12.5K\"]}],\"sample\":[{\"a\":1},{\"a\":"
            "\"12.5K\"}]}");
}

static void many_words_are_not_listed(void **state)
{
    struct sc_json *rows = sc_json_new_array(), *shape;

    (void)state;
    for (int i = 0; i < 13; i++) {
        struct sc_json *row = sc_json_append(rows, sc_json_new_object());
        char word[2] = { (char)('a' + i), '\0' };

        sc_json_set_string(row, "w", word);
    }
    shape = sc_shape_of(rows);

    assert_null(sc_json_get(sc_json_first(sc_json_get(shape, "columns")), "values"));
    assert_int_equal(sc_json_count(sc_json_get(shape, "sample")), 3);
    sc_json_free(shape);
    sc_json_free(rows);
}

static void a_result_shows_its_members(void **state)
{
    (void)state;
    assert_shape("{\"rows\":[],\"notes\":[\"x\"],\"total\":12.30,\"ok\":true}",
            "{\"type\":\"object\",\"members\":{\"rows\":{\"type\":\"list\",\"count\":0},"
            "\"notes\":{\"type\":\"list\",\"count\":1,\"sample\":[\"x\"]},\"total\":12."
            "30,"
            "\"ok\":true}}");
}

static void long_text_is_shortened_between_characters(void **state)
{
    struct sc_buf text = { 0 };
    struct sc_json *json, *shape;

    (void)state;
    for (int i = 0; i < 100; i++)
        sc_buf_adds(&text, "\xe5\x8d\x95");
    json = sc_json_new_string(text.data);
    shape = sc_shape_of(json);

    assert_memory_equal(sc_json_string(shape), text.data, 198);
    assert_string_equal(sc_json_string(shape) + 198, "… (300 bytes)");
    sc_json_free(shape);
    sc_json_free(json);
    sc_buf_release(&text);
}

static void deep_values_end_in_counts(void **state)
{
    struct sc_json *deep = sc_json_new_array(), *shape;
    char *text;

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct sc_json *outer = sc_json_new_array();

        sc_json_append(outer, deep);
        deep = outer;
    }
    shape = sc_shape_of(deep);
    text = sc_json_text(shape);

    assert_true(strlen(text) < 500);
    free(text);
    sc_json_free(shape);
    sc_json_free(deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_show_columns_words_ranges_and_three_samples),
        cmocka_unit_test(columns_of_two_types_say_so),
        cmocka_unit_test(many_words_are_not_listed),
        cmocka_unit_test(a_result_shows_its_members),
        cmocka_unit_test(long_text_is_shortened_between_characters),
        cmocka_unit_test(deep_values_end_in_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
