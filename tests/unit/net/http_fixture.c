#include "http_fixture.h"

#include "base/mem.h"

static void handle(void *arg, struct peer_request *request)
{
    struct fixture *f = arg;

    f->last = request;
    f->answer(f, request);
}

void fixture_client(struct fixture *f, const struct sc_multi_config *config)
{
    sc_multi_free(f->multi);
    f->multi = sc_multi_new(f->loop, config);
}

int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->loop = sc_loop_new(NULL);
    sc_scope_init(&f->scope, f->loop);
    fixture_client(f, NULL);
    f->peer = http_peer_new(sc_loop_uv(f->loop), handle, f);
    f->answer = answer_ok;
    sc_buf_init(&f->body);
    *state = f;
    return 0;
}

int teardown(void **state)
{
    struct fixture *f = *state;

    sc_multi_free(f->multi);
    http_peer_free(f->peer);
    sc_loop_free(f->loop);
    sc_buf_release(&f->body);
    free(f);
    return 0;
}

static void note_reply(struct fixture *f, struct sc_op *op)
{
    const struct sc_http_reply *reply = sc_http_reply(op);

    f->status = reply->status;
    f->sent = reply->sent;
    f->retry_after_ms = reply->retry_after_ms;
    snprintf(f->request_id, sizeof(f->request_id), "%s", reply->request_id);
    snprintf(f->url, sizeof(f->url), "%s", reply->url);
    if (reply->len) {
        sc_buf_clear(&f->body);
        sc_buf_add(&f->body, reply->body, reply->len);
    }
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    note_reply(f, op);
    if (!err) {
        f->ok++;
        return;
    }
    f->err = *err;
    if (err->code == SC_CANCELLED)
        f->cancelled++;
    else
        f->failed++;
}

static void on_data(struct sc_op *op, const char *data, size_t len)
{
    struct fixture *f = op->arg;

    f->pieces++;
    sc_buf_add(&f->body, data, len);
    if (f->on_piece && !f->on_piece(f, op))
        sc_op_cancel(op);
}

struct sc_op *fixture_start(
        struct fixture *f, const char *path, const struct sc_http_spec *spec)
{
    struct sc_http_spec full = { 0 };
    char url[HTTP_PEER_URL];

    if (spec)
        full = *spec;
    http_peer_url(f->peer, path, url);
    full.url = *path == '/' ? url : path;
    return sc_http_start(&f->scope, f->multi, &full, on_done, f);
}

struct sc_op *fixture_stream(
        struct fixture *f, const char *path, const struct sc_http_spec *spec)
{
    struct sc_http_spec full = { 0 };

    if (spec)
        full = *spec;
    full.on_data = on_data;
    return fixture_start(f, path, &full);
}

void fixture_get(struct fixture *f, const char *path)
{
    fixture_start(f, path, NULL);
    sc_loop_run(f->loop);
}

void answer_ok(void *arg, struct peer_request *request)
{
    (void)arg;
    peer_text(request, 200, "ok");
}

void answer_never(void *arg, struct peer_request *request)
{
    (void)arg, (void)request;
}

void answer_echo(void *arg, struct peer_request *request)
{
    struct sc_buf text;

    (void)arg;
    sc_buf_init(&text);
    sc_buf_addf(&text, "%s %s ", request->method, request->path);
    sc_buf_add(&text, request->body, request->body_len);
    peer_reply(request, 200, NULL, text.data, text.len);
    sc_buf_release(&text);
}
