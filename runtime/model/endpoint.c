#include "model/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "loop/timer.h"
#include "model/address.h"
#include "model/failure.h"
#include "model/format.h"
#include "model/limiter.h"
#include "model/offer.h"
#include "model/profile.h"
#include "net/sse_call.h"

enum {
    CONNECT_MS = 10000,
    FIRST_BYTE_MS = 120000,
    WHOLE_FIRST_BYTE_MS = 600000, /* the first byte comes with the last */
    IDLE_MS = 60000,
    TOTAL_MS = 3600000,
    MAX_STREAM = 256 * 1024 * 1024, /* events are many times their text */
    MAX_WHOLE = 16 * 1024 * 1024,
    READY_IN_WORDS = 8,
    MIN_BYTES_PER_TOKEN = 2, /* to err high */
    DEFAULT_OUTPUT = 32768,
    MAX_HEADERS = 6,
    LONG_WAIT_MS = 60000,
    REST_MS = 15 * 60 * 1000 /* of a purse that is empty, at least */
};

struct endpoint {
    struct sc_model model; /* first: that is what is handed out */
    struct sc_multi *multi;
    struct sc_clock *clock;
    struct sc_key keys[SC_PURSES];
    size_t key_count; /* one at least: it may be none */
    char *name, *full_name;
    const struct sc_profile *profile;
    const struct sc_format *format;
    const char *provider;             /* the profile's or the host */
    struct sc_endpoint_config config; /* its texts are those above */
    struct sc_model_retry retry;
    struct sc_price price;
    bool priced;
    struct sc_offers offers; /* how models take tools */
};

/* One request, with its tries. The steps, in order: send, on_event, on_answered, and
 * either on_waited, which sends again, or the end. */
struct call {
    struct sc_op op;
    struct endpoint *endpoint;
    struct sc_op *step; /* the exchange or the wait under way */
    size_t key;         /* that pays */
    struct sc_buf body;
    struct sc_buf in_words; /* the body for a model that refuses tools; or empty */
    struct sc_buf tool_names;
    struct sc_parser_options options;
    struct sc_parser *parser;
    char *request_id;
    char *model_name; /* of the request */
    int attempt;
    bool stream, streamed, cancelled;
    bool sent; /* of some try, something may have arrived */
    bool told_in_words;
};

static void send(struct call *call);
static void on_event(struct sc_op *step, const struct sc_sse_event *event);
static void on_answered(struct sc_op *step, const struct sc_error *err);
static void on_waited(struct sc_op *step, const struct sc_error *err);
static void tell_in_words(struct call *call);
static void end(struct call *call, const struct sc_error *err);

static struct call *call_of(struct sc_op *op)
{
    return sc_container_of(op, struct call, op);
}

/* --- the keys --- */

static void hide_keys(void *arg, char *text)
{
    const struct endpoint *endpoint = arg;

    for (size_t i = 0; i < endpoint->key_count; i++)
        sc_key_hide(&endpoint->keys[i], text);
}

/* The first that has not just been without quota; the last one never rests. */
static size_t paying_key(const struct endpoint *endpoint)
{
    size_t at = 0;

    while (at + 1 < endpoint->key_count &&
            endpoint->clock->mono_ms(endpoint->clock) < endpoint->keys[at].rests_until_ms)
        at++;
    return at;
}

/* Used up: for good, or for so long that it is the same. */
static bool has_no_quota(const struct sc_error *err)
{
    return err->code == SC_BUDGET ||
           (err->code == SC_BUSY && err->retry_after_ms > LONG_WAIT_MS);
}

/* When one purse is empty the next pays, at once and for a while. */
static bool opens_next_purse(struct call *call, const struct sc_error *err)
{
    struct endpoint *endpoint = call->endpoint;
    int64_t rest_ms = err->retry_after_ms > REST_MS ? err->retry_after_ms : REST_MS;

    if (!has_no_quota(err) || call->cancelled || sc_parser_started(call->parser) ||
            call->key + 1 == endpoint->key_count)
        return false;
    endpoint->keys[call->key].rests_until_ms =
            endpoint->clock->mono_ms(endpoint->clock) + rest_ms;
    call->key++;
    send(call);
    return true;
}

/* --- sending --- */

/* The first one's value is the key's. Returns how many. */
static size_t fill_headers(
        const struct call *call, const char *key, struct sc_http_header *headers)
{
    const struct sc_format *format = call->endpoint->format;
    size_t count = 0;

    headers[count++] = (struct sc_http_header){ "Content-Type", "application/json" };
    headers[count++] = (struct sc_http_header){ "Accept",
        call->stream ? "text/event-stream" : "application/json" };
    for (const struct sc_format_header *h = format->headers; h && h->name; h++)
        headers[count++] = (struct sc_http_header){ h->name, h->value };
    if (*key)
        headers[count++] = (struct sc_http_header){ format->key_header, key };
    SC_ASSERT(count <= MAX_HEADERS);
    return count;
}

static void send(struct call *call)
{
    struct endpoint *endpoint = call->endpoint;
    const struct sc_endpoint_config *config = &endpoint->config;
    const struct sc_key *key = &endpoint->keys[call->key];
    struct sc_http_header headers[MAX_HEADERS];
    struct sc_sse_call_spec spec = { .on_event = on_event };
    struct sc_buf value = { 0 };
    struct sc_error err;
    char *address;

    call->attempt++;
    call->options.source.host = key->host;
    call->options.source.key_name = key->name;
    sc_parser_free(call->parser);
    call->parser = sc_parser_new(endpoint->format, &call->options);
    if (sc_key_write(key, endpoint->format, &value, &err)) {
        sc_key_wipe(&value);
        end(call, &err);
        return;
    }
    address = sc_address_of(key->base, endpoint->format, call->model_name, call->stream);
    spec.http = (struct sc_http_spec){ .url = address,
        .headers = headers,
        .header_count = fill_headers(call, sc_buf_text(&value), headers),
        .body = call->body.data,
        .body_len = call->body.len,
        .repeatable = true,
        .connect_ms = config->connect_ms,
        .first_byte_ms = config->first_byte_ms,
        .idle_ms = config->idle_ms,
        .total_ms = TOTAL_MS,
        .max_body = call->stream ? MAX_STREAM : MAX_WHOLE,
        .egress = config->egress };
    call->step =
            sc_sse_call_start(call->op.scope, endpoint->multi, &spec, on_answered, call);
    sc_key_wipe(&value);
    free(address);
}

static void on_event(struct sc_op *step, const struct sc_sse_event *event)
{
    struct call *call = step->arg;
    struct sc_error err;

    call->streamed = true;
    if (sc_parser_feed(call->parser, event->data, event->len, &err))
        sc_http_abort(step, &err);
}

/* --- the answer --- */

static void keep_request_id(struct call *call, struct sc_op *step)
{
    static const char *const names[] = { "request-id", "x-ds-trace-id",
        "x-generation-id" };
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
            ms, header, call->endpoint->clock->wall_ms(call->endpoint->clock));
    free(ms);
    return wait_ms;
}

/* What a server says of a further try goes before what its status says. */
static void heed_headers(struct call *call, struct sc_op *step, struct sc_error *err)
{
    const char *again = sc_http_header(step, "x-should-retry");
    uint32_t wait_ms;

    if (again && strcmp(again, "true") == 0)
        err->retryable = true;
    else if (again && strcmp(again, "false") == 0)
        err->retryable = false;
    wait_ms = retry_after(call, step);
    if (wait_ms)
        err->retry_after_ms = wait_ms;
}

static void on_header(void *arg, const char *name, const char *value)
{
    const struct endpoint *endpoint = arg;

    sc_limiter_learn(endpoint->config.limiter, name, value,
            endpoint->clock->wall_ms(endpoint->clock));
}

static struct endpoint *endpoint_of(struct sc_model *model)
{
    return sc_container_of(model, struct endpoint, model);
}

/* Sends the same with the tools in words, when they are what was refused; a request that
 * is not kept ready so is worth another try of whoever made it. */
static bool offers_in_words(
        struct call *call, struct sc_op *step, struct sc_error *failure)
{
    const struct sc_http_reply *reply = sc_http_reply(step);
    struct sc_offer *offer = sc_offers_of(&call->endpoint->offers, call->model_name);

    if (call->told_in_words || !call->tool_names.len || offer->taken || call->cancelled ||
            !sc_offer_refused(reply->status, reply->body, reply->len))
        return false;
    offer->in_words = true;
    if (!call->in_words.len) {
        failure->retryable = true;
        end(call, failure);
        return true;
    }
    sc_buf_release(&call->body);
    call->body = call->in_words;
    call->in_words = (struct sc_buf){ 0 };
    tell_in_words(call);
    send(call);
    return true;
}

/* Sends the same without saying which tool must be called, when that is what was refused:
 * a model that thinks, or a server that knows the tools and not the choice. */
static bool leaves_choice(struct call *call, struct sc_op *step)
{
    const struct sc_http_reply *reply = sc_http_reply(step);
    struct sc_json *body, *choice;

    if (call->cancelled ||
            !sc_offer_refused_choice(reply->status, reply->body, reply->len))
        return false;
    body = sc_json_parse(call->body.data, call->body.len, NULL, NULL);
    choice = sc_json_detach(body, "tool_choice");
    if (choice) {
        sc_offers_of(&call->endpoint->offers, call->model_name)->unforced = true;
        sc_buf_clear(&call->body);
        sc_json_write(&call->body, body);
        send(call);
    }
    sc_json_free(body);
    sc_json_free(choice);
    return choice != NULL;
}

/* What a reply teaches about the model and tools. */
static void learn_offer(struct call *call)
{
    struct sc_offer *offer = sc_offers_of(&call->endpoint->offers, call->model_name);

    if (call->told_in_words || !call->tool_names.len)
        return;
    offer->taken = true;
    offer->called = offer->called || sc_parser_called(call->parser);
}

/* What an exchange that went through holds: a refusal, a body, or the end of a stream. */
static enum sc_code read_answer(
        struct call *call, struct sc_op *step, struct sc_error *err)
{
    const struct sc_http_reply *reply = sc_http_reply(step);

    if (reply->status < 200 || reply->status >= 300) {
        sc_failure_of_status(
                &call->options.source, reply->status, reply->body, reply->len, err);
        heed_headers(call, step, err);
        return err->code;
    }
    if (reply->len)
        (void)!sc_parser_body(call->parser, reply->body, reply->len, NULL);
    return sc_parser_end(call->parser, err);
}

static bool waits_to_try_again(struct call *call, const struct sc_error *err)
{
    struct endpoint *endpoint = call->endpoint;
    int64_t wait_ms;

    if (call->cancelled || sc_parser_started(call->parser) ||
            !sc_model_retry_next(
                    &endpoint->retry, err, call->attempt, sc_random(), &wait_ms))
        return false;
    call->step = sc_sleep_start(call->op.scope, (uint64_t)wait_ms, on_waited, call);
    return true;
}

static void end(struct call *call, const struct sc_error *err)
{
    struct sc_error failure = err ? *err : (struct sc_error){ 0 };

    (void)!sc_parser_end(call->parser, NULL);
    if (!call->sent)
        failure.detail = SC_FAILURE_UNSENT;
    sc_op_finish(&call->op, err ? &failure : NULL);
}

static void on_answered(struct sc_op *step, const struct sc_error *err)
{
    struct call *call = step->arg;
    struct sc_error failure = { 0 };

    call->step = NULL;
    call->sent = call->sent || sc_http_reply(step)->sent;
    if (call->endpoint->config.limiter)
        sc_http_each_header(step, on_header, call->endpoint);
    keep_request_id(call, step);
    /* A server may leave the connection open after its last word. */
    if (!err || sc_parser_finished(call->parser))
        read_answer(call, step, &failure);
    else
        failure = *err;
    if (failure.code == SC_OK) {
        learn_offer(call);
        end(call, NULL);
    } else if (!leaves_choice(call, step) && !offers_in_words(call, step, &failure) &&
               !opens_next_purse(call, &failure) && !waits_to_try_again(call, &failure)) {
        end(call, &failure);
    }
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

    sc_parser_free(call->parser);
    sc_buf_release(&call->tool_names);
    sc_buf_release(&call->body);
    sc_buf_release(&call->in_words);
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
        const struct endpoint *endpoint, const struct sc_model_request *request)
{
    return request->model ? request->model : endpoint->name;
}

static void encode_in_words(const struct endpoint *endpoint, struct sc_buf *out,
        const struct sc_model_request *request, bool stream)
{
    struct sc_json *messages = sc_offer_in_words(request);
    struct sc_model_request told = *request;

    told.messages = messages;
    told.tools = NULL;
    told.force_tool = NULL;
    endpoint->format->encode(
            out, endpoint->profile, model_of(endpoint, request), &told, stream);
    sc_json_free(messages);
}

/* The markup of calls is nothing for the eyes of a person. */
static void tell_in_words(struct call *call)
{
    call->told_in_words = true;
    call->options.text_calls = SC_TEXT_CALLS_ONLY;
    call->options.on_text = NULL;
}

/* The first requests to a model are kept ready in words as well. */
static void encode_call(struct call *call, const struct sc_model_request *request)
{
    const struct endpoint *endpoint = call->endpoint;
    struct sc_offer *offer = sc_offers_of(&call->endpoint->offers, call->model_name);
    bool has_tools = sc_json_count(request->tools) > 0;
    struct sc_model_request taken = *request;

    if (offer->unforced)
        taken.force_tool = NULL;

    if (has_tools && offer->in_words) {
        encode_in_words(endpoint, &call->body, request, call->stream);
        tell_in_words(call);
        return;
    }
    endpoint->format->encode(
            &call->body, endpoint->profile, call->model_name, &taken, call->stream);
    if (!has_tools)
        return;
    if (!offer->taken && offer->ready++ < READY_IN_WORDS)
        encode_in_words(endpoint, &call->in_words, request, call->stream);
    if (!offer->called && !sc_offer_was_called(request->messages))
        call->options.text_calls = SC_TEXT_CALLS_MAYBE;
}

static struct sc_op *endpoint_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    struct endpoint *endpoint = endpoint_of(model);
    struct call *call = sc_new(struct call);

    call->endpoint = endpoint;
    call->key = paying_key(endpoint);
    call->stream = endpoint->config.stream;
    call->model_name = sc_strdup(model_of(endpoint, request));
    keep_tool_names(call, request->tools);
    call->options = (struct sc_parser_options){
        .source = { .model = call->model_name, .hide = hide_keys, .hide_arg = endpoint },
        .tool_names = call->tool_names.data,
        .tool_names_len = call->tool_names.len,
        .provider = endpoint->profile->id,
        .on_text = request->on_text,
        .on_arguments = request->on_arguments,
        .on_arg = request->on_arg,
    };
    encode_call(call, request);
    sc_buf_fit(&call->body); /* it waits for as long as the model thinks */
    sc_op_begin(&call->op, &call_class, scope, done, arg);
    send(call);
    return &call->op;
}

/* --- the reply and its cost --- */

static const struct sc_price *price_of(struct endpoint *endpoint)
{
    if (endpoint->config.price)
        return endpoint->config.price;
    if (!endpoint->priced)
        sc_price_find(endpoint->profile->prices, endpoint->name, &endpoint->price);
    endpoint->priced = true;
    return &endpoint->price;
}

/* Some servers tell no usage: then it is taken from the sizes, and not called known. */
static void guess_usage(const struct call *call, struct sc_model_reply *reply)
{
    size_t output = strlen(reply->text) + strlen(reply->reasoning);

    for (size_t i = 0; i < reply->call_count; i++)
        output += strlen(reply->calls[i].arguments);
    reply->usage.input_tokens = (int64_t)(call->body.len / MIN_BYTES_PER_TOKEN);
    reply->usage.output_tokens = (int64_t)(output / MIN_BYTES_PER_TOKEN);
}

static const struct sc_model_reply *endpoint_reply(struct sc_op *op)
{
    struct call *call = call_of(op);
    struct endpoint *endpoint = call->endpoint;
    struct sc_model_reply *reply = sc_parser_reply(call->parser);
    struct sc_model_usage *usage = &reply->usage;
    bool told = usage->input_tokens || usage->output_tokens;

    if (usage->requests)
        return reply;
    usage->requests = call->attempt;
    if (call->request_id)
        reply->request_id = call->request_id;
    reply->provider = endpoint->provider;
    reply->purse = endpoint->keys[call->key].source.purse;
    reply->streamed = call->streamed;
    reply->in_words = call->told_in_words;
    if (!told && sc_parser_started(call->parser))
        guess_usage(call, reply);
    sc_price_usage(price_of(endpoint), endpoint->clock->wall_ms(endpoint->clock), usage);
    usage->cost_known = usage->cost_known && (told || !usage->input_tokens);
    return reply;
}

/* The parser goes with the reply, and what of the call the reply points to. */
static struct sc_model_reply *endpoint_take(struct sc_op *op)
{
    struct call *call = call_of(op);
    struct sc_parser *parser = call->parser;

    (void)endpoint_reply(op);
    call->parser = NULL;
    sc_parser_keep_id(parser, call->request_id);
    return sc_parser_take_reply(parser);
}

/* In either form, as long as it is not known which will be sent. */
static size_t longest_body(
        struct endpoint *endpoint, const struct sc_model_request *request)
{
    const struct sc_offer *offer =
            sc_offers_of(&endpoint->offers, model_of(endpoint, request));
    struct sc_buf body = { 0 };
    size_t len;

    endpoint->format->encode(
            &body, endpoint->profile, model_of(endpoint, request), request, false);
    len = body.len;
    sc_buf_clear(&body);
    if (!offer->taken && sc_json_count(request->tools) > 0)
        encode_in_words(endpoint, &body, request, false);
    len = body.len > len ? body.len : len;
    sc_buf_release(&body);
    return len;
}

static int64_t endpoint_worst_case(
        struct sc_model *model, const struct sc_model_request *request)
{
    struct endpoint *endpoint = endpoint_of(model);
    const struct sc_price *price = price_of(endpoint);
    int64_t output = request->max_output_tokens;
    int64_t input = (int64_t)(longest_body(endpoint, request) / MIN_BYTES_PER_TOKEN);

    if (!output)
        output = price->max_output ? price->max_output : DEFAULT_OUTPUT;
    return sc_price_worst(price, input, output);
}

static const char *endpoint_name(struct sc_model *model)
{
    return endpoint_of(model)->full_name;
}

/* --- making one --- */

static int64_t or_default(int64_t value_ms, int64_t default_ms)
{
    return value_ms ? value_ms : default_ms;
}

static void set_config(struct endpoint *endpoint, const struct sc_endpoint_config *config)
{
    static const struct sc_model_retry no_retry = { .attempts = 1 };
    int64_t first_ms = config->stream ? FIRST_BYTE_MS : WHOLE_FIRST_BYTE_MS;

    endpoint->config = *config;
    endpoint->config.url = endpoint->keys[0].base;
    endpoint->config.model = endpoint->name;
    endpoint->config.connect_ms = or_default(config->connect_ms, CONNECT_MS);
    endpoint->config.first_byte_ms = or_default(config->first_byte_ms, first_ms);
    endpoint->config.idle_ms = or_default(config->idle_ms, IDLE_MS);
    endpoint->retry = config->retry ? *config->retry : no_retry;
    endpoint->config.retry = &endpoint->retry;
    if (config->price) {
        endpoint->price = *config->price;
        endpoint->priced = true;
        endpoint->config.price = &endpoint->price;
    }
}

/* A server that is known by its address alone goes by its host, unless a row has it. */
static const char *provider_of(const struct endpoint *endpoint, bool named)
{
    const char *host = endpoint->keys[0].host;
    bool known = *endpoint->profile->host && !sc_address_is_this_machine(host);

    return named || known ? endpoint->profile->id : host;
}

/* One at least, for the address, also where no key is needed. */
static enum sc_code set_keys(struct endpoint *endpoint,
        const struct sc_endpoint_config *config, struct sc_error *err)
{
    const struct sc_format *format = config->format;

    if (!format)
        format = config->profile ? config->profile->format : &sc_format_chat;
    for (size_t i = 0; i < SC_PURSES && (i == 0 || config->keys[i].get); i++) {
        if (sc_key_init(&endpoint->keys[i], &config->keys[i], config->url, format, err))
            return err->code;
        endpoint->key_count++;
    }
    return SC_OK;
}

static void name_keys(struct endpoint *endpoint)
{
    for (size_t i = 0; i < endpoint->key_count; i++)
        if (!endpoint->keys[i].name)
            endpoint->keys[i].name = sc_strdup(endpoint->profile->purses[i].variable);
}

struct sc_model *sc_endpoint_new(const struct sc_endpoint_config *config,
        struct sc_multi *multi, struct sc_clock *clock, struct sc_error *err)
{
    const struct sc_profile *profile = config->profile;
    struct endpoint *endpoint = sc_new(struct endpoint);

    endpoint->model = (struct sc_model){ .start = endpoint_start,
        .reply = endpoint_reply,
        .worst_case_micro = endpoint_worst_case,
        .name = endpoint_name,
        .take = endpoint_take };
    endpoint->multi = multi;
    endpoint->clock = clock;
    if (set_keys(endpoint, config, err)) {
        sc_endpoint_free(&endpoint->model);
        return NULL;
    }
    if (!config->model || !*config->model) {
        sc_fail(err, SC_INVALID, "the model has no name: set model.name");
        sc_endpoint_free(&endpoint->model);
        return NULL;
    }
    endpoint->profile = profile ? profile : sc_profile_of_host(endpoint->keys[0].host);
    endpoint->format = config->format ? config->format : endpoint->profile->format;
    endpoint->provider = provider_of(endpoint, profile != NULL);
    endpoint->name = sc_strdup(config->model);
    endpoint->full_name = sc_strdupf("%s/%s", endpoint->provider, endpoint->name);
    name_keys(endpoint);
    set_config(endpoint, config);
    return &endpoint->model;
}

void sc_endpoint_free(struct sc_model *model)
{
    struct endpoint *endpoint;

    if (!model)
        return;
    endpoint = endpoint_of(model);
    for (size_t i = 0; i < SC_PURSES; i++)
        sc_key_release(&endpoint->keys[i]);
    sc_offers_release(&endpoint->offers);
    free(endpoint->name);
    free(endpoint->full_name);
    free(endpoint);
}
