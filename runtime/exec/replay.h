/* exec/replay.h - folds the record of a task again, with the program as it is now.
 *
 * Purpose:   does this program come to the same decisions from the same answers? Replies
 *            of models, results of tools and answers of people come from the record; the
 *            machine, the checker of plans and the evaluator are real.
 * Contract:  no tool and no model is called, nothing is written. What the machine decides
 *            must be the next thing of its kind (same event, step and element) in the
 *            record; the first that is not ends the replay. Times that are chance
 *            (backoff), durations and versions are not compared.
 *            A record that ends in the middle is replayed so far.
 * Ownership: record and parts are borrowed until done; the outcome is valid in done.
 * Thread:    loop.
 * Errors:    SC_INVALID: the record cannot be read. A divergence is no error.
 */
#pragma once

#include "plan/evaluate.h"
#include "store/store.h"
#include "tool/registry.h"

struct sc_replay_parts {
    struct sc_registry *registry;
    struct sc_evaluator *evaluator;
    struct sc_store *store; /* knows which effects had happened when; or NULL */
};

struct sc_op *sc_replay_start(struct sc_scope *scope, const struct sc_replay_parts *parts,
        const struct sc_json *record, sc_op_done_fn *done, void *arg);

/* {"same", "events": how many came out, "ended", "prompt_changed", "tools": [{"name",
 * "was", "now": text or null}] of those that are not as they were, "divergence": {"seq",
 * "kind", "step"?, "why", "recorded", "now"}}. */
const struct sc_json *sc_replay_outcome(struct sc_op *op);
