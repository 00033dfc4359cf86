/* app/cmd_task.c - supercargo task list|show|cancel|resume. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/fixture.h"
#include "app/keep.h"
#include "app/print.h"
#include "app/report.h"
#include "app/request.h"
#include "app/say.h"
#include "app/task_id.h"
#include "app/task_list.h"
#include "app/why_words.h"
#include "base/mem.h"

enum { INTERRUPTED = 1000 };

static int show(struct sc_app *app, const char *id)
{
    struct sc_error err;
    struct sc_json *report = sc_exec_report_of(app->store, id, &err);

    if (!report)
        return sc_app_fail(app->options, &err);
    if (app->options->json)
        sc_print_json(stdout, report);
    else
        sc_report_print(stdout, report, app->language, true);
    if (!app->options->json && sc_json_get(report, "pruned_ms"))
        printf("%s\n", sc_why_say(app->language, SC_WHY_PRUNED));
    sc_json_free(report);
    return SC_EXIT_DONE;
}

/* --- all that were interrupted --- */

struct resuming {
    struct sc_app *app;
    struct sc_json *reports; /* for --json */
    size_t left;
    bool ended;
    int code; /* of the worst end */
};

static void on_resumed(struct sc_op *op, const struct sc_error *err)
{
    struct resuming *all = op->arg;
    struct sc_json *report = sc_json_copy(sc_exec_report(op));
    int code;

    if (report && err && !all->app->interrupted)
        sc_report_break(report, err);
    code = report ? sc_report_exit(report) : SC_EXIT_FAILED;
    if (report && all->app->options->json)
        sc_json_append(all->reports, sc_json_copy(report));
    else if (report)
        sc_report_print(stdout, report, all->app->language, false);
    else
        sc_print_line(stderr, "", err->msg);
    sc_json_free(report);
    if (code != SC_EXIT_DONE)
        all->code = code;
    all->ended = --all->left == 0;
}

/* Those whose process ended under them; what waits for a person waits on. */
static void add_interrupted(void *arg, const struct sc_task_row *row)
{
    if (row->state == SC_TASK_PLANNING || row->state == SC_TASK_RUNNING || row->wake_ms)
        sc_json_append(arg, sc_json_new_string(row->id));
}

static void print_reports(struct sc_json *take_reports)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_set(json, "tasks", take_reports);
    sc_print_json(stdout, json);
    sc_json_free(json);
}

static int resume_all(struct sc_app *app)
{
    struct resuming all = { .app = app };
    struct sc_task_filter filter = { .unfinished = true, .limit = INTERRUPTED };
    struct sc_json *ids = sc_json_new_array();
    struct sc_error err;

    if (sc_store_task_list(app->store, &filter, add_interrupted, ids, &err)) {
        sc_json_free(ids);
        return sc_app_fail(app->options, &err);
    }
    if (app->options->json)
        all.reports = sc_json_new_array();
    all.left = sc_json_count(ids);
    all.ended = all.left == 0;
    SC_JSON_EACH(id, ids)
    sc_exec_resume_start(&app->scope, app->exec, sc_json_string(id), on_resumed, &all);
    sc_app_wait(app, &all.ended);
    if (app->options->json)
        print_reports(all.reports);
    else if (sc_json_count(ids) == 0)
        printf("%s\n", sc_say(app->language, SC_SAY_NOTHING_INTERRUPTED));
    sc_json_free(ids);
    return app->interrupted ? SC_EXIT_INTERRUPTED : all.code;
}

int sc_cmd_task(struct sc_app *app)
{
    const char *what = sc_options_word(app->options, 0);
    bool given = *sc_options_word(app->options, 1);
    struct sc_error err;
    char *id;
    int code;

    if (strcmp(what, "list") == 0)
        return sc_task_list_print(app);
    if (strcmp(what, "prune") == 0)
        return sc_keep_prune(app);
    if (strcmp(what, "resume") == 0 && !given)
        return resume_all(app);
    if (!given || (strcmp(what, "show") != 0 && strcmp(what, "cancel") != 0 &&
                          strcmp(what, "resume") != 0 && strcmp(what, "export") != 0))
        return sc_app_usage(app->options,
                "task list, or: supercargo task show|cancel ID, or: "
                "supercargo task resume [ID], or: supercargo task export ID --fixture "
                "DIR, or: "
                "supercargo task prune --older-than AGE");
    id = sc_task_id_whole(app, sc_options_word(app->options, 1), &err);
    if (!id)
        return sc_app_fail(app->options, &err);
    if (strcmp(what, "show") == 0)
        code = show(app, id);
    else if (strcmp(what, "export") == 0)
        code = sc_fixture_export(app, id);
    else
        code = sc_request_resume(app, id, strcmp(what, "cancel") == 0);
    free(id);
    return code;
}
