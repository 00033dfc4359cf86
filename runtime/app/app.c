#include "app/app.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "app/ask.h"
#include "app/folders.h"
#include "app/hostcall.h"
#include "app/keep.h"
#include "app/load.h"
#include "app/meaning.h"
#include "app/model_order.h"
#include "app/print.h"
#include "app/say.h"
#include "app/screen.h"
#include "app/spending.h"
#include "base/mem.h"
#include "builtin/builtin.h"
#include "loop/signal.h"
#include "memory/memory.h"
#include "model/price_file.h"
#include "net/curl_multi.h"
#include "plan/plan.h"
#include "worker/pool.h"

void sc_app_wait(struct sc_app *app, const bool *flag)
{
    while (!*flag) {
        int alive = uv_run(sc_loop_uv(app->loop), UV_RUN_ONCE);

        SC_ASSERT(alive || *flag);
    }
}

static int exit_of(enum sc_code code)
{
    switch ((int)code) {
    case SC_BUDGET:
        return SC_EXIT_OVER_BUDGET;
    case SC_CANCELLED:
        return SC_EXIT_INTERRUPTED;
    default:
        return SC_EXIT_FAILED;
    }
}

int sc_app_fail(const struct sc_options *options, const struct sc_error *err)
{
    if (options->json) {
        struct sc_json *json = sc_json_new_object();
        struct sc_json *error = sc_json_set(json, "error", sc_json_new_object());

        sc_json_set_string(json, "state", "failed");
        sc_json_set_string(error, "code", sc_code_word(err->code));
        sc_json_set_string(error, "message", err->msg);
        sc_print_json(stdout, json);
        sc_json_free(json);
    } else {
        sc_print_line(stderr, "supercargo: ", err->msg);
    }
    return exit_of(err->code);
}

int sc_app_usage(const struct sc_options *options, const char *words)
{
    struct sc_error err;

    sc_fail(&err, SC_INVALID, "write: supercargo %s", words);
    sc_app_fail(options, &err);
    return SC_EXIT_USAGE;
}

/* The sentence about the file that a tool, agent or routine should be in, or NULL. */
static const char *problem_of(
        const struct sc_app *app, const char *kind, const char *name)
{
    char *file = strcmp(kind, "routine") == 0 ? sc_strdupf("/routines/%s.json", name)
                                              : sc_strdupf("/%s/%s.lua", name, kind);
    const char *found = NULL;

    SC_JSON_EACH(problem, app->problems)
    if (!found && strstr(sc_json_string(problem), file))
        found = sc_json_string(problem);
    free(file);
    return found;
}

int sc_app_unknown(
        const struct sc_app *app, const char *kind, const char *name, const char *near)
{
    const char *problem = problem_of(app, kind, name);
    struct sc_error err;

    if (problem)
        sc_fail(&err, SC_INVALID, "%s", problem);
    else if (near)
        sc_fail(&err, SC_NOT_FOUND, "there is no %s '%.80s'; did you mean '%s'?", kind,
                name, near);
    else
        sc_fail(&err, SC_NOT_FOUND, "there is no %s '%.80s'; see supercargo %s list",
                kind, name, kind);
    return sc_app_fail(app->options, &err);
}

static enum sc_code open_folders(struct sc_app *app, int parts, struct sc_error *err)
{
    app->scratch = parts & SC_APP_SCRATCH;
    app->data_folder = app->scratch ? sc_folder_scratch(err)
                                    : sc_folder_data(app->options->data, err);
    if (!app->data_folder)
        return err->code;
    app->config_folder = sc_folder_config();
    if (!(parts & SC_APP_TOOLS))
        return SC_OK;
    app->home_folder = sc_folder_home(app->options->home, err);
    return app->home_folder ? SC_OK : err->code;
}

static enum sc_code open_store(struct sc_app *app, int parts, struct sc_error *err)
{
    struct sc_store_options options = { .folder = app->data_folder,
        .read_only = !(parts & SC_APP_STORE) };

    if (!(parts & (SC_APP_STORE | SC_APP_LOOK)))
        return SC_OK;
    app->store = sc_store_open(app->loop, &options, err);
    if (app->store)
        app->memory = sc_memory_new(app->store, app->clock);
    if (!app->store && options.read_only && err->code == SC_NOT_FOUND)
        return SC_OK; /* nothing was stored yet: there is nothing to see */
    if (!app->store && (parts & SC_APP_EXAMINE)) {
        app->store_error = *err;
        return SC_OK;
    }
    return app->store ? SC_OK : err->code;
}

static enum sc_code open_tools(struct sc_app *app, struct sc_error *err)
{
    struct sc_multi_config net = { 0 };
    struct sc_builtin_parts parts = { .loop = app->loop,
        .store = app->store,
        .memory = app->memory,
        .clock = app->clock,
        .offline = app->options->offline };
    char *worker = sc_worker_path(err);
    struct sc_pool_options pool = { .worker_path = worker,
        .on_host_call = sc_app_host_call,
        .arg = app,
        .log = app->log };

    if (!worker)
        return err->code;
    sc_settings_net(&net);
    app->multi = sc_multi_new(app->loop, &net);
    parts.multi = app->multi;
    app->builtins = sc_builtins_new(&parts);
    app->pool = sc_pool_new(app->loop, &pool);
    app->registry = sc_registry_new();
    app->config = sc_json_new_object();
    app->problems = sc_json_new_array();
    app->paths = sc_json_new_object();
    free(worker);
    return sc_load_all(app, err);
}

static enum sc_code open_model(struct sc_app *app, struct sc_error *err)
{
    app->order = sc_model_order_new(app, err);
    if (!app->order)
        return err->code;
    app->model = app->order->model;
    return SC_OK;
}

void sc_app_preview(
        struct sc_app *app, const struct sc_json *json, const struct sc_json *inputs)
{
    struct sc_error err;
    struct sc_plan *plan = sc_plan_read(json, NULL, &err);
    struct sc_json *sentences;

    if (!plan)
        return; /* the executor says what is wrong with it */
    sentences = sc_plan_sentences(plan, app->registry, inputs, app->language);
    sc_screen_plan(app->screen, sentences);
    sc_json_free(sentences);
    sc_plan_free(plan);
}

static void on_event(void *arg, const struct sc_exec_event *event)
{
    struct sc_app *app = arg;
    const struct sc_json *plan = sc_json_get(event->body, "plan");

    sc_screen_event(app->screen, event);
    if (plan && strcmp(event->kind, "turn") == 0)
        sc_app_preview(app, plan, NULL);
}

/* --yes approves what writes, never what spends. */
static struct sc_json *approve_by_flag(
        const struct sc_app *app, const struct sc_question *question)
{
    const char *effect = sc_json_get_string(question->what, "effect", "spend");
    struct sc_json *answer;

    if (!app->options->yes || !question->approval || strcmp(effect, "write") != 0)
        return NULL;
    answer = sc_json_new_object();
    sc_json_set_bool(answer, "approve", true);
    return answer;
}

static bool on_question(void *arg, const struct sc_question *question)
{
    struct sc_app *app = arg;
    struct sc_json *answer = approve_by_flag(app, question);

    if (!answer)
        return app->asker && sc_asker_ask(app->asker, question);
    sc_exec_answer(app->exec, question->task_id, question->step_id, answer);
    sc_json_free(answer);
    return true;
}

static void on_answer(
        void *arg, const char *task_id, const char *step_id, const struct sc_json *answer)
{
    sc_exec_answer(((struct sc_app *)arg)->exec, task_id, step_id, answer);
}

static void on_gone(void *arg)
{
    struct sc_app *app = arg;

    app->person_gone = true;
    sc_scope_cancel(&app->scope);
}

/* The first Ctrl-C stops in order, and tasks can be gone on with; a second one ends the
 * program at once, which loses nothing either: the journal is the truth. */
static void on_signal(void *arg, int signum)
{
    struct sc_app *app = arg;

    (void)signum;
    if (app->interrupted)
        _exit(SC_EXIT_INTERRUPTED);
    app->interrupted = true;
    sc_scope_cancel(&app->scope);
}

static enum sc_code open_exec(struct sc_app *app, struct sc_error *err)
{
    bool quiet = app->options->json || app->options->batch;
    struct sc_exec_parts parts = { .loop = app->loop,
        .store = app->store,
        .registry = app->registry,
        .clock = app->clock,
        .log = app->log,
        .on_event = quiet ? NULL : on_event,
        .on_question = on_question,
        .arg = app };
    const struct sc_asker_events person = { on_answer, on_gone, app };

    app->signals = sc_signals_new(app->loop, on_signal, app, err);
    if (!app->signals || open_model(app, err) || sc_app_embedder_open(app, err))
        return err->code;
    app->env = sc_settings_env(
            app->config, app->language, app->clock->wall_ms(app->clock), err);
    if (!app->env || sc_spending_open(app, err))
        return err->code;
    sc_app_meaning_open(app);
    parts.budgets = app->budgets;
    parts.evaluator = sc_pool_evaluator(app->pool);
    app->exec = sc_exec_new(&parts);
    if (sc_keep_start(app, err))
        return err->code;
    if (!quiet)
        app->asker = sc_asker_new(app->loop, app->screen, app->language, &person);
    return SC_OK;
}

static char *name_of_user(void)
{
    const struct passwd *entry = getpwuid(getuid());

    return sc_strdup(entry ? entry->pw_name : "?");
}

enum sc_code sc_app_open(struct sc_app *app, const struct sc_options *options, int parts,
        struct sc_error *err)
{
    const char *words = options->words.count && strcmp(options->command, "run") == 0
                                ? options->words.items[0]
                                : NULL;

    *app = (struct sc_app){ .options = options, .clock = sc_clock_system() };
    app->user = name_of_user();
    app->log = sc_log_new(stderr, options->verbose ? SC_DEBUG : SC_WARN);
    app->language = sc_settings_language(options->language, words);
    app->screen = sc_screen_new(stderr, app->language, options->json || options->batch);
    app->loop = sc_loop_new(err);
    if (!app->loop)
        return err->code;
    sc_scope_init(&app->scope, app->loop);
    if (options->language && !sc_says(options->language))
        return sc_fail(err, SC_INVALID, "a --language is en, zh or ja, not '%.40s'",
                options->language);
    if (open_folders(app, parts, err) || open_store(app, parts, err))
        return err->code;
    if ((parts & SC_APP_TOOLS) && open_tools(app, err))
        return err->code;
    if ((parts & SC_APP_EXEC) && app->config_problem) /* not what the person meant */
        return sc_fail(err, SC_INVALID, "%s", app->config_problem);
    if ((parts & SC_APP_EXEC) && open_exec(app, err))
        return err->code;
    return SC_OK;
}

static void set_flag(void *arg)
{
    *(bool *)arg = true;
}

static void on_scope_empty(struct sc_scope *scope)
{
    sc_container_of(scope, struct sc_app, scope)->scope.on_empty = NULL;
}

static void close_loop_parts(struct sc_app *app)
{
    bool pool_closed = app->pool == NULL, budgets_closed = app->budgets == NULL;

    sc_scope_close(&app->scope, on_scope_empty);
    while (app->scope.on_empty)
        uv_run(sc_loop_uv(app->loop), UV_RUN_ONCE);
    sc_exec_free(app->exec);
    if (app->budgets)
        sc_budgets_close(app->budgets, set_flag, &budgets_closed);
    sc_app_wait(app, &budgets_closed);
    sc_asker_free(app->asker);
    sc_signals_free(app->signals);
    sc_model_order_free(app->order);
    sc_app_meaning_close(app);
    sc_registry_free(app->registry);
    if (app->pool)
        sc_pool_close(app->pool, set_flag, &pool_closed);
    sc_app_wait(app, &pool_closed);
    sc_builtins_free(app->builtins);
    sc_multi_free(app->multi);
    sc_memory_free(app->memory);
    sc_store_close(app->store);
    sc_loop_free(app->loop);
}

void sc_app_close(struct sc_app *app)
{
    if (app->loop)
        close_loop_parts(app);
    sc_catalog_release(&app->catalog);
    sc_json_free(app->config);
    sc_price_file_free(app->prices);
    sc_json_free(app->env);
    sc_json_free(app->problems);
    sc_json_free(app->paths);
    sc_screen_free(app->screen);
    sc_log_free(app->log);
    if (app->scratch && app->data_folder)
        sc_folder_remove(app->data_folder);
    free(app->user);
    free(app->data_folder);
    free(app->home_folder);
    free(app->config_folder);
}
