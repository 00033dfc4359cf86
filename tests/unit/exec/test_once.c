#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "exec/once.h"
#include "fakes/exec_bed.h"

/* Six keys of f.write and one of f.post, which failed. */
static int setup(void **state)
{
    struct exec_bed *bed = calloc(1, sizeof(*bed));

    exec_bed_init(bed, NULL);
    exec_bed_run_plan(bed,
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":6}},"
            "{\"id\":\"a\",\"tool\":\"f.write\",\"each\":\"=sheet.rows\","
            "\"once\":\"=item.id\",\"args\":{\"what\":\"=item.id\"}},"
            "{\"id\":\"b\",\"tool\":\"f.post\",\"once\":\"p\",\"on_error\":\"skip\","
            "\"args\":{\"what\":\"p\",\"fail\":\"invalid\"}}]}");
    assert_string_equal(exec_bed_state(bed), "done");
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    exec_bed_release(*state);
    free(*state);
    return 0;
}

static char *known(struct exec_bed *bed, const char *asked_text, int rounds)
{
    struct sc_json *asked = sc_json_parse(asked_text, strlen(asked_text), NULL, NULL);
    struct sc_json *pairs = NULL;
    struct sc_error err;
    char *text;

    assert_int_equal(
            sc_once_known(bed->store, "tester", asked, rounds, &pairs, &err), SC_OK);
    text = pairs ? sc_json_text(pairs) : sc_strdup("none");
    sc_json_free(asked);
    sc_json_free(pairs);
    return text;
}

#define ASKED "[[\"f.write\",\"r2\"],[\"f.write\",\"r9\"],[\"f.pay\",\"r1\"]]"

static void what_happened_of_what_was_asked_is_known(void **state)
{
    char *text = known(*state, ASKED, 0);

    assert_string_equal(text, "[[\"f.write\",\"r2\"]]");
    free(text);
}

static void what_failed_has_not_happened(void **state)
{
    char *text = known(*state, "[[\"f.post\",\"p\"]]", 0);

    assert_string_equal(text, "none");
    free(text);
}

static void who_asks_on_and_on_gets_the_whole_tool(void **state)
{
    char *text = known(*state, ASKED, 3);

    assert_non_null(strstr(text, "r1"));
    assert_non_null(strstr(text, "r6"));
    free(text);
}

static void and_nothing_when_nothing_of_it_happened(void **state)
{
    char *text = known(*state, "[[\"f.write\",\"r9\"]]", 4);

    assert_string_equal(text, "none");
    free(text);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(what_happened_of_what_was_asked_is_known),
        T(what_failed_has_not_happened),
        T(who_asks_on_and_on_gets_the_whole_tool),
        T(and_nothing_when_nothing_of_it_happened),
    };
    return cmocka_run_group_tests_name("exec/once", tests, NULL, NULL);
}
