#include "model/openai.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "base/mem.h"
#include "loop/timer.h"
#include "model/openai_chat.h"
#include "net/sse_call.h"

enum {
    CONNECT_MS = 10000,
    FIRST_BYTE_MS = 120000,
    WHOLE_FIRST_BYTE_MS = 600000, /* the first byte comes with the last */
    IDLE_MS = 60000,
    MAX_STREAM = 256 * 1024 * 1024, /* events are many times their text */
    MAX_WHOLE = 16 * 1024 * 1024,
    MIN_BYTES_PER_TOKEN = 2, /* to err high */
    DEFAULT_OUTPUT = 32768
};

struct openai {
    struct sc_model model; /* first: that is what is handed out */
    struct sc_multi *multi;
    struct sc_clock *clock;
    char *endpoint, *host, *name, *full_name, *key_name;
    const struct sc_profile *profile;
    struct sc_openai_config config; /* its texts are those above */
    struct sc_model_retry retry;
    struct sc_price price;
    bool priced;
};

/* One request, with its tries. The steps, in order: send, on_event, on_answered, and
 * either on_waited, which sends again, or the end. */
struct call {
    struct sc_op op;
    struct openai *openai;
    struct sc_op *step; /* the exchange or the wait under way */
    char *body;
    size_t body_len;
    struct sc_buf tool_names;
    struct sc_chat_options options;
    struct sc_chat_parser *parser;
    char *request_id;
    char *model_name; /* of the request */
    int attempt;
    bool stream, cancelled;
};

static void send(struct call *call);
static void on_event(struct sc_op *step, const struct sc_sse_event *event);
static void on_answered(struct sc_op *step, const struct sc_error *err);
static void on_waited(struct sc_op *step, const struct sc_error *err);
static void end(struct call *call, const struct sc_error *err);

static struct openai *openai_of(struct sc_model *model)
{
    return sc_container_of(model, struct openai, model);
}

static struct call *call_of(struct sc_op *op)
{
    return sc_container_of(op, struct call, op);
}

/* --- addresses --- */

static bool has_prefix(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool cut_suffix(char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);

    if (len < tail || strcmp(text + len - tail, suffix) != 0)
        return false;
    text[len - tail] = '\0';
    return true;
}

char *sc_openai_endpoint(const char *url, struct sc_error *err)
{
    bool plain = has_prefix(url, "http://");
    const char *host = url + (plain ? sizeof("http://") : sizeof("https://")) - 1;
    char *base, *endpoint;

    if (strchr(url, '@')) { /* what stands before it is a secret */
        sc_fail(err, SC_INVALID,
                "the model's url holds a user name or a password: set a key instead");
        return NULL;
    }
    if (!plain && !has_prefix(url, "https://")) {
        sc_fail(err, SC_INVALID,
                "the model's url must begin with https:// (or http://), is '%.100s'",
                url);
        return NULL;
    }
    if (!*host || strchr("/:?#", *host) || strpbrk(host, "?#@ ")) {
        sc_fail(err, SC_INVALID, "the model's url is not an address: '%.*s'",
                (int)strcspn(url, "?#"), url);
        return NULL;
    }
    base = sc_strdup(url);
    while (cut_suffix(base, "/"))
        ;
    cut_suffix(base, "/chat/completions");
    endpoint = sc_strdupf(
            "%s%s/chat/completions", base, strchr(base + (host - url), '/') ? "" : "/v1");
    free(base);
    return endpoint;
}

/* The host in an endpoint, without its port. */
static char *host_of(const char *endpoint)
{
    const char *host = strstr(endpoint, "://") + 3;

    if (*host == '[')
        return sc_strndup(host + 1, strcspn(host + 1, "]"));
    return sc_strndup(host, strcspn(host, ":/"));
}

static bool is_this_machine(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           has_prefix(host, "127.");
}

/* --- the key --- */

static void wipe(struct sc_buf *buf)
{
    if (buf->data)
        explicit_bzero(buf->data, buf->cap);
    sc_buf_release(buf);
}

/* Overwrites the key wherever a provider repeats it. */
static void hide_key(void *arg, char *text)
{
    struct openai *openai = arg;
    struct sc_buf key = { 0 };
    bool known = openai->config.key.get &&
                 openai->config.key.get(openai->config.key.arg, &key) && key.len;

    while (known && (text = strstr(text, key.data))) {
        memset(text, '*', key.len);
        text += key.len;
    }
    wipe(&key);
}

/* The header's value, or "" when no key is needed. */
static enum sc_code write_key(
        struct openai *openai, struct sc_buf *out, struct sc_error *err)
{
    bool plain = has_prefix(openai->endpoint, "http://");
    const struct sc_model_key *key = &openai->config.key;
    size_t start;

    if (!key->get)
        return SC_OK;
    sc_buf_reserve(out, 4096); /* so that no copy is left behind by growing */
    sc_buf_adds(out, "Bearer ");
    start = out->len;
    if (!key->get(key->arg, out) || out->len == start) {
        sc_buf_clear(out);
        if (plain)
            return SC_OK;
        return sc_fail(err, SC_DENIED, "there is no key for %s: set %s", openai->host,
                openai->key_name);
    }
    if (plain && !is_this_machine(openai->host))
        return sc_fail(err, SC_DENIED,
                "the key %s is not sent to %s over plain http: use https, or set no key",
                openai->key_name, openai->host);
    if (strpbrk(out->data, "\r\n"))
        return sc_fail(err, SC_INVALID, "the key in %s has a line break in it",
                openai->key_name);
    return SC_OK;
}

/* --- sending --- */

static void send(struct call *call)
{
    struct openai *openai = call->openai;
    const struct sc_openai_config *config = &openai->config;
    struct sc_http_header headers[] = { { "Content-Type", "application/json" },
        { "Accept", call->stream ? "text/event-stream" : "application/json" },
        { "Authorization", NULL } };
    struct sc_sse_call_spec spec = { .on_event = on_event };
    struct sc_buf key = { 0 };
    struct sc_error err;

    call->attempt++;
    sc_chat_parser_free(call->parser);
    call->parser = sc_chat_parser_new(&call->options);
    if (write_key(openai, &key, &err)) {
        wipe(&key);
        end(call, &err);
        return;
    }
    headers[2].value = sc_buf_text(&key);
    spec.http = (struct sc_http_spec){ .url = openai->endpoint,
        .headers = headers,
        .header_count = key.len ? 3 : 2,
        .body = call->body,
        .body_len = call->body_len,
        .repeatable = true,
        .connect_ms = config->connect_ms,
        .first_byte_ms = config->first_byte_ms,
        .idle_ms = config->idle_ms,
        .total_ms = SC_HTTP_NO_LIMIT,
        .max_body = call->stream ? MAX_STREAM : MAX_WHOLE,
        .egress = config->egress };
    call->step =
            sc_sse_call_start(call->op.scope, openai->multi, &spec, on_answered, call);
    wipe(&key);
}

static void on_event(struct sc_op *step, const struct sc_sse_event *event)
{
    struct call *call = step->arg;
    struct sc_error err;

    if (sc_chat_parser_feed(call->parser, event->data, event->len, &err))
        sc_http_abort(step, &err);
}

/* --- the answer --- */

static void keep_request_id(struct call *call, struct sc_op *step)
{
    static const char *const names[] = { "x-ds-trace-id", "x-generation-id" };
    const char *id = sc_http_reply(step)->request_id;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !(id && *id); i++)
        id = sc_http_header(step, names[i]);
    free(call->request_id);
    call->request_id = sc_strdup(id && *id ? id : NULL);
}

static uint32_t retry_after(struct call *call, struct sc_op *step)
{
    const char *header = sc_http_header(step, "retry-after-ms");
    char *ms = sc_strdup(header);
    uint32_t wait_ms;

    header = sc_http_header(step, "retry-after");
    wait_ms = sc_model_retry_after(
            ms, header, call->openai->clock->wall_ms(call->openai->clock));
    free(ms);
    return wait_ms;
}

/* What an exchange that went through holds: a refusal, a body, or the end of a stream. */
static enum sc_code read_answer(
        struct call *call, struct sc_op *step, struct sc_error *err)
{
    const struct sc_http_reply *reply = sc_http_reply(step);

    if (reply->status < 200 || reply->status >= 300) {
        sc_failure_of_status(
                &call->options.source, reply->status, reply->body, reply->len, err);
        err->retry_after_ms = retry_after(call, step);
        return err->code;
    }
    if (reply->len)
        (void)!sc_chat_parser_body(call->parser, reply->body, reply->len, NULL);
    return sc_chat_parser_end(call->parser, err);
}

static bool waits_to_try_again(struct call *call, const struct sc_error *err)
{
    struct openai *openai = call->openai;
    int64_t wait_ms;

    if (call->cancelled || sc_chat_parser_started(call->parser) ||
            !sc_model_retry_next(
                    &openai->retry, err, call->attempt, sc_random(), &wait_ms))
        return false;
    call->step = sc_sleep_start(call->op.scope, (uint64_t)wait_ms, on_waited, call);
    return true;
}

static void end(struct call *call, const struct sc_error *err)
{
    (void)!sc_chat_parser_end(call->parser, NULL);
    sc_op_finish(&call->op, err);
}

static void on_answered(struct sc_op *step, const struct sc_error *err)
{
    struct call *call = step->arg;
    struct sc_error failure = { 0 };

    call->step = NULL;
    keep_request_id(call, step);
    /* A server may leave the connection open after its last word. */
    if (!err || sc_chat_parser_finished(call->parser))
        read_answer(call, step, &failure);
    else
        failure = *err;
    if (failure.code == SC_OK)
        end(call, NULL);
    else if (!waits_to_try_again(call, &failure))
        end(call, &failure);
}

static void on_waited(struct sc_op *step, const struct sc_error *err)
{
    struct call *call = step->arg;

    call->step = NULL;
    if (err)
        end(call, err);
    else
        send(call);
}

/* --- the op --- */

static void call_cancel(struct sc_op *op)
{
    struct call *call = call_of(op);

    call->cancelled = true;
    if (call->step)
        sc_op_cancel(call->step); /* its done ends this one */
}

static void call_release(struct sc_op *op)
{
    struct call *call = call_of(op);

    sc_chat_parser_free(call->parser);
    sc_buf_release(&call->tool_names);
    free(call->body);
    free(call->request_id);
    free(call->model_name);
    free(call);
}

static const struct sc_op_class call_class = { "model", call_cancel, call_release };

static void keep_tool_names(struct call *call, const struct sc_json *tools)
{
    SC_JSON_EACH(tool, tools)
    {
        const char *name = sc_json_get_string(tool, "name", "");

        sc_buf_add(&call->tool_names, name, strlen(name) + 1);
    }
}

static const char *model_of(
        const struct openai *openai, const struct sc_model_request *request)
{
    return request->model ? request->model : openai->name;
}

static struct sc_op *openai_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    struct openai *openai = openai_of(model);
    struct call *call = sc_new(struct call);
    struct sc_buf body = { 0 };

    call->openai = openai;
    call->stream = openai->config.stream;
    call->model_name = sc_strdup(model_of(openai, request));
    keep_tool_names(call, request->tools);
    call->options = (struct sc_chat_options){
        .source = { .host = openai->host,
                .model = call->model_name,
                .key_name = openai->key_name,
                .hide = hide_key,
                .hide_arg = openai },
        .tool_names = call->tool_names.data,
        .tool_names_len = call->tool_names.len,
        .on_text = request->on_text,
        .on_text_arg = request->on_arg,
    };
    sc_chat_encode(&body, openai->profile, call->model_name, request, call->stream);
    call->body_len = body.len;
    call->body = sc_buf_detach(&body);
    sc_op_begin(&call->op, &call_class, scope, done, arg);
    send(call);
    return &call->op;
}

/* --- the reply and its cost --- */

static const struct sc_price *price_of(struct openai *openai)
{
    if (openai->config.price)
        return openai->config.price;
    if (!openai->priced)
        sc_price_find(openai->profile->provider, openai->name, &openai->price);
    openai->priced = true;
    return &openai->price;
}

/* Some servers tell no usage: then it is taken from the sizes, and not called known. */
static void guess_usage(const struct call *call, struct sc_model_reply *reply)
{
    size_t output = strlen(reply->text) + strlen(reply->reasoning);

    for (size_t i = 0; i < reply->call_count; i++)
        output += strlen(reply->calls[i].arguments);
    reply->usage.input_tokens = (int64_t)(call->body_len / MIN_BYTES_PER_TOKEN);
    reply->usage.output_tokens = (int64_t)(output / MIN_BYTES_PER_TOKEN);
}

static const struct sc_model_reply *openai_reply(struct sc_op *op)
{
    struct call *call = call_of(op);
    struct openai *openai = call->openai;
    struct sc_model_reply *reply = sc_chat_parser_reply(call->parser);
    struct sc_model_usage *usage = &reply->usage;
    bool told = usage->input_tokens || usage->output_tokens;

    if (usage->requests)
        return reply;
    usage->requests = call->attempt;
    if (call->request_id)
        reply->request_id = call->request_id;
    if (!told && sc_chat_parser_started(call->parser))
        guess_usage(call, reply);
    sc_price_usage(price_of(openai), openai->clock->wall_ms(openai->clock), usage);
    usage->cost_known = usage->cost_known && (told || !usage->input_tokens);
    return reply;
}

static int64_t openai_worst_case(
        struct sc_model *model, const struct sc_model_request *request)
{
    struct openai *openai = openai_of(model);
    const struct sc_price *price = price_of(openai);
    int64_t output = request->max_output_tokens;
    struct sc_buf body = { 0 };
    int64_t input;

    sc_chat_encode(&body, openai->profile, model_of(openai, request), request, false);
    input = (int64_t)(body.len / MIN_BYTES_PER_TOKEN);
    sc_buf_release(&body);
    if (!output)
        output = price->max_output ? price->max_output : DEFAULT_OUTPUT;
    return sc_price_worst(price, input, output);
}

static const char *openai_name(struct sc_model *model)
{
    return openai_of(model)->full_name;
}

/* --- making one --- */

static int64_t or_default(int64_t value_ms, int64_t default_ms)
{
    return value_ms ? value_ms : default_ms;
}

static void set_config(struct openai *openai, const struct sc_openai_config *config)
{
    static const struct sc_model_retry no_retry = { .attempts = 1 };
    int64_t first_ms = config->stream ? FIRST_BYTE_MS : WHOLE_FIRST_BYTE_MS;

    openai->config = *config;
    openai->config.url = openai->endpoint;
    openai->config.model = openai->name;
    openai->config.key.name = openai->key_name;
    openai->config.connect_ms = or_default(config->connect_ms, CONNECT_MS);
    openai->config.first_byte_ms = or_default(config->first_byte_ms, first_ms);
    openai->config.idle_ms = or_default(config->idle_ms, IDLE_MS);
    openai->retry = config->retry ? *config->retry : no_retry;
    openai->config.retry = &openai->retry;
    if (config->price) {
        openai->price = *config->price;
        openai->priced = true;
        openai->config.price = &openai->price;
    }
}

struct sc_model *sc_openai_new(const struct sc_openai_config *config,
        struct sc_multi *multi, struct sc_clock *clock, struct sc_error *err)
{
    char *endpoint = sc_openai_endpoint(config->url, err);
    struct openai *openai;

    if (!endpoint)
        return NULL;
    if (!config->model || !*config->model) {
        sc_fail(err, SC_INVALID, "the model has no name: set model.name");
        free(endpoint);
        return NULL;
    }
    openai = sc_new(struct openai);
    openai->model = (struct sc_model){ openai_start, openai_reply, openai_worst_case,
        openai_name };
    openai->multi = multi;
    openai->clock = clock;
    openai->endpoint = endpoint;
    openai->host = host_of(endpoint);
    openai->profile = sc_profile_of_host(openai->host);
    openai->name = sc_strdup(config->model);
    openai->key_name =
            sc_strdup(config->key.name ? config->key.name : openai->profile->key_env);
    openai->full_name = sc_strdupf("%s/%s",
            openai->profile->provider && !is_this_machine(openai->host)
                    ? openai->profile->provider
                    : openai->host,
            openai->name);
    set_config(openai, config);
    return &openai->model;
}

void sc_openai_free(struct sc_model *model)
{
    struct openai *openai;

    if (!model)
        return;
    openai = openai_of(model);
    free(openai->endpoint);
    free(openai->host);
    free(openai->name);
    free(openai->full_name);
    free(openai->key_name);
    free(openai);
}
