/* model/calls.h - tool calls put together from pieces.
 *
 * Purpose:   find out which call a piece belongs to: by index; without one by id;
 *            without either, the open one. An index used again with a new id and a name
 *            is a new call. An empty id or name never replaces one.
 * Ownership: the caller owns the list and releases it.
 * Thread:    that of the owner.
 */
#pragma once

#include "base/buf.h"
#include "codec/json.h"

struct sc_call_parts {
    char *id, *name; /* NULL until known */
    struct sc_buf arguments;
    int64_t index;         /* the provider's; -1: none given */
    struct sc_json *extra; /* members that are not ours to know, to go back; or NULL */
    struct sc_json *args;  /* after settle: arguments parsed; NULL: not a JSON object */
};

struct sc_calls {
    struct sc_call_parts *items;
    size_t count, cap;
};

void sc_calls_release(struct sc_calls *calls);

/* One entry of a `tool_calls` array: of a stream's delta (*ret_at: the place of its
 * call), or of a whole message, where each is a call. Returns how many bytes were kept.
 */
size_t sc_calls_piece(
        struct sc_calls *calls, const struct sc_json *piece, size_t *ret_at);
size_t sc_calls_whole(struct sc_calls *calls, const struct sc_json *entry);

/* Formats that number what they send: a call begins under a number, and is found by it.
 * Returns its place in the list. An empty id is made up in the end. */
size_t sc_calls_add(
        struct sc_calls *calls, int64_t index, const char *id, const char *name);
bool sc_calls_find(const struct sc_calls *calls, int64_t index, size_t *ret_at);

/* When all has come: every call has an id of its own, arguments and args. */
void sc_calls_settle(struct sc_calls *calls);

/* The `tool_calls` array that goes back to the provider. */
struct sc_json *sc_calls_json(const struct sc_calls *calls);
