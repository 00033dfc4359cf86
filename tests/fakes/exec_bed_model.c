/* A model that reads its part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fakes/exec_bed.h"
#include "model/price.h"

enum { INPUT_TOKENS = 3000, OUTPUT_TOKENS = 4000 }; /* of a request at most */

struct fake_reply {
    struct sc_op op;
    struct exec_bed *bed;
    struct sc_model_reply *reply;

    /* streamed */
    struct sc_model_request request;
    char *text; /* of the first call, with its marks */
    size_t at, answered;
    bool cancelled;
};

static void reply_cancel(struct sc_op *op)
{
    struct fake_reply *r = sc_container_of(op, struct fake_reply, op);

    r->cancelled = true; /* the next piece ends it; else it is finishing already */
}

static void reply_release(struct sc_op *op)
{
    struct fake_reply *r = sc_container_of(op, struct fake_reply, op);

    sc_model_reply_free(r->reply);
    free(r->text);
    free(r);
}

static const struct sc_op_class reply_class = { "model", reply_cancel, reply_release };

static size_t turns_of(const struct sc_json *messages)
{
    size_t count = 0;

    SC_JSON_EACH(message, messages)
    count += strcmp(sc_json_get_string(message, "role", ""), "assistant") == 0;
    return count;
}

/* Those are for the stream only. */
static char *without_marks(const char *text)
{
    char *plain = sc_strdup(text), *to = plain;

    for (const char *c = text; *c; c++)
        if (*c != '|')
            *to++ = *c;
    *to = '\0';
    return plain;
}

static struct sc_model_reply *scripted(struct exec_bed *bed, size_t turn)
{
    struct sc_json *json;
    struct sc_model_reply *reply;
    char *text;

    for (size_t i = 0; i <= turn; i++)
        SC_ASSERT(bed->replies && bed->replies[i]);
    text = bed->stream_piece ? without_marks(bed->replies[turn])
                             : sc_strdup(bed->replies[turn]);
    json = sc_json_parse(text, strlen(text), NULL, NULL);
    free(text);
    SC_ASSERT(json != NULL);
    if (!sc_json_get(json, "native")) {
        struct sc_json *native = sc_json_new_object();

        sc_json_set_string(native, "role", "assistant");
        sc_json_set_string(native, "content", sc_json_get_string(json, "text", ""));
        sc_json_add(json, "native", native);
    }
    reply = sc_model_reply_from_json(json, NULL);
    reply->usage = (struct sc_model_usage){ .requests = 1,
        .input_tokens = 100,
        .output_tokens = 10,
        .cost_micro = 500,
        .cost_known = true };
    sc_json_free(json);
    return reply;
}

/* --- in pieces --- */

static void next_piece(struct fake_reply *r);

static void tell(struct fake_reply *r, size_t len)
{
    r->request.on_arguments(
            r->request.on_arg, 0, r->reply->calls[0].name, r->text + r->at, len);
    r->at += len;
}

static void on_piece(struct sc_op *op, const struct sc_error *none)
{
    struct fake_reply *r = op->arg;
    size_t left = strlen(r->text + r->at), mark = strcspn(r->text + r->at, "|");
    size_t most = r->bed->stream_piece;
    struct sc_error err = { 0 };

    (void)none;
    if (r->bed->break_at && r->at >= r->bed->break_at) {
        r->bed->break_at = 0;
        sc_fail(&err, SC_PROTOCOL, "the stream was cut off");
        err.retryable = true;
        err.retry_after_ms = 3;
    }
    if (r->cancelled)
        sc_fail(&err, SC_CANCELLED, "cancelled");
    if (err.code || left == 0) {
        sc_op_finish(&r->op, err.code ? &err : NULL);
        return;
    }
    if (mark == 0 && r->bed->answered > r->answered) {
        r->answered++;
        r->at++;
    } else if (mark > 0) {
        tell(r, most < mark ? most : mark);
    }
    next_piece(r);
}

static void next_piece(struct fake_reply *r)
{
    exec_bed_soon(r->op.scope, on_piece, r);
}

static void stream(
        struct fake_reply *r, const struct sc_model_request *request, const char *script)
{
    struct sc_json *json = sc_json_parse(script, strlen(script), NULL, NULL);

    r->request = *request;
    r->answered = r->bed->answered;
    r->text = sc_strdup(sc_json_get_string(
            sc_json_first(sc_json_get(json, "calls")), "arguments", ""));
    sc_json_free(json);
    next_piece(r);
}

static struct sc_op *model_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    struct exec_bed *bed = sc_container_of(model, struct exec_bed, model);
    struct fake_reply *r = sc_new(struct fake_reply);
    struct sc_error err;
    size_t turn;

    exec_bed_moment(bed);
    r->bed = bed;
    bed->model_count++;
    if (bed->sent)
        sc_json_append(bed->sent, sc_json_copy(request->messages));
    bed->answer_limit = request->max_output_tokens;
    snprintf(bed->forced_tool, sizeof(bed->forced_tool), "%s",
            request->force_tool ? request->force_tool : "");
    sc_op_begin(&r->op, &reply_class, scope, done, arg);
    if (bed->model_failures > 0) {
        bed->model_failures--;
        sc_fail(&err, SC_BUSY, "too many requests");
        err.retry_after_ms = bed->model_wait_ms ? bed->model_wait_ms : 3;
        sc_op_finish(&r->op, &err);
        return &r->op;
    }
    turn = turns_of(request->messages);
    r->reply = scripted(bed, turn);
    if (bed->filtered) {
        sc_fail(&err, SC_INVALID, "the content filter stopped the reply");
        sc_op_finish(&r->op, &err);
        return &r->op;
    }
    if (bed->stream_piece && request->on_arguments && r->reply->call_count)
        stream(r, request, bed->replies[turn]);
    else
        sc_op_finish(&r->op, NULL);
    return &r->op;
}

static const struct sc_model_reply *reply_of(struct sc_op *op)
{
    return sc_container_of(op, struct fake_reply, op)->reply;
}

static int64_t worst_case(struct sc_model *model, const struct sc_model_request *request)
{
    struct exec_bed *bed = sc_container_of(model, struct exec_bed, model);
    int64_t output = bed->longest_answer ? bed->longest_answer : OUTPUT_TOKENS;
    struct sc_price price;

    if (request->max_output_tokens && request->max_output_tokens < output)
        output = request->max_output_tokens;
    if (bed->unpriced)
        return -1;
    if (!bed->priced_as)
        return 1000;
    sc_price_find(NULL, bed->priced_as, &price);
    return sc_price_worst(&price, INPUT_TOKENS, output);
}

static const char *name_of(struct sc_model *model)
{
    (void)model;
    return "fake/model";
}

void exec_bed_set_model(struct exec_bed *bed)
{
    bed->model = (struct sc_model){ model_start, reply_of, worst_case, name_of, NULL };
}
