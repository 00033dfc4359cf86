/* The real program, killed at random moments while it acts on a shop that counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/mem.h"
#include "fakes/program.h"
#include "integration/drive.h"

enum { MANY_TASKS = 2000, EFFECTS = 5, KILLS = 12, LONGEST_MS = 250, RESUMES = 20 };

struct fixture {
    struct driver d;
    pid_t peer;
    int peer_in, peer_out;
    char *log;
};

static void write_tool(struct fixture *f, const char *port)
{
    char *text = sc_strdupf(
            "return tool { name = \"shop.act\", summary = \"Act.\", effect = \"write\",\n"
            "  idempotent = \"key\", hosts = { \"127.0.0.1:%s\" },\n"
            "  params = { type = \"object\", required = { \"n\" },\n"
            "             properties = { n = { type = \"integer\" } } },\n"
            "  returns = { type = \"object\", properties = { id = { type = \"integer\" } "
            "} },\n"
            "  run = function(args, ctx)\n"
            "    local res, err = http.request { method = \"POST\",\n"
            "      url = \"http://127.0.0.1:%s/effect/act?delay=20\",\n"
            "      headers = { [\"Idempotency-Key\"] = ctx.key }, body = \"n\" .. args.n "
            "}\n"
            "    if not res then return nil, err end\n"
            "    return { id = res.json.id }\n"
            "  end }\n",
            port, port);

    driver_write(&f->d, "config/tools/shop.act/tool.lua", text);
    free(text);
}

static void write_routine(struct fixture *f)
{
    driver_write(&f->d, "config/agents/shop/agent.lua",
            "return agent { name = \"shop\", summary = \"Acts.\", tools = { \"*\" } }\n");
    driver_write(&f->d, "config/agents/shop/routines/act.json",
            "{\"name\":\"act\",\"summary\":\"Act five times\",\"phrases\":{\"en\":[\"act "
            "five times\"]},\"inputs\":{},\"plan\":{\"goal\":\"act\",\"steps\":[{\"id\":"
            "\"list\",\"tool\":\"value\",\"args\":{\"value\":[1,2,3,4,5]}},{\"id\":"
            "\"acts\",\"tool\":\"shop.act\",\"each\":\"=list\",\"args\":{\"n\":\"=item\"}"
            "}],"
            "\"checks\":[{\"that\":\"=#acts == 5\",\"say\":\"all five\"}],\"answer\":"
            "\"{{#acts}} done\"}}");
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    const char *argv[3] = { SC_EFFECT_PEER };
    char port[16];

    driver_init(&f->d);
    f->log = sc_strdupf("%s/effects", f->d.folder);
    argv[1] = f->log;
    f->peer = program_start(argv, &f->peer_in, &f->peer_out);
    program_read_line(f->peer_out, port, sizeof(port));
    write_tool(f, port);
    write_routine(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    close(f->peer_in);
    close(f->peer_out);
    program_stop(f->peer);
    driver_release(&f->d);
    free(f->log);
    free(f);
    return 0;
}

static size_t count_effects(struct fixture *f)
{
    char *log;
    size_t n = 0;

    if (access(f->log, F_OK) != 0)
        return 0;
    log = driver_read(&f->d, "effects");
    for (const char *c = log; *c; c++)
        n += *c == '\n';
    free(log);
    return n;
}

static void effects_happen_once_without_a_crash(void **state)
{
    struct fixture *f = *state;

    drive(&f->d, "run", "act five times", "--yes", "--json", NULL);
    if (f->d.code != 0)
        fail_msg("%d %s%s", f->d.code, f->d.out, f->d.err);
    assert_string_equal(driver_text(&f->d, "answer"), "5 done");
    assert_int_equal(count_effects(f), EFFECTS);
}

/* Goes on with whatever is unfinished until all is done. */
static void finish_all(struct fixture *f)
{
    for (int i = 0; i < RESUMES; i++) {
        char id[64] = "";

        drive(&f->d, "task", "list", "--json", NULL);
        SC_JSON_EACH(task, f->d.json)
        if (strcmp(sc_json_get_string(task, "state", ""), "done") != 0)
            snprintf(id, sizeof(id), "%s", sc_json_get_string(task, "id", ""));
        if (!*id)
            return;
        drive(&f->d, "task", "resume", id, "--yes", "--json", NULL);
        if (f->d.code != 0)
            fail_msg("resume: %d %s%s", f->d.code, f->d.out, f->d.err);
    }
    fail_msg("a task does not end");
}

static void effects_happen_once_whenever_it_is_killed(void **state)
{
    struct fixture *f = *state;
    uint64_t seed = sc_random();
    unsigned chance = (unsigned)seed;
    size_t tasks = 0;

    print_message("seed %u\n", chance);
    for (int i = 0; i < KILLS; i++) {
        f->d.deadline_ms = 1 + (int)(rand_r(&chance) % LONGEST_MS);
        drive(&f->d, "run", "act five times", "--yes", "--json", NULL);
        f->d.deadline_ms = 0;
        finish_all(f);
        drive(&f->d, "task", "list", "--json", NULL);
        if (f->d.code != 0)
            fail_msg("list: %d %s%s", f->d.code, f->d.out, f->d.err);
        tasks = sc_json_count(f->d.json);
        assert_int_equal(count_effects(f), tasks * EFFECTS);
    }
    assert_true(tasks > 0);
}

static void a_second_owner_of_the_data_folder_is_refused(void **state)
{
    struct fixture *f = *state;
    char *data = sc_strdupf("%s/data", f->d.folder);
    char *batch = sc_strdupf("%s/work/batch", f->d.folder);
    char *env = sc_strdupf("SUPERCARGO_CONFIG=%s/config", f->d.folder);
    const char *argv[] = { "/usr/bin/env", env, "HOME=/nonexistent", SC_PROGRAM, "run",
        "--batch", batch, "--parallel", "1", "--yes", "--data", data, NULL };
    struct sc_buf lines;
    int in, out, code;
    bool named;
    pid_t first;

    sc_buf_init(&lines);
    for (int i = 0; i < MANY_TASKS; i++)
        sc_buf_adds(&lines, "act five times\n");
    driver_write(&f->d, "work/batch", sc_buf_text(&lines));
    first = program_start(argv, &in, &out);
    while (count_effects(f) == 0) /* it owns the folder from before its first effect */
        drive(&f->d, "version", NULL);
    drive(&f->d, "run", "act five times", "--yes", NULL);
    code = f->d.code;
    named = strstr(f->d.err, "in use by process") != NULL;
    drive(&f->d, "task", "list", "--json", NULL); /* looking is allowed */
    close(in);
    close(out);
    program_stop(first);
    sc_buf_release(&lines);
    free(env);
    free(batch);
    free(data);
    assert_int_equal(code, 1);
    assert_true(named);
    assert_int_equal(f->d.code, 0);
    assert_true(sc_json_count(f->d.json) > 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(effects_happen_once_without_a_crash),
        T(effects_happen_once_whenever_it_is_killed),
        T(a_second_owner_of_the_data_folder_is_refused),
    };
    return cmocka_run_group_tests_name("integration/recovery", tests, NULL, NULL);
}
