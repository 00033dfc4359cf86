#include "app/why.h"

#include <stdlib.h>
#include <string.h>

#include "app/file_hash.h"
#include "base/mem.h"
#include "tool/registry.h"

/* --- reading --- */

struct gathering {
    struct sc_app *app;
    struct sc_json *why, *spec;
    struct sc_json *requests, *approvals, *retries, *receipts, *tools, *prompts, *asked,
            *early;
    struct sc_json *request; /* under way: in requests */
    struct sc_error err;
};

static struct sc_json *copy_of(const struct sc_json *object, const char *name)
{
    const struct sc_json *value = sc_json_get(object, name);

    return value ? sc_json_copy(value) : NULL;
}

static void put_copy(struct sc_json *to, const char *name, const struct sc_json *from,
        const char *what)
{
    struct sc_json *value = copy_of(from, what);

    if (value)
        sc_json_set(to, name, value);
}

/* --- requests to models --- */

static struct sc_json *new_request(struct gathering *g, int64_t at_ms)
{
    struct sc_json *request = sc_json_append(g->requests, sc_json_new_object());

    sc_json_set_int(request, "n", (int64_t)sc_json_count(g->requests));
    sc_json_set_int(request, "at_ms", at_ms);
    return request;
}

static void keep_prompt(struct gathering *g, const char *hash)
{
    struct sc_error err;
    char *text;

    if (!*hash || sc_json_get(g->prompts, hash))
        return;
    text = sc_store_prompt_get(g->app->store, hash, &err);
    if (text) {
        struct sc_json *json = sc_json_parse(text, strlen(text), NULL, NULL);

        sc_json_set(g->prompts, hash, json);
    }
    free(text);
}

static void on_sent(struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    g->request = new_request(g, at_ms);
    put_copy(g->request, "model", body, "model");
    sc_json_set(g->request, "sent", sc_json_copy(body));
    sc_json_free(sc_json_detach(sc_json_get(g->request, "sent"), "model"));
    keep_prompt(g, sc_json_get_string(body, "tools", ""));
    keep_prompt(g, sc_json_get_string(body, "rules", ""));
}

/* Only what was asked first has an event of its own. */
static void end_request(struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    int64_t took_ms = sc_json_get_int(body, "ms", 0);

    if (!g->request)
        g->request = new_request(g, at_ms - took_ms);
    sc_json_set_int(g->request, "ms", took_ms);
}

static void on_turn(struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    static const char *const outcomes[] = { "plan", "steps", "answer", "found", "repair",
        "stop" };
    static const char *const fields[] = { "model", "provider", "purse", "request_id",
        "finish", "usage" };
    const struct sc_json *reply = sc_json_get(body, "reply");

    end_request(g, at_ms, body);
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        if (!sc_json_is(sc_json_get(reply, fields[i]), SC_JSON_STRING) ||
                *sc_json_get_string(reply, fields[i], ""))
            put_copy(g->request, fields[i], reply, fields[i]);
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++)
        if (sc_json_get(body, outcomes[i])) {
            sc_json_set_string(g->request, "became", outcomes[i]);
            break;
        }
    put_copy(g->request, "error", body, "stop");
    g->request = NULL;
}

static void on_model_failed(
        struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    end_request(g, at_ms, body);
    sc_json_set_string(g->request, "became", "failed");
    put_copy(g->request, "error", body, "error");
    put_copy(g->request, "wait_ms", body, "wait_ms");
    g->request = NULL;
}

/* The task stopped while a request was under way: by it, or over it. */
static void on_stopped(struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    if (g->request)
        on_model_failed(g, at_ms, body);
}

/* --- calls --- */

/* While its plan streamed in. What no step adopts has no `step`. */
static void on_early(struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    static const char *const fields[] = { "id", "tool", "version", "args", "hash", "ms",
        "error" };
    struct sc_json *early = sc_json_append(g->early, sc_json_new_object());

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        put_copy(early, fields[i], body, fields[i]);
    sc_json_set_int(early, "at_ms", at_ms);
}

static void adopt(struct gathering *g, const char *hash, const char *step)
{
    struct sc_json *adopted = NULL;

    SC_JSON_EACH(early, g->early)
    {
        if (strcmp(sc_json_get_string(early, "hash", ""), hash) == 0 &&
                !sc_json_get(early, "error"))
            adopted = early; /* the last: those before were too old */
    }
    if (adopted)
        sc_json_set_string(adopted, "step", step);
}

static void on_call(
        struct gathering *g, int64_t at_ms, const char *kind, const struct sc_json *body)
{
    const char *step = sc_json_get_string(body, "step", "");
    const char *version = sc_json_get_string(body, "version", NULL);
    struct sc_json *retry;

    if (version)
        sc_json_set_string(g->tools, step, version);
    if (sc_json_get(body, "early"))
        adopt(g, sc_json_get_string(body, "early", ""), step);
    if (strcmp(kind, "attempt") != 0)
        return;
    retry = sc_json_append(g->retries, sc_json_copy(body));
    sc_json_set_int(retry, "at_ms", at_ms);
    sc_json_free(sc_json_detach(retry, "version"));
}

/* --- what people said --- */

static void on_asked(struct gathering *g, int64_t at_ms, const struct sc_json *body)
{
    struct sc_json *asked = sc_json_set(
            g->asked, sc_json_get_string(body, "step", ""), sc_json_copy(body));

    sc_json_set_int(asked, "at_ms", at_ms);
}

static void on_answered(
        struct gathering *g, int64_t at_ms, const char *step, const struct sc_json *body)
{
    const struct sc_json *asked = sc_json_get(g->asked, step);
    struct sc_json *approval = sc_json_append(g->approvals, sc_json_new_object());

    sc_json_set_string(approval, "step", step);
    put_copy(approval, "by", body, "by");
    sc_json_set_int(approval, "at_ms", at_ms);
    put_copy(approval, "asked_ms", asked, "at_ms");
    put_copy(approval, "hash", body, "hash");
    put_copy(approval, "previews", asked, "previews");
    put_copy(approval, "what", asked, "what");
    if (sc_json_get(body, "answer"))
        put_copy(approval, "answer", body, "answer");
    else
        put_copy(approval, "answer", body, "approve");
}

static void on_event(
        struct gathering *g, int64_t at_ms, const char *kind, const struct sc_json *body)
{
    if (strcmp(kind, "sent") == 0)
        on_sent(g, at_ms, body);
    else if (strcmp(kind, "turn") == 0)
        on_turn(g, at_ms, body);
    else if (strcmp(kind, "model_failed") == 0)
        on_model_failed(g, at_ms, body);
    else if (strcmp(kind, "result") == 0 || strcmp(kind, "attempt") == 0)
        on_call(g, at_ms, kind, body);
    else if (strcmp(kind, "early") == 0)
        on_early(g, at_ms, body);
    else if (strcmp(kind, "stopped") == 0 || strcmp(kind, "cancelled") == 0)
        on_stopped(g, at_ms, body);
    else if (strcmp(kind, "asked") == 0 || strcmp(kind, "paused") == 0)
        on_asked(g, at_ms, body);
    else if (strcmp(kind, "answered") == 0)
        on_answered(g, at_ms, sc_json_get_string(body, "step", ""), body);
    else if (strcmp(kind, "allowed") == 0)
        on_answered(g, at_ms, "", body);
}

static void on_journal_row(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    struct gathering *g = arg;
    struct sc_json *json = sc_json_parse(body, strlen(body), NULL, &g->err);

    (void)seq;
    if (json)
        on_event(g, at_ms, kind, json);
    sc_json_free(json);
}

static void on_effect(void *arg, const struct sc_effect_row *row)
{
    struct gathering *g = arg;
    struct sc_json *receipt = sc_json_append(g->receipts, sc_json_new_object());

    sc_json_set_string(receipt, "tool", row->tool);
    sc_json_set_string(receipt, "version", row->version);
    sc_json_set_string(receipt, "step", row->step_id);
    if (row->element >= 0)
        sc_json_set_int(receipt, "element", row->element);
    sc_json_set_string(receipt, "key", row->key);
    if (row->once)
        sc_json_set_string(receipt, "once", row->once);
    sc_json_set_string(receipt, "state", sc_effect_state_word(row->state));
    if (row->approver)
        sc_json_set_string(receipt, "approver", row->approver);
    sc_json_set_string(receipt, "args_hash", row->args_hash);
    sc_json_set(receipt, "args", sc_json_parse(row->args, strlen(row->args), NULL, NULL));
    if (row->result)
        sc_json_set(receipt, "result",
                sc_json_parse(row->result, strlen(row->result), NULL, NULL));
    sc_json_set_int(receipt, "at_ms", row->at_ms);
}

/* --- what it ran with, and what of that is there now --- */

static void put_now(struct sc_json *json, const char *version, const char *now)
{
    if (version)
        sc_json_set_string(json, "version", version);
    if (!now || (version && strcmp(version, now) != 0))
        sc_json_set_string(json, "now", now);
}

static struct sc_json *tool_entry(struct sc_json *tools, const char *name)
{
    SC_JSON_EACH(entry, tools)
    {
        if (strcmp(sc_json_get_string(entry, "name", ""), name) == 0)
            return entry;
    }
    return NULL;
}

static void add_tool(
        struct gathering *g, struct sc_json *tools, const struct sc_json *step)
{
    const char *name = sc_json_get_string(step, "tool", "");
    const char *id = sc_json_get_string(step, "id", "");
    struct sc_json *entry = tool_entry(tools, name);

    if (!entry) {
        struct sc_tool *tool = sc_registry_get(g->app->registry, name);

        entry = sc_json_append(tools, sc_json_new_object());
        sc_json_set_string(entry, "name", name);
        put_now(entry, sc_json_get_string(g->tools, id, NULL),
                tool ? tool->version : NULL);
        sc_json_set(entry, "steps", sc_json_new_array());
    }
    sc_json_append(sc_json_get(entry, "steps"), sc_json_new_string(id));
}

static void add_agent(struct gathering *g)
{
    const char *name = sc_json_get_string(g->spec, "agent", "");
    const struct sc_agent *agent = sc_catalog_agent(&g->app->catalog, name);
    struct sc_json *json = sc_json_set(g->why, "agent", sc_json_new_object());

    sc_json_set_string(json, "name", name);
    put_now(json, sc_json_get_string(sc_json_get(g->spec, "origin"), "agent", NULL),
            agent ? sc_json_get_string(agent->json, "version", "") : NULL);
}

/* --- files --- */

static const struct sc_json *file_before(const struct sc_json *files, const char *path)
{
    SC_JSON_EACH(file, files)
    {
        if (strcmp(sc_json_get_string(file, "path", ""), path) == 0)
            return file;
    }
    return NULL;
}

static void add_file(struct gathering *g, const char *path, bool made)
{
    const struct sc_json *before =
            file_before(sc_json_get(sc_json_get(g->spec, "origin"), "files"), path);
    struct sc_json *file =
            sc_json_append(sc_json_get(g->why, "files"), sc_file_hash(path));

    sc_json_set_bool(file, "made", made);
    if (before && !sc_json_equal(sc_json_get(before, "hash"), sc_json_get(file, "hash")))
        put_copy(file, "was", before, "hash");
}

/* --- all together --- */

/* Arguments as the plan has them: the values of effects are in the receipts. */
static void add_args(struct gathering *g, struct sc_json *report)
{
    const struct sc_json *given =
            sc_json_first(sc_json_get(sc_json_get(report, "plan"), "steps"));
    struct sc_json *tools = sc_json_set(g->why, "tools", sc_json_new_array());

    SC_JSON_EACH(step, sc_json_get(report, "steps"))
    {
        put_copy(step, "args", given, "args");
        put_copy(step, "each", given, "each");
        add_tool(g, tools, step);
        given = given ? sc_json_next(given) : NULL;
    }
}

static void add_spec(struct gathering *g, const struct sc_task_row *row)
{
    const struct sc_json *origin = sc_json_get(g->spec, "origin");
    struct sc_json *asked = sc_json_set(g->why, "asked", sc_json_new_object());

    put_copy(asked, "by", origin, "by");
    put_copy(asked, "via", origin, "via");
    sc_json_set_int(asked, "at_ms", row->created_ms);
    sc_json_set_int(g->why, "ended_ms", row->ended_ms);
    put_copy(g->why, "language", g->spec, "language");
    put_copy(g->why, "program", origin, "program");
    put_copy(g->why, "route", origin, "route");
    put_copy(g->why, "recalled", g->spec, "memory");
    add_agent(g);
    if (row->pruned_ms)
        sc_json_set_int(g->why, "pruned_ms", row->pruned_ms);
}

static void on_task(void *arg, const struct sc_task_row *row)
{
    struct gathering *g = arg;

    g->spec = sc_json_parse(row->spec, strlen(row->spec), NULL, &g->err);
    if (!g->spec)
        return;
    sc_json_set_string(g->why, "id", row->id);
    sc_json_set_string(g->why, "state", sc_task_state_word(row->state));
    sc_json_set_string(g->why, "words", row->words);
    if (row->answer)
        sc_json_set_string(g->why, "answer", row->answer);
    add_spec(g, row);
}

static void take_report(struct gathering *g, struct sc_json *report)
{
    static const char *const names[] = { "answer", "inputs", "steps", "checks", "usage",
        "warnings", "waiting", "error" };

    add_args(g, report);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        put_copy(g->why, names[i], report, names[i]);
    sc_json_set(g->why, "files", sc_json_new_array());
    SC_JSON_EACH(file, sc_json_get(g->spec, "files"))
    add_file(g, sc_json_string(file), false);
    SC_JSON_EACH(file, sc_json_get(report, "files"))
    add_file(g, sc_json_string(file), true);
}

static enum sc_code gather(struct gathering *g, const char *id, struct sc_error *err)
{
    struct sc_store *store = g->app->store;
    struct sc_json *report;

    if (sc_store_task_get(store, id, on_task, g, err) ||
            sc_store_journal_read(store, id, on_journal_row, g, err) ||
            sc_store_effects_of(store, id, on_effect, g, err))
        return err->code;
    if (g->err.code) {
        *err = g->err;
        return err->code;
    }
    report = sc_exec_report_of(store, id, err);
    if (!report)
        return err->code;
    take_report(g, report);
    sc_json_free(report);
    return SC_OK;
}

struct sc_json *sc_why(struct sc_app *app, const char *id, struct sc_error *err)
{
    struct gathering g = { .app = app, .why = sc_json_new_object() };
    enum sc_code code;

    g.tools = sc_json_new_object();
    g.asked = sc_json_new_object();
    g.requests = sc_json_new_array();
    g.prompts = sc_json_new_object();
    g.approvals = sc_json_new_array();
    g.receipts = sc_json_new_array();
    g.retries = sc_json_new_array();
    g.early = sc_json_new_array();
    code = gather(&g, id, err);
    sc_json_set(g.why, "requests", g.requests);
    sc_json_set(g.why, "prompts", g.prompts);
    sc_json_set(g.why, "approvals", g.approvals);
    sc_json_set(g.why, "receipts", g.receipts);
    sc_json_set(g.why, "retries", g.retries);
    sc_json_set(g.why, "early", g.early);
    sc_json_free(g.tools);
    sc_json_free(g.asked);
    sc_json_free(g.spec);
    if (!code)
        return g.why;
    sc_json_free(g.why);
    return NULL;
}
