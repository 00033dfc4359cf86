#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_SLOTS = 16 };

static size_t hash_of(const char *key)
{
    size_t h = 1469598103934665603u; /* FNV-1a */

    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return h ^ (h >> 29);
}

void sc_map_init(struct sc_map *map)
{
    *map = (struct sc_map){ 0 };
}

void sc_map_release(struct sc_map *map, void (*free_value)(void *value))
{
    for (size_t i = 0; i < map->used; i++) {
        if (map->entries[i].value && free_value)
            free_value(map->entries[i].value);
        free(map->entries[i].key);
    }
    free(map->entries);
    free(map->slots);
    sc_map_init(map);
}

/* The slot that names the key's entry, or the free slot where it would go. */
static size_t *slot_of(const struct sc_map *map, const char *key, size_t hash)
{
    size_t mask = map->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const struct sc_map_entry *e;

        if (!map->slots[i])
            return &map->slots[i];
        e = &map->entries[map->slots[i] - 1];
        if (e->hash == hash && strcmp(e->key, key) == 0)
            return &map->slots[i];
    }
}

/* Rebuilds the slots, and leaves out the holes. */
static void rebuild(struct sc_map *map)
{
    size_t live = 0;

    for (size_t i = 0; i < map->used; i++) {
        if (map->entries[i].value)
            map->entries[live++] = map->entries[i];
        else
            free(map->entries[i].key);
    }
    map->used = live;
    if (!map->slot_count)
        map->slot_count = FIRST_SLOTS;
    while (map->slot_count < (live + 1) * 2)
        map->slot_count *= 2;
    free(map->slots);
    map->slots = sc_new_array(size_t, map->slot_count);
    for (size_t i = 0; i < live; i++)
        *slot_of(map, map->entries[i].key, map->entries[i].hash) = i + 1;
}

void *sc_map_set(struct sc_map *map, const char *key, void *value)
{
    size_t hash = hash_of(key), *slot;

    SC_ASSERT(value != NULL);
    if ((map->used + 1) * 2 > map->slot_count)
        rebuild(map);
    slot = slot_of(map, key, hash);
    if (*slot) {
        struct sc_map_entry *e = &map->entries[*slot - 1];
        void *old = e->value;

        map->count += !old;
        e->value = value;
        return old;
    }
    if (map->used == map->cap) {
        map->cap = map->cap ? map->cap * 2 : FIRST_SLOTS / 2;
        map->entries = sc_realloc(map->entries, map->cap * sizeof(*map->entries));
    }
    map->entries[map->used++] =
            (struct sc_map_entry){ .key = sc_strdup(key), .value = value, .hash = hash };
    *slot = map->used;
    map->count++;
    return NULL;
}

void *sc_map_get(const struct sc_map *map, const char *key)
{
    size_t *slot;

    if (!map->slot_count)
        return NULL;
    slot = slot_of(map, key, hash_of(key));
    return *slot ? map->entries[*slot - 1].value : NULL;
}

void *sc_map_remove(struct sc_map *map, const char *key)
{
    size_t *slot;
    void *old;

    if (!map->slot_count)
        return NULL;
    slot = slot_of(map, key, hash_of(key));
    if (!*slot)
        return NULL;
    old = map->entries[*slot - 1].value; /* the entry stays as a hole */
    map->entries[*slot - 1].value = NULL;
    map->count -= old != NULL;
    return old;
}

const struct sc_map_entry *sc_map_next(const struct sc_map *map, size_t *at)
{
    while (*at < map->used) {
        const struct sc_map_entry *e = &map->entries[(*at)++];

        if (e->value)
            return e;
    }
    return NULL;
}
