#include "tool/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tool/near.h"

struct sc_registry {
    struct sc_tool **tools; /* in order of name */
    size_t count, cap;
};

struct sc_registry *sc_registry_new(void)
{
    return sc_new(struct sc_registry);
}

void sc_registry_free(struct sc_registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < registry->count; i++)
        sc_tool_unref(registry->tools[i]);
    free(registry->tools);
    free(registry);
}

/* The index of the tool, or where it would go. */
static size_t place_of(const struct sc_registry *registry, const char *name, bool *found)
{
    size_t low = 0, high = registry->count;

    *found = false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(registry->tools[mid]->name, name);

        if (order == 0) {
            *found = true;
            return mid;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void sc_registry_add(struct sc_registry *registry, struct sc_tool *take_tool)
{
    bool found;
    size_t at = place_of(registry, take_tool->name, &found);

    if (found) {
        sc_tool_unref(registry->tools[at]);
        registry->tools[at] = take_tool;
        return;
    }
    if (registry->count == registry->cap) {
        registry->cap = registry->cap ? registry->cap * 2 : 32;
        registry->tools =
                sc_realloc(registry->tools, registry->cap * sizeof(struct sc_tool *));
    }
    memmove(&registry->tools[at + 1], &registry->tools[at],
            (registry->count - at) * sizeof(struct sc_tool *));
    registry->tools[at] = take_tool;
    registry->count++;
}

struct sc_tool *sc_registry_get(const struct sc_registry *registry, const char *name)
{
    bool found;
    size_t at = place_of(registry, name, &found);

    return found ? registry->tools[at] : NULL;
}

size_t sc_registry_count(const struct sc_registry *registry)
{
    return registry->count;
}

struct sc_tool *sc_registry_at(const struct sc_registry *registry, size_t index)
{
    return index < registry->count ? registry->tools[index] : NULL;
}

const char *sc_registry_nearest(const struct sc_registry *registry, const char *name)
{
    struct sc_near near;

    sc_near_init(&near, name);
    for (size_t i = 0; i < registry->count; i++)
        sc_near_try(&near, registry->tools[i]->name);
    return near.best;
}

/* "*" alone, a name, or a prefix that ends in "*". */
static bool matches(const char *pattern, const char *name)
{
    size_t len = strlen(pattern);

    if (len && pattern[len - 1] == '*')
        return strncmp(pattern, name, len - 1) == 0;
    return strcmp(pattern, name) == 0;
}

bool sc_registry_allows(const struct sc_json *allowed, const char *name)
{
    if (!allowed)
        return true;
    SC_JSON_EACH(pattern, allowed)
    {
        if (sc_json_is(pattern, SC_JSON_STRING) && matches(sc_json_string(pattern), name))
            return true;
    }
    return false;
}
