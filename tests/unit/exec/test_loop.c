/* What a model that calls tools itself is told, turn by turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/exec_bed.h"

enum { TURNS = 35, LONG_TURNS = 30 };

struct fixture {
    struct exec_bed bed;
    char *texts[TURNS + 2]; /* of replies, from the second on that was added */
    const char *replies[TURNS + 2];
    size_t count;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    exec_bed_init(&f->bed, NULL);
    f->bed.sent = sc_json_new_array();
    f->bed.replies = f->replies;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    exec_bed_release(&f->bed);
    sc_json_free(f->bed.sent);
    for (size_t i = 0; i < f->count; i++)
        free(f->texts[i]);
    free(f);
    return 0;
}

static void reply(struct fixture *f, char *take_text)
{
    SC_ASSERT(f->count < TURNS + 1);
    f->texts[f->count] = take_text;
    f->replies[f->count++] = take_text;
}

static void says(struct fixture *f, const char *text)
{
    reply(f, sc_strdupf("{\"text\":\"%s\"}", text));
}

/* args with its quotes escaped once. */
static void calls(struct fixture *f, const char *name, const char *args)
{
    reply(f, sc_strdupf(
                     "{\"calls\":[{\"id\":\"c\",\"name\":\"%s\",\"arguments\":\"%s\"}]}",
                     name, args));
}

static void run(struct fixture *f, bool yes)
{
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);

    spec.yes = yes;
    spec.strategy = SC_STRATEGY_LOOP;
    exec_bed_run(&f->bed, &spec);
}

/* The last message of a request. */
static const char *last_told(const struct fixture *f, size_t request)
{
    const struct sc_json *messages = sc_json_at(f->bed.sent, request);

    return sc_json_get_string(
            sc_json_at(messages, sc_json_count(messages) - 1), "content", "");
}

static size_t bytes_of(const struct sc_json *messages)
{
    char *text = sc_json_text(messages);
    size_t len = strlen(text);

    free(text);
    return len;
}

static bool begins_with(const struct sc_json *messages, const struct sc_json *before)
{
    size_t i = 0;

    SC_JSON_EACH(message, before)
    {
        if (!sc_json_equal(message, sc_json_at(messages, i++)))
            return false;
    }
    return true;
}

/* --- long results --- */

static void a_long_result_is_looked_at_by_its_handle(void **state)
{
    struct fixture *f = *state;

    calls(f, "f__rows", "{\\\"n\\\":1000}");
    calls(f, "result__look", "{\\\"what\\\":\\\"t1_1.rows\\\",\\\"from\\\":998}");
    says(f, "seen");
    run(f, true);

    assert_string_equal(exec_bed_state(&f->bed), "done");
    assert_int_equal(strncmp(last_told(f, 1), "{\"handle\":\"t1_1\",\"bytes\":", 25), 0);
    assert_null(strstr(last_told(f, 1), "r998"));
    assert_string_equal(last_told(f, 2),
            "{\"what\":\"t1_1.rows\",\"from\":998,\"items\":[{\"id\":\"r998\","
            "\"amount\":998},{\"id\":\"r999\",\"amount\":999},{\"id\":\"r1000\","
            "\"amount\":1000}],\"of\":1000}");
    assert_int_equal(sc_json_count(sc_json_get(f->bed.report, "steps")), 1);
}

static void a_long_result_goes_from_call_to_call_and_not_through_the_model(void **state)
{
    struct fixture *f = *state;

    calls(f, "f__rows", "{\\\"n\\\":1000}");
    calls(f, "f__value", "{\\\"value\\\":{\\\"$result\\\":\\\"t1_1.rows\\\"}}");
    calls(f, "result__look", "{\\\"what\\\":\\\"t2_1.value\\\",\\\"from\\\":1000}");
    says(f, "handed on");
    run(f, true);

    assert_string_equal(exec_bed_state(&f->bed), "done");
    assert_null(strstr(last_told(f, 2), "r998"));
    assert_string_equal(last_told(f, 3),
            "{\"what\":\"t2_1.value\",\"from\":1000,\"items\":[{\"id\":\"r1000\","
            "\"amount\":1000}],\"of\":1000}");
}

/* The one call is not made; the model is told why, and what it may say. */
static void a_result_that_is_not_there_is_told(void **state)
{
    struct fixture *f = *state;

    calls(f, "f__value", "{\\\"value\\\":{\\\"$result\\\":\\\"t7_1\\\"}}");
    says(f, "sorry");
    run(f, true);

    assert_string_equal(exec_bed_state(&f->bed), "done");
    assert_non_null(strstr(last_told(f, 1), "there is no result 't7_1'"));
    assert_int_equal(sc_json_count(sc_json_get(f->bed.report, "steps")), 0);
}

static void a_long_loop_stays_within_bounds_and_keeps_its_beginning(void **state)
{
    struct fixture *f = *state;
    size_t rewritten = 0;

    for (size_t i = 0; i < LONG_TURNS; i++)
        calls(f, "f__rows", "{\\\"n\\\":130}");
    says(f, "seen");
    run(f, true);

    assert_string_equal(exec_bed_state(&f->bed), "done");
    assert_int_equal(sc_json_count(f->bed.sent), LONG_TURNS + 1);
    for (size_t i = 1; i <= LONG_TURNS; i++) {
        const struct sc_json *messages = sc_json_at(f->bed.sent, i);

        assert_true(bytes_of(messages) < 128 * 1024);
        rewritten += !begins_with(messages, sc_json_at(f->bed.sent, i - 1));
    }
    assert_in_range(rewritten, 1, 2);
    assert_non_null(strstr(last_told(f, LONG_TURNS), "\"r130\""));
}

static void fill_and_pay(struct fixture *f)
{
    f->count = 0;
    for (size_t i = 0; i < 24; i++)
        calls(f, "f__rows", "{\\\"n\\\":130}");
    calls(f, "f__write", "{\\\"what\\\":\\\"x\\\"}");
    says(f, "paid");
}

static void a_loop_taken_up_again_tells_the_same(void **state)
{
    struct fixture *f = *state;
    const struct sc_json *again;
    struct sc_json *without;
    char id[32];

    fill_and_pay(f);
    run(f, true);
    without = sc_json_copy(sc_json_at(f->bed.sent, 25));
    f->bed.model_count = 0;
    for (size_t i = 0; i < f->count; i++)
        free(f->texts[i]);
    fill_and_pay(f);
    run(f, false);
    assert_string_equal(exec_bed_state(&f->bed), "waiting");
    snprintf(id, sizeof(id), "%s", f->bed.task_id);
    f->bed.answer = "{\"approve\":true}";
    exec_bed_resume(&f->bed, id);

    assert_string_equal(exec_bed_state(&f->bed), "done");
    assert_int_equal(f->bed.model_count, 26);
    again = sc_json_at(f->bed.sent, sc_json_count(f->bed.sent) - 1);
    assert_int_equal(sc_json_count(without), sc_json_count(again));
    for (size_t i = 2; i < sc_json_count(without); i++) /* the task has its time */
        assert_true(sc_json_equal(sc_json_at(without, i), sc_json_at(again, i)));
    assert_non_null(strstr(
            sc_json_get_string(sc_json_at(without, 3), "content", ""), "\"cleared\""));
    sc_json_free(without);
}

/* --- tools that are not shown --- */

static void a_tool_is_found_and_called(void **state)
{
    struct fixture *f = *state;

    calls(f, "tool__find", "{\\\"words\\\":\\\"f rows\\\"}");
    calls(f, "tool__call", "{\\\"name\\\":\\\"f.rows\\\",\\\"args\\\":{\\\"n\\\":1}}");
    says(f, "one");
    run(f, true);

    assert_string_equal(exec_bed_state(&f->bed), "done");
    assert_non_null(strstr(last_told(f, 1), "{\"tools\":\"f.rows [read]"));
    assert_string_equal(last_told(f, 2), "{\"rows\":[{\"id\":\"r1\",\"amount\":1}]}");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_long_result_is_looked_at_by_its_handle),
        T(a_long_result_goes_from_call_to_call_and_not_through_the_model),
        T(a_result_that_is_not_there_is_told),
        T(a_long_loop_stays_within_bounds_and_keeps_its_beginning),
        T(a_loop_taken_up_again_tells_the_same),
        T(a_tool_is_found_and_called),
    };

    return cmocka_run_group_tests_name("exec/loop", tests, NULL, NULL);
}
