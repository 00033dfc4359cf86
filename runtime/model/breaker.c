#include "model/breaker.h"

enum {
    MOST_FAILURES = 3,
    OPEN_MS = 15000,
    PROBE_MS = 3000,
    MOST_OPEN_MS = 300000,
    SERVER_ERROR = 500
};

bool sc_breaker_allows(struct sc_breaker *breaker, int64_t now_ms, int64_t *ret_wait_ms)
{
    if (breaker->open_until_ms == 0)
        return true;
    if (breaker->open_until_ms > now_ms + breaker->open_ms) /* the clock was set back */
        breaker->open_until_ms = now_ms + breaker->open_ms;
    if (now_ms < breaker->open_until_ms || breaker->probing) {
        *ret_wait_ms = breaker->open_until_ms - now_ms;
        if (*ret_wait_ms < PROBE_MS)
            *ret_wait_ms = PROBE_MS;
        return false;
    }
    breaker->probing = true;
    return true;
}

bool sc_breaker_counts(const struct sc_error *err)
{
    if (err->code == SC_PROTOCOL)
        return true;
    return err->code == SC_UNAVAILABLE || err->code == SC_TIMEOUT ||
           err->detail >= SERVER_ERROR;
}

void sc_breaker_told(
        struct sc_breaker *breaker, const struct sc_error *err, int64_t now_ms)
{
    bool probed = breaker->probing;

    breaker->probing = false;
    if (err && err->code == SC_CANCELLED) /* says nothing */
        return;
    if (!err || !sc_breaker_counts(err)) {
        *breaker = (struct sc_breaker){ 0 };
        return;
    }
    breaker->failures++;
    if (!probed && breaker->failures < MOST_FAILURES)
        return;
    if (!probed && breaker->open_until_ms) /* was sent before it opened */
        return;
    breaker->open_ms = probed ? 2 * breaker->open_ms : OPEN_MS;
    if (breaker->open_ms > MOST_OPEN_MS)
        breaker->open_ms = MOST_OPEN_MS;
    breaker->open_until_ms = now_ms + breaker->open_ms;
}
