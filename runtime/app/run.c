/* One task in the foreground: run or gone on with, then reported. */
#include <string.h>

#include "app/print.h"
#include "app/report.h"
#include "app/request.h"
#include "app/say.h"
#include "app/screen.h"

enum { OTHERS_LOOKED_AT = 100 };

struct run {
    struct sc_app *app;
    bool cancel; /* the task is to be ended */
    bool done;
    struct sc_error err;
    struct sc_json *report;
};

static void on_run_done(struct sc_op *op, const struct sc_error *err)
{
    struct run *run = op->arg;

    if (err)
        run->err = *err;
    run->report = sc_json_copy(sc_exec_report(op));
    run->done = true;
}

struct others {
    const char *id; /* not this one */
    size_t count;
};

static void count_interrupted(void *arg, const struct sc_task_row *row)
{
    struct others *others = arg;
    bool interrupted = row->state == SC_TASK_PLANNING || row->state == SC_TASK_RUNNING;

    others->count += interrupted && strcmp(row->id, others->id) != 0;
}

/* Tasks that an earlier process left in the middle are not forgotten. */
static void tell_of_interrupted(const struct run *run)
{
    const struct sc_app *app = run->app;
    struct sc_task_filter filter = { .unfinished = true, .limit = OTHERS_LOOKED_AT };
    struct others others = { sc_json_get_string(run->report, "id", ""), 0 };
    struct sc_error err;

    if (sc_store_task_list(app->store, &filter, count_interrupted, &others, &err) ||
            others.count == 0)
        return;
    fprintf(stderr, "\n%s supercargo task resume (%zu)\n",
            sc_say(app->language, SC_SAY_UNFINISHED), others.count);
}

static int print_stopped(const struct run *run)
{
    const struct sc_app *app = run->app;

    if (app->options->json && run->report)
        sc_print_json(stdout, run->report);
    else
        fprintf(stderr, "%s supercargo task resume %s\n",
                sc_say(app->language, SC_SAY_STOPPED),
                sc_json_get_string(run->report, "id", ""));
    return app->interrupted ? SC_EXIT_INTERRUPTED : SC_EXIT_WAITING;
}

static void ignore_row(void *arg, const struct sc_task_row *row)
{
    (void)arg;
    (void)row;
}

/* What happens to the task, its end too, cannot be recorded any more. */
static int print_broken(struct run *run)
{
    const struct sc_app *app = run->app;
    const char *id = sc_json_get_string(run->report, "id", "");
    struct sc_error err;

    if (!app->options->json) {
        sc_app_fail(app->options, &run->err);
        if (sc_store_task_get(app->store, id, ignore_row, NULL, &err) == SC_OK)
            fprintf(stderr, "%s supercargo task resume %s\n",
                    sc_say(app->language, SC_SAY_STOPPED), id);
        return SC_EXIT_FAILED;
    }
    sc_report_break(run->report, &run->err);
    sc_print_json(stdout, run->report);
    return SC_EXIT_FAILED;
}

static int print_end(struct run *run)
{
    const struct sc_app *app = run->app;

    sc_screen_rest(app->screen);
    if (app->interrupted || app->person_gone)
        return print_stopped(run);
    if (!run->report)
        return sc_app_fail(app->options, &run->err);
    if (run->err.code)
        return print_broken(run);
    if (app->options->json) {
        sc_print_json(stdout, run->report);
        return sc_report_exit(run->report);
    }
    sc_report_print(stdout, run->report, app->language, false);
    tell_of_interrupted(run);
    return sc_report_exit(run->report);
}

static int wait_for(struct run *run)
{
    int code;

    sc_app_wait(run->app, &run->done);
    code = print_end(run);
    if (run->cancel && !run->app->interrupted &&
            strcmp(sc_json_get_string(run->report, "state", ""), "cancelled") == 0)
        code = SC_EXIT_DONE; /* that was to be done */
    else if (run->cancel && run->report && !run->err.code && !run->app->options->json)
        fprintf(stderr, "%s\n", sc_say(run->app->language, SC_SAY_HAD_ENDED));
    sc_json_free(run->report);
    return code;
}

int sc_request_run(struct sc_app *app, const struct sc_request *request)
{
    struct run run = { .app = app };

    if (request->routine && !app->options->json)
        fprintf(stderr, "%s %s (%s)\n", sc_say(app->language, SC_SAY_ROUTINE),
                request->routine->name, sc_say(app->language, SC_SAY_NO_MODEL));
    if (request->routine)
        sc_app_preview(app, request->plan, request->inputs);
    else if (!request->spec.plan)
        sc_screen_begin(app->screen, sc_say(app->language, SC_SAY_PLANNING));
    sc_exec_run_start(&app->scope, app->exec, &request->spec, on_run_done, &run);
    return wait_for(&run);
}

int sc_request_resume(struct sc_app *app, const char *task_id, bool cancel)
{
    struct run run = { .app = app, .cancel = cancel };

    sc_exec_resume_start(&app->scope, app->exec, task_id, on_run_done, &run);
    if (cancel)
        sc_exec_cancel(app->exec, task_id);
    return wait_for(&run);
}
