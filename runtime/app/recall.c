#include "app/recall.h"

#include "memory/memory.h"

static bool asks(const struct sc_json *memory)
{
    return sc_json_is(memory, SC_JSON_BOOL) ? sc_json_true(memory) : memory != NULL;
}

enum sc_code sc_recall(struct sc_app *app, const char *agent, const char *words,
        struct sc_json **ret_memory, struct sc_error *err)
{
    const struct sc_agent *known = sc_catalog_agent(&app->catalog, agent);
    const struct sc_json *wish = known ? sc_json_get(known->json, "memory") : NULL;
    const struct sc_recall what = { .agent = agent,
        .words = words,
        .limit = sc_json_get_int(wish, "limit", 0),
        .bytes = sc_json_get_int(wish, "bytes", 0) };

    *ret_memory = NULL;
    if (!asks(wish))
        return SC_OK;
    *ret_memory = sc_memory_recall(app->memory, &what, err);
    return *ret_memory ? SC_OK : err->code;
}
