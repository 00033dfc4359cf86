/* worker/serve.c - the worker's side: frames in, fibers, frames out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "lua/host.h"
#include "lua/package.h"
#include "worker/confine.h"
#include "worker/evaluate.h"
#include "worker/ids.h"
#include "worker/pool.h"
#include "worker/wire.h"
#include "worker/wire_error.h"

enum { DEFAULT_CPU_MS = 30 * 1000 };

struct server {
    struct sc_loop *loop;
    struct sc_wire *wire;
    struct sc_scope scope;
    struct sc_host host;
    struct sc_map packages;           /* version -> struct sc_package */
    struct sc_evaluation *evaluation; /* for expressions; NULL: no hello yet */
    struct sc_id_table calls;
    size_t memory_limit;
    int code;
};

struct call {
    struct sc_id_entry entry;
    struct server *server;
    struct sc_scope scope; /* of its fibers */
    struct sc_json *request;
    struct sc_package *package; /* NULL: expressions */
    struct sc_package_call call;
    struct sc_evaluate evaluate;
    struct sc_id_table host_ops;
    uint32_t parts; /* host calls so far */
};

struct host_op {
    struct sc_op op;
    struct sc_id_entry entry;
    struct sc_json *answer;
};

/* --- answers --- */

static void send_error(struct server *server, uint32_t id, const struct sc_error *err)
{
    struct sc_buf *out = sc_wire_begin(server->wire, SC_FRAME_ERROR, id, 0);

    sc_buf_addc(out, '{');
    sc_wire_error_write(out, err);
    sc_buf_addc(out, '}');
    sc_wire_end(server->wire, NULL);
}

/* `nil, err`: the script had its say, also about whether anything happened. */
static void send_returned_error(
        struct server *server, uint32_t id, const struct sc_package_call *call)
{
    struct sc_buf *out = sc_wire_begin(server->wire, SC_FRAME_ERROR, id, 0);

    sc_buf_addc(out, '{');
    sc_wire_error_write(out, &call->err);
    sc_buf_adds(out, ",\"returned\":true");
    if (call->maybe_happened >= 0)
        sc_buf_addf(
                out, ",\"maybe_happened\":%s", call->maybe_happened ? "true" : "false");
    sc_buf_addc(out, '}');
    sc_wire_end(server->wire, NULL);
}

static void send_text(struct server *server, enum sc_frame_kind kind, uint32_t id,
        const struct sc_buf *text)
{
    struct sc_buf *out = sc_wire_begin(server->wire, kind, id, 0);
    struct sc_error err;

    sc_buf_add(out, sc_buf_text(text), text->len);
    if (sc_wire_end(server->wire, &err) == SC_INVALID)
        send_error(server, id, &err);
}

/* --- host calls --- */

static void host_op_cancel(struct sc_op *op)
{
    struct host_op *host_op = sc_container_of(op, struct host_op, op);
    struct sc_error err;

    sc_id_remove(&host_op->entry); /* the answer finds nobody */
    sc_fail(&err, SC_CANCELLED, "host call cancelled");
    sc_op_finish(op, &err);
}

static void host_op_release(struct sc_op *op)
{
    struct host_op *host_op = sc_container_of(op, struct host_op, op);

    sc_json_free(host_op->answer);
    free(host_op);
}

static const struct sc_op_class host_op_class = {
    .name = "host call",
    .cancel = host_op_cancel,
    .release = host_op_release,
};

static struct sc_op *start_host_call(struct sc_host *host, struct sc_scope *scope,
        const struct sc_host_request *request, sc_op_done_fn *done, void *arg)
{
    struct server *server = sc_container_of(host, struct server, host);
    struct host_op *host_op = sc_new(struct host_op);
    struct call *call = request->caller;
    struct sc_error err;
    struct sc_buf *out;

    sc_op_begin(&host_op->op, &host_op_class, scope, done, arg);
    sc_id_add(&call->host_ops, &host_op->entry, ++call->parts);
    if (scope->cancelled) {
        host_op_cancel(&host_op->op);
        return &host_op->op;
    }
    out = sc_wire_begin(server->wire, SC_FRAME_HOST_CALL, call->entry.id, call->parts);
    sc_buf_addf(out, "{\"name\":\"%s\",\"args\":", request->name);
    sc_buf_add(out, sc_buf_text(request->args), request->args->len);
    sc_buf_addc(out, '}');
    if (sc_wire_end(server->wire, &err) != SC_OK) {
        sc_id_remove(&host_op->entry);
        sc_op_finish(&host_op->op, &err);
    }
    return &host_op->op;
}

static const struct sc_json *host_answer(struct sc_op *op)
{
    return sc_container_of(op, struct host_op, op)->answer;
}

static void on_host_answer(struct server *server, const struct sc_frame *frame)
{
    struct sc_id_entry *found = sc_id_find(&server->calls, frame->call);
    struct sc_error err;
    struct call *call;
    struct host_op *host_op;

    if (!found)
        return;
    call = sc_container_of(found, struct call, entry);
    found = sc_id_find(&call->host_ops, frame->part);
    if (!found)
        return;
    host_op = sc_container_of(found, struct host_op, entry);
    sc_id_remove(found);
    host_op->answer = sc_json_parse(frame->data, frame->len, NULL, &err);
    if (host_op->answer && frame->kind == SC_FRAME_HOST_ERROR)
        sc_wire_error_read(host_op->answer, &err);
    sc_op_finish(&host_op->op,
            host_op->answer && frame->kind == SC_FRAME_HOST_VALUE ? NULL : &err);
}

/* --- calls --- */

static void on_call_empty(struct sc_scope *scope)
{
    struct call *call = sc_container_of(scope, struct call, scope);

    if (call->package)
        sc_package_call_release(call->package, &call->call);
    else
        sc_evaluate_release(call->server->evaluation, &call->evaluate);
    sc_json_free(call->request);
    free(call);
}

static void end_call(struct call *call)
{
    sc_id_remove(&call->entry);
    sc_scope_close(&call->scope, on_call_empty);
}

static void on_call_done(struct sc_op *op, const struct sc_error *err)
{
    struct call *call = op->arg;

    if (err)
        send_error(call->server, call->entry.id, err);
    else if (call->call.err.code)
        send_returned_error(call->server, call->entry.id, &call->call);
    else
        send_text(call->server,
                call->call.outcome == SC_PACKAGE_PENDING ? SC_FRAME_PENDING
                                                         : SC_FRAME_VALUE,
                call->entry.id, &call->call.result);
    end_call(call);
}

static void on_evaluated(struct sc_op *op, const struct sc_error *err)
{
    struct call *call = op->arg;

    if (err)
        send_error(call->server, call->entry.id, err);
    else
        send_text(call->server, SC_FRAME_VALUE, call->entry.id, &call->evaluate.result);
    end_call(call);
}

static struct call *new_call(
        struct server *server, uint32_t id, struct sc_json *take_request)
{
    struct call *call = sc_new(struct call);

    call->server = server;
    call->request = take_request;
    sc_scope_init(&call->scope, server->loop);
    sc_id_init(&call->host_ops);
    sc_id_add(&server->calls, &call->entry, id);
    return call;
}

static void on_call(struct server *server, uint32_t id, struct sc_json *take_request)
{
    const char *version = sc_json_get_string(take_request, "version", "");
    struct sc_package *package = sc_map_get(&server->packages, version);
    struct call *call;
    struct sc_error err;

    if (!package) {
        sc_fail(&err, SC_NOT_FOUND, "no source for version %s", version);
        send_error(server, id, &err);
        sc_json_free(take_request);
        return;
    }
    call = new_call(server, id, take_request);
    call->package = package;
    call->call.function = sc_json_get_string(call->request, "function", "run");
    call->call.args = sc_json_get(call->request, "args");
    call->call.user = call;
    call->call.meter.cpu_ns_limit =
            sc_json_get_int(call->request, "cpu_ms", DEFAULT_CPU_MS) * 1000000;
    sc_package_call_start(package, &call->scope, &call->call, on_call_done, call);
}

static void on_evaluate(struct server *server, uint32_t id, struct sc_json *take_request)
{
    struct call *call = new_call(server, id, take_request);

    call->evaluate.request = call->request;
    sc_evaluate_start(
            server->evaluation, &call->scope, &call->evaluate, on_evaluated, call);
}

static void on_cancel(struct server *server, uint32_t id)
{
    struct sc_id_entry *found = sc_id_find(&server->calls, id);

    if (found)
        sc_scope_cancel(&sc_container_of(found, struct call, entry)->scope);
}

/* --- sources --- */

static struct sc_package *add_package(struct server *server, const struct sc_json *json)
{
    const char *version = sc_json_get_string(json, "version", "");
    const char *source = sc_json_get_string(json, "source", "");
    const struct sc_json *data = sc_json_get(json, "data");
    struct sc_package *package = sc_map_get(&server->packages, version);
    struct sc_package_spec spec = {
        .kind = sc_json_get_string(json, "kind", "tool"),
        .path = sc_json_get_string(json, "path", "?"),
        .source = source,
        .len = strlen(source),
        .data = sc_json_is(data, SC_JSON_OBJECT) ? data : NULL,
        .memory_limit = server->memory_limit,
        .host = &server->host,
    };

    if (!package) {
        package = sc_package_new(&spec);
        sc_map_set(&server->packages, version, package);
    }
    return package;
}

static void on_define(struct server *server, uint32_t id, const struct sc_json *json)
{
    struct sc_package *package = add_package(server, json);
    struct sc_buf *out = sc_wire_begin(server->wire, SC_FRAME_VALUE, id, 0);
    struct sc_error err;

    sc_buf_adds(out, "{\"define\":");
    if (sc_package_describe(package, out, &err) != SC_OK) {
        sc_wire_drop(server->wire);
        send_error(server, id, &err);
        return;
    }
    sc_buf_addf(out, ",\"version\":\"%s\"}", sc_json_get_string(json, "version", ""));
    if (sc_wire_end(server->wire, &err) != SC_OK)
        send_error(server, id, &err);
}

/* --- frames --- */

/* What the daemon says first. */
static void on_hello(struct server *server, const struct sc_json *json)
{
    if (server->evaluation)
        return;
    server->memory_limit = (size_t)sc_json_get_int(json, "memory_limit", 0);
    server->evaluation = sc_evaluation_new(server->memory_limit);
}

static void stop(struct server *server, int code)
{
    server->code = code;
    uv_stop(sc_loop_uv(server->loop));
}

static void on_request(struct server *server, const struct sc_frame *frame)
{
    struct sc_error err;
    struct sc_json *json = sc_json_parse(frame->data, frame->len, NULL, &err);

    if (!json) {
        send_error(server, frame->call, &err);
    } else if (frame->kind == SC_FRAME_HELLO) {
        on_hello(server, json);
        sc_json_free(json);
    } else if (frame->kind == SC_FRAME_CALL) {
        on_call(server, frame->call, json);
    } else if (frame->kind == SC_FRAME_EVALUATE) {
        on_evaluate(server, frame->call, json);
    } else {
        if (frame->kind == SC_FRAME_DEFINE)
            on_define(server, frame->call, json);
        else
            add_package(server, json);
        sc_json_free(json);
    }
}

static void on_frame(void *arg, const struct sc_frame *frame)
{
    struct server *server = arg;

    if (!server->evaluation && frame->kind != SC_FRAME_HELLO) {
        stop(server, 1);
        return;
    }
    switch ((int)frame->kind) {
    case SC_FRAME_HELLO:
    case SC_FRAME_SOURCE:
    case SC_FRAME_DEFINE:
    case SC_FRAME_CALL:
    case SC_FRAME_EVALUATE:
        on_request(server, frame);
        break;
    case SC_FRAME_CANCEL:
        on_cancel(server, frame->call);
        break;
    case SC_FRAME_HOST_VALUE:
    case SC_FRAME_HOST_ERROR:
        on_host_answer(server, frame);
        break;
    default:
        stop(server, 1);
    }
}

static void on_end(void *arg, const struct sc_error *err)
{
    stop(arg, err ? 1 : 0);
}

/* --- life --- */

static void free_package(void *value)
{
    sc_package_free(value);
}

/* The daemon is gone: nobody waits for what still runs. */
static void shut_down(struct server *server)
{
    for (int i = 0; i < SC_ID_BUCKETS; i++) {
        struct sc_list *head = &server->calls.buckets[i];

        for (struct sc_list *node = head->next; node != head; node = node->next)
            sc_scope_cancel(
                    &sc_container_of(sc_container_of(node, struct sc_id_entry, in_bucket),
                            struct call, entry)
                             ->scope);
    }
    sc_wire_close(server->wire, NULL, NULL);
    sc_loop_run(server->loop);
    sc_map_release(&server->packages, free_package);
    sc_evaluation_free(server->evaluation);
    sc_loop_free(server->loop);
}

static int refuse_to_serve(const struct sc_error *err)
{
    fprintf(stderr, "worker: %s\n", err->msg);
    return 1;
}

int sc_worker_main(int fd)
{
    struct server server = { .host = { start_host_call, host_answer } };
    struct sc_wire_spec spec = { .on_frame = on_frame, .on_end = on_end, .arg = &server };
    struct sc_error err;

    if (sc_confine_begin(fd, &err) != SC_OK)
        return refuse_to_serve(&err);
    server.loop = sc_loop_new(&err);
    if (!server.loop)
        return refuse_to_serve(&err);
    sc_scope_init(&server.scope, server.loop);
    sc_map_init(&server.packages);
    sc_id_init(&server.calls);
    server.wire = sc_wire_new(server.loop, fd, &spec);
    if (sc_confine_end(&err) != SC_OK)
        return refuse_to_serve(&err);
    sc_wire_begin(server.wire, SC_FRAME_HELLO, 0, 0);
    sc_wire_end(server.wire, NULL);
    sc_loop_run(server.loop);
    shut_down(&server);
    return server.code;
}
