#include "exec/once.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"

enum { EXACT_ROUNDS = 3, MAX_KEYS = 100000 };

struct collect {
    struct sc_json *pairs; /* or NULL: none yet */
    size_t count;
    int64_t by_ms; /* later ones do not count */
};

static void on_row(void *arg, const struct sc_effect_row *row)
{
    struct collect *c = arg;
    struct sc_json *pair;

    if (row->state == SC_EFFECT_FAILED || row->at_ms > c->by_ms || c->count++ >= MAX_KEYS)
        return;
    if (!c->pairs)
        c->pairs = sc_json_new_array();
    pair = sc_json_append(c->pairs, sc_json_new_array());
    sc_json_append(pair, sc_json_new_string(row->tool));
    sc_json_append(pair, sc_json_new_string(row->once));
}

static enum sc_code look_up(struct sc_store *store, const char *agent,
        const struct sc_json *asked, struct collect *c, struct sc_error *err)
{
    SC_JSON_EACH(pair, asked)
    {
        const struct sc_once once = { agent, sc_json_string(sc_json_at(pair, 0)),
            sc_json_string(sc_json_at(pair, 1)) };
        enum sc_code code = sc_store_once_get(store, &once, on_row, c, err);

        if (code && code != SC_NOT_FOUND)
            return code;
    }
    return SC_OK;
}

/* All keys of the tools that pairs name. */
static enum sc_code load_tools(struct sc_store *store, const char *agent,
        const struct sc_json *pairs, struct collect *c, struct sc_error *err)
{
    enum sc_code code = SC_OK;
    struct sc_map tools;

    sc_map_init(&tools);
    SC_JSON_EACH(pair, pairs)
    {
        const char *tool = sc_json_string(sc_json_at(pair, 0));

        if (!code && !sc_map_get(&tools, tool)) {
            sc_map_set(&tools, tool, &tools);
            code = sc_store_once_of(store, agent, tool, on_row, c, err);
        }
    }
    sc_map_release(&tools, NULL);
    return code;
}

enum sc_code sc_once_known(struct sc_store *store, const char *agent,
        const struct sc_json *asked, int rounds, struct sc_json **ret_known,
        struct sc_error *err)
{
    struct collect found = { .by_ms = INT64_MAX }, all = found;
    enum sc_code code = look_up(store, agent, asked, &found, err);

    if (!code && found.pairs && rounds >= EXACT_ROUNDS) {
        code = load_tools(store, agent, found.pairs, &all, err);
        sc_json_free(found.pairs);
        found = all;
    }
    if (!code && found.count > MAX_KEYS)
        code = sc_fail(
                err, SC_INVALID, "done() is asked about over %d effects", MAX_KEYS);
    if (code) {
        sc_json_free(found.pairs);
        found.pairs = NULL;
    }
    *ret_known = found.pairs;
    return code;
}

enum sc_code sc_once_known_by(struct sc_store *store, const char *agent,
        const struct sc_json *asked, int64_t at_ms, struct sc_json **ret_known,
        struct sc_error *err)
{
    struct collect found = { .by_ms = at_ms };
    enum sc_code code = look_up(store, agent, asked, &found, err);

    *ret_known = found.pairs;
    return code;
}
