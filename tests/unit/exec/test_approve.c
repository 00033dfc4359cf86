/* What a person is shown before an effect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/exec_bed.h"

static int setup(void **state)
{
    struct exec_bed *bed = calloc(1, sizeof(*bed));

    exec_bed_init(bed, NULL);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    exec_bed_release(*state);
    free(*state);
    return 0;
}

#define ONE(tool)                                      \
    "{\"steps\":[{\"id\":\"w\",\"tool\":\"" tool "\"," \
    "\"args\":{\"what\":\"x\"}}]}"

static const char many[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":30}},"
        "{\"id\":\"w\",\"tool\":\"f.told\",\"each\":\"=sheet.rows\","
        "\"args\":{\"what\":\"=item.id\"}}]}";

static void run(struct exec_bed *bed, const char *text, bool dry_run)
{
    struct sc_json *plan;
    struct sc_task_spec spec = exec_bed_spec(&plan, text);

    spec.dry_run = dry_run;
    exec_bed_run(bed, &spec);
    sc_json_free(plan);
}

static const char *said(const struct sc_json *what)
{
    return sc_json_get_string(what, "preview", "");
}

/* What the report says is waited for. */
static const struct sc_json *waiting(const struct exec_bed *bed)
{
    return sc_json_get(sc_json_first(sc_json_get(bed->report, "waiting")), "what");
}

static void a_tool_says_itself_what_is_to_be_approved(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "{\"approve\":true}";
    run(bed, ONE("f.told"), false);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(said(bed->question), "en: will write x");
    assert_int_equal(exec_bed_effects(bed, "x"), 1);
}

static void without_a_preview_the_summary_is_shown(void **state)
{
    struct exec_bed *bed = *state;

    bed->answer = "{\"approve\":true}";
    run(bed, ONE("f.write"), false);

    assert_string_equal(said(bed->question), "Does f.write.");
}

static void a_preview_that_fails_leaves_the_summary(void **state)
{
    struct exec_bed *bed = *state;

    bed->preview_fails = true;
    bed->answer = "{\"approve\":true}";
    run(bed, many, false);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(said(bed->question), "Does f.told.");
    assert_string_equal(said(sc_json_first(sc_json_get(bed->question, "elements"))), "");
    assert_int_equal(bed->preview_count, 1);
}

static void a_long_preview_is_cut(void **state)
{
    enum { LONG = 5000, MOST = 1100 };
    struct exec_bed *bed = *state;
    char tail[LONG + 1];

    memset(tail, 'y', LONG);
    tail[LONG] = 0;
    bed->preview_tail = tail;
    bed->answer = "{\"approve\":true}";
    run(bed, ONE("f.told"), false);
    bed->preview_tail = NULL;

    assert_true(strlen(said(bed->question)) < MOST);
    assert_non_null(strstr(said(bed->question), "y…"));
}

static void the_first_elements_of_an_each_are_told(void **state)
{
    struct exec_bed *bed = *state;
    const struct sc_json *elements;

    bed->answer = "{\"approve\":true}";
    run(bed, many, false);
    elements = sc_json_get(bed->question, "elements");

    assert_int_equal(sc_json_count(elements), 30);
    assert_string_equal(said(sc_json_at(elements, 0)), "en: will write r1");
    assert_string_equal(said(sc_json_at(elements, 19)), "en: will write r20");
    assert_string_equal(said(sc_json_at(elements, 20)), "");
    assert_int_equal(exec_bed_effects(bed, "r30"), 1);
}

static void what_was_asked_is_asked_in_the_same_words_later(void **state)
{
    struct exec_bed *bed = *state;
    char id[32];

    run(bed, ONE("f.told"), false);
    assert_string_equal(exec_bed_state(bed), "waiting");
    assert_string_equal(said(waiting(bed)), "en: will write x");
    bed->preview_tail = ", and more";
    bed->answer = "{\"approve\":true}";
    snprintf(id, sizeof(id), "%s", bed->task_id);
    exec_bed_resume(bed, id);

    assert_string_equal(exec_bed_state(bed), "done");
    assert_string_equal(said(bed->question), "en: will write x");
    assert_int_equal(bed->preview_count, 1);
}

static void a_dry_run_shows_what_the_tool_says(void **state)
{
    struct exec_bed *bed = *state;
    const struct sc_json *items;

    run(bed, many, true);
    items = sc_json_get(sc_json_get(exec_bed_step(bed, "w"), "result"), "items");

    assert_string_equal(exec_bed_state(bed), "dry_run");
    assert_int_equal(sc_json_count(items), 30);
    assert_string_equal(said(sc_json_at(items, 0)), "en: will write r1");
    assert_string_equal(said(sc_json_at(items, 25)), "Does f.told.");
    assert_int_equal(exec_bed_effects(bed, "r1"), 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_tool_says_itself_what_is_to_be_approved),
        T(without_a_preview_the_summary_is_shown),
        T(a_preview_that_fails_leaves_the_summary),
        T(a_long_preview_is_cut),
        T(the_first_elements_of_an_each_are_told),
        T(what_was_asked_is_asked_in_the_same_words_later),
        T(a_dry_run_shows_what_the_tool_says),
    };
    return cmocka_run_group_tests_name("exec/approve", tests, NULL, NULL);
}
