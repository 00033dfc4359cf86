/* exec/backoff.h - how long to wait before the next try.
 *
 * Purpose:   one rule for tools and models: double each time, up to a bound, spread by
 *            chance so that tasks do not return together; never sooner than asked.
 * Thread:    any.
 */
#pragma once

#include <stdint.h>

/* attempt: tries so far, from 1. Between half and all of wait * 2^(attempt-1). */
int64_t sc_backoff_ms(int64_t wait_ms, int64_t max_wait_ms, int attempt,
        int64_t retry_after_ms, uint64_t chance);
