#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- usage --- */

void sc_model_usage_add(struct sc_model_usage *sum, const struct sc_model_usage *more)
{
    bool first = sum->requests == 0;

    sum->requests += more->requests;
    sum->input_tokens += more->input_tokens;
    sum->output_tokens += more->output_tokens;
    sum->cached_tokens += more->cached_tokens;
    sum->written_tokens += more->written_tokens;
    sum->reasoning_tokens += more->reasoning_tokens;
    sum->cost_micro += more->cost_micro;
    if (more->requests)
        sum->cost_known = (first || sum->cost_known) && more->cost_known;
}

struct sc_json *sc_model_usage_to_json(const struct sc_model_usage *usage)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_add(json, "requests", sc_json_new_int(usage->requests));
    sc_json_add(json, "input_tokens", sc_json_new_int(usage->input_tokens));
    sc_json_add(json, "output_tokens", sc_json_new_int(usage->output_tokens));
    sc_json_add(json, "cached_tokens", sc_json_new_int(usage->cached_tokens));
    if (usage->written_tokens)
        sc_json_add(json, "written_tokens", sc_json_new_int(usage->written_tokens));
    sc_json_add(json, "reasoning_tokens", sc_json_new_int(usage->reasoning_tokens));
    sc_json_add(json, "cost_micro", sc_json_new_int(usage->cost_micro));
    sc_json_add(json, "cost_known",
            sc_json_new_bool(usage->cost_known || usage->requests == 0));
    return json;
}

void sc_model_usage_from_json(
        const struct sc_json *json, struct sc_model_usage *ret_usage)
{
    *ret_usage = (struct sc_model_usage){
        .requests = sc_json_get_int(json, "requests", 0),
        .input_tokens = sc_json_get_int(json, "input_tokens", 0),
        .output_tokens = sc_json_get_int(json, "output_tokens", 0),
        .cached_tokens = sc_json_get_int(json, "cached_tokens", 0),
        .written_tokens = sc_json_get_int(json, "written_tokens", 0),
        .reasoning_tokens = sc_json_get_int(json, "reasoning_tokens", 0),
        .cost_micro = sc_json_get_int(json, "cost_micro", 0),
        .cost_known = sc_json_get_bool(json, "cost_known", false),
    };
}

/* --- a reply --- */

static void add_text(struct sc_json *json, const char *name, const char *text)
{
    if (text && *text)
        sc_json_add(json, name, sc_json_new_string(text));
}

/* What is empty is left out, and arguments are kept as text only: a journal holds many
 * of these. */
struct sc_json *sc_model_reply_to_json(const struct sc_model_reply *reply)
{
    struct sc_json *json = sc_json_new_object();
    struct sc_json *calls = NULL;

    add_text(json, "text", reply->text);
    add_text(json, "reasoning", reply->reasoning);
    add_text(json, "finish", reply->finish);
    add_text(json, "model", reply->model);
    add_text(json, "request_id", reply->request_id);
    add_text(json, "provider", reply->provider);
    add_text(json, "purse", reply->purse);
    if (reply->in_words)
        sc_json_add(json, "in_words", sc_json_new_bool(true));
    if (reply->call_count)
        calls = sc_json_add(json, "calls", sc_json_new_array());
    for (size_t i = 0; i < reply->call_count; i++) {
        struct sc_json *call = sc_json_append(calls, sc_json_new_object());

        sc_json_add(call, "id", sc_json_new_string(reply->calls[i].id));
        sc_json_add(call, "name", sc_json_new_string(reply->calls[i].name));
        sc_json_add(call, "arguments", sc_json_new_string(reply->calls[i].arguments));
    }
    if (reply->native)
        sc_json_add(json, "native", sc_json_copy(reply->native));
    sc_json_add(json, "usage", sc_model_usage_to_json(&reply->usage));
    return json;
}

/* A reply on its own: the JSON it was read from, and what points into it. */
struct kept_reply {
    struct sc_model_reply reply; /* first: that is what is handed out */
    struct sc_json *json;
    struct sc_model_call *calls;
};

static struct sc_json *parse_args(const char *arguments)
{
    struct sc_json *args = sc_json_parse(arguments, strlen(arguments), NULL, NULL);

    if (sc_json_is(args, SC_JSON_OBJECT))
        return args;
    sc_json_free(args);
    return NULL;
}

static void read_calls(struct kept_reply *kept, const struct sc_json *calls)
{
    size_t count = 0;

    kept->calls = sc_new_array(struct sc_model_call, sc_json_count(calls));
    SC_JSON_EACH(json, calls)
    {
        struct sc_model_call *call = &kept->calls[count++];

        call->id = sc_json_get_string(json, "id", "");
        call->name = sc_json_get_string(json, "name", "");
        call->arguments = sc_json_get_string(json, "arguments", "");
        call->args = parse_args(call->arguments);
    }
    kept->reply.calls = kept->calls;
    kept->reply.call_count = count;
}

struct sc_model_reply *sc_model_reply_from_json(
        const struct sc_json *json, struct sc_error *err)
{
    return sc_model_reply_take_json(json ? sc_json_copy(json) : NULL, err);
}

static void kept_release(struct sc_model_reply *reply);

struct sc_model_reply *sc_model_reply_take_json(
        struct sc_json *take_json, struct sc_error *err)
{
    struct kept_reply *kept;
    struct sc_model_reply *reply;

    if (!sc_json_is(take_json, SC_JSON_OBJECT)) {
        sc_json_free(take_json);
        sc_fail(err, SC_INVALID, "a model's reply must be an object");
        return NULL;
    }
    kept = sc_new(struct kept_reply);
    kept->json = take_json;
    reply = &kept->reply;
    reply->release = kept_release;
    reply->text = sc_json_get_string(kept->json, "text", "");
    reply->reasoning = sc_json_get_string(kept->json, "reasoning", "");
    reply->finish = sc_json_get_string(kept->json, "finish", "");
    reply->model = sc_json_get_string(kept->json, "model", "");
    reply->request_id = sc_json_get_string(kept->json, "request_id", "");
    reply->provider = sc_json_get_string(kept->json, "provider", "");
    reply->purse = sc_json_get_string(kept->json, "purse", "");
    reply->in_words = sc_json_get_bool(kept->json, "in_words", false);
    reply->native = sc_json_get(kept->json, "native");
    read_calls(kept, sc_json_get(kept->json, "calls"));
    sc_model_usage_from_json(sc_json_get(kept->json, "usage"), &reply->usage);
    return reply;
}

struct sc_model_reply *sc_model_take(struct sc_model *model, struct sc_op *op)
{
    const struct sc_model_reply *reply;

    if (model->take)
        return model->take(op);
    reply = model->reply(op);
    return reply ? sc_model_reply_take_json(sc_model_reply_to_json(reply), NULL) : NULL;
}

/* args are const to readers; here they belong to the kept reply. */
static void free_args(const struct sc_json *args)
{
    union {
        const struct sc_json *shown;
        struct sc_json *owned;
    } both = { .shown = args };

    sc_json_free(both.owned);
}

static void kept_release(struct sc_model_reply *reply)
{
    struct kept_reply *kept = sc_container_of(reply, struct kept_reply, reply);

    for (size_t i = 0; i < reply->call_count; i++)
        free_args(kept->calls[i].args);
    free(kept->calls);
    sc_json_free(kept->json);
    free(kept);
}

void sc_model_reply_free(struct sc_model_reply *reply)
{
    if (reply)
        reply->release(reply);
}
