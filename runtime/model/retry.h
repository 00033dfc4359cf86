/* model/retry.h - what to try again, and after how long.
 *
 * Purpose:   one rule for all providers, as a pure function of what went wrong, the
 *            attempt and chance.
 * Contract:  retried are failures marked retryable, while attempts are left, and only
 *            when nothing of the reply was used yet. The server's own delay is obeyed up
 *            to max_server_wait_ms; a longer one is the caller's to park on. Otherwise
 *            any time up to an exponential cap (full jitter), so that many tasks with
 *            one key spread out.
 * Ownership: plain values.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct sc_model_retry {
    int attempts;    /* in all */
    int64_t wait_ms; /* cap of the first wait, doubled each time */
    int64_t max_wait_ms;
    int64_t max_server_wait_ms;
};

/* 3 attempts, 0.5 s doubling up to 8 s, servers obeyed up to 60 s. */
extern const struct sc_model_retry sc_model_retry_default;

/* Try again after attempt (from 1) failed with err? chance is any random number. */
bool sc_model_retry_next(const struct sc_model_retry *rules, const struct sc_error *err,
        int attempt, uint64_t chance, int64_t *ret_wait_ms);

/* The delay a server asks for, from the values of its headers (NULL or "" when absent):
 * retry-after-ms, then retry-after as seconds or as an HTTP date. 0: none. */
uint32_t sc_model_retry_after(
        const char *retry_after_ms, const char *retry_after, int64_t wall_ms);
