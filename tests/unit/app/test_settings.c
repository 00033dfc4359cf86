#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/settings.h"
#include "model/price.h"

struct fixture {
    struct sc_json *config, *problems;
    struct sc_model_settings model;
    struct sc_error err;
};

static const char *const variables[] = { "OPENAI_BASE_URL", "OPENAI_MODEL",
    "OPENAI_API_KEY", "MY_KEY", "LC_ALL", "LC_MESSAGES", "LANG", "TZ" };

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

    sc_model_settings_release(&f->model);
    sc_json_free(f->config);
    sc_json_free(f->problems);
    free(f);
    return 0;
}

static enum sc_code read_model(struct fixture *f, const char *config)
{
    sc_model_settings_release(&f->model);
    sc_json_free(f->config);
    f->config = sc_json_parse(config, strlen(config), NULL, NULL);
    assert_non_null(f->config);
    return sc_model_settings_read(&f->model, f->config, "/nonexistent", &f->err);
}

static void without_a_key_or_an_address_there_is_no_model(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_model(f, "{}"), SC_OK);
    assert_null(f->model.url);
}

/* An unknown price stands for the dearest, and would pass every budget. */
static void a_key_alone_gives_a_model_whose_price_is_known(void **state)
{
    struct fixture *f = *state;
    struct sc_price price;

    setenv("OPENAI_API_KEY", "sk-test", 1);
    assert_int_equal(read_model(f, "{}"), SC_OK);
    assert_string_equal(f->model.url, "https://api.openai.com/v1");
    sc_price_find(NULL, f->model.name, &price);
    assert_true(price.known);
}

static void the_environment_wins_over_the_file(void **state)
{
    struct fixture *f = *state;

    setenv("OPENAI_MODEL", "mine", 1);
    assert_int_equal(
            read_model(f, "{\"model\":{\"url\":\"http://h\",\"name\":\"other\","
                          "\"stream\":false,\"price\":{\"input\":0.5,\"output\":2}}}"),
            SC_OK);
    assert_string_equal(f->model.url, "http://h");
    assert_string_equal(f->model.name, "mine");
    assert_false(f->model.stream);
    assert_true(f->model.priced);
    assert_int_equal(f->model.price.tiers[0].input, 500000);
    assert_int_equal(f->model.price.tiers[0].output, 2000000);
}

static void a_key_that_can_be_none_is_refused_without_showing_it(void **state)
{
    struct fixture *f = *state;

    setenv("MY_KEY", "abc\ndef", 1);
    assert_int_equal(read_model(f, "{\"model\":{\"key_env\":\"MY_KEY\"}}"), SC_INVALID);
    assert_non_null(strstr(f->err.msg, "the key in MY_KEY"));
    assert_null(strstr(f->err.msg, "abc"));
}

static void a_secret_that_is_not_there_is_named(void **state)
{
    struct fixture *f = *state;

    assert_int_not_equal(read_model(f, "{\"model\":{\"secret\":\"gone\"}}"), SC_OK);
    assert_non_null(strstr(f->err.msg, "there is no secret 'gone'"));
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
    static const char config[] = "{\"zone\":\"Asia/Shanghai\",\"currency\":\"EUR\"}";
    struct fixture *f = *state;
    struct sc_json *env;

    f->config = sc_json_parse(config, strlen(config), NULL, NULL);
    env = sc_settings_env(f->config, "zh", INT64_C(1795390200000), &f->err);
    assert_non_null(env);
    assert_string_equal(sc_json_get_string(env, "now", ""), "2026-11-23T07:30:00+08:00");
    assert_string_equal(sc_json_get_string(env, "today", ""), "2026-11-23");
    assert_string_equal(sc_json_get_string(env, "currency", ""), "EUR");
    assert_string_equal(sc_json_get_string(env, "language", ""), "zh");
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
        T(without_a_key_or_an_address_there_is_no_model),
        T(a_key_alone_gives_a_model_whose_price_is_known),
        T(the_environment_wins_over_the_file),
        T(a_key_that_can_be_none_is_refused_without_showing_it),
        T(a_secret_that_is_not_there_is_named),
        T(fields_that_there_are_not_are_named_with_the_nearest),
        T(the_language_is_that_of_the_words_else_of_the_locale),
        T(env_is_what_the_file_says_at_this_moment),
    };
    return cmocka_run_group_tests_name("app/settings", tests, NULL, NULL);
}
