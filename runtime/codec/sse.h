/* codec/sse.h - server-sent events from bytes.
 *
 * Purpose:   feed bytes as they arrive, in any pieces; get whole events.
 * Contract:  CR, LF, CRLF; several data lines joined by LF; comments are reported so
 *            that they can reset an idle timer; an event without a blank line at the
 *            end of input is not delivered. A BOM at the start is skipped.
 * Ownership: the event is valid during the callback only.
 * Thread:    that of the owner.
 * Errors:    SC_PROTOCOL when an event passes max_bytes.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

struct sc_sse_event {
    const char *type; /* "message" unless named */
    const char *data;
    size_t len;
    const char *id; /* last id seen, or "" */
};

struct sc_sse_handler {
    void (*on_event)(void *arg, const struct sc_sse_event *event);
    void (*on_comment)(void *arg, const char *text); /* may be NULL */
    void *arg;
};

struct sc_sse {
    struct sc_sse_handler handler;
    struct sc_buf line, data, type, id;
    size_t max_bytes;
    bool has_data, skip_lf, started;
};

void sc_sse_init(
        struct sc_sse *sse, const struct sc_sse_handler *handler, size_t max_bytes);
void sc_sse_release(struct sc_sse *sse);
enum sc_code sc_sse_feed(struct sc_sse *sse, const char *data, size_t len,
        struct sc_error *err) __attribute__((warn_unused_result));
