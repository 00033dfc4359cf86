/* exec/record.h - all that is kept of a task, as one value.
 *
 * Purpose:   what a replay folds again and what a fixture holds.
 * Contract:  {"id", "state", "spec": of exec/spec.h, "events": [{"seq", "at_ms", "kind",
 *            "body"}]}.
 * Ownership: the caller frees.
 * Thread:    loop.
 * Errors:    of the store; SC_INVALID when the journal is not JSON; SC_NOT_FOUND when it
 *            was pruned.
 */
#pragma once

#include "store/store.h"

struct sc_json *sc_record_read(
        struct sc_store *store, const char *task_id, struct sc_error *err);
