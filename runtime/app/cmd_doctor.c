/* app/cmd_doctor.c - supercargo doctor: is the installation sound? */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "app/app.h"
#include "app/print.h"
#include "app/report.h"
#include "base/mem.h"

enum { MIB_BYTES = 1048576, LEAST_FREE_MIB = 100 };

/* 2024-01-01: a clock before it was never set. */
#define LEAST_CLOCK_MS 1704067200000

struct exam {
    struct sc_json *findings;
    bool sound;
};

static void found(struct exam *exam, const char *what, bool good, const char *text)
{
    struct sc_json *finding = sc_json_append(exam->findings, sc_json_new_object());

    sc_json_set_string(finding, "what", what);
    sc_json_set_bool(finding, "ok", good);
    sc_json_set_string(finding, "text", text);
    exam->sound = exam->sound && good;
}

static void examine_disk(struct exam *exam, const struct sc_app *app)
{
    struct statvfs fs;
    uint64_t free_mib;
    char *text;

    if (statvfs(app->data_folder, &fs) != 0) {
        found(exam, "disk", true,
                "the data folder does not exist yet: it is made by the "
                "first task");
        return;
    }
    free_mib = (uint64_t)fs.f_bavail * fs.f_frsize / MIB_BYTES;
    text = sc_strdupf(
            "%llu MiB free in %s", (unsigned long long)free_mib, app->data_folder);
    found(exam, "disk", free_mib >= LEAST_FREE_MIB, text);
    free(text);
}

static void examine_store(struct exam *exam, struct sc_app *app)
{
    struct sc_error err;
    struct sc_json *wrong;

    if (!app->store) {
        bool wrong_one = app->store_error.code != SC_OK;

        found(exam, "store", !wrong_one,
                wrong_one ? app->store_error.msg : "no tasks yet");
        return;
    }
    wrong = sc_store_verify(app->store, &err);
    if (!wrong)
        found(exam, "store", false, err.msg);
    else if (sc_json_count(wrong) == 0)
        found(exam, "store", true, "integrity and invariants hold");
    SC_JSON_EACH(sentence, wrong)
    found(exam, "store", false, sc_json_string(sentence));
    sc_json_free(wrong);
}

static void examine_tools(struct exam *exam, const struct sc_app *app)
{
    char *text = sc_strdupf("%zu tools, %zu agents, %zu routines",
            sc_registry_count(app->registry), app->catalog.agent_count,
            app->catalog.routine_count);

    found(exam, "tools", sc_registry_count(app->registry) > 0, text);
    free(text);
    SC_JSON_EACH(problem, app->problems)
    found(exam, "tools", false, sc_json_string(problem));
}

static void examine_model(struct exam *exam, const struct sc_app *app)
{
    struct sc_model_settings settings;
    struct sc_error err;

    if (sc_model_settings_read(&settings, app->config, NULL, app->data_folder, &err)) {
        found(exam, "model", false, err.msg);
    } else if (settings.profile) {
        char *text = sc_strdupf("%s at %s", settings.name,
                settings.url ? settings.url : settings.profile->id);

        found(exam, "model", true, text);
        free(text);
    } else {
        found(exam, "model", true,
                "none configured: routines work, free tasks do not; set a key, such as "
                "DEEPSEEK_API_KEY; supercargo model list shows all");
    }
    sc_model_settings_release(&settings);
}

/* What plans would see as env. */
static void examine_zone(struct exam *exam, const struct sc_app *app)
{
    struct sc_error err;
    struct sc_json *env = sc_settings_env(
            app->config, app->language, app->clock->wall_ms(app->clock), &err);

    found(exam, "zone", env != NULL, env ? sc_json_get_string(env, "zone", "") : err.msg);
    sc_json_free(env);
}

static int print(const struct exam *exam, const struct sc_app *app)
{
    if (app->options->json) {
        struct sc_json *json = sc_json_new_object();

        sc_json_set_bool(json, "ok", exam->sound);
        sc_json_set(json, "findings", sc_json_copy(exam->findings));
        sc_print_json(stdout, json);
        sc_json_free(json);
    } else {
        SC_JSON_EACH(finding, exam->findings)
        {
            printf("%-5s %-8s ", sc_json_get_bool(finding, "ok", false) ? "ok" : "WRONG",
                    sc_json_get_string(finding, "what", ""));
            sc_print_line(stdout, "", sc_json_get_string(finding, "text", ""));
        }
    }
    return exam->sound ? SC_EXIT_DONE : SC_EXIT_FAILED;
}

int sc_cmd_doctor(struct sc_app *app)
{
    struct exam exam = { .findings = sc_json_new_array(), .sound = true };
    char *versions = sc_strdupf("supercargo %s, %s", SC_VERSION, curl_version());
    int code;

    found(&exam, "version", true, versions);
    found(&exam, "folders", true, app->home_folder);
    examine_disk(&exam, app);
    examine_store(&exam, app);
    examine_tools(&exam, app);
    examine_model(&exam, app);
    examine_zone(&exam, app);
    found(&exam, "clock", app->clock->wall_ms(app->clock) > LEAST_CLOCK_MS,
            "the system's clock is set");
    code = print(&exam, app);
    sc_json_free(exam.findings);
    free(versions);
    return code;
}
