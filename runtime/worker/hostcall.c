/* worker/hostcall.c - what scripts ask for from outside, on its way to the handler. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "worker/pool_private.h"
#include "worker/wire_error.h"

enum { MAX_AT_ONCE = 600 }; /* a call has fewer fibers than that */

struct host_call {
    struct sc_host_call call; /* what the handler sees */
    struct sc_call *of;
    uint32_t part;
    struct sc_json *request;
    bool effect;
};

/* A request with a body is sent by POST when no method is named. */
static const char *method_of(const struct sc_json *args)
{
    bool body = sc_json_get(args, "json") || sc_json_get_string(args, "body", NULL);

    return sc_json_get_string(args, "method", body ? "POST" : "GET");
}

/* Everything but what is known to change nothing outside. */
static bool can_have_effect(const char *name, const struct sc_json *args)
{
    static const char *const harmless[] = { "cache.get", "cache.put", "state.get",
        "log.info", "log.warn" };
    const char *method = method_of(args);

    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (strcmp(name, harmless[i]) == 0)
            return false;
    if (strcmp(name, "http.request") == 0)
        return strcasecmp(method, "GET") != 0 && strcasecmp(method, "HEAD") != 0;
    return true;
}

/* No worker, or a call that is over: nobody listens. */
static struct sc_wire *listener(const struct host_call *host)
{
    const struct sc_call *call = host->of;

    return call->worker && !call->over ? call->worker->wire : NULL;
}

static void finish(struct host_call *host)
{
    struct sc_call *call = host->of;

    sc_json_free(host->request);
    free(host);
    if (--call->host_count == 0)
        sc_call_works(call);
    sc_call_settle(call);
    sc_call_unref(call);
}

static void send_error(struct host_call *host, const struct sc_error *err)
{
    struct sc_wire *wire = listener(host);
    struct sc_buf *out;

    if (!wire)
        return;
    out = sc_wire_begin(wire, SC_FRAME_HOST_ERROR, host->of->entry.id, host->part);
    sc_buf_addc(out, '{');
    sc_wire_error_write(out, err);
    sc_buf_addc(out, '}');
    sc_wire_end(wire, NULL);
}

/* An answer over HTTP: only with these the other side says that it did nothing. */
static bool is_refusal(int64_t status)
{
    return status >= 400 && status < 500 && status != 408;
}

void sc_host_reply(struct sc_host_call *call, struct sc_json *take_value)
{
    struct host_call *host = sc_container_of(call, struct host_call, call);
    struct sc_wire *wire = listener(host);
    int64_t status = sc_json_get_int(take_value, "status", 0);
    struct sc_error err;

    if (host->effect && status && !is_refusal(status))
        host->of->doubtful = true;
    if (wire) {
        sc_json_write(
                sc_wire_begin(wire, SC_FRAME_HOST_VALUE, host->of->entry.id, host->part),
                take_value);
        if (sc_wire_end(wire, &err) != SC_OK)
            send_error(host, &err);
    }
    sc_json_free(take_value);
    finish(host);
}

void sc_host_fail(struct sc_host_call *call, const struct sc_error *err)
{
    struct host_call *host = sc_container_of(call, struct host_call, call);

    if (host->effect && err->code != SC_INVALID && err->code != SC_DENIED &&
            err->code != SC_NOT_FOUND)
        host->of->doubtful = true;
    send_error(host, err);
    finish(host);
}

bool sc_call_on_host_call(struct sc_call *call, const struct sc_frame *frame)
{
    const struct sc_pool_options *options = &call->pool->options;
    struct sc_error err;
    struct sc_json *request = sc_json_parse(frame->data, frame->len, NULL, &err);
    const char *name = sc_json_get_string(request, "name", "");
    struct host_call *host;

    if (!*name || call->host_count >= MAX_AT_ONCE) {
        sc_json_free(request);
        return false;
    }
    host = sc_new(struct host_call);
    host->of = call;
    host->part = frame->part;
    host->request = request;
    host->call = (struct sc_host_call){ .name = name,
        .args = sc_json_get(request, "args"),
        .tool = call->tool,
        .context = call->context,
        .scope = &call->host_scope };
    sc_call_ref(call);
    if (call->host_count++ == 0)
        sc_call_rests(call);
    if (call->over) {
        finish(host);
    } else if (!call->tool || call->alone || !options->on_host_call) {
        sc_fail(&err, SC_DENIED, "%s is not possible here", name);
        sc_host_fail(&host->call, &err);
    } else {
        host->effect = can_have_effect(name, host->call.args);
        call->touched = call->touched || host->effect;
        options->on_host_call(options->arg, &host->call);
    }
    return true;
}
