/* http.get, and http.request of Lua tools: declared hosts only. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "builtin/call.h"
#include "net/egress.h"
#include "net/http.h"
#include "net/http_request.h"

enum { MAX_HEADERS = 40, MAX_BODY = 33554432, DEFAULT_BODY = 4194304, MAX_REDIRECTS = 5 };

/* Of one exchange; freed with the call. */
struct exchange {
    struct sc_egress egress;
    const char *hosts[64]; /* borrowed from the tool */
    bool errors_fail;      /* a status outside of 200 to 299 is a failure */
};

static void fail(struct sc_builtin_call *call, enum sc_code code, const char *why)
{
    struct sc_error err;

    sc_fail(&err, code, "%s", why);
    sc_builtin_call_fail(call, &err);
}

static struct exchange *exchange_of(struct sc_builtin_call *call)
{
    struct exchange *x = sc_new(struct exchange);

    x->egress.hosts = x->hosts;
    SC_JSON_EACH(host, sc_json_get(call->tool->descriptor, "hosts"))
    {
        if (x->egress.host_count < sizeof(x->hosts) / sizeof(*x->hosts))
            x->hosts[x->egress.host_count++] = sc_json_string(host);
    }
    call->state = x;
    return x;
}

/* --- the reply --- */

static void add_header(void *arg, const char *name, const char *value)
{
    char *lower = sc_strdup(name);

    for (char *c = lower; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    if (sc_utf8_valid(value, strlen(value)) == strlen(value))
        sc_json_set_string(arg, lower, value);
    free(lower);
}

static bool is_json(const char *type)
{
    return type && (strstr(type, "/json") || strstr(type, "+json"));
}

struct answer {
    int status;
    const char *body, *type;
    size_t len;
    int64_t retry_after_ms;
    struct sc_json *take_headers;
};

static void end_with(struct sc_builtin_call *call, const struct answer *answer)
{
    const struct exchange *x = call->state;
    struct sc_json *value, *json = NULL;
    struct sc_error status;

    if (x->errors_fail && (answer->status < 200 || answer->status > 299)) {
        sc_fail(&status, answer->status >= 500 ? SC_UNAVAILABLE : SC_PROTOCOL,
                "the server answered with status %d", answer->status);
        status.detail = answer->status;
        status.retry_after_ms = (uint32_t)answer->retry_after_ms;
        sc_json_free(answer->take_headers);
        sc_builtin_call_fail(call, &status);
        return;
    }
    if (sc_utf8_valid(answer->body, answer->len) != answer->len) {
        sc_json_free(answer->take_headers);
        fail(call, SC_PROTOCOL, "the answer is not text in UTF-8");
        return;
    }
    value = sc_json_new_object();
    sc_json_set_int(value, "status", answer->status);
    sc_json_set(value, "headers", answer->take_headers);
    if (is_json(answer->type))
        json = sc_json_parse(answer->body, answer->len, NULL, NULL);
    sc_json_set(value, "body", sc_json_new_string_len(answer->body, answer->len));
    if (json)
        sc_json_set(value, "json", json);
    sc_builtin_call_end(call, value);
}

static void on_reply(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;
    const struct sc_http_reply *reply = sc_http_reply(op);
    struct answer answer;

    if (err) {
        call->outcome.maybe_happened = reply && reply->sent;
        sc_builtin_call_fail(call, err);
        return;
    }
    answer = (struct answer){ .status = reply->status,
        .body = reply->body,
        .len = reply->len,
        .type = sc_http_header(op, "content-type"),
        .retry_after_ms = reply->retry_after_ms,
        .take_headers = sc_json_new_object() };
    sc_http_each_header(op, add_header, answer.take_headers);
    end_with(call, &answer);
}

/* --- a rehearsal --- */

/* Would the request be let out at all? */
static enum sc_code check_target(
        struct sc_builtin_call *call, const char *url, struct sc_error *err)
{
    const struct exchange *x = call->state;
    struct sc_http_target target = { 0 };
    enum sc_code code = sc_http_target_set(&target, url, err);

    if (!code)
        code = sc_egress_check_host(
                &x->egress, target.https, target.host, target.port, err);
    sc_http_target_release(&target);
    return code;
}

/* Answers from the recordings of a test. */
static void rehearse(struct sc_builtin_call *call, const char *url)
{
    const struct sc_json *found = NULL, *headers;
    struct answer answer;
    struct sc_error err;

    if (check_target(call, url, &err)) {
        sc_builtin_call_fail(call, &err);
        return;
    }
    SC_JSON_EACH(recording, call->parts->recordings)
    {
        if (strcmp(sc_json_get_string(recording, "url", ""), url) == 0)
            found = sc_json_get(recording, "reply");
    }
    if (!found) {
        sc_fail(&err, SC_UNAVAILABLE,
                "no recording of this test answers '%.300s': add it to http", url);
        sc_builtin_call_fail(call, &err);
        return;
    }
    headers = sc_json_get(found, "headers");
    answer = (struct answer){ .status = (int)sc_json_get_int(found, "status", 200),
        .body = sc_json_get_string(found, "body", ""),
        .type = sc_json_get_string(headers, "content-type", NULL),
        .take_headers = headers ? sc_json_copy(headers) : sc_json_new_object() };
    answer.len = strlen(answer.body);
    end_with(call, &answer);
}

/* --- the request --- */

static size_t collect_headers(
        const struct sc_json *headers, struct sc_http_header *out, size_t count)
{
    SC_JSON_EACH(header, headers)
    {
        if (count < MAX_HEADERS && sc_json_is(header, SC_JSON_STRING))
            out[count++] = (struct sc_http_header){ sc_json_key(header),
                sc_json_string(header) };
    }
    return count;
}

static void begin(struct sc_builtin_call *call, struct sc_http_spec *spec)
{
    int64_t max = sc_json_get_int(call->args, "max_bytes", DEFAULT_BODY);
    double seconds;

    spec->url = sc_json_get_string(call->args, "url", "");
    spec->egress = &((struct exchange *)call->state)->egress;
    spec->max_body = max > 0 && max < MAX_BODY ? max : MAX_BODY;
    spec->total_ms = call->request.timeout_ms;
    if (sc_json_double(sc_json_get(call->args, "timeout"), &seconds) && seconds > 0 &&
            seconds * 1000 < (double)spec->total_ms)
        spec->total_ms = (int64_t)(seconds * 1000);
    if (call->parts->recordings) {
        rehearse(call, spec->url);
        free(spec->take_body);
        return;
    }
    sc_builtin_call_wait_for(call,
            sc_http_start(call->op.scope, call->parts->multi, spec, on_reply, call));
}

static bool is_offline(struct sc_builtin_call *call)
{
    if (call->parts->offline)
        fail(call, SC_UNAVAILABLE, "there is no network: the program runs offline");
    return call->parts->offline;
}

void sc_web_get(struct sc_builtin_call *call)
{
    const char *accept = sc_json_get_string(call->args, "accept", NULL);
    struct sc_http_header header = { "Accept", accept };
    struct sc_http_spec spec = { .headers = accept ? &header : NULL,
        .header_count = accept ? 1 : 0,
        .max_redirects = MAX_REDIRECTS };

    if (is_offline(call))
        return;
    exchange_of(call)->errors_fail = true;
    begin(call, &spec);
}

/* May a script of this tool use the method? A tool that only reads does not write. */
static bool is_allowed(const struct sc_builtin_call *call, const char *method)
{
    bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

    return reads || call->tool->effect == SC_EFFECT_WRITE ||
           call->tool->effect == SC_EFFECT_SPEND ||
           strcmp(method, "POST") == 0; /* many services read by POST */
}

void sc_web_request(struct sc_builtin_call *call)
{
    struct sc_http_header headers[MAX_HEADERS + 1];
    const struct sc_json *json = sc_json_get(call->args, "json");
    char *body = json ? sc_json_text(json)
                      : sc_strdup(sc_json_get_string(call->args, "body", NULL));
    struct sc_http_spec spec = {
        .method = sc_json_get_string(call->args, "method", body ? "POST" : "GET"),
        .headers = headers,
        .take_body = body,
        .body_len = body ? strlen(body) : 0,
    };

    if (json)
        headers[spec.header_count++] =
                (struct sc_http_header){ "Content-Type", "application/json" };
    spec.header_count = collect_headers(
            sc_json_get(call->args, "headers"), headers, spec.header_count);
    if (call->parts->offline || !is_allowed(call, spec.method)) {
        free(body);
        if (!is_offline(call))
            fail(call, SC_DENIED,
                    "a tool whose effect is 'read' or 'none' does not "
                    "change anything");
        return;
    }
    exchange_of(call);
    begin(call, &spec);
}
