#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/model_settings.h"
#include "app/secrets.h"
#include "base/buf.h"
#include "fakes/temp_folder.h"

struct fixture {
    char folder[SC_TEMP_FOLDER];
    struct sc_json *config;
    struct sc_model_settings model;
    struct sc_error err;
};

/* No key of the person who runs the tests is seen by them. */
static void forget_keys(void)
{
    const struct sc_profile *profile;

    for (size_t i = 0; (profile = sc_profile_at(i)); i++)
        for (size_t k = 0; k < SC_PURSES && profile->purses[k].variable; k++)
            unsetenv(profile->purses[k].variable);
    unsetenv("OPENAI_BASE_URL");
    unsetenv("OPENAI_MODEL");
    unsetenv("DEEPSEEK_BASE_URL");
    unsetenv("DEEPSEEK_MODEL");
    unsetenv("OPENROUTER_MODEL");
    unsetenv("MY_KEY");
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    forget_keys();
    sc_temp_folder_make(f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_model_settings_release(&f->model);
    sc_json_free(f->config);
    sc_temp_folder_remove(f->folder);
    free(f);
    return 0;
}

static enum sc_code read_model(struct fixture *f, const char *config, const char *words)
{
    sc_model_settings_release(&f->model);
    sc_json_free(f->config);
    f->config = sc_json_parse(config, strlen(config), NULL, NULL);
    assert_non_null(f->config);
    return sc_model_settings_read(&f->model, f->config, words, f->folder, &f->err);
}

static void assert_chosen(struct fixture *f, const char *config, const char *words,
        const char *provider, const char *name)
{
    if (read_model(f, config, words))
        fail_msg("%s", f->err.msg);
    assert_non_null(f->model.profile);
    assert_string_equal(f->model.profile->id, provider);
    assert_string_equal(f->model.name, name);
}

static void assert_refused(
        struct fixture *f, const char *config, const char *words, const char *says)
{
    assert_int_not_equal(read_model(f, config, words), SC_OK);
    if (!strstr(f->err.msg, says))
        fail_msg("'%s' is not in: %s", says, f->err.msg);
}

static void assert_key(struct fixture *f, size_t at, const char *key, const char *purse)
{
    struct sc_buf value = { 0 };

    assert_true(at < f->model.key_count);
    assert_true(sc_key_source_get(&f->model.keys[at], &value));
    assert_string_equal(sc_buf_text(&value), key);
    assert_string_equal(f->model.keys[at].purse, purse);
    sc_buf_release(&value);
}

static void without_a_key_or_an_address_there_is_no_model(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_null(f->model.profile);
}

/* An unknown price stands for the dearest, and would pass every budget. */
static void a_key_is_enough_for_every_provider_with_a_model_of_known_price(void **state)
{
    struct fixture *f = *state;
    const struct sc_profile *profile;
    size_t usable = 0;

    for (size_t i = 0; (profile = sc_profile_at(i)); i++) {
        const char *variable = profile->purses[0].variable;

        assert_non_null(variable);
        if (!profile->url || !profile->model)
            continue;
        setenv(variable, "sk-test", 1);
        assert_int_equal(read_model(f, "{}", NULL), SC_OK);
        assert_string_equal(f->model.profile->purses[0].variable, variable);
        assert_key(f, 0, "sk-test", f->model.profile->purses[0].word);
        unsetenv(variable);
        usable++;
    }
    assert_true(usable >= 10);
}

static void of_several_keys_the_first_in_the_table_counts(void **state)
{
    struct fixture *f = *state;

    setenv("DEEPSEEK_API_KEY", "b", 1);
    setenv("OPENAI_API_KEY", "a", 1);
    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_string_equal(f->model.profile->id, "openai");
}

static void a_name_with_its_provider_is_enough_in_the_file(void **state)
{
    struct fixture *f = *state;

    setenv("OPENAI_API_KEY", "a", 1);
    assert_chosen(f, "{\"model\":\"deepseek/deepseek-v4-flash\"}", NULL, "deepseek",
            "deepseek-v4-flash");
    assert_chosen(f, "{\"model\":\"deepseek\"}", NULL, "deepseek", "deepseek-v4-pro");
    assert_chosen(f, "{\"model\":\"openrouter/anthropic/claude-x\"}", NULL, "openrouter",
            "anthropic/claude-x");
    assert_chosen(f, "{\"model\":{\"provider\":\"zhipu\",\"name\":\"glm-x\"}}", NULL,
            "zhipu", "glm-x");
    assert_chosen(f, "{\"model\":\"gpt-x\"}", NULL, "openai", "gpt-x");
}

static void the_command_line_wins_and_takes_no_address_of_another(void **state)
{
    static const char file[] =
            "{\"model\":{\"provider\":\"deepseek\",\"name\":\"a\",\"url\":\"http://h/"
            "v1\",\"key_env\":\"MY_KEY\",\"price\":{\"input\":1,\"output\":1}}}";
    struct fixture *f = *state;

    assert_chosen(f, file, "moonshot/kimi-x", "moonshot", "kimi-x");
    assert_null(f->model.url);
    assert_false(f->model.priced);
    assert_string_equal(f->model.keys[0].variable, "MOONSHOT_API_KEY");
    assert_chosen(f, file, "deepseek/b", "deepseek", "b");
    assert_string_equal(f->model.url, "http://h/v1");
    assert_string_equal(f->model.keys[0].variable, "MY_KEY");
    assert_false(f->model.priced); /* that was the other model's */
    assert_chosen(f, file, "a", "deepseek", "a");
    assert_true(f->model.priced);
}

static void a_variable_speaks_for_its_own_provider(void **state)
{
    struct fixture *f = *state;

    setenv("OPENAI_MODEL", "not-this", 1);
    setenv("DEEPSEEK_API_KEY", "k", 1);
    setenv("DEEPSEEK_MODEL", "mine", 1);
    setenv("DEEPSEEK_BASE_URL", "http://127.0.0.1:9/v1", 1);
    assert_chosen(f, "{}", NULL, "deepseek", "mine");
    assert_string_equal(f->model.url, "http://127.0.0.1:9/v1");
    assert_chosen(f, "{\"model\":\"deepseek/in-the-file\"}", NULL, "deepseek", "mine");
    assert_chosen(f, "{}", "deepseek/said", "deepseek", "said");
}

static void the_host_of_an_open_ai_address_tells_whose_dialect_it_is(void **state)
{
    struct fixture *f = *state;

    setenv("OPENAI_BASE_URL", "https://api.deepseek.com", 1);
    setenv("OPENAI_MODEL", "m", 1);
    setenv("OPENAI_API_KEY", "theirs", 1);
    setenv("MOONSHOT_API_KEY", "other", 1);
    assert_chosen(f, "{}", NULL, "deepseek", "m");
    assert_key(f, 0, "theirs", "");
    assert_chosen(f, "{}", "openai/gpt-x", "openai", "gpt-x");
}

static void the_environment_wins_over_the_file(void **state)
{
    struct fixture *f = *state;

    setenv("OPENAI_MODEL", "mine", 1);
    assert_int_equal(read_model(f,
                             "{\"model\":{\"url\":\"http://h\",\"name\":\"other\","
                             "\"stream\":false,\"price\":{\"input\":0.5,\"output\":2}}}",
                             NULL),
            SC_OK);
    assert_string_equal(f->model.url, "http://h");
    assert_string_equal(f->model.name, "mine");
    assert_false(f->model.stream);
    assert_true(f->model.priced);
    assert_int_equal(f->model.price.tiers[0].input, 500000);
    assert_int_equal(f->model.price.tiers[0].output, 2000000);
}

/* A key of OpenAI's does not go to whoever's address is in the file. */
static void an_address_in_the_file_gets_the_key_of_its_own_provider(void **state)
{
    struct fixture *f = *state;

    setenv("OPENAI_API_KEY", "openais", 1);
    assert_chosen(f, "{\"model\":{\"url\":\"https://api.deepseek.com\",\"name\":\"m\"}}",
            NULL, "deepseek", "m");
    assert_string_equal(f->model.keys[0].variable, "DEEPSEEK_API_KEY");
}

static void both_purses_are_used_the_plan_first(void **state)
{
    struct fixture *f = *state;

    setenv("ARK_API_KEY", "paid", 1);
    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_int_equal(f->model.key_count, 1);
    assert_key(f, 0, "paid", "pay-per-use");
    setenv("ARK_PLAN_API_KEY", "plan", 1);
    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_int_equal(f->model.key_count, 2);
    assert_key(f, 0, "plan", "subscription");
    assert_key(f, 1, "paid", "pay-per-use");
}

static void a_secret_with_the_name_of_a_provider_is_its_key(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_secret_set(f->folder, "moonshot", "sk-kept", &f->err), SC_OK);
    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_string_equal(f->model.profile->id, "moonshot");
    assert_key(f, 0, "sk-kept", "");
    setenv("DEEPSEEK_API_KEY", "k", 1);
    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_string_equal(f->model.profile->id, "deepseek");
}

static void a_key_that_can_be_none_is_refused_without_showing_it(void **state)
{
    static const char *const keys[] = { "abc\ndef", "abc def", "abc\r", "abc\x01",
        "abc\x7f", "abc\xe4\xb8\xad" };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        setenv("MY_KEY", keys[i], 1);
        assert_refused(
                f, "{\"model\":{\"key_env\":\"MY_KEY\"}}", NULL, "the key in MY_KEY");
        assert_null(strstr(f->err.msg, "abc"));
    }
    setenv("MINIMAX_API_KEY", "x\n", 1);
    assert_refused(f, "{}", NULL, "the key in MINIMAX_API_KEY");
}

static void what_there_is_not_is_named(void **state)
{
    struct fixture *f = *state;

    assert_refused(
            f, "{\"model\":{\"secret\":\"gone\"}}", NULL, "there is no secret 'gone'");
    assert_refused(f, "{}", "depseek/m",
            "there is no provider 'depseek'; did you mean 'deepseek'?");
    assert_refused(f, "{\"model\":{\"provider\":\"opena\"}}", NULL,
            "there is no provider 'opena'; did you mean 'openai'?");
    assert_refused(f, "{}", "gpt-x", "there is no provider 'gpt-x'");
    assert_refused(f, "{}", "openrouter", "say which model of openrouter");
    assert_refused(f, "{\"model\":{\"url\":\"ftp://h\",\"name\":\"m\"}}", NULL,
            "must begin with https://");
    setenv("DEEPSEEK_API_KEY", "k", 1);
    assert_refused(f, "{}", "depseek/m", "there is no provider 'depseek'");
}

/* A key of a vendor whose models have no default must not stop what needs no model. */
static void a_provider_without_a_default_model_is_not_chosen_by_its_key(void **state)
{
    struct fixture *f = *state;

    setenv("OPENROUTER_API_KEY", "k", 1);
    assert_int_equal(read_model(f, "{}", NULL), SC_OK);
    assert_null(f->model.profile);
    setenv("OPENROUTER_MODEL", "qwen/q", 1);
    assert_chosen(f, "{}", NULL, "openrouter", "qwen/q");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(without_a_key_or_an_address_there_is_no_model),
        T(a_key_is_enough_for_every_provider_with_a_model_of_known_price),
        T(of_several_keys_the_first_in_the_table_counts),
        T(a_name_with_its_provider_is_enough_in_the_file),
        T(the_command_line_wins_and_takes_no_address_of_another),
        T(a_variable_speaks_for_its_own_provider),
        T(the_host_of_an_open_ai_address_tells_whose_dialect_it_is),
        T(the_environment_wins_over_the_file),
        T(an_address_in_the_file_gets_the_key_of_its_own_provider),
        T(both_purses_are_used_the_plan_first),
        T(a_secret_with_the_name_of_a_provider_is_its_key),
        T(a_key_that_can_be_none_is_refused_without_showing_it),
        T(what_there_is_not_is_named),
        T(a_provider_without_a_default_model_is_not_chosen_by_its_key),
    };
    return cmocka_run_group_tests_name("app/model_settings", tests, NULL, NULL);
}
