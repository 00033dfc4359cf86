/* The command line without any model: help, mistakes, routines, files, folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integration/drive.h"

static void help_shows_commands_and_examples(void **state)
{
    struct driver *d = *state;

    drive(d, "--help", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "Examples:");
    drive(d, "run", "--help", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "--dry-run");
    assert_says(d->out, "supercargo run");
    drive(d, "help", "run", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "--dry-run");
    drive(d, "help", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "Usage: supercargo COMMAND");
    drive(d, "help", "rnu", NULL);
    assert_one_sentence(d, 2, "did you mean 'run'");
    drive(d, NULL);
    assert_int_equal(d->code, 2);
}

static void mistakes_on_the_command_line_name_the_mend(void **state)
{
    struct driver *d = *state;

    drive(d, "rnu", NULL);
    assert_one_sentence(d, 2, "did you mean 'run'");
    drive(d, "run", "--fiel", "x", "y", NULL);
    assert_one_sentence(d, 2, "did you mean --file");
    drive(d, "run", "x", "--file", NULL);
    assert_one_sentence(d, 2, "--file needs a value");
    drive(d, "agent", "list", "--yes", NULL);
    assert_one_sentence(d, 2, "takes no --yes");
    drive(d, "run", NULL);
    assert_one_sentence(d, 2, "say what has to be done");
    drive(d, "run", "x", "--file", "none.csv", NULL);
    assert_one_sentence(d, 1, "there is no file 'none.csv'");
    drive(d, "run", "x", "--budget", "much", NULL);
    assert_one_sentence(d, 1, "a budget is an amount");
    drive(d, "run", "x", "--language", "fr", NULL);
    assert_one_sentence(d, 1, "a --language is en, zh or ja, not 'fr'");
    drive(d, "run", "x", "--strategy", "guess", NULL);
    assert_one_sentence(d, 1, "a strategy is plan or loop, not 'guess'");
    drive(d, "run", "x", "--input", "oops", NULL);
    assert_one_sentence(d, 1, "KEY=VALUE");
}

static void a_task_that_is_not_utf8_is_refused(void **state)
{
    struct driver *d = *state;

    drive(d, "run", "price \xff\xfe", NULL);
    assert_one_sentence(d, 1, "not UTF-8 at byte 7");
}

static void without_model_or_routine_the_nearest_are_named(void **state)
{
    struct driver *d = *state;

    drive(d, "run", "restock the moon and sing", NULL);
    assert_int_equal(d->code, 1);
    assert_string_equal(d->out, "");
    assert_says(d->err, "OPENAI_API_KEY");
    assert_says(d->err, "Nearest routines:\n  restock-list");
    drive(d, "run", "restock the moon and sing", "--json", NULL);
    assert_int_equal(d->code, 1);
    assert_non_null(d->json);
    assert_string_equal(driver_text(d, "error.code"), "not_found");
}

static void tools_agents_and_routines_are_listed(void **state)
{
    struct driver *d = *state;

    drive(d, "tool", "list", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "price.landed");
    drive(d, "tool", "list", "--language", "zh", "--json", NULL);
    assert_true(sc_json_count(d->json) >= 15);
    drive(d, "tool", "show", "price.landed", NULL);
    assert_says(d->out, "Arguments");
    assert_says(d->out, "\n  cost            number    required  Of one piece");
    drive(d, "tool", "show", "price.landed", "-l", "zh", NULL);
    assert_says(d->out, "\n参数\n  cost            number    必填");
    drive(d, "tool", "show", "price.lande", NULL);
    assert_one_sentence(d, 1, "did you mean 'price.landed'");
    drive(d, "agent", "list", NULL);
    assert_says(d->out, "operator");
    drive(d, "routine", "list", NULL);
    assert_int_equal(d->code, 0);
}

static void a_tool_can_be_called(void **state)
{
    struct driver *d = *state;

    drive(d, "tool", "call", "value", "--args", "{\"value\":\"=1+1 {{x}}\"}", "--json",
            NULL);
    assert_int_equal(d->code, 0);
    assert_string_equal(driver_text(d, "state"), "done");
    drive(d, "tool", "call", "value", "--args", "{", NULL);
    assert_one_sentence(d, 1, "--args is not JSON");
    drive(d, "tool", "call", "value", "--args", "{\"other\":1}", NULL);
    assert_int_equal(d->code, 1);
}

static void a_broken_tool_leaves_the_good_ones(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/tools/broken/tool.lua", "return tool { name = \n");
    driver_write(d, "config/tools/good/tool.lua",
            "return tool { name = \"mine.double\", summary = \"Twice.\", effect = "
            "\"none\",\n"
            "  params = { type = \"object\", required = { \"n\" },\n"
            "             properties = { n = { type = \"integer\" } } },\n"
            "  returns = { type = \"integer\" },\n"
            "  run = function(args) return args.n * 2 end }\n");
    driver_write(d, "config/agents/.keep", "");
    drive(d, "tool", "list", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "mine.double");
    assert_says(d->out, "price.landed");
    assert_says(d->err, "broken/tool.lua");
    drive(d, "tool", "call", "mine.double", "--args", "{\"n\":21}", "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "42");
}

static void shipped_tools_and_agents_pass_their_tests(void **state)
{
    struct driver *d = *state;

    drive(d, "check", SC_SOURCE_DIR "/tools", SC_SOURCE_DIR "/agents", NULL);
    if (d->code != 0)
        fail_msg("%s%s", d->out, d->err);
}

static void the_doctor_is_content(void **state)
{
    struct driver *d = *state;

    drive(d, "doctor", "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_true(sc_json_true(sc_json_get(d->json, "ok")));
}

static void a_data_folder_that_cannot_be_used_is_named(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/file", "x");
    drive(d, "tool", "call", "value", "--args", "{\"value\":1}", "--data", "file", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->err, "file");
}

static void secrets_are_kept_and_never_shown(void **state)
{
    struct driver *d = *state;
    char *kept;

    d->input = "s3cr3t-value\n";
    drive(d, "secret", "set", "openai", NULL);
    assert_int_equal(d->code, 0);
    d->input = NULL;
    drive(d, "secret", "list", NULL);
    assert_string_equal(d->out, "openai\n");
    kept = driver_read(d, "data/secrets/openai");
    assert_null(strstr(kept, "s3cr3t"));
    free(kept);
    drive(d, "secret", "rm", "openai", NULL);
    drive(d, "secret", "list", NULL);
    assert_string_equal(d->out, "");
    drive(d, "secret", "rm", "../x", NULL);
    assert_one_sentence(d, 1, "no name of a secret");
}

static void what_a_tool_says_is_a_line_of_the_log(void **state)
{
    struct driver *d = *state;

    driver_write(d, "config/tools/says/tool.lua",
            "return tool { name = \"says\", summary = \"Says it.\", effect = \"none\",\n"
            "  params = { type = \"object\" }, returns = { type = \"object\" },\n"
            "  run = function(args)\n"
            "    assert(select('#', log.info(\"one\\ntwo\")) < 2) log.warn(\"three\")\n"
            "    return {} end }\n");
    drive(d, "tool", "call", "says", "--verbose", NULL);

    assert_int_equal(d->code, 0);
    assert_says(d->err, "info tool.says tool=says one two\n");
    assert_says(d->err, "warn tool.says tool=says three\n");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, driver_setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(help_shows_commands_and_examples),
        T(mistakes_on_the_command_line_name_the_mend),
        T(a_task_that_is_not_utf8_is_refused),
        T(without_model_or_routine_the_nearest_are_named),
        T(tools_agents_and_routines_are_listed),
        T(a_tool_can_be_called),
        T(a_broken_tool_leaves_the_good_ones),
        T(shipped_tools_and_agents_pass_their_tests),
        T(the_doctor_is_content),
        T(a_data_folder_that_cannot_be_used_is_named),
        T(secrets_are_kept_and_never_shown),
        T(what_a_tool_says_is_a_line_of_the_log),
    };
    return cmocka_run_group_tests_name("integration/cli", tests, NULL, NULL);
}
