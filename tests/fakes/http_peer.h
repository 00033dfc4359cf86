/* fakes/http_peer.h - an HTTP/1.1 server in the test's own process and loop.
 *
 * Purpose:   answer exactly as a test says, well or badly.
 * Contract:  the peer listens on a free port of 127.0.0.1. handler runs for each
 *            complete request; the answer may be given then or later, in pieces, as raw
 *            bytes, or never. One request at a time on a connection. Its handles do not
 *            keep the loop alive.
 * Ownership: a request stays valid until the peer is freed, also when its connection is
 *            gone: answers then go nowhere. http_peer_free starts closing; run the loop
 *            once more (sc_loop_free does).
 * Thread:    loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct http_peer;

struct peer_request {
    const char *method;
    const char *path; /* with the query; with the origin when sent to a proxy */
    const char *head; /* header lines */
    const char *body; /* NUL follows */
    size_t body_len;
    int number;                                    /* of the peer's requests, from 1 */
    int connection;                                /* of the peer's connections, from 1 */
    void *data;                                    /* the handler's */
    void (*on_sent)(struct peer_request *request); /* when all was handed to the kernel */
    void (*on_gone)(struct peer_request *request); /* closed before the answer ended */
};

typedef void http_peer_fn(void *arg, struct peer_request *request);

struct http_peer *http_peer_new(uv_loop_t *uv, http_peer_fn *handler, void *arg);
void http_peer_free(struct http_peer *peer);
int http_peer_port(const struct http_peer *peer);
int http_peer_connections(const struct http_peer *peer); /* accepted so far */
int http_peer_requests(const struct http_peer *peer);

/* "http://127.0.0.1:PORT/path" */
enum { HTTP_PEER_URL = 256 };
void http_peer_url(
        const struct http_peer *peer, const char *path, char ret_url[HTTP_PEER_URL]);

/* Copies a header of the request; "" and false when there is none. */
bool peer_header(const struct peer_request *request, const char *name, char *ret_value,
        size_t size);

/* A whole answer. headers: lines that each end in CR LF, or NULL. */
void peer_reply(struct peer_request *request, int status, const char *headers,
        const char *body, size_t len);
void peer_text(struct peer_request *request, int status, const char *text);

/* An answer in chunks. */
void peer_begin(struct peer_request *request, int status, const char *headers);
void peer_chunk(struct peer_request *request, const char *data, size_t len);
void peer_end(struct peer_request *request);

/* Bytes as they are. */
void peer_raw(struct peer_request *request, const char *data, size_t len);

/* Closes, when what was written before is sent. */
void peer_hang_up(struct peer_request *request);

/* Calls back after a while; one wait at a time. */
void peer_later(
        struct peer_request *request, uint64_t ms, void (*then)(struct peer_request *));
