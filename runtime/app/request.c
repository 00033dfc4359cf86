#include "app/request.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/budget.h"
#include "app/folders.h"
#include "app/match.h"
#include "app/origin.h"
#include "app/reader.h"
#include "app/recall.h"
#include "app/say.h"
#include "app/settings.h"
#include "app/shapes.h"
#include "app/spending.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { WORDS_MAX = 64 * 1024 };

#define DEFAULT_AGENT "operator"
#define DEFAULT_OUT   "supercargo-out"

/* --- what was typed --- */

static enum sc_code read_words(
        struct sc_request *request, const struct sc_app *app, struct sc_error *err)
{
    struct sc_buf text;
    size_t len;

    sc_buf_init(&text);
    for (size_t i = 0; i < app->options->words.count; i++)
        sc_buf_addf(&text, "%s%s", i ? " " : "", app->options->words.items[i]);
    len = text.len;
    request->words = sc_buf_detach(&text);
    if (len > WORDS_MAX)
        return sc_fail(err, SC_INVALID,
                "the task has %zu bytes, at most %d: put long text into a file and give "
                "it "
                "with --file",
                len, WORDS_MAX);
    return SC_OK;
}

static enum sc_code check_words(const struct sc_request *request, struct sc_error *err)
{
    size_t len = strlen(request->words), valid = sc_utf8_valid(request->words, len);

    if (valid != len)
        return sc_fail(err, SC_INVALID,
                "the task is not UTF-8 at byte %zu: type it in a UTF-8 terminal",
                valid + 1);
    if (request->words[strspn(request->words, " \t\r\n")] == '\0')
        return sc_fail(err, SC_INVALID, "the task has no words");
    return SC_OK;
}

static enum sc_code check_text(const char *what, const char *text, struct sc_error *err)
{
    size_t len = strlen(text), valid = sc_utf8_valid(text, len);

    if (valid == len)
        return SC_OK;
    return sc_fail(err, SC_INVALID, "%s is not UTF-8 at byte %zu", what, valid + 1);
}

static enum sc_code read_files(
        struct sc_request *request, const struct sc_app *app, struct sc_error *err)
{
    request->files = sc_json_new_array();
    for (size_t i = 0; i < app->options->files.count; i++) {
        const char *name = app->options->files.items[i];
        char path[PATH_MAX];

        if (check_text("the name of a --file", name, err))
            return err->code;
        if (!realpath(name, path))
            return sc_fail(err, SC_NOT_FOUND, "there is no file '%s'", name);
        if (!sc_is_file(path))
            return sc_fail(err, SC_INVALID, "'%s' is not a file", name);
        if (check_text("the path of a --file", path, err))
            return err->code;
        sc_json_append(request->files, sc_json_new_string(path));
    }
    return SC_OK;
}

/* A value on the command line is JSON when it reads as JSON, else text. */
static struct sc_json *read_value(const char *text)
{
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, NULL);

    return value ? value : sc_json_new_string(text);
}

static enum sc_code read_inputs(
        struct sc_request *request, const struct sc_app *app, struct sc_error *err)
{
    request->inputs = sc_json_new_object();
    for (size_t i = 0; i < app->options->inputs.count; i++) {
        const char *text = app->options->inputs.items[i], *equals = strchr(text, '=');
        char *name;

        if (check_text("an --input", text, err))
            return err->code;
        if (!equals || equals == text)
            return sc_fail(err, SC_INVALID, "--input must be KEY=VALUE, is '%s'", text);
        name = sc_strndup(text, (size_t)(equals - text));
        sc_json_set(request->inputs, name, read_value(equals + 1));
        free(name);
    }
    return SC_OK;
}

static enum sc_code read_out(
        struct sc_request *request, const struct sc_app *app, struct sc_error *err)
{
    const char *out = app->options->out ? app->options->out : DEFAULT_OUT;
    char here[PATH_MAX];

    if (check_text("--out", out, err))
        return err->code;
    if (access(out, F_OK) == 0 && !sc_is_folder(out))
        return sc_fail(err, SC_INVALID,
                "'%s' is no folder: give --out another one for new files", out);
    if (out[0] == '/') {
        request->out_dir = sc_strdup(out);
        return SC_OK;
    }
    if (!getcwd(here, sizeof(here)))
        return sc_fail(err, SC_STORAGE, "the current folder is gone: give --out DIR");
    request->out_dir = sc_strdupf("%s/%s", here, out);
    return SC_OK;
}

/* What was said on the command line, else the agent's own. */
static enum sc_code use_strategy(struct sc_request *request, const struct sc_app *app,
        const struct sc_agent *agent, struct sc_error *err)
{
    const char *own = sc_json_get_string(agent->json, "strategy", NULL);
    const char *strategy = app->options->strategy ? app->options->strategy : own;

    request->spec.strategy = SC_STRATEGY_PLAN;
    if (!strategy || strcmp(strategy, "plan") == 0)
        return SC_OK;
    request->spec.strategy = SC_STRATEGY_LOOP;
    if (strcmp(strategy, "loop") == 0)
        return SC_OK;
    return sc_fail(err, SC_INVALID, "a strategy is plan or loop, not '%s'", strategy);
}

/* Everything but words, agent and plan. */
static enum sc_code read_common(
        struct sc_request *request, struct sc_app *app, struct sc_error *err)
{
    if (read_files(request, app, err) || read_inputs(request, app, err) ||
            read_out(request, app, err))
        return err->code;
    request->spec.yes = app->options->yes;
    request->spec.dry_run = app->options->dry_run;
    return SC_OK;
}

/* What was said on the command line, else the agent's own. */
static enum sc_code use_budget(struct sc_request *request, struct sc_app *app,
        const struct sc_agent *agent, struct sc_error *err)
{
    const char *text = app->options->budget;
    struct sc_json *rates;
    struct sc_budget budget = { 0 };
    enum sc_code code;

    request->spec.budget_micro = -1;
    request->spec.budget_currency = "USD";
    if (!text)
        return sc_spending_read(app, sc_json_get(agent->json, "budget"), SC_SPENDING_TASK,
                &request->spec.budget_micro, err);
    rates = sc_budget_rates(app->paths);
    code = sc_budget_read(text, rates, &budget, err);
    sc_json_free(rates);
    if (code)
        return code;
    request->spec.budget_micro = budget.micro_usd;
    if (*budget.rate_date && !app->options->json)
        fprintf(stderr, "%s: %s = %lld.%06lld USD (%s)\n",
                sc_say(app->language, SC_SAY_BUDGET), text,
                (long long)(budget.micro_usd / 1000000),
                (long long)(budget.micro_usd % 1000000), budget.rate_date);
    return SC_OK;
}

static enum sc_code use_agent(struct sc_request *request, struct sc_app *app,
        const char *name, struct sc_error *err)
{
    const struct sc_agent *agent = sc_catalog_agent(&app->catalog, name);

    if (!agent)
        return sc_fail(err, SC_NOT_FOUND,
                "there is no agent '%s'; see supercargo agent list", name);
    request->spec.agent = agent->name;
    request->spec.instructions = sc_json_get_string(agent->json, "instructions", NULL);
    request->spec.tools = sc_json_get(agent->json, "tools");
    if (use_strategy(request, app, agent, err))
        return err->code;
    return use_budget(request, app, agent, err);
}

/* Fields of the spec that point into the request. */
static void finish_spec(struct sc_request *request, struct sc_app *app, double score)
{
    request->env = sc_json_copy(app->env);
    sc_json_set_string(request->env, "language", request->spec.language);
    if (request->spec.agent)
        request->origin = sc_origin_of(app, request, score);
    request->spec.origin = request->origin;
    request->spec.words = request->words;
    request->spec.env = request->env;
    request->spec.inputs = request->inputs;
    request->spec.files = request->files;
    request->spec.shapes = request->shapes;
    request->spec.memory = request->memory;
    request->spec.out_dir = request->out_dir;
}

/* --- from words to a routine, or to a model --- */

int sc_request_refuse(const struct sc_app *app, const struct sc_request *request,
        const struct sc_error *err)
{
    const char *language =
            request->spec.language ? request->spec.language : app->language;
    int code = sc_app_fail(app->options, err);

    if (app->options->json || sc_json_count(request->nearest) == 0)
        return code;
    fprintf(stderr, "%s\n", sc_say(language, SC_SAY_TRY_ONE));
    SC_JSON_EACH(phrase, request->nearest)
    fprintf(stderr, "  %s\n", sc_json_string(phrase));
    return code;
}

static enum sc_code no_model(
        struct sc_request *request, struct sc_match *match, struct sc_error *err)
{
    request->nearest = match->nearest;
    match->nearest = NULL;
    return sc_fail(err, SC_NOT_FOUND,
            "no routine does this, and no model is configured to plan it: set "
            "a provider's key, such as OPENAI_API_KEY or DASHSCOPE_API_KEY; supercargo "
            "model list shows all");
}

/* What the planner is shown of the files and told of what is known. */
static enum sc_code read_for_planner(
        struct sc_request *request, struct sc_app *app, struct sc_error *err)
{
    request->shapes = sc_shapes_of_files(app, request->files);
    return sc_recall(app, request->spec.agent, request->words, &request->memory, err);
}

enum sc_code sc_request_of_words(struct sc_request *request, struct sc_app *app,
        const char *words, struct sc_error *err)
{
    struct sc_match match = { .score = -1 };
    enum sc_code code;

    *request = (struct sc_request){ 0 };
    request->words = sc_strdup(words);
    if ((!words && read_words(request, app, err)) || check_words(request, err) ||
            read_common(request, app, err))
        return err->code;
    request->spec.language = sc_settings_language(app->options->language, request->words);
    if (!app->options->strategy || strcmp(app->options->strategy, "loop") != 0)
        sc_match_words(&match, app, request); /* a loop is a model's */
    if (match.routine) {
        request->routine = match.routine;
        request->spec.routine = match.routine->name;
        code = use_agent(request, app, match.routine->agent, err);
        sc_json_free(request->inputs);
        request->inputs = match.inputs;
        match.inputs = NULL;
        request->plan = sc_reader_plan(
                match.routine->json, request->inputs, request->spec.language);
        request->spec.plan = request->plan;
    } else if (match.missing) {
        code = sc_fail(err, SC_INVALID, "%s", match.missing);
    } else {
        code = use_agent(request, app,
                app->options->agent ? app->options->agent : DEFAULT_AGENT, err);
        if (!code && !app->model)
            code = no_model(request, &match, err);
        if (!code)
            code = read_for_planner(request, app, err);
    }
    finish_spec(request, app, match.score);
    sc_match_release(&match);
    return code;
}

enum sc_code sc_request_of_routine(struct sc_request *request, struct sc_app *app,
        const struct sc_routine *routine, struct sc_error *err)
{
    struct sc_json *inputs;

    *request = (struct sc_request){ 0 };
    if (read_common(request, app, err) || use_agent(request, app, routine->agent, err))
        return err->code;
    inputs = sc_match_inputs(app, routine, request->inputs, request->files, err);
    if (!inputs)
        return err->code;
    sc_json_free(request->inputs);
    request->inputs = inputs;
    request->routine = routine;
    request->words = sc_strdup(sc_text_of(routine->json, "summary", app->language));
    request->spec.language = app->language;
    request->spec.routine = routine->name;
    request->plan = sc_reader_plan(routine->json, inputs, app->language);
    request->spec.plan = request->plan;
    finish_spec(request, app, -1);
    return SC_OK;
}

enum sc_code sc_request_of_plan(struct sc_request *request, struct sc_app *app,
        const char *words, const struct sc_json *plan, struct sc_error *err)
{
    *request = (struct sc_request){ 0 };
    request->words = sc_strdup(words);
    if (read_common(request, app, err))
        return err->code;
    request->spec.agent = DEFAULT_AGENT;
    request->spec.budget_micro = -1;
    request->spec.language = app->language;
    request->spec.plan = plan;
    finish_spec(request, app, -1);
    return SC_OK;
}

void sc_request_release(struct sc_request *request)
{
    sc_json_free(request->inputs);
    sc_json_free(request->files);
    sc_json_free(request->shapes);
    sc_json_free(request->memory);
    sc_json_free(request->env);
    sc_json_free(request->origin);
    sc_json_free(request->nearest);
    sc_json_free(request->plan);
    free(request->words);
    free(request->out_dir);
    *request = (struct sc_request){ 0 };
}
