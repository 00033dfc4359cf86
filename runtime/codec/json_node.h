/* codec/json_node.h - how a JSON value lies in memory; for the json_*.c files only.
 *
 * Purpose:   one block a node: the cJSON node, then its key, then its text, whichever
 *            were known when it was made. cJSON's own flags say so
 *            (cJSON_StringIsConst: the key is not a block of its own;
 *            cJSON_IsReference: the text is not), so cJSON_Delete frees a tree rightly.
 * Contract:  type         cJSON_NULL _False _True _String _Array _Object, and _Raw for
 *                         a number, whose text is valuestring
 *            valueint     bytes of the text, or number of children
 *            valuedouble  bytes at the start of room that a key may take: a node is
 *                         mostly built before it gets its name
 *            child->prev  is the last child, so appending costs the same at any length
 *            next, prev   prev is NULL only in a root
 * Ownership: as in json.h.
 * Thread:    any.
 */
#pragma once

#include <cjson/cJSON.h>

#include "codec/json.h"

struct sc_json {
    cJSON node;  /* first, so that a cJSON * is a struct sc_json * */
    char room[]; /* key and text */
};

enum {
    SC_JSON_KIND = 0xff,          /* of node.type, without flags */
    SC_JSON_MAX_DEPTH = 1000,     /* reading and freeing recurse */
    SC_JSON_MAX_BYTES = INT32_MAX /* lengths are ints */
};

static inline int sc_json_kind(const struct sc_json *item)
{
    return item->node.type & SC_JSON_KIND;
}

static inline bool sc_json_is_container(const struct sc_json *item)
{
    return item && (sc_json_kind(item) & (cJSON_Array | cJSON_Object));
}

static inline struct sc_json *sc_json_of(cJSON *node)
{
    return (struct sc_json *)node;
}

/* A node with room for a key and for a text; 0: none. Both include the NUL. The key is
 * at node.string, the text at node.valuestring; the caller fills them. */
struct sc_json *sc_json_node_new(int kind, size_t key_room, size_t text_room);

/* Without a key, with room for a short one. */
struct sc_json *sc_json_node_new_root(int kind, size_t text_room);

/* A string or number whose text is fit for the tree. */
struct sc_json *sc_json_leaf_new(int kind, const char *text, size_t len);

/* Adds text from outside in the form of the tree: U+0000 as C0 80, U+FFFD for a byte
 * that is not UTF-8. */
void sc_json_hold_text(struct sc_buf *out, const char *text, size_t len);

/* The members by name, a NULL after the last; the caller frees the array. */
const struct sc_json **sc_json_sorted(const struct sc_json *object);

/* Links a root as the last child. Does not look at keys. */
static inline void sc_json_link(struct sc_json *container, struct sc_json *child)
{
    cJSON *parent = &container->node, *node = &child->node;

    if (parent->child) {
        cJSON *last = parent->child->prev;

        last->next = node;
        node->prev = last;
    } else {
        parent->child = node;
    }
    parent->child->prev = node;
    parent->valueint++;
}
