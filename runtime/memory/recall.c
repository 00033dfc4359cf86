/* What a planner is told of what is known. */
#include <stdlib.h>

#include "memory/memory.h"
#include "memory/own.h"

enum { DEFAULT_ITEMS = 8, DEFAULT_BYTES = 4000 };

static const char *const told[] = { "id", "subject", "document", "statement", "text",
    "source", "label", "valid_from", "valid_to" };

/* Without what a planner cannot use; of contradictions, the ids. */
static struct sc_json *shorten(const struct sc_json *item)
{
    struct sc_json *json = sc_json_new_object(), *ids = sc_json_new_array();

    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        const struct sc_json *value = sc_json_get(item, told[i]);

        if (value)
            sc_json_add(json, told[i], sc_json_copy(value));
    }
    SC_JSON_EACH(other, sc_json_get(item, "conflicts"))
    sc_json_append(ids, sc_json_copy(sc_json_get(other, "id")));
    if (sc_json_count(ids))
        sc_json_add(json, "conflicts_with", ids);
    else
        sc_json_free(ids);
    return json;
}

static size_t size_of(const struct sc_json *json)
{
    struct sc_buf text = { 0 };
    size_t len;

    sc_json_write(&text, json);
    len = text.len;
    sc_buf_release(&text);
    return len;
}

struct sc_json *sc_memory_recall(
        struct sc_memory *memory, const struct sc_recall *recall, struct sc_error *err)
{
    int64_t left = recall->bytes > 0 ? recall->bytes : DEFAULT_BYTES;
    const struct sc_memory_query query = { .words = recall->words,
        .agent = recall->agent,
        .at_ms = memory->clock->wall_ms(memory->clock),
        .limit = recall->limit > 0 ? recall->limit : DEFAULT_ITEMS };
    struct sc_json *found = sc_memory_find(memory, &query, recall->sense, err), *items;

    if (!found)
        return NULL;
    items = sc_json_new_array();
    SC_JSON_EACH(item, found)
    {
        struct sc_json *small = shorten(item);

        left -= (int64_t)size_of(small) + 1;
        if (left >= 0) {
            sc_json_append(items, small);
        } else {
            left += (int64_t)size_of(small) + 1; /* a shorter one may fit */
            sc_json_free(small);
        }
    }
    sc_json_free(found);
    return items;
}
