#include "app/fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/folders.h"
#include "app/mask.h"
#include "app/print.h"
#include "app/reader.h"
#include "app/recorded.h"
#include "base/mem.h"
#include "exec/record.h"
#include "worker/pool.h"

enum { TASK_LIMIT = 64 << 20 };

#define FILE_NAME "/task.json"

/* --- to a folder --- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Where files were on that machine is nobody's business. */
static void mask_paths(struct sc_mask *mask, const struct sc_json *spec)
{
    SC_JSON_EACH(file, sc_json_get(spec, "files"))
    {
        char *instead = sc_strdupf("/files/%s", base_name(sc_json_string(file)));

        sc_mask_add(mask, sc_json_string(file), instead);
        free(instead);
    }
    sc_mask_add(mask, sc_json_get_string(spec, "out_dir", ""), "/out");
}

static struct sc_json *masked(const struct sc_json *record, size_t *ret_masked)
{
    struct sc_mask mask;
    struct sc_json *copy;

    sc_mask_init(&mask);
    mask_paths(&mask, sc_json_get(record, "spec"));
    copy = sc_mask_copy(&mask, record);
    *ret_masked = mask.count;
    sc_mask_release(&mask);
    return copy;
}

/* Who asked, and what models were sent, is not needed. */
static void leave_out(struct sc_json *record)
{
    struct sc_json *events = sc_json_get(record, "events");
    struct sc_json *event = sc_json_first(events);

    sc_json_free(sc_json_detach(sc_json_get(record, "spec"), "origin"));
    while (event) {
        struct sc_json *next = sc_json_next(event);

        if (strcmp(sc_json_get_string(event, "kind", ""), "sent") == 0)
            sc_json_free(sc_json_detach_item(events, event));
        event = next;
    }
}

static enum sc_code write_text(
        const char *folder, const char *name, const char *text, struct sc_error *err)
{
    char *path = sc_strdupf("%s%s", folder, name);
    FILE *file = fopen(path, "wxe");
    bool written = file && fputs(text, file) >= 0;
    enum sc_code code = SC_OK;

    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        code = sc_fail(
                err, SC_STORAGE, "'%s' cannot be written: %s", path, strerror(errno));
    free(path);
    return code;
}

static char *readme_of(const struct sc_json *record, size_t masked_count)
{
    return sc_strdupf(
            "# A task as a test\n\n"
            "`supercargo check FOLDER` runs it: with the tools, agents and routines of "
            "now, on the\nanswers that were recorded then. It passes when the task ends "
            "as `expect` in task.json says.\n\n"
            "task.json holds what was asked (`spec`: words, agent, inputs, files by name "
            "and shape, the plan\nof a routine) and the record (`events`: replies of "
            "models, results of tools, answers of people).\nIt was `%s`; %zu events.\n\n"
            "Not in it: files themselves, keys (they never enter a record), who asked, "
            "prompts.\nMasked: %zu texts that are e-mail addresses, telephone numbers, "
            "bank accounts, cards, or values of\nfields named after people. Names in "
            "free text are not known: read it before you pass it on.\n",
            sc_json_get_string(record, "state", ""),
            sc_json_count(sc_json_get(record, "events")), masked_count);
}

static enum sc_code write_fixture(
        const char *folder, const struct sc_json *record, struct sc_error *err)
{
    size_t masked_count;
    struct sc_json *json = masked(record, &masked_count), *expect;
    char *readme = readme_of(record, masked_count);
    struct sc_buf text;
    enum sc_code code;

    leave_out(json);
    expect = sc_json_set(json, "expect", sc_json_new_object());
    sc_json_set_string(expect, "state", "done");
    sc_json_set_string(json, "program", SC_VERSION);
    sc_buf_init(&text);
    sc_json_write_pretty(&text, json);
    sc_buf_addc(&text, '\n');
    code = sc_folder_make(folder, err);
    if (!code)
        code = write_text(folder, FILE_NAME, sc_buf_text(&text), err);
    if (!code)
        code = write_text(folder, "/README.md", readme, err);
    sc_buf_release(&text);
    sc_json_free(json);
    free(readme);
    return code;
}

int sc_fixture_export(struct sc_app *app, const char *id)
{
    const char *folder = app->options->fixture;
    struct sc_json *record;
    struct sc_error err;
    enum sc_code code;

    if (!folder)
        return sc_app_usage(app->options, "task export ID --fixture DIR");
    record = sc_record_read(app->store, id, &err);
    if (!record)
        return sc_app_fail(app->options, &err);
    code = write_fixture(folder, record, &err);
    sc_json_free(record);
    if (code)
        return sc_app_fail(app->options, &err);
    if (!app->options->json)
        printf("supercargo check %s\n", folder);
    else
        sc_print_line(stdout, "", "{\"state\":\"exported\"}");
    return SC_EXIT_DONE;
}

/* --- from a folder --- */

bool sc_fixture_is(const char *folder)
{
    char *path = sc_strdupf("%s" FILE_NAME, folder);
    bool is = sc_is_file(path);

    free(path);
    return is;
}

static struct sc_json *read_fixture(const char *folder, struct sc_error *err)
{
    char *path = sc_strdupf("%s" FILE_NAME, folder), *text;
    struct sc_json *json = NULL;
    size_t len;

    text = sc_read_text(path, TASK_LIMIT, &len, err);
    if (text)
        json = sc_json_parse(text, len, NULL, err);
    if (json && !sc_json_is(sc_json_get(json, "spec"), SC_JSON_OBJECT)) {
        sc_json_free(json);
        json = NULL;
        sc_fail(err, SC_INVALID, "there is no `spec`");
    }
    if (!json)
        sc_wrap(err, "%s", path);
    free(text);
    free(path);
    return json;
}

struct trying {
    struct sc_app *app;
    struct sc_exec *exec;
    const struct sc_json *record;
    struct sc_json *report;
    struct sc_error err;
    bool done;
};

static void on_tried(struct sc_op *op, const struct sc_error *err)
{
    struct trying *trying = op->arg;

    if (err)
        trying->err = *err;
    trying->report = sc_json_copy(sc_exec_report(op));
    trying->done = true;
}

/* What the person said then; a question that is new is answered with yes. */
static bool on_question(void *arg, const struct sc_question *question)
{
    struct trying *trying = arg;
    struct sc_json *yes = sc_json_new_object();
    const struct sc_json *answer = yes;
    bool taken;

    sc_json_set_bool(yes, "approve", true);
    SC_JSON_EACH(event, sc_json_get(trying->record, "events"))
    {
        const struct sc_json *body = sc_json_get(event, "body");

        if (strcmp(sc_json_get_string(event, "kind", ""), "answered") == 0 &&
                strcmp(sc_json_get_string(body, "step", ""), question->step_id) == 0)
            answer = sc_json_get(body, "answer");
    }
    taken = sc_exec_answer(trying->exec, question->task_id, question->step_id, answer);
    sc_json_free(yes);
    return taken;
}

/* The plan of the routine as it is now; NULL: a model planned, or the plan was given. */
static struct sc_json *plan_of(struct sc_app *app, const struct sc_json *spec)
{
    const char *name = sc_json_get_string(spec, "routine", NULL);
    const struct sc_routine *routine =
            name ? sc_catalog_routine(&app->catalog, name) : NULL;
    const struct sc_json *plan = sc_json_get(spec, "plan");

    if (routine)
        return sc_reader_plan(routine->json, sc_json_get(spec, "inputs"),
                sc_json_get_string(spec, "language", "en"));
    return plan ? sc_json_copy(plan) : NULL;
}

static struct sc_task_spec spec_of(
        struct sc_app *app, const struct sc_json *spec, const char *out)
{
    const char *agent_name = sc_json_get_string(spec, "agent", "");
    const struct sc_agent *agent = sc_catalog_agent(&app->catalog, agent_name);
    bool loop = strcmp(sc_json_get_string(spec, "strategy", ""), "loop") == 0;

    return (struct sc_task_spec){ .words = sc_json_get_string(spec, "words", ""),
        .agent = agent_name,
        .language = sc_json_get_string(spec, "language", "en"),
        .instructions = agent ? sc_json_get_string(agent->json, "instructions", NULL)
                              : sc_json_get_string(spec, "instructions", NULL),
        .tools = agent ? sc_json_get(agent->json, "tools") : sc_json_get(spec, "tools"),
        .env = sc_json_get(spec, "env"),
        .inputs = sc_json_get(spec, "inputs"),
        .files = sc_json_get(spec, "files"),
        .shapes = sc_json_get(spec, "shapes"),
        .memory = sc_json_get(spec, "memory"),
        .routine = sc_json_get_string(spec, "routine", NULL),
        .out_dir = out,
        .strategy = loop ? SC_STRATEGY_LOOP : SC_STRATEGY_PLAN,
        .yes = true,
        .budget_micro = -1 };
}

static void run(struct trying *trying, struct sc_registry *registry,
        struct sc_budgets *budgets, const struct sc_task_spec *spec)
{
    struct sc_app *app = trying->app;
    struct sc_exec_parts parts = { .loop = app->loop,
        .store = app->store,
        .registry = registry,
        .evaluator = sc_pool_evaluator(app->pool),
        .budgets = budgets,
        .clock = app->clock,
        .log = app->log,
        .on_question = on_question,
        .arg = trying };

    trying->exec = sc_exec_new(&parts);
    sc_exec_run_start(&app->scope, trying->exec, spec, on_tried, trying);
    sc_app_wait(app, &trying->done);
    sc_exec_free(trying->exec);
}

static void set_flag(void *arg)
{
    *(bool *)arg = true;
}

static void try_task(struct trying *trying)
{
    struct sc_app *app = trying->app;
    const struct sc_json *json = sc_json_get(trying->record, "spec");
    struct sc_registry *registry = sc_recorded_tools(app->registry, trying->record);
    struct sc_model *model = sc_recorded_model_new(trying->record);
    struct sc_budgets *budgets =
            sc_budgets_new(&(struct sc_budgets_parts){ .loop = app->loop,
                    .model = model,
                    .store = app->store,
                    .clock = app->clock });
    struct sc_json *plan = plan_of(app, json);
    char *out = sc_strdupf("%s/out", app->data_folder);
    struct sc_task_spec spec = spec_of(app, json, out);
    bool closed = false;

    spec.plan = plan;
    run(trying, registry, budgets, &spec);
    sc_budgets_close(budgets, set_flag, &closed);
    sc_app_wait(app, &closed);
    sc_recorded_model_free(model);
    sc_registry_free(registry);
    sc_json_free(plan);
    free(out);
}

static char *verdict(const struct trying *trying)
{
    const struct sc_json *expect = sc_json_get(trying->record, "expect");
    const char *wanted = sc_json_get_string(expect, "state", "done");
    const char *state = sc_json_get_string(trying->report, "state", "failed");
    const struct sc_json *error = sc_json_get(trying->report, "error");

    if (trying->err.code)
        return sc_strdup(trying->err.msg);
    if (strcmp(wanted, state) == 0)
        return NULL;
    return sc_strdupf("should end as %s, but is %s%s%s", wanted, state, error ? ": " : "",
            sc_json_get_string(error, "message", ""));
}

char *sc_fixture_check(struct sc_app *app, const char *folder)
{
    struct sc_error err;
    struct sc_json *record = read_fixture(folder, &err);
    struct trying trying = { .app = app, .record = record };
    char *why;

    if (!record)
        return sc_strdup(err.msg);
    try_task(&trying);
    why = verdict(&trying);
    sc_json_free(trying.report);
    sc_json_free(record);
    return why;
}
