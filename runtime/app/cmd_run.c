/* app/cmd_run.c - supercargo run and supercargo plan. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/batch.h"
#include "app/print.h"
#include "app/report.h"
#include "app/request.h"
#include "app/say.h"
#include "base/mem.h"
#include "plan/plan.h"

enum { WORDS_SHOWN = 200 };

static int no_words(const struct sc_app *app)
{
    struct sc_error err;

    sc_fail(&err, SC_INVALID, "say what has to be done: supercargo %s \"TASK\"",
            app->options->command);
    sc_app_fail(app->options, &err);
    return SC_EXIT_USAGE;
}

int sc_cmd_run(struct sc_app *app)
{
    struct sc_request request;
    struct sc_error err;
    int code;

    if (app->options->batch)
        return sc_batch_run(app);
    if (app->options->words.count == 0)
        return no_words(app);
    if (sc_request_of_words(&request, app, NULL, &err))
        code = sc_request_refuse(app, &request, &err);
    else
        code = sc_request_run(app, &request);
    sc_request_release(&request);
    return code;
}

struct planning {
    bool done;
    struct sc_error err;
    struct sc_json *report;
};

static void on_planned(struct sc_op *op, const struct sc_error *err)
{
    struct planning *planning = op->arg;

    if (err)
        planning->err = *err;
    planning->report = sc_json_copy(sc_exec_report(op));
    planning->done = true;
}

static int print_plan(const struct sc_app *app, const struct sc_request *request,
        const struct sc_json *json)
{
    struct sc_error err;
    struct sc_plan *plan = sc_plan_read(json, NULL, &err);
    struct sc_json *lines;

    if (!plan)
        return sc_app_fail(app->options, &err);
    lines = sc_plan_sentences(
            plan, app->registry, request->inputs, request->spec.language);
    if (request->routine)
        printf("%s %s\n", sc_say(app->language, SC_SAY_ROUTINE), request->routine->name);
    SC_JSON_EACH(line, lines)
    sc_print_line(stdout, "", sc_json_string(line));
    fprintf(stderr, "%s supercargo run \"", sc_say(app->language, SC_SAY_TO_RUN));
    sc_print_short(stderr, request->words, WORDS_SHOWN);
    fputs("\"\n", stderr);
    sc_json_free(lines);
    sc_plan_free(plan);
    return SC_EXIT_DONE;
}

/* What is wrong with the plan, or why there is none. */
static void refuse_plan(const struct sc_app *app, struct planning *planning)
{
    const struct sc_json *error = sc_json_get(planning->report, "error");

    if (error && !planning->err.code)
        sc_fail(&planning->err, SC_INVALID, "%s",
                sc_json_get_string(error, "message", ""));
    sc_app_fail(app->options, &planning->err);
}

/* The plan without running it: the routine's own, or a model's. */
static int show_plan(struct sc_app *app, struct sc_request *request)
{
    struct planning planning = { 0 };
    const struct sc_json *json;
    int code;

    request->spec.plan_only = true;
    sc_exec_run_start(&app->scope, app->exec, &request->spec, on_planned, &planning);
    sc_app_wait(app, &planning.done);
    json = sc_json_get(planning.report, "plan");
    code = planning.report ? sc_report_exit(planning.report) : SC_EXIT_FAILED;
    if (app->options->json && planning.report)
        sc_print_json(stdout, planning.report);
    else if (code != SC_EXIT_DONE || !sc_json_is(json, SC_JSON_OBJECT))
        refuse_plan(app, &planning);
    else
        code = print_plan(app, request, json);
    sc_json_free(planning.report);
    return code;
}

int sc_cmd_plan(struct sc_app *app)
{
    struct sc_request request;
    struct sc_error err;
    int code;

    if (app->options->words.count == 0)
        return no_words(app);
    if (sc_request_of_words(&request, app, NULL, &err))
        code = sc_request_refuse(app, &request, &err);
    else
        code = show_plan(app, &request);
    sc_request_release(&request);
    return code;
}
