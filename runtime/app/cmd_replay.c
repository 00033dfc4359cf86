/* app/cmd_replay.c - supercargo replay TASK. */
#include <stdlib.h>

#include "app/app.h"
#include "app/print.h"
#include "app/task_id.h"
#include "app/why_words.h"
#include "base/mem.h"
#include "exec/record.h"
#include "exec/replay.h"
#include "worker/pool.h"

enum { SHOWN = 2000 };

struct replaying {
    bool done;
    struct sc_error err;
    struct sc_json *outcome;
};

static void on_replayed(struct sc_op *op, const struct sc_error *err)
{
    struct replaying *replaying = op->arg;

    if (err)
        replaying->err = *err;
    replaying->outcome = sc_json_copy(sc_replay_outcome(op));
    replaying->done = true;
}

static void print_tools(const struct sc_json *tools, const char *language)
{
    SC_JSON_EACH(tool, tools)
    {
        const char *name = sc_json_get_string(tool, "name", "");
        const char *was = sc_json_get_string(tool, "was", "?");
        const char *now = sc_json_get_string(tool, "now", NULL);
        const char *const values[] = { name, was, now };
        char *text = sc_why_fill(
                language, now ? SC_WHY_TOOL_CHANGED : SC_WHY_TOOL_GONE, values);

        sc_print_line(stdout, "  ", text);
        free(text);
    }
}

static void print_side(
        const struct sc_json *divergence, const char *name, const char *title)
{
    const struct sc_json *value = sc_json_get(divergence, name);
    char *text;

    if (!value)
        return;
    text = sc_json_text(value);
    printf("  %s: ", title);
    sc_print_short(stdout, text, SHOWN);
    putchar('\n');
    free(text);
}

static void print_outcome(const struct sc_json *outcome, const char *language)
{
    const struct sc_json *divergence = sc_json_get(outcome, "divergence");
    const char *kind = sc_json_get_string(divergence, "kind", "");
    char *number = sc_strdupf(
            "%lld", (long long)(divergence ? sc_json_get_int(divergence, "seq", 0)
                                           : sc_json_get_int(outcome, "events", 0)));
    const char *const values[] = { number, kind };
    char *text =
            sc_why_fill(language, divergence ? SC_WHY_DIVERGED : SC_WHY_SAME, values);

    printf("%s\n", text);
    free(text);
    free(number);
    if (sc_json_get(divergence, "step"))
        sc_print_line(stdout, "  ", sc_json_get_string(divergence, "step", ""));
    if (divergence)
        sc_print_line(stdout, "  ", sc_json_get_string(divergence, "why", ""));
    print_side(divergence, "recorded", sc_why_say(language, SC_WHY_EXPECTED));
    print_side(divergence, "now", sc_why_say(language, SC_WHY_CAME_OUT));
    print_tools(sc_json_get(outcome, "tools"), language);
    if (sc_json_get_bool(outcome, "prompt_changed", false))
        printf("  %s\n", sc_why_say(language, SC_WHY_PROMPT_CHANGED));
    if (!divergence && !sc_json_get_bool(outcome, "ended", false))
        printf("  %s\n", sc_why_say(language, SC_WHY_NOT_ENDED));
}

static int replay(struct sc_app *app, const struct sc_json *record)
{
    struct sc_replay_parts parts = { .registry = app->registry,
        .evaluator = sc_pool_evaluator(app->pool),
        .store = app->store };
    struct replaying replaying = { 0 };
    int code;

    sc_replay_start(&app->scope, &parts, record, on_replayed, &replaying);
    sc_app_wait(app, &replaying.done);
    if (replaying.err.code)
        code = sc_app_fail(app->options, &replaying.err);
    else
        code = sc_json_get_bool(replaying.outcome, "same", false) ? SC_EXIT_DONE
                                                                  : SC_EXIT_FAILED;
    if (!replaying.err.code && app->options->json)
        sc_print_json(stdout, replaying.outcome);
    else if (!replaying.err.code)
        print_outcome(replaying.outcome, app->language);
    sc_json_free(replaying.outcome);
    return code;
}

int sc_cmd_replay(struct sc_app *app)
{
    struct sc_error err;
    struct sc_json *record;
    char *id;
    int code;

    if (app->options->words.count != 1)
        return sc_app_usage(app->options, "replay TASK");
    id = sc_task_id_whole(app, sc_options_word(app->options, 0), &err);
    record = id ? sc_record_read(app->store, id, &err) : NULL;
    free(id);
    if (!record)
        return sc_app_fail(app->options, &err);
    code = replay(app, record);
    sc_json_free(record);
    return code;
}
