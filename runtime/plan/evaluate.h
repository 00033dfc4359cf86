/* plan/evaluate.h - the face of whatever computes expressions.
 *
 * Purpose:   plan and exec resolve literals and plain references themselves; everything
 *            else goes through this vtable (in the product: to a worker).
 * Contract:  as loop/op.h. The request is one JSON object:
 *              {"bind": {name: value, …},           names the expressions may see
 *               "each": [{name: value, …}, …],      optional: one row per element; its
 *                                                   names are added to bind
 *               "eval": [{"name": "where", "of": TEMPLATE, "unless": "skip"}, …],
 *               "done": [[tool, key], …],           keys whose effects have happened
 *               "states": {step id: state word}}    for step_state('id')
 *            TEMPLATE is any JSON of a plan: strings that start with `=` are
 *            expressions ("==" escapes), `{{…}}` in other strings puts one in, objects
 *            and arrays are walked, everything else is itself. An entry of eval whose
 *            name is "where" and whose value is false or null stops the row: the later
 *            entries are not computed.
 *            The answer is {"rows": [ROW, …], "asked": [[tool, key], …]}: asked, there
 *            when it is not empty, are the pairs that done() was asked about and that
 *            `done` does not have; whoever knows that one of them happened asks again.
 *            There is one ROW per element, or one when there is no "each"; ROW is
 *            {"values": {name: value}} or {"error": {"code", "message", "at": name}}.
 *            What done() says may be old by the time it is used; effects claim their key
 *            again.
 *            The result of a step with `each` is bound as {"$each": true, "items": [..],
 *            "failed": [..], "unknown": [..], "skipped": [..]}: a list of the items that
 *            has the other three as fields. A list that comes back may be written so or
 *            as a plain array.
 * Ownership: the request is copied inside start; the answer is valid inside done, and
 *            is detached by taking the pointer and setting it NULL.
 * Thread:    loop.
 * Errors:    SC_SCRIPT (the expression is wrong), SC_TIMEOUT, SC_UNAVAILABLE (the
 *            worker died: try again once), SC_INVALID (too large).
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"

struct sc_evaluator {
    struct sc_op *(*start)(struct sc_evaluator *evaluator, struct sc_scope *scope,
            const struct sc_json *request, sc_op_done_fn *done, void *arg);
    struct sc_json **(*answer)(struct sc_op *op);
};
