/* supercargo model: what there is, whether it works, what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/peer_process.h"
#include "integration/drive.h"

static const struct sc_json *model_named(struct driver *d, const char *name)
{
    SC_JSON_EACH(model, sc_json_get(d->json, "models"))
    if (strcmp(sc_json_get_string(model, "model", ""), name) == 0)
        return model;
    fail_msg("no '%s' in %s", name, d->out);
    return NULL;
}

static void prices_are_listed_with_the_day_of_the_table(void **state)
{
    struct driver *d = *state;

    drive(d, "model", "prices", "deepseek-v4-pro", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "1.32 / 0.044 / 3.96; off-peak: 0.66 / 0.022 / 1.98\n");
    assert_says(d->out, "2026-");
    assert_says_not(d->out, "qwen");
    drive(d, "model", "prices", "qwen3*MAX", "--language", "zh", NULL);
    assert_says(d->out, "qwen3-max");
    assert_says(d->out, "价格表日期");
    drive(d, "model", "prices", "nothing-has-this-name", "--language", "ja", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "その名前のモデルはありません。");
    drive(d, "model", "prices", "--json", NULL);
    assert_true(sc_json_count(sc_json_get(d->json, "models")) > 300);
    assert_int_equal(strlen(driver_text(d, "date")), 10);
}

static void a_price_file_of_ones_own_goes_first(void **state)
{
    struct driver *d = *state;
    const struct sc_json *model;

    driver_write(
            d, "config/supercargo.lua", "return config { prices = \"prices.json\" }\n");
    driver_write(d, "config/prices.json",
            "{\"models\":{\"deepseek-v4-pro\":{\"input\":0.5,\"output\":2.25}}}");
    drive(d, "model", "prices", "deepseek-v4-pro", "--json", NULL);
    model = model_named(d, "deepseek-v4-pro");
    assert_string_equal(sc_json_get_string(model, "source", ""), "file");
    assert_string_equal(sc_json_number(sc_json_get(model, "output")), "2.25");
    model = model_named(d, "deepseek/deepseek-v4-pro");
    assert_string_equal(sc_json_get_string(model, "source", ""), "table");
    drive(d, "model", "prices", "deepseek-v4-pro", NULL);
    assert_says(d->out, "deepseek-v4-pro* ");
}

static void a_price_file_with_an_unknown_field_is_refused_in_one_sentence(void **state)
{
    struct driver *d = *state;

    driver_write(
            d, "config/supercargo.lua", "return config { prices = \"prices.json\" }\n");
    driver_write(d, "config/prices.json",
            "{\"models\":{\"mine\":{\"input\":0.5,\"ouput\":2.25}}}");
    drive(d, "model", "prices", NULL);
    assert_one_sentence(d, 1,
            "prices.json: 'mine' has no field 'ouput'; did you mean "
            "'output'?");
    drive(d, "run", "add one and one", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->err, "'mine' has no field 'ouput'");
    driver_write(
            d, "config/supercargo.lua", "return config { prices = \"none.json\" }\n");
    drive(d, "model", "prices", NULL);
    assert_one_sentence(d, 1, "none.json");
}

/* --- list --- */

static const struct sc_json *provider_named(struct driver *d, const char *name)
{
    SC_JSON_EACH(row, sc_json_get(d->json, "providers"))
    if (strcmp(sc_json_get_string(row, "provider", ""), name) == 0)
        return row;
    fail_msg("no '%s' in %s", name, d->out);
    return NULL;
}

static void providers_are_listed_and_which_have_a_key(void **state)
{
    static const char *const names[] = { "openai", "anthropic", "gemini", "dashscope",
        "ark", "deepseek", "moonshot", "zhipu", "minimax", "spark", "skywork",
        "openrouter", "ollama", "llama.cpp", "vllm" };
    struct driver *d = *state;
    const struct sc_json *key;

    drive(d, "model", "list", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "set: DEEPSEEK_API_KEY");
    assert_says(d->out, "needs no key");
    assert_says(d->out, "No model is used yet");
    d->env[0] = "DEEPSEEK_API_KEY=sk-test-never-print-this";
    d->env[1] = "ZAI_PLAN_API_KEY=sk-test-never-print-this";
    drive(d, "model", "list", "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_says_not(d->out, "sk-test-never");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        assert_non_null(provider_named(d, names[i]));
    assert_string_equal(driver_text(d, "used.provider"), "deepseek");
    key = sc_json_first(sc_json_get(provider_named(d, "deepseek"), "keys"));
    assert_true(sc_json_get_bool(key, "set", false));
    assert_true(sc_json_get(provider_named(d, "deepseek"), "price") != NULL);
    drive(d, "model", "list", "--language", "zh", NULL);
    assert_says(d->out, "* deepseek");
    assert_says(d->out, "ZAI_PLAN_API_KEY (subscription)");
    assert_says(d->out, "任务使用: deepseek/deepseek-v4-pro");
    assert_says_not(d->out, "sk-test-never");
}

static void a_secret_counts_as_a_key(void **state)
{
    struct driver *d = *state;

    d->input = "sk-kept\n";
    drive(d, "secret", "set", "moonshot", NULL);
    assert_int_equal(d->code, 0);
    d->input = NULL;
    drive(d, "model", "list", NULL);
    assert_says(d->out, "* moonshot");
    assert_says(d->out, "secret moonshot");
}

static void a_key_with_a_line_break_is_refused_by_the_name_of_its_variable(void **state)
{
    struct driver *d = *state;

    d->env[0] = "DEEPSEEK_API_KEY=sk-test-never\nprint-this";
    drive(d, "model", "list", NULL);
    assert_one_sentence(d, 1, "the key in DEEPSEEK_API_KEY holds a space, a line break");
    assert_says_not(d->err, "sk-test");
    drive(d, "run", "sing a song of sixpence", "--json", NULL);
    assert_error(d, "invalid", "DEEPSEEK_API_KEY");
    assert_says_not(d->out, "sk-test");
}

/* --- test --- */

struct scripted {
    struct peer_process peer;
    char *path, *url;
};

static void script(struct driver *d, struct scripted *s, const char *replies)
{
    char *text = sc_strdupf("{\"replies\":[%s]}", replies);
    const char *args[] = { SC_MODEL_PEER, NULL, NULL };

    driver_write(d, "script.json", text);
    s->path = sc_strdupf("%s/script.json", d->folder);
    args[1] = s->path;
    assert_true(peer_process_start(&s->peer, args));
    s->url = sc_strdupf("DEEPSEEK_BASE_URL=http://127.0.0.1:%d/v1", s->peer.port);
    d->env[0] = "DEEPSEEK_API_KEY=sk-test-never-print-this";
    d->env[1] = s->url;
    free(text);
}

static void end_script(struct driver *d, struct scripted *s)
{
    d->env[1] = NULL;
    assert_int_equal(peer_process_stop(&s->peer), 0);
    free(s->path);
    free(s->url);
}

#define CALLS                                                                          \
    "{\"tool_calls\":[{\"name\":\"report_word\",\"arguments\":{\"word\":\"ready\"}}]," \
    "\"times\":0}"

static void one_request_shows_what_a_model_can(void **state)
{
    struct driver *d = *state;
    struct scripted s;

    script(d, &s, CALLS);
    drive(d, "model", "test", "--json", NULL);
    end_script(d, &s);
    assert_int_equal(d->code, 0);
    assert_string_equal(driver_text(d, "model"), "deepseek/deepseek-v4-pro");
    assert_true(sc_json_get_bool(d->json, "tools", false));
    assert_true(sc_json_get_bool(d->json, "streamed", false));
    assert_true(sc_json_get_int(d->json, "latency_ms", -1) >= 0);
    assert_string_equal(driver_text(d, "usage.requests"), "1");
    assert_true(sc_json_get_int(sc_json_get(d->json, "usage"), "cost_micro", 0) > 0);
    assert_says_not(d->out, "sk-test-never");
}

static void a_model_that_only_talks_calls_no_tools(void **state)
{
    struct driver *d = *state;
    struct scripted s;

    driver_write(d, "config/supercargo.lua",
            "return config { model = { provider = \"deepseek\", stream = false } }\n");
    script(d, &s, "{\"text\":\"I would rather sing.\",\"times\":0}");
    drive(d, "model", "test", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "calls tools: no");
    assert_says(d->out, "streams: no");
    assert_says(d->out, "said: I would rather sing.");
    drive(d, "model", "test", "deepseek/deepseek-v4-flash", "--language", "ja", NULL);
    end_script(d, &s);
    assert_says(d->out, "deepseek/deepseek-v4-flash\n");
    assert_says(d->out, "ツール呼び出し: いいえ");
}

static void a_model_that_refuses_tools_calls_in_words(void **state)
{
    struct driver *d = *state;
    struct scripted s;

    script(d, &s,
            "{\"status\":400,\"when\":\"\\\"tools\\\":\",\"times\":0,\"body\":{\"error\":"
            "{\"message\":\"this model does not support tools\"}}},"
            "{\"text\":\"<tool_call>{\\\"name\\\":\\\"report_word\\\",\\\"arguments\\\":"
            "{\\\"word\\\":\\\"ready\\\"}}</tool_call>\",\"times\":0}");
    drive(d, "model", "test", "--json", NULL);
    assert_true(sc_json_get_bool(d->json, "tools", false));
    assert_true(sc_json_get_bool(d->json, "tools_in_words", false));
    drive(d, "model", "test", NULL);
    end_script(d, &s);
    assert_says(d->out, "calls tools: yes");
    assert_says(d->out, "tools are described in words: yes");
}

static void what_keeps_a_model_from_answering_is_one_sentence(void **state)
{
    struct driver *d = *state;
    struct scripted s;

    drive(d, "model", "test", NULL);
    assert_one_sentence(d, 1, "no model is configured");
    drive(d, "model", "test", "depseek/x", NULL);
    assert_one_sentence(d, 1, "did you mean 'deepseek'?");
    drive(d, "model", "test", "deepseek", NULL);
    assert_one_sentence(
            d, 1, "there is no key for api.deepseek.com: set DEEPSEEK_API_KEY");
    script(d, &s,
            "{\"status\":401,\"times\":0,\"body\":{\"error\":{\"message\":\"no: "
            "sk-test-never-print-this\"}}}");
    drive(d, "model", "test", NULL);
    end_script(d, &s);
    assert_one_sentence(d, 1, "DEEPSEEK_API_KEY");
    assert_says_not(d->err, "sk-test-never");
    drive(d, "model", "tset", NULL);
    assert_one_sentence(d, 2, "write: supercargo model list");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, driver_setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(providers_are_listed_and_which_have_a_key),
        T(a_secret_counts_as_a_key),
        T(a_key_with_a_line_break_is_refused_by_the_name_of_its_variable),
        T(one_request_shows_what_a_model_can),
        T(a_model_that_only_talks_calls_no_tools),
        T(a_model_that_refuses_tools_calls_in_words),
        T(what_keeps_a_model_from_answering_is_one_sentence),
        T(prices_are_listed_with_the_day_of_the_table),
        T(a_price_file_of_ones_own_goes_first),
        T(a_price_file_with_an_unknown_field_is_refused_in_one_sentence),
    };
    return cmocka_run_group_tests_name("integration/model_command", tests, NULL, NULL);
}
