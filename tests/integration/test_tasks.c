/* Tasks from words to their end, without a model: reports, approvals, routines, plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <signal.h>

#include "base/mem.h"
#include "integration/drive.h"

#define CATALOG "work/catalog.xlsx"
#define RESTOCK "list what to restock", "-f", "catalog.xlsx", "--offline"
#define LIST    "work/supercargo-out/restock.xlsx"
#define WRITE \
    "tool", "call", "file.write", "--args", "{\"path\":\"a.txt\",\"text\":\"x\"}"
#define WRITTEN "work/supercargo-out/a.txt"

static int setup(void **state)
{
    driver_setup(state);
    driver_copy(*state, SC_TEST_DATA "/demo/catalog.xlsx", CATALOG);
    return 0;
}

static void assert_code(struct driver *d, int code)
{
    if (d->code != code)
        fail_msg("%d, not %d: %s%s", d->code, code, d->out, d->err);
}

static char *id_of(struct driver *d)
{
    char *id = sc_strdup(driver_text(d, "id"));

    assert_true(*id);
    return id;
}

static const struct sc_json *step_of(const struct sc_json *report, const char *id)
{
    SC_JSON_EACH(step, sc_json_get(report, "steps"))
    if (strcmp(sc_json_get_string(step, "id", ""), id) == 0)
        return step;
    return NULL;
}

/* --- the report --- */

static void assert_has(
        const struct sc_json *json, const char *name, enum sc_json_type type)
{
    if (!sc_json_is(sc_json_get(json, name), type))
        fail_msg("'%s' is of type %s", name,
                sc_json_type_word(sc_json_type(sc_json_get(json, name))));
}

static void a_report_has_what_was_promised(void **state)
{
    static const char *const counts[] = { "requests", "input_tokens", "output_tokens",
        "cached_tokens", "cost_micro" };
    struct driver *d = *state;
    const struct sc_json *usage;

    drive(d, "run", RESTOCK, "--yes", "--json", NULL);
    assert_code(d, 0);
    assert_has(d->json, "id", SC_JSON_STRING);
    assert_string_equal(driver_text(d, "state"), "done");
    assert_has(d->json, "answer", SC_JSON_STRING);
    assert_has(d->json, "plan", SC_JSON_OBJECT);
    assert_has(d->json, "checks", SC_JSON_ARRAY);
    assert_int_equal(sc_json_count(sc_json_get(d->json, "files")), 1);
    assert_int_equal(sc_json_count(sc_json_get(d->json, "steps")), 6);
    SC_JSON_EACH(step, sc_json_get(d->json, "steps"))
    {
        assert_has(step, "id", SC_JSON_STRING);
        assert_has(step, "tool", SC_JSON_STRING);
        assert_string_equal(sc_json_get_string(step, "state", ""), "done");
        assert_has(step, "attempts", SC_JSON_NUMBER);
        assert_true(sc_json_get_int(step, "started_ms", 0) > 0);
        assert_true(sc_json_get_int(step, "ended_ms", 0) >=
                    sc_json_get_int(step, "started_ms", 0));
        assert_non_null(sc_json_get(step, "result"));
        assert_null(sc_json_get(step, "error"));
    }
    usage = sc_json_get(d->json, "usage");
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
        assert_int_equal(sc_json_get_int(usage, counts[i], -1), 0);
    assert_has(usage, "currency", SC_JSON_STRING);
    assert_true(sc_json_get_bool(usage, "cost_known", false));
}

static void a_failed_step_has_an_error_and_no_result(void **state)
{
    struct driver *d = *state;
    const struct sc_json *step;

    drive(d, "tool", "call", "file.read", "--args", "{\"path\":\"none\"}", "--json",
            NULL);
    assert_error(d, "not_found", "there is no file 'none'");
    step = step_of(d->json, "call");
    assert_string_equal(sc_json_get_string(step, "state", ""), "failed");
    assert_has(step, "error", SC_JSON_OBJECT);
    assert_null(sc_json_get(step, "result"));
}

static void the_record_says_the_same_later(void **state)
{
    struct driver *d = *state;
    char *first, *id;

    drive(d, "run", RESTOCK, "--yes", "--json", NULL);
    id = id_of(d);
    first = sc_strdup(d->out);
    drive(d, "task", "show", id, "--json", NULL);
    assert_string_equal(d->out, first);
    id[7] = '\0'; /* a beginning of it will do */
    drive(d, "task", "show", id, NULL);
    assert_code(d, 0);
    assert_says(d->out, "26 of 64 products must be reordered");
    drive(d, "task", "list", "--state", "done", NULL);
    assert_says(d->out, id);
    drive(d, "task", "list", "--state", "failed", NULL);
    assert_string_equal(d->out, "");
    free(first);
    free(id);
}

/* --- the demo --- */

/* The figures of a step of two reports. */
static void assert_same(
        const struct sc_json *a, const struct sc_json *b, const char *id, size_t least)
{
    char *one = sc_json_text(sc_json_get(step_of(a, id), "result"));
    char *two = sc_json_text(sc_json_get(step_of(b, id), "result"));

    assert_true(strlen(one) > least);
    assert_string_equal(one, two);
    free(one);
    free(two);
}

static void the_demo_gives_the_same_figures_in_three_languages(void **state)
{
    static const struct {
        const char *words, *out, *answer, *note;
    } twins[] = {
        { "把catalog.xlsx按35%毛利给德国和日本定价,并列出需要补货的商品", "zh",
                "64 个商品中有 26 个需要补货", "这是 2019-11-11 的样本汇率" },
        { "catalog.xlsxをドイツと日本向けに利益率35%"
          "で値付けし、補充が必要な商品を一覧にして",
                "ja", "26", "これは 2019-11-11 のサンプルレートで" },
    };
    struct driver *d = *state;
    struct sc_json *english;

    drive(d, "run",
            "Price catalog.xlsx for Germany and Japan at 35 % margin and list what to "
            "restock",
            "-f", "catalog.xlsx", "--out", "en", "--offline", "--yes", "--json", NULL);
    assert_code(d, 0);
    assert_says(driver_text(d, "answer"),
            "64 products priced for DE, JP. 26 of 64 products must be");
    assert_true(driver_has(d, "work/en/prices-DE.xlsx"));
    assert_true(driver_has(d, "work/en/prices-JP.xlsx"));
    assert_true(driver_has(d, "work/en/restock.xlsx"));
    english = sc_json_copy(d->json);
    for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++) {
        print_message("%s\n", twins[i].out);
        drive(d, "run", twins[i].words, "-f", "catalog.xlsx", "--out", twins[i].out,
                "--offline", "--yes", "--json", NULL);
        assert_code(d, 0);
        assert_says(driver_text(d, "answer"), twins[i].answer);
        assert_says(d->out, twins[i].note);
        assert_same(english, d->json, "priced", 10000);
        assert_same(english, d->json, "needed", 1000);
        assert_int_equal(sc_json_count(sc_json_get(d->json, "files")), 3);
    }
    sc_json_free(english);
}

/* --- dry run --- */

static void a_dry_run_says_what_it_would_do_and_does_not(void **state)
{
    struct driver *d = *state;

    drive(d, "run", RESTOCK, "--dry-run", NULL);
    assert_code(d, 0);
    assert_says(d->out, "Dry run: nothing was changed");
    assert_says(d->out, "Would do\n  Write the table restock.xlsx with 26 rows");
    drive(d, "task", "list", NULL);
    assert_says(d->out, "dry_run");
    assert_false(driver_has(d, "work/supercargo-out"));
    drive(d, WRITE, "--dry-run", "--yes", NULL);
    assert_code(d, 0);
    assert_says(d->out, "Write the file a.txt");
    assert_false(driver_has(d, "work/supercargo-out"));
    drive(d, WRITE, "--yes", NULL); /* the dry one was not the once that counts */
    assert_code(d, 0);
    assert_true(driver_has(d, WRITTEN));
}

/* --- approvals --- */

static void what_writes_waits_for_approval_and_goes_on_with_yes(void **state)
{
    struct driver *d = *state;
    char *id;

    drive(d, WRITE, NULL);
    assert_code(d, 3);
    assert_says(d->out, "Waits for you\n  call             Write the file a.txt");
    assert_says(d->out, "supercargo task resume ");
    drive(d, WRITE, "--json", NULL);
    assert_code(d, 3);
    assert_string_equal(driver_text(d, "state"), "waiting");
    assert_false(driver_has(d, WRITTEN));
    id = id_of(d);
    drive(d, "task", "resume", id, NULL);
    assert_code(d, 3);
    assert_false(driver_has(d, WRITTEN));
    drive(d, "task", "resume", id, "--yes", "--json", NULL);
    assert_code(d, 0);
    assert_string_equal(driver_text(d, "state"), "done");
    assert_true(driver_has(d, WRITTEN));
    drive(d, "task", "resume", id, "--yes", "--json", NULL); /* done stays done */
    assert_code(d, 0);
    free(id);
}

static void a_cancelled_task_never_acts(void **state)
{
    struct driver *d = *state;
    char *id;

    drive(d, WRITE, "--json", NULL);
    id = id_of(d);
    drive(d, "task", "cancel", id, "--json", NULL);
    assert_code(d, 0);
    assert_string_equal(driver_text(d, "state"), "cancelled");
    drive(d, "task", "resume", id, "--yes", NULL);
    assert_code(d, 130);
    drive(d, "task", "show", id, "--json", NULL);
    assert_string_equal(driver_text(d, "state"), "cancelled");
    assert_false(driver_has(d, WRITTEN));
    free(id);
}

static void what_is_done_cannot_be_cancelled(void **state)
{
    struct driver *d = *state;
    char *id;

    drive(d, WRITE, "--yes", "--json", NULL);
    id = id_of(d);
    drive(d, "task", "cancel", id, "--json", NULL);
    assert_code(d, 0);
    assert_string_equal(driver_text(d, "state"), "done");
    drive(d, "task", "cancel", id, NULL);
    assert_says(d->err, "It had ended before: nothing was cancelled.");
    free(id);
}

static void what_waits_says_how_to_go_on(void **state)
{
    struct driver *d = *state;
    char *id, *way;

    drive(d, WRITE, "--json", NULL);
    assert_code(d, 3);
    id = id_of(d);
    way = sc_strdupf("To answer and go on: supercargo task resume %s --yes", id);
    drive(d, "task", "show", id, NULL);
    assert_says(d->out, way);
    drive(d, "task", "resume", id, NULL);
    assert_says(d->out, way);
    free(way);
    free(id);
}

/* --- resume --- */

static void resume_without_an_id_finishes_what_was_interrupted(void **state)
{
    struct driver *d = *state;
    struct program *program;

    drive(d, "task", "resume", NULL);
    assert_code(d, 0);
    assert_string_equal(d->out, "No task was interrupted.\n");
    driver_routine(d, "waits",
            "{\"steps\":[{\"id\":\"one\",\"tool\":\"value\",\"args\":{\"value\":1}},{"
            "\"id\":"
            "\"pause\",\"tool\":\"wait\",\"args\":{\"seconds\":3},\"after\":[\"one\"]},{"
            "\"id\":"
            "\"two\",\"tool\":\"file.write\",\"args\":{\"path\":\"a.txt\",\"text\":\"x\"}"
            ","
            "\"after\":[\"pause\"]}]}");
    program = driver_begin(d, "routine", "run", "waits", "--yes", NULL);
    assert_true(program_wait_for(program, "ok   one"));
    do { /* what it shows is on its way to the disk */
        drive(d, "task", "list", "--json", NULL);
    } while (sc_json_count(d->json) == 0);
    kill(program->pid, SIGKILL);
    driver_end(d, program);
    drive(d, WRITE, "--json", NULL); /* waits for a person: not for resume */
    drive(d, "task", "resume", "--json", NULL);
    assert_code(d, 0);
    assert_int_equal(sc_json_count(sc_json_get(d->json, "tasks")), 1);
    assert_string_equal(
            sc_json_get_string(sc_json_first(sc_json_get(d->json, "tasks")), "state", ""),
            "done");
    drive(d, "task", "resume", NULL);
    assert_string_equal(d->out, "No task was interrupted.\n");
}

/* --- routines --- */

static char *needed_with(struct driver *d, const char *cover)
{
    drive(d, "routine", "run", "restock-list", "-f", "catalog.xlsx", "--input", cover,
            "--yes", "--json", NULL);
    assert_code(d, 0);
    return sc_json_text(sc_json_get(step_of(d->json, "needed"), "result"));
}

static void inputs_change_what_a_routine_gives(void **state)
{
    struct driver *d = *state;
    char *little = needed_with(d, "cover=1"), *much = needed_with(d, "cover=90");

    assert_string_not_equal(little, much);
    drive(d, "routine", "run", "restock-list", "-f", "catalog.xlsx", "--input",
            "cover=soon", NULL);
    assert_one_sentence(d, 1, "input cover: must be a number, is 'soon'");
    drive(d, "routine", "run", "restock-list", "-f", "catalog.xlsx", "--input", "cove=1",
            NULL);
    assert_one_sentence(d, 1, "the routine restock-list has no input 'cove'");
    drive(d, "routine", "run", "restock-list", NULL);
    assert_one_sentence(d, 1, "needs the input catalog: add --file FILE");
    drive(d, "routine", "run", "restock-lis", NULL);
    assert_one_sentence(d, 1, "did you mean 'restock-list'?");
    free(little);
    free(much);
}

static void a_task_becomes_a_routine(void **state)
{
    struct driver *d = *state;
    char *id;

    drive(d, "run", RESTOCK, "--yes", "--json", NULL);
    id = id_of(d);
    drive(d, "routine", "save", id, "--name", "mine", "--json", NULL);
    assert_code(d, 0);
    assert_says(driver_text(d, "path"), "config/routines/mine.json");
    drive(d, "routine", "show", "mine", NULL);
    assert_code(d, 0);
    assert_says(d->out, "catalog");
    drive(d, "routine", "run", "mine", "-f", "catalog.xlsx", "--out", "again", "--yes",
            "--json", NULL);
    assert_code(d, 0);
    assert_string_equal(driver_text(d, "routine"), "mine");
    assert_true(driver_has(d, "work/again/restock.xlsx"));
    drive(d, "routine", "save", id, "--name", "mine", NULL);
    assert_one_sentence(d, 1, "there is a routine 'mine' already");
    drive(d, "routine", "save", id, "--name", "../mine", NULL);
    assert_one_sentence(d, 1, "--name is made of small letters");
    free(id);
}

static void an_amount_has_the_decimals_of_its_currency(void **state)
{
    struct driver *d = *state;

    drive(d, "run", "convert 100 USD to JPY", "--offline", "--json", NULL);
    assert_code(d, 0);
    assert_says(driver_text(d, "answer"), "100 USD = 10895 JPY");
}

/* What was told to one reader is told anew to the next, with the values of that day. */
static void a_saved_routine_keeps_places_and_languages(void **state)
{
    struct driver *d = *state;
    char *id;

    drive(d, "run", "price catalog.xlsx for Germany", "-f", "catalog.xlsx", "--offline",
            "--yes", "--json", NULL);
    id = id_of(d);
    drive(d, "routine", "save", id, "--name", "mine", NULL);
    assert_code(d, 0);
    assert_says(d->err, "To run it: supercargo routine run mine");
    drive(d, "routine", "run", "mine", "-f", "catalog.xlsx", "--offline", "--dry-run",
            "-i", "freight=77", "-l", "zh", NULL);
    assert_code(d, 0);
    assert_says(d->out, "运费每公斤77 CNY");
    assert_says(d->out, "关税率取自表中");
    free(id);
}

static void only_a_task_that_is_done_becomes_a_routine(void **state)
{
    struct driver *d = *state;
    char *id;

    drive(d, "run", RESTOCK, "--json", NULL);
    assert_code(d, 3);
    id = id_of(d);
    drive(d, "routine", "save", id, "--name", "mine", NULL);
    assert_one_sentence(d, 1, "'waiting': only one that is done becomes a routine");
    free(id);
}

/* --- plans --- */

static void a_plan_is_shown_in_the_language_of_the_task_and_changes_nothing(void **state)
{
    struct driver *d = *state;

    drive(d, "plan", RESTOCK, NULL);
    assert_code(d, 0);
    assert_says(d->out, "1. Read a table");
    assert_says(d->out, "changes something: asks first");
    assert_says(d->err, "To run it: supercargo run \"list what to restock\"");
    drive(d, "plan", "price catalog.xlsx for Germany at 300% margin", "-f",
            "catalog.xlsx", NULL);
    assert_one_sentence(d, 1, "args.margin_percent: must be less than 100, is 300");
    drive(d, "plan", "列出需要补货的商品", "-f", "catalog.xlsx", NULL);
    assert_code(d, 0);
    assert_says(d->out, "1. 读取表格");
    assert_says(d->out, "会更改数据");
    drive(d, "plan", "補充が必要な商品を一覧にして", "-f", "catalog.xlsx", NULL);
    assert_code(d, 0);
    assert_says(d->out, "1. 表を");
    drive(d, "plan", RESTOCK, "--json", NULL);
    assert_code(d, 0);
    assert_int_equal(
            sc_json_count(sc_json_get(sc_json_get(d->json, "plan"), "steps")), 6);
    assert_null(sc_json_get(step_of(d->json, "sheet"), "result"));
    assert_false(driver_has(d, "work/supercargo-out"));
}

/* --- many tasks --- */

static void a_long_list_says_that_there_is_more(void **state)
{
    struct driver *d = *state;

    for (int i = 0; i < 3; i++)
        drive(d, "tool", "call", "value", "--args", "{\"value\":1}", NULL);
    drive(d, "task", "list", "--limit", "2", NULL);
    assert_code(d, 0);
    assert_non_null(strstr(d->err, "There are more: --after"));
    drive(d, "task", "list", "--limit", "2", "--json", NULL);
    assert_int_equal(sc_json_count(d->json), 2);
    drive(d, "task", "list", NULL);
    assert_string_equal(d->err, "");
    drive(d, "task", "list", "--limit", "none", NULL);
    assert_code(d, 1);
    assert_non_null(strstr(d->err, "--limit must be a number"));
}

static void a_batch_runs_each_line_and_goes_on_after_a_bad_one(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/tasks",
            "convert 100 USD to CNY\n\nfly to the moon\r\n"
            "convert 5 EUR to USD\n");
    drive(d, "run", "--batch", "tasks", "--offline", NULL);
    assert_code(d, 1);
    assert_says(d->out, "100 USD = ");
    assert_says(d->out, "5 EUR = ");
    assert_says(d->out, "2 done, 1 not\n");
    assert_says(d->err, "fly to the moon: no routine does this");
    drive(d, "run", "--batch", "tasks", "--offline", "--json", NULL);
    assert_code(d, 1);
    assert_string_equal(d->err, "");
    assert_says(d->out, "\"words\":\"fly to the moon\"");
    driver_write(d, "work/tasks", "convert 5 EUR to USD\n");
    drive(d, "run", "--batch", "tasks", "--parallel", "0", "--offline", NULL);
    assert_one_sentence(d, 1, "--parallel must be a number from 1");
    drive(d, "run", "--batch", "none", NULL);
    assert_one_sentence(d, 1, "none");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(a_report_has_what_was_promised),
        T(a_failed_step_has_an_error_and_no_result),
        T(the_record_says_the_same_later),
        T(the_demo_gives_the_same_figures_in_three_languages),
        T(a_dry_run_says_what_it_would_do_and_does_not),
        T(what_writes_waits_for_approval_and_goes_on_with_yes),
        T(a_cancelled_task_never_acts),
        T(what_is_done_cannot_be_cancelled),
        T(what_waits_says_how_to_go_on),
        T(resume_without_an_id_finishes_what_was_interrupted),
        T(inputs_change_what_a_routine_gives),
        T(a_task_becomes_a_routine),
        T(an_amount_has_the_decimals_of_its_currency),
        T(a_saved_routine_keeps_places_and_languages),
        T(only_a_task_that_is_done_becomes_a_routine),
        T(a_plan_is_shown_in_the_language_of_the_task_and_changes_nothing),
        T(a_long_list_says_that_there_is_more),
        T(a_batch_runs_each_line_and_goes_on_after_a_bad_one),
    };
    return cmocka_run_group_tests_name("integration/tasks", tests, NULL, NULL);
}
