#include "app/match.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "app/folders.h"
#include "app/say.h"
#include "base/mem.h"
#include "plan/route.h"

static const char *today_of(const struct sc_app *app)
{
    return sc_json_get_string(app->env, "today", "1970-01-01");
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- inputs --- */

/* Among the files given, the one of that name; else the file of that name itself. */
static struct sc_json *find_file(
        const char *name, struct sc_json *files, struct sc_error *err)
{
    char path[PATH_MAX];

    SC_JSON_EACH(file, files)
    if (strcmp(base_name(sc_json_string(file)), base_name(name)) == 0)
        return sc_json_copy(file);
    if (realpath(name, path) && sc_is_file(path)) {
        sc_json_append(files, sc_json_new_string(path));
        return sc_json_new_string(path);
    }
    sc_fail(err, SC_NOT_FOUND, "there is no file '%s': give it with --file", name);
    return NULL;
}

/* A text or a number in the form of its type. */
static struct sc_json *shape_one(const struct sc_app *app, const struct sc_json *value,
        const char *type, bool many, struct sc_json *files, struct sc_error *err)
{
    bool number = sc_json_is(value, SC_JSON_NUMBER);
    const char *text = number ? sc_json_number(value) : sc_json_string(value);

    if (!number && !sc_json_is(value, SC_JSON_STRING)) {
        sc_fail(err, SC_INVALID, "must be a %s, is of type %s", type,
                sc_json_type_word(sc_json_type(value)));
        return NULL;
    }
    return strcmp(type, "file") == 0
                   ? find_file(text, files, err)
                   : sc_route_value(text, type, many, today_of(app), err);
}

static struct sc_json *shape_list(const struct sc_app *app, const struct sc_json *values,
        const char *type, struct sc_json *files, struct sc_error *err)
{
    struct sc_json *list = sc_json_new_array();

    SC_JSON_EACH(value, values)
    {
        struct sc_json *one = shape_one(app, value, type, false, files, err);

        if (!one) {
            sc_json_free(list);
            return NULL;
        }
        sc_json_append(list, one);
    }
    return list;
}

static struct sc_json *listed(struct sc_json *take_value)
{
    struct sc_json *list;

    if (!take_value || sc_json_is(take_value, SC_JSON_ARRAY))
        return take_value;
    list = sc_json_new_array();
    sc_json_append(list, take_value);
    return list;
}

/* The value of one input in the form of its type. */
static struct sc_json *shape_value(const struct sc_app *app,
        const struct sc_json *declared, const struct sc_json *value,
        struct sc_json *files, struct sc_error *err)
{
    const char *type = sc_json_get_string(declared, "type", "text");
    bool many = sc_json_get_bool(declared, "many", false);
    struct sc_json *one;

    if (many && sc_json_is(value, SC_JSON_ARRAY))
        return shape_list(app, value, type, files, err);
    one = shape_one(app, value, type, many, files, err);
    return many ? listed(one) : one;
}

/* What was said, else the next file that was given, else the default. NULL: nothing, with
 * *err when what was said is wrong. */
static struct sc_json *find_value(const struct sc_app *app,
        const struct sc_json *declared, const struct sc_json *said, struct sc_json *files,
        struct sc_error *err)
{
    bool file = strcmp(sc_json_get_string(declared, "type", "text"), "file") == 0;

    if (said)
        return shape_value(app, declared, said, files, err);
    if (file && sc_json_count(files) > 0)
        return sc_json_copy(sc_json_first(files));
    if (sc_json_get(declared, "default"))
        return sc_json_copy(sc_json_get(declared, "default"));
    return NULL;
}

static enum sc_code refuse_unknown(const struct sc_routine *routine,
        const struct sc_json *given, struct sc_error *err)
{
    const struct sc_json *declared = sc_json_get(routine->json, "inputs");

    SC_JSON_EACH(input, given)
    if (!sc_json_get(declared, sc_json_key(input)))
        return sc_fail(err, SC_INVALID,
                "the routine %s has no input '%s'; see supercargo routine show %s",
                routine->name, sc_json_key(input), routine->name);
    return SC_OK;
}

struct sc_json *sc_match_inputs(struct sc_app *app, const struct sc_routine *routine,
        const struct sc_json *given, struct sc_json *files, struct sc_error *err)
{
    struct sc_json *inputs = sc_json_new_object();

    if (refuse_unknown(routine, given, err)) {
        sc_json_free(inputs);
        return NULL;
    }
    SC_JSON_EACH(declared, sc_json_get(routine->json, "inputs"))
    {
        const char *name = sc_json_key(declared);
        struct sc_error why = { 0 };
        struct sc_json *value =
                find_value(app, declared, sc_json_get(given, name), files, &why);
        bool file = strcmp(sc_json_get_string(declared, "type", ""), "file") == 0;

        if (value) {
            sc_json_set(inputs, name, value);
            continue;
        }
        if (!why.code && !sc_json_get_bool(declared, "required", false))
            continue;
        if (why.code)
            sc_fail(err, why.code, "input %s: %s", name, why.msg);
        else
            sc_fail(err, SC_INVALID, "the routine %s needs the input %s: add %s",
                    routine->name, name, file ? "--file FILE" : "--input NAME=VALUE");
        sc_json_free(inputs);
        return NULL;
    }
    return inputs;
}

/* --- words --- */

static struct sc_json *nearest_of(
        const struct sc_app *app, const struct sc_route *route, const char *language)
{
    struct sc_json *nearest = sc_json_new_array();

    for (size_t i = 0; i < 3 && route->nearest[i] != SC_NO_ROUTINE; i++) {
        const struct sc_routine *routine = &app->catalog.routines[route->nearest[i]];
        const struct sc_json *phrases = sc_json_get(routine->json, "phrases");
        const struct sc_json *said = sc_json_first(sc_json_get(phrases, language));
        char *text = sc_strdupf("%s (\"%s\")", routine->name,
                sc_json_string(said ? said : sc_json_first(sc_json_first(phrases))));

        sc_json_append(nearest, sc_json_new_string(text));
        free(text);
    }
    return nearest;
}

/* Values given by --input win over those said in the words. */
static struct sc_json *joined(const struct sc_json *said, const struct sc_json *given)
{
    struct sc_json *both = said ? sc_json_copy(said) : sc_json_new_object();

    SC_JSON_EACH(input, given)
    sc_json_set(both, sc_json_key(input), sc_json_copy(input));
    return both;
}

void sc_match_words(
        struct sc_match *match, struct sc_app *app, const struct sc_request *request)
{
    size_t count = app->catalog.routine_count;
    struct sc_route_routine *routines = sc_new_array(struct sc_route_routine, count + 1);
    const char *agent = app->options->agent;
    struct sc_route route;
    struct sc_error err;

    *match = (struct sc_match){ 0 };
    for (size_t i = 0; i < count; i++)
        routines[i] = (struct sc_route_routine){ app->catalog.routines[i].name,
            app->catalog.routines[i].json };
    sc_route_find(&route, request->words, routines, count, today_of(app));
    if (route.routine != SC_NO_ROUTINE &&
            (!agent || strcmp(app->catalog.routines[route.routine].agent, agent) == 0)) {
        const struct sc_routine *routine = &app->catalog.routines[route.routine];
        struct sc_json *said = joined(route.inputs, request->inputs);

        match->inputs = sc_match_inputs(app, routine, said, request->files, &err);
        match->routine = match->inputs ? routine : NULL;
        match->missing = match->inputs ? NULL : sc_strdup(err.msg);
        sc_json_free(said);
    }
    match->score = route.score;
    match->nearest = nearest_of(app, &route, request->spec.language);
    sc_route_release(&route);
    free(routines);
}

void sc_match_release(struct sc_match *match)
{
    sc_json_free(match->inputs);
    sc_json_free(match->nearest);
    free(match->missing);
    *match = (struct sc_match){ 0 };
}
