/* model/fallback.h - several models, asked in order.
 *
 * Purpose:   a struct sc_model over others: when one cannot be reached, is overloaded or
 *            has no credit left, the next is asked; each has a circuit breaker, and waits
 *            below the rate that its provider allows.
 * Contract:  the next is asked only when nothing of the reply was used: a piece that was
 *            handed out stays the last word. A request that is wrong is not asked again,
 *            nor one that names its model. Tools run between requests, never inside one,
 *            so nothing is repeated that had effects.
 * Ownership: the models and clock outlive it.
 * Thread:    loop.
 * Errors:    as model/model.h; of the last one asked. SC_UNAVAILABLE with a time when all
 *            are left alone.
 */
#pragma once

#include "base/clock.h"
#include "model/limiter.h"
#include "model/model.h"

struct sc_fallback_model {
    struct sc_model *model;
    struct sc_limiter *limiter; /* fed by whoever sees the headers; or NULL */
};

/* The order is that of models. */
struct sc_model *sc_fallback_new(
        const struct sc_fallback_model *models, size_t count, struct sc_clock *clock);

/* Requests of that agent go to these of the models, by number. The default order is that
 * of agent NULL. */
void sc_fallback_order(
        struct sc_model *model, const char *agent, const size_t *numbers, size_t count);
void sc_fallback_free(struct sc_model *model); /* after its last op is done */
