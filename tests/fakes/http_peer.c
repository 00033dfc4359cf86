#include "fakes/http_peer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"

enum { BACKLOG = 2048, PIECE = 64 * 1024 };

struct http_peer {
    uv_tcp_t listener;
    http_peer_fn *handler;
    void *arg;
    struct sc_list connections;
    int accepted, requests, port;
    int open; /* handles */
};

struct connection {
    struct sc_list in_peer;
    struct http_peer *peer;
    uv_tcp_t tcp;
    uv_timer_t timer;
    void (*then)(struct peer_request *);
    struct sc_buf in;  /* bytes not yet taken as a request */
    struct sc_buf now; /* the request being answered */
    struct peer_request request;
    bool busy; /* a request waits for its answer */
    bool closing;
    int unsent; /* writes */
    bool hang_up;
};

struct pending_write {
    uv_write_t write;
    char data[];
};

static struct connection *connection_of(struct peer_request *request)
{
    return sc_container_of(request, struct connection, request);
}

/* --- closing --- */

static void drop_handle(struct http_peer *peer)
{
    struct sc_list *node = peer->connections.next;

    if (--peer->open > 0)
        return;
    while (node != &peer->connections) {
        struct connection *c = sc_container_of(node, struct connection, in_peer);

        node = node->next;
        sc_buf_release(&c->in);
        sc_buf_release(&c->now);
        free(c);
    }
    free(peer);
}

static void on_handle_closed(uv_handle_t *handle)
{
    drop_handle(handle->data);
}

static void close_connection(struct connection *c)
{
    if (c->closing)
        return;
    c->closing = true;
    if (c->busy && c->request.on_gone)
        c->request.on_gone(&c->request);
    uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
    uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

void http_peer_free(struct http_peer *peer)
{
    struct sc_list *node;

    if (!peer)
        return;
    for (node = peer->connections.next; node != &peer->connections; node = node->next)
        close_connection(sc_container_of(node, struct connection, in_peer));
    uv_close((uv_handle_t *)&peer->listener, on_handle_closed);
}

/* --- requests --- */

/* Ends the word at text with a NUL and returns what follows it. */
static char *cut(char *text, const char *end)
{
    char *at = strstr(text, end);

    if (!at)
        return text + strlen(text);
    *at = '\0';
    return at + strlen(end);
}

bool peer_header(const struct peer_request *request, const char *name, char *ret_value,
        size_t size)
{
    size_t len = strlen(name);

    *ret_value = '\0';
    for (const char *line = request->head; *line;) {
        const char *end = strstr(line, "\r\n");

        if (!end)
            end = line + strlen(line);
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            line += len + 1;
            line += strspn(line, " ");
            snprintf(ret_value, size, "%.*s", (int)(end - line), line);
            return true;
        }
        line = *end ? end + 2 : end;
    }
    return false;
}

static size_t body_length(const char *head, size_t head_len)
{
    char *text = sc_strndup(head, head_len);
    struct peer_request probe = { .head = text };
    char value[32];
    size_t len = 0;

    if (peer_header(&probe, "Content-Length", value, sizeof(value)))
        len = strtoul(value, NULL, 10);
    free(text);
    return len;
}

/* Moves one whole request from c->in to c->now, if there is one. */
static bool take_request(struct connection *c)
{
    const char *end = c->in.len ? strstr(c->in.data, "\r\n\r\n") : NULL;
    size_t head_len, body_len;
    char *text, *path, *head;

    if (!end)
        return false;
    head_len = (size_t)(end + 4 - c->in.data);
    body_len = body_length(c->in.data, head_len);
    if (c->in.len < head_len + body_len)
        return false;
    sc_buf_clear(&c->now);
    sc_buf_add(&c->now, c->in.data, head_len + body_len);
    sc_buf_drop(&c->in, head_len + body_len);
    text = c->now.data;
    text[head_len - 2] = '\0';
    path = cut(text, " ");
    head = cut(cut(path, " "), "\r\n");
    c->request = (struct peer_request){ .method = text,
        .path = path,
        .head = head,
        .body = text + head_len,
        .body_len = body_len,
        .number = ++c->peer->requests,
        .connection = c->request.connection };
    return true;
}

static void serve(struct connection *c)
{
    while (!c->busy && !c->closing && take_request(c)) {
        c->busy = true;
        c->peer->handler(c->peer->arg, &c->request);
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct connection *c = sc_container_of((uv_tcp_t *)handle, struct connection, tcp);

    (void)suggested;
    ret_buf->base = sc_buf_reserve(&c->in, PIECE);
    ret_buf->len = PIECE;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct connection *c = sc_container_of((uv_tcp_t *)stream, struct connection, tcp);

    (void)buf;
    if (n < 0) {
        close_connection(c);
        return;
    }
    c->in.len += (size_t)n;
    if (c->in.len)
        c->in.data[c->in.len] = '\0';
    serve(c);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_peer *peer =
            sc_container_of((uv_tcp_t *)listener, struct http_peer, listener);
    struct connection *c;

    if (status < 0)
        return;
    c = sc_new(struct connection);
    c->peer = peer;
    c->request.connection = ++peer->accepted;
    sc_list_append(&peer->connections, &c->in_peer);
    uv_tcp_init(listener->loop, &c->tcp);
    uv_timer_init(listener->loop, &c->timer);
    c->tcp.data = c->timer.data = peer;
    peer->open += 2;
    uv_unref((uv_handle_t *)&c->tcp);
    uv_unref((uv_handle_t *)&c->timer);
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) < 0) {
        close_connection(c);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

struct http_peer *http_peer_new(uv_loop_t *uv, http_peer_fn *handler, void *arg)
{
    struct http_peer *peer = sc_new(struct http_peer);
    struct sockaddr_in address;
    int len = sizeof(address), r;

    signal(SIGPIPE, SIG_IGN); /* a client that hangs up is no reason to die */
    peer->handler = handler;
    peer->arg = arg;
    peer->open = 1;
    sc_list_init(&peer->connections);
    uv_tcp_init(uv, &peer->listener);
    peer->listener.data = peer;
    uv_unref((uv_handle_t *)&peer->listener);
    uv_ip4_addr("127.0.0.1", 0, &address);
    r = uv_tcp_bind(&peer->listener, (const struct sockaddr *)&address, 0);
    SC_ASSERT(r == 0);
    r = uv_listen((uv_stream_t *)&peer->listener, BACKLOG, on_connection);
    SC_ASSERT(r == 0);
    r = uv_tcp_getsockname(&peer->listener, (struct sockaddr *)&address, &len);
    SC_ASSERT(r == 0);
    peer->port = ntohs(address.sin_port);
    return peer;
}

int http_peer_port(const struct http_peer *peer)
{
    return peer->port;
}

int http_peer_connections(const struct http_peer *peer)
{
    return peer->accepted;
}

int http_peer_requests(const struct http_peer *peer)
{
    return peer->requests;
}

void http_peer_url(
        const struct http_peer *peer, const char *path, char ret_url[HTTP_PEER_URL])
{
    snprintf(ret_url, HTTP_PEER_URL, "http://127.0.0.1:%d%s", peer->port, path);
}

/* --- answers --- */

static void on_written(uv_write_t *write, int status)
{
    struct connection *c =
            sc_container_of((uv_tcp_t *)write->handle, struct connection, tcp);

    free(sc_container_of(write, struct pending_write, write));
    c->unsent--;
    if (c->closing)
        return;
    if (status < 0 || (c->hang_up && c->unsent == 0))
        close_connection(c);
    else if (c->unsent == 0 && c->request.on_sent)
        c->request.on_sent(&c->request);
}

void peer_raw(struct peer_request *request, const char *data, size_t len)
{
    struct connection *c = connection_of(request);
    struct pending_write *pending;
    uv_buf_t buf;

    if (c->closing)
        return;
    pending = sc_zalloc(sizeof(*pending) + len);
    memcpy(pending->data, data, len);
    buf = uv_buf_init(pending->data, (unsigned)len);
    c->unsent++;
    if (uv_write(&pending->write, (uv_stream_t *)&c->tcp, &buf, 1, on_written) == 0)
        return;
    c->unsent--;
    free(pending);
}

static void add_head(struct sc_buf *out, int status, const char *headers)
{
    sc_buf_addf(out, "HTTP/1.1 %d Status\r\n%s", status, headers ? headers : "");
}

static void answered(struct connection *c)
{
    c->busy = false;
    serve(c);
}

void peer_reply(struct peer_request *request, int status, const char *headers,
        const char *body, size_t len)
{
    struct sc_buf out;

    sc_buf_init(&out);
    add_head(&out, status, headers);
    sc_buf_addf(&out, "Content-Length: %zu\r\n\r\n", len);
    if (strcmp(request->method, "HEAD") != 0)
        sc_buf_add(&out, body, len);
    peer_raw(request, out.data, out.len);
    sc_buf_release(&out);
    answered(connection_of(request));
}

void peer_text(struct peer_request *request, int status, const char *text)
{
    peer_reply(request, status, "Content-Type: text/plain\r\n", text, strlen(text));
}

void peer_begin(struct peer_request *request, int status, const char *headers)
{
    struct sc_buf out;

    sc_buf_init(&out);
    add_head(&out, status, headers);
    sc_buf_adds(&out, "Transfer-Encoding: chunked\r\n\r\n");
    peer_raw(request, out.data, out.len);
    sc_buf_release(&out);
}

void peer_chunk(struct peer_request *request, const char *data, size_t len)
{
    struct sc_buf out;

    if (len == 0)
        return; /* would be the end */
    sc_buf_init(&out);
    sc_buf_addf(&out, "%zx\r\n", len);
    sc_buf_add(&out, data, len);
    sc_buf_adds(&out, "\r\n");
    peer_raw(request, out.data, out.len);
    sc_buf_release(&out);
}

void peer_end(struct peer_request *request)
{
    peer_raw(request, "0\r\n\r\n", 5);
    answered(connection_of(request));
}

void peer_hang_up(struct peer_request *request)
{
    struct connection *c = connection_of(request);

    c->hang_up = true;
    if (c->unsent == 0)
        close_connection(c);
}

static void on_timer(uv_timer_t *timer)
{
    struct connection *c = sc_container_of(timer, struct connection, timer);

    c->then(&c->request);
}

void peer_later(
        struct peer_request *request, uint64_t ms, void (*then)(struct peer_request *))
{
    struct connection *c = connection_of(request);

    if (c->closing)
        return;
    c->then = then;
    uv_timer_start(&c->timer, on_timer, ms, 0);
}
