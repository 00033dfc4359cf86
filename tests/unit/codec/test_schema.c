#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/schema.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sc_json *parse(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *root = sc_json_parse(text, strlen(text), NULL, &err);

    if (!root)
        print_error("%s: %s\n", text, err.msg);
    assert_non_null(root);
    return root;
}

/* The schema of text, with formats asserted; NULL with *err. */
static struct sc_schema *compile(const char *text, struct sc_error *err)
{
    const struct sc_schema_options options = { .assert_format = true };
    struct sc_json *document = parse(text);
    struct sc_schema *schema = sc_schema_new(document, &options, err);

    sc_json_free(document);
    return schema;
}

/* The sentences about the value, one a line; "" when it is valid. */
static char *check(const char *schema_text, const char *value_text)
{
    struct sc_error err = { 0 };
    struct sc_schema *schema = compile(schema_text, &err);
    struct sc_json *value = parse(value_text), *errors = NULL;
    struct sc_buf lines;

    if (!schema)
        fail_msg("%s: %s", schema_text, err.msg);
    sc_buf_init(&lines);
    if (!sc_schema_check(schema, value, "args", 10, &errors)) {
        SC_JSON_EACH(sentence, errors)
        sc_buf_addf(&lines, "%s%s", lines.len ? "\n" : "", sc_json_string(sentence));
    }
    sc_json_free(errors);
    sc_json_free(value);
    sc_schema_free(schema);
    return sc_buf_detach(&lines);
}

static const struct {
    const char *schema, *value, *says;
} sentences[] = {
    { "{\"properties\":{\"lines\":{\"items\":{\"properties\":{\"amount\":"
      "{\"type\":\"number\"}}}}}}",
            "{\"lines\":[{},{},{},{\"amount\":\"12,5\"}]}",
            "args.lines[3].amount: must be a number, is \"12,5\"" },
    { "{\"type\":[\"integer\",\"null\"]}", "1.5",
            "args: must be a whole number or null, is 1.5" },
    { "{\"type\":\"boolean\"}", "[1,2]", "args: must be true or false, is a list of 2" },
    { "{\"enum\":[\"asap\",\"later\",3]}", "\"latr\"",
            "args: must be one of \"asap\", \"later\" or 3, is \"latr\"; did you mean "
            "\"later\"?" },
    { "{\"const\":\"EUR\"}", "\"USD\"", "args: must be \"EUR\", is \"USD\"" },
    { "{\"required\":[\"a\",\"b\",\"c\"]}", "{\"b\":1}", "args: needs \"a\" and \"c\"" },
    { "{\"properties\":{\"address\":{},\"name\":{}},\"additionalProperties\":false}",
            "{\"adress\":1}", "args: has no field 'adress'; did you mean 'address'?" },
    { "{\"properties\":{\"address\":{},\"name\":{}},\"additionalProperties\":false}",
            "{\"x\":1}", "args: has no field 'x'; known are 'address' and 'name'" },
    { "{\"minimum\":5}", "4.5", "args: must be at least 5, is 4.5" },
    { "{\"exclusiveMaximum\":10}", "10.0", "args: must be less than 10, is 10.0" },
    { "{\"multipleOf\":0.01}", "1.005", "args: must be a multiple of 0.01, is 1.005" },
    { "{\"minLength\":1}", "\"\"", "args: must not be empty" },
    { "{\"maxLength\":2}", "\"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\"",
            "args: must have at most 2 characters, has 3" },
    { "{\"pattern\":\"^[A-Z]{3}$\"}", "\"eur\"",
            "args: must match the pattern ^[A-Z]{3}$, is \"eur\"" },
    { "{\"format\":\"date\"}", "\"2026-02-29\"",
            "args: must be a date such as 2026-11-23, is \"2026-02-29\"" },
    { "{\"minItems\":1}", "[]", "args: must have at least 1 items, has 0" },
    { "{\"uniqueItems\":true}", "[1,2,1.0]",
            "args: must not repeat an item, [2] is [0]" },
    { "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "{\"A b\":1}",
            "args (a name): must match the pattern ^[a-z]+$, is \"A b\"" },
    { "{\"properties\":{\"a b\":{\"type\":\"null\"}}}", "{\"a b\":true}",
            "args[\"a b\"]: must be null, is true" },
    { "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "7",
            "args: must be a string or null, is 7" },
    { "{\"oneOf\":[{\"properties\":{\"kind\":{\"const\":\"a\"}},\"required\":[\"x\"]},"
      "{\"properties\":{\"kind\":{\"const\":\"b\"}},\"required\":[\"y\"]}]}",
            "{\"kind\":\"b\"}", "args: needs \"y\"" },
    { "{\"anyOf\":[{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/b\"}],\"$defs\":{"
      "\"a\":{\"type\":\"object\",\"required\":[\"x\"]},\"b\":{\"type\":\"array\"}}}",
            "{}", "args: needs \"x\"" },
    { "{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "3",
            "args: fits the forms 1 and 2 of 2, but must fit one only" },
    { "{\"anyOf\":[{\"minimum\":5},{\"maximum\":1}]}", "3",
            "args: fits none of its 2 forms: (1) args: must be at least 5, is 3; (2) "
            "args: must be at most 1, is 3" },
    { "{\"dependentRequired\":{\"card\":[\"cvc\"]}}", "{\"card\":1}",
            "args: needs \"cvc\" because it has card" },
    { "{\"properties\":{\"a\":false}}", "{\"a\":1}", "args.a: must not be there" },
    { "{\"allOf\":[{\"properties\":{\"a\":true}}],\"unevaluatedProperties\":false}",
            "{\"a\":1,\"b\":2}", "args: has no field 'b'; it has none" },
};

static void sentences_name_the_place_what_is_wanted_and_what_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sentences); i++) {
        char *said = check(sentences[i].schema, sentences[i].value);

        assert_string_equal(said, sentences[i].says);
        free(said);
    }
}

static void several_errors_come_at_once_up_to_the_number_asked_for(void **state)
{
    struct sc_error err;
    struct sc_schema *schema = compile("{\"items\":{\"type\":\"string\"}}", &err);
    struct sc_json *value = parse("[1,2,3,4,5]"), *errors = NULL;

    (void)state;
    assert_false(sc_schema_check(schema, value, "x", 3, &errors));
    assert_int_equal(sc_json_count(errors), 3);
    sc_json_free(errors);
    assert_false(sc_schema_check(schema, value, "x", 0, NULL));
    sc_json_free(value);
    sc_schema_free(schema);
}

static void a_long_value_is_cut_in_the_sentence(void **state)
{
    struct sc_buf value;
    char *said;

    (void)state;
    sc_buf_init(&value);
    sc_buf_addc(&value, '"');
    for (int i = 0; i < 1000; i++)
        sc_buf_adds(&value, "\xe6\x97\xa5");
    sc_buf_addc(&value, '"');
    said = check("{\"type\":\"number\"}", value.data);
    assert_true(strlen(said) < 120);
    assert_non_null(strstr(said, "\"\xe2\x80\xa6"));
    free(said);
    sc_buf_release(&value);
}

static const struct {
    const char *schema, *says;
} refusals[] = {
    { "[]", "schema: a schema is an object, true or false" },
    { "{\"type\":\"strng\"}",
            "schema at /type: 'strng' is not a type; did you mean 'string'?" },
    { "{\"properties\":{\"a\":{\"minimum\":\"5\"}}}",
            "schema at /properties/a/minimum: must be a number" },
    { "{\"properties\":{\"a\":{\"pattern\":\"(\"}}}",
            "schema at /properties/a/pattern: '(' is not a regular expression" },
    { "{\"anyOf\":[]}", "schema at /anyOf: must not be empty" },
    { "{\"items\":[{}]}", "schema at /items: a schema is an object" },
    { "{\"minLength\":-1}", "schema at /minLength: must be a whole number from 0" },
    { "{\"multipleOf\":0}", "schema at /multipleOf: must be above 0" },
    { "{\"required\":[1]}", "schema at /required/0: must be a string" },
    { "{\"$ref\":\"#/$defs/none\"}",
            "schema: the reference '#/$defs/none' leads nowhere" },
    { "{\"$ref\":\"https://example.com/x\"}",
            "schema: the reference 'https://example.com/x' leads nowhere" },
};

static void a_schema_that_is_none_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct sc_error err = { 0 };

        assert_null(compile(refusals[i].schema, &err));
        assert_int_equal(err.code, SC_INVALID);
        if (strncmp(err.msg, refusals[i].says, strlen(refusals[i].says)) != 0)
            fail_msg("%s: %s", refusals[i].schema, err.msg);
    }
}

static void the_draft_is_that_of_the_schema_itself(void **state)
{
    static const char old[] = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\","
                              "\"items\":[{\"type\":\"string\"}]}";
    char *said = check(old, "[1]");

    (void)state;
    assert_string_equal(said, "args[0]: must be a string, is 1");
    free(said);
}

static void given_documents_can_be_referred_to(void **state)
{
    struct sc_json *documents = parse("{\"https://shop.example/money\":{\"$defs\":{"
                                      "\"amount\":{\"type\":\"string\"}}}}");
    struct sc_json *document =
            parse("{\"$ref\":\"https://shop.example/money#/$defs/amount\"}");
    const struct sc_schema_options options = { .documents = documents };
    struct sc_schema *schema = sc_schema_new(document, &options, NULL);
    struct sc_json *value = sc_json_new_int(1);

    (void)state;
    assert_non_null(schema);
    sc_json_free(documents);
    assert_false(sc_schema_check(schema, value, NULL, 0, NULL));
    sc_json_free(value);
    sc_json_free(document);
    sc_schema_free(schema);
}

static void a_schema_that_never_ends_is_an_error_not_a_crash(void **state)
{
    char *said = check("{\"$ref\":\"#\"}", "1");

    (void)state;
    assert_string_equal(said, "args: is too deep, or too much work, to check");
    free(said);
    said = check("{\"not\":{\"$ref\":\"#\"}}", "1");
    assert_string_equal(said, "args: is too deep, or too much work, to check");
    free(said);
}

static void a_pattern_that_explodes_counts_as_no_match(void **state)
{
    char *said = check("{\"pattern\":\"^(a+)+$\"}",
            "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"");

    (void)state;
    assert_non_null(strstr(said, "must match the pattern"));
    free(said);
}

static void a_pattern_sees_a_zero_character(void **state)
{
    char *said = check("{\"pattern\":\"^a\\\\u0000b$\"}", "\"a\\u0000b\"");

    (void)state;
    assert_string_equal(said, "");
    free(said);
}

static void many_items_are_unique_or_not(void **state)
{
    static const char text[] =
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,[{\"a\":1}],"
            "[{\"a\":2}],\"1\",1.5]";
    char *said = check("{\"uniqueItems\":true}", text);
    struct sc_buf longer;

    (void)state;
    assert_string_equal(said, "");
    free(said);
    sc_buf_init(&longer);
    sc_buf_add(&longer, text, sizeof(text) - 2);
    sc_buf_adds(&longer, ",[{\"a\":1.0}]]");
    said = check("{\"uniqueItems\":true}", longer.data);
    assert_string_equal(
            said, "args: must not repeat an item, [{\"a\":1}] is there twice");
    free(said);
    sc_buf_release(&longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_name_the_place_what_is_wanted_and_what_is_there),
        cmocka_unit_test(several_errors_come_at_once_up_to_the_number_asked_for),
        cmocka_unit_test(a_long_value_is_cut_in_the_sentence),
        cmocka_unit_test(a_schema_that_is_none_is_refused_with_its_place),
        cmocka_unit_test(the_draft_is_that_of_the_schema_itself),
        cmocka_unit_test(given_documents_can_be_referred_to),
        cmocka_unit_test(a_schema_that_never_ends_is_an_error_not_a_crash),
        cmocka_unit_test(a_pattern_that_explodes_counts_as_no_match),
        cmocka_unit_test(a_pattern_sees_a_zero_character),
        cmocka_unit_test(many_items_are_unique_or_not),
    };
    return cmocka_run_group_tests_name("codec/schema", tests, NULL, NULL);
}
