/* model/model.h - one request to a language model, and its reply.
 *
 * Purpose:   the face that every wire format has: what goes in, what streams out, what
 *            it cost. A model is handed in as a vtable, so tests and replay hand in
 *            theirs.
 * Contract:  as loop/op.h. The reply is valid inside done, also after a failure (what
 *            arrived before it, and the usage if it was told). on_text, if given, runs
 *            between start and done. native is the assistant turn exactly as the
 *            provider sent it: it goes back unchanged in the next request.
 *            Nothing here retries after a piece of the reply was seen.
 * Ownership: the request and everything in it is copied or encoded inside start.
 * Thread:    loop.
 * Errors:    SC_UNAVAILABLE, SC_BUSY (429; retry_after_ms), SC_TIMEOUT, SC_PROTOCOL
 *            (truncated, HTML, error inside 200), SC_DENIED (401, 403), SC_BUDGET (402,
 *            no quota), SC_INVALID (400, 404, 422).
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"

/* Who pays: what budgets are counted against. */
struct sc_model_account {
    const char *task_id, *agent;
    int64_t task_budget_micro; /* of the task as a whole; -1: none */
};

struct sc_model_request {
    const char *model; /* NULL: the configured one */
    const struct sc_json
            *messages;           /* array, OpenAI chat form; native turns as they came */
    const struct sc_json *tools; /* array of {name, description, parameters}, or NULL */
    const char *force_tool;      /* this tool must be called, or NULL */
    const struct sc_json *output_schema; /* the text must be JSON of this schema, or NULL;
                                            a provider that cannot is told in words */
    size_t stable_messages;    /* so many at the front come again in later requests, byte
                                  for byte: worth caching */
    int64_t max_output_tokens; /* 0: the provider's default */
    const struct sc_model_account *account; /* NULL: nobody's, no budget counts it */
    void (*on_text)(void *arg, const char *text, size_t len); /* or NULL */
    /* A piece of a call's arguments as it arrives; call counts from 0. Or NULL. */
    void (*on_arguments)(
            void *arg, size_t call, const char *name, const char *text, size_t len);
    void *on_arg; /* of both */
};

struct sc_model_usage {
    int64_t requests;
    int64_t input_tokens;  /* cached ones included */
    int64_t output_tokens; /* reasoning included */
    int64_t cached_tokens;
    int64_t written_tokens; /* of the input, put into a cache: dearer than fresh ones */
    int64_t reasoning_tokens;
    int64_t cost_micro; /* of the price table's currency, USD */
    bool cost_known;
};

struct sc_model_call {
    const char *id; /* never empty: made up when the provider gave none */
    const char *name;
    const struct sc_json *args; /* NULL: arguments is not JSON */
    const char *arguments;      /* as it came; "" became "{}" */
};

struct sc_model_reply {
    const char *text;      /* "" if none */
    const char *reasoning; /* "" if none */
    const char *finish;    /* the provider's word */
    const char *model;     /* as the provider named it */
    const char *request_id;
    const char *provider; /* who answered: "deepseek"; "" when not known */
    const char *purse;    /* which key paid, when there are several: "subscription",
                             "pay-per-use"; else "" */
    bool streamed;        /* it came in pieces */
    bool in_words;        /* the tools were: the model refuses them (model/offer.h) */
    const struct sc_model_call *calls;
    size_t call_count;
    const struct sc_json *native; /* the assistant message */
    struct sc_model_usage usage;
    /* How one that is somebody's own is freed; NULL: it belongs to what it came from. */
    void (*release)(struct sc_model_reply *reply);
};

struct sc_model {
    struct sc_op *(*start)(struct sc_model *model, struct sc_scope *scope,
            const struct sc_model_request *request, sc_op_done_fn *done, void *arg);
    const struct sc_model_reply *(*reply)(struct sc_op *op);
    /* Worst case of a request in micro-units, for reserving. A model without a known
     * price counts as the dearest one. -1: it cannot be said, so it passes no budget. */
    int64_t (*worst_case_micro)(
            struct sc_model *model, const struct sc_model_request *request);
    const char *(*name)(struct sc_model *model); /* "openai/gpt-5.6" */
    /* Inside done: the reply as the caller's own, once; NULL: it has to be copied. */
    struct sc_model_reply *(*take)(struct sc_op *op);
};

/* Inside done: the reply as one's own, or NULL; free it with sc_model_reply_free. */
struct sc_model_reply *sc_model_take(struct sc_model *model, struct sc_op *op);

/* A reply as JSON and back: what the journal keeps, what replay hands out. */
struct sc_json *sc_model_reply_to_json(const struct sc_model_reply *reply);
struct sc_model_reply *sc_model_reply_from_json(
        const struct sc_json *json, struct sc_error *err);
/* The same without a copy; take_json is taken, also on failure. */
struct sc_model_reply *sc_model_reply_take_json(
        struct sc_json *take_json, struct sc_error *err);
void sc_model_reply_free(struct sc_model_reply *reply); /* of either */

void sc_model_usage_add(struct sc_model_usage *sum, const struct sc_model_usage *more);
struct sc_json *sc_model_usage_to_json(const struct sc_model_usage *usage);
void sc_model_usage_from_json(
        const struct sc_json *json, struct sc_model_usage *ret_usage);
