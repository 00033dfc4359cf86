#include "app/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "plan/plan.h"

void sc_catalog_release(struct sc_catalog *catalog)
{
    for (size_t i = 0; i < catalog->agent_count; i++) {
        free(catalog->agents[i].path);
        sc_json_free(catalog->agents[i].json);
    }
    for (size_t i = 0; i < catalog->routine_count; i++) {
        free(catalog->routines[i].path);
        sc_json_free(catalog->routines[i].json);
    }
    free(catalog->agents);
    free(catalog->routines);
    *catalog = (struct sc_catalog){ 0 };
}

static struct sc_agent *agent_slot(struct sc_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->agent_count; i++) {
        struct sc_agent *agent = &catalog->agents[i];

        if (strcmp(agent->name, name) != 0)
            continue;
        free(agent->path);
        sc_json_free(agent->json);
        return agent;
    }
    catalog->agents = sc_realloc(
            catalog->agents, (catalog->agent_count + 1) * sizeof(*catalog->agents));
    return &catalog->agents[catalog->agent_count++];
}

void sc_catalog_add_agent(
        struct sc_catalog *catalog, const char *path, struct sc_json *take_json)
{
    const char *name = sc_json_get_string(take_json, "name", "");
    struct sc_agent *agent = agent_slot(catalog, name);

    agent->name = name;
    agent->path = sc_strdup(path);
    agent->json = take_json;
}

static struct sc_routine *routine_slot(struct sc_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->routine_count; i++) {
        struct sc_routine *routine = &catalog->routines[i];

        if (strcmp(routine->name, name) != 0)
            continue;
        free(routine->path);
        sc_json_free(routine->json);
        return routine;
    }
    catalog->routines = sc_realloc(
            catalog->routines, (catalog->routine_count + 1) * sizeof(*catalog->routines));
    return &catalog->routines[catalog->routine_count++];
}

static enum sc_code check_routine(const struct sc_json *json, struct sc_error *err)
{
    const struct sc_json *inputs = sc_json_get(json, "inputs");
    struct sc_plan *plan;

    if (!*sc_json_get_string(json, "name", ""))
        return sc_fail(err, SC_INVALID, "it has no \"name\"");
    if (!*sc_json_get_string(json, "agent", ""))
        return sc_fail(err, SC_INVALID, "it has no \"agent\"");
    if (inputs && !sc_json_is(inputs, SC_JSON_OBJECT))
        return sc_fail(err, SC_INVALID, "\"inputs\" must be an object");
    if (!sc_json_is(sc_json_get(json, "plan"), SC_JSON_OBJECT))
        return sc_fail(err, SC_INVALID, "it has no \"plan\"");
    plan = sc_plan_read(sc_json_get(json, "plan"), NULL, err);
    if (!plan)
        return err->code;
    sc_plan_free(plan);
    return SC_OK;
}

enum sc_code sc_catalog_add_routine(struct sc_catalog *catalog, const char *agent,
        const char *path, struct sc_json *take_json, struct sc_error *err)
{
    struct sc_routine *routine;
    const char *name = sc_json_get_string(take_json, "name", "");

    if (agent)
        sc_json_set_string(take_json, "agent", agent);
    if (check_routine(take_json, err)) {
        sc_json_free(take_json);
        return err->code;
    }
    routine = routine_slot(catalog, name);
    routine->name = name;
    routine->path = sc_strdup(path);
    routine->json = take_json;
    routine->agent = sc_json_get_string(take_json, "agent", "");
    return SC_OK;
}

const struct sc_agent *sc_catalog_agent(
        const struct sc_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->agent_count; i++)
        if (strcmp(catalog->agents[i].name, name) == 0)
            return &catalog->agents[i];
    return NULL;
}

const struct sc_routine *sc_catalog_routine(
        const struct sc_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->routine_count; i++)
        if (strcmp(catalog->routines[i].name, name) == 0)
            return &catalog->routines[i];
    return NULL;
}

const char *sc_catalog_nearest_agent(const struct sc_catalog *catalog, const char *name)
{
    const char **names = sc_new_array(const char *, catalog->agent_count + 1);
    const char *near;

    for (size_t i = 0; i < catalog->agent_count; i++)
        names[i] = catalog->agents[i].name;
    near = sc_words_nearest(name, names, catalog->agent_count);
    free(names);
    return near;
}

const char *sc_catalog_nearest_routine(const struct sc_catalog *catalog, const char *name)
{
    const char **names = sc_new_array(const char *, catalog->routine_count + 1);
    const char *near;

    for (size_t i = 0; i < catalog->routine_count; i++)
        names[i] = catalog->routines[i].name;
    near = sc_words_nearest(name, names, catalog->routine_count);
    free(names);
    return near;
}

const char *sc_text_of(
        const struct sc_json *described, const char *field, const char *language)
{
    const struct sc_json *texts = sc_json_get(sc_json_get(described, "texts"), language);

    return sc_json_get_string(texts, field, sc_json_get_string(described, field, ""));
}
