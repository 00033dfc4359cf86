#include "app/batch.h"

#include <stdlib.h>
#include <string.h>

#include "app/folders.h"
#include "app/print.h"
#include "app/report.h"
#include "app/request.h"
#include "base/mem.h"

enum {
    FILE_LIMIT = 64 * 1024 * 1024,
    DEFAULT_PARALLEL = 16,
    MOST_PARALLEL = 10000,
    LINE_SHOWN = 200
};

struct batch {
    struct sc_app *app;
    char *text, *at; /* what is left of the file */
    int running;
    long parallel;
    int64_t done, failed;
    bool ended;
    bool broken; /* nothing can be recorded any more: no further task is started */
};

struct entry {
    struct batch *batch;
    struct sc_request request;
};

static void start_more(struct batch *batch);

/* The next line that says something, or NULL. */
static char *next_line(struct batch *batch)
{
    while (*batch->at) {
        char *line = batch->at, *end = strchr(line, '\n');

        batch->at = end ? end + 1 : line + strlen(line);
        if (end)
            *end = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (line[strspn(line, " \t")])
            return line;
    }
    return NULL;
}

static void print_line_of(const struct sc_json *report)
{
    const struct sc_json *error = sc_json_get(report, "error");

    printf("%-11s %s", sc_json_get_string(report, "state", ""),
            sc_json_get_string(report, "id", ""));
    sc_print_line(stdout, "  ",
            error ? sc_json_get_string(error, "message", "")
                  : sc_json_get_string(report, "answer", ""));
}

static void print_end(const struct batch *batch, const struct sc_json *report)
{
    if (batch->app->options->json)
        sc_print_json(stdout, report);
    else
        print_line_of(report);
}

static void count_end(struct batch *batch, const struct sc_json *report)
{
    if (strcmp(sc_json_get_string(report, "state", ""), "done") == 0)
        batch->done++;
    else
        batch->failed++;
}

static void on_run_done(struct sc_op *op, const struct sc_error *err)
{
    struct entry *entry = op->arg;
    struct batch *batch = entry->batch;
    struct sc_json *report = batch->app->options->json ? sc_json_copy(sc_exec_report(op))
                                                       : sc_exec_brief(op);

    if (report && err && !batch->app->interrupted)
        sc_report_break(report, err);
    count_end(batch, report);
    if (report)
        print_end(batch, report);
    else if (err)
        sc_print_line(stderr, "", err->msg);
    if (err && err->code == SC_STORAGE && !batch->broken) {
        sc_print_line(stderr, "supercargo: ", err->msg);
        batch->broken = true;
    }
    sc_json_free(report);
    sc_request_release(&entry->request);
    free(entry);
    batch->running--;
    start_more(batch);
}

static enum sc_code read_entry(
        struct batch *batch, struct entry *entry, const char *line, struct sc_error *err)
{
    struct sc_json *json = NULL;
    enum sc_code code;

    if (line[0] != '{')
        return sc_request_of_words(&entry->request, batch->app, line, err);
    json = sc_json_parse(line, strlen(line), NULL, err);
    if (!json)
        return err->code;
    code = sc_request_of_words(
            &entry->request, batch->app, sc_json_get_string(json, "task", ""), err);
    SC_JSON_EACH(input, sc_json_get(json, "inputs"))
    if (!code)
        sc_json_set(entry->request.inputs, sc_json_key(input), sc_json_copy(input));
    sc_json_free(json);
    return code;
}

static void print_refused(
        const struct batch *batch, const char *line, const struct sc_error *err)
{
    struct sc_json *json, *error;

    if (!batch->app->options->json) {
        sc_print_short(stderr, line, LINE_SHOWN);
        sc_print_line(stderr, ": ", err->msg);
        return;
    }
    json = sc_json_new_object();
    sc_json_set_string(json, "state", "failed");
    sc_json_set_string(json, "words", line);
    error = sc_json_set(json, "error", sc_json_new_object());
    sc_json_set_string(error, "code", sc_code_word(err->code));
    sc_json_set_string(error, "message", err->msg);
    sc_print_json(stdout, json);
    sc_json_free(json);
}

static void start_one(struct batch *batch, const char *line)
{
    struct entry *entry = sc_new(struct entry);
    struct sc_error err;

    entry->batch = batch;
    if (read_entry(batch, entry, line, &err)) {
        print_refused(batch, line, &err);
        batch->failed++;
        sc_request_release(&entry->request);
        free(entry);
        return;
    }
    batch->running++;
    sc_exec_run_start(&batch->app->scope, batch->app->exec, &entry->request.spec,
            on_run_done, entry);
}

static void start_more(struct batch *batch)
{
    while (batch->running < batch->parallel && !batch->broken &&
            !batch->app->interrupted) {
        char *line = next_line(batch);

        if (!line)
            break;
        start_one(batch, line);
    }
    batch->ended = batch->running == 0;
}

int sc_batch_run(struct sc_app *app)
{
    struct batch batch = { .app = app };
    struct sc_error err;
    size_t len;

    if (sc_options_number("parallel", app->options->parallel, MOST_PARALLEL,
                DEFAULT_PARALLEL, &batch.parallel, &err))
        return sc_app_fail(app->options, &err);
    batch.text = sc_read_text(app->options->batch, FILE_LIMIT, &len, &err);
    if (!batch.text)
        return sc_app_fail(app->options, &err);
    if (strlen(batch.text) != len) {
        sc_fail(&err, SC_INVALID,
                "'%.150s' has a zero byte: it is no text with a task a line",
                app->options->batch);
        free(batch.text);
        return sc_app_fail(app->options, &err);
    }
    batch.at = batch.text;
    start_more(&batch);
    if (!batch.ended)
        sc_app_wait(app, &batch.ended);
    if (!app->options->json)
        printf("%lld done, %lld not\n", (long long)batch.done, (long long)batch.failed);
    free(batch.text);
    if (app->interrupted)
        return SC_EXIT_INTERRUPTED;
    return batch.failed ? SC_EXIT_FAILED : SC_EXIT_DONE;
}
