/* net/http_wait.h - how long an exchange may still take.
 *
 * Purpose:   the waits of net/http.h as a pure function of what has happened.
 * Ownership: a plain value.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum sc_http_wait_kind { SC_WAIT_FIRST_BYTE, SC_WAIT_NEXT_BYTE, SC_WAIT_WHOLE };

struct sc_http_wait {
    int64_t first_byte_ms, idle_ms, total_ms; /* below 1: no limit */
    int64_t started_ms;
    int64_t heard_ms; /* when the last byte came; 0: none yet */
    bool paused;      /* only the total time runs */
};

/* When the earliest limit is reached, and which that is; INT64_MAX: never. */
int64_t sc_http_wait_until(
        const struct sc_http_wait *wait, enum sc_http_wait_kind *ret_which);

/* The sentence for it. */
void sc_http_wait_fail(const struct sc_http_wait *wait, enum sc_http_wait_kind which,
        const char *host, struct sc_error *ret_err);
