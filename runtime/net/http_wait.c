#include "net/http_wait.h"

int64_t sc_http_wait_until(
        const struct sc_http_wait *wait, enum sc_http_wait_kind *ret_which)
{
    int64_t limit_ms = wait->heard_ms ? wait->idle_ms : wait->first_byte_ms;
    int64_t since_ms = wait->heard_ms ? wait->heard_ms : wait->started_ms;
    int64_t earliest = INT64_MAX;

    *ret_which = SC_WAIT_WHOLE;
    if (wait->total_ms > 0)
        earliest = wait->started_ms + wait->total_ms;
    if (limit_ms > 0 && !wait->paused && since_ms + limit_ms < earliest) {
        *ret_which = wait->heard_ms ? SC_WAIT_NEXT_BYTE : SC_WAIT_FIRST_BYTE;
        earliest = since_ms + limit_ms;
    }
    return earliest;
}

void sc_http_wait_fail(const struct sc_http_wait *wait, enum sc_http_wait_kind which,
        const char *host, struct sc_error *ret_err)
{
    if (which == SC_WAIT_WHOLE)
        sc_fail(ret_err, SC_TIMEOUT,
                "the exchange with '%.100s' took longer than %lld ms", host,
                (long long)wait->total_ms);
    else if (which == SC_WAIT_FIRST_BYTE)
        sc_fail(ret_err, SC_TIMEOUT, "'%.100s' did not answer within %lld ms", host,
                (long long)wait->first_byte_ms);
    else
        sc_fail(ret_err, SC_TIMEOUT, "'%.100s' fell silent for %lld ms within its reply",
                host, (long long)wait->idle_ms);
}
