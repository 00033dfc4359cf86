/* What is recorded of a task, and what can be done with the record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "integration/model_bed.h"

#define PLAN(args) "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":" args "}]}"
#define GOOD_PLAN                                                                        \
    PLAN("{\"goal\":\"add\",\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":"       \
         "{\"value\":20}},{\"id\":\"b\",\"tool\":\"value\",\"args\":{\"value\":"         \
         "\"=a + 22\"}},{\"id\":\"f\",\"tool\":\"file.write\",\"args\":{\"path\":"       \
         "\"sum.txt\",\"text\":\"{{b}}\"}}],\"checks\":[{\"that\":\"=b == 42\",\"say\":" \
         "\"it is 42\"}],\"answer\":\"The sum is {{b}}.\"}")
#define BAD_PLAN                                                                         \
    PLAN("{\"goal\":\"add\",\"steps\":[{\"id\":\"a\",\"tool\":\"no.such\",\"args\":{}}]" \
         "}")

#define ADD(number)                                                            \
    "return tool { name = \"t.add\", summary = \"Add.\", effect = \"none\",\n" \
    "  params = { type = \"object\" }, returns = { type = \"number\" },\n"     \
    "  run = function() return " number " end }\n"

static char *id_of(struct model_bed *f)
{
    char *id = sc_strdup(driver_text(&f->d, "id"));

    assert_true(*id);
    return id;
}

/* --- why --- */

static const struct sc_json *at(const struct model_bed *f, const char *list, size_t n)
{
    const struct sc_json *item = sc_json_at(sc_json_get(f->d.json, list), n);

    assert_non_null(item);
    return item;
}

static void why_tells_who_how_and_with_what(void **state)
{
    struct model_bed *f = *state;
    const struct sc_json *request, *sent, *prompts;
    char *id;

    model_bed_start(f, "{\"status\":503,\"body\":\"overloaded\",\"headers\":"
                       "{\"Retry-After\":\"0\"}}," BAD_PLAN "," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--yes", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    id = id_of(f);
    drive(&f->d, "why", id, "--json", NULL);

    assert_int_equal(f->d.code, 0);
    assert_true(*driver_text(&f->d, "asked.by"));
    assert_string_equal(driver_text(&f->d, "asked.via"), "program");
    assert_string_equal(driver_text(&f->d, "route.by"), "model");
    assert_true(strlen(driver_text(&f->d, "agent.version")) == 16);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "tools")), 2);
    assert_int_equal(strlen(sc_json_get_string(at(f, "tools", 0), "version", "")), 16);

    request = at(f, "requests", 0);
    sent = sc_json_get(request, "sent");
    prompts = sc_json_get(f->d.json, "prompts");
    assert_string_equal(sc_json_get_string(request, "became", ""), "failed");
    assert_non_null(sc_json_get(request, "error"));
    assert_non_null(sc_json_get(prompts, sc_json_get_string(sent, "rules", "")));
    assert_non_null(sc_json_get(prompts, sc_json_get_string(sent, "tools", "")));
    assert_says(f->d.out, "add twenty and twenty-two");
    request = at(f, "requests", 1);
    assert_string_equal(sc_json_get_string(request, "became", ""), "repair");
    assert_int_equal(
            sc_json_get_int(sc_json_get(request, "usage"), "input_tokens", 0), 10);
    request = at(f, "requests", 2);
    assert_string_equal(sc_json_get_string(request, "became", ""), "plan");
    assert_true(sc_json_get_int(request, "ms", -1) >= 0);
    assert_string_equal(
            sc_json_get_string(at(f, "receipts", 0), "approver", ""), "--yes");
    assert_string_equal(sc_json_get_string(at(f, "receipts", 0), "state", ""), "done");
    assert_int_equal(strlen(sc_json_get_string(at(f, "files", 0), "hash", "")), 64);
    free(id);
}

static void why_is_a_page_in_three_languages(void **state)
{
    struct model_bed *f = *state;
    char *id, cost[32];
    long long micro;

    model_bed_start(f, GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--yes", "--json", NULL);
    id = id_of(f);
    micro = strtoll(driver_text(&f->d, "usage.cost_micro"), NULL, 10);
    assert_true(micro > 0);
    snprintf(cost, sizeof(cost), "%lld.%06lld USD", micro / 1000000, micro % 1000000);
    drive(&f->d, "why", id, NULL);
    assert_says(f->d.out, "no routine fits all of the words: a model planned");
    assert_says(f->d.out, "file.write(path sum.txt, text {{b}})");
    assert_says(f->d.out, "allowed by --yes");
    assert_says(f->d.out, "→ plan");
    assert_says(f->d.out, cost);
    drive(&f->d, "why", id, "-l", "zh", NULL);
    assert_says(f->d.out, "由模型制定计划");
    drive(&f->d, "why", id, "-l", "ja", NULL);
    assert_says(f->d.out, "モデルへの依頼");
    drive(&f->d, "why", "zz", NULL);
    assert_one_sentence(&f->d, 1, "there is no task 'zz'");
    free(id);
}

static void why_says_what_has_changed_since(void **state)
{
    struct model_bed *f = *state;
    char *id;

    driver_write(&f->d, "config/tools/t.add/tool.lua", ADD("41"));
    driver_write(&f->d, "work/in.txt", "one");
    driver_routine(&f->d, "add-it",
            "{\"goal\":\"g\",\"steps\":[{\"id\":\"a\",\"tool\":\"t.add\",\"args\":{}}]}");
    drive(&f->d, "routine", "run", "add-it", "-f", "in.txt", "--json", NULL);
    id = id_of(f);
    driver_write(&f->d, "config/tools/t.add/tool.lua", ADD("42"));
    driver_write(&f->d, "work/in.txt", "two");
    drive(&f->d, "why", id, NULL);
    assert_says(f->d.out, "changed since, now");
    assert_says(f->d.out, "changed since, was");
    assert_says(f->d.out, "the routine was named: add-it");
    free(id);
}

/* --- replay --- */

static void a_task_of_a_model_replays_without_it(void **state)
{
    struct model_bed *f = *state;
    char *id;

    model_bed_start(f, BAD_PLAN "," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--yes", "--json", NULL);
    id = id_of(f);
    model_bed_stop(f);
    drive(&f->d, "replay", id, "--json", NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "\"same\":true");
    assert_says(f->d.out, "\"prompt_changed\":false");
    drive(&f->d, "replay", id, "-l", "ja", NULL);
    assert_says(f->d.out, "記録どおり");
    free(id);
}

static void a_replay_names_the_tool_that_is_gone(void **state)
{
    struct model_bed *f = *state;
    char *id;

    driver_write(&f->d, "config/tools/t.add/tool.lua", ADD("41"));
    driver_routine(&f->d, "add-it",
            "{\"goal\":\"g\",\"steps\":[{\"id\":\"a\",\"tool\":\"t.add\",\"args\":{}}]}");
    drive(&f->d, "routine", "run", "add-it", "--json", NULL);
    id = id_of(f);
    driver_write(&f->d, "config/tools/t.add/tool.lua", ADD("42"));
    drive(&f->d, "replay", id, NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "the tool t.add has changed");
    driver_write(&f->d, "config/tools/t.add/tool.lua", "");
    drive(&f->d, "replay", id, NULL);
    assert_int_equal(f->d.code, 1);
    assert_says(f->d.out, "Diverged at event 1 (result)");
    assert_says(f->d.out, "there is no tool 't.add' any more");
    drive(&f->d, "replay", id, "--json", NULL);
    assert_int_equal(f->d.code, 1);
    assert_string_equal(driver_text(&f->d, "divergence.step"), "a");
    free(id);
}

/* --- retention --- */

static void prune_shows_first_and_keeps_receipts(void **state)
{
    struct model_bed *f = *state;
    char *id;

    model_bed_start(f, GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--yes", "--json", NULL);
    id = id_of(f);
    drive(&f->d, "task", "prune", "--older-than", "0d", "--dry-run", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    assert_string_equal(driver_text(&f->d, "tasks"), "1");
    drive(&f->d, "task", "prune", "--older-than", "0d", "--json", NULL);
    assert_string_equal(driver_text(&f->d, "tasks"), "1");
    assert_string_equal(driver_text(&f->d, "receipts_kept"), "1");
    drive(&f->d, "why", id, NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "Its journal was pruned; receipts stay.");
    assert_says(f->d.out, "done  file.write");
    drive(&f->d, "replay", id, NULL);
    assert_one_sentence(&f->d, 1, "was pruned");
    drive(&f->d, "task", "show", id, NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "The sum is 42.");
    drive(&f->d, "task", "prune", NULL);
    assert_one_sentence(&f->d, 1, "--older-than 90d");
    drive(&f->d, "task", "prune", "--older-than", "soon", NULL);
    assert_one_sentence(&f->d, 1, "90 days");
    free(id);
}

/* What the configuration says is done beside the next run. */
static void a_run_prunes_what_is_too_old(void **state)
{
    struct model_bed *f = *state;

    drive(&f->d, "tool", "call", "value", "--args", "{\"value\":1}", NULL);
    drive(&f->d, "tool", "call", "value", "--args", "{\"value\":2}", NULL);
    driver_write(&f->d, "config/supercargo.lua",
            "return config { keep = { tasks = \"0 days\" } }\n");
    drive(&f->d, "tool", "call", "value", "--args", "{\"value\":3}", NULL);
    assert_int_equal(f->d.code, 0);
    drive(&f->d, "task", "list", "--json", NULL);
    assert_int_equal(sc_json_count(f->d.json), 1);
    driver_write(&f->d, "config/supercargo.lua",
            "return config { keep = { tasks = \"for ever\" } }\n");
    drive(&f->d, "tool", "call", "value", "--args", "{\"value\":3}", NULL);
    assert_one_sentence(&f->d, 1, "supercargo.lua: keep");
}

/* --- a failing task becomes a test --- */

#define ORDERS(field)                                                                  \
    "{\"goal\":\"g\",\"steps\":[{\"id\":\"sheet\",\"tool\":\"table.read\",\"args\":{"  \
    "\"path\":\"orders.csv\"}},{\"id\":\"total\",\"tool\":\"value\",\"args\":{"        \
    "\"value\":"                                                                       \
    "\"=sum(sheet.rows, '" field "')\"}},{\"id\":\"out\",\"tool\":\"table.write\","    \
    "\"args\":{\"path\":\"sums.csv\",\"rows\":[{\"sum\":\"=total\"}]}}],\"checks\":[{" \
    "\"that\":\"=total == 42\",\"say\":\"42\"}],\"answer\":\"{{total}}\"}"

static void a_failing_task_becomes_a_test_that_passes_when_mended(void **state)
{
    struct model_bed *f = *state;
    char *id, *text;

    driver_write(&f->d, "work/orders.csv",
            "order,email,phone,amount\nA-1,anna@shop.example.org,+49 30 1234567,20\n"
            "A-2,bo@shop.example.org,+86 138 0013 8000,22\n");
    driver_routine(&f->d, "sum-orders", ORDERS("amuont"));
    drive(&f->d, "routine", "run", "sum-orders", "-f", "orders.csv", "--yes", "--json",
            NULL);
    assert_int_equal(f->d.code, 1);
    id = id_of(f);
    drive(&f->d, "task", "export", id, "--fixture", "sums", NULL);
    assert_int_equal(f->d.code, 0);
    text = driver_read(&f->d, "work/sums/task.json");
    assert_says(text, "\"email\": \"masked ");
    assert_says_not(text, "anna");
    assert_says_not(text, "1234567");
    assert_says_not(text, "138 0013");
    assert_says_not(text, f->d.folder);
    free(text);
    drive(&f->d, "task", "export", id, "--fixture", "sums", NULL);
    assert_one_sentence(&f->d, 1, "cannot be written");

    drive(&f->d, "check", "sums", NULL);
    assert_int_equal(f->d.code, 1);
    assert_says(f->d.out, "FAIL  sums: task: should end as done");
    driver_routine(&f->d, "sum-orders", ORDERS("amount"));
    drive(&f->d, "check", "sums", NULL);
    if (f->d.code)
        fail_msg("%s%s", f->d.out, f->d.err);
    assert_says(f->d.out, "1 checks passed, 0 failed");
    assert_false(driver_has(&f->d, "work/supercargo-out/sums.csv"));
    drive(&f->d, "task", "list", "--json", NULL); /* it left nothing */
    assert_int_equal(sc_json_count(f->d.json), 1);
    free(id);
}

static void a_fixture_of_a_model_needs_none(void **state)
{
    struct model_bed *f = *state;
    char *id;

    model_bed_start(f, BAD_PLAN "," GOOD_PLAN);
    drive(&f->d, "run", "add twenty and twenty-two", "--yes", "--json", NULL);
    id = id_of(f);
    model_bed_stop(f);
    drive(&f->d, "task", "export", id, "--fixture", "sum", NULL);
    drive(&f->d, "check", "sum", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    drive(&f->d, "task", "export", id, NULL);
    assert_one_sentence(&f->d, 2, "--fixture DIR");
    driver_write(&f->d, "work/sum2/task.json", "{}");
    drive(&f->d, "check", "sum2", NULL);
    assert_int_equal(f->d.code, 1);
    assert_says(f->d.out, "there is no `spec`");
    free(id);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, model_bed_setup, model_bed_teardown)
    const struct CMUnitTest tests[] = {
        T(why_tells_who_how_and_with_what),
        T(why_is_a_page_in_three_languages),
        T(why_says_what_has_changed_since),
        T(a_task_of_a_model_replays_without_it),
        T(a_replay_names_the_tool_that_is_gone),
        T(prune_shows_first_and_keeps_receipts),
        T(a_run_prunes_what_is_too_old),
        T(a_failing_task_becomes_a_test_that_passes_when_mended),
        T(a_fixture_of_a_model_needs_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
