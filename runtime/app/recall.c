#include "app/recall.h"

#include "app/meaning.h"
#include "app/memory_words.h"
#include "app/print.h"
#include "memory/memory.h"
#include "memory/sense.h"
#include "model/model.h"

static bool asks(const struct sc_json *memory)
{
    return sc_json_is(memory, SC_JSON_BOOL) ? sc_json_true(memory) : memory != NULL;
}

enum sc_code sc_recall(struct sc_app *app, const char *agent, const char *words,
        struct sc_json **ret_memory, struct sc_error *err)
{
    const struct sc_agent *known = sc_catalog_agent(&app->catalog, agent);
    const struct sc_json *wish = known ? sc_json_get(known->json, "memory") : NULL;
    const struct sc_model_account account = { SC_MEMORY_ACCOUNT, agent, -1 };
    struct sc_recall what = { .agent = agent,
        .words = words,
        .limit = sc_json_get_int(wish, "limit", 0),
        .bytes = sc_json_get_int(wish, "bytes", 0) };
    struct sc_sense *sense;

    *ret_memory = NULL;
    if (!asks(wish))
        return SC_OK;
    sense = sc_app_sense(app, words, &account, err);
    if (err->code && !app->options->json && !app->options->batch)
        sc_print_line(stderr, sc_memory_say(app->language, SC_MEMORY_SAY_BY_WORDS_ALONE),
                err->msg);
    what.sense = sense;
    *ret_memory = sc_memory_recall(app->memory, &what, err);
    sc_sense_free(sense);
    return *ret_memory ? SC_OK : err->code;
}
