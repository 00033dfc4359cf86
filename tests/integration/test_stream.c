/* Reads that begin while the plan still streams in. The peer is model and shop in one: it
 * holds its plan until the tool has read from it, so a program that waits for the end of
 * the plan never gets there. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "integration/model_bed.h"

#define READ   "{\"id\":\"a\",\"tool\":\"shop.read\",\"args\":{}}"
#define DOUBLE "{\"id\":\"b\",\"tool\":\"value\",\"args\":{\"value\":\"=a.reads * 2\"}}"
#define BAD    "{\"id\":\"c\",\"tool\":\"no.such\",\"args\":{}}"
#define REPLY(steps, more)                                                               \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"add\",\"steps\":"     \
    "[" steps                                                                            \
    "],\"answer\":\"Twice {{a.reads}} is {{b}}.\"}}],\"hold\":\"\\\"args\\\":{}}\"" more \
    "}"
#define PLAN(steps)                                                                  \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"add\",\"steps\":" \
    "[" steps "],\"answer\":\"Twice {{a.reads}} is {{b}}.\"}}]}"

static void begin(struct model_bed *f, const char *replies)
{
    const char *host;
    char *tool;

    model_bed_start(f, replies);
    host = strstr(f->url_env, "127.0.0.1:");
    tool = sc_strdupf("return tool { name = \"shop.read\", summary = \"Read.\",\n"
                      "  effect = \"read\", hosts = { \"%.*s\" },\n"
                      "  params = { type = \"object\" },\n"
                      "  returns = { type = \"object\", properties = {\n"
                      "    reads = { type = \"integer\" } } },\n"
                      "  run = function()\n"
                      "    local res, err = http.request { url = \"http://%.*s/read\" }\n"
                      "    if not res then return nil, err end\n"
                      "    return res.json\n"
                      "  end }\n",
            (int)strcspn(host, "/"), host, (int)strcspn(host, "/"), host);
    driver_write(&f->d, "config/tools/shop.read/tool.lua", tool);
    driver_write(&f->d, "config/agents/shop/agent.lua",
            "return agent { name = \"shop\", summary = \"Reads.\", tools = { \"*\" } "
            "}\n");
    free(tool);
}

static size_t logged(struct model_bed *f, const char *path)
{
    char *log = driver_has(&f->d, "log.jsonl") ? driver_read(&f->d, "log.jsonl") : NULL;
    size_t n = 0;

    for (const char *at = log; at && (at = strstr(at, path)); at++)
        n++;
    free(log);
    return n;
}

static size_t reads(struct model_bed *f)
{
    return logged(f, "\"path\":\"/read\"");
}

static void run(struct model_bed *f)
{
    drive(&f->d, "run", "add what was read", "--agent", "shop", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_string_equal(driver_text(&f->d, "answer"), "Twice 1 is 2.");
    assert_int_equal(reads(f), 1);
}

static void the_plan_ends_after_its_first_step_was_done(void **state)
{
    struct model_bed *f = *state;
    char *id;

    begin(f, REPLY(READ "," DOUBLE, ""));
    run(f);
    id = sc_strdup(driver_text(&f->d, "id"));
    assert_true(sc_json_get_bool(
            sc_json_first(sc_json_get(f->d.json, "steps")), "early", false));
    drive(&f->d, "why", id, "--json", NULL);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "early")), 1);
    drive(&f->d, "why", id, NULL);
    assert_says(f->d.out, "Read while the plan was written");
    assert_says(f->d.out, "→ a");
    drive(&f->d, "replay", id, "--json", NULL);
    assert_says(f->d.out, "\"same\":true");
    free(id);
}

static void a_refused_plan_leaves_what_it_read_to_the_next(void **state)
{
    struct model_bed *f = *state;

    begin(f, REPLY(READ "," BAD, "") "," PLAN(READ "," DOUBLE));
    run(f);
}

static void a_stream_that_breaks_leaves_what_it_read_to_the_next(void **state)
{
    struct model_bed *f = *state;

    begin(f, REPLY(READ "," DOUBLE,
                     ",\"stream_error\":{\"message\":\"overloaded\","
                     "\"type\":\"server_error\"}") "," PLAN(READ "," DOUBLE));
    run(f);
}

static void what_no_plan_wants_is_named_in_the_record(void **state)
{
    struct model_bed *f = *state;
    char *id;

    begin(f,
            REPLY(READ "," BAD, "") "," PLAN("{\"id\":\"a\",\"tool\":\"value\",\"args\":{"
                                             "\"value\":{\"reads\":1}}}," DOUBLE));
    run(f);
    id = sc_strdup(driver_text(&f->d, "id"));
    drive(&f->d, "why", id, NULL);
    assert_says(f->d.out, "shop.read");
    assert_says(f->d.out, "not used");
    free(id);
}

static void a_plan_to_be_seen_reads_nothing(void **state)
{
    struct model_bed *f = *state;

    begin(f, PLAN(READ "," DOUBLE));
    drive(&f->d, "plan", "add what was read", "--agent", "shop", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    assert_int_equal(reads(f), 0);
}

static void killed_while_it_reads_it_goes_on(void **state)
{
    struct model_bed *f = *state;
    struct program *program;
    char *id;

    begin(f, REPLY(READ "," DOUBLE, ",\"hang_reads\":true"));
    program = driver_begin(
            &f->d, "run", "add what was read", "--agent", "shop", "--json", NULL);
    while (reads(f) == 0)
        drive(&f->d, "version", NULL);
    kill(program->pid, SIGKILL);
    driver_end(&f->d, program);
    begin(f, REPLY(READ "," DOUBLE, ""));
    drive(&f->d, "task", "list", "--json", NULL);
    assert_int_equal(sc_json_count(f->d.json), 1);
    id = sc_strdup(sc_json_get_string(sc_json_first(f->d.json), "id", ""));
    drive(&f->d, "task", "resume", id, "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    assert_string_equal(driver_text(&f->d, "answer"), "Twice 1 is 2.");
    assert_int_equal(reads(f), 1);
    drive(&f->d, "replay", id, "--json", NULL);
    assert_says(f->d.out, "\"same\":true");
    free(id);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, model_bed_setup, model_bed_teardown)
    const struct CMUnitTest tests[] = {
        T(the_plan_ends_after_its_first_step_was_done),
        T(a_refused_plan_leaves_what_it_read_to_the_next),
        T(a_stream_that_breaks_leaves_what_it_read_to_the_next),
        T(what_no_plan_wants_is_named_in_the_record),
        T(a_plan_to_be_seen_reads_nothing),
        T(killed_while_it_reads_it_goes_on),
    };
    return cmocka_run_group_tests_name("integration/stream", tests, NULL, NULL);
}
