/* supercargo memory and tasks with a model for vectors of texts: the peer's stand-in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "integration/model_bed.h"

static const char config[] = "return config { embed = \"openai\" }\n";

static int setup(void **state)
{
    model_bed_setup(state);
    driver_write(&((struct model_bed *)*state)->d, "config/supercargo.lua", config);
    return 0;
}

/* --- helpers --- */

static void add(struct model_bed *f, const char *statement)
{
    drive(&f->d, "memory", "add", statement, "--json", NULL);
    assert_int_equal(f->d.code, 0);
}

static const char *first(struct model_bed *f, const char *words)
{
    drive(&f->d, "memory", "search", words, "--json", NULL);
    assert_int_equal(f->d.code, 0);
    return sc_json_get_string(
            sc_json_first(sc_json_get(f->d.json, "items")), "statement", "");
}

/* --- by hand --- */

static void a_fact_is_found_by_other_words(void **state)
{
    struct model_bed *f = *state;
    char *log;

    model_bed_start(f, "");
    add(f, "Oakline wax melts in July.");
    add(f, "Opened cosmetics are not taken back.");

    assert_string_equal(
            first(f, "candles for a hot summer"), "Oakline wax melts in July.");
    assert_string_equal(driver_text(&f->d, "note"), "");
    assert_string_equal(
            first(f, "化妆品能退货吗"), "Opened cosmetics are not taken back.");

    log = driver_read(&f->d, "log.jsonl");
    assert_says(log, "\"path\":\"/v1/embeddings\"");
    assert_says(log, "Bearer " MODEL_BED_KEY);
    assert_says(log, "text-embedding-3-small");
    assert_says_not(log, "gpt-5.6");
    free(log);
}

static void what_vectors_cost_is_counted(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, "");
    add(f, "Oakline wax melts in July.");
    drive(&f->d, "cost", "--by", "model", "--json", NULL);

    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "stand-in");
}

static void without_the_model_words_are_enough_and_it_is_said(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, "");
    add(f, "Oakline wax melts in July.");
    model_bed_stop(f);

    drive(&f->d, "memory", "add", "Mugs from Larkspur break easily.", NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "Remembered");
    assert_says(f->d.err, "Not yet found by its meaning (supercargo memory embed)");
    drive(&f->d, "memory", "search", "Larkspur", NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "Mugs from Larkspur");
    assert_says(f->d.err, "Found by words alone");
    assert_string_equal(first(f, "Larkspur"), "Mugs from Larkspur break easily.");
    assert_true(*driver_text(&f->d, "note"));

    model_bed_start(f, "");
    drive(&f->d, "memory", "embed", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    assert_string_equal(driver_text(&f->d, "items"), "1");
    assert_string_equal(driver_text(&f->d, "model"), "openai/text-embedding-3-small");
    assert_string_equal(first(f, "smashed cups"), "Mugs from Larkspur break easily.");
    drive(&f->d, "memory", "embed", NULL);
    assert_string_equal(f->d.out, "Vectors made: 0 (openai/text-embedding-3-small)\n");
}

static void the_next_addition_fills_what_was_missed(void **state)
{
    struct model_bed *f = *state;

    add(f, "Mugs from Larkspur break easily."); /* nobody answers */
    assert_true(*driver_text(&f->d, "note"));
    model_bed_start(f, "");
    add(f, "Oakline wax melts in July.");
    drive(&f->d, "memory", "embed", "--json", NULL);

    assert_string_equal(driver_text(&f->d, "items"), "0");
    assert_string_equal(first(f, "smashed cups"), "Mugs from Larkspur break easily.");
}

static void a_budget_binds_vectors_too(void **state)
{
    struct model_bed *f = *state;

    driver_write(&f->d, "config/supercargo.lua",
            "return config { embed = \"openai\",\n"
            "  budget = { day = { amount = 0.0000001, currency = \"USD\" } } }\n");
    model_bed_start(f, "");
    add(f, "Oakline wax melts in July.");

    assert_says(driver_text(&f->d, "note"), "day budget");
    assert_int_equal(model_bed_requests(f), 0);
    drive(&f->d, "memory", "embed", "--json", NULL);
    assert_int_equal(f->d.code, 6); /* over budget */
    assert_says(f->d.out, "day budget");
}

static void nobody_is_asked_unless_the_file_says_so(void **state)
{
    struct model_bed *f = *state;

    driver_write(&f->d, "config/supercargo.lua", "return config { language = \"en\" }\n");
    model_bed_start(f, "");
    add(f, "Oakline wax melts in July.");
    assert_string_equal(first(f, "wax"), "Oakline wax melts in July.");

    assert_int_equal(model_bed_requests(f), 0);
    drive(&f->d, "memory", "embed", "--json", NULL);
    assert_error(&f->d, "invalid", "embed = \"openai\"");
}

static void a_provider_without_vectors_is_named(void **state)
{
    struct model_bed *f = *state;

    driver_write(
            &f->d, "config/supercargo.lua", "return config { embed = \"deepseek\" }\n");
    drive(&f->d, "memory", "search", "wax", "--json", NULL);
    assert_error(&f->d, "invalid", "say which model of deepseek");
    driver_write(
            &f->d, "config/supercargo.lua", "return config { embed = \"deepseek/x\" }\n");
    drive(&f->d, "memory", "search", "wax", "--json", NULL);
    assert_error(&f->d, "invalid", "deepseek makes no vectors of texts");
    driver_write(
            &f->d, "config/supercargo.lua", "return config { embed = \"ollama\" }\n");
    drive(&f->d, "memory", "search", "wax", "--json", NULL);
    assert_error(&f->d, "invalid", "embed = \"ollama/NAME\"");
    driver_write(&f->d, "config/supercargo.lua",
            "return config { embed = { exact = true } }\n");
    drive(&f->d, "memory", "search", "wax", "--json", NULL);
    assert_error(&f->d, "invalid", "say whose model makes vectors");
}

static void a_server_of_ones_own_is_asked_at_its_address(void **state)
{
    struct model_bed *f = *state;
    char *text;

    model_bed_start(f, "");
    text = sc_strdupf(
            "return config { embed = { url = \"%s\", name = \"my-vectors\" } }\n",
            f->url_env + sizeof("OPENAI_BASE_URL=") - 1);
    driver_write(&f->d, "config/supercargo.lua", text);
    free(text);
    f->d.env[0] = "OPENAI_BASE_URL=http://127.0.0.1:1/v1"; /* is for chat */
    add(f, "Oakline wax melts in July.");

    assert_string_equal(driver_text(&f->d, "note"), "");
    assert_int_equal(model_bed_requests(f), 1);
}

/* --- in a task --- */

#define SEARCH_PLAN                                                                     \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"look\",\"steps\":[{" \
    "\"id\":\"a\",\"tool\":\"memory.search\",\"args\":{\"words\":\"smashed cups\"}}],"  \
    "\"answer\":\"{{a.items[1].text}} {{default(a.note, 'fine')}}\"}}]}"

static const char agent[] = "return agent { name = \"keeper\", summary = \"Knows.\", "
                            "memory = true, tools = { \"memory.search\" } }\n";

static void a_task_is_told_and_finds_by_meaning(void **state)
{
    struct model_bed *f = *state;
    char *log;

    driver_write(&f->d, "config/agents/keeper/agent.lua", agent);
    model_bed_start(f, SEARCH_PLAN);
    add(f, "Mugs from Larkspur break easily.");
    drive(&f->d, "run", "which porcelain arrives damaged", "--agent", "keeper", "--json",
            NULL);
    model_bed_assert_state(f, 0, "done");

    assert_string_equal(
            driver_text(&f->d, "answer"), "Mugs from Larkspur break easily. fine");
    log = driver_read(&f->d, "log.jsonl");
    assert_says(log, "which porcelain arrives damaged");
    assert_non_null(strstr(strstr(log, "/chat/completions"), "Mugs from Larkspur"));
    free(log);
}

static void a_task_goes_on_by_words_when_the_model_is_away(void **state)
{
    struct model_bed *f = *state;

    driver_write(&f->d, "config/agents/keeper/agent.lua", agent);
    driver_write(&f->d, "config/supercargo.lua",
            "return config { embed = { url = \"http://127.0.0.1:1/v1\", name = \"m\" } "
            "}\n");
    model_bed_start(f, SEARCH_PLAN);
    add(f, "Cups from Larkspur break easily.");
    drive(&f->d, "run", "which cups arrive damaged", "--agent", "keeper", NULL);

    assert_int_equal(f->d.code, 0);
    assert_says(f->d.err, "Found by words alone");
    assert_says(f->d.out, "Cups from Larkspur break easily. found by words alone");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, model_bed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_fact_is_found_by_other_words),
        T(what_vectors_cost_is_counted),
        T(without_the_model_words_are_enough_and_it_is_said),
        T(the_next_addition_fills_what_was_missed),
        T(a_budget_binds_vectors_too),
        T(nobody_is_asked_unless_the_file_says_so),
        T(a_provider_without_vectors_is_named),
        T(a_server_of_ones_own_is_asked_at_its_address),
        T(a_task_is_told_and_finds_by_meaning),
        T(a_task_goes_on_by_words_when_the_model_is_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
