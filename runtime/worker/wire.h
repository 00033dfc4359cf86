/* worker/wire.h - frames between the daemon and a worker.
 *
 * Purpose:   messages over a socket pair: a head of 16 bytes, then JSON text.
 * Contract:  a frame is written straight into the output buffer and read where it lies
 *            in the input buffer; what was queued in one turn of the loop leaves in one
 *            write. The other side is not believed: a frame over the limit, or of an
 *            unknown kind, ends the connection with SC_PROTOCOL.
 * Ownership: the wire owns the descriptor. sc_wire_close frees after on_closed; on_end is
 *            not called any more then.
 * Thread:    loop.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "loop/loop.h"

/* call names a call (the daemon counts); part a host call in it (the worker counts). */
enum sc_frame_kind {
    SC_FRAME_HELLO = 1,  /* worker: I am here; daemon, before all else: {memory_limit} */
    SC_FRAME_SOURCE,     /* daemon: a package, {version, kind, path, source, data} */
    SC_FRAME_DEFINE,     /* daemon: the same; the answer is its descriptor */
    SC_FRAME_CALL,       /* daemon: {version, function, args, cpu_ms} */
    SC_FRAME_EVALUATE,   /* daemon: the request of plan/evaluate.h */
    SC_FRAME_CANCEL,     /* daemon: forget call; an ERROR follows soon */
    SC_FRAME_VALUE,      /* worker: the call's result */
    SC_FRAME_PENDING,    /* worker: {token, after} */
    SC_FRAME_ERROR,      /* worker: {code, message, retryable, maybe_happened} */
    SC_FRAME_HOST_CALL,  /* worker: {name, args} */
    SC_FRAME_HOST_VALUE, /* daemon: what the host call gave */
    SC_FRAME_HOST_ERROR, /* daemon: {code, message, retryable} */
    SC_FRAME_KINDS
};

enum { SC_FRAME_HEAD = 16, SC_FRAME_MAX = 64 << 20 };

struct sc_frame {
    enum sc_frame_kind kind;
    uint32_t call, part;
    const char *data;
    size_t len;
};

/* Reads one frame from the front of the bytes; *ret_used is 0 when more is needed.
 * Pure. SC_PROTOCOL when it is none. */
enum sc_code sc_frame_read(const char *bytes, size_t len, struct sc_frame *ret_frame,
        size_t *ret_used, struct sc_error *err);

struct sc_wire_spec {
    void (*on_frame)(void *arg, const struct sc_frame *frame); /* data is borrowed */
    void (*on_end)(void *arg, const struct sc_error *err); /* closed there, or broken */
    void (*on_drained)(
            void *arg); /* may be NULL; less than SC_WIRE_HIGH is queued again */
    void *arg;
};

enum { SC_WIRE_HIGH = 4 << 20 };

struct sc_wire;

struct sc_wire *sc_wire_new(
        struct sc_loop *loop, int take_fd, const struct sc_wire_spec *spec);
void sc_wire_close(struct sc_wire *wire, void (*on_closed)(void *arg), void *arg);

/* Begins a frame; append the payload to the returned buffer, then end it. end drops the
 * frame and returns SC_INVALID when it is too large; drop takes it back. */
struct sc_buf *sc_wire_begin(
        struct sc_wire *wire, enum sc_frame_kind kind, uint32_t call, uint32_t part);
enum sc_code sc_wire_end(struct sc_wire *wire, struct sc_error *err);
void sc_wire_drop(struct sc_wire *wire);

/* Bytes that wait to be written. */
size_t sc_wire_queued(const struct sc_wire *wire);
