#include "model/embed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The steps, in order: send, on_answered, which sends again or ends. */
struct embed {
    struct sc_op op;
    struct sc_model *model;
    struct sc_op *step;
    const char *const *texts;
    size_t count, batch;
    size_t from, sent; /* of the request under way */
    struct sc_model_account account;
    char *task_id, *agent; /* of the account, or NULL */
    float *values;
    struct sc_embeddings result;
};

static void send(struct embed *embed);
static void on_answered(struct sc_op *step, const struct sc_error *err);

static struct embed *embed_of(struct sc_op *op)
{
    return sc_container_of(op, struct embed, op);
}

/* --- asking --- */

static enum sc_code check_texts(
        const struct sc_embed_request *request, struct sc_error *err)
{
    for (size_t i = 0; i < request->count; i++) {
        size_t len = strlen(request->texts[i]);

        if (len == 0 || len > SC_EMBED_TEXT_MAX)
            return sc_fail(err, SC_INVALID,
                    "a text for a vector has 1 to %d bytes, not %zu", SC_EMBED_TEXT_MAX,
                    len);
    }
    return SC_OK;
}

/* The next texts, as many as a request takes. */
static struct sc_json *next_messages(struct embed *embed)
{
    struct sc_json *messages = sc_json_new_array();
    size_t bytes = 0;

    for (embed->sent = 0;
            embed->sent < embed->batch && embed->from + embed->sent < embed->count;
            embed->sent++) {
        const char *text = embed->texts[embed->from + embed->sent];
        struct sc_json *message;

        bytes += strlen(text);
        if (bytes > SC_EMBED_REQUEST_MAX)
            break;
        message = sc_json_append(messages, sc_json_new_object());
        sc_json_add(message, "role", sc_json_new_string("user"));
        sc_json_add(message, "content", sc_json_new_string(text));
    }
    return messages;
}

static void send(struct embed *embed)
{
    struct sc_json *messages = next_messages(embed);
    const struct sc_model_request request = { .messages = messages,
        .max_output_tokens = 1, /* there is none: nothing is reserved for it */
        .account = embed->account.task_id ? &embed->account : NULL };

    embed->step = embed->model->start(
            embed->model, embed->op.scope, &request, on_answered, embed);
    sc_json_free(messages);
}

/* --- what came back --- */

static enum sc_code read_values(
        const struct sc_json *values, float *ret, struct sc_error *err)
{
    double square = 0;
    size_t i = 0;

    SC_JSON_EACH(value, values)
    {
        double number;

        if (!sc_json_double(value, &number) || !isfinite((float)number))
            return sc_fail(err, SC_PROTOCOL, "a vector holds what is no number");
        square += number * number;
        ret[i++] = (float)number;
    }
    if (!isfinite(square) || square < 1e-30)
        return sc_fail(err, SC_PROTOCOL, "a vector has no direction");
    for (i = 0; i < sc_json_count(values); i++)
        ret[i] = (float)((double)ret[i] / sqrt(square));
    return SC_OK;
}

/* The first vector says how long all are. */
static enum sc_code check_dims(
        struct embed *embed, const struct sc_json *values, struct sc_error *err)
{
    struct sc_embeddings *result = &embed->result;
    size_t dims = sc_json_count(values);

    if (!sc_json_is(values, SC_JSON_ARRAY) || dims == 0 || dims > SC_EMBED_DIMS_MAX)
        return sc_fail(err, SC_PROTOCOL, "a vector has 1 to %d numbers, not %zu",
                SC_EMBED_DIMS_MAX, dims);
    if (!embed->values) {
        result->dims = dims;
        embed->values = sc_new_array(float, embed->count *dims);
    }
    if (dims != result->dims)
        return sc_fail(err, SC_PROTOCOL, "one vector has %zu numbers, another %zu",
                result->dims, dims);
    return SC_OK;
}

static enum sc_code read_vectors(
        struct embed *embed, const struct sc_model_reply *reply, struct sc_error *err)
{
    const struct sc_json *vectors = sc_json_get(reply ? reply->native : NULL, "vectors");
    bool seen[SC_EMBED_TEXTS_MAX] = { false };

    if (sc_json_count(vectors) != embed->sent)
        return sc_fail(err, SC_PROTOCOL, "%zu vectors came for %zu texts",
                sc_json_count(vectors), embed->sent);
    SC_JSON_EACH(vector, vectors)
    {
        const struct sc_json *values = sc_json_get(vector, "values");
        int64_t at = sc_json_get_int(vector, "at", -1);

        if (at < 0 || at >= (int64_t)embed->sent || seen[at])
            return sc_fail(err, SC_PROTOCOL, "two vectors came for one text");
        seen[at] = true;
        if (check_dims(embed, values, err) ||
                read_values(values,
                        embed->values + (embed->from + (size_t)at) * embed->result.dims,
                        err))
            return err->code;
    }
    return SC_OK;
}

static void on_answered(struct sc_op *step, const struct sc_error *err)
{
    struct embed *embed = step->arg;
    const struct sc_model_reply *reply = embed->model->reply(step);
    struct sc_error failure = { 0 };

    embed->step = NULL;
    if (reply)
        sc_model_usage_add(&embed->result.usage, &reply->usage);
    if (err)
        failure = *err;
    else if (read_vectors(embed, reply, &failure))
        sc_wrap(&failure, "%s", embed->model->name(embed->model));
    embed->from += embed->sent;
    if (failure.code) {
        sc_op_finish(&embed->op, &failure);
    } else if (embed->from < embed->count) {
        send(embed);
    } else {
        embed->result.values = embed->values;
        embed->result.count = embed->count;
        sc_op_finish(&embed->op, NULL);
    }
}

/* --- the op --- */

static void embed_cancel(struct sc_op *op)
{
    struct embed *embed = embed_of(op);

    if (embed->step)
        sc_op_cancel(embed->step); /* its done ends this one */
}

static void embed_release(struct sc_op *op)
{
    struct embed *embed = embed_of(op);

    free(embed->values);
    free(embed->task_id);
    free(embed->agent);
    free(embed);
}

static const struct sc_op_class embed_class = { "embed", embed_cancel, embed_release };

static void keep_account(struct embed *embed, const struct sc_model_account *account)
{
    if (!account)
        return;
    embed->task_id = sc_strdup(account->task_id);
    embed->agent = sc_strdup(account->agent);
    embed->account = (struct sc_model_account){ .task_id = embed->task_id,
        .agent = embed->agent,
        .task_budget_micro = account->task_budget_micro };
}

struct sc_op *sc_embed_start(struct sc_scope *scope, struct sc_model *model,
        const struct sc_embed_request *request, sc_op_done_fn *done, void *arg)
{
    struct embed *embed = sc_new(struct embed);
    struct sc_error err;

    embed->model = model;
    embed->texts = request->texts;
    embed->count = request->count;
    embed->batch = request->batch && request->batch < SC_EMBED_TEXTS_MAX
                           ? request->batch
                           : SC_EMBED_TEXTS_MAX;
    keep_account(embed, request->account);
    sc_op_begin(&embed->op, &embed_class, scope, done, arg);
    if (check_texts(request, &err))
        sc_op_finish(&embed->op, &err);
    else if (request->count == 0)
        sc_op_finish(&embed->op, NULL);
    else
        send(embed);
    return &embed->op;
}

const struct sc_embeddings *sc_embed_result(struct sc_op *op)
{
    return &embed_of(op)->result;
}
