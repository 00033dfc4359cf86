/* base/map.h - names to pointers.
 *
 * Purpose:   look things up by name; iterate in the order they were added.
 * Contract:  keys are byte strings without NUL, compared exactly. Values are never NULL.
 * Ownership: keys are copied; values are the caller's (sc_map_release takes a
 *            function to free them, or NULL).
 * Thread:    that of the owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sc_map_entry {
    char *key;
    void *value; /* NULL: removed */
    size_t hash;
};

struct sc_map {
    struct sc_map_entry *entries; /* in order of addition, with holes */
    size_t used, cap;             /* of entries, holes included */
    size_t count;                 /* live entries */
    size_t *slots;                /* index + 1 into entries; 0: free */
    size_t slot_count;            /* a power of two */
};

void sc_map_init(struct sc_map *map);
void sc_map_release(struct sc_map *map, void (*free_value)(void *value));

/* Adds or replaces; returns the value that was there before, or NULL. */
void *sc_map_set(struct sc_map *map, const char *key, void *value);
void *sc_map_get(const struct sc_map *map, const char *key);

/* Removes and returns the value, or NULL. */
void *sc_map_remove(struct sc_map *map, const char *key);

/* for (size_t at = 0; (e = sc_map_next(map, &at));) ... */
const struct sc_map_entry *sc_map_next(const struct sc_map *map, size_t *at);
