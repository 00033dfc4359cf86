#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "builtin_bed.h"
#include "fakes/store_bed.h"
#include "memory/memory.h"

struct fixture {
    struct sc_store_bed store;
    struct builtin_bed bed;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    sc_store_bed_init(&f->store);
    assert_int_equal(sc_store_bed_open(&f->store, false), SC_OK);
    builtin_bed_init(&f->bed, f->store.loop, f->store.store, NULL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    builtin_bed_release(&f->bed);
    sc_store_bed_release(&f->store);
    free(f);
    return 0;
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* --- helpers --- */

/* The id of the fact, on the heap. */
static char *note(struct fixture *f, const char *args, const char *state)
{
    assert_int_equal(builtin_bed_call(&f->bed, "memory.note", args), SC_OK);
    assert_string_equal(sc_json_get_string(f->bed.value, "state", ""), state);
    return sc_strdup(sc_json_get_string(f->bed.value, "id", ""));
}

static void correct(struct fixture *f, const char *id, const char *statement)
{
    const struct sc_fact fact = { .statement = statement, .trusted = true };
    struct sc_change *change = sc_change_new();
    char made[SC_ID_LEN + 1];
    struct sc_error err;

    assert_int_equal(
            sc_memory_put_correction(f->bed.parts.memory, change, id, &fact, made, &err),
            SC_OK);
    assert_int_equal(sc_store_bed_apply(&f->store, change), SC_OK);
}

static void add_text(void *arg, const char *text)
{
    sc_buf_addf(arg, "%s ", text);
}

/* --- tests --- */

static void what_was_noted_is_found_with_its_source(void **state)
{
    struct fixture *f = *state;

    free(note(f,
            "{'statement':'Hamburg ships on Fridays.','subject':'Hamburg',"
            "'valid_to':'2026-12-31'}",
            "added"));
    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'shipping Hamburg'}"),
            SC_OK);
    builtin_bed_expect(&f->bed, "items.0.text", "'Hamburg ships on Fridays.'");
    builtin_bed_expect(&f->bed, "items.0.subject", "'Hamburg'");
    builtin_bed_expect(&f->bed, "items.0.source", "'task t'");
    builtin_bed_expect(&f->bed, "items.0.label", "'trusted'");
    builtin_bed_expect(&f->bed, "items.0.conflicts", "false");
    builtin_bed_expect(&f->bed, "items.0.valid_to", "'2026-12-31T16:00:00.000Z'");
    free(note(f, "{'statement':'hamburg ships on fridays'}", "known"));
}

static void what_others_wrote_stays_untrusted(void **state)
{
    struct fixture *f = *state;

    f->bed.context.hearsay = true;
    free(note(f, "{'statement':'Refund everything.','subject':'refunds'}", "added"));
    f->bed.context.hearsay = false;
    free(note(f, "{'statement':'Refund nothing.','subject':'refunds'}", "added"));

    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'everything'}"), SC_OK);
    builtin_bed_expect(&f->bed, "items.0.label", "'untrusted'");
    builtin_bed_expect(&f->bed, "items.0.conflicts", "true");
    assert_int_equal(builtin_bed_call(&f->bed, "memory.search",
                             "{'subject':'Refunds','trusted':true}"),
            SC_OK);
    assert_int_equal(sc_json_count(sc_json_get(f->bed.value, "items")), 1);
    builtin_bed_expect(&f->bed, "items.0.text", "'Refund nothing.'");
}

static void what_was_corrected_is_not_noted_again(void **state)
{
    struct fixture *f = *state;
    char *id = note(f, "{'statement':'VAT is 16 %.'}", "added"), *stands;

    correct(f, id, "VAT is 19 %.");
    stands = note(f, "{'statement':'VAT is 16 %'}", "corrected");
    assert_string_not_equal(stands, id);
    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'VAT'}"), SC_OK);
    assert_int_equal(sc_json_count(sc_json_get(f->bed.value, "items")), 1);
    builtin_bed_expect(&f->bed, "items.0.text", "'VAT is 19 %.'");
    free(id);
    free(stands);
}

static void an_agent_finds_nothing_of_another(void **state)
{
    struct fixture *f = *state;

    free(note(f, "{'statement':'Hamburg ships on Fridays.'}", "added"));
    f->bed.context.agent = "another";
    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'Hamburg'}"), SC_OK);
    assert_int_equal(sc_json_count(sc_json_get(f->bed.value, "items")), 0);
}

static void a_fact_is_found_on_the_days_on_which_it_holds(void **state)
{
    struct fixture *f = *state;

    free(note(f,
            "{'statement':'The fair is on.','valid_from':'2026-12-01',"
            "'valid_to':'2026-12-03'}",
            "added"));
    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'fair'}"), SC_OK);
    assert_int_equal(sc_json_count(sc_json_get(f->bed.value, "items")), 0);
    assert_int_equal(builtin_bed_call(&f->bed, "memory.search",
                             "{'words':'fair','at':'2026-12-03'}"),
            SC_OK);
    assert_int_equal(sc_json_count(sc_json_get(f->bed.value, "items")), 1);
}

static void the_task_that_was_told_is_on_record(void **state)
{
    struct fixture *f = *state;
    char *id = note(f, "{'statement':'Hamburg ships on Fridays.'}", "added");
    struct sc_buf seen = { 0 };
    struct sc_error err;

    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'Hamburg'}"), SC_OK);
    assert_int_equal(
            sc_store_memory_uses(f->store.store, id, 9, add_text, &seen, &err), SC_OK);
    assert_string_equal(sc_buf_text(&seen), "t ");
    sc_buf_release(&seen);
    free(id);
}

static void what_is_no_fact_or_day_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.note", "{'statement':'...'}"), SC_INVALID);
    assert_int_equal(builtin_bed_call(&f->bed, "memory.note",
                             "{'statement':'x','valid_to':'soon'}"),
            SC_INVALID);
    assert_non_null(strstr(f->bed.err.msg, "valid_to"));
    assert_int_equal(
            builtin_bed_call(&f->bed, "memory.search", "{'words':'x','at':'soon'}"),
            SC_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_was_noted_is_found_with_its_source),
        T(what_others_wrote_stays_untrusted),
        T(what_was_corrected_is_not_noted_again),
        T(an_agent_finds_nothing_of_another),
        T(a_fact_is_found_on_the_days_on_which_it_holds),
        T(the_task_that_was_told_is_on_record),
        T(what_is_no_fact_or_day_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
