#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/settings.h"

struct fixture {
    struct sc_json *config, *problems;
    struct sc_error err;
};

static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG", "TZ" };

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        unsetenv(variables[i]);
    f->problems = sc_json_new_array();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_json_free(f->config);
    sc_json_free(f->problems);
    free(f);
    return 0;
}

static void fields_that_there_are_not_are_named_with_the_nearest(void **state)
{
    static const char config[] = "{\"langage\":\"zh\",\"model\":{\"stream\":1,\"price\":{"
                                 "\"inptu\":1}},\"address\":{\"env\":\"X\"}}";
    static const char *const wanted[] = {
        "there is no field langage; did you mean 'language'?",
        "model.stream must be of type",
        "supercargo.lua: model.price has no field 'inptu'; did you mean 'input'?"
    };
    struct fixture *f = *state;
    size_t i = 0;

    f->config = sc_json_parse(config, strlen(config), NULL, NULL);
    sc_settings_check(f->config, f->problems);
    assert_int_equal(sc_json_count(f->problems), 3);
    SC_JSON_EACH(problem, f->problems)
    assert_non_null(strstr(sc_json_string(problem), wanted[i++]));
}

static void the_language_is_that_of_the_words_else_of_the_locale(void **state)
{
    (void)state;
    assert_string_equal(sc_settings_language(NULL, NULL), "en");
    setenv("LANG", "zh_CN.UTF-8", 1);
    assert_string_equal(sc_settings_language(NULL, NULL), "zh");
    assert_string_equal(sc_settings_language(NULL, "price it"), "en");
    assert_string_equal(sc_settings_language("ja", "price it"), "ja");
    setenv("LC_ALL", "ja_JP.UTF-8", 1);
    assert_string_equal(sc_settings_language(NULL, NULL), "ja");
}

static void env_is_what_the_file_says_at_this_moment(void **state)
{
    static const char config[] =
            "{\"zone\":\"Asia/Shanghai\",\"currency\":\"EUR\",\"address\":\"Pier 3\","
            "\"shops\":[{\"name\":\"de\"}],\"channels\":{\"mail\":\"a@example.com\"}}";
    static const char *const same[] = { "address", "shops", "channels" };
    struct fixture *f = *state;
    struct sc_json *env;

    f->config = sc_json_parse(config, strlen(config), NULL, NULL);
    env = sc_settings_env(f->config, "zh", INT64_C(1795390200000), &f->err);
    assert_non_null(env);
    assert_string_equal(sc_json_get_string(env, "now", ""), "2026-11-23T07:30:00+08:00");
    assert_string_equal(sc_json_get_string(env, "today", ""), "2026-11-23");
    assert_string_equal(sc_json_get_string(env, "currency", ""), "EUR");
    assert_string_equal(sc_json_get_string(env, "language", ""), "zh");
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        assert_non_null(sc_json_get(env, same[i]));
        assert_true(sc_json_equal(
                sc_json_get(env, same[i]), sc_json_get(f->config, same[i])));
    }
    sc_json_free(env);
    setenv("TZ", "Mars/Olympus", 1);
    sc_json_free(f->config);
    f->config = sc_json_new_object();
    assert_null(sc_settings_env(f->config, "en", 0, &f->err));
    assert_non_null(strstr(f->err.msg, "TZ"));
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(fields_that_there_are_not_are_named_with_the_nearest),
        T(the_language_is_that_of_the_words_else_of_the_locale),
        T(env_is_what_the_file_says_at_this_moment),
    };
    return cmocka_run_group_tests_name("app/settings", tests, NULL, NULL);
}
