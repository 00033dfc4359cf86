#include "app/load.h"

#include <stdlib.h>
#include <string.h>

#include "app/folders.h"
#include "base/mem.h"
#include "builtin/builtin.h"
#include "model/price_file.h"
#include "worker/pool.h"

enum { SOURCE_LIMIT = 256 * 1024, DATA_LIMIT = 4 * 1024 * 1024 };

/* One Lua file on its way through a worker. */
struct unit {
    struct loading *loading;
    const char *kind; /* "config" "tool" "agent" */
    char *folder, *path, *source;
    size_t len;
    struct sc_json *data;   /* the JSON files beside it */
    struct sc_json *define; /* what came back */
    char *version;
    struct sc_error err;
};

struct loading {
    struct sc_app *app;
    struct unit **units;
    size_t count, pending;
    bool done;
};

static void problem(struct sc_app *app, const char *path, const char *what)
{
    char *text = sc_strdupf("%s: %s", path, what);

    sc_json_append(app->problems, sc_json_new_string(text));
    free(text);
}

static struct sc_json *read_json(const char *path, struct sc_error *err)
{
    size_t len;
    char *text = sc_read_text(path, DATA_LIMIT, &len, err);
    struct sc_json *json;

    if (!text)
        return NULL;
    json = sc_json_parse(text, len, NULL, err);
    free(text);
    return json;
}

static bool ends_with(const char *name, const char *tail)
{
    size_t n = strlen(name), m = strlen(tail);

    return n > m && strcmp(name + n - m, tail) == 0;
}

/* The JSON files of a package's folder: they are what its script may ask for. */
static struct sc_json *read_data(struct sc_app *app, const char *folder)
{
    struct sc_json *data = sc_json_new_object();
    size_t count;
    char **names = sc_folder_list(folder, &count);

    for (size_t i = 0; i < count; i++) {
        struct sc_error err;
        size_t len;
        char *path, *text;

        if (!ends_with(names[i], ".json"))
            continue;
        path = sc_strdupf("%s/%s", folder, names[i]);
        text = sc_read_text(path, DATA_LIMIT, &len, &err);
        if (text)
            sc_json_set_string(data, names[i], text);
        else
            problem(app, path, err.msg);
        free(text);
        free(path);
    }
    sc_folder_list_free(names, count);
    return data;
}

static void add_unit(
        struct loading *loading, const char *kind, const char *folder, const char *file)
{
    struct unit *unit = sc_new(struct unit);

    unit->loading = loading;
    unit->kind = kind;
    unit->folder = sc_strdup(folder);
    unit->path = sc_strdupf("%s/%s", folder, file);
    unit->source = sc_read_text(unit->path, SOURCE_LIMIT, &unit->len, &unit->err);
    if (unit->source && strcmp(kind, "tool") == 0)
        unit->data = read_data(loading->app, folder);
    loading->units =
            sc_realloc(loading->units, (loading->count + 1) * sizeof(struct unit *));
    loading->units[loading->count++] = unit;
}

static void free_unit(struct unit *unit)
{
    free(unit->folder);
    free(unit->path);
    free(unit->source);
    free(unit->version);
    sc_json_free(unit->data);
    sc_json_free(unit->define);
    free(unit);
}

/* The folder itself when it is a package, else the packages in it. */
static void add_units_below(struct loading *loading, const char *folder)
{
    size_t count;
    char **names = sc_folder_list(folder, &count);

    for (size_t i = 0; i < count; i++) {
        char *path = sc_strdupf("%s/%s", folder, names[i]);

        if (strcmp(names[i], "tool.lua") == 0)
            add_unit(loading, "tool", folder, "tool.lua");
        else if (strcmp(names[i], "agent.lua") == 0)
            add_unit(loading, "agent", folder, "agent.lua");
        else if (names[i][0] != '_' && sc_is_folder(path))
            add_units_below(loading, path);
        free(path);
    }
    sc_folder_list_free(names, count);
}

static void on_defined(struct sc_op *op, const struct sc_error *err)
{
    struct unit *unit = op->arg;
    struct loading *loading = unit->loading;

    if (err) {
        unit->err = *err;
    } else {
        struct sc_json *answer = *sc_define_answer(op);

        unit->define = sc_json_detach(answer, "define");
        unit->version = sc_strdup(sc_json_get_string(answer, "version", ""));
    }
    if (--loading->pending == 0)
        loading->done = true;
}

/* A script that reads `data.zones` finds zones.json in its folder. */
static void check_data(struct sc_app *app, const struct unit *unit)
{
    SC_JSON_EACH(name, sc_json_get(unit->define, "data"))
    if (sc_json_is(name, SC_JSON_STRING) &&
            !sc_json_get(unit->data, sc_json_string(name))) {
        char *why = sc_strdupf("field 'data' names '%s', which is not in its folder",
                sc_json_string(name));

        problem(app, unit->path, why);
        free(why);
    }
}

/* Tools of one's own replace those of the same name that came with the program; two of
 * one name side by side are a mistake. */
static void check_twins(struct sc_app *app, const struct unit *unit, const char *name)
{
    const char *other = sc_json_get_string(app->paths, name, NULL);
    const char *slash = strrchr(unit->folder, '/');
    size_t len = slash ? (size_t)(slash - unit->folder) + 1 : 0;
    const char *rest = other && strncmp(other, unit->folder, len) == 0 ? other + len : "";
    char *why;

    if (!*rest || strcmp(other, unit->path) == 0 || !strchr(rest, '/') ||
            strcmp(strchr(rest, '/'), "/tool.lua") != 0)
        return;
    why = sc_strdupf("there is a tool '%s' already, in %s", name, other);
    problem(app, unit->path, why);
    free(why);
}

static void place_tool(struct sc_app *app, struct unit *unit)
{
    const char *builtin = sc_json_get_string(unit->define, "builtin", NULL);
    const struct sc_tool_class *cls =
            builtin ? &sc_builtin_tool_class : &sc_lua_tool_class;
    struct sc_tool *tool;
    void *impl;

    if (builtin)
        impl = sc_builtin_impl(app->builtins, builtin);
    else
        impl = sc_lua_tool_impl(
                app->pool, unit->path, unit->source, unit->len, unit->data);
    if (!impl) {
        problem(app, unit->path, "there is no builtin of the name it asks for");
        return;
    }
    check_data(app, unit);
    sc_json_set_string(unit->define, "version", unit->version);
    tool = sc_tool_new(unit->define, cls, impl, &unit->err);
    if (!tool) {
        problem(app, unit->path, unit->err.msg);
        return;
    }
    unit->define = NULL;
    sc_lua_tool_add_preview(
            tool, app->pool, unit->path, unit->source, unit->len, unit->data);
    check_twins(app, unit, tool->name);
    sc_json_set_string(app->paths, tool->name, unit->path);
    sc_registry_add(app->registry, tool);
}

/* The routines in a folder; agent: whose they are, NULL when they say it themselves. */
static void place_routines(struct sc_app *app, const char *agent, const char *folder)
{
    size_t count;
    char **names = sc_folder_list(folder, &count);

    for (size_t i = 0; i < count; i++) {
        char *path = sc_strdupf("%s/%s", folder, names[i]);
        struct sc_error err;
        struct sc_json *json =
                ends_with(names[i], ".json") ? read_json(path, &err) : NULL;

        if (json ? sc_catalog_add_routine(&app->catalog, agent, path, json, &err)
                 : ends_with(names[i], ".json"))
            problem(app, path, err.msg);
        free(path);
    }
    sc_folder_list_free(names, count);
}

/* What is not enforced must not seem to be. */
static void check_policy(struct sc_app *app, const struct unit *unit)
{
    SC_JSON_EACH(rule, sc_json_get(unit->define, "policy"))
    if (!sc_json_is(rule, SC_JSON_STRING) || strcmp(sc_json_string(rule), "ask") != 0)
        problem(app, unit->path, "policy: only \"ask\" can be said in this version");
}

/* true, or {limit = 8, bytes = 4000}: what it is told of what is known. */
static void check_memory(struct sc_app *app, const struct unit *unit)
{
    const struct sc_json *memory = sc_json_get(unit->define, "memory");

    SC_JSON_EACH(limit, memory)
    {
        const char *name = sc_json_key(limit);
        int64_t n = 0;

        if (!name || (strcmp(name, "limit") != 0 && strcmp(name, "bytes") != 0) ||
                !sc_json_int(limit, &n) || n < 1)
            problem(app, unit->path,
                    "memory: must be true, or { limit = facts, bytes = bytes }, both "
                    "from 1");
    }
}

static void place_agent(struct sc_app *app, struct unit *unit)
{
    char *routines = sc_strdupf("%s/routines", unit->folder);

    check_policy(app, unit);
    check_memory(app, unit);
    sc_json_set_string(unit->define, "version", unit->version);
    sc_catalog_add_agent(&app->catalog, unit->folder, unit->define);
    place_routines(app, sc_json_get_string(unit->define, "name", ""), routines);
    unit->define = NULL;
    free(routines);
}

/* The price file that supercargo.lua names, beside it or with a whole path. */
static void load_prices(struct sc_app *app)
{
    const char *name = sc_json_get_string(app->config, "prices", NULL);
    struct sc_error err;
    char *path, *text;
    size_t len;

    if (!name)
        return;
    path = *name == '/' ? sc_strdup(name) : sc_strdupf("%s/%s", app->config_folder, name);
    text = sc_read_text(path, DATA_LIMIT, &len, &err);
    app->prices = text ? sc_price_file_read(text, len, &err) : NULL;
    if (!app->prices)
        problem(app, path, err.msg);
    free(path);
    free(text);
}

static void place_unit(struct sc_app *app, struct unit *unit)
{
    if (!unit->define) {
        /* The worker's sentence names the file itself. */
        if (strstr(unit->err.msg, unit->path))
            sc_json_append(app->problems, sc_json_new_string(unit->err.msg));
        else
            problem(app, unit->path, unit->err.msg);
        return;
    }
    if (strcmp(unit->kind, "tool") == 0) {
        place_tool(app, unit);
    } else if (strcmp(unit->kind, "agent") == 0) {
        place_agent(app, unit);
    } else {
        sc_json_free(app->config);
        app->config = unit->define;
        unit->define = NULL;
        sc_settings_check(app->config, app->problems);
        load_prices(app);
    }
}

static void place(struct sc_app *app, struct unit *unit)
{
    size_t known = sc_json_count(app->problems);

    place_unit(app, unit);
    if (strcmp(unit->kind, "config") == 0 && sc_json_count(app->problems) > known)
        app->config_problem = sc_json_string(sc_json_at(app->problems, known));
}

static void run(struct loading *loading)
{
    struct sc_app *app = loading->app;

    loading->pending = 1;
    for (size_t i = 0; i < loading->count; i++) {
        struct unit *unit = loading->units[i];

        if (!unit->source)
            continue;
        loading->pending++;
        sc_define_start(&app->scope, app->pool,
                &(struct sc_define_spec){ .kind = unit->kind,
                        .path = unit->path,
                        .source = unit->source,
                        .len = unit->len,
                        .data = unit->data },
                on_defined, unit);
    }
    if (--loading->pending > 0)
        sc_app_wait(app, &loading->done);
    for (size_t i = 0; i < loading->count; i++)
        place(app, loading->units[i]);
}

static enum sc_code finish(struct loading *loading, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    for (size_t i = 0; i < loading->count; i++) {
        struct unit *unit = loading->units[i];

        if (unit->err.code == SC_UNAVAILABLE && !code) {
            *err = unit->err;
            code = err->code;
        }
        free_unit(unit);
    }
    free(loading->units);
    return code;
}

enum sc_code sc_load_path(struct sc_app *app, const char *path, struct sc_error *err)
{
    struct loading loading = { .app = app };

    if (!sc_is_folder(path))
        return sc_fail(err, SC_NOT_FOUND, "there is no folder '%s'", path);
    add_units_below(&loading, path);
    if (loading.count == 0)
        return sc_fail(
                err, SC_NOT_FOUND, "'%s' holds no tool.lua and no agent.lua", path);
    run(&loading);
    return finish(&loading, err);
}

static void add_home(struct loading *loading, const char *home)
{
    char *tools = sc_strdupf("%s/tools", home), *agents = sc_strdupf("%s/agents", home);

    add_units_below(loading, tools);
    add_units_below(loading, agents);
    free(tools);
    free(agents);
}

/* What `routine save` wrote. */
static void place_own_routines(struct sc_app *app)
{
    char *folder;

    if (!app->config_folder)
        return;
    folder = sc_strdupf("%s/routines", app->config_folder);
    place_routines(app, NULL, folder);
    free(folder);
}

enum sc_code sc_load_all(struct sc_app *app, struct sc_error *err)
{
    struct loading loading = { .app = app };

    if (app->config_folder) {
        char *config = sc_strdupf("%s/supercargo.lua", app->config_folder);

        if (sc_is_file(config))
            add_unit(&loading, "config", app->config_folder, "supercargo.lua");
        free(config);
    }
    add_home(&loading, app->home_folder);
    if (app->config_folder && strcmp(app->config_folder, app->home_folder) != 0)
        add_home(&loading, app->config_folder);
    run(&loading);
    place_own_routines(app);
    return finish(&loading, err);
}
