#include "worker/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"

enum { READ_SIZE = 64 << 10, KEEP = 1 << 20 };

struct sc_wire {
    struct sc_wire_spec spec;
    int fd;
    uv_poll_t poll;
    uv_prepare_t flush; /* before the loop waits */
    struct sc_buf in, out;
    size_t out_done;    /* bytes of out that are written */
    size_t frame_start; /* of the frame that is being built */
    int events;         /* polled for */
    bool blocked;       /* the socket takes no more for now */
    bool high;          /* much is queued */
    bool ended, closed;
    void (*on_closed)(void *arg);
    void *closed_arg;
    int open_handles;
};

/* --- frames --- */

static uint32_t load32(const char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof(value)); /* both sides are the same machine */
    return value;
}

static void store32(char *bytes, uint32_t value)
{
    memcpy(bytes, &value, sizeof(value));
}

enum sc_code sc_frame_read(const char *bytes, size_t len, struct sc_frame *ret_frame,
        size_t *ret_used, struct sc_error *err)
{
    uint32_t size, kind;

    *ret_used = 0;
    if (len < SC_FRAME_HEAD)
        return SC_OK;
    size = load32(bytes);
    kind = load32(bytes + 4);
    if (size > SC_FRAME_MAX)
        return sc_fail(err, SC_PROTOCOL, "a frame of %lu bytes", (unsigned long)size);
    if (kind == 0 || kind >= SC_FRAME_KINDS)
        return sc_fail(err, SC_PROTOCOL, "a frame of kind %lu", (unsigned long)kind);
    if (len - SC_FRAME_HEAD < size)
        return SC_OK;
    *ret_frame = (struct sc_frame){
        .kind = (enum sc_frame_kind)kind,
        .call = load32(bytes + 8),
        .part = load32(bytes + 12),
        .data = bytes + SC_FRAME_HEAD,
        .len = size,
    };
    *ret_used = SC_FRAME_HEAD + size;
    return SC_OK;
}

/* --- polling --- */

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct sc_wire *wire)
{
    int events = UV_READABLE | (wire->blocked ? UV_WRITABLE : 0);

    if (wire->closed || wire->ended || events == wire->events)
        return;
    wire->events = events;
    uv_poll_start(&wire->poll, events, on_poll);
}

static void end(struct sc_wire *wire, const struct sc_error *err)
{
    if (wire->ended || wire->closed)
        return;
    uv_poll_stop(&wire->poll);
    uv_prepare_stop(&wire->flush);
    wire->ended = true;
    wire->spec.on_end(wire->spec.arg, err);
}

static void end_errno(struct sc_wire *wire, const char *what)
{
    struct sc_error err;

    sc_fail(&err, SC_UNAVAILABLE, "%s: %s", what, strerror(errno));
    err.detail = errno;
    end(wire, &err);
}

/* --- writing --- */

static void after_write(struct sc_wire *wire)
{
    if (wire->out_done == wire->out.len) {
        wire->out_done = 0;
        sc_buf_clear(&wire->out);
        if (wire->out.cap > KEEP)
            sc_buf_release(&wire->out);
    }
    if (wire->high && sc_wire_queued(wire) < SC_WIRE_HIGH / 2) {
        wire->high = false;
        if (wire->spec.on_drained)
            wire->spec.on_drained(wire->spec.arg);
    }
}

static void write_out(struct sc_wire *wire)
{
    while (!wire->ended && sc_wire_queued(wire) > 0) {
        /* The other side may be dead: an error then, not a signal. */
        ssize_t n = send(wire->fd, wire->out.data + wire->out_done, sc_wire_queued(wire),
                MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            end_errno(wire, "write");
            return;
        }
        wire->blocked = n < 0;
        if (n < 0)
            break;
        wire->out_done += (size_t)n;
    }
    if (!wire->ended)
        after_write(wire);
    watch(wire);
}

static void on_flush(uv_prepare_t *flush)
{
    struct sc_wire *wire = sc_container_of(flush, struct sc_wire, flush);

    uv_prepare_stop(flush);
    if (!wire->blocked)
        write_out(wire);
}

struct sc_buf *sc_wire_begin(
        struct sc_wire *wire, enum sc_frame_kind kind, uint32_t call, uint32_t part)
{
    char *head;

    wire->frame_start = wire->out.len;
    head = sc_buf_reserve(&wire->out, SC_FRAME_HEAD);
    store32(head + 4, (uint32_t)kind);
    store32(head + 8, call);
    store32(head + 12, part);
    wire->out.len += SC_FRAME_HEAD;
    return &wire->out;
}

void sc_wire_drop(struct sc_wire *wire)
{
    wire->out.len = wire->frame_start;
}

enum sc_code sc_wire_end(struct sc_wire *wire, struct sc_error *err)
{
    size_t len = wire->out.len - wire->frame_start - SC_FRAME_HEAD;

    if (len > SC_FRAME_MAX || wire->ended || wire->closed) {
        sc_wire_drop(wire);
        return wire->ended || wire->closed
                       ? sc_fail(err, SC_UNAVAILABLE, "the connection has ended")
                       : sc_fail(err, SC_INVALID, "the message is over 64 MiB");
    }
    store32(wire->out.data + wire->frame_start, (uint32_t)len);
    wire->high = wire->high || sc_wire_queued(wire) >= SC_WIRE_HIGH;
    uv_prepare_start(&wire->flush, on_flush);
    return SC_OK;
}

size_t sc_wire_queued(const struct sc_wire *wire)
{
    return wire->out.len - wire->out_done;
}

/* --- reading --- */

/* Hands out the whole frames; false when the wire is not to be touched any more. */
static bool deliver(struct sc_wire *wire)
{
    size_t used = 0, done = 0;

    do {
        struct sc_frame frame;
        struct sc_error err;

        if (sc_frame_read(
                    wire->in.data + done, wire->in.len - done, &frame, &used, &err)) {
            end(wire, &err);
            return false;
        }
        if (used > 0)
            wire->spec.on_frame(wire->spec.arg, &frame);
        done += used;
        if (wire->closed || wire->ended)
            return false;
    } while (used > 0);
    sc_buf_drop(&wire->in, done);
    if (wire->in.len == 0 && wire->in.cap > KEEP)
        sc_buf_release(&wire->in);
    return true;
}

/* How much room is worth having: the rest of a large frame, else a common read. */
static size_t wanted(const struct sc_wire *wire)
{
    size_t size;

    if (wire->in.len < SC_FRAME_HEAD)
        return READ_SIZE;
    size = load32(wire->in.data) + (size_t)SC_FRAME_HEAD;
    return size > wire->in.len + READ_SIZE && size <= SC_FRAME_MAX + SC_FRAME_HEAD
                   ? size - wire->in.len
                   : READ_SIZE;
}

static void read_in(struct sc_wire *wire)
{
    size_t room = wanted(wire);
    ssize_t n = read(wire->fd, sc_buf_reserve(&wire->in, room), room);

    if (n == 0) {
        end(wire, NULL);
    } else if (n > 0) {
        wire->in.len += (size_t)n;
        deliver(wire);
    } else if (errno != EAGAIN && errno != EINTR) {
        end_errno(wire, "read");
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct sc_wire *wire = sc_container_of(poll, struct sc_wire, poll);

    if (status < 0 || (events & UV_READABLE))
        read_in(wire);
    if (!wire->closed && (events & UV_WRITABLE))
        write_out(wire);
}

/* --- life --- */

struct sc_wire *sc_wire_new(
        struct sc_loop *loop, int take_fd, const struct sc_wire_spec *spec)
{
    struct sc_wire *wire = sc_new(struct sc_wire);
    int r;

    wire->spec = *spec;
    wire->fd = take_fd;
    sc_buf_init(&wire->in);
    sc_buf_init(&wire->out);
    r = uv_poll_init(sc_loop_uv(loop), &wire->poll, take_fd); /* sets it non-blocking */
    SC_ASSERT(r == 0);
    uv_prepare_init(sc_loop_uv(loop), &wire->flush);
    wire->open_handles = 2;
    watch(wire);
    return wire;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct sc_wire *wire = handle->data;

    if (--wire->open_handles > 0)
        return;
    close(wire->fd);
    sc_buf_release(&wire->in);
    sc_buf_release(&wire->out);
    if (wire->on_closed)
        wire->on_closed(wire->closed_arg);
    free(wire);
}

void sc_wire_close(struct sc_wire *wire, void (*on_closed)(void *arg), void *arg)
{
    SC_ASSERT(!wire->closed);
    wire->closed = true;
    wire->on_closed = on_closed;
    wire->closed_arg = arg;
    wire->poll.data = wire;
    wire->flush.data = wire;
    uv_close((uv_handle_t *)&wire->poll, on_handle_closed);
    uv_close((uv_handle_t *)&wire->flush, on_handle_closed);
}
