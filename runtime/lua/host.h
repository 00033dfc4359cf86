/* lua/host.h - the one way out of a sandbox.
 *
 * Purpose:   what `http.request`, `state.get` and their like do: an op of the owner's.
 * Contract:  as loop/op.h. The other side checks name and arguments; nothing is believed
 *            because a script said it.
 * Thread:    worker.
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"

/* Valid during start. */
struct sc_host_request {
    void *caller;              /* the user pointer of the fiber's call (sc_fiber_user) */
    const char *name;          /* "http.request" */
    const struct sc_buf *args; /* JSON text */
};

struct sc_host {
    struct sc_op *(*start)(struct sc_host *host, struct sc_scope *scope,
            const struct sc_host_request *request, sc_op_done_fn *done, void *arg);
    const struct sc_json *(*answer)(struct sc_op *op); /* valid in done */
};
