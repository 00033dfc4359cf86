#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/match.h"
#include "base/mem.h"

static const char routine_text[] =
        "{\"name\":\"price\",\"agent\":\"a\",\"phrases\":{},\"plan\":{\"steps\":[{\"id\":"
        "\"a\",\"tool\":\"value\"}]},\"inputs\":{\"catalog\":{\"type\":\"file\","
        "\"required\":"
        "true},\"markets\":{\"type\":\"market\",\"many\":true,\"default\":[\"DE\"]},"
        "\"margin\":{\"type\":\"percent\",\"default\":30},\"note\":{\"type\":\"text\"},"
        "\"count\":{\"type\":\"number\"},\"day\":{\"type\":\"date\"}}}";

struct fixture {
    struct sc_app app;
    struct sc_routine routine;
    struct sc_json *given, *files, *inputs;
    struct sc_error err;
};

static struct sc_json *parse(const char *text)
{
    struct sc_json *json = sc_json_parse(text, strlen(text), NULL, NULL);

    assert_non_null(json);
    return json;
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->app.env = parse("{\"today\":\"2026-11-23\"}");
    f->routine = (struct sc_routine){
        .name = "price", .agent = "a", .json = parse(routine_text)
    };
    *state = f;
    return 0;
}

static void forget(struct fixture *f)
{
    sc_json_free(f->given);
    sc_json_free(f->files);
    sc_json_free(f->inputs);
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    forget(f);
    sc_json_free(f->app.env);
    sc_json_free(f->routine.json);
    free(f);
    return 0;
}

static void match(struct fixture *f, const char *given, const char *files)
{
    forget(f);
    f->given = parse(given);
    f->files = parse(files);
    f->inputs = sc_match_inputs(&f->app, &f->routine, f->given, f->files, &f->err);
}

static void assert_inputs(
        struct fixture *f, const char *given, const char *files, const char *wanted)
{
    char *text;

    match(f, given, files);
    if (!f->inputs)
        fail_msg("%s: %s", given, f->err.msg);
    text = sc_json_text(f->inputs);
    assert_string_equal(text, wanted);
    free(text);
}

static void assert_refused(struct fixture *f, const char *given, const char *says)
{
    match(f, given, "[\"/x/a.csv\"]");
    assert_null(f->inputs);
    if (!strstr(f->err.msg, says))
        fail_msg("'%s' is not in: %s", says, f->err.msg);
}

#define FILE_A "[\"/x/a.csv\"]"

static void defaults_and_the_file_given_fill_what_was_not_said(void **state)
{
    assert_inputs(*state, "{}", FILE_A,
            "{\"catalog\":\"/x/a.csv\",\"markets\":[\"DE\"],\"margin\":30}");
}

static void values_get_the_form_of_their_type(void **state)
{
    assert_inputs(*state,
            "{\"markets\":\"Japan, DE\",\"margin\":\"35%\",\"count\":\"1200\",\"day\":"
            "\"2026-12-01\",\"note\":\"x\"}",
            FILE_A,
            "{\"catalog\":\"/x/"
            "a.csv\",\"markets\":[\"JP\",\"DE\"],\"margin\":35,\"note\":"
            "\"x\",\"count\":1200,\"day\":\"2026-12-01\"}");
}

/* --input note=5 reads as a number, and is none here. */
static void a_number_for_a_text_is_a_text(void **state)
{
    assert_inputs(*state, "{\"note\":5,\"margin\":0.5,\"markets\":[\"DE\",\"Japan\"]}",
            FILE_A,
            "{\"catalog\":\"/x/"
            "a.csv\",\"markets\":[\"DE\",\"JP\"],\"margin\":0.5,\"note\":"
            "\"5\"}");
}

static void values_of_another_kind_are_refused(void **state)
{
    assert_refused(*state, "{\"margin\":{\"a\":1}}", "input margin: must be a percent");
    assert_refused(*state, "{\"margin\":true}", "input margin: must be a percent");
    assert_refused(*state, "{\"count\":[1]}", "input count: must be a number");
    assert_refused(*state, "{\"note\":null}", "input note: must be a text");
    assert_refused(*state, "{\"markets\":[[\"DE\"]]}", "input markets: must be a market");
    assert_refused(*state, "{\"markets\":[\"Atlantis\"]}", "input markets:");
    assert_refused(*state, "{\"count\":\"many\"}", "input count:");
    assert_refused(*state, "{\"catalog\":5}", "input catalog: there is no file '5'");
    assert_refused(*state, "{\"catalog\":[\"a.csv\"]}", "input catalog: must be a file");
}

static void a_file_is_found_by_its_name_among_those_given(void **state)
{
    assert_inputs(*state, "{\"catalog\":\"b.csv\"}", "[\"/x/a.csv\",\"/y/b.csv\"]",
            "{\"catalog\":\"/y/b.csv\",\"markets\":[\"DE\"],\"margin\":30}");
    assert_refused(*state, "{\"catalog\":\"c.csv\"}",
            "input catalog: there is no file 'c.csv': give it with --file");
}

static void what_the_routine_does_not_know_is_refused(void **state)
{
    assert_refused(*state, "{\"margni\":5}", "the routine price has no input 'margni'");
}

static void what_is_missing_is_named_with_the_mend(void **state)
{
    struct fixture *f = *state;

    match(f, "{}", "[]");

    assert_null(f->inputs);
    assert_int_equal(f->err.code, SC_INVALID);
    assert_string_equal(
            f->err.msg, "the routine price needs the input catalog: add --file FILE");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(defaults_and_the_file_given_fill_what_was_not_said),
        T(values_get_the_form_of_their_type),
        T(a_number_for_a_text_is_a_text),
        T(values_of_another_kind_are_refused),
        T(a_file_is_found_by_its_name_among_those_given),
        T(what_the_routine_does_not_know_is_refused),
        T(what_is_missing_is_named_with_the_mend),
    };
    return cmocka_run_group_tests_name("app/match", tests, NULL, NULL);
}
