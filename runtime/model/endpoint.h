/* model/endpoint.h - a model behind an endpoint that speaks chat completions.
 *
 * Purpose:   the vtable of model/model.h over net/sse_call.h: one request, streamed or
 *            whole, tried again as the rules say, its cost known at the end.
 * Contract:  as model/model.h. The key is fetched where the header is written, and wiped
 *            after; it is in no error and no reply. It is not sent over plain HTTP,
 *            but to this machine.
 * Ownership: the configuration is copied, but for what its members point to beyond
 *            text (egress, the args of keys); that and multi and clock outlive the model.
 * Thread:    loop.
 * Errors:    as model/model.h; sc_endpoint_new: SC_INVALID for an address that is none.
 */
#pragma once

#include "base/clock.h"
#include "model/key.h"
#include "model/model.h"
#include "model/price.h"
#include "model/profile.h"
#include "model/retry.h"

struct sc_egress;
struct sc_format;
struct sc_limiter;
struct sc_multi;

struct sc_endpoint_config {
    const struct sc_profile *profile; /* NULL: the row that fits the host */
    const struct sc_format *format;   /* NULL: that of the profile, for chat */
    const char *url;   /* "https://api.deepseek.com", "http://localhost:11434/v1/" */
    const char *model; /* as the provider names it */
    struct sc_model_key keys[SC_PURSES]; /* the next pays when one has no quota */
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
