#include "rig.h"

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    rig_open(rig, SC_WORKER_HOST, 1);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    free(rig);
    return 0;
}

/* The value of one expression over one bound name `x`. */
static void assert_value(
        struct rig *rig, const char *x, const char *expr, const char *value)
{
    char *request = sc_strdupf(
            "{\"bind\":{\"x\":%s},\"eval\":[{\"name\":\"v\",\"of\":%s}]}", x, expr);
    char *answer = sc_strdupf("{\"rows\":[{\"values\":{\"v\":%s}}]}", value);

    rig_evaluate(rig, request);
    assert_int_equal(rig->err.code, SC_OK);
    assert_json(rig->answer, answer);
    free(request);
    free(answer);
}

static void assert_error(
        struct rig *rig, const char *x, const char *expr, const char *part)
{
    char *request = sc_strdupf(
            "{\"bind\":{\"x\":%s},\"eval\":[{\"name\":\"v\",\"of\":%s}]}", x, expr);
    const struct sc_json *error;

    rig_evaluate(rig, request);
    free(request);
    assert_int_equal(rig->err.code, SC_OK);
    error = sc_json_get(sc_json_first(sc_json_get(rig->answer, "rows")), "error");
    assert_string_equal(sc_json_get_string(error, "at", ""), "v");
    if (!strstr(sc_json_get_string(error, "message", ""), part)) {
        char *text = sc_json_text(rig->answer);

        fail_msg("no '%s' in %s", part, text);
    }
}

static void expressions_see_names_and_helpers(void **state)
{
    struct rig *rig = *state;

    assert_value(rig, "[{\"a\":1},{\"a\":2}]", "\"=sum(x, 'a')\"", "3");
    assert_value(rig, "[1,2,3]",
            "\"=map(filter(x, function(n) return n > 1 end), "
            "function(n) return n * 2 end)\"",
            "[4,6]");
}

static void literals_pass_untouched(void **state)
{
    assert_value(*state, "1", "{\"a\":12345678901234567890123,\"b\":[\"==x\",null,1.0]}",
            "{\"a\":12345678901234567890123,\"b\":[\"=x\",null,1.0]}");
}

static void a_misspelt_field_is_an_error(void **state)
{
    assert_error(*state, "[{\"amount\":1}]", "\"=x[1].amout\"", "no field 'amout'");
}

static void places_in_errors_count_from_zero_as_paths_in_json_do(void **state)
{
    assert_error(*state, "{\"a\":1}", "{\"lines\":[\"ok\",{\"n\":\"=x.b\"}]}",
            "v.lines[1].n: there is no field 'b'");
    assert_error(*state, "1", "{\"lines\":[\"{{nothing}}\"]}", "v.lines[0]: ");
    assert_error(
            *state, "1", "[\"=x\",\"={1, {2, math.huge}}\"]", "v[1][1][1]: is infinite");
}

static void done_says_what_it_was_told_and_asks_about_the_rest(void **state)
{
    struct rig *rig = *state;

    rig_evaluate(rig,
            "{\"bind\":{},\"done\":[[\"mail.send\",\"b\"]],"
            "\"each\":[{\"item\":\"a\"},{\"item\":\"b\"},{\"item\":\"a\"},{\"item\":7}],"
            "\"eval\":[{\"name\":\"v\",\"of\":\"=done('mail.send', item)\"}]}");

    assert_int_equal(rig->err.code, SC_OK);
    assert_json(rig->answer,
            "{\"rows\":[{\"values\":{\"v\":false}},{\"values\":{\"v\":true}},"
            "{\"values\":{\"v\":false}},{\"values\":{\"v\":false}}],"
            "\"asked\":[[\"mail.send\",\"a\"],[\"mail.send\",\"7\"]]}");
}

/* The whole answer of a request. */
static void assert_answer(struct rig *rig, const char *request, const char *rows)
{
    char *answer = sc_strdupf("{\"rows\":%s}", rows);

    rig_evaluate(rig, request);
    if (rig->err.code != SC_OK)
        fail_msg("%s: %s", request, rig->err.msg);
    assert_json(rig->answer, answer);
    free(answer);
}

static void every_element_has_its_names_and_its_row(void **state)
{
    assert_answer(*state,
            "{\"bind\":{\"rate\":2},\"each\":[{\"item\":{\"n\":1},\"index\":1},"
            "{\"item\":{\"n\":5},\"index\":2}],"
            "\"eval\":[{\"name\":\"v\",\"of\":\"=item.n * rate + index\"}]}",
            "[{\"values\":{\"v\":3}},{\"values\":{\"v\":12}}]");
}

static void an_error_in_one_row_leaves_the_others(void **state)
{
    struct rig *rig = *state;
    const struct sc_json *rows, *error;

    rig_evaluate(rig, "{\"each\":[{\"n\":1},{\"n\":\"x\"},{\"n\":3}],"
                      "\"eval\":[{\"name\":\"v\",\"of\":\"=n + 1\"}]}");

    assert_int_equal(rig->err.code, SC_OK);
    rows = sc_json_get(rig->answer, "rows");
    error = sc_json_get(sc_json_at(rows, 1), "error");
    assert_json(sc_json_at(rows, 0), "{\"values\":{\"v\":2}}");
    assert_json(sc_json_at(rows, 2), "{\"values\":{\"v\":4}}");
    assert_string_equal(sc_json_get_string(error, "code", ""), "script");
    assert_string_equal(sc_json_get_string(error, "at", ""), "v");
}

static void a_where_that_says_no_ends_its_row(void **state)
{
    assert_answer(*state,
            "{\"each\":[{\"n\":1},{\"n\":2},{\"n\":3}],\"eval\":["
            "{\"name\":\"where\",\"of\":\"=n ~= 2 and (n ~= 3 or nil)\"},"
            "{\"name\":\"v\",\"of\":\"={n}\"}]}",
            "[{\"values\":{\"where\":true,\"v\":[1]}},{\"values\":{\"where\":false}},"
            "{\"values\":{\"where\":null}}]");
}

static void no_element_gives_no_row(void **state)
{
    assert_answer(
            *state, "{\"each\":[],\"eval\":[{\"name\":\"v\",\"of\":\"=1\"}]}", "[]");
}

static void default_covers_what_is_missing_and_only_that(void **state)
{
    const char *x =
            "{\"note\":\"\",\"no\":null,\"zero\":0,\"off\":false,\"in\":{\"a\":1}}";

    assert_value(*state, x, "\"=default(x.note, 'none')\"", "\"none\"");
    assert_value(*state, x, "\"=default(x.no, 'none')\"", "\"none\"");
    assert_value(*state, x, "\"=default(x.other, 'none')\"", "\"none\"");
    assert_value(*state, x, "\"=default(x['in'].b, default(x.zero, 1))\"", "0");
    assert_value(*state, x, "\"=default(x.off, true)\"", "false");
    assert_error(*state, x, "\"=default(x.other, x.another)\"", "no field 'another'");
    assert_error(*state, x, "\"=default(x.no.deeper, 1)\"", "index a nil");
}

static void results_of_an_each_step_are_a_list_with_three_more(void **state)
{
    const char *x = "{\"$each\":true,\"items\":[{\"id\":7}],\"failed\":[{\"item\":1,"
                    "\"error\":\"no\"}],\"unknown\":[],\"skipped\":[]}";

    assert_value(*state, x, "\"=#x + #x.failed + #x.unknown + #x.skipped\"", "2");
    assert_value(*state, x, "\"=map(x, 'id')\"", "[7]");
    assert_error(*state, x, "\"=x.fialed\"", "no field 'fialed'");
}

static void a_column_that_some_rows_lack_is_no_error(void **state)
{
    const char *x = "[{\"a\":1,\"b\":2},{\"a\":3}]";

    assert_value(*state, x, "\"=x[2].b\"", "null");
    assert_error(*state, x, "\"=x[2].c\"", "no field 'c'");
}

static void holes_in_texts_are_errors_not_blanks(void **state)
{
    assert_value(*state, "{\"n\":1.5,\"t\":\"a\\\"b\"}", "\"{{x.n}} {{x.t}}\"",
            "\"1.5 a\\\"b\"");
    assert_error(*state, "{\"t\":\"\"}", "\"Dear {{x.t}}\"", "is empty");
    assert_error(*state, "{\"t\":null}", "\"Dear {{x.t}}\"", "is nil");
    assert_error(*state, "{\"t\":[1]}", "\"Dear {{x.t}}\"", "is a table");
}

static void data_is_never_run(void **state)
{
    assert_value(*state, "{\"t\":\"=1+1\",\"u\":\"{{1}}\"}",
            "{\"a\":\"=x.t\",\"b\":\"{{x.u}}\"}", "{\"a\":\"=1+1\",\"b\":\"{{1}}\"}");
}

static void an_expression_changes_nothing(void **state)
{
    assert_error(*state, "1", "\"=(function() y = 2 end)()\"", "cannot assign to 'y'");
    assert_error(*state, "1", "\"=(function() string.x = 2 end)()\"", "read-only");
    /* and one request leaves nothing to the next */
    assert_value(*state, "{\"a\":1}", "\"=(function() x.a = 2; return x.a end)()\"", "2");
    assert_value(*state, "{\"a\":1}", "\"=x.a\"", "1");
}

static void numbers_come_and_go_as_they_are(void **state)
{
    assert_value(*state, "9007199254740993", "\"=x + 0\"", "9007199254740993");
    assert_value(*state, "0.1", "\"=x\"", "0.1");
    assert_value(
            *state, "123456789012345678901234", "\"=x\"", "\"123456789012345678901234\"");
    assert_value(*state, "[]", "\"=x\"", "[]");
    assert_value(*state, "{}", "\"=x\"", "{}");
    assert_error(*state, "0", "\"=1 // x\"", "divide by zero");
    assert_error(*state, "0", "\"=1 / x\"", "is infinite");
}

static void a_name_that_nobody_bound_is_unknown(void **state)
{
    assert_error(*state, "1", "\"=shet.rows\"", "unknown name 'shet'");
    assert_error(*state, "1", "\"=os.getenv('HOME')\"", "unknown name 'os'");
}

static void an_expression_that_is_no_lua_fails_the_request(void **state)
{
    struct rig *rig = *state;

    rig_evaluate(rig, "{\"eval\":[{\"name\":\"v\",\"of\":\"=1 +\"}]}");
    assert_says(&rig->err, SC_SCRIPT, "v: ");
}

static void host_calls_are_not_for_expressions(void **state)
{
    assert_error(*state, "1", "\"=cache.get('k')\"", "is not possible here");
    assert_int_equal(((struct rig *)*state)->host_calls, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(expressions_see_names_and_helpers),
        T(literals_pass_untouched),
        T(a_misspelt_field_is_an_error),
        T(every_element_has_its_names_and_its_row),
        T(an_error_in_one_row_leaves_the_others),
        T(a_where_that_says_no_ends_its_row),
        T(no_element_gives_no_row),
        T(default_covers_what_is_missing_and_only_that),
        T(results_of_an_each_step_are_a_list_with_three_more),
        T(a_column_that_some_rows_lack_is_no_error),
        T(holes_in_texts_are_errors_not_blanks),
        T(data_is_never_run),
        T(an_expression_changes_nothing),
        T(numbers_come_and_go_as_they_are),
        T(a_name_that_nobody_bound_is_unknown),
        T(an_expression_that_is_no_lua_fails_the_request),
        T(host_calls_are_not_for_expressions),
        T(places_in_errors_count_from_zero_as_paths_in_json_do),
        T(done_says_what_it_was_told_and_asks_about_the_rest),
    };
    return cmocka_run_group_tests_name("worker/evaluate", tests, NULL, NULL);
}
