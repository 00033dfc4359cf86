/* model/breaker.h - leaves an endpoint alone that keeps failing.
 *
 * Purpose:   a circuit breaker, as a pure function of outcomes and time.
 * Contract:  closed until so many failures followed one another; then open for a while,
 *            in which nothing is sent; then half open: one request goes out, and closes
 *            it or opens it for twice as long. Only failures of the endpoint count
 *            (sc_breaker_counts), not a request that was wrong.
 * Ownership: a plain value; zeroed to begin with.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct sc_breaker {
    int failures;          /* one after another */
    int64_t open_until_ms; /* 0: closed */
    int64_t open_ms;       /* how long the last time */
    bool probing;          /* the one request is under way */
};

/* May a request go out now? Then it does: its outcome must be told. ret_wait_ms: after
 * how long to ask again. */
bool sc_breaker_allows(struct sc_breaker *breaker, int64_t now_ms, int64_t *ret_wait_ms);

/* The outcome; err NULL: it went well. */
void sc_breaker_told(
        struct sc_breaker *breaker, const struct sc_error *err, int64_t now_ms);

/* Is it the endpoint's failure: unreachable, overloaded, out of time, broken? */
bool sc_breaker_counts(const struct sc_error *err);
