/* model/endpoint.h - a model behind an endpoint that speaks chat completions.
 *
 * Purpose:   the vtable of model/model.h over net/sse_call.h: one request, streamed or
 *            whole, tried again as the rules say, its cost known at the end.
 * Contract:  as model/model.h. The key is fetched where the header is written, and wiped
 *            after; it is in no error and no reply. It is not sent over plain HTTP,
 *            but to this machine.
 * Ownership: the configuration is copied, but for what its members point to beyond
 *            text (egress, key.arg); that and multi and clock outlive the model.
 * Thread:    loop.
 * Errors:    as model/model.h; sc_endpoint_new: SC_INVALID for an address that is none.
 */
#pragma once

#include "base/clock.h"
#include "model/model.h"
#include "model/price.h"
#include "model/retry.h"

struct sc_egress;
struct sc_limiter;
struct sc_multi;
struct sc_profile;

struct sc_model_key {
    /* Appends the key; false when there is none. NULL: the endpoint needs none. */
    bool (*get)(void *arg, struct sc_buf *ret_value);
    void *arg;
    const char *name; /* where a person sets it: "OPENAI_API_KEY"; NULL: as the host's
                         row in model/profile.c says */
};

struct sc_endpoint_config {
    const struct sc_profile *profile; /* NULL: the row that fits the host */
    const char *url;   /* "https://api.deepseek.com", "http://localhost:11434/v1/" */
    const char *model; /* as the provider names it */
    struct sc_model_key key;
    const char *purse; /* which key that is, for the reply; NULL: the only one. Static */
    bool stream;
    const struct sc_price *price;       /* NULL: the table's */
    const struct sc_model_retry *retry; /* NULL: none, as the caller tries again */
    const struct sc_egress *egress;     /* NULL: any host */
    struct sc_limiter *limiter;         /* is told the headers of replies; or NULL */

    /* Milliseconds; 0: 10 s, 120 s (600 s when not streamed), 60 s. */
    int64_t connect_ms, first_byte_ms, idle_ms;
};

struct sc_model *sc_endpoint_new(const struct sc_endpoint_config *config,
        struct sc_multi *multi, struct sc_clock *clock, struct sc_error *err);
void sc_endpoint_free(struct sc_model *model); /* after its last op is done */
