/* What a model that calls tools itself gets to see of their results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "plan/planner.h"

enum { CALLS = 3, ROWS = 500 };

struct fixture {
    struct sc_model_call calls[CALLS];
    struct sc_model_reply reply;
    struct sc_loop_result results[CALLS];
    struct sc_json *rows, *names, *messages, *seen;
};

/* {"rows":[{"id":"r1","note":…},…]} of 500 rows. */
static struct sc_json *many_rows(void)
{
    struct sc_json *value = sc_json_new_object();
    struct sc_json *list = sc_json_add(value, "rows", sc_json_new_array());

    for (int i = 1; i <= ROWS; i++) {
        struct sc_json *row = sc_json_append(list, sc_json_new_object());
        char id[16];

        snprintf(id, sizeof(id), "r%d", i);
        sc_json_set_string(row, "id", id);
        sc_json_set_string(row, "note", "付款后两天内发货");
    }
    return value;
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->rows = many_rows();
    f->names = sc_json_new_object();
    sc_json_add(f->names, "t1_1", sc_json_copy(f->rows));
    for (size_t i = 0; i < CALLS; i++)
        f->calls[i] = (struct sc_model_call){ .id = i ? "c2" : "c1", .name = "x" };
    f->reply = (struct sc_model_reply){ .calls = f->calls, .call_count = 1 };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_json_free(f->rows);
    sc_json_free(f->names);
    sc_json_free(f->messages);
    sc_json_free(f->seen);
    free(f);
    return 0;
}

static const char *content(const struct fixture *f, size_t i)
{
    return sc_json_get_string(sc_json_at(f->messages, i), "content", "");
}

static const struct sc_json *look(struct fixture *f, const char *args)
{
    struct sc_json *json = sc_json_parse(args, strlen(args), NULL, NULL);

    assert_non_null(json);
    sc_json_free(f->seen);
    f->seen = sc_loop_look(f->names, json);
    sc_json_free(json);
    return f->seen;
}

/* --- answers --- */

static void short_results_are_told_as_they_are(void **state)
{
    struct fixture *f = *state;
    struct sc_json *value = sc_json_new_int(7);

    f->reply.call_count = 2;
    f->results[0] = (struct sc_loop_result){ .handle = "t1_1", .value = value };
    f->messages = sc_loop_answers(&f->reply, f->results);

    assert_int_equal(sc_json_count(f->messages), 2);
    assert_string_equal(content(f, 0), "7");
    assert_non_null(strstr(content(f, 1), "this call was not made"));
    sc_json_free(value);
}

static void a_long_result_is_told_by_its_shape_and_handle(void **state)
{
    struct fixture *f = *state;

    f->results[0] = (struct sc_loop_result){ .handle = "t1_1", .value = f->rows };
    f->messages = sc_loop_answers(&f->reply, f->results);

    assert_true(strlen(content(f, 0)) < 4096);
    assert_int_equal(strncmp(content(f, 0), "{\"handle\":\"t1_1\",\"bytes\":", 25), 0);
    assert_non_null(strstr(content(f, 0), "\"count\":500"));
    assert_non_null(strstr(content(f, 0), "\"r3\""));
    assert_null(strstr(content(f, 0), "\"r4\""));
}

static void many_calls_share_the_room_of_a_turn(void **state)
{
    enum { MANY = 100 };
    struct fixture *f = *state;
    struct sc_model_call calls[MANY];
    struct sc_loop_result results[MANY];
    size_t bytes = 0;

    for (size_t i = 0; i < MANY; i++) {
        calls[i] = f->calls[0];
        results[i] = (struct sc_loop_result){ .handle = "t1_1", .value = f->rows };
    }
    f->reply = (struct sc_model_reply){ .calls = calls, .call_count = MANY };
    f->messages = sc_loop_answers(&f->reply, results);

    for (size_t i = 0; i < MANY; i++)
        bytes += strlen(content(f, i));
    assert_true(bytes < 2 * 1100 * MANY);
}

static void what_cannot_be_shown_by_shape_is_cut_between_characters(void **state)
{
    struct fixture *f = *state;

    f->results[0] = (struct sc_loop_result){ .value = f->rows };
    f->messages = sc_loop_answers(&f->reply, f->results);

    assert_true(strlen(content(f, 0)) < 2 * 4096 + 100);
    assert_non_null(strstr(content(f, 0), "… [cut: these are the first "));
}

static void cleared_results_leave_their_handles(void **state)
{
    struct fixture *f = *state;
    struct sc_json *value = sc_json_new_int(7), *answers;

    f->reply.call_count = 3;
    f->results[0] = (struct sc_loop_result){ .handle = "t1_1", .value = f->rows };
    f->results[1] = (struct sc_loop_result){ .handle = "t1_2", .value = value };
    f->results[2] = (struct sc_loop_result){ .value = f->rows };
    answers = sc_loop_answers(&f->reply, f->results);
    f->messages = sc_loop_cleared(answers, f->results);

    assert_string_equal(content(f, 0), "{\"handle\":\"t1_1\",\"cleared\":true}");
    assert_string_equal(content(f, 1), "7");
    assert_string_equal(
            content(f, 2), sc_json_get_string(sc_json_at(answers, 2), "content", ""));
    sc_json_free(answers);
    sc_json_free(value);
}

/* --- looking --- */

static void a_look_shows_items_from_a_place_on(void **state)
{
    struct fixture *f = *state;
    const struct sc_json *seen =
            look(f, "{\"what\":\"t1_1.rows\",\"from\":499,\"count\":5}");

    assert_int_equal(sc_json_get_int(seen, "of", 0), ROWS);
    assert_int_equal(sc_json_count(sc_json_get(seen, "items")), 2);
    assert_string_equal(
            sc_json_get_string(sc_json_at(sc_json_get(seen, "items"), 0), "id", ""),
            "r499");
    seen = look(f, "{\"what\":\"t1_1.rows\",\"count\":100}");
    assert_in_range(sc_json_count(sc_json_get(seen, "items")), 50, 100);
    seen = look(f, "{\"what\":\"t1_1.rows\"}");
    assert_int_equal(sc_json_count(sc_json_get(seen, "items")), 20);
}

static void a_look_goes_into_a_result(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(
            sc_json_get_string(look(f, "{\"what\":\"t1_1.rows[3].id\"}"), "text", ""),
            "r3");
    assert_string_equal(
            sc_json_get_string(
                    sc_json_get(look(f, "{\"what\":\"t1_1.rows[3]\"}"), "value"), "id",
                    ""),
            "r3");
    assert_string_equal(
            sc_json_get_string(
                    sc_json_get(look(f, "{\"what\":\"t1_1\"}"), "value"), "type", ""),
            "object");
}

static void a_long_text_is_looked_at_in_pieces(void **state)
{
    struct fixture *f = *state;
    char *long_text = sc_zalloc(30001);
    const struct sc_json *seen;

    for (size_t i = 0; i < 30000; i += 3)
        memcpy(long_text + i, "\xe5\x8d\x95", 3);
    sc_json_add(f->names, "t2_1", sc_json_new_string(long_text));

    seen = look(f, "{\"what\":\"t2_1\",\"from\":29999}");
    assert_int_equal(sc_json_get_int(seen, "of", 0), 30000);
    assert_string_equal(sc_json_get_string(seen, "text", ""), "\xe5\x8d\x95");
    seen = look(f, "{\"what\":\"t2_1\"}");
    assert_in_range(strlen(sc_json_get_string(seen, "text", "")), 8000, 8192);
    assert_string_equal(sc_json_get_string(look(f, "{\"what\":\"t2_1\",\"from\":99999}"),
                                "text", "x"),
            "");
    free(long_text);
}

static void a_look_at_what_is_not_there_says_so(void **state)
{
    static const char *const args[] = { "{}", "{\"what\":\"\"}", "{\"what\":\"t9_9\"}",
        "{\"what\":\"t1_1.rows[0]\"}", "{\"what\":\"t1_1.rows[501]\"}",
        "{\"what\":\"t1_1.rows[\"}", "{\"what\":\"t1_1..rows\"}",
        "{\"what\":\"t1_1.rows[1]x\"}", "{\"what\":7}" };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
        if (!sc_json_get(look(f, args[i]), "error"))
            fail_msg("%s", args[i]);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(short_results_are_told_as_they_are),
        T(a_long_result_is_told_by_its_shape_and_handle),
        T(many_calls_share_the_room_of_a_turn),
        T(what_cannot_be_shown_by_shape_is_cut_between_characters),
        T(cleared_results_leave_their_handles),
        T(a_look_shows_items_from_a_place_on),
        T(a_look_goes_into_a_result),
        T(a_long_text_is_looked_at_in_pieces),
        T(a_look_at_what_is_not_there_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
