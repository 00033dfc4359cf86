/* app/cmd_routine.c - supercargo routine list|show|run|save. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/folders.h"
#include "app/print.h"
#include "app/request.h"
#include "app/say.h"
#include "base/mem.h"
#include "loop/file.h"
#include "plan/plan.h"
#include "store/row.h"

enum { NAME_MAX_BYTES = 64 };

static const struct sc_json *first_phrase(
        const struct sc_routine *routine, const char *language)
{
    const struct sc_json *phrases = sc_json_get(routine->json, "phrases");

    return sc_json_first(sc_json_get(phrases, language));
}

static int list_routines(const struct sc_app *app)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < app->catalog.routine_count; i++) {
        const struct sc_routine *routine = &app->catalog.routines[i];
        const struct sc_json *said = first_phrase(routine, app->language);

        if (app->options->json) {
            sc_json_append(list, sc_json_copy(routine->json));
            continue;
        }
        printf("%-22s %-14s %s\n", routine->name, routine->agent,
                sc_text_of(routine->json, "summary", app->language));
        if (said)
            printf("%-22s %-14s   \"%s\"\n", "", "", sc_json_string(said));
    }
    if (app->options->json)
        sc_print_json(stdout, list);
    sc_json_free(list);
    return SC_EXIT_DONE;
}

static void show_inputs(const struct sc_app *app, const struct sc_json *inputs)
{
    if (sc_json_count(inputs))
        printf("\n%s\n", sc_say(app->language, SC_SAY_INPUTS));
    SC_JSON_EACH(input, inputs)
    {
        const struct sc_json *value = sc_json_get(input, "default");
        bool required = sc_json_get_bool(input, "required", false);

        printf("  %-16s %-9s%s ", sc_json_key(input),
                sc_json_get_string(input, "type", "text"),
                sc_json_get_bool(input, "many", false) ? " …" : "");
        if (required)
            fputs(sc_say(app->language, SC_SAY_REQUIRED), stdout);
        else if (value)
            sc_print_value(stdout, value, NAME_MAX_BYTES);
        putchar('\n');
    }
}

static int show_routine(const struct sc_app *app, const struct sc_routine *routine)
{
    struct sc_error err;
    struct sc_plan *plan;
    struct sc_json *lines;

    if (app->options->json) {
        sc_print_json(stdout, routine->json);
        return SC_EXIT_DONE;
    }
    plan = sc_plan_read(sc_json_get(routine->json, "plan"), NULL, &err);
    if (!plan)
        return sc_app_fail(app->options, &err);
    lines = sc_plan_sentences(plan, app->registry, NULL, app->language);
    printf("%s (%s): %s\n", routine->name, routine->agent,
            sc_text_of(routine->json, "summary", app->language));
    show_inputs(app, sc_json_get(routine->json, "inputs"));
    SC_JSON_EACH(phrases, sc_json_get(routine->json, "phrases"))
    sc_print_list(stdout, sc_json_key(phrases), phrases);
    sc_print_list(stdout, sc_say(app->language, SC_SAY_PLAN), lines);
    sc_json_free(lines);
    sc_plan_free(plan);
    return SC_EXIT_DONE;
}

static int run_routine(struct sc_app *app, const struct sc_routine *routine)
{
    struct sc_request request;
    struct sc_error err;
    int code;

    if (sc_request_of_routine(&request, app, routine, &err))
        code = sc_app_fail(app->options, &err);
    else
        code = sc_request_run(app, &request);
    sc_request_release(&request);
    return code;
}

/* --- save --- */

static enum sc_code check_name(
        const struct sc_app *app, const char *name, struct sc_error *err)
{
    size_t len = strlen(name);
    size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    if (len == 0 || len > NAME_MAX_BYTES || good != len)
        return sc_fail(err, SC_INVALID,
                "--name is made of small letters, digits, '-' and '_', at most %d, not "
                "'%.80s'",
                NAME_MAX_BYTES, name);
    if (sc_catalog_routine(&app->catalog, name))
        return sc_fail(err, SC_CONFLICT,
                "there is a routine '%s' already: give another "
                "--name",
                name);
    if (!app->config_folder)
        return sc_fail(err, SC_INVALID, "no configuration folder: set HOME");
    return SC_OK;
}

/* The input as the routine declares it that the task came from, else as its value looks;
 * its value becomes the default, but a file is asked for each time. */
static struct sc_json *declare(const struct sc_routine *from, const struct sc_json *value)
{
    const struct sc_json *known =
            from ? sc_json_get(sc_json_get(from->json, "inputs"), sc_json_key(value))
                 : NULL;
    struct sc_json *declared = known ? sc_json_copy(known) : sc_json_new_object();

    if (!known)
        sc_json_set_string(
                declared, "type", sc_json_is(value, SC_JSON_NUMBER) ? "number" : "text");
    if (strcmp(sc_json_get_string(declared, "type", ""), "file") != 0)
        sc_json_set(declared, "default", sc_json_copy(value));
    return declared;
}

/* Is the plan that of the routine, but for what was told to the reader? */
static bool has_plan_of(const struct sc_routine *from, const struct sc_json *plan)
{
    return from && sc_json_equal(sc_json_get(sc_json_get(from->json, "plan"), "steps"),
                           sc_json_get(plan, "steps"));
}

/* Of the plan alone: the summary is the words of the task now. */
static struct sc_json *texts_of(const struct sc_routine *from)
{
    struct sc_json *texts = sc_json_new_object();

    SC_JSON_EACH(language, sc_json_get(from->json, "texts"))
    {
        struct sc_json *own =
                sc_json_set(texts, sc_json_key(language), sc_json_new_object());

        SC_JSON_EACH(text, language)
        if (strcmp(sc_json_key(text), "summary") != 0)
            sc_json_set(own, sc_json_key(text), sc_json_copy(text));
    }
    return texts;
}

/* The plan and the texts in other languages. A task keeps its plan as the reader saw it,
 * with values in the assumptions; a routine keeps their places. */
static void add_plan(
        struct sc_json *json, const struct sc_routine *from, const struct sc_json *plan)
{
    if (!has_plan_of(from, plan)) {
        sc_json_set(json, "plan", sc_json_copy(plan));
        return;
    }
    sc_json_set(json, "texts", texts_of(from));
    sc_json_set(json, "plan", sc_json_copy(sc_json_get(from->json, "plan")));
}

static struct sc_json *routine_of(
        const struct sc_app *app, const struct sc_json *report, const char *name)
{
    const struct sc_routine *from =
            sc_catalog_routine(&app->catalog, sc_json_get_string(report, "routine", ""));
    struct sc_json *json = sc_json_new_object(), *inputs;

    sc_json_set_string(json, "name", name);
    sc_json_set_string(json, "agent", sc_json_get_string(report, "agent", ""));
    sc_json_set_string(json, "summary", sc_json_get_string(report, "words", name));
    inputs = sc_json_set(json, "inputs", sc_json_new_object());
    SC_JSON_EACH(value, sc_json_get(report, "inputs"))
    sc_json_set(inputs, sc_json_key(value), declare(from, value));
    add_plan(json, from, sc_json_get(report, "plan"));
    return json;
}

static void print_path(const struct sc_app *app, const char *path, const char *name)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_set_string(json, "path", path);
    if (app->options->json)
        sc_print_json(stdout, json);
    else
        sc_print_line(stdout, "", path);
    if (!app->options->json)
        fprintf(stderr, "%s supercargo routine run %s\n",
                sc_say(app->language, SC_SAY_TO_RUN), name);
    sc_json_free(json);
}

static enum sc_code write_routine(
        const struct sc_app *app, const struct sc_json *json, struct sc_error *err)
{
    char *folder = sc_strdupf("%s/routines", app->config_folder);
    char *path = sc_strdupf("%s/%s.json", folder, sc_json_get_string(json, "name", ""));
    struct sc_buf text;
    enum sc_code code;

    sc_buf_init(&text);
    sc_json_write_pretty(&text, json);
    sc_buf_addc(&text, '\n');
    code = sc_folder_make(folder, err);
    if (!code)
        code = sc_file_write(path, text.data, text.len, 0644, err);
    if (!code)
        print_path(app, path, sc_json_get_string(json, "name", ""));
    sc_buf_release(&text);
    free(folder);
    free(path);
    return code;
}

static enum sc_code check_saved(const struct sc_json *report, struct sc_error *err)
{
    const char *state = sc_json_get_string(report, "state", "");

    if (!sc_json_is(sc_json_get(report, "plan"), SC_JSON_OBJECT))
        return sc_fail(err, SC_INVALID, "the task has no plan that could be saved");
    if (strcmp(state, sc_task_state_word(SC_TASK_DONE)) != 0)
        return sc_fail(err, SC_CONFLICT,
                "the task is '%s': only one that is done becomes a routine", state);
    return SC_OK;
}

/* The plan of a task becomes a routine of the person's own. */
static int save_routine(struct sc_app *app, const char *task_id, const char *name)
{
    struct sc_error err = { 0 };
    struct sc_json *report, *json;
    enum sc_code code = check_name(app, name, &err);

    if (code)
        return sc_app_fail(app->options, &err);
    report = app->store ? sc_exec_report_of(app->store, task_id, &err) : NULL;
    if (!app->store)
        sc_fail(&err, SC_NOT_FOUND, "there is no task '%.80s': no task was run yet",
                task_id);
    if (!report)
        return sc_app_fail(app->options, &err);
    json = routine_of(app, report, name);
    code = check_saved(report, &err);
    if (!code)
        code = write_routine(app, json, &err);
    sc_json_free(json);
    sc_json_free(report);
    return code ? sc_app_fail(app->options, &err) : SC_EXIT_DONE;
}

int sc_cmd_routine(struct sc_app *app)
{
    const char *what = sc_options_word(app->options, 0);
    const char *name = sc_options_word(app->options, 1);
    const struct sc_routine *routine;
    bool show = strcmp(what, "show") == 0;

    if (strcmp(what, "list") == 0)
        return list_routines(app);
    if (strcmp(what, "save") == 0 && *name && app->options->name)
        return save_routine(app, name, app->options->name);
    if (!*name || (!show && strcmp(what, "run") != 0))
        return sc_app_usage(app->options,
                "routine list, or: supercargo routine show|run NAME, or: "
                "supercargo routine save TASK --name NAME");
    routine = sc_catalog_routine(&app->catalog, name);
    if (!routine)
        return sc_app_unknown(
                app, "routine", name, sc_catalog_nearest_routine(&app->catalog, name));
    return show ? show_routine(app, routine) : run_routine(app, routine);
}
