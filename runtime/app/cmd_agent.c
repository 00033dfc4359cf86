/* app/cmd_agent.c - supercargo agent list|show NAME, routine list|show|run|save. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/folders.h"
#include "app/print.h"
#include "app/report.h"
#include "app/request.h"
#include "app/say.h"
#include "base/mem.h"
#include "base/words.h"
#include "loop/file.h"

static int usage(const struct sc_app *app, const char *words)
{
    struct sc_error err;

    sc_fail(&err, SC_INVALID, "write: supercargo %s", words);
    sc_app_fail(app->options, &err);
    return SC_EXIT_USAGE;
}

static const char *word(const struct sc_app *app, size_t index)
{
    return index < app->options->words.count ? app->options->words.items[index] : "";
}

static int print(const struct sc_json *json)
{
    struct sc_buf text;

    sc_buf_init(&text);
    sc_json_write_pretty(&text, json);
    printf("%s\n", sc_buf_text(&text));
    sc_buf_release(&text);
    return SC_EXIT_DONE;
}

static int list_agents(const struct sc_app *app)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < app->catalog.agent_count; i++) {
        const struct sc_agent *agent = &app->catalog.agents[i];

        if (app->options->json)
            sc_json_append(list, sc_json_copy(agent->json));
        else
            printf("%-16s %s\n", agent->name,
                    sc_text_of(agent->json, "summary", app->language));
    }
    if (app->options->json)
        sc_print_json(stdout, list);
    sc_json_free(list);
    return SC_EXIT_DONE;
}

static int unknown(
        const struct sc_app *app, const char *kind, const char *name, const char *near)
{
    struct sc_error err;

    if (near)
        sc_fail(&err, SC_NOT_FOUND, "there is no %s '%s'; did you mean '%s'?", kind, name,
                near);
    else
        sc_fail(&err, SC_NOT_FOUND, "there is no %s '%s'; see supercargo %s list", kind,
                name, kind);
    return sc_app_fail(app->options, &err);
}

static const char *nearest_agent(const struct sc_app *app, const char *name)
{
    const char **names = sc_new_array(const char *, app->catalog.agent_count + 1);
    const char *near;

    for (size_t i = 0; i < app->catalog.agent_count; i++)
        names[i] = app->catalog.agents[i].name;
    near = sc_words_nearest(name, names, app->catalog.agent_count);
    free(names);
    return near;
}

static const char *nearest_routine(const struct sc_app *app, const char *name)
{
    const char **names = sc_new_array(const char *, app->catalog.routine_count + 1);
    const char *near;

    for (size_t i = 0; i < app->catalog.routine_count; i++)
        names[i] = app->catalog.routines[i].name;
    near = sc_words_nearest(name, names, app->catalog.routine_count);
    free(names);
    return near;
}

int sc_cmd_agent(struct sc_app *app)
{
    const struct sc_agent *agent;

    if (strcmp(word(app, 0), "list") == 0)
        return list_agents(app);
    if (strcmp(word(app, 0), "show") != 0 || !*word(app, 1))
        return usage(app, "agent list, or: supercargo agent show NAME");
    agent = sc_catalog_agent(&app->catalog, word(app, 1));
    if (!agent)
        return unknown(app, "agent", word(app, 1), nearest_agent(app, word(app, 1)));
    return print(agent->json);
}

static int list_routines(const struct sc_app *app)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < app->catalog.routine_count; i++) {
        const struct sc_routine *routine = &app->catalog.routines[i];
        const struct sc_json *phrases = sc_json_get(routine->json, "phrases");
        const struct sc_json *said = sc_json_first(sc_json_get(phrases, app->language));

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

static enum sc_code write_routine(const struct sc_app *app, const char *name,
        struct sc_json *json, struct sc_error *err)
{
    const char *home = app->config_folder ? app->config_folder : app->data_folder;
    char *folder = sc_strdupf(
            "%s/agents/%s/routines", home, sc_json_get_string(json, "agent", "operator"));
    char *path = sc_strdupf("%s/%s.json", folder, name);
    struct sc_buf text;

    sc_buf_init(&text);
    sc_json_write_pretty(&text, json);
    sc_buf_addc(&text, '\n');
    if (sc_folder_make(folder, err) == SC_OK &&
            sc_file_write(path, text.data, text.len, 0644, err) == SC_OK)
        printf("%s\n", path);
    sc_buf_release(&text);
    free(folder);
    free(path);
    return err->code;
}

/* The plan of a task that is done becomes a routine of the person's own. */
static int save_routine(struct sc_app *app, const char *task_id, const char *name)
{
    struct sc_error err = { 0 };
    struct sc_json *report = sc_exec_report_of(app->store, task_id, &err), *json;

    if (!report)
        return sc_app_fail(app->options, &err);
    json = sc_json_new_object();
    sc_json_set_string(json, "name", name);
    sc_json_set_string(json, "agent", sc_json_get_string(report, "agent", "operator"));
    sc_json_set_string(json, "summary", sc_json_get_string(report, "words", name));
    sc_json_set(json, "inputs", sc_json_new_object());
    SC_JSON_EACH(input, sc_json_get(report, "inputs"))
    {
        struct sc_json *declared = sc_json_new_object();

        sc_json_set_string(declared, "type", "text");
        sc_json_set(declared, "default", sc_json_copy(input));
        sc_json_set(sc_json_get(json, "inputs"), sc_json_key(input), declared);
    }
    sc_json_set(json, "plan", sc_json_copy(sc_json_get(report, "plan")));
    write_routine(app, name, json, &err);
    sc_json_free(json);
    sc_json_free(report);
    return err.code ? sc_app_fail(app->options, &err) : SC_EXIT_DONE;
}

int sc_cmd_routine(struct sc_app *app)
{
    const struct sc_routine *routine;

    if (strcmp(word(app, 0), "list") == 0)
        return list_routines(app);
    if (strcmp(word(app, 0), "save") == 0) {
        if (!*word(app, 1) || !app->options->name)
            return usage(app, "routine save TASK --name NAME");
        return save_routine(app, word(app, 1), app->options->name);
    }
    if (!*word(app, 1) ||
            (strcmp(word(app, 0), "show") != 0 && strcmp(word(app, 0), "run") != 0))
        return usage(app, "routine list, or: supercargo routine show|run NAME, or: "
                          "supercargo routine save TASK --name NAME");
    routine = sc_catalog_routine(&app->catalog, word(app, 1));
    if (!routine)
        return unknown(app, "routine", word(app, 1), nearest_routine(app, word(app, 1)));
    if (strcmp(word(app, 0), "show") == 0)
        return print(routine->json);
    return run_routine(app, routine);
}
