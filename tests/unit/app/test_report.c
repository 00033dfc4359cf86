#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/report.h"

static struct sc_json *parse(const char *text)
{
    struct sc_json *json = sc_json_parse(text, strlen(text), NULL, NULL);

    assert_non_null(json);
    return json;
}

static void each_state_has_its_exit_code(void **state)
{
    static const struct {
        const char *report;
        int code;
    } cases[] = {
        { "{\"state\":\"done\"}", 0 },
        { "{\"state\":\"failed\"}", 1 },
        { "{\"state\":\"waiting\"}", 3 },
        { "{\"state\":\"unproven\"}", 4 },
        { "{\"state\":\"in_doubt\"}", 5 },
        { "{\"state\":\"over_budget\"}", 6 },
        { "{\"state\":\"cancelled\"}", 130 },
        { "{\"state\":\"running\"}", 1 },
        { "{\"state\":\"planning\"}", 1 },
        { "{\"state\":\"of another program\"}", 1 },
        { "{}", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sc_json *report = parse(cases[i].report);

        print_message("%s\n", cases[i].report);
        assert_int_equal(sc_report_exit(report), cases[i].code);
        sc_json_free(report);
    }
}

static void results_are_told_in_few_words(void **state)
{
    static const struct {
        const char *result, *words;
    } cases[] = {
        { "null", "" },
        { "42", "42" },
        { "\"text\"", "text" },
        { "[1,2]", "2 items" },
        { "{\"rows\":[{},{},{}]}", "3 rows" },
        { "{\"path\":\"/a/b.csv\",\"row_count\":2}", "/a/b.csv" },
        { "{\"a\":1,\"b\":\"x\",\"c\":{\"d\":1}}", "a 1, b x" },
        { "{\"$each\":true,\"items\":[1,2],\"failed\":[{}],\"skipped\":[{}]}",
                "2 items, 1 failed, 1 skipped" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sc_json *result = parse(cases[i].result);
        char *words = sc_result_in_short(result, "en");

        assert_string_equal(words, cases[i].words);
        free(words);
        sc_json_free(result);
    }
}

static char *printed(const char *report_text, bool with_steps)
{
    struct sc_json *report = parse(report_text);
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    sc_report_print(out, report, "en", with_steps);
    fclose(out);
    sc_json_free(report);
    return text;
}

static void a_failure_names_the_step(void **state)
{
    char *text = printed(
            "{\"id\":\"1m8\",\"state\":\"failed\",\"error\":{\"code\":\"invalid\","
            "\"message\":\"no\\nway \\u001b[31m\",\"step\":\"sheet\"}}",
            false);

    (void)state;
    assert_non_null(strstr(text, "Failed  (task 1m8)\n"));
    assert_non_null(strstr(text, "\nsheet: no way \xef\xbf\xbd[31m\n"));
    free(text);
}

static void what_was_held_back_is_said(void **state)
{
    char *text = printed("{\"id\":\"1\",\"state\":\"dry_run\",\"steps\":[{\"id\":\"a\","
                         "\"result\":{\"dry_run\":"
                         "true,\"preview\":\"Write the file "
                         "a.txt\"}},{\"id\":\"b\",\"result\":{\"$each\":true,"
                         "\"items\":[{\"dry_run\":true,\"preview\":\"Pay 5 EUR\"}]}}]}",
            false);

    (void)state;
    assert_non_null(strstr(text, "Dry run: nothing was changed"));
    assert_non_null(strstr(text, "\n  Write the file a.txt\n  Pay 5 EUR\n"));
    free(text);
}

static void cost_is_exact_and_says_when_it_is_a_bound(void **state)
{
    char *text =
            printed("{\"state\":\"done\",\"usage\":{\"requests\":2,\"input_tokens\":10,"
                    "\"output_tokens\":5,\"cost_micro\":1000001,\"cost_known\":false,"
                    "\"currency\":\"USD\"}}",
                    false);

    (void)state;
    assert_non_null(
            strstr(text, "Cost: at most 1.000001 USD (2 model requests, 15 tokens)"));
    free(text);
}

/* A task that asks for every morning is done once, and says so. */
static void a_proposed_schedule_is_shown_and_promises_nothing(void **state)
{
    char *text = printed("{\"id\":\"1m8\",\"state\":\"done\",\"plan\":{\"schedule\":{"
                         "\"cron\":\"0 9 * * *\",\"zone\":\"Asia/Shanghai\"}}}",
            false);

    (void)state;
    assert_non_null(strstr(text, "\nProposed: repeat it\n  0 9 * * * (Asia/Shanghai)\n"));
    assert_non_null(strstr(text, "Nothing repeats by itself"));
    assert_non_null(strstr(text, "supercargo routine save 1m8 --name"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_exit_code),
        cmocka_unit_test(results_are_told_in_few_words),
        cmocka_unit_test(a_failure_names_the_step),
        cmocka_unit_test(what_was_held_back_is_said),
        cmocka_unit_test(a_proposed_schedule_is_shown_and_promises_nothing),
        cmocka_unit_test(cost_is_exact_and_says_when_it_is_a_bound),
    };
    return cmocka_run_group_tests_name("app/report", tests, NULL, NULL);
}
