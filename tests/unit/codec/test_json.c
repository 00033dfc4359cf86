#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The value of text that must be good. */
static struct sc_json *parse(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *root = sc_json_parse(text, strlen(text), NULL, &err);

    if (!root)
        print_error("%s: %s\n", text, err.msg);
    assert_non_null(root);
    return root;
}

static void assert_written(const struct sc_json *item, const char *expected)
{
    char *text = sc_json_text(item);

    assert_string_equal(text, expected);
    free(text);
}

static void assert_canonical(const char *text, const char *expected)
{
    struct sc_json *root = parse(text);
    struct sc_buf out;

    sc_buf_init(&out);
    sc_json_write_canonical(&out, root);
    assert_string_equal(sc_buf_text(&out), expected);
    sc_buf_release(&out);
    sc_json_free(root);
}

/* --- reading and writing --- */

static void what_is_read_leaves_as_it_came(void **state)
{
    static const char *const texts[] = { "null", "true", "false", "0", "-0", "1.0",
        "1e400", "-1E-400", "9007199254740991", "123456789012345678",
        "18446744073709551615", "9223372036854775807", "-9223372036854775808",
        "0.1000000000000000055511151231257827021181583404541015625",
        "3.14159265358979323846264338327950288419716939937510", "\"\"", "\"\\u0000\"",
        "\"a\\u0000b\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\"", "\"\x7f/\"",
        "\"\xc2\xa5\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x9a\xa2\"", "[]", "{}",
        "[[],{},[[0]],null]", "{\"b\":1,\"a\":{\"\":[true]},\"B\":2}",
        "{\"\\u0000\":1,\"a\\\"b\":2}" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct sc_json *root = parse(texts[i]), *copy = sc_json_copy(root);

        assert_written(root, texts[i]);
        assert_written(copy, texts[i]);
        assert_true(sc_json_equal(root, copy));
        sc_json_free(root);
        sc_json_free(copy);
    }
}

static void escapes_and_white_space_become_plain(void **state)
{
    struct sc_json *root =
            parse(" {\r\n\t\"\\u00e9\\/\" : [ \"\\ud83d\\udea2\" , 1 ] }\n");

    (void)state;
    assert_written(root, "{\"\xc3\xa9/\":[\"\xf0\x9f\x9a\xa2\",1]}");
    sc_json_free(root);
}

static const struct {
    const char *text, *says;
} refusals[] = {
    { "", "line 1, column 1: expected a value, but the text ends" },
    { " \n ", "line 2, column 2: expected a value, but the text ends" },
    { "nul", "line 1, column 1: expected a value" },
    { "True", "line 1, column 1: expected a value" },
    { "NaN", "line 1, column 1: expected a value" },
    { "01", "line 1, column 1: expected a value" },
    { "+1", "line 1, column 1: expected a value" },
    { "1.", "line 1, column 1: expected a value" },
    { ".5", "line 1, column 1: expected a value" },
    { "-", "line 1, column 1: expected a value" },
    { "1e", "line 1, column 1: expected a value" },
    { "1e+", "line 1, column 1: expected a value" },
    { "1e1234567890", "line 1, column 1: expected a value" },
    { "0x10", "line 1, column 2: text after the end" },
    { "1 2", "line 1, column 3: text after the end" },
    { "{} x", "line 1, column 4: text after the end" },
    { "[1,]", "line 1, column 4: expected a value" },
    { "[1 2]", "line 1, column 4: expected ',' or ']'" },
    { "[1", "line 1, column 3: expected ',' or ']'" },
    { "{\"a\":1,}", "line 1, column 8: expected a member name" },
    { "{a:1}", "line 1, column 2: expected a member name" },
    { "{\"a\" 1}", "line 1, column 6: expected ':'" },
    { "{\"a\":}", "line 1, column 6: expected a value" },
    { "{\"a\":1", "line 1, column 7: expected ',' or '}'" },
    { "{'a':1}", "line 1, column 2: expected a member name" },
    { "{\"a\":1,\n\"b\":2,\"a\":3}", "line 2, column 13: the object that ends here has "
                                     "the member 'a' twice" },
    { "\"abc", "line 1, column 5: the text ends inside a string" },
    { "\"a\nb\"", "line 1, column 3: a control character" },
    { "\"\\x41\"", "line 1, column 2: an escape" },
    { "\"\\", "line 1, column 2: an escape" },
    { "\"\\u12g4\"", "line 1, column 2: \\u needs four" },
    { "\"\\u12", "line 1, column 2: \\u needs four" },
    { "\"\\ud800\"", "line 1, column 2: half of a surrogate pair" },
    { "\"\\udc00\"", "line 1, column 2: half of a surrogate pair" },
    { "\"\\ud800\\ud800\"", "line 1, column 2: half of a surrogate pair" },
    { "\"\\ud800x\\udc00\"", "line 1, column 2: half of a surrogate pair" },
    { "\"\xe6\x97\xa5\xff\"", "line 1, column 3: bytes that are not UTF-8" },
    { "\"\xc0\x80\"", "line 1, column 2: bytes that are not UTF-8" },
    { "\"\xed\xa0\x80\"", "line 1, column 2: bytes that are not UTF-8" },
    { "\"\xe6\x97", "line 1, column 2: bytes that are not UTF-8" },
    { "\xef\xbb\xbf{}", "line 1, column 1: a byte order mark" },
    { "[1] // no", "line 1, column 5: text after the end" },
};

static void what_is_not_strict_json_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct sc_error err = { 0 };
        char *exact = sc_strdup(refusals[i].text); /* so that ASan sees an overrun */

        assert_null(sc_json_parse(exact, strlen(exact), NULL, &err));
        assert_int_equal(err.code, SC_INVALID);
        if (strncmp(err.msg, refusals[i].says, strlen(refusals[i].says)) != 0)
            fail_msg("%s: %s", refusals[i].text, err.msg);
        free(exact);
    }
}

static void every_truncation_of_a_document_is_refused(void **state)
{
    static const char text[] =
            "{\"a\":[1.5e3,\"x\\n\\ud83d\\udea2\",true,null],\"b\":{}}";

    (void)state;
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        char *cut = sc_realloc(NULL, len);

        memcpy(cut, text, len);
        assert_null(sc_json_parse(cut, len, NULL, NULL));
        free(cut);
    }
}

static void limits_bound_bytes_depth_and_items(void **state)
{
    const struct sc_json_limits limits = {
        .max_bytes = 20, .max_depth = 2, .max_items = 4
    };
    struct sc_error err;
    struct sc_json *root = sc_json_parse("[[1,2]]", 7, &limits, &err);

    (void)state;
    assert_non_null(root);
    sc_json_free(root);
    assert_null(sc_json_parse("[[[]]]", 6, &limits, &err));
    assert_non_null(strstr(err.msg, "nested deeper"));
    assert_null(sc_json_parse("[1,2,3,4]", 9, &limits, &err));
    assert_non_null(strstr(err.msg, "more values"));
    assert_null(sc_json_parse("\"012345678901234567890\"", 23, &limits, &err));
    assert_non_null(strstr(err.msg, "limit of 20"));
}

static void a_depth_bomb_is_refused_whatever_the_limits_say(void **state)
{
    const struct sc_json_limits limits = { .max_depth = SIZE_MAX };
    const size_t depth = 1000000;
    char *text = sc_realloc(NULL, depth);
    struct sc_error err;

    (void)state;
    memset(text, '[', depth);
    assert_null(sc_json_parse(text, depth, NULL, &err));
    assert_non_null(strstr(err.msg, "column 201: nested deeper"));
    assert_null(sc_json_parse(text, depth, &limits, &err));
    assert_non_null(strstr(err.msg, "nested deeper"));
    free(text);
}

static void a_repeated_name_is_found_in_a_large_object(void **state)
{
    struct sc_error err;
    struct sc_buf text;
    struct sc_json *root;

    (void)state;
    sc_buf_init(&text);
    sc_buf_adds(&text, "{\"key\":0");
    for (int i = 0; i < 100000; i++)
        sc_buf_addf(&text, ",\"key%d\":%d", i, i);
    sc_buf_adds(&text, "}");
    root = sc_json_parse(text.data, text.len, NULL, &err);
    assert_non_null(root);
    assert_int_equal(sc_json_count(root), 100001);
    sc_json_free(root);
    text.len--;
    sc_buf_adds(&text, ",\"key4711\":1}");
    assert_null(sc_json_parse(text.data, text.len, NULL, &err));
    assert_non_null(strstr(err.msg, "'key4711' twice"));
    sc_buf_release(&text);
}

static void pretty_writing_indents_by_two(void **state)
{
    struct sc_json *root = parse("{\"a\":[1,{\"b\":[]}],\"c\":{}}");
    struct sc_buf out;

    (void)state;
    sc_buf_init(&out);
    sc_json_write_pretty(&out, root);
    assert_string_equal(sc_buf_text(&out),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n"
            "    }\n  ],\n  \"c\": {}\n}");
    sc_buf_release(&out);
    sc_json_free(root);
}

static void a_string_from_outside_is_written_as_good_utf8(void **state)
{
    struct sc_buf out;

    (void)state;
    sc_buf_init(&out);
    sc_json_write_string(&out, "a\0\"\xff\xe6\x97", 6);
    assert_string_equal(
            sc_buf_text(&out), "\"a\\u0000\\\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    sc_buf_release(&out);
}

/* --- looking --- */

static void members_are_found_by_exact_name(void **state)
{
    struct sc_json *root = parse("{\"Name\":\"x\",\"name\":\"y\",\"n\":7,\"t\":true}");

    (void)state;
    assert_string_equal(sc_json_get_string(root, "name", "?"), "y");
    assert_string_equal(sc_json_get_string(root, "Name", "?"), "x");
    assert_string_equal(sc_json_get_string(root, "NAME", "?"), "?");
    assert_string_equal(sc_json_get_string(root, "n", "?"), "?");
    assert_int_equal(sc_json_get_int(root, "n", -1), 7);
    assert_int_equal(sc_json_get_int(root, "t", -1), -1);
    assert_true(sc_json_get_bool(root, "t", false));
    assert_string_equal(sc_json_key(sc_json_at(root, 3)), "t");
    assert_null(sc_json_at(root, 4));
    assert_null(sc_json_key(root));
    sc_json_free(root);
}

static void absent_is_null_everywhere(void **state)
{
    int64_t whole;
    double value;

    (void)state;
    assert_null(sc_json_get(NULL, "x"));
    assert_null(sc_json_at(NULL, 0));
    assert_null(sc_json_first(NULL));
    assert_null(sc_json_copy(NULL));
    assert_int_equal(sc_json_count(NULL), 0);
    assert_int_equal(sc_json_type(NULL), SC_JSON_NULL);
    assert_false(sc_json_is(NULL, SC_JSON_NULL));
    assert_false(sc_json_int(NULL, &whole));
    assert_false(sc_json_double(NULL, &value));
    assert_string_equal(sc_json_string(NULL), "");
    assert_string_equal(sc_json_number(NULL), "");
    assert_null(sc_json_detach(NULL, "x"));
    sc_json_free(NULL);
}

static void integers_are_exact_or_refused(void **state)
{
    static const struct {
        const char *text;
        bool is;
        int64_t value;
    } cases[] = { { "0", true, 0 }, { "-0", true, 0 }, { "1.0", true, 1 },
        { "10e-1", true, 1 }, { "1.5", false, 0 }, { "12e3", true, 12000 },
        { "0.00012e5", true, 12 }, { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775808", false, 0 }, { "-9223372036854775808", true, INT64_MIN },
        { "-9223372036854775809", false, 0 },
        { "922337203685477580.7e1", true, INT64_MAX },
        { "99999999999999999999", false, 0 }, { "1e400", false, 0 },
        { "1e999999999", false, 0 }, { "0e999999999", true, 0 }, { "1e-1", false, 0 },
        { "9007199254740993", true, 9007199254740993 } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_json *item = parse(cases[i].text);
        int64_t value = 0;

        if (sc_json_int(item, &value) != cases[i].is || value != cases[i].value)
            fail_msg("%s as an integer: %lld", cases[i].text, (long long)value);
        sc_json_free(item);
    }
}

static void doubles_are_nearest_or_refused(void **state)
{
    struct sc_json *item = parse("[1e400,-1e400,1e-400,0.1,-7,123456789012345678,-0]");
    double value = 0;

    (void)state;
    assert_false(sc_json_double(sc_json_at(item, 0), &value));
    assert_false(sc_json_double(sc_json_at(item, 1), &value));
    assert_true(sc_json_double(sc_json_at(item, 2), &value) && value == 0.0);
    assert_true(sc_json_double(sc_json_at(item, 3), &value) && value == 0.1);
    assert_true(sc_json_double(sc_json_at(item, 4), &value) && value == -7);
    assert_true(sc_json_double(sc_json_at(item, 5), &value));
    assert_true(value == 123456789012345678.0);
    assert_true(sc_json_double(sc_json_at(item, 6), &value) && signbit(value));
    sc_json_free(item);
}

static void equality_is_of_values_not_of_texts(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = { { "1", "1.0", true }, { "1", "10e-1", true }, { "0", "-0.0e5", true },
        { "1", "1.0000000000000000000000001", false }, { "1e400", "10e399", true },
        { "9007199254740993", "9007199254740992", false }, { "1", "\"1\"", false },
        { "1", "true", false }, { "0", "false", false }, { "null", "false", false },
        { "1", "-1", false }, { "12.30", "12.3", true }, { "[1,2]", "[2,1]", false },
        { "[1,2]", "[1.0,2]", true }, { "[1]", "[1,1]", false },
        { "{\"a\":1,\"b\":[2]}", "{\"b\":[2e0],\"a\":1}", true },
        { "{\"a\":1}", "{\"b\":1}", false }, { "{\"a\":null}", "{}", false },
        { "\"a\\u0000b\"", "\"a\\u0000c\"", false } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_json *a = parse(cases[i].a), *b = parse(cases[i].b);
        char hash_a[SC_HASH_TEXT], hash_b[SC_HASH_TEXT];

        sc_json_hash(a, hash_a);
        sc_json_hash(b, hash_b);
        if (sc_json_equal(a, b) != cases[i].equal ||
                (strcmp(hash_a, hash_b) == 0) != cases[i].equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        sc_json_free(a);
        sc_json_free(b);
    }
}

static void canonical_text_is_sorted_and_in_one_form(void **state)
{
    (void)state;
    assert_canonical(
            " { \"b\" : 1.0, \"a\" : [ ], \"aa\" : -0 } ", "{\"a\":[],\"aa\":0,\"b\":1}");
    assert_canonical("[0.10,100e-1,1e3,0.0000001,1e-8,12345.6789e2]",
            "[0.1,10,1000,0.0000001,1e-8,1234567.89]");
    assert_canonical("[123456789012345678901,1e21,-12.5e30,1e20]",
            "[123456789012345678901,1e+21,-1.25e+31,100000000000000000000]");
}

static void the_hash_is_sha256_of_the_canonical_text(void **state)
{
    struct sc_json *item = parse(" { } ");
    char hash[SC_HASH_TEXT];

    (void)state;
    sc_json_hash(item, hash);
    assert_string_equal(
            hash, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    sc_json_free(item);
}

/* --- building --- */

static void a_built_node_takes_a_key_of_any_length(void **state)
{
    static const char *const keys[] = { "", "k", "fifteen_letters", "sixteen__letters",
        "a key that is longer than what a node keeps for it", "重量", "bad \xff byte",
        NULL };

    (void)state;
    for (const char *const *key = keys; *key; key++) {
        struct sc_json *root = sc_json_new_object(), *value;

        sc_json_add(root, *key, sc_json_new_string("text"));
        value = sc_json_detach_item(root, sc_json_first(root));
        assert_null(sc_json_key(value));
        sc_json_add(root, "other", value);
        sc_json_set(root, "other", sc_json_new_int(7));
        assert_written(root, "{\"other\":7}");
        sc_json_set(root, *key, sc_json_new_array());
        sc_json_set(root, *key, sc_json_new_int(8)); /* a bad byte reads as U+FFFD */
        value = sc_json_next(sc_json_first(root));
        assert_string_equal(sc_json_key(value),
                strchr(*key, '\xff') ? "bad \xef\xbf\xbd byte" : *key);
        sc_json_free(root);
    }
}

static void a_tree_is_built_changed_and_taken_apart(void **state)
{
    struct sc_json *root = sc_json_new_object(), *list, *taken;

    (void)state;
    sc_json_set_string(root, "a", "x");
    sc_json_set_int(root, "b", INT64_MIN);
    sc_json_set_bool(root, "c", true);
    sc_json_set_string(root, "d", NULL);
    list = sc_json_set(root, "a", sc_json_new_array());
    sc_json_append(list, sc_json_new_double(0.1));
    sc_json_append(list, sc_json_new_number("1.50"));
    sc_json_append(list, NULL);
    sc_json_set_int(root, "d", 4);
    assert_written(root,
            "{\"a\":[0.1,1.50,null],\"b\":-9223372036854775808,\"c\":true,\"d\":4}");

    taken = sc_json_detach(root, "c");
    assert_null(sc_json_key(taken));
    sc_json_append(list, taken);
    taken = sc_json_detach_item(list, sc_json_first(list));
    sc_json_add(root, "e", taken);
    sc_json_free(sc_json_detach(root, "d"));
    assert_null(sc_json_detach(root, "d"));
    assert_written(root, "{\"a\":[1.50,null,true],\"b\":-9223372036854775808,\"e\":0.1}");
    assert_int_equal(sc_json_count(root), 3);
    sc_json_free(root);
}

static void replacing_keeps_first_middle_and_last_in_place(void **state)
{
    static const char *const names[] = { "a", "b", "c" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sc_json *root = parse("{\"a\":1,\"b\":1,\"c\":1}");

        sc_json_set_int(root, names[i], 2);
        sc_json_set_int(root, "z", 3);
        assert_int_equal(sc_json_count(root), 4);
        assert_string_equal(sc_json_key(sc_json_at(root, i)), names[i]);
        assert_int_equal(sc_json_get_int(root, names[i], 0), 2);
        assert_string_equal(sc_json_key(sc_json_at(root, 3)), "z");
        sc_json_free(root);
    }
}

static void replacing_the_only_member_works(void **state)
{
    struct sc_json *root = parse("{\"a\":1}");

    (void)state;
    sc_json_set_int(root, "a", 2);
    sc_json_set_int(root, "b", 3);
    assert_written(root, "{\"a\":2,\"b\":3}");
    sc_json_free(root);
}

static void text_that_is_built_in_is_made_fit_for_json(void **state)
{
    struct sc_json *root = sc_json_new_object();

    (void)state;
    sc_json_add(root, "n\xffk", sc_json_new_string_len("a\0b", 3));
    sc_json_add(root, "x", sc_json_new_string("\xc0\x80 \xed\xa0\x80"));
    assert_written(root, "{\"n\xef\xbf\xbdk\":\"a\\u0000b\",\"x\":\"\\u0000 "
                         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}");
    assert_int_equal(strlen(sc_json_get_string(root, "n\xef\xbf\xbdk", "")), 4);
    sc_json_free(root);
}

static void doubles_are_written_with_the_fewest_digits(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = { { 0.1, "0.1" }, { 1, "1" }, { -0.0, "-0" },
        { 0.1 + 0.2, "0.30000000000000004" }, { 5e-324, "5e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" }, { 100, "100" },
        { 1.0 / 3, "0.3333333333333333" }, { (double)NAN, "null" },
        { (double)INFINITY, "null" } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_json *item = sc_json_new_double(cases[i].value);

        assert_written(item, cases[i].text);
        sc_json_free(item);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_leaves_as_it_came),
        cmocka_unit_test(escapes_and_white_space_become_plain),
        cmocka_unit_test(what_is_not_strict_json_is_refused_with_its_place),
        cmocka_unit_test(every_truncation_of_a_document_is_refused),
        cmocka_unit_test(limits_bound_bytes_depth_and_items),
        cmocka_unit_test(a_depth_bomb_is_refused_whatever_the_limits_say),
        cmocka_unit_test(a_repeated_name_is_found_in_a_large_object),
        cmocka_unit_test(pretty_writing_indents_by_two),
        cmocka_unit_test(a_string_from_outside_is_written_as_good_utf8),
        cmocka_unit_test(members_are_found_by_exact_name),
        cmocka_unit_test(absent_is_null_everywhere),
        cmocka_unit_test(integers_are_exact_or_refused),
        cmocka_unit_test(doubles_are_nearest_or_refused),
        cmocka_unit_test(equality_is_of_values_not_of_texts),
        cmocka_unit_test(canonical_text_is_sorted_and_in_one_form),
        cmocka_unit_test(the_hash_is_sha256_of_the_canonical_text),
        cmocka_unit_test(a_built_node_takes_a_key_of_any_length),
        cmocka_unit_test(a_tree_is_built_changed_and_taken_apart),
        cmocka_unit_test(replacing_keeps_first_middle_and_last_in_place),
        cmocka_unit_test(replacing_the_only_member_works),
        cmocka_unit_test(text_that_is_built_in_is_made_fit_for_json),
        cmocka_unit_test(doubles_are_written_with_the_fewest_digits),
    };
    return cmocka_run_group_tests_name("codec/json", tests, NULL, NULL);
}
