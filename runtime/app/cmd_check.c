/* app/cmd_check.c - supercargo check [PATH]…: reads tools and agents and runs their
 * tests.
 *
 * A tool's tests run its real code in a real worker, with recorded HTTP and in folders
 * that go with the command. A routine's plan is checked against the tools its agent may
 * use, and each of its example phrases must lead back to it. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/fixture.h"
#include "app/folders.h"
#include "app/load.h"
#include "app/print.h"
#include "app/report.h"
#include "app/settings.h"
#include "base/mem.h"
#include "builtin/builtin.h"
#include "plan/plan.h"
#include "plan/route.h"
#include "tool/check.h"
#include "tool/match.h"

struct checking {
    struct sc_app *app;
    struct sc_json *failures;
    int64_t tests, passed;
    size_t tools, routines; /* looked at */
};

/* One test of a tool on its way. */
struct trial {
    struct sc_tool *tool;
    struct sc_json *value;
    struct sc_error err;
    bool done;
};

static void fail(
        struct checking *checking, const char *where, const char *name, const char *why)
{
    char *text = sc_strdupf("%s: %s: %s", where, name, why);

    sc_json_append(checking->failures, sc_json_new_string(text));
    free(text);
}

static void count(struct checking *checking, bool passed)
{
    checking->tests++;
    checking->passed += passed;
}

static void on_tried(struct sc_op *op, const struct sc_error *err)
{
    struct trial *trial = op->arg;

    if (err) {
        trial->err = *err;
    } else {
        struct sc_tool_outcome *outcome = sc_tool_outcome(trial->tool, op);

        trial->value = outcome->value;
        outcome->value = NULL;
    }
    trial->done = true;
}

/* NULL when the trial went as the test says, else why not (on the heap). */
static char *verdict(const struct trial *trial, const struct sc_json *test)
{
    const char *fails = sc_json_get_string(test, "fails", NULL);
    struct sc_error err;

    if (fails && !trial->err.code)
        return sc_strdupf("should fail with \"%s\", but gave a result", fails);
    if (fails && strcmp(fails, sc_code_word(trial->err.code)) != 0 &&
            !strstr(trial->err.msg, fails))
        return sc_strdupf("should fail with \"%s\", but: %s", fails, trial->err.msg);
    if (fails)
        return NULL;
    if (trial->err.code)
        return sc_strdup(trial->err.msg);
    if (sc_tool_check_result(trial->tool, trial->value, &err))
        return sc_strdup(err.msg);
    return sc_json_get(test, "gives")
                   ? sc_json_mismatch(sc_json_get(test, "gives"), trial->value, "result")
                   : NULL;
}

/* Runs the tool as a step would, but in the name of this test alone: what it keeps or
 * writes is seen by no other. */
static void run_trial(struct checking *checking, struct trial *trial,
        const struct sc_json *test, const struct sc_json *env)
{
    struct sc_app *app = checking->app;
    struct sc_json *none = sc_json_new_object(), *files = sc_json_new_array();
    char *agent = sc_strdupf("check-%lld", (long long)checking->tests);
    char *out = sc_strdupf("%s/%s", app->data_folder, agent);
    struct sc_tool_context context = { .task_id = agent,
        .agent = agent,
        .step_id = "test",
        .env = sc_json_get(test, "env") ? sc_json_get(test, "env") : env,
        .out_dir = out,
        .inputs = none,
        .files = files };
    struct sc_tool_call call = {
        .args = sc_json_get(test, "args") ? sc_json_get(test, "args") : none,
        .key = agent,
        .context = &context,
        .timeout_ms = trial->tool->timeout_ms
    };
    const struct sc_json *recordings = sc_json_get(test, "http");

    sc_builtins_rehearse(app->builtins, recordings ? recordings : files);
    if (sc_tool_check_args(trial->tool, call.args, &trial->err) == SC_OK &&
            sc_folder_make(out, &trial->err) == SC_OK) {
        sc_tool_start(trial->tool, &app->scope, &call, on_tried, trial);
        sc_app_wait(app, &trial->done);
    }
    sc_builtins_rehearse(app->builtins, NULL);
    free(out);
    free(agent);
    sc_json_free(none);
    sc_json_free(files);
}

static void try_tool(struct checking *checking, struct sc_tool *tool,
        const struct sc_json *test, const struct sc_json *env)
{
    struct trial trial = { .tool = tool };
    char *why;

    run_trial(checking, &trial, test, env);
    why = verdict(&trial, test);
    count(checking, !why);
    if (why)
        fail(checking, tool->name, sc_json_get_string(test, "name", "a test"), why);
    free(why);
    sc_json_free(trial.value);
}

/* With paths given, only what lies below one of them. */
static bool is_wanted(const struct sc_app *app, const char *path)
{
    for (size_t i = 0; i < app->options->words.count; i++) {
        const char *given = app->options->words.items[i];
        size_t len = strlen(given);

        if (strncmp(path, given, len) == 0 &&
                (given[len - 1] == '/' || path[len] == '/' || !path[len]))
            return true;
    }
    return app->options->words.count == 0;
}

static void check_tools(struct checking *checking)
{
    static const char text[] =
            "{\"now\":\"2026-11-23T09:00:00+08:00\",\"today\":\"2026-11-23\","
            "\"zone\":\"Asia/Shanghai\",\"language\":\"en\",\"currency\":\"CNY\"}";
    struct sc_app *app = checking->app;
    struct sc_json *env = sc_json_parse(text, strlen(text), NULL, NULL);

    for (size_t i = 0; i < sc_registry_count(app->registry); i++) {
        struct sc_tool *tool = sc_registry_at(app->registry, i);

        if (!is_wanted(app, sc_json_get_string(app->paths, tool->name, "")))
            continue;
        checking->tools++;
        SC_JSON_EACH(test, sc_json_get(tool->descriptor, "tests"))
        try_tool(checking, tool, test, env);
    }
    sc_json_free(env);
}

/* --- routines --- */

/* What the inputs are when nobody says anything. */
static struct sc_json *defaults_of(const struct sc_routine *routine)
{
    struct sc_json *inputs = sc_json_new_object();

    SC_JSON_EACH(declared, sc_json_get(routine->json, "inputs"))
    {
        const struct sc_json *value = sc_json_get(declared, "default");

        sc_json_set(inputs, sc_json_key(declared),
                value ? sc_json_copy(value) : sc_json_new_null());
    }
    return inputs;
}

static void check_plan(struct checking *checking, const struct sc_routine *routine)
{
    struct sc_json *inputs = defaults_of(routine);
    const struct sc_agent *agent =
            sc_catalog_agent(&checking->app->catalog, routine->agent);
    struct sc_plan_scope scope = { .registry = checking->app->registry,
        .tools = agent ? sc_json_get(agent->json, "tools") : NULL,
        .inputs = inputs };
    struct sc_json *errors = NULL;
    struct sc_error err;
    struct sc_plan *plan =
            sc_plan_read(sc_json_get(routine->json, "plan"), &errors, &err);

    count(checking, plan && sc_plan_valid(plan, &scope, &errors));
    if (!plan && !errors)
        fail(checking, routine->path, "plan", err.msg);
    SC_JSON_EACH(error, errors)
    fail(checking, routine->path, "plan", sc_json_string(error));
    sc_json_free(errors);
    sc_json_free(inputs);
    sc_plan_free(plan);
}

/* Every phrase, with values in its slots, must be understood as this routine. */
static void check_phrases(struct checking *checking, size_t at,
        const struct sc_route_routine *routines, size_t total)
{
    const struct sc_routine *routine = &checking->app->catalog.routines[at];
    const struct sc_json *inputs = sc_json_get(routine->json, "inputs");

    SC_JSON_EACH(phrases, sc_json_get(routine->json, "phrases"))
    SC_JSON_EACH(phrase, phrases)
    {
        char *words =
                sc_route_example(sc_json_string(phrase), inputs, sc_json_key(phrases));
        struct sc_route route;

        sc_route_find(&route, words, routines, total, "2026-11-23");
        count(checking, route.routine == at);
        if (route.routine == SC_NO_ROUTINE)
            fail(checking, routine->path, words, "leads to no routine");
        else if (route.routine != at)
            fail(checking, routine->path, words, routines[route.routine].name);
        sc_route_release(&route);
        free(words);
    }
}

static void check_routines(struct checking *checking)
{
    const struct sc_catalog *catalog = &checking->app->catalog;
    size_t total = catalog->routine_count;
    struct sc_route_routine *routines = sc_new_array(struct sc_route_routine, total + 1);

    for (size_t i = 0; i < total; i++)
        routines[i] = (struct sc_route_routine){ catalog->routines[i].name,
            catalog->routines[i].json };
    for (size_t i = 0; i < total; i++) {
        if (!is_wanted(checking->app, catalog->routines[i].path))
            continue;
        checking->routines++;
        check_plan(checking, &catalog->routines[i]);
        check_phrases(checking, i, routines, total);
    }
    free(routines);
}

/* --- tasks that became tests --- */

static void check_fixture(struct checking *checking, const char *folder)
{
    char *why = sc_fixture_check(checking->app, folder);

    count(checking, !why);
    if (why)
        fail(checking, folder, "task", why);
    free(why);
}

static int print(const struct checking *checking)
{
    const struct sc_app *app = checking->app;
    bool good = sc_json_count(checking->failures) == 0;

    if (app->options->json) {
        struct sc_json *json = sc_json_new_object();

        sc_json_set_bool(json, "ok", good);
        sc_json_set_int(json, "tests", checking->tests);
        sc_json_set_int(json, "passed", checking->passed);
        sc_json_set(json, "failures", sc_json_copy(checking->failures));
        sc_print_json(stdout, json);
        sc_json_free(json);
    } else {
        SC_JSON_EACH(failure, checking->failures)
        sc_print_line(stdout, "FAIL  ", sc_json_string(failure));
        printf("%zu tool%s and %zu routine%s: %lld checks passed, %lld failed\n",
                checking->tools, checking->tools == 1 ? "" : "s", checking->routines,
                checking->routines == 1 ? "" : "s", (long long)checking->passed,
                (long long)(checking->tests - checking->passed));
    }
    return good ? SC_EXIT_DONE : SC_EXIT_FAILED;
}

/* A file that cannot be read is a check that failed. One that was read twice, with all
 * and by its path, is told once. */
static void add_problem(struct checking *checking, const struct sc_json *problem)
{
    SC_JSON_EACH(known, checking->failures)
    if (sc_json_equal(known, problem))
        return;
    count(checking, false);
    sc_json_append(checking->failures, sc_json_copy(problem));
}

int sc_cmd_check(struct sc_app *app)
{
    struct checking checking = { .app = app, .failures = sc_json_new_array() };
    struct sc_error err;
    int code = SC_EXIT_DONE;

    for (size_t i = 0; !code && i < app->options->words.count; i++)
        if (sc_fixture_is(app->options->words.items[i]))
            check_fixture(&checking, app->options->words.items[i]);
        else if (sc_load_path(app, app->options->words.items[i], &err))
            code = sc_app_fail(app->options, &err);
    SC_JSON_EACH(problem, app->problems)
    add_problem(&checking, problem);
    if (!code) {
        check_tools(&checking);
        check_routines(&checking);
        code = print(&checking);
    }
    sc_json_free(checking.failures);
    return code;
}
