/* exec/once.h - which of the effects that an expression asks about have happened.
 *
 * Purpose:   an agent may have a million keys, an expression asks about a few: only those
 *            are looked up.
 * Contract:  *ret_known is the list of the asked pairs that happened, or NULL when none
 *            did. To an expression that asks on with every answer, as a search for the
 *            first that is not done does, a later round gives all keys of those tools,
 *            so that rounds are few.
 * Ownership: *ret_known is the caller's.
 * Thread:    loop.
 * Errors:    SC_STORAGE; SC_INVALID (it would be over a hundred thousand keys).
 */
#pragma once

#include "codec/json.h"
#include "store/store.h"

enum sc_code sc_once_known(struct sc_store *store, const char *agent,
        const struct sc_json *asked, int rounds, struct sc_json **ret_known,
        struct sc_error *err);

/* The same for what had happened by a time that has passed. */
enum sc_code sc_once_known_by(struct sc_store *store, const char *agent,
        const struct sc_json *asked, int64_t at_ms, struct sc_json **ret_known,
        struct sc_error *err);
