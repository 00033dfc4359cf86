/* What the tests of net/http.h share: a loop, a client, a peer, and what came back. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fakes/http_peer.h"
#include "loop/loop.h"
#include "net/curl_multi.h"
#include "net/egress.h"
#include "net/http.h"

struct fixture {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_multi *multi;
    struct http_peer *peer;

    http_peer_fn *answer;      /* what the peer does; arg is the fixture */
    struct peer_request *last; /* the request it saw last */
    char seen[256];            /* for answers that note something */
    int count, gone;           /* as the answer likes */
    bool (*on_piece)(struct fixture *f, struct sc_op *op); /* of the streamed body */

    int ok, cancelled, failed; /* ends */
    struct sc_error err;       /* the last */
    int status;                /* of the last reply */
    bool sent;
    int64_t retry_after_ms;
    char request_id[64], url[HTTP_PEER_URL];
    struct sc_buf body; /* of the last reply, or all pieces streamed */
    int pieces;
};

int setup(void **state);
int teardown(void **state);

/* With another configuration. */
void fixture_client(struct fixture *f, const struct sc_multi_config *config);

/* Starts; `path` may be a whole URL. */
struct sc_op *fixture_start(
        struct fixture *f, const char *path, const struct sc_http_spec *spec);

/* Streams into f->body, asking f->on_piece. */
struct sc_op *fixture_stream(
        struct fixture *f, const char *path, const struct sc_http_spec *spec);

/* One plain GET, to its end. */
void fixture_get(struct fixture *f, const char *path);

/* Answers. */
void answer_ok(void *arg, struct peer_request *request);
void answer_never(void *arg, struct peer_request *request);
void answer_echo(void *arg, struct peer_request *request); /* method, path, body */
