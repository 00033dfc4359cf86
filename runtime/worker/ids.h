/* worker/ids.h - numbers to things that live a short while.
 *
 * Purpose:   find the call that a frame names.
 * Ownership: the table owns nothing; an entry is embedded in its thing.
 * Thread:    loop.
 */
#pragma once

#include <stdint.h>

#include "base/list.h"

enum { SC_ID_BUCKETS = 256 };

struct sc_id_entry {
    struct sc_list in_bucket;
    uint32_t id;
};

struct sc_id_table {
    struct sc_list buckets[SC_ID_BUCKETS];
};

static inline void sc_id_init(struct sc_id_table *table)
{
    for (int i = 0; i < SC_ID_BUCKETS; i++)
        sc_list_init(&table->buckets[i]);
}

static inline void sc_id_add(
        struct sc_id_table *table, struct sc_id_entry *entry, uint32_t id)
{
    entry->id = id;
    sc_list_append(&table->buckets[id % SC_ID_BUCKETS], &entry->in_bucket);
}

static inline void sc_id_remove(struct sc_id_entry *entry)
{
    sc_list_remove(&entry->in_bucket);
}

/* NULL when there is none. */
static inline struct sc_id_entry *sc_id_find(const struct sc_id_table *table, uint32_t id)
{
    const struct sc_list *head = &table->buckets[id % SC_ID_BUCKETS];

    for (struct sc_list *node = head->next; node != head; node = node->next) {
        struct sc_id_entry *entry = sc_container_of(node, struct sc_id_entry, in_bucket);

        if (entry->id == id)
            return entry;
    }
    return NULL;
}
