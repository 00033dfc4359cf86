#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/options.h"
#include "base/mem.h"

enum { MOST = 16 };

static const struct sc_command commands[] = {
    { "run", "\"TASK\"", "do it", "file input yes budget out", NULL },
    { "task", "list", "look", "state", NULL },
    { 0 },
};

struct fixture {
    struct sc_options options;
    struct sc_error err;
    enum sc_code code;
};

static int setup(void **state)
{
    *state = sc_new(struct fixture);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_options_release(&f->options);
    free(f);
    return 0;
}

static void parse(struct fixture *f, ...)
{
    char *argv[MOST] = { (char *)(uintptr_t) "supercargo" };
    int argc = 1;
    va_list ap;

    va_start(ap, f);
    while (argc < MOST && (argv[argc] = va_arg(ap, char *)))
        argc++;
    va_end(ap);
    sc_options_release(&f->options);
    f->code = sc_options_parse(&f->options, argc, argv, commands, &f->err);
}

static void assert_refused(struct fixture *f, const char *says)
{
    assert_int_equal(f->code, SC_INVALID);
    if (!strstr(f->err.msg, says))
        fail_msg("'%s' is not in: %s", says, f->err.msg);
}

static void words_and_options_may_be_mixed(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "-f", "a.csv", "price", "--file=b.csv", "it", "--yes", "-i", "k=v",
            NULL);

    assert_int_equal(f->code, SC_OK);
    assert_string_equal(f->options.command, "run");
    assert_int_equal(f->options.words.count, 2);
    assert_string_equal(sc_options_word(&f->options, 1), "it");
    assert_string_equal(sc_options_word(&f->options, 2), "");
    assert_int_equal(f->options.files.count, 2);
    assert_string_equal(f->options.files.items[1], "b.csv");
    assert_string_equal(f->options.inputs.items[0], "k=v");
    assert_true(f->options.yes);
}

static void after_two_dashes_all_are_words(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "--", "--yes", "-x", "--json", NULL);

    assert_int_equal(f->code, SC_OK);
    assert_int_equal(f->options.words.count, 3);
    assert_false(f->options.yes);
    assert_false(f->options.json);
}

static void a_lone_dash_is_a_word(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "-", NULL);

    assert_int_equal(f->code, SC_OK);
    assert_string_equal(sc_options_word(&f->options, 0), "-");
}

static void an_empty_value_is_a_value(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "--out=", "", NULL);

    assert_int_equal(f->code, SC_OK);
    assert_string_equal(f->options.out, "");
    assert_int_equal(f->options.words.count, 1);
}

static void mistakes_name_the_nearest(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "--fiel", "a", NULL);
    assert_refused(f, "there is no option --fiel; did you mean --file?");
    parse(f, "rum", NULL);
    assert_refused(f, "there is no command 'rum'; did you mean 'run'?");
    parse(f, "do everything for me", NULL);
    assert_refused(f, "supercargo run \"…\"");
    parse(f, "run", "-q", NULL);
    assert_refused(f, "there is no option '-q'");
    parse(f, "run", "-fa.csv", NULL);
    assert_refused(f, "there is no option '-fa.csv'");
}

static void values_are_where_they_belong(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "x", "--budget", NULL);
    assert_refused(f, "--budget needs a value: N[CUR]");
    parse(f, "run", "x", "--yes=no", NULL);
    assert_refused(f, "--yes takes no value");
}

static void an_option_of_another_command_is_refused(void **state)
{
    struct fixture *f = *state;

    parse(f, "task", "list", "--yes", NULL);
    assert_refused(f, "'supercargo task' takes no --yes");
    parse(f, "task", "list", "--state", "done", "--json", "--data", "d", NULL);
    assert_int_equal(f->code, SC_OK);
}

static void json_is_known_even_when_the_rest_is_wrong(void **state)
{
    struct fixture *f = *state;

    parse(f, "run", "--nonsense", "--json", NULL);

    assert_int_equal(f->code, SC_INVALID);
    assert_true(f->options.json);
}

static void nothing_at_all_is_no_mistake_of_the_parser(void **state)
{
    struct fixture *f = *state;

    parse(f, NULL);
    assert_int_equal(f->code, SC_OK);
    assert_null(f->options.command);
    parse(f, "--version", NULL);
    assert_int_equal(f->code, SC_OK);
    assert_true(f->options.version);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(words_and_options_may_be_mixed),
        T(after_two_dashes_all_are_words),
        T(a_lone_dash_is_a_word),
        T(an_empty_value_is_a_value),
        T(mistakes_name_the_nearest),
        T(values_are_where_they_belong),
        T(an_option_of_another_command_is_refused),
        T(json_is_known_even_when_the_rest_is_wrong),
        T(nothing_at_all_is_no_mistake_of_the_parser),
    };
    return cmocka_run_group_tests_name("app/options", tests, NULL, NULL);
}
