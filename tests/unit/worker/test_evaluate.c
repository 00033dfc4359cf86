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

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(expressions_see_names_and_helpers),
        T(literals_pass_untouched),
        T(a_misspelt_field_is_an_error),
        T(places_in_errors_count_from_zero_as_paths_in_json_do),
        T(done_says_what_it_was_told_and_asks_about_the_rest),
    };
    return cmocka_run_group_tests_name("worker/evaluate", tests, NULL, NULL);
}
