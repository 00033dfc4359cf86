#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/print.h"

#define GONE "\xef\xbf\xbd" /* U+FFFD */

struct fixture {
    FILE *out;
    char *text;
    size_t len;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->out = open_memstream(&f->text, &f->len);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    fclose(f->out);
    free(f->text);
    free(f);
    return 0;
}

static void assert_printed(struct fixture *f, const char *text)
{
    fflush(f->out);
    assert_string_equal(f->text, text);
}

static void plain_text_stays(void **state)
{
    sc_print_text(((struct fixture *)*state)->out, "a\tb\nc 价格 ¥ 🙂");
    assert_printed(*state, "a\tb\nc 价格 ¥ 🙂");
}

static void what_moves_the_cursor_is_shown_instead(void **state)
{
    sc_print_text(((struct fixture *)*state)->out, "\x1b[2J\x07\x08\x7f\xc2\x9b"
                                                   "0m");
    assert_printed(*state, GONE "[2J" GONE GONE GONE GONE "0m");
}

static void a_carriage_return_cannot_overwrite(void **state)
{
    sc_print_text(((struct fixture *)*state)->out, "one\r\ntwo\rx");
    assert_printed(*state, "one\ntwox");
}

static void what_turns_the_direction_is_shown_instead(void **state)
{
    sc_print_text(((struct fixture *)*state)->out, "a\xe2\x80\xae"
                                                   "b\xe2\x81\xa6"
                                                   "c");
    assert_printed(*state, "a" GONE "b" GONE "c");
}

static void bytes_that_are_no_text_are_shown_instead(void **state)
{
    sc_print_text(((struct fixture *)*state)->out, "a\xff\xc3");
    assert_printed(*state, "a" GONE GONE);
}

static void a_short_text_is_one_line_and_cut_between_characters(void **state)
{
    struct fixture *f = *state;

    sc_print_short(f->out, "a\nb", 10);
    sc_print_short(f->out, "价格价格", 4);
    assert_printed(f, "a b价…");
}

static void a_line_is_one_line(void **state)
{
    sc_print_line(((struct fixture *)*state)->out, "x: ", "a\nb\x1b");
    assert_printed(*state, "x: a b" GONE "\n");
}

static void values_are_shown_for_readers(void **state)
{
    static const char money[] = "{\"amount\":\"1.50\",\"currency\":\"EUR\"}";
    static const char other[] = "{\"a\":[1,\"\\u001b\"]}";
    struct fixture *f = *state;
    struct sc_json *amount = sc_json_parse(money, strlen(money), NULL, NULL);
    struct sc_json *object = sc_json_parse(other, strlen(other), NULL, NULL);

    sc_print_value(f->out, amount, 100);
    fputc('|', f->out);
    sc_print_value(f->out, object, 100);
    assert_printed(f, "1.50 EUR|{\"a\":[1,\"\\u001b\"]}");
    sc_json_free(amount);
    sc_json_free(object);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(plain_text_stays),
        T(what_moves_the_cursor_is_shown_instead),
        T(a_carriage_return_cannot_overwrite),
        T(what_turns_the_direction_is_shown_instead),
        T(bytes_that_are_no_text_are_shown_instead),
        T(a_short_text_is_one_line_and_cut_between_characters),
        T(a_line_is_one_line),
        T(values_are_shown_for_readers),
    };
    return cmocka_run_group_tests_name("app/print", tests, NULL, NULL);
}
