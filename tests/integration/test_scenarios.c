/* Chores as people put them, in English, Chinese and Japanese, with models that plan
 * well, that slip, and that obey whoever speaks last: tests/data/scenarios. Each case is
 * one run of the program against a scripted model over HTTP. The table that is printed
 * says how it was, how many requests it took and how many plans were sent back.
 *
 * A scenario is {about, files?, plans {name: plan}, cases [{name, kind, words, files?,
 * strategy?, replies, expect}]}. A reply is the name of a plan, {text_of: plan} for one
 * in prose and a fence, or a reply of fakes/model_peer.h. expect has: state; requests;
 * tools: those of the plan, unless the task failed; repairs (0), effects: how many there
 * must be; cron: the schedule proposed; says: in the answer; error: in the message; told:
 * in what the model is sent back; holds {file: text}. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "integration/model_bed.h"

#define FOLDER SC_TEST_DATA "/scenarios"

static const char agent[] =
        "return agent { name = \"shop\", summary = \"Runs a shop.\", tools = { \"*\" },\n"
        "  instructions = \"Do what the task says.\" }\n";

struct scene {
    const struct sc_json *json, *one, *expect; /* all of it, the case, what must come */
    struct model_bed bed;
};

enum language { ENGLISH, CHINESE, JAPANESE };

static size_t cases, all_requests, all_repairs, by_language[JAPANESE + 1];

/* --- arranging --- */

static struct sc_json *read_json(const char *name)
{
    char *path = sc_strdupf(FOLDER "/%s", name);
    FILE *file = fopen(path, "rb");
    struct sc_buf text = { 0 };
    struct sc_json *json;
    struct sc_error err;
    char piece[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        sc_buf_add(&text, piece, got);
    fclose(file);
    json = sc_json_parse(sc_buf_text(&text), text.len, NULL, &err);
    if (!json)
        fail_msg("%s: %s", path, err.msg);
    sc_buf_release(&text);
    free(path);
    return json;
}

static const struct sc_json *plan_of(const struct scene *s, const char *name)
{
    const struct sc_json *plan = sc_json_get(sc_json_get(s->json, "plans"), name);

    if (!plan)
        fail_msg("no plan '%s'", name);
    return plan;
}

static void add_call(struct sc_buf *out, const struct sc_json *plan)
{
    sc_buf_adds(out, "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":");
    sc_json_write(out, plan);
    sc_buf_adds(out, "}]}");
}

static void add_prose(struct sc_buf *out, const struct sc_json *plan)
{
    char *json = sc_json_text(plan);
    char *text = sc_strdupf("Here is what I would do:\n```json\n%s\n```\nShall I?", json);

    sc_buf_adds(out, "{\"text\":");
    sc_json_write_string(out, text, strlen(text));
    sc_buf_addc(out, '}');
    free(text);
    free(json);
}

static void start_model(struct scene *s)
{
    struct sc_buf replies = { 0 };
    const char *before = "";

    SC_JSON_EACH(reply, sc_json_get(s->one, "replies"))
    {
        const char *text_of = sc_json_get_string(reply, "text_of", NULL);

        sc_buf_adds(&replies, before);
        before = ",";
        if (sc_json_is(reply, SC_JSON_STRING))
            add_call(&replies, plan_of(s, sc_json_string(reply)));
        else if (text_of)
            add_prose(&replies, plan_of(s, text_of));
        else
            sc_json_write(&replies, reply);
    }
    model_bed_start(&s->bed, sc_buf_text(&replies));
    sc_buf_release(&replies);
}

static const struct sc_json *files_of(const struct scene *s)
{
    const struct sc_json *own = sc_json_get(s->one, "files");

    if (!own)
        own = sc_json_get(s->expect, "files");
    return own ? own : sc_json_get(s->json, "files");
}

/* The name of the one file there is, or NULL. */
static const char *write_files(struct scene *s)
{
    const char *name = NULL;

    SC_JSON_EACH(file, files_of(s))
    {
        char *path = sc_strdupf("work/%s", sc_json_key(file));

        name = sc_json_key(file);
        driver_write(&s->bed.d, path, sc_json_string(file));
        free(path);
    }
    return name;
}

static void run(struct scene *s)
{
    const char *words = sc_json_get_string(s->one, "words", "");
    const char *file;

    driver_copy(&s->bed.d, FOLDER "/tools", "config/tools");
    driver_write(&s->bed.d, "config/agents/shop/agent.lua", agent);
    file = write_files(s);
    start_model(s);
    drive(&s->bed.d, "run", words, "--agent", "shop", "--yes", "--json", "--out", "out",
            "--strategy", sc_json_get_string(s->one, "strategy", "plan"),
            file ? "--file" : NULL, file, NULL);
    if (!s->bed.d.json)
        fail_msg("%s: %s%s", words, s->bed.d.out, s->bed.d.err);
}

/* --- what came of it --- */

static size_t count_text(const char *text, const char *part)
{
    size_t n = 0;

    while ((text = strstr(text, part))) {
        text += strlen(part);
        n++;
    }
    return n;
}

/* Plans that were sent back: what the last request tells of. */
static size_t repairs_in(const char *log)
{
    const char *last = log, *next;

    while ((next = strchr(last, '\n')) && next[1])
        last = next + 1;
    return count_text(last, "This cannot be run yet");
}

/* What the model was told of its last plan. */
static const char *sent_back(const char *log)
{
    const char *at = log;

    while ((log = strstr(at + 1, "This cannot be run yet")))
        at = log;
    return at;
}

static bool has_effect(const char *tool)
{
    static const char *const tools[] = { "orders.refund", "payments.pay", "mail.send",
        "chat.post", "prices.set", "fulfilment.create", "table.write", "file.write" };

    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
        if (strcmp(tools[i], tool) == 0)
            return true;
    return false;
}

static size_t effects_in(const struct sc_json *report)
{
    size_t n = 0;

    SC_JSON_EACH(step, sc_json_get(report, "steps"))
    {
        const struct sc_json *result = sc_json_get(step, "result");

        if (!result || !has_effect(sc_json_get_string(step, "tool", "")))
            continue;
        n += sc_json_get(result, "$each") ? sc_json_count(sc_json_get(result, "items"))
                                          : 1;
    }
    return n;
}

static const char *name_of(const struct scene *s)
{
    return sc_json_get_string(s->one, "name", "");
}

static void expect_text(const struct scene *s, const char *field, const char *in)
{
    const char *part = sc_json_get_string(s->expect, field, NULL);

    if (part && !strstr(in, part))
        fail_msg("%s: %s: '%s' is not in: %s", name_of(s), field, part, in);
}

static void expect_count(const struct scene *s, const char *field, size_t got)
{
    int64_t wanted = sc_json_get_int(s->expect, field, -1);

    if (wanted < 0 && strcmp(field, "requests") == 0)
        fail_msg("%s: it must say how many requests", name_of(s));
    if (wanted >= 0 && (size_t)wanted != got)
        fail_msg("%s: %zu %s, not %d: %s%s", name_of(s), got, field, (int)wanted,
                s->bed.d.out, s->bed.d.err);
}

static void expect_tools(const struct scene *s)
{
    const struct sc_json *plan = sc_json_get(s->bed.d.json, "plan");
    const struct sc_json *steps = sc_json_get(plan, "steps");
    const struct sc_json *tools = sc_json_get(s->expect, "tools");
    size_t i = 0;

    if (!tools && strcmp(sc_json_get_string(s->expect, "state", ""), "failed") != 0)
        fail_msg("%s: it must say which tools", name_of(s));
    SC_JSON_EACH(tool, tools)
    assert_string_equal(
            sc_json_get_string(sc_json_at(steps, i++), "tool", ""), sc_json_string(tool));
    if (tools)
        assert_int_equal(sc_json_count(steps), i);
    expect_text(s, "cron",
            sc_json_get_string(sc_json_get(plan, "schedule"), "cron", "no schedule"));
}

static void expect_files(struct scene *s)
{
    SC_JSON_EACH(file, sc_json_get(s->expect, "holds"))
    {
        char *name = sc_strdupf("work/out/%s", sc_json_key(file));
        char *text = driver_read(&s->bed.d, name);

        assert_says(text, sc_json_string(file));
        free(text);
        free(name);
    }
}

/* Between <data> and </data>, or not at all, in what the model is told. */
static void expect_data(const struct scene *s, const char *log)
{
    const char *part = sc_json_get_string(s->expect, "in_prompt_as_data", NULL);
    const char *at = part ? strstr(log, part) : NULL, *open, *close = log, *next;

    if (!part)
        return;
    assert_non_null(at);
    open = strstr(log, "<data name=");
    while (open && (next = strstr(open + 1, "<data name=")) && next < at)
        open = next;
    assert_true(open && open < at);
    close = strstr(open, "</data>");
    assert_true(close && close > at);
}

/* Of the words of a task: kana are Japanese, other characters Chinese. */
static enum language language_of(const struct scene *s)
{
    const char *words = sc_json_get_string(s->one, "words", "");
    size_t len = strlen(words), n;
    enum language language = ENGLISH;

    for (size_t at = 0; at < len; at += n) {
        uint32_t code = sc_utf8_get(words + at, len - at, &n);

        if (code >= 0x3041 && code <= 0x30ff)
            return JAPANESE;
        if (code >= 0x4e00 && code <= 0x9fff)
            language = CHINESE;
    }
    return language;
}

static void check(struct scene *s)
{
    const struct sc_json *report = s->bed.d.json;
    const char *state = sc_json_get_string(report, "state", "");
    char *log = driver_read(&s->bed.d, "log.jsonl");
    size_t requests = model_bed_requests(&s->bed), repairs = repairs_in(log);

    if (strcmp(sc_json_get_string(s->expect, "state", ""), state) != 0)
        fail_msg("%s: %s: %s; %s", name_of(s), state,
                sc_json_get_string(sc_json_get(report, "error"), "message", ""),
                sent_back(log));
    expect_count(s, "requests", requests);
    if (sc_json_get_int(s->expect, "repairs", 0) != (int64_t)repairs)
        fail_msg("%s: %zu repairs", name_of(s), repairs);
    expect_count(s, "effects", effects_in(report));
    expect_text(s, "says", sc_json_get_string(report, "answer", ""));
    expect_text(
            s, "error", sc_json_get_string(sc_json_get(report, "error"), "message", ""));
    expect_text(s, "told", log);
    expect_tools(s);
    expect_files(s);
    expect_data(s, log);
    print_message("%-8s %-8s %zu request%s %zu repair%s  %s\n",
            sc_json_get_string(s->one, "kind", ""), state, requests,
            requests == 1 ? " " : "s", repairs, repairs == 1 ? " " : "s", name_of(s));
    cases++;
    by_language[language_of(s)]++;
    all_requests += requests;
    all_repairs += repairs;
    free(log);
}

static void play(const char *name)
{
    struct sc_json *json = read_json(name);

    print_message("--- %s %s\n", name, sc_json_get_string(json, "about", ""));
    SC_JSON_EACH(one, sc_json_get(json, "cases"))
    {
        struct scene s = {
            .json = json, .one = one, .expect = sc_json_get(one, "expect")
        };

        model_bed_init(&s.bed);
        run(&s);
        check(&s);
        model_bed_release(&s.bed);
    }
    sc_json_free(json);
}

static int is_scenario(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');

    return end && strcmp(end, ".json") == 0;
}

static void every_chore_comes_to_its_plan(void **state)
{
    struct dirent **entries;
    int count = scandir(FOLDER, &entries, is_scenario, alphasort);

    (void)state;
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        play(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    print_message("%zu cases (%zu English, %zu Chinese, %zu Japanese), %zu requests, "
                  "%zu repairs\n",
            cases, by_language[ENGLISH], by_language[CHINESE], by_language[JAPANESE],
            all_requests, all_repairs);
    assert_true(cases >= 40);
    assert_true(by_language[CHINESE] >= 10 && by_language[JAPANESE] >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chore_comes_to_its_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
