/* net/sse_call.h - an HTTP exchange whose reply is a stream of events.
 *
 * Purpose:   hand out server-sent events as they arrive.
 * Contract:  the op is an HTTP exchange: net/http.h applies, and its functions may be
 *            called on it. on_event runs for each event of a 200 reply of type
 *            text/event-stream, between start and done; not any more once the op was
 *            cancelled, failed or aborted; after a pause the rest of the piece at hand
 *            still comes. Any other reply is collected into the body instead, an error
 *            (not 200) up to 64 KiB of it.
 *            Any byte, a comment too, restarts the idle time; but within five of them an
 *            event or a comment must be whole: a byte a minute is no reply. No total time
 *            unless one is given, and the body is never asked for in compressed form:
 *            compressors hold events back.
 * Ownership: as net/http.h. The event is valid during on_event.
 * Thread:    loop.
 * Errors:    as net/http.h; SC_PROTOCOL for an event over the limit, SC_TIMEOUT for one
 *            that does not come to its end.
 */
#pragma once

#include "codec/sse.h"
#include "net/http.h"

struct sc_sse_call_spec {
    struct sc_http_spec http; /* without on_headers, on_data and context */
    void (*on_event)(struct sc_op *op, const struct sc_sse_event *event);
    size_t max_event; /* bytes; 0: 4 MiB */
};

struct sc_op *sc_sse_call_start(struct sc_scope *scope, struct sc_multi *multi,
        const struct sc_sse_call_spec *spec, sc_op_done_fn *done, void *arg);
